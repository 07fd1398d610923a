import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

/// Everything that the configuration files say, validated. Two equal configurations mean the same.
public struct Configuration: Hashable, Sendable {
  /// `router-id` outside of any block, Quagga's zebra.conf: for each version whose own block has none.
  public var routerID: RouterID?
  /// The `interface` blocks, in the order in which the interfaces are first named.
  public var interfaces: [InterfaceConfiguration]
  /// `router ospf`; nil when OSPFv2 is not configured.
  public var ospf: RouterSection?
  /// `router ospf6`; nil when OSPFv3 is not configured.
  public var ospf6: RouterSection?
  /// The `anycast service` blocks, in their order.
  public var services: [ServiceConfiguration]
  /// The lists and route-maps that say what is redistributed.
  public var filters: Filters
  /// `key chain`, by name.
  public var keyChains: [String: KeyChain]
  /// `bfd`
  public var bfd: BFDConfiguration
  /// `ip route` and `ipv6 route`, in their order.
  public var staticRoutes: [StaticRoute]
  /// `fleet members`: the router IDs that are expected to advertise the services' addresses; empty when nothing is said.
  public var fleetMembers: Set<RouterID> = []
  /// `fleet hostname`: the name that this node tells the routing domain (RFC 5642).
  public var hostname: String?
  /// What happens when an operator withdraws what nobody else serves.
  public var lastDrain = LastDrain.warn
  /// `control group`: the group whose members may operate the daemon; nil for the daemon's own.
  public var controlGroup: String?
  /// `control others read-only`: whether everybody on the host may ask the daemon.
  public var othersMayRead = false
  /// `metrics listen`, in their order.
  public var metricsListeners: [MetricsListener] = []
  /// `log file`, `log syslog`, `log facility`
  public var logging = LogConfiguration()

  /// A configuration; the default is that of an empty file.
  public init(
    routerID: RouterID? = nil, interfaces: [InterfaceConfiguration] = [], ospf: RouterSection? = nil,
    ospf6: RouterSection? = nil, services: [ServiceConfiguration] = [], filters: Filters = Filters(),
    keyChains: [String: KeyChain] = [:], bfd: BFDConfiguration = BFDConfiguration(), staticRoutes: [StaticRoute] = []
  ) {
    self.routerID = routerID
    self.interfaces = interfaces
    self.ospf = ospf
    self.ospf6 = ospf6
    self.services = services
    self.filters = filters
    self.keyChains = keyChains
    self.bfd = bfd
    self.staticRoutes = staticRoutes
  }

  /// The block of a version.
  public subscript(version: OSPFVersion) -> RouterSection? {
    get {
      switch version {
      case .v2: ospf
      case .v3: ospf6
      }
    }
    set {
      switch version {
      case .v2: ospf = newValue
      case .v3: ospf6 = newValue
      }
    }
  }

  /// The `interface` block of a device.
  public func interface(_ name: String) -> InterfaceConfiguration? { interfaces.first { $0.name == name } }

  /// The addresses of all services. They never make an OSPF interface and are never a router ID.
  public var serviceAddresses: Set<IPAddress> { Set(services.flatMap { $0.addresses.map(\.address) }) }
}

/// A `router ospf` or `router ospf6` block. What is nil was not configured.
public struct RouterSection: Hashable, Sendable {
  /// `router-id`
  public var routerID: RouterID?
  /// `network P area A` (OSPFv2), in their order; which of them holds for an address is decided by the longest match.
  public var networks: [NetworkStatement] = []
  /// `passive-interface default` (OSPFv2)
  public var isPassiveByDefault = false
  /// The areas that are stub areas or NSSAs.
  public var areas: [AreaID: AreaConfiguration] = [:]
  /// `compatible rfc7474` (OSPFv2): for interfaces that say nothing themselves.
  public var demandsIncreasingSequenceNumbers = false
  /// `area A authentication` (OSPFv2): for interfaces that say nothing themselves.
  public var areaAuthentication: [AreaID: AuthenticationChoice] = [:]
  /// `neighbor` (OSPFv2), by address.
  public var neighbors: [IPv4Address: NeighborStatement] = [:]
  /// `max-metric router-lsa`
  public var maxMetric: StubRouterPolicy.MaxMetric?
  /// `host-router`: set the H-bit (RFC 8770), in OSPFv3 clear the R-bit.
  public var isHostRouter = false
  /// `timers throttle lsa all`
  public var minLSInterval: Duration?
  /// `timers lsa min-arrival`
  public var minLSArrival: Duration?
  /// `max-lsa`: the most LSAs of all databases together.
  public var maximumLSAs: Int?
  /// `max-lsa N ignore-time`: how long an interface stays down at first after there was no room.
  public var ignoreTime: Duration?
  /// `auto-cost reference-bandwidth`, in Mbit/s.
  public var referenceBandwidth: UInt32?
  /// `graceful-restart`, and what is said about those of neighbors.
  public var gracefulRestart = GracefulRestartStatements()
  /// `redistribute`, and what goes with it.
  public var redistribution = RedistributionStatements()

  /// An empty block.
  public init() {}
}

/// `graceful-restart` in its forms. What is nil was not configured.
public struct GracefulRestartStatements: Hashable, Sendable {
  /// The grace period where none is configured, as in FRR.
  public static let defaultGracePeriod = Duration.seconds(120)

  /// Restart gracefully: when told to, and after a crash.
  public var isEnabled = true
  /// `grace-period`
  public var gracePeriod: Duration?
  /// `helper enable`
  public var helped: GracefulRestartPolicy.Helped = .everybody
  /// `helper strict-lsa-checking`
  public var hasStrictLSAChecking = true
  /// `helper planned-only`
  public var helpsOnlyPlanned = false
  /// `helper supported-grace-time`
  public var longestGracePeriod: Duration?

  /// Nothing configured.
  public init() {}
}

/// `network P area A`: interfaces with an address in P are in area A.
public struct NetworkStatement: Hashable, Sendable {
  /// Which addresses.
  public var prefix: IPv4Prefix
  /// Their area.
  public var area: AreaID

  public init(prefix: IPv4Prefix, area: AreaID) {
    self.prefix = prefix
    self.area = area
  }
}

/// `neighbor A [priority N] [poll-interval N]`
public struct NeighborStatement: Hashable, Sendable {
  /// Its Router Priority, until it says so itself.
  public var priority: UInt8?
  /// PollInterval.
  public var pollInterval: Duration?

  /// A statement; what is nil was not configured.
  public init(priority: UInt8? = nil, pollInterval: Duration? = nil) {
    self.priority = priority
    self.pollInterval = pollInterval
  }
}
