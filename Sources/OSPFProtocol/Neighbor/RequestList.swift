import OSPFWire

/// The Link state request list of a neighbor (RFC 2328 section 10): LSAs that it has described and that are newer than ours.
///
/// What the last Link State Request asked for can be looked up. The rest waits in the order in which it was described, and whether
/// it is still wanted is decided when its turn comes: another neighbor may have sent it by then.
struct RequestList {
  /// What the last Link State Request asked for, with the instances that the neighbor described, and whether each has come.
  private var asked: [(header: LSAHeader, hasCome: Bool)] = []
  /// Answers come in the order of the request: where the next one is looked for first.
  private var expected = 0
  /// The number of LSAs that the last Link State Request asked for and that have not come.
  private(set) var outstandingCount = 0

  /// The headers of one Database Description after the other; each is given back when its last one is taken.
  private var waiting: [[LSAHeader]] = []
  private var firstBatch = 0
  private var firstHeader = 0
  private var waitingCount = 0

  /// The number of LSAs.
  var count: Int { outstandingCount + waitingCount }
  /// Whether nothing is wanted.
  var isEmpty: Bool { count == 0 }
  /// What the last Link State Request asked for and has not come.
  var outstanding: [LSAKey] { asked.compactMap { $0.hasCome ? nil : $0.header.key } }

  /// The instance that the neighbor was asked for.
  subscript(key: LSAKey) -> LSAHeader? { position(of: key).map { asked[$0].header } }

  private func position(of key: LSAKey) -> Int? {
    guard outstandingCount > 0 else { return nil }
    if expected < asked.count, asked[expected].header.key == key { return asked[expected].hasCome ? nil : expected }
    return asked.firstIndex { $0.header.key == key && !$0.hasCome }
  }

  /// Adds what a Database Description describes.
  mutating func append(_ headers: [LSAHeader]) {
    guard !headers.isEmpty else { return }
    waiting.append(headers)
    waitingCount += headers.count
  }

  /// Removes an LSA that has come, from this neighbor or another.
  mutating func remove(_ key: LSAKey) {
    guard let position = position(of: key) else { return }
    asked[position].hasCome = true
    expected = position + 1
    outstandingCount -= 1
  }

  /// Asks for the next `limit` LSAs, leaving out what is no longer wanted, when everything that was asked for has come.
  mutating func takeNext(_ limit: Int, where isWanted: (LSAHeader) -> Bool) {
    guard outstandingCount == 0 else { return }
    asked.removeAll(keepingCapacity: true)
    expected = 0
    while asked.count < limit, waitingCount > 0 {
      let header = waiting[firstBatch][firstHeader]
      waitingCount -= 1
      firstHeader += 1
      if isWanted(header) { asked.append((header, false)) }
      guard firstHeader == waiting[firstBatch].count else { continue }
      waiting[firstBatch] = []
      firstBatch += 1
      firstHeader = 0
    }
    outstandingCount = asked.count
    if waitingCount == 0 { (waiting, firstBatch, firstHeader) = ([], 0, 0) }
  }
}
