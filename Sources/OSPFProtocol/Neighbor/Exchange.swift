import OSPFWire
import OrderedCollections

/// What there is between this router and a neighbor from state ExStart on: the conversation of section 10.8 and the lists of section 10.
/// Whoever leaves these states drops it whole.
final class Exchange {
  /// Whether the database exchange is led by this router, and not by the neighbor.
  var isLocalMaster = true
  /// The DD sequence number with which a neighbor that is master began the exchange.
  var firstSequenceNumber: UInt32?
  /// What identifies the last Database Description that was accepted: a packet with the same is a duplicate.
  var lastReceivedDescription: DescriptionIdentity?
  /// The last Database Description that was sent.
  var lastSentDescription: [UInt8] = []
  /// When it was sent last.
  var lastDescriptionSent: Instant?
  /// Whether the last Database Description that was sent had the M-bit.
  var lastSentMore = true
  /// Whether the neighbor takes opaque LSAs (RFC 5250 section 3.1): the O-bit of its Database Descriptions.
  var isOpaqueCapable = false

  /// The Database summary list: what is still to be described.
  var summary: ArraySlice<LSAKey> = []
  /// How many LSAs have been described to the neighbor.
  var describedCount = 0
  /// What it has asked for and is told when the exchange is over.
  var heldRequests: OrderedSet<LSAKey> = []
  /// The Link state request list.
  var requests = RequestList()
  /// The Link state retransmission list.
  var retransmissions = RetransmissionList()

  /// When the master's last Database Description is sent again.
  var descriptionTimer: Instant?
  /// When a master no longer expects an answer to its last Database Description.
  var answerExpires: Instant?
  /// Until when a slave keeps its last Database Description, to repeat it (section 10.8).
  var slaveDescriptionExpires: Instant?
  /// When outstanding requests are sent again.
  var requestTimer: Instant?
  /// When the retransmission list is looked at.
  var retransmissionTimer: Instant?

  /// LSAs on their way to the neighbor alone.
  var update = UpdateAssembly()
  /// Headers to be acknowledged to the neighbor at the end of the turn.
  var directAcknowledgments: [LSAHeader] = []

  /// The fields by which a repeated Database Description is recognised (section 10.6).
  struct DescriptionIdentity: Equatable {
    var flags: DatabaseDescription.Flags
    var options: Options
    var sequenceNumber: UInt32

    init(_ description: DatabaseDescription) {
      flags = description.flags
      options = description.options
      sequenceNumber = description.sequenceNumber
    }
  }

  /// The neighbor is master and has sent nothing but the packet that begins the exchange: it may not have heard our answer, and then
  /// what it floods is meant for others.
  var mayStillBeInExStart: Bool { lastReceivedDescription?.flags.contains(.initialize) ?? false }

  /// The earliest of the timers.
  var nextDeadline: Instant? {
    var earliest = Deadline()
    earliest.consider(descriptionTimer)
    earliest.consider(requestTimer)
    earliest.consider(retransmissionTimer)
    return earliest.instant
  }
}

/// The Link state retransmission list of a neighbor (section 13.6): when each LSA was last sent. Each place on it is counted at the
/// database copy, and no list changes without its count.
struct RetransmissionList {
  private var sent: OrderedDictionary<LSAKey, Instant> = [:]

  /// The number of LSAs.
  var count: Int { sent.count }
  /// Whether everything has been acknowledged.
  var isEmpty: Bool { sent.isEmpty }
  /// The LSAs.
  var keys: [LSAKey] { Array(sent.keys) }
  /// The places, for ``subscript(_:)``.
  var places: Range<Int> { 0..<sent.count }
  /// The LSA at a place, and when it was last sent.
  subscript(place: Int) -> (key: LSAKey, sent: Instant) { (sent.keys[place], sent.values[place]) }

  /// Whether an LSA has not been acknowledged.
  func contains(_ key: LSAKey) -> Bool { sent[key] != nil }

  /// The LSA in a slot is being sent.
  mutating func add(_ key: LSAKey, _ slot: Int, of database: LinkStateDatabase, at now: Instant) {
    if sent.updateValue(now, forKey: key) == nil { database.addRetransmission(slot) }
  }

  /// The LSA at a place is sent again.
  mutating func noteSent(_ place: Int, at now: Instant) { sent.values[place] = now }

  /// Takes an LSA off the list. Returns whether it was there and is on no list any more.
  mutating func remove(_ key: LSAKey, from database: LinkStateDatabase?) -> Bool {
    guard let position = sent.index(forKey: key) else { return false }
    sent.swapAt(position, sent.count - 1)
    sent.removeLast()
    guard let database, let slot = database.slot(of: key) else { return false }
    return database.removeRetransmission(slot)
  }
}
