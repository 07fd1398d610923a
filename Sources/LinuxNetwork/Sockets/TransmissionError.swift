import Glibc
import OSPFProtocol

/// Why a packet was not sent. The packet is gone; OSPF's own retransmission makes up for it.
public enum TransmissionError: Error, Hashable, Sendable {
  /// The interface is down (ENETDOWN).
  case interfaceDown
  /// The interface no longer exists (ENODEV, ENXIO).
  case interfaceGone
  /// The source address is not, or no longer, an address of this host (EINVAL, EADDRNOTAVAIL).
  case sourceNotAvailable
  /// No route leads from the source to the destination through the interface (ENETUNREACH, EHOSTUNREACH). Some kernels say this
  /// too when the source is not an address of this host, or the interface is down.
  case unreachable
  /// Longer than an IP packet can be (EMSGSIZE).
  case tooLong(octets: Int)
  /// The socket has had no room for it for too long (EAGAIN, ENOBUFS, ENOMEM).
  case noBufferSpace
  /// A packet filter forbids it (EPERM, EACCES).
  case notPermitted
  /// So many packets wait for the socket to accept more that no other is taken.
  case queueFull(packets: Int)
  /// The source or the destination is not of the socket's IP version.
  case wrongVersion
  /// The socket was closed before the packet could be sent.
  case closed
  /// Anything else.
  case other(SystemCallError)

  init(code: Int32, sending transmission: Transmission) {
    self =
      switch code {
      case ENETDOWN: .interfaceDown
      case ENODEV, ENXIO: .interfaceGone
      case EINVAL, EADDRNOTAVAIL: .sourceNotAvailable
      case ENETUNREACH, EHOSTUNREACH: .unreachable
      case EMSGSIZE: .tooLong(octets: transmission.bytes.count)
      case EPERM, EACCES: .notPermitted
      default: .other(SystemCallError("send to \(transmission.destination)", code: code))
      }
  }
}

extension TransmissionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .interfaceDown: "the interface is down"
    case .interfaceGone: "the interface no longer exists"
    case .sourceNotAvailable: "the source address is not an address of this host"
    case .unreachable: "no route from that source through the interface"
    case .tooLong(let octets): "\(octets) octets are too many for an IP packet"
    case .noBufferSpace: "the socket's send buffer stays full"
    case .notPermitted: "a packet filter forbids it"
    case .queueFull(let packets): "\(packets) packets already wait to be sent"
    case .wrongVersion: "an address is not of the socket's IP version"
    case .closed: "the socket is closed"
    case .other(let error): error.description
    }
  }
}
