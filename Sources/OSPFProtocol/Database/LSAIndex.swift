import OSPFWire

/// Finds the slot of an LSA by its key: a table of slots, four octets each, with linear probing.
///
/// The table is never more than three quarters full. What stands in it is looked at in every update that arrives, a hundred thousand
/// times where a database is taken in; so the hash is two multiplications, the first by a number that nobody outside knows.
struct LSAIndex {
  private var table: [UInt32] = []
  private(set) var count = 0
  private let multiplier = UInt64.random(in: .min ... .max) | 1

  private static let empty = UInt32.max

  /// Multiplied twice: after one multiplication the places of keys that follow each other would lie in steps, and where the secret number
  /// makes these steps short, in heaps.
  private func home(_ key: LSAKey) -> Int {
    let identity = UInt64(key.linkStateID.rawValue) << 32 | UInt64(key.advertisingRouter.rawValue)
    let once = (identity ^ UInt64(key.lsType.rawValue) &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: multiplier)
    let twice = (once.high ^ once.low).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return Int(truncatingIfNeeded: twice.high ^ twice.low) & (table.count - 1)
  }

  /// The position of the key's slot, or of the empty place where it belongs. The table must not be empty.
  private func position(of key: LSAKey, _ records: borrowing LSARecords) -> Int {
    var position = home(key)
    while table[position] != Self.empty, !records.has(key, Int(table[position])) {
      position = (position + 1) & (table.count - 1)
    }
    return position
  }

  /// The slot of a key.
  func slot(of key: LSAKey, _ records: borrowing LSARecords) -> Int? {
    guard count > 0 else { return nil }
    let slot = table[position(of: key, records)]
    return slot == Self.empty ? nil : Int(slot)
  }

  /// Adds the key of the entry in a slot, which must not be there yet.
  mutating func insert(_ slot: Int, _ records: borrowing LSARecords) {
    if (count + 1) * 4 > table.count * 3 { grow(records) }
    table[position(of: records.key(slot), records)] = UInt32(slot)
    count += 1
  }

  private mutating func grow(_ records: borrowing LSARecords) {
    let former = table
    table = Array(repeating: Self.empty, count: max(former.count * 2, 16))
    for slot in former where slot != Self.empty { table[position(of: records.key(Int(slot)), records)] = slot }
  }

  /// Removes a key and returns its slot. Whatever was pushed aside by it moves back, so that no search ends too early.
  mutating func remove(_ key: LSAKey, _ records: borrowing LSARecords) -> Int? {
    guard count > 0 else { return nil }
    var hole = position(of: key, records)
    guard table[hole] != Self.empty else { return nil }
    let removed = Int(table[hole])
    count -= 1
    table[hole] = Self.empty
    var next = (hole + 1) & (table.count - 1)
    while table[next] != Self.empty {
      let home = home(records.key(Int(table[next])))
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
