import Glibc
import LinuxNetwork
import OSPFProtocol
import Testing

/// A service manager's end of the notification socket, at an abstract address that the kernel has chosen.
private final class ServiceManager {
  let path: String
  private let descriptor: Int32

  init() throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var length = socklen_t(MemoryLayout<sa_family_t>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(descriptor, pointer, length) == 0 else { return false }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return getsockname(descriptor, pointer, &length) == 0
      }
    }
    guard bound else { throw Failure("bind: \(errno)") }
    let name = withUnsafeBytes(of: address.sun_path) { octets in
      octets.prefix(Int(length) - MemoryLayout<sa_family_t>.size).dropFirst()
    }
    path = "@" + String(decoding: name, as: UTF8.self)
  }

  deinit { close(descriptor) }

  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return String(decoding: buffer.prefix(max(length, 0)), as: UTF8.self)
  }
}

@Suite("Notifications to the service manager")
struct SystemdNotifierTests {
  @Test("Messages are sent as assignments, one for each line")
  func messages() throws {
    let manager = try ServiceManager()
    let notifier = try #require(SystemdNotifier(socketPath: manager.path))
    try notifier.send(.ready, .status("2 of 3\nservices up"))
    #expect(manager.receive() == "READY=1\nSTATUS=2 of 3 services up")
    try notifier.send(.stopping)
    #expect(manager.receive() == "STOPPING=1")
    try notifier.send(.watchdog)
    #expect(manager.receive() == "WATCHDOG=1")
    try notifier.send(.reloading)
    #expect(manager.receive().hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
  }

  @Test("A service manager that is not there is an error, a path that is none is nobody")
  func absence() throws {
    let path = try ServiceManager().path
    let notifier = try #require(SystemdNotifier(socketPath: path))
    #expect(throws: SystemCallError("notify the service manager at \(path)", code: ECONNREFUSED)) { try notifier.send(.ready) }
    #expect(SystemdNotifier(socketPath: "vsock:2:1") == nil)
    #expect(SystemdNotifier(socketPath: "") == nil)
    let long = try #require(SystemdNotifier(socketPath: "/" + String(repeating: "x", count: 200)))
    #expect(throws: SystemCallError.self) { try long.send(.ready) }
  }
}

@Suite("The clock")
struct MonotonicClockTests {
  @Test("The clock never goes back, and begins at boot")
  func monotonic() {
    let first = MonotonicClock.now()
    let second = MonotonicClock.now()
    #expect(first > .zero)
    #expect(second >= first)
  }
}
