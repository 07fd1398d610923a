import OSPFWire

/// What the outside may know of the router.
extension Router {
  /// The router at this instant.
  public func snapshot(at now: Instant) -> RouterSnapshot {
    let floodWar = origination.floodWars.worst(at: now)
    let carried = Set(origination.records.values.flatMap { $0.wanted?.prefixes ?? [] })
    return RouterSnapshot(
      version: configuration.version, routerID: configuration.routerID,
      restartDue: restoring.map { max($0.deadline - now, .zero) }, isShuttingDown: shutdown != nil,
      configuration: configuration, areas: areas.map(\.id), lsaCount: totals.count,
      adjacencyCount: interfaces.reduce(0) { $0 + $1.fullNeighbors.count },
      advertisements: origination.advertisements.map {
        // Before there is an area nobody knows.
        let isAdvertisable = areas.isEmpty || carried.contains($0.prefix)
        return AdvertisementSnapshot(
          advertisement: $0,
          isAcknowledged: hasAdjacency && isAdvertisable && origination.pendingChanges[$0.prefix] == nil,
          isAdvertisable: isAdvertisable)
      },
      floodWarCount: floodWar?.count ?? 0, floodWarLSA: floodWar?.key)
  }

  /// All interfaces, in the order of their definition.
  public func interfaceSnapshots(at now: Instant) -> [InterfaceSnapshot] {
    interfaces.map { interface in
      InterfaceSnapshot(
        reference: interface.reference, index: interface.definition.index, definition: interface.definition,
        keys: interface.keys, wallClock: wallClock.second(at: now), state: interface.state,
        designatedRouter: interface.designatedRouter,
        backupDesignatedRouter: interface.backupDesignatedRouter,
        helloDue: (interface.activity?.helloTimer).map { max($0 - now, .zero) },
        neighborCount: interface.neighbors.count { $0.state > .down },
        adjacencyCount: interface.fullNeighbors.count, counters: interface.counters,
        reception: ReceptionSnapshot(interface.history, at: now), overflow: OverflowSnapshot(interface.overflows, at: now))
    }
  }

  /// All neighbors, in the order of their interfaces, then by router ID and address.
  public func neighborSnapshots(at now: Instant) -> [NeighborSnapshot] {
    interfaces.flatMap { interface in
      interface.neighbors
        .sorted { ($0.routerID, $0.address) < ($1.routerID, $1.address) }
        .map { snapshot(of: $0, at: now) }
    }
  }

  private func snapshot(of neighbor: Neighbor, at now: Instant) -> NeighborSnapshot {
    NeighborSnapshot(
      reference: neighbor.reference, state: neighbor.state, priority: neighbor.priority,
      designatedRouter: neighbor.designatedRouter, backupDesignatedRouter: neighbor.backupDesignatedRouter,
      role: role(of: neighbor), deadDue: neighbor.inactivityTimer.map { max($0 - now, .zero) },
      helpDue: (neighbor.help?.until).map { max($0 - now, .zero) }, stateAge: now - neighbor.stateSince,
      retransmissionCount: neighbor.exchange?.retransmissions.count ?? 0,
      requestCount: neighbor.exchange?.requests.count ?? 0, summaryCount: neighbor.exchange?.summary.count ?? 0,
      stateChangeCount: neighbor.stateChangeCount, announcedMTU: neighbor.announcedMTU.map(Int.init),
      options: neighbor.options, interfaceID: neighbor.interfaceID, isLocalMaster: neighbor.exchange?.isLocalMaster ?? false,
      ddSequenceNumber: neighbor.ddSequenceNumber, linkBack: linkBack(of: neighbor, at: now))
  }

  private func role(of neighbor: Neighbor) -> NeighborSnapshot.Role? {
    let interface = neighbor.interface
    let identity = rules.identity(of: neighbor)
    guard interface.electsDesignatedRouter, identity != .none else { return nil }
    switch identity {
    case interface.designatedRouter: return .designatedRouter
    case interface.backupDesignatedRouter: return .backup
    default: return .other
    }
  }

  /// The databases, ordered by scope (links, areas, autonomous system), LS type, Link State ID and Advertising Router.
  public func databaseSnapshot(at now: Instant) -> [LSASnapshot] {
    let databases = interfaces.map(\.database) + areas.map(\.database) + [asDatabase]
    return databases.flatMap { database in
      database.slots.map { snapshot(of: $0, in: database, at: now) }.sorted { $0.header.key < $1.header.key }
    }
  }

  func snapshot(of slot: Int, in database: LinkStateDatabase, at now: Instant) -> LSASnapshot {
    let header = database.header(slot, at: now)
    return LSASnapshot(
      scope: database.scope, header: header, bytes: database.octets(slot, lsAge: header.lsAge),
      isSelfOriginated: isSelfOriginated(header.key))
  }
}
