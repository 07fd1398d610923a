/// What an interface has heard, and what came of it: a part of ``InterfaceReport``.
public struct ReceptionReport: Codable, Hashable, Sendable {
  /// Time since any OSPF packet of another router arrived, refused ones included; nil when none ever has.
  public var lastHeardSeconds: Double?
  /// The latest refusals, the last one first; equal ones of one source are counted together. Their number is limited.
  public var refusals: [RefusalReport]
  /// The last time that one router ID was heard from two addresses of the network.
  public var duplicateRouterID: DuplicateRouterIDReport?
  /// How many adjacencies were lost without anybody having asked for it.
  public var adjacencyLossCount: UInt64
  /// The last of them.
  public var lastAdjacencyLoss: AdjacencyLossReport?

  /// A report, of nothing heard unless told otherwise.
  public init(
    lastHeardSeconds: Double? = nil, refusals: [RefusalReport] = [], duplicateRouterID: DuplicateRouterIDReport? = nil,
    adjacencyLossCount: UInt64 = 0, lastAdjacencyLoss: AdjacencyLossReport? = nil
  ) {
    self.lastHeardSeconds = lastHeardSeconds
    self.refusals = refusals
    self.duplicateRouterID = duplicateRouterID
    self.adjacencyLossCount = adjacencyLossCount
    self.lastAdjacencyLoss = lastAdjacencyLoss
  }
}

/// Packets of one source that were refused for one reason.
public struct RefusalReport: Codable, Hashable, Sendable {
  /// Where they came from.
  public var source: String
  /// The reason for programs: `helloIntervalMismatch`.
  public var kind: RefusalKind
  /// The reason for people, with both values: `HelloInterval is 5 s there and 1 s here`.
  public var reason: String
  /// The value in the packet, nil where the reason is not one of two values.
  public var theirs: String?
  /// The value here, nil where the reason is not one of two values.
  public var ours: String?
  /// How many.
  public var count: UInt64
  /// Time since the first.
  public var firstSeconds: Double
  /// Time since the last.
  public var lastSeconds: Double

  public init(
    source: String, kind: RefusalKind, reason: String, theirs: String?, ours: String?, count: UInt64, firstSeconds: Double,
    lastSeconds: Double
  ) {
    self.source = source
    self.kind = kind
    self.reason = reason
    self.theirs = theirs
    self.ours = ours
    self.count = count
    self.firstSeconds = firstSeconds
    self.lastSeconds = lastSeconds
  }
}

/// Two routers with one router ID.
public struct DuplicateRouterIDReport: Codable, Hashable, Sendable {
  /// The router ID.
  public var routerID: String
  /// The two addresses.
  public var addresses: [String]
  /// Time since it was seen.
  public var ageSeconds: Double

  public init(routerID: String, addresses: [String], ageSeconds: Double) {
    self.routerID = routerID
    self.addresses = addresses
    self.ageSeconds = ageSeconds
  }
}

/// The loss of an adjacency.
public struct AdjacencyLossReport: Codable, Hashable, Sendable {
  /// The neighbor's router ID.
  public var routerID: String
  /// The neighbor's address.
  public var address: String
  /// Why it is not Full any more: `dead timer expired`.
  public var reason: String
  /// Time since then.
  public var ageSeconds: Double

  public init(routerID: String, address: String, reason: String, ageSeconds: Double) {
    self.routerID = routerID
    self.address = address
    self.reason = reason
    self.ageSeconds = ageSeconds
  }
}
