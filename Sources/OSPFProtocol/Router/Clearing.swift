import OSPFWire

/// What an operator clears by hand.
extension Router {
  /// Ends the adjacencies with a neighbor, or with all, as if they had never been; returns with whom. Hellos bring them back at once.
  @discardableResult
  public func clearNeighbors(_ routerID: RouterID? = nil, at now: Instant) -> [NeighborReference] {
    guard shutdown == nil else { return [] }
    var cleared: [NeighborReference] = []
    turn(at: now) {
      if routerID == nil { endAllHoldOffs(at: now) }
      for interface in interfaces {
        let chosen = interface.neighbors.filter { $0.state > .down && routerID ?? $0.routerID == $0.routerID }
        guard !chosen.isEmpty else { continue }
        for neighbor in chosen {
          cleared.append(neighbor.reference)
          process(.killNbr, of: neighbor, at: now)
        }
        startConfiguredNeighbors(on: interface, at: now)
        // It lists those who stay, and no longer those who were cleared: so they learn of it, and answer.
        sendHello(on: interface, at: now)
      }
    }
    return cleared
  }

  /// How many LSAs of each type are in the databases.
  public var lsaCounts: [LSType: Int] {
    let databases = interfaces.map(\.database) + areas.map(\.database) + [asDatabase]
    return databases.reduce(into: [:]) { counts, database in
      for slot in database.slots { counts[database.key(slot).lsType, default: 0] += 1 }
    }
  }
}
