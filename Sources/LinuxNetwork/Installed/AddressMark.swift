import CLinux
import Glibc
import OSPFProtocol

/// The mark of our addresses in the kernel, by which a run knows what one that crashed has left, whatever became of its journal.
///
/// Only one daemon of a network namespace marks: another would take the addresses of the first one for its own.
final class AddressMark: Sendable {
  /// `ifa_proto` of our addresses, as `ip address` shows it: `proto 0x59`. The number of our routes too.
  static let protocolNumber = KernelRoute.serviceProtocol

  /// An abstract socket of the network namespace, which goes with the process however it ends.
  private static let name = "anycast-ospfd/address-mark"

  private let descriptor: Int32

  /// Takes the mark for as long as the process lives; nil where another one has it.
  static func take() -> AddressMark? {
    ForkedCopies.outlast {
      let descriptor = clinux_bind_abstract_socket(name)
      return descriptor < 0 ? nil : AddressMark(descriptor)
    }
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
