import OSPFWire

/// How often in a row each LSA of ours came back with something that we had not said. After a restart that happens once or twice; again
/// and again, it is another router with our router ID: its router-LSA in place of ours, the network-LSA of its network, its externals.
struct FloodWars {
  /// One LSA, and how often it came back.
  struct Entry {
    var key: LSAKey
    var count: Int
    var last: Instant
  }

  /// What lies further apart is not one flood war.
  private static let longestPause = Duration.seconds(60)
  /// Whoever makes up LSAs makes others be forgotten, and not the list grow.
  private static let capacity = 16
  /// The one that was not seen for the longest time first.
  private var entries: [Entry] = []

  mutating func note(_ key: LSAKey, at now: Instant) {
    var entry = Entry(key: key, count: 0, last: now)
    if let position = entries.firstIndex(where: { $0.key == key }) {
      let former = entries.remove(at: position)
      if now - former.last <= Self.longestPause { entry.count = former.count }
    } else if entries.count == Self.capacity {
      entries.removeFirst()
    }
    entry.count += 1
    entries.append(entry)
  }

  /// The LSA that came back most often; nil when the last time is too long ago for all.
  func worst(at now: Instant) -> Entry? {
    entries.filter { now - $0.last <= Self.longestPause }.max { $0.count < $1.count }
  }
}
