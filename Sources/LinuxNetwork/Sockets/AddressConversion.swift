import CLinux
import Glibc
import NIOCore
import OSPFWire

extension IPv4Address {
  var kernel: in_addr { in_addr(s_addr: rawValue.bigEndian) }

  init(kernel: in_addr) { self.init(rawValue: UInt32(bigEndian: kernel.s_addr)) }
}

extension IPv6Address {
  var kernel: in6_addr {
    var address = in6_addr()
    withUnsafeMutableBytes(of: &address) {
      $0.storeBytes(of: high.bigEndian, as: UInt64.self)
      $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return address
  }

  init(kernel: in6_addr) {
    self = withUnsafeBytes(of: kernel) {
      IPv6Address(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}

extension IPAddress {
  /// The address without its port and scope; nil for a Unix socket's.
  init?(_ address: SocketAddress) {
    switch address {
    case .v4(let v4): self = .v4(IPv4Address(kernel: v4.address.sin_addr))
    case .v6(let v6): self = .v6(IPv6Address(kernel: v6.address.sin6_addr))
    case .unixDomainSocket: return nil
    }
  }

  /// The two halves that CLinux takes.
  var halves: (high: UInt64, low: UInt64) {
    switch self {
    case .v4(let address): (0, UInt64(address.rawValue))
    case .v6(let address): (address.high, address.low)
    }
  }

  /// The address in network byte order: 4 or 16 octets.
  var octets: [UInt8] {
    switch self {
    case .v4(let address): (0..<4).map { UInt8(truncatingIfNeeded: address.rawValue >> (24 - 8 * $0)) }
    case .v6(let address): address.octets
    }
  }

  /// An address from 4 or 16 octets in network byte order; nil for any other number.
  init?(octets: some Collection<UInt8>) {
    if octets.count == 4 {
      self = .v4(IPv4Address(rawValue: octets.reduce(0) { $0 << 8 | UInt32($1) }))
    } else if let address = IPv6Address(octets: octets) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// AF_INET or AF_INET6
  var family: Int32 {
    switch self {
    case .v4: AF_INET
    case .v6: AF_INET6
    }
  }
}
