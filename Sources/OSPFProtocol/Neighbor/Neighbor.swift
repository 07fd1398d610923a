import OSPFWire

/// The neighbor data structure (RFC 2328 section 10).
final class Neighbor {
  /// The interface that the neighbor is heard on.
  unowned let interface: Interface
  /// Its router ID; 0.0.0.0 while it has not been heard.
  var routerID: RouterID
  /// Its address on the network.
  var address: IPAddress
  /// Its address in the Hello before the last one, where that was another.
  var formerAddress: IPAddress?
  /// Since when each of its Hellos has come from the address of the last but one, and not from that of the last one.
  var returningSince: Instant?
  /// Its Router Priority.
  var priority: UInt8
  /// Whether its last Hello listed us.
  var hearsUs = false
  /// The options of its last Hello.
  var options: Options = []
  /// The Designated Router in its view.
  var designatedRouter = DesignatedRouterID.none
  /// The Backup Designated Router in its view.
  var backupDesignatedRouter = DesignatedRouterID.none
  /// OSPFv3: its Interface ID.
  var interfaceID: UInt32 = 0
  /// The interface MTU of its last Database Description, an unacceptable one included.
  var announcedMTU: UInt16?
  /// The Cryptographic sequence numbers of the last packets that were accepted from it.
  var sequenceNumbers = ReceivedSequenceNumbers()
  /// It is configured, and not forgotten when it is down.
  let isConfigured: Bool

  /// The state of section 10.1; only the state machine sets it.
  var state = NeighborState.down
  /// When the state was entered.
  var stateSince: Instant
  /// How often the state has changed.
  var stateChangeCount = 0

  /// The DD sequence number of the exchange, which goes on from one exchange to the next.
  var ddSequenceNumber: UInt32
  /// The DD sequence number with which a neighbor that is master began the exchange before.
  var formerFirstSequenceNumber: UInt32?
  /// What there is from ExStart on; only the state machine begins and ends it.
  var exchange: Exchange?
  /// Set while it is helped to restart.
  var help: Help?

  /// When it is declared dead.
  var inactivityTimer: Instant?
  /// When the next Hello is sent to a configured neighbor.
  var pollTimer: Instant?
  /// When its LSAs are looked at for a link back to us.
  var linkBackTimer: Instant?

  init(
    interface: Interface, routerID: RouterID, address: IPAddress, priority: UInt8, isConfigured: Bool, ddSequenceNumber: UInt32,
    at now: Instant
  ) {
    self.interface = interface
    self.routerID = routerID
    self.address = address
    self.priority = priority
    self.isConfigured = isConfigured
    self.ddSequenceNumber = ddSequenceNumber
    stateSince = now
  }

  /// Whether an LSA is on its Link state retransmission list.
  func awaitsAcknowledgment(of key: LSAKey) -> Bool { exchange?.retransmissions.contains(key) ?? false }

  /// How events name this neighbor.
  var reference: NeighborReference {
    NeighborReference(routerID: routerID, address: address, interface: interface.reference)
  }
}
