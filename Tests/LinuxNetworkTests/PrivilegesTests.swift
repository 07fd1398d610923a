import CLinux
import FoundationEssentials
import Glibc
import LinuxNetwork
import NIOPosix
import Testing

/// What is given up belongs to a thread, so that each test has one of its own, which ends with it.
@Suite("Giving up privileges")
struct PrivilegesTests {
  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let result = try await group.next().submit(body).get()
    try await group.shutdownGracefully()
    return result
  }

  private static func status(_ key: String) throws -> String {
    let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") } ?? ""
    return line.drop { $0 != "\t" }.filter { !$0.isWhitespace }
  }

  @Test("Nothing is left but what is kept, also in the bounding set")
  func capabilities() async throws {
    let sets = try await onThread {
      _ = Privileges.giveUp(.allow)
      return try ["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"].map { try Self.status($0) }
    }
    let masks = sets.compactMap { UInt64($0, radix: 16) }
    try #require(masks.count == 5)
    #expect(masks[0] & ~Privileges.keptCapabilities == 0 && masks[1] & ~Privileges.keptCapabilities == 0)
    #expect(masks[3] == 0 && masks[4] == 0)
    if geteuid() == 0 { #expect(masks[2] & ~Privileges.keptCapabilities == 0) }
  }

  @Test("A system call of the list fails, others do not, and a second time adds no second filter")
  func systemCalls() async throws {
    let (error, filters) = try await onThread {
      #expect(Privileges.giveUp(.deny) == nil)
      #expect(Privileges.giveUp(.deny) == nil)
      let error = clinux_enter_new_network_namespace()
      let descriptor = open("/dev/null", O_RDONLY)
      #expect(descriptor >= 0)
      close(descriptor)
      return (error, try Self.status("Seccomp_filters"))
    }
    #expect(error == -EPERM)
    let before = try await onThread { try Self.status("Seccomp_filters") }
    #expect(Int(filters) == (Int(before) ?? 0) + 1)
  }

  @Test("An audit forbids nothing")
  func audit() async throws {
    let (error, mode) = try await onThread {
      #expect(Privileges.giveUp(.audit) == nil)
      return (clinux_enter_new_network_namespace(), try Self.status("Seccomp"))
    }
    #expect(mode == "2")
    // SYS_ADMIN is gone all the same.
    #expect(error == -EPERM)
  }
}
