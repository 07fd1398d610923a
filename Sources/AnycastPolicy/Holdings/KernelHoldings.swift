import OSPFProtocol

/// What this node wants the kernel to have: addresses of devices, or routes.
///
/// The kernel is asked for the whole set, under a number that rises, and says later what became of it. Nothing is taken to be there
/// before it has said so. What it refuses, forgets or loses is asked for again. What is no longer wanted stays in the set until its
/// time has come, and is then waited for until the kernel has let it go.
struct KernelHoldings<Item: Hashable> {
  /// Time until the kernel is asked again for what it has refused or does not show.
  static var retryInterval: Duration { .seconds(5) }

  private struct Record {
    var isWanted = true
    var linger: Duration
    /// The request with which it was asked for, or asked for again.
    var request: Int
    /// Whether the kernel has granted that request.
    var isGranted = false
    /// It was wanted again although the kernel had been asked to let go of it: it goes and comes, whether or not the kernel tells of both.
    var isReturning = false
    /// Whether it was seen in the kernel since it was asked for.
    var wasSeen = false
    var failure: String?
    var nextAttempt: Instant
  }

  private struct Removal {
    /// The first request that did not have it any more.
    var request: Int
    var since: Instant
    var failure: String?
    var nextAttempt: Instant?
  }

  private var records: [Item: Record] = [:]
  private var removals: [Item: Removal] = [:]
  /// What the kernel has let go of, and has not yet been seen without.
  private var released: Set<Item> = []
  /// The number of the last request; 0 before the first.
  private(set) var lastRequest = 0
  private var mustAsk = true
  /// What the kernel has, as last reported, whoever has put it there.
  private(set) var present: Set<Item> = []

  /// Everything that the kernel is to have.
  var items: some Collection<Item> { records.keys }

  /// What is no longer wanted and has not yet left the kernel, as far as it has told.
  var leaving: [Item] { Array(removals.keys) + released }

  /// Whether the kernel is to have an item.
  func contains(_ item: Item) -> Bool { records[item] != nil }

  /// Whether the kernel has the item, and keeps it for us.
  func isHeld(_ item: Item) -> Bool { records[item]?.isGranted == true && present.contains(item) }

  /// Why the kernel does not have an item, when it has refused it.
  func failure(of item: Item) -> String? { records[item]?.failure }

  /// Whether an item is wanted, and not only kept until its time comes.
  func isWanted(_ item: Item) -> Bool { records[item]?.isWanted == true }

  /// Whether nothing of ours is left in the kernel, or it has had `retryInterval` to let go of it.
  func isEmpty(at now: Instant) -> Bool {
    records.isEmpty && removals.values.allSatisfy { now - $0.since >= Self.retryInterval }
  }

  // MARK: From the kernel

  /// Takes over what the kernel has now.
  mutating func setPresent(_ items: Set<Item>) {
    present = items
    released.formIntersection(items)
  }

  /// Something has changed in the kernel: what it has refused is asked for again without waiting.
  mutating func hasten(at now: Instant) {
    for (item, record) in records where record.failure != nil { records[item]?.nextAttempt = now }
  }

  /// The kernel has done a request, except for what it has refused: to have, or to let go of. Returns the refusals whose reason is a
  /// new one, and what has gone and come again.
  mutating func complete(
    _ request: Int, failures: [Item: String], at now: Instant
  ) -> (refusals: [(item: Item, reason: String)], returned: [Item]) {
    var news: [(item: Item, reason: String)] = []
    var returned: [Item] = []
    for (item, record) in records where record.request <= request {
      let failure = failures[item]
      if let failure, failure != record.failure { news.append((item, failure)) }
      records[item]?.failure = failure
      records[item]?.isGranted = failure == nil
      if record.isReturning, failure == nil {
        records[item]?.isReturning = false
        returned.append(item)
      }
      records[item]?.nextAttempt = now + Self.retryInterval
    }
    for (item, removal) in removals where removal.request <= request && failures[item] == nil {
      removals[item] = nil
      if present.contains(item) { released.insert(item) }
    }
    for (item, reason) in failures where records[item] == nil {
      // What it was never asked for is from an earlier run.
      var removal = removals[item] ?? Removal(request: request, since: now)
      guard removal.request <= request else { continue }
      if removal.failure != reason { news.append((item, reason)) }
      removal.failure = reason
      removal.nextAttempt = now + Self.retryInterval
      removals[item] = removal
    }
    return (news, returned)
  }

  // MARK: To the kernel

  /// Takes over which items are wanted. An item of `replacements` takes the place of another one in the kernel without a gap. Returns
  /// those that were there and are not any more.
  mutating func want(
    _ wanted: [(item: Item, linger: Duration)], replacements: Set<Item> = [], at now: Instant
  ) -> [Item] {
    var lost: [Item] = []
    for item in records.keys { records[item]?.isWanted = false }
    for (item, linger) in wanted {
      guard records[item] != nil else {
        let isLeaving = removals.removeValue(forKey: item) != nil
        let isReturning = released.remove(item) != nil || isLeaving
        records[item] = Record(
          linger: linger, request: lastRequest + 1, isGranted: replacements.contains(item), isReturning: isReturning,
          nextAttempt: now + Self.retryInterval)
        mustAsk = true
        continue
      }
      records[item]?.isWanted = true
      records[item]?.linger = linger
    }
    for (item, record) in records { if look(at: item, record, now) { lost.append(item) } }
    for (item, removal) in removals {
      guard let attempt = removal.nextAttempt, attempt <= now else { continue }
      removals[item]?.nextAttempt = nil
      removals[item]?.request = lastRequest + 1
      mustAsk = true
    }
    return lost
  }

  /// Asks again for what is not there. Returns whether it has just been lost.
  private mutating func look(at item: Item, _ record: Record, _ now: Instant) -> Bool {
    if present.contains(item) {
      if record.isGranted { records[item]?.wasSeen = true }
      guard !record.isGranted, record.nextAttempt <= now else { return false }
    } else if !record.wasSeen, record.nextAttempt > now {
      return false
    }
    records[item]?.isGranted = false
    records[item]?.wasSeen = false
    records[item]?.request = lastRequest + 1
    records[item]?.nextAttempt = now + Self.retryInterval
    mustAsk = true
    return record.wasSeen && record.isWanted
  }

  /// Drops what is no longer wanted and whose time has come: `removal` knows when that is, nil while it is not known.
  mutating func dropUnwanted(at now: Instant, removal: (Item, _ linger: Duration) -> Instant?) {
    for (item, record) in records where !record.isWanted {
      guard let time = removal(item, record.linger), time <= now else { continue }
      records[item] = nil
      removals[item] = Removal(request: lastRequest + 1, since: now)
      mustAsk = true
    }
  }

  /// Takes over what the kernel has because of an earlier run, and what is not wanted any more: it goes when its time comes.
  mutating func takeOver(_ item: Item, linger: Duration, at now: Instant) {
    records[item] = Record(
      isWanted: false, linger: linger, request: lastRequest + 1, isGranted: true, nextAttempt: now + Self.retryInterval)
  }

  /// Forgets an item whose place another one takes.
  mutating func forget(_ item: Item) { records[item] = nil }

  /// The set that the kernel is to be asked for now, with the number of the request; nil when there is no reason to.
  mutating func nextRequest() -> (items: Set<Item>, number: Int)? {
    guard mustAsk else { return nil }
    mustAsk = false
    lastRequest += 1
    return (Set(records.keys), lastRequest)
  }

  /// When there is something to do next.
  func nextDeadline(at now: Instant, removal: (Item, _ linger: Duration) -> Instant?) -> Instant? {
    var deadlines: [Instant] = []
    for (item, record) in records {
      if !isHeld(item) { deadlines.append(record.nextAttempt) }
      if !record.isWanted, let time = removal(item, record.linger) { deadlines.append(time) }
    }
    for removal in removals.values { deadlines += [removal.nextAttempt, removal.since + Self.retryInterval].compactMap { $0 } }
    return deadlines.filter { $0 > now }.min()
  }
}
