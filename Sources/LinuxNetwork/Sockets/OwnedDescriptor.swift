import CLinux
import Glibc

/// A file descriptor that is closed when the last reference to it goes.
final class OwnedDescriptor: Sendable {
  let value: Int32

  /// Takes over a descriptor as a C shim returns it: negative values are negated error numbers.
  init(_ result: Int32, _ operation: @autoclosure () -> String) throws(SystemCallError) {
    guard result >= 0 else { throw SystemCallError(operation(), code: -result) }
    value = result
  }

  deinit { close(value) }

  /// Another descriptor of the same open file or socket.
  func duplicate() throws(SystemCallError) -> OwnedDescriptor {
    try OwnedDescriptor(clinux_duplicate(value), "duplicate a descriptor")
  }

  /// Sets a socket option. `value` is a number or a C structure without pointers.
  func set<Value>(
    _ level: Int32, _ option: Int32, to value: Value, _ operation: @autoclosure () -> String
  ) throws(SystemCallError) {
    let result = withUnsafeBytes(of: value) {
      setsockopt(self.value, level, option, $0.baseAddress, socklen_t($0.count))
    }
    guard result == 0 else { throw SystemCallError(operation(), code: errno) }
  }

  /// Sets a socket buffer's size: past the system's limit where this process may, up to the limit otherwise.
  func setBuffer(force: Int32, limited: Int32, octets: Int32, _ name: String) throws(SystemCallError) {
    do {
      try set(SOL_SOCKET, force, to: octets, "set the \(name) buffer to \(octets) octets")
    } catch {
      guard error.code == EPERM else { throw error }
      try set(SOL_SOCKET, limited, to: octets, "set the \(name) buffer to \(octets) octets")
    }
  }
}
