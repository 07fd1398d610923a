/// The family of the addresses that an instance advertises.
public enum AddressFamily: String, Hashable, Sendable, CaseIterable {
  case ipv4 = "IPv4"
  case ipv6 = "IPv6"

  /// The address family of an OSPFv3 instance (RFC 5838 section 2.1, RFC 6969): 0 to 31 are IPv6 unicast, 64 to 95 are IPv4 unicast,
  /// 192 to 255 are for private use and taken for IPv6 unicast, as by routers that know no families; the rest is multicast or
  /// not assigned.
  public init?(instanceID: UInt8) {
    switch instanceID {
    case 0...31, 192...255: self = .ipv6
    case 64...95: self = .ipv4
    default: return nil
    }
  }

  /// Whether an address or prefix is of the family.
  public func contains(_ prefix: IPPrefix) -> Bool {
    switch prefix {
    case .v4: self == .ipv4
    case .v6: self == .ipv6
    }
  }
}

// RFC 5838: in an instance for IPv4, the fields of OSPFv3 that are made for IPv6 hold what is of IPv4.
extension AddressFamily {
  /// The prefix that an LSA carries. Nil where it is too long to be one of the family.
  public func prefix(_ described: OSPFv3Prefix) -> IPPrefix? {
    switch self {
    case .ipv4: described.ipv4.map(IPPrefix.v4)
    case .ipv6: .v6(described.ipv6)
    }
  }

  /// The address in a field for an IPv6 address (RFC 5838 section 2.5): an IPv4 address is in its first 32 bits.
  public func address(_ field: IPv6Address) -> IPAddress {
    switch self {
    case .ipv4: .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: field.high >> 32)))
    case .ipv6: .v6(field)
    }
  }
}

extension IPv6Address {
  /// What a field for an IPv6 address holds: an IPv4 address in its first 32 bits (RFC 5838 section 2.5).
  public init(field address: IPAddress) {
    switch address {
    case .v6(let address): self = address
    case .v4(let address): self.init(high: UInt64(address.rawValue) << 32, low: 0)
    }
  }
}
