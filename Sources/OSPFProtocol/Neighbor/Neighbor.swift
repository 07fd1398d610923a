import OSPFWire
import OrderedCollections

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
  /// The Cryptographic sequence number of the last packet that was accepted from it; nil before the first.
  var cryptographicSequenceNumber: UInt32?
  /// It is configured, and not forgotten when it is down.
  let isConfigured: Bool

  /// The state of section 10.1; only the state machine sets it.
  var state = NeighborState.down
  /// When the state was entered.
  var stateSince: Instant
  /// How often the state has changed.
  var stateChangeCount = 0

  /// Whether the database exchange is led by this router, and not by the neighbor.
  var isLocalMaster = false
  /// The DD sequence number of the exchange.
  var ddSequenceNumber: UInt32
  /// The DD sequence number with which a neighbor that is master began the exchange.
  var firstSequenceNumber: UInt32?
  /// The same of the exchange before.
  var formerFirstSequenceNumber: UInt32?
  /// What identifies the last Database Description that was accepted: a packet with the same is a duplicate.
  var lastReceivedDescription: DescriptionIdentity?
  /// The last Database Description that was sent.
  var lastSentDescription: [UInt8] = []
  /// Whether the last Database Description that was sent had the M-bit.
  var lastSentMore = true
  /// Whether it takes opaque LSAs (RFC 5250 section 3.1): the O-bit of its Database Descriptions.
  var isOpaqueCapable = false
  /// The Database summary list: what is still to be described.
  var summary: ArraySlice<LSAKey> = []
  /// How many LSAs have been described to it in this exchange.
  var describedCount = 0
  /// What it has asked for and is told when the exchange is over.
  var heldRequests: OrderedSet<LSAKey> = []
  /// The Link state request list.
  var requests = RequestList()
  /// The Link state retransmission list: when each LSA was last sent.
  var retransmissions: OrderedDictionary<LSAKey, Instant> = [:]

  /// Set while it is helped to restart.
  var help: Help?

  /// When it is declared dead.
  var inactivityTimer: Instant?
  /// When the next Hello is sent to a configured neighbor.
  var pollTimer: Instant?
  /// When the master's last Database Description is sent again.
  var descriptionTimer: Instant?
  /// Until when a slave keeps its last Database Description, to repeat it (section 10.8).
  var slaveDescriptionExpires: Instant?
  /// When outstanding requests are sent again.
  var requestTimer: Instant?
  /// When the retransmission list is looked at.
  var retransmissionTimer: Instant?

  /// LSAs on their way to this neighbor alone.
  var update = UpdateAssembly()
  /// Headers to be acknowledged to this neighbor at the end of the turn.
  var directAcknowledgments: [LSAHeader] = []

  /// The fields by which a repeated Database Description is recognised (section 10.6).
  struct DescriptionIdentity: Equatable {
    var flags: DatabaseDescription.Flags
    var options: Options
    var sequenceNumber: UInt32
  }

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

  /// The neighbor is master and has sent nothing but the packet that begins the exchange: it may not have heard our answer, and then
  /// what it floods is meant for others.
  var mayStillBeInExStart: Bool { lastReceivedDescription?.flags.contains(.initialize) ?? false }

  /// How events name this neighbor.
  var reference: NeighborReference {
    NeighborReference(routerID: routerID, address: address, interface: interface.reference)
  }
}
