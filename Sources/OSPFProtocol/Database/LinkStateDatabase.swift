import OSPFWire

/// The LSAs of one flooding scope: an area, the autonomous system, or a link (RFC 2328 section 12.2).
///
/// The age of an LSA is not stored: it follows from the age that it came with and the time since.
final class LinkStateDatabase {
  /// Whose LSAs these are.
  let scope: ScopeID
  /// The version, which says how LSA headers look.
  let version: OSPFVersion

  private let totals: DatabaseTotals
  private var store: LSAStore

  init(scope: ScopeID, version: OSPFVersion, totals: DatabaseTotals) {
    self.scope = scope
    self.version = version
    self.totals = totals
    store = LSAStore(version: version)
  }

  deinit {
    for slot in slots { totals.octets -= store.length(slot) }
    totals.count -= store.count
  }

  /// The number of LSAs.
  var count: Int { store.count }

  /// The occupied slots, in an order that is the same for the same history.
  var slots: some Sequence<Int> { store.records.entries.indices.lazy.filter { self.store.records[$0].isOccupied } }

  /// The first occupied slot from `slot` on.
  func occupiedSlot(from slot: Int) -> Int? { store.records.entries[slot...].firstIndex { $0.isOccupied } }

  /// Where the LSA is, if it is here. A slot stays the same until the LSA is removed.
  func slot(of key: LSAKey) -> Int? { store.slot(of: key) }

  /// What is kept of the LSA in a slot, beside its octets.
  subscript(slot: Int) -> LSARecords.Entry { store.records[slot] }

  /// Type, ID and originator of the LSA in a slot.
  func key(_ slot: Int) -> LSAKey { store.records.key(slot) }

  /// The length of the LSA in a slot, in octets.
  func length(_ slot: Int) -> Int { store.length(slot) }

  /// The whole LSA in a slot, with the LS age that it had when it was installed.
  @inline(__always)
  func withLSA<Result>(_ slot: Int, _ read: (RawSpan) throws -> Result) rethrows -> Result {
    try store.records.location(slot).withLSA(read)
  }

  /// A copy of the whole LSA in a slot, with another LS age than the one in its octets.
  func octets(_ slot: Int, lsAge: UInt16) -> [UInt8] {
    var octets = withLSA(slot) { $0.copy() }
    octets[0] = UInt8(truncatingIfNeeded: lsAge >> 8)
    octets[1] = UInt8(truncatingIfNeeded: lsAge)
    return octets
  }

  /// What the LSA in a slot says; nil where it cannot be decoded.
  func body(_ slot: Int) -> LSABody? { withLSA(slot) { try? LSABody.decode($0, version: version) } }

  /// The header of the LSA in a slot, with its age at `now`.
  func header(_ slot: Int, at now: Instant) -> LSAHeader {
    guard var header = withLSA(slot, { try? LSAHeader.decode($0, version: version) }) else {
      preconditionFailure("the database holds whole LSAs only")
    }
    header.lsAge = store.lsAge(slot, at: now)
    return header
  }

  /// The age at `now` of the LSA in a slot, at most MaxAge.
  func lsAge(_ slot: Int, at now: Instant) -> UInt16 { store.lsAge(slot, at: now) }

  /// Whether the LSA in a slot was at MaxAge when it was installed.
  func isStoredAtMaxAge(_ slot: Int) -> Bool {
    withLSA(slot) { $0.uint16(at: 0) } >= ProtocolConstants.maxAge
  }

  /// Puts an LSA in the place of an earlier instance, or in a new slot. `lsa` is a whole one.
  @discardableResult
  func install(_ lsa: RawSpan, key: LSAKey, isFlooded: Bool, at now: Instant) -> Int {
    install(lsa, in: slot(of: key), isFlooded: isFlooded, at: now)
  }

  /// The same where the slot of the earlier instance, or its absence, is known.
  func install(_ lsa: RawSpan, in existing: Int?, isFlooded: Bool, at now: Instant) -> Int {
    let (slot, replacedOctets) = store.install(lsa, in: existing, isFlooded: isFlooded, at: now)
    totals.octets += lsa.byteCount - replacedOctets
    if existing == nil { totals.count += 1 }
    return slot
  }

  /// Removes an LSA.
  func remove(_ key: LSAKey) {
    guard let octets = store.remove(key) else { return }
    totals.octets -= octets
    totals.count -= 1
  }

  /// The LSA in a slot is being sent.
  func noteSent(_ slot: Int, at now: Instant) { store.noteSent(slot, at: now) }

  /// The LSA in a slot is put on a retransmission list.
  func addRetransmission(_ slot: Int) { store.addRetransmission(slot) }

  /// The LSA in a slot is taken off a retransmission list. Returns whether it is on none any more.
  func removeRetransmission(_ slot: Int) -> Bool { store.removeRetransmission(slot) }

  /// The next instant at which some LSA has to be looked at.
  var agingDeadline: Instant? { store.agingDeadline }

  /// Takes the slots whose LSAs have to be looked at.
  func takeDueForAging(at now: Instant) -> [Int] { store.takeDueForAging(at: now) }

  /// Files an LSA under the second of its next inspection.
  func scheduleAging(_ slot: Int, at now: Instant) { store.scheduleAging(slot, at: now) }
}

/// The LSAs of all databases of a router together: what the limits bound.
final class DatabaseTotals {
  var count = 0
  var octets = 0
}
