import OSPFWire

/// How far somebody has read in the databases of a router.
///
/// An LSA stays in its slot as long as it is in the database: one that is there all the time is read exactly once, and one that comes,
/// goes or is replaced while somebody reads may be read or not.
public struct DatabasePosition: Sendable, Hashable {
  /// The database that is being read.
  var scope: ScopeID
  /// The first slot that has not been looked at.
  var slot: Int
}

extension Router {
  /// The next LSAs of all databases, at most `limit` and in no order within a database, and where to go on; nil for the position when
  /// there is nothing more. Without a position it begins with the first LSA.
  public func databasePage(
    after position: DatabasePosition?, limit: Int, at now: Instant
  ) -> (lsas: [LSASnapshot], position: DatabasePosition?) {
    let databases = (interfaces.map(\.database) + areas.map(\.database) + [asDatabase]).sorted { $0.scope < $1.scope }
    var lsas: [LSASnapshot] = []
    for database in databases {
      var slot = 0
      if let position {
        if database.scope < position.scope { continue }
        // The database may have gone meanwhile, with its interface: then the next one is read from its beginning.
        if database.scope == position.scope { slot = position.slot }
      }
      while let next = database.occupiedSlot(from: slot) {
        guard lsas.count < limit else { return (lsas, DatabasePosition(scope: database.scope, slot: next)) }
        lsas.append(snapshot(of: next, in: database, at: now))
        slot = next + 1
      }
    }
    return (lsas, nil)
  }
}

extension ScopeID: Comparable {
  /// Links come first, then areas, then the autonomous system.
  public static func < (one: ScopeID, other: ScopeID) -> Bool {
    switch (one, other) {
    case (.link(let index, let address), .link(let otherIndex, let otherAddress)):
      (index, address?.rawValue ?? 0) < (otherIndex, otherAddress?.rawValue ?? 0)
    case (.area(let id), .area(let other)): id < other
    case (.link, .area), (.link, .autonomousSystem), (.area, .autonomousSystem): true
    case (.area, .link), (.autonomousSystem, _): false
    }
  }
}
