import OSPFWire

/// What one OSPF instance is told by its configuration, interfaces apart.
public struct RouterConfiguration: Hashable, Sendable {
  /// The version that the instance speaks.
  public var version: OSPFVersion
  /// The family of the prefixes that the instance advertises: IPv4 in OSPFv2; in OSPFv3 IPv6, or IPv4 by RFC 5838.
  public var addressFamily: AddressFamily
  public var routerID: RouterID
  /// The areas that are not plain transit areas. An area that is absent is one.
  public var areas: [AreaID: AreaConfiguration]
  /// How the router keeps other routers from sending transit traffic through it.
  public var stubRouter: StubRouterPolicy
  /// Whether externals may be advertised at any time, by a service or by redistribution: then the router is an AS boundary router for as
  /// long as it runs, whatever is advertised at the moment (RFC 2328 section 12.4.1, bit E).
  public var mayOriginateExternals: Bool
  /// The name that the router tells (RFC 5642); nil for none.
  public var hostname: String?
  /// What is done about graceful restarts of neighbors.
  public var gracefulRestart: GracefulRestartPolicy
  /// When changed LSAs go out.
  public var pacing: Pacing
  /// Upper bounds of queues and tables.
  public var limits: Limits

  /// A configuration with the defaults of the design. Without an address family it is the version's own.
  public init(
    version: OSPFVersion, routerID: RouterID, addressFamily: AddressFamily? = nil, areas: [AreaID: AreaConfiguration] = [:],
    stubRouter: StubRouterPolicy = StubRouterPolicy(), mayOriginateExternals: Bool = false,
    gracefulRestart: GracefulRestartPolicy = GracefulRestartPolicy(), pacing: Pacing = Pacing(), limits: Limits = Limits()
  ) {
    self.version = version
    self.routerID = routerID
    self.addressFamily = addressFamily ?? (version == .v2 ? .ipv4 : .ipv6)
    self.areas = areas
    self.stubRouter = stubRouter
    self.mayOriginateExternals = mayOriginateExternals
    self.gracefulRestart = gracefulRestart
    self.pacing = pacing
    self.limits = limits
  }
}

extension AddressFamily {
  /// Whether an LSA may carry a prefix: one of the family that is not link-local, because that means nothing beyond its link
  /// (RFC 5340 section 2.5).
  func canCarry(_ prefix: IPPrefix) -> Bool {
    guard case .v6(let prefix) = prefix else { return self == .ipv4 }
    return self == .ipv6 && !prefix.address.isLinkLocal
  }
}

/// What kind an area is (RFC 2328 section 3.6, RFC 3101).
public enum AreaConfiguration: Hashable, Sendable {
  /// AS-external-LSAs are flooded here.
  case normal
  /// No AS-external-LSAs; E-bit clear.
  case stub
  /// A not-so-stubby area: type 7 LSAs; E-bit clear, N-bit set.
  case nssa

  /// Whether AS-external-LSAs (type 5) are flooded in the area: its ExternalRoutingCapability.
  public var hasExternalRoutingCapability: Bool { self == .normal }
}

/// How a router says that it is not for transit (RFC 6987, RFC 8770).
public struct StubRouterPolicy: Hashable, Sendable {
  /// When links to other routers get MaxLinkMetric.
  public enum MaxMetric: Hashable, Sendable {
    /// Never: the configured costs are advertised.
    case never
    /// When the router has more than one interface with an adjacency, so that it could be transit at all.
    case withSeveralUplinks
    case always
  }

  /// When links to other routers get MaxLinkMetric (RFC 6987 section 3).
  public var maxMetric: MaxMetric
  /// Set the H-bit of the router-LSA and of Hellos' capability (RFC 8770); OSPFv3: clear the R-bit (RFC 5340 section A.2).
  public var hostBit: Bool

  public init(maxMetric: MaxMetric = .withSeveralUplinks, hostBit: Bool = false) {
    self.maxMetric = maxMetric
    self.hostBit = hostBit
  }
}

/// When changed LSAs are originated and accepted.
public struct Pacing: Hashable, Sendable {
  /// The shortest time between two originations of one LSA when it changes for the second time. Never below the receivers'
  /// MinLSArrival, because they would discard the second one (RFC 2328 section 13 step 5a).
  public var initialInterval: Duration
  /// The longest time between two originations of an LSA that keeps changing: MinLSInterval (RFC 2328 appendix B).
  public var minLSInterval: Duration
  /// MinLSArrival: instances that arrive sooner after the last one are discarded.
  public var minLSArrival: Duration

  /// A pacing; the defaults are those of RFC 2328 appendix B and of the design.
  public init(
    initialInterval: Duration = .seconds(1), minLSInterval: Duration = .seconds(5), minLSArrival: Duration = .seconds(1)
  ) {
    self.initialInterval = initialInterval
    self.minLSInterval = minLSInterval
    self.minLSArrival = minLSArrival
  }
}

/// Upper bounds: what the wire can make the router remember.
public struct Limits: Hashable, Sendable {
  /// Neighbors of one interface.
  public var neighborsPerInterface: Int
  /// LSAs in all databases together.
  public var linkStateAdvertisements: Int
  /// Octets of all LSAs together.
  public var databaseOctets: Int
  /// How long an interface stays down at first when the database has no room for what comes in on it.
  public var overflowHoldOff: Duration
  /// LSAs on one neighbor's link state retransmission list.
  public var retransmissionListLength: Int
  /// LSAs on one neighbor's link state request list.
  public var requestListLength: Int

  /// LSAs with our router ID that are not ours and are being flushed.
  public var staleLSAs: Int
  /// LSAs of our own that were flushed and whose LS sequence numbers are remembered.
  public var flushedLSAs: Int

  /// Makes limits that no healthy network reaches.
  public init(
    neighborsPerInterface: Int = 256, linkStateAdvertisements: Int = 500_000, databaseOctets: Int = 256 << 20,
    overflowHoldOff: Duration = .seconds(60),
    retransmissionListLength: Int = 500_000, requestListLength: Int = 500_000,
    staleLSAs: Int = 16_384, flushedLSAs: Int = 65_536
  ) {
    self.neighborsPerInterface = neighborsPerInterface
    self.linkStateAdvertisements = linkStateAdvertisements
    self.databaseOctets = databaseOctets
    self.overflowHoldOff = overflowHoldOff
    self.retransmissionListLength = retransmissionListLength
    self.requestListLength = requestListLength
    self.staleLSAs = staleLSAs
    self.flushedLSAs = flushedLSAs
  }
}
