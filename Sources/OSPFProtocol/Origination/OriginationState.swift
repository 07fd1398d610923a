import HeapModule
import OSPFWire
import OrderedCollections

/// What is remembered about the LSAs that this router originates.
struct OriginationState {
  /// One record for each LSA that is, or lately was, our own.
  var records: OrderedDictionary<LSAIdentity, OriginationRecord> = [:]
  /// When records have to be looked at. An entry counts only while its record says the same instant.
  private var timers = Heap<Timer>()
  private var timerCount: UInt64 = 0
  /// Something that the LSAs say may have changed.
  var isDirty = true
  /// What is to be advertised.
  var advertisements: [Advertisement] = []
  /// The Link State IDs of prefixes.
  var linkStateIDs = LinkStateIDs()
  /// Prefixes whose announcement or withdrawal is not yet acknowledged by everybody.
  var pendingChanges: [IPPrefix: PendingChange] = [:]
  /// The prefixes with a pending change that wait for each LSA.
  var waiting: [LSAIdentity: [IPPrefix]] = [:]
  /// Prefixes that the last call of `advertise` changed.
  var changed: OrderedSet<IPPrefix> = []
  /// Something external has been advertised under the configuration in force. The E-bit stays when the last of it goes: every router
  /// in the area would run a whole SPF, and again when it comes back.
  var hasAdvertisedExternals = false
  /// Which LSAs somebody else originates in our name.
  var floodWars = FloodWars()
  /// Where the numbering of LSAs goes on that were flushed and forgotten.
  var flushedNumbers = FlushedNumbers()
  /// A graceful restart has just ended: what the network has of ours is taken over or flushed.
  var takesOver = false
  /// How many records are of LSAs that were never wanted.
  private(set) var staleCount = 0
  /// Some record waits for the end of a database exchange.
  var hasAnswersAfterLoading = false

  /// A prefix that some neighbor may not know about yet.
  struct PendingChange {
    /// Announced, and not withdrawn.
    var isAnnouncement: Bool
    /// LSAs that have yet to be originated or acknowledged.
    var waitsFor: Set<LSAIdentity>
  }

  /// The prefixes that some LSA is to carry; nil while nobody has asked since that was decided.
  private var carried: Set<IPPrefix>?

  /// Whether some LSA is to carry the prefix. None is where an external prefix meets stub areas only.
  mutating func carries(_ prefix: IPPrefix) -> Bool {
    let known = carried ?? Set(records.values.lazy.flatMap { $0.wanted?.prefixes ?? [] })
    carried = known
    return known.contains(prefix)
  }

  /// Other LSAs are wanted, or nobody will ask for a while.
  mutating func forgetCarried() { carried = nil }

  private struct Timer: Comparable {
    var due: Instant
    var order: UInt64
    var identity: LSAIdentity

    static func < (left: Timer, right: Timer) -> Bool { (left.due, left.order) < (right.due, right.order) }
    static func == (left: Timer, right: Timer) -> Bool { left.order == right.order }
  }

  /// Notes whether a record is of an LSA that claims to be ours and was never wanted.
  mutating func noteStale(_ identity: LSAIdentity, _ isStale: Bool) {
    guard let record = records[identity], record.isStale != isStale else { return }
    record.isStale = isStale
    staleCount += isStale ? 1 : -1
  }

  /// The next instant at which a record has to be looked at.
  var nextDeadline: Instant? { timers.min?.due }

  /// Looks at the record at `due`, and no longer at the instant that was set before.
  mutating func schedule(_ identity: LSAIdentity, at due: Instant?) {
    guard let record = records[identity], record.due != due else { return }
    record.due = due
    guard let due else { return }
    timerCount += 1
    timers.insert(Timer(due: due, order: timerCount, identity: identity))
  }

  /// The next record that is due, with its timer taken off.
  mutating func popDue(at now: Instant) -> LSAIdentity? {
    while let timer = timers.min, timer.due <= now {
      timers.removeMin()
      guard let record = records[timer.identity], record.due == timer.due else { continue }
      record.due = nil
      return timer.identity
    }
    return nil
  }
}

/// One LSA that is, or lately was, our own.
///
/// A class, because changing a field in place would otherwise move the whole record within the dictionary.
final class OriginationRecord {
  /// What it is to say; nil when it is not to exist.
  var wanted: WantedLSA?
  /// What its last instance says; nil when that is flushed.
  var current: WantedLSA?
  /// The highest sequence number that is known to exist.
  var sequenceNumber: SequenceNumber?
  /// When its last instance was made.
  var lastOriginated: Instant?
  /// The time that has to pass until the next instance.
  var interval: Duration
  /// How many instances in a row were made as soon as the interval allowed.
  var rapidChanges = 0
  /// When to look at it again: a change that waits, or the refresh.
  var due: Instant?
  /// When it is refreshed.
  var refresh: Instant?
  /// Its sequence number is at the end: it is being flushed and begins anew when the flush is over (section 12.1.6).
  var isWrapping = false
  /// It came from the network with our router ID, and is nothing that we say.
  var isStale = false
  /// A neighbor's copy of it is newer; the answer waits until the exchange with that neighbor is over, or until the last answer is long enough
  /// ago.
  var owesAnswer = false
  /// When a newer copy from the network was last answered, or will be.
  var lastAnswer: Instant?

  init(interval: Duration) { self.interval = interval }
}
