import OSPFWire

/// A prefix that the router is told to advertise, and how.
public struct Advertisement: Hashable, Sendable {
  /// What is advertised. OSPFv2 takes IPv4 prefixes; OSPFv3 those of its address family.
  public var prefix: IPPrefix
  /// How it is advertised.
  public var kind: Kind
  /// The router that packets to an external destination really go to, for a route that leads through another one. It becomes the
  /// forwarding address where it is on a network that OSPF advertises (RFC 2328 section 12.4.4.1).
  public var nextHop: IPAddress?

  /// The two ways to advertise a service's prefix.
  public enum Kind: Hashable, Sendable {
    /// An AS-external-LSA, in an NSSA a type 7 LSA. The metric has 24 bits; LSInfinity (0xFFFFFF) is never advertised.
    case external(metric: UInt32, type: ExternalMetricType, tag: UInt32)
    /// A stub link of the router-LSA; in OSPFv3 a prefix of the intra-area-prefix-LSA.
    case stub(metric: UInt16)
  }

  public init(prefix: IPPrefix, kind: Kind, nextHop: IPAddress? = nil) {
    self.prefix = prefix
    self.kind = kind
    self.nextHop = nextHop
  }
}

/// Whether an external metric is comparable with the link state metric (RFC 2328 section 2.3).
public enum ExternalMetricType: UInt8, Hashable, Sendable {
  /// The same units as interface costs.
  case type1 = 1
  /// Greater than the cost of any path inside the autonomous system.
  case type2 = 2
}
