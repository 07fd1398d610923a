import OSPFWire

/// What `anycastctl interfaces` shows of one OSPF interface at one instant.
public struct InterfaceSnapshot: Sendable, Hashable {
  /// Name, address and area.
  public var reference: InterfaceReference
  /// The kernel's interface index.
  public var index: UInt32
  /// The definition that it runs with.
  public var definition: InterfaceDefinition
  /// What of its authentication is in force.
  public var keys: AuthenticationInForce
  /// The second of the calendar, in which the lifetimes of keys are written.
  public var wallClock: Int64
  /// The state of RFC 2328 section 9.1.
  public var state: InterfaceState
  /// The Designated Router, or none.
  public var designatedRouter: DesignatedRouterID
  /// The Backup Designated Router, or none.
  public var backupDesignatedRouter: DesignatedRouterID
  /// Time until the next Hello, nil when none is sent.
  public var helloDue: Duration?
  /// Neighbors in any state above Down.
  public var neighborCount: Int
  /// Neighbors in state Full.
  public var adjacencyCount: Int
  /// Packets by type and direction, and refusals.
  public var counters: InterfaceCounters
  /// What was heard, and what came of it.
  public var reception: ReceptionSnapshot
  /// The last flood that the database had no room for.
  public var overflow: OverflowSnapshot?
}

/// Packets that an OSPF interface has seen, by packet type (index 1 to 5 as on the wire; index 0 is not used).
public struct InterfaceCounters: Sendable, Hashable {
  /// Packets accepted, by packet type.
  public var received: [UInt64] = Array(repeating: 0, count: 6)
  /// Packets sent, by packet type.
  public var sent: [UInt64] = Array(repeating: 0, count: 6)
  /// Packets refused.
  public var refused: UInt64 = 0

  /// All zero.
  public init() {}
}

/// What `anycastctl neighbors` shows of one neighbor at one instant.
public struct NeighborSnapshot: Sendable, Hashable {
  /// What a neighbor is on its network.
  public enum Role: Hashable, Sendable {
    case designatedRouter, backup, other
  }

  /// Router ID, address and interface.
  public var reference: NeighborReference
  /// The state of RFC 2328 section 10.1.
  public var state: NeighborState
  /// Its Router Priority.
  public var priority: UInt8
  /// What it names as Designated Router.
  public var designatedRouter: DesignatedRouterID
  /// What it names as Backup Designated Router.
  public var backupDesignatedRouter: DesignatedRouterID
  /// Nil on a network without a Designated Router, and before the neighbor is known.
  public var role: Role?
  /// Time until it is declared dead, nil before it has been heard.
  public var deadDue: Duration?
  /// What is left of its grace period while it is helped to restart.
  public var helpDue: Duration?
  /// Time since the current state was entered.
  public var stateAge: Duration
  /// Lengths of its three lists: retransmission, request, database summary.
  public var retransmissionCount: Int
  /// LSAs still to be requested.
  public var requestCount: Int
  /// LSAs still to be described.
  public var summaryCount: Int
  /// How often it has changed state since it was first heard.
  public var stateChangeCount: Int
  /// The interface MTU of its last Database Description; nil before the first.
  public var announcedMTU: Int?
  /// The options of its last Hello.
  public var options: Options
  /// OSPFv3: its Interface ID.
  public var interfaceID: UInt32
  /// Whether the database exchange is led by this router.
  public var isLocalMaster: Bool
  /// The DD sequence number of the exchange.
  public var ddSequenceNumber: UInt32
  /// Whether it describes the link from its side, so that routes lead over it.
  public var linkBack: LinkBack
}

/// What `anycastctl database` shows of one LSA at one instant.
public struct LSASnapshot: Sendable, Hashable {
  /// The flooding scope's instance: an area, the AS, or a link.
  public var scope: ScopeID
  /// The header, with the LS age of this instant.
  public var header: LSAHeader
  /// The whole LSA, header included, with the LS age of this instant.
  public var bytes: [UInt8]
  /// Whether we originated it.
  public var isSelfOriginated: Bool
}

/// One link state database: that of an area, of the AS, or of a link (RFC 5340 section 4.5.2).
public enum ScopeID: Sendable, Hashable {
  /// A link. In OSPFv2 each subnet of a device is one, and has the interface's address for a name.
  case link(interfaceIndex: UInt32, address: IPv4Address? = nil)
  case area(AreaID)
  case autonomousSystem
}

/// The identity of an LSA in a database: LS type, Link State ID, Advertising Router (RFC 2328 section 12.1), with the scope.
public struct LSAIdentity: Sendable, Hashable {
  /// Where it lives.
  public var scope: ScopeID
  /// Type, ID and originator.
  public var key: LSAKey

  public init(scope: ScopeID, key: LSAKey) {
    self.scope = scope
    self.key = key
  }
}

/// What the router says of itself.
public struct RouterSnapshot: Sendable, Hashable {
  public var version: OSPFVersion
  public var routerID: RouterID
  /// What is left of the grace period while a graceful restart goes on.
  public var restartDue: Duration?
  /// Whether `shutDown` has begun.
  public var isShuttingDown: Bool
  /// The configuration in force.
  public var configuration: RouterConfiguration
  /// All areas with an interface.
  public var areas: [AreaID]
  /// Number of LSAs in all databases.
  public var lsaCount: Int
  /// Number of neighbors in state Full.
  public var adjacencyCount: Int
  /// Every advertisement, and whether each adjacent neighbor has acknowledged it.
  public var advertisements: [AdvertisementSnapshot]
  /// How often in a row, each less than a minute after the one before, one LSA of ours came back with something that we had not said:
  /// once or twice after a restart, again and again when another router has our router ID. That of the LSA that came back most often.
  public var floodWarCount: Int
  /// That LSA; nil where `floodWarCount` is 0.
  public var floodWarLSA: LSAKey?
}

/// The state of one advertisement.
public struct AdvertisementSnapshot: Sendable, Hashable {
  /// What is advertised.
  public var advertisement: Advertisement
  /// Whether every adjacent neighbor has acknowledged it; false while there is no adjacency.
  public var isAcknowledged: Bool
  /// Whether there is an area that takes it: stub areas take no external prefix.
  public var isAdvertisable: Bool
}
