/// The daemon at one instant: `GET /v1/status`.
public struct StatusReport: Codable, Hashable, Sendable {
  /// The daemon's version.
  public var version: String
  /// Its process ID.
  public var processID: Int
  /// What it is doing.
  public var state: State
  /// When it was started.
  public var startedAt: Timestamp
  /// How long it has run.
  public var uptimeSeconds: Double
  /// The configuration files, in the order in which they were read.
  public var configurationFiles: [String]
  /// When they were last read without an error.
  public var configurationLoadedAt: Timestamp
  /// The last reload, where it failed: the running configuration is not what the files say, and the next start will fail. Nil once one
  /// has succeeded.
  public var failedReload: FailedReloadReport?
  /// The OSPF instances, one for each version and address family.
  public var instances: [InstanceReport]
  /// How many services are in each state, by the state's name.
  public var services: [String: Int]
  /// The drains that have not begun, the next one first.
  public var plannedDrains: [PlannedDrainReport]?
  /// Whether the node does what it is there for.
  public var health: HealthReport?
  /// What went wrong while services go on, and is said until it is mended or acknowledged; nil where nothing did.
  public var standingProblems: [StandingProblemReport]?
  /// Where the daemon writes what led to a loss of an adjacency, to a service that flaps, or what `record` asks for.
  public var recordingDirectory: String?
  /// What happened last that an operator would ask about, the oldest first.
  public var lastChanges: [EventReport]?

  /// What the daemon is doing.
  public enum State: String, Codable, Sendable {
    /// Checking and advertising.
    case running
    /// Every service is withdrawn and checking is suspended, adjacencies stay.
    case suspended
    /// Withdrawing, flushing and leaving.
    case leaving
    /// Telling the neighbors of a graceful restart; the next run follows.
    case restarting
  }

  public init(
    version: String, processID: Int, state: State, startedAt: Timestamp, uptimeSeconds: Double,
    configurationFiles: [String], configurationLoadedAt: Timestamp, instances: [InstanceReport], services: [String: Int]
  ) {
    self.version = version
    self.processID = processID
    self.state = state
    self.startedAt = startedAt
    self.uptimeSeconds = uptimeSeconds
    self.configurationFiles = configurationFiles
    self.configurationLoadedAt = configurationLoadedAt
    self.instances = instances
    self.services = services
  }
}

/// A drain that begins later.
public struct PlannedDrainReport: Codable, Hashable, Sendable {
  /// The service or the address.
  public var name: String
  /// When it begins.
  public var beginsAt: Timestamp
  /// When it ends by itself; nil when only an undrain ends it.
  public var until: Timestamp?
  /// Why, as whoever asked for it said.
  public var reason: String?

  public init(name: String, beginsAt: Timestamp, until: Timestamp? = nil, reason: String? = nil) {
    self.name = name
    self.beginsAt = beginsAt
    self.until = until
    self.reason = reason
  }
}

extension PlannedDrainReport {
  /// `drain of dns planned for 2026-11-30T03:00:00.000Z, until 2026-11-30T04:00:00.000Z (new kernel)`
  public var sentence: String {
    "drain of \(name) planned for \(beginsAt)" + (until.map { ", until \($0)" } ?? "") + (reason.map { " (\($0))" } ?? "")
  }
}

/// A reload that changed nothing, because the configuration has errors.
public struct FailedReloadReport: Codable, Hashable, Sendable {
  /// When it was.
  public var at: Timestamp
  /// One line for each error: file, line, column, and what is wrong.
  public var errors: [String]

  public init(at: Timestamp, errors: [String]) {
    self.at = at
    self.errors = errors
  }
}

/// The versions of OSPF, as they are named in reports.
public enum ProtocolName: String, Codable, Hashable, Sendable, CaseIterable {
  case ospfV2 = "OSPFv2"
  case ospfV3 = "OSPFv3"
}

/// The families of the prefixes that an OSPF instance is for, as they are named in reports: in OSPFv2 it is IPv4.
public enum AddressFamilyName: String, Codable, Hashable, Sendable, CaseIterable {
  case ipv4 = "IPv4"
  case ipv6 = "IPv6"
}

extension ProtocolName {
  /// An instance as people call it: `OSPFv2`, `OSPFv3`, `OSPFv3 for IPv4`.
  public func title(_ family: AddressFamilyName) -> String {
    switch (self, family) {
    case (.ospfV3, .ipv4): "\(rawValue) for IPv4"
    case (.ospfV2, _), (.ospfV3, .ipv6): rawValue
    }
  }
}

/// A graceful restart, as the run after it sees it.
public struct GracefulRestartReport: Codable, Hashable, Sendable {
  /// What has become of it.
  public var state: State
  /// The same in words.
  public var message: String
  /// What is left of the grace period while it goes on.
  public var remainingSeconds: Double?
  /// Time since its end.
  public var endedSecondsAgo: Double?

  /// What becomes of a graceful restart (RFC 3623 section 2.2).
  public enum State: String, Codable, Sendable {
    /// It goes on: not every adjacency of before is back.
    case restoring
    /// Every adjacency of before is Full again.
    case completed
    /// Some adjacency did not come back within the grace period.
    case gracePeriodExpired
    /// A neighbor has not helped.
    case inconsistent
    /// Something had to be withdrawn.
    case withdrawal
  }

  public init(state: State, message: String, remainingSeconds: Double? = nil, endedSecondsAgo: Double? = nil) {
    self.state = state
    self.message = message
    self.remainingSeconds = remainingSeconds
    self.endedSecondsAgo = endedSecondsAgo
  }
}

/// One OSPF instance at one instant.
public struct InstanceReport: Codable, Hashable, Sendable {
  /// The version of OSPF.
  public var `protocol`: ProtocolName
  /// The family of the prefixes that it is for.
  public var addressFamily: AddressFamilyName
  /// The router ID.
  public var routerID: String
  /// The areas with an interface.
  public var areas: [String]
  /// The number of OSPF interfaces.
  public var interfaceCount: Int
  /// The number of neighbors in any state.
  public var neighborCount: Int
  /// The number of neighbors in state Full.
  public var adjacencyCount: Int
  /// The number of LSAs in all databases.
  public var lsaCount: Int
  /// What is advertised.
  public var advertisements: [AdvertisementReport]
  /// The number of LSAs of each type, by the name of the type.
  public var lsaCounts: [String: Int]?
  /// The LSA of ours that keeps coming back with something that we had not said; nil when none does. Once or twice is normal after a
  /// restart; again and again, another router has our router ID.
  public var floodWar: FloodWarReport?
  /// What each area is, by its ID: `normal`, `stub`, `nssa`.
  public var areaKinds: [String: AreaKindName] = [:]
  /// MinLSInterval: the longest time between two originations of an LSA that keeps changing.
  public var minLSIntervalSeconds = 5.0
  /// MinLSArrival: what arrives sooner after the last instance is discarded.
  public var minLSArrivalSeconds = 1.0
  /// Whether the router says that it is none for transit: the H-bit, in OSPFv3 a clear R-bit.
  public var hostRouter = false
  /// How it came from the run before to this one; nil where it began with nothing.
  public var gracefulRestart: GracefulRestartReport?

  public init(
    protocol: ProtocolName, addressFamily: AddressFamilyName, routerID: String, areas: [String], interfaceCount: Int,
    neighborCount: Int,
    adjacencyCount: Int, lsaCount: Int, advertisements: [AdvertisementReport]
  ) {
    self.protocol = `protocol`
    self.addressFamily = addressFamily
    self.routerID = routerID
    self.areas = areas
    self.interfaceCount = interfaceCount
    self.neighborCount = neighborCount
    self.adjacencyCount = adjacencyCount
    self.lsaCount = lsaCount
    self.advertisements = advertisements
  }
}

/// Another router originates an LSA in our name.
public struct FloodWarReport: Codable, Hashable, Sendable {
  /// The LSA: `network-LSA 192.0.2.1`.
  public var lsa: String
  /// How often in a row it came back, each less than a minute after the one before.
  public var count: Int

  public init(lsa: String, count: Int) {
    self.lsa = lsa
    self.count = count
  }
}

/// One advertised prefix.
public struct AdvertisementReport: Codable, Hashable, Sendable {
  /// The prefix, `192.0.2.1/32`.
  public var prefix: String
  /// How it is advertised.
  public var kind: Kind
  /// The metric.
  public var metric: UInt32
  /// 1 or 2; nil for a stub link, which has none.
  public var metricType: Int?
  /// The external route tag; nil for a stub link, which has none.
  public var tag: UInt32?
  /// Whether every adjacent neighbor has acknowledged it; false while there is no adjacency.
  public var acknowledged: Bool
  /// Whether there is an area that takes it: stub areas take no external prefix.
  public var advertisable = true

  /// The ways to advertise a prefix.
  public enum Kind: String, Codable, Sendable {
    case external
    case stub
  }

  public init(prefix: String, kind: Kind, metric: UInt32, metricType: Int?, tag: UInt32?, acknowledged: Bool) {
    self.prefix = prefix
    self.kind = kind
    self.metric = metric
    self.metricType = metricType
    self.tag = tag
    self.acknowledged = acknowledged
  }
}
