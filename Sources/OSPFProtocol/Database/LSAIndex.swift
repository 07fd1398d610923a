import OSPFWire

/// Finds the slot of an LSA by its key: a table of slots, four octets each, with linear probing.
///
/// The table is never more than three quarters full. It is looked at for every LSA that is described, asked for or arrives, a hundred
/// thousand times each where a database is taken in; so the hash is two multiplications, the first by a number that nobody outside knows,
/// and eight bits of it stand beside the slot: of the LSAs that are passed over hardly one has to be read, which would not be in any cache.
struct LSAIndex {
  /// A slot in the lower 24 bits, and above it the highest bits of the hash of its key. 256 MiB, the limit of the databases, hold fewer LSAs
  /// than that, because none is shorter than 20 octets.
  private var table: [UInt32] = []
  private(set) var count = 0
  private let multiplier = UInt64.random(in: .min ... .max) | 1

  private static let empty = UInt32.max

  /// Multiplied twice: after one multiplication the places of keys that follow each other would lie in steps, and where the secret number
  /// makes these steps short, in heaps.
  private func hash(_ key: LSAKey) -> UInt64 {
    let identity = UInt64(key.linkStateID.rawValue) << 32 | UInt64(key.advertisingRouter.rawValue)
    let once = (identity ^ UInt64(key.lsType.rawValue) &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: multiplier)
    let twice = (once.high ^ once.low).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return twice.high ^ twice.low
  }

  private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (table.count - 1) }

  private static func entry(_ hash: UInt64, _ slot: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 56) << 24 | UInt32(truncatingIfNeeded: slot)
  }

  private static func slot(_ entry: UInt32) -> Int { Int(entry & 0xFF_FFFF) }

  /// The position of the key's slot, or of the empty place where it belongs. The table must not be empty.
  private func position(of key: LSAKey, _ records: borrowing LSARecords) -> Int {
    let hash = hash(key)
    var position = home(hash)
    while table[position] != Self.empty {
      let slot = Self.slot(table[position])
      if table[position] == Self.entry(hash, slot), records.has(key, slot) { break }
      position = (position + 1) & (table.count - 1)
    }
    return position
  }

  /// The slot of a key.
  func slot(of key: LSAKey, _ records: borrowing LSARecords) -> Int? {
    guard count > 0 else { return nil }
    let entry = table[position(of: key, records)]
    return entry == Self.empty ? nil : Self.slot(entry)
  }

  /// Adds the key of the entry in a slot, which must not be there yet.
  mutating func insert(_ slot: Int, _ records: borrowing LSARecords) {
    count += 1
    if count * 4 > table.count * 3 { grow(records) } else { place(slot, records) }
  }

  /// Puts a slot whose key is not there into the first empty place.
  private mutating func place(_ slot: Int, _ records: borrowing LSARecords) {
    let hash = hash(records.key(slot))
    var position = home(hash)
    while table[position] != Self.empty { position = (position + 1) & (table.count - 1) }
    table[position] = Self.entry(hash, slot)
  }

  /// Enters all of them in a larger table, in the order in which they lie in memory.
  private mutating func grow(_ records: borrowing LSARecords) {
    table = Array(repeating: Self.empty, count: max(table.count * 2, 16))
    for slot in records.entries.indices where records.entries[slot].isOccupied { place(slot, records) }
  }

  /// Removes a key and returns its slot. Whatever was pushed aside by it moves back, so that no search ends too early.
  mutating func remove(_ key: LSAKey, _ records: borrowing LSARecords) -> Int? {
    guard count > 0 else { return nil }
    var hole = position(of: key, records)
    guard table[hole] != Self.empty else { return nil }
    let removed = Self.slot(table[hole])
    count -= 1
    table[hole] = Self.empty
    var next = (hole + 1) & (table.count - 1)
    while table[next] != Self.empty {
      let home = home(hash(records.key(Self.slot(table[next]))))
      let distance = (next - home) & (table.count - 1)
      if distance >= (next - hole) & (table.count - 1) {
        table[hole] = table[next]
        table[next] = Self.empty
        hole = next
      }
      next = (next + 1) & (table.count - 1)
    }
    return removed
  }
}
