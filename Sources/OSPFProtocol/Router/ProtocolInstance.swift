import OSPFWire

/// Which of the routers of a node one is: each version and address family has a database of its own (RFC 5838 section 2).
public enum ProtocolInstance: Hashable, Sendable, CaseIterable {
  /// OSPFv2, for IPv4.
  case ospfv2
  /// OSPFv3, for IPv6.
  case ospfv3
  /// OSPFv3 for IPv4 (RFC 5838): the packets travel over IPv6, the prefixes are of IPv4.
  case ospfv3IPv4

  /// The version that it speaks.
  public var version: OSPFVersion {
    switch self {
    case .ospfv2: .v2
    case .ospfv3, .ospfv3IPv4: .v3
    }
  }

  /// The family of the prefixes that it advertises.
  public var addressFamily: AddressFamily {
    switch self {
    case .ospfv2, .ospfv3IPv4: .ipv4
    case .ospfv3: .ipv6
    }
  }
}

extension ProtocolInstance: CustomStringConvertible {
  /// `OSPFv2`, `OSPFv3`, `OSPFv3 for IPv4`
  public var description: String {
    switch self {
    case .ospfv2: "OSPFv2"
    case .ospfv3: "OSPFv3"
    case .ospfv3IPv4: "OSPFv3 for IPv4"
    }
  }
}
