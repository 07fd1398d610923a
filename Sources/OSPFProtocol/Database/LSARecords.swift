import OSPFWire

/// LSAs in slots. A slot stays the same until its LSA is removed.
///
/// Not copyable: looking at one LSA would otherwise copy the references to everything that is kept here.
struct LSARecords: ~Copyable {
  /// What is kept beside the octets of an LSA.
  struct Entry {
    /// Where the whole LSA is, with the LS age that it had when it was installed; `none` in a free slot.
    fileprivate(set) var place: LSASlabs.Place
    /// It was flooded to us: neither made here nor sent in answer to a request.
    var isFlooded: Bool
    /// The number of link state retransmission lists that it is on.
    var retransmissions: UInt16
    /// When it was installed.
    var installed: LSAStore.Milliseconds
    /// When it was last sent in an update.
    var sent: LSAStore.Milliseconds
    /// The second at which the aging queue looks at it; 0 when it is in no queue.
    var agingSecond: UInt32

    /// Whether an LSA is in the slot.
    var isOccupied: Bool { place != .none }
  }

  let version: OSPFVersion
  private(set) var entries: [Entry] = []
  private var slabs = LSASlabs()
  private var freeSlots: [UInt32] = []

  init(version: OSPFVersion) { self.version = version }

  subscript(slot: Int) -> Entry {
    get { entries[slot] }
    set { entries[slot] = newValue }
  }

  /// Where the LSA in a slot is, with the LS age that it had when it was installed.
  @inline(__always)
  func location(_ slot: Int) -> LSASlabs.Location { slabs.location(entries[slot].place) }

  /// The LSA in a slot, with the LS age that it had when it was installed.
  @inline(__always)
  func withLSA<Result>(_ slot: Int, _ read: (RawSpan) -> Result) -> Result { location(slot).withLSA(read) }

  /// Type, ID and originator.
  func key(_ slot: Int) -> LSAKey {
    withLSA(slot) { lsa in
      LSAKey(
        lsType: type(lsa), linkStateID: LinkStateID(rawValue: lsa.uint32(at: 4)),
        advertisingRouter: RouterID(rawValue: lsa.uint32(at: 8)))
    }
  }

  /// Whether the LSA in a slot has this type, ID and originator.
  func has(_ key: LSAKey, _ slot: Int) -> Bool {
    withLSA(slot) { lsa in
      lsa.uint32(at: 4) == key.linkStateID.rawValue && lsa.uint32(at: 8) == key.advertisingRouter.rawValue
        && type(lsa) == key.lsType
    }
  }

  /// In OSPFv2 the octet before the type has the options.
  private func type(_ lsa: RawSpan) -> LSType { LSType(rawValue: version == .v2 ? UInt16(lsa.uint8(at: 3)) : lsa.uint16(at: 2)) }

  /// Puts an LSA into a free slot.
  mutating func insert(_ lsa: RawSpan, isFlooded: Bool, at now: Instant) -> Int {
    let entry = Entry(
      place: slabs.insert(lsa), isFlooded: isFlooded, retransmissions: 0, installed: now.milliseconds,
      sent: now.milliseconds &- 1 << 31, agingSecond: 0)
    if let free = freeSlots.popLast() {
      entries[Int(free)] = entry
      return Int(free)
    }
    if entries.count == entries.capacity { entries.reserveCapacity(entries.count + max(entries.count / 4, 8)) }
    entries.append(entry)
    return entries.count - 1
  }

  /// Puts an LSA in the place of an earlier instance of it, which leaves it its place in the aging queue and on retransmission lists.
  mutating func replace(_ slot: Int, with lsa: RawSpan, isFlooded: Bool, at now: Instant) {
    entries[slot].place = slabs.replace(entries[slot].place, with: lsa)
    entries[slot].isFlooded = isFlooded
    entries[slot].installed = now.milliseconds
    entries[slot].sent = now.milliseconds &- 1 << 31
  }

  /// Frees a slot.
  mutating func remove(_ slot: Int) {
    slabs.remove(entries[slot].place)
    entries[slot].place = .none
    entries[slot].agingSecond = 0
    freeSlots.append(UInt32(slot))
  }
}
