import OSPFWire

/// The LSAs of one flooding scope: an area, the autonomous system, or a link (RFC 2328 section 12.2).
///
/// Each LSA costs its octets, 24 octets of bookkeeping and one entry of the index. Its age is not stored: it follows from the age
/// that it came with and the time since.
final class LinkStateDatabase {
  /// What is kept beside the octets of an LSA.
  struct Entry {
    /// The whole LSA, with the LS age that it had when it was installed.
    var bytes: [UInt8]
    /// When it was installed.
    var installed: Milliseconds
    /// When it was last sent in an update.
    var sent: Milliseconds
    /// The second at which the aging queue looks at it.
    var agingSecond: UInt32
    /// The number of link state retransmission lists that it is on.
    var retransmissions: UInt16
    /// It came in an update, and was not made here.
    var isReceived: Bool
  }

  /// Milliseconds of the caller's clock, wrapping: enough to tell times within 49 days of each other apart.
  typealias Milliseconds = UInt32

  /// Whose LSAs these are.
  let scope: ScopeID
  /// The version, which says how LSA headers look.
  let version: OSPFVersion
  /// The LSAs of all databases of the router together.
  private let totals: DatabaseTotals

  private var index: [LSAKey: UInt32] = [:]
  private var entries: [Entry] = []
  private var freeSlots: [UInt32] = []
  private var agingQueue = AgingQueue()

  init(scope: ScopeID, version: OSPFVersion, totals: DatabaseTotals) {
    self.scope = scope
    self.version = version
    self.totals = totals
  }

  deinit {
    for entry in entries where !entry.bytes.isEmpty { totals.octets -= entry.bytes.count }
    totals.count -= index.count
  }

  /// The number of LSAs.
  var count: Int { index.count }

  /// Where the LSA is, if it is here. A slot stays the same until the LSA is removed.
  func slot(of key: LSAKey) -> Int? { index[key].map(Int.init) }

  /// The entry in a slot.
  subscript(slot: Int) -> Entry { entries[slot] }

  /// The LSA in a slot is being sent.
  func noteSent(_ slot: Int, at now: Instant) { entries[slot].sent = now.milliseconds }

  /// The LSA in a slot is put on a retransmission list.
  func addRetransmission(_ slot: Int) { entries[slot].retransmissions += 1 }

  /// The LSA in a slot is taken off `count` retransmission lists. Returns whether it is on none any more.
  func removeRetransmissions(_ slot: Int, _ count: UInt16) -> Bool {
    entries[slot].retransmissions -= min(count, entries[slot].retransmissions)
    return entries[slot].retransmissions == 0
  }

  /// The header of the LSA in a slot, with its age at `now`.
  func header(_ slot: Int, at now: Instant) -> LSAHeader {
    let bytes = entries[slot].bytes
    guard var header = try? LSAHeader.decode(bytes.rawSpan, version: version) else {
      preconditionFailure("the database holds whole LSAs only")
    }
    header.lsAge = aged(header.lsAge, since: entries[slot].installed, at: now)
    return header
  }

  /// The age at `now` of the LSA in a slot, at most MaxAge.
  func lsAge(_ slot: Int, at now: Instant) -> UInt16 {
    aged(
      UInt16(entries[slot].bytes[0]) << 8 | UInt16(entries[slot].bytes[1]), since: entries[slot].installed, at: now)
  }

  /// Whether the LSA in a slot was at MaxAge when it was installed.
  func isStoredAtMaxAge(_ slot: Int) -> Bool {
    UInt16(entries[slot].bytes[0]) << 8 | UInt16(entries[slot].bytes[1]) >= ProtocolConstants.maxAge
  }

  private func aged(_ age: UInt16, since installed: Milliseconds, at now: Instant) -> UInt16 {
    let elapsed = (now.milliseconds &- installed) / 1000
    return UInt16(min(UInt32(age) + elapsed, UInt32(ProtocolConstants.maxAge)))
  }

  /// Puts an LSA in the place of an earlier instance, or in a new slot. `bytes` is a whole LSA. Its count of retransmission lists
  /// is kept: the caller has taken the earlier instance off them.
  @discardableResult
  func install(_ bytes: [UInt8], key: LSAKey, isReceived: Bool, at now: Instant) -> Int {
    install(bytes, key: key, in: slot(of: key), isReceived: isReceived, at: now)
  }

  /// The same where the slot of the earlier instance is known.
  func install(_ bytes: [UInt8], key: LSAKey, in existing: Int?, isReceived: Bool, at now: Instant) -> Int {
    let entry = Entry(
      bytes: bytes, installed: now.milliseconds, sent: now.milliseconds &- 1 << 31, agingSecond: 0, retransmissions: 0,
      isReceived: isReceived)
    totals.octets += bytes.count
    let slot: Int
    if let existing {
      slot = existing
      totals.octets -= entries[slot].bytes.count
      let (retransmissions, agingSecond) = (entries[slot].retransmissions, entries[slot].agingSecond)
      entries[slot] = entry
      entries[slot].retransmissions = retransmissions
      entries[slot].agingSecond = agingSecond
    } else if let free = freeSlots.popLast() {
      slot = Int(free)
      totals.count += 1
      entries[slot] = entry
      index[key] = free
    } else {
      slot = entries.count
      totals.count += 1
      entries.append(entry)
      index[key] = UInt32(slot)
    }
    scheduleAging(slot, at: now)
    return slot
  }

  /// Removes an LSA.
  func remove(_ key: LSAKey) {
    guard let slot = index.removeValue(forKey: key) else { return }
    totals.octets -= entries[Int(slot)].bytes.count
    totals.count -= 1
    entries[Int(slot)].bytes = []
    entries[Int(slot)].agingSecond = 0
    freeSlots.append(slot)
  }

  /// The occupied slots, in an order that is the same for the same history.
  var slots: some Sequence<Int> { entries.indices.lazy.filter { !self.entries[$0].bytes.isEmpty } }
}

/// Aging without ticking (RFC 2328 section 14): each LSA waits in the queue of the second at which its age becomes a multiple of
/// CheckAge, MaxAge being one.
extension LinkStateDatabase {
  /// The next second at which some LSA has to be looked at.
  var agingDeadline: Instant? { agingQueue.nextSecond.map { Instant(nanoseconds: Int64($0) * 1_000_000_000) } }

  /// Takes the slots whose LSAs have to be looked at.
  func takeDueForAging(at now: Instant) -> [Int] {
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
  func scheduleAging(_ slot: Int, at now: Instant) {
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
  var milliseconds: UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000) }
}
