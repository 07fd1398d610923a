import OSPFWire

/// The interface data structure (RFC 2328 section 9).
final class Interface {
  /// What the kernel and the configuration say.
  var definition: InterfaceDefinition {
    didSet {
      address = definition.ownAddress
      packetCapacity = definition.packetCapacity
      // What was refused may be right now.
      if definition != oldValue { history.refusals = RefusalHistory() }
    }
  }
  /// Our address on the network: where packets are sent from.
  private(set) var address: IPAddress
  /// The largest OSPF packet that fits into one IP packet.
  private(set) var packetCapacity: Int
  /// Which of the configured keys are in force.
  var keys = AuthenticationInForce(sending: .null, accepting: .null)
  /// When one of them begins or ends.
  var keyTimer: Instant?
  /// The area that the attached network belongs to.
  let area: Area
  /// LSAs with link-local flooding scope.
  let database: LinkStateDatabase
  /// The state of section 9.1.
  var state = InterfaceState.down
  /// All neighbors, in the order in which they were first heard.
  var neighbors: [Neighbor] = []
  /// Packets by type.
  var counters = InterfaceCounters()
  /// What was heard, and what came of it.
  var history = ReceptionHistory()
  /// Floods that the database had no room for.
  var overflows = OverflowHistory()

  /// What there is while the interface is up; only the state machine begins and ends it.
  var activity: InterfaceActivity?

  init(definition: InterfaceDefinition, area: Area, version: OSPFVersion, totals: DatabaseTotals) {
    self.definition = definition
    self.area = area
    address = definition.ownAddress
    packetCapacity = definition.packetCapacity
    let scope = ScopeID.link(interfaceIndex: definition.index, address: definition.ownAddress.v4)
    database = LinkStateDatabase(scope: scope, version: version, totals: totals)
  }

  /// The Designated Router that the election chose.
  var designatedRouter: DesignatedRouterID { activity?.designatedRouter ?? .none }

  /// The Backup Designated Router that the election chose.
  var backupDesignatedRouter: DesignatedRouterID { activity?.backupDesignatedRouter ?? .none }

  /// The configured parameters.
  var settings: InterfaceSettings { definition.settings }

  /// How events name this interface.
  var reference: InterfaceReference {
    InterfaceReference(name: definition.name, address: address, area: area.id)
  }

  /// Whether a Designated Router is elected here: on broadcast and NBMA networks.
  var electsDesignatedRouter: Bool {
    switch settings.networkType {
    case .broadcast, .nonBroadcast: true
    case .pointToPoint, .pointToMultipoint: false
    }
  }

  /// Whether packets for everybody are multicast, and not sent to each neighbor.
  var multicasts: Bool {
    switch settings.networkType {
    case .broadcast, .pointToPoint: true
    case .nonBroadcast, .pointToMultipoint: false
    }
  }

  /// Whether packets are sent and accepted.
  var isActive: Bool {
    switch state {
    case .down, .loopback: false
    case .waiting, .pointToPoint, .drOther, .backup, .dr: !settings.isPassive
    }
  }

  /// HelloInterval as Hellos carry it: 0 when it is shorter than a second.
  var helloIntervalOnWire: UInt16 {
    settings.helloInterval < .seconds(1) ? 0 : UInt16(clamping: settings.helloInterval.wholeSeconds)
  }

  /// RouterDeadInterval as Hellos carry it.
  var routerDeadIntervalOnWire: UInt32 { UInt32(clamping: settings.routerDeadInterval.wholeSeconds) }

  /// The MTU that Database Descriptions carry.
  var announcedMTU: UInt16 { UInt16(clamping: settings.announcedMTU ?? definition.mtu) }
}

extension InterfaceDefinition {
  /// The address that packets are sent from.
  var ownAddress: IPAddress {
    switch addressing {
    case .ipv4(let address, _, _): .v4(address)
    case .ipv6(let linkLocal, _): .v6(linkLocal ?? .unspecified)
    }
  }

  /// What the MTU leaves after the IP header and before the digest; no network carries less than the protocol's minimum.
  fileprivate var packetCapacity: Int {
    switch addressing {
    case .ipv4: max(mtu, 576) - 20 - settings.authentication.trailerLength
    case .ipv6: max(mtu, 1280) - 40 - settings.authentication.trailerLength
    }
  }
}

/// What an interface has while it is up, and loses when it goes down (RFC 2328 section 9.3, InterfaceDown).
struct InterfaceActivity {
  /// The Designated Router that the election chose.
  var designatedRouter = DesignatedRouterID.none
  /// The Backup Designated Router that the election chose.
  var backupDesignatedRouter = DesignatedRouterID.none
  /// The Designated Router election is to run again at the end of the turn.
  var neighborChangePending = false

  /// When the next Hello is due.
  var helloTimer: Instant?
  /// When a Hello was last sent before its time.
  var lastTriggeredHello: Instant?
  /// When state Waiting ends.
  var waitTimer: Instant?
  /// When the delayed acknowledgments are sent.
  var acknowledgmentTimer: Instant?

  /// Headers that wait to be acknowledged to everybody on the network.
  var delayedAcknowledgments: [LSAHeader] = []
  /// LSAs on their way to everybody on the network.
  var update = UpdateAssembly()

  /// Notes what is to be acknowledged to everybody on the network, and says how much that is now.
  mutating func delayAcknowledgment(of header: LSAHeader) -> Int {
    delayedAcknowledgments.append(header)
    return delayedAcknowledgments.count
  }
}

/// An attached area (RFC 2328 section 6).
final class Area {
  /// The area ID.
  let id: AreaID
  var kind: AreaConfiguration
  /// LSAs with area flooding scope.
  let database: LinkStateDatabase

  init(id: AreaID, kind: AreaConfiguration, version: OSPFVersion, totals: DatabaseTotals) {
    self.id = id
    self.kind = kind
    database = LinkStateDatabase(scope: .area(id), version: version, totals: totals)
  }

  /// The E-bit or the N-bit, as Hellos, Database Descriptions and LSAs of the area carry them.
  var options: Options {
    switch kind {
    case .normal: .externalRouting
    case .stub: []
    case .nssa: .nssa
    }
  }
}
