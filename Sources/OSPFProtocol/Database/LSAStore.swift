import OSPFWire

/// LSAs with an index by their keys, and the queue in which they wait to be looked at again.
///
/// Each LSA costs its octets, 20 octets of bookkeeping and a place in the index.
struct LSAStore: ~Copyable {
  /// Milliseconds of the caller's clock, wrapping: enough to tell times within 24 days of each other apart.
  typealias Milliseconds = UInt32

  private(set) var records: LSARecords
  private var index = LSAIndex()
  private var agingQueue = AgingQueue()

  init(version: OSPFVersion) { records = LSARecords(version: version) }

  /// The number of LSAs.
  var count: Int { index.count }

  /// Where the LSA is, if it is here.
  func slot(of key: LSAKey) -> Int? { index.slot(of: key, records) }

  /// The octets of the LSA in a slot.
  func length(_ slot: Int) -> Int { records.withLSA(slot) { $0.byteCount } }

  /// Puts an LSA into a new slot, or in the place of the earlier instance in `existing`, whose place in the aging queue and on
  /// retransmission lists it takes. Returns the slot and the octets that were replaced.
  mutating func install(
    _ lsa: RawSpan, in existing: Int?, isFlooded: Bool, at now: Instant
  ) -> (slot: Int, replacedOctets: Int) {
    if let existing {
      let octets = length(existing)
      records.replace(existing, with: lsa, isFlooded: isFlooded, at: now)
      scheduleAging(existing, at: now)
      return (existing, octets)
    }
    let slot = records.insert(lsa, isFlooded: isFlooded, at: now)
    index.insert(slot, records)
    scheduleAging(slot, at: now)
    return (slot, 0)
  }

  /// Removes an LSA and returns its octets; nil when it is not here.
  mutating func remove(_ key: LSAKey) -> Int? {
    guard let slot = index.remove(key, records) else { return nil }
    let octets = length(slot)
    records.remove(slot)
    return octets
  }

  /// The LSA in a slot is being sent.
  mutating func noteSent(_ slot: Int, at now: Instant) { records[slot].sent = now.milliseconds }

  /// The LSA in a slot is put on a retransmission list.
  mutating func addRetransmission(_ slot: Int) { records[slot].retransmissions += 1 }

  /// The LSA in a slot is taken off a retransmission list. Returns whether it is on none any more.
  mutating func removeRetransmission(_ slot: Int) -> Bool {
    if records[slot].retransmissions > 0 { records[slot].retransmissions -= 1 }
    return records[slot].retransmissions == 0
  }
}

/// Aging without ticking (RFC 2328 section 14): each LSA waits in the queue of the second at which its age becomes a multiple of
/// CheckAge, MaxAge being one.
extension LSAStore {
  /// The age at `now` of the LSA in a slot, at most MaxAge.
  func lsAge(_ slot: Int, at now: Instant) -> UInt16 {
    let age = UInt32(records.withLSA(slot) { $0.uint16(at: 0) })
    let elapsed = (now.milliseconds &- records[slot].installed) / 1000
    return UInt16(min(age + elapsed, UInt32(ProtocolConstants.maxAge)))
  }

  /// The next second at which some LSA has to be looked at.
  var agingDeadline: Instant? { agingQueue.nextSecond.map { Instant(nanoseconds: Int64($0) * 1_000_000_000) } }

  /// Takes the slots whose LSAs have to be looked at.
  mutating func takeDueForAging(at now: Instant) -> [Int] {
    var due: [Int] = []
    while let second = agingQueue.nextSecond, Int64(second) * 1_000_000_000 <= now.nanoseconds {
      for slot in agingQueue.removeNext() where records[Int(slot)].agingSecond == second {
        records[Int(slot)].agingSecond = 0
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
    let filed = records[slot].agingSecond
    guard filed == 0 || filed > second else { return }
    records[slot].agingSecond = second
    agingQueue.insert(UInt32(slot), at: second)
  }
}

extension Instant {
  /// Milliseconds, wrapping.
  var milliseconds: LSAStore.Milliseconds { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000) }
}
