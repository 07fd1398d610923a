import OSPFWire

/// A router that advertises a prefix, as the link state database tells it.
public struct PrefixAdvertiser: Hashable, Sendable {
  public var prefix: IPPrefix
  /// The Advertising Router.
  public var routerID: RouterID
  /// How the prefix is advertised.
  public var kind: Kind
  /// The area of a stub prefix or a type 7 LSA; nil for an AS-external-LSA.
  public var area: AreaID?
  /// The LS age of the LSA.
  public var lsAge: UInt16
  /// Whether the router can be reached.
  public var reachability: Reachability
  /// The best of all advertisers of the prefix from here, or one of several equally good ones (RFC 2328 section 16.4).
  public var isPreferred: Bool

  /// The ways to advertise a prefix.
  public enum Kind: Hashable, Sendable {
    /// A stub link of a router-LSA, or a prefix of an intra-area-prefix-LSA.
    case stub(metric: UInt16)
    /// An AS-external-LSA.
    case external(ExternalRoute)
    /// A type 7 LSA of an NSSA.
    case nssaExternal(ExternalRoute)
  }

  /// What an external LSA says.
  public struct ExternalRoute: Hashable, Sendable {
    /// The metric, 24 bits.
    public var metric: UInt32
    /// Whether the metric adds to the path's cost.
    public var type: ExternalMetricType
    /// The external route tag; 0 for none.
    public var tag: UInt32
    /// Where packets go; nil: to the Advertising Router. A translated type 7 LSA names the router in the NSSA here.
    public var forwardingAddress: IPAddress?

    public init(metric: UInt32, type: ExternalMetricType, tag: UInt32, forwardingAddress: IPAddress?) {
      self.metric = metric
      self.type = type
      self.tag = tag
      self.forwardingAddress = forwardingAddress
    }
  }

  /// Whether and how a router can be reached from here.
  public enum Reachability: Hashable, Sendable {
    /// Over links of an attached area that both ends confirm: the cost of the path, and how many such links the router has.
    case intraArea(cost: UInt32, links: Int)
    /// Through an area border router that can be reached and says that it reaches the router.
    case interArea(areaBorder: RouterID, cost: UInt32)
    /// Nothing that is confirmed leads there: the router has died or is cut off, and its LSA waits for MaxAge.
    case unreachable

    /// The cost of the path; nil when there is none.
    public var cost: UInt32? {
      switch self {
      case .intraArea(let cost, _), .interArea(_, let cost): cost
      case .unreachable: nil
      }
    }
  }

  /// Orders advertisements as RFC 2328 sections 11 and 16.4 prefer routes: intra-area before type 1 before type 2; nil when the
  /// router cannot be reached.
  var preference: (rank: Int, metric: UInt64, cost: UInt64)? {
    guard let cost = reachability.cost else { return nil }
    switch kind {
    case .stub(let metric): return (0, UInt64(cost) + UInt64(metric), 0)
    case .external(let route), .nssaExternal(let route):
      switch route.type {
      case .type1: return (1, UInt64(cost) + UInt64(route.metric), 0)
      case .type2: return (2, UInt64(route.metric), UInt64(cost))
      }
    }
  }
}

/// How much of the routing domain's external LSAs a router gets to see, which depends on the kinds of its areas.
public enum ExternalVisibility: Hashable, Sendable {
  /// A normal area is attached: every AS-external-LSA of the domain is in the database.
  case all
  /// Only NSSAs: the type 7 LSAs of these areas, and none of the AS-external-LSAs.
  case ownNSSA
  /// Only stub areas: no external LSA at all.
  case none
}
