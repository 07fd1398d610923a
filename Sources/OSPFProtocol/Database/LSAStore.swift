import OSPFWire

/// Slots for LSAs with an index, and the queue in which they wait to be looked at again.
///
/// Each LSA costs its octets, 40 octets of bookkeeping and a place in the index. A slot stays the same until its LSA is removed.
struct LSAStore {
  /// What is kept beside the octets of an LSA.
  struct Entry {
    /// Type, ID and originator.
    var key: LSAKey
    /// The whole LSA, with the LS age that it had when it was installed. Empty in a free slot.
    var bytes: [UInt8]
    /// When it was installed.
    var installed: Milliseconds
    /// When it was last sent in an update.
    var sent: Milliseconds
    /// The second at which the aging queue looks at it; 0 when it is in no queue.
    var agingSecond: UInt32
    /// The number of link state retransmission lists that it is on.
    var retransmissions: UInt16
    /// It was flooded to us: neither made here nor sent in answer to a request.
    var isFlooded: Bool
  }

  /// Milliseconds of the caller's clock, wrapping: enough to tell times within 24 days of each other apart.
  typealias Milliseconds = UInt32

  private(set) var entries: [Entry] = []
  private var index = LSAIndex()
  private var freeSlots: [UInt32] = []
  private var agingQueue = AgingQueue()

  /// The number of LSAs.
  var count: Int { index.count }

  /// Where the LSA is, if it is here.
  func slot(of key: LSAKey) -> Int? { index.slot(of: key, entries) }

  /// Puts an LSA into a new slot, or in the place of the earlier instance in `existing`, whose place in the aging queue and on
  /// retransmission lists it takes. Returns the slot and the octets that were replaced.
  mutating func install(
    _ bytes: [UInt8], key: LSAKey, in existing: Int?, isFlooded: Bool, at now: Instant
  ) -> (slot: Int, replacedOctets: Int) {
    var entry = Entry(
      key: key, bytes: bytes, installed: now.milliseconds, sent: now.milliseconds &- 1 << 31, agingSecond: 0, retransmissions: 0,
      isFlooded: isFlooded)
    if let existing {
      let octets = entries[existing].bytes.count
      entry.retransmissions = entries[existing].retransmissions
      entry.agingSecond = entries[existing].agingSecond
      entries[existing] = entry
      scheduleAging(existing, at: now)
      return (existing, octets)
    }
    let slot = takeSlot(for: entry)
    index.insert(slot, entries)
    scheduleAging(slot, at: now)
    return (slot, 0)
  }

  private mutating func takeSlot(for entry: Entry) -> Int {
    if let free = freeSlots.popLast() {
      entries[Int(free)] = entry
      return Int(free)
    }
    entries.append(entry)
    return entries.count - 1
  }

  /// Removes an LSA and returns its octets; nil when it is not here.
  mutating func remove(_ key: LSAKey) -> Int? {
    guard let slot = index.remove(key, entries) else { return nil }
    let octets = entries[slot].bytes.count
    entries[slot].bytes = []
    entries[slot].agingSecond = 0
    freeSlots.append(UInt32(slot))
    return octets
  }

  /// The LSA in a slot is being sent.
  mutating func noteSent(_ slot: Int, at now: Instant) { entries[slot].sent = now.milliseconds }

  /// The LSA in a slot is put on a retransmission list.
  mutating func addRetransmission(_ slot: Int) { entries[slot].retransmissions += 1 }

  /// The LSA in a slot is taken off a retransmission list. Returns whether it is on none any more.
  mutating func removeRetransmission(_ slot: Int) -> Bool {
    if entries[slot].retransmissions > 0 { entries[slot].retransmissions -= 1 }
    return entries[slot].retransmissions == 0
  }
}

/// Aging without ticking (RFC 2328 section 14): each LSA waits in the queue of the second at which its age becomes a multiple of
/// CheckAge, MaxAge being one.
extension LSAStore {
  /// The age at `now` of the LSA in a slot, at most MaxAge.
  func lsAge(_ slot: Int, at now: Instant) -> UInt16 {
    let age = UInt32(entries[slot].bytes[0]) << 8 | UInt32(entries[slot].bytes[1])
    let elapsed = (now.milliseconds &- entries[slot].installed) / 1000
    return UInt16(min(age + elapsed, UInt32(ProtocolConstants.maxAge)))
  }

  /// The next second at which some LSA has to be looked at.
  var agingDeadline: Instant? { agingQueue.nextSecond.map { Instant(nanoseconds: Int64($0) * 1_000_000_000) } }

  /// Takes the slots whose LSAs have to be looked at.
  mutating func takeDueForAging(at now: Instant) -> [Int] {
    var due: [Int] = []
    while let second = agingQueue.nextSecond, Int64(second) * 1_000_000_000 <= now.nanoseconds {
      for slot in agingQueue.removeNext() where entries[Int(slot)].agingSecond == second {
        entries[Int(slot)].agingSecond = 0
        due.append(Int(slot))
      }
    }
    return due
  }

  /// Files an LSA under the second of its next inspection, unless it is filed under an earlier one already.
  mutating func scheduleAging(_ slot: Int, at now: Instant) {
    let age = lsAge(slot, at: now)
    guard age < ProtocolConstants.maxAge else { return }
    let wait = ProtocolConstants.checkAge - age % ProtocolConstants.checkAge
    // Rounded up, so that the age has been reached when the queue is looked at.
    let second = UInt32(truncatingIfNeeded: (now.nanoseconds + 999_999_999) / 1_000_000_000 + Int64(wait))
    let filed = entries[slot].agingSecond
    guard filed == 0 || filed > second else { return }
    entries[slot].agingSecond = second
    agingQueue.insert(UInt32(slot), at: second)
  }
}

extension Instant {
  /// Milliseconds, wrapping.
  var milliseconds: LSAStore.Milliseconds { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000) }
}
