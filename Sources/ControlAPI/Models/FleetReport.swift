/// Who advertises one prefix of a service, at one instant: an element of `GET /v1/fleet`.
public struct FleetReport: Codable, Hashable, Sendable {
  /// The version of OSPF whose database tells it.
  public var `protocol`: ProtocolName
  /// The family of the prefixes that the instance is for.
  public var addressFamily: AddressFamilyName
  /// The service here that the prefix belongs to.
  public var service: String
  /// The prefix.
  public var prefix: String
  /// Which external LSAs can be seen from here at all.
  public var externals: Visibility
  /// Every router that advertises the prefix, this one included, by router ID.
  public var advertisers: [Advertiser]

  /// Which external LSAs the areas of this node let through.
  public enum Visibility: String, Codable, Sendable {
    /// All AS-external-LSAs of the routing domain.
    case all
    /// The type 7 LSAs of the attached NSSAs, and no AS-external-LSAs.
    case ownNSSA
    /// None: only stub areas are attached.
    case none
  }

  /// One router that advertises the prefix.
  public struct Advertiser: Codable, Hashable, Sendable {
    /// Advertising Router
    public var routerID: String
    /// Whether it is this node.
    public var isThisNode: Bool
    /// Whether the configuration's `fleet members` names it; nil where there is no such line.
    public var isMember: Bool?
    /// How it advertises the prefix.
    public var kind: Kind
    /// The metric.
    public var metric: UInt32
    /// The type of an external metric, 1 or 2; nil for a stub prefix.
    public var metricType: Int?
    /// The external route tag; nil for a stub prefix.
    public var tag: UInt32?
    /// Where packets go instead of to the router, nil in the ordinary case.
    public var forwardingAddress: String?
    /// The area of the LSA, nil for an AS-external-LSA.
    public var area: String?
    /// LS age; 3600 is MaxAge.
    public var ageSeconds: Int
    /// Whether links that both ends confirm lead to it.
    public var isReachable: Bool
    /// The cost of the path to it, nil without one.
    public var cost: UInt32?
    /// How many links of the router both ends confirm; nil where it is not in an attached area.
    public var links: Int?
    /// The area border router through which it is reached, nil in an attached area.
    public var areaBorderRouter: String?
    /// Whether it is the best from here, or one of several that are equally good.
    public var isPreferred: Bool
    /// What it calls itself (RFC 5642), nil when it does not.
    public var hostname: String?
    /// Whether its metric is that of the last resort, so that its checks fail; nil where the service has no `minimum-nodes`.
    public var isLastResort: Bool?
    /// What it tells of itself in the tag; nil where it tells nothing, or the service here has no `tag state`.
    public var state: State?

    /// What a node tells of itself.
    public enum State: String, Codable, Sendable {
      case up
      case degraded
      case draining
      case lastResort = "last-resort"
      /// It serves, and waits to be the only one that drains.
      case waiting
      /// It serves, and lets one that waits go first.
      case yielding
    }

    /// The ways to advertise a prefix.
    public enum Kind: String, Codable, Sendable {
      case stub
      case external
      case nssaExternal
    }

    public init(
      routerID: String, isThisNode: Bool, isMember: Bool?, kind: Kind, metric: UInt32, metricType: Int?, tag: UInt32?,
      forwardingAddress: String?, area: String?, ageSeconds: Int, isReachable: Bool, cost: UInt32?, links: Int?,
      areaBorderRouter: String?, isPreferred: Bool
    ) {
      self.routerID = routerID
      self.isThisNode = isThisNode
      self.isMember = isMember
      self.kind = kind
      self.metric = metric
      self.metricType = metricType
      self.tag = tag
      self.forwardingAddress = forwardingAddress
      self.area = area
      self.ageSeconds = ageSeconds
      self.isReachable = isReachable
      self.cost = cost
      self.links = links
      self.areaBorderRouter = areaBorderRouter
      self.isPreferred = isPreferred
    }
  }

  public init(
    protocol: ProtocolName, addressFamily: AddressFamilyName, service: String, prefix: String, externals: Visibility,
    advertisers: [Advertiser]
  ) {
    self.protocol = `protocol`
    self.addressFamily = addressFamily
    self.service = service
    self.prefix = prefix
    self.externals = externals
    self.advertisers = advertisers
  }

  /// The routers that can be reached and advertise the prefix, each once.
  public var reachableRouterIDs: Set<String> { Set(advertisers.lazy.filter(\.isReachable).map(\.routerID)) }

  /// Whether this node advertises the prefix and nobody else who can be reached does.
  public var isSoleAdvertiser: Bool {
    reachableRouterIDs.count == 1 && advertisers.contains { $0.isReachable && $0.isThisNode }
  }
}
