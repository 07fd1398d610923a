import OSPFWire

/// What a router remembers from its start until it has restored its adjacencies.
struct Restoring {
  /// What the run before has left.
  let restart: GracefulRestart
  /// When this run began.
  let began: Instant
  /// When the grace period ends.
  let deadline: Instant
  /// Something that was advertised is not to be advertised any more, and waits for somebody who can be told.
  var hasWithdrawal = false
}

/// RFC 3623 section 2.1: before the restart.
extension Router {
  /// Tells every neighbor that this router will be back within the grace period, waits at most `timeout` for the acknowledgments, and
  /// reports `.gracefulRestart(.prepared)`. Nothing is flushed, and nothing is sent afterwards. What is returned is for the next run.
  public func prepareRestart(
    gracePeriod: Duration, reason: GraceLSA.Reason, timeout: Duration, at now: Instant
  ) -> RestartState {
    guard shutdown == nil else { return restartState(at: now) }
    for interface in interfaces where !interface.fullNeighbors.isEmpty {
      guard let slot = installGraceLSA(on: interface, gracePeriod, reason, at: now) else { continue }
      let header = interface.database.header(slot, at: now)
      flood(slot, header, of: interface.database, from: nil, at: now)
      retransmitEarly(LSAIdentity(scope: interface.database.scope, key: header.key), at: now)
    }
    let state = restartState(at: now)
    turn(at: now) { shutdown = Shutdown(isRestart: true, deadline: now + timeout) }
    return state
  }

  /// What the next run has to know to restart gracefully, planned or not.
  public func restartState(at now: Instant) -> RestartState {
    var state = RestartState()
    for database in [asDatabase] + areas.map(\.database) + interfaces.map(\.database) {
      for slot in database.slots {
        let header = database.header(slot, at: now)
        guard header.key.advertisingRouter == configuration.routerID else { continue }
        state.sequenceNumbers[LSAIdentity(scope: database.scope, key: header.key)] = header.sequenceNumber
      }
    }
    for interface in interfaces {
      for neighbor in interface.fullNeighbors {
        state.adjacencies.insert(.init(interfaceIndex: interface.definition.index, routerID: neighbor.routerID))
      }
    }
    return state
  }

  /// Makes the next instance of our grace-LSA of an interface.
  private func installGraceLSA(
    on interface: Interface, _ gracePeriod: Duration, _ reason: GraceLSA.Reason, at now: Instant
  ) -> Int? {
    let database = interface.database
    let key = rules.graceLSA(on: interface, routerID: configuration.routerID)
    let identity = LSAIdentity(scope: database.scope, key: key)
    let inDatabase = database.slot(of: key).map { database.header($0, at: now).sequenceNumber }
    let known = [inDatabase, origination.flushedNumbers.number(of: identity, at: now)].compactMap(\.self).max()
    let next = known.map { SequenceNumber(rawValue: $0.rawValue &+ 1) } ?? .initial
    return installGraceLSA(on: interface, gracePeriod, reason, sequenceNumber: next, lsAge: 0, at: now)
  }

  /// Makes the grace-LSA of the run before again, octet for octet: whoever got that one less than MinLSArrival ago would discard another
  /// instance, and ask for it again and again. Nil where there was none.
  private func repeatGraceLSA(on interface: Interface, _ restart: GracefulRestart, at now: Instant) -> Int? {
    let key = rules.graceLSA(on: interface, routerID: configuration.routerID)
    let identity = LSAIdentity(scope: interface.database.scope, key: key)
    guard let age = restart.announcedAge, let number = restart.state.sequenceNumbers[identity] else { return nil }
    return installGraceLSA(
      on: interface, restart.gracePeriod + age, restart.reason, sequenceNumber: number,
      lsAge: UInt16(clamping: age.wholeSeconds), at: now)
  }

  private func installGraceLSA(
    on interface: Interface, _ gracePeriod: Duration, _ reason: GraceLSA.Reason, sequenceNumber: SequenceNumber,
    lsAge: UInt16, at now: Instant
  ) -> Int? {
    let database = interface.database
    let key = rules.graceLSA(on: interface, routerID: configuration.routerID)
    let lsa = GraceLSA(
      gracePeriod: UInt32(clamping: max(gracePeriod.wholeSeconds, 1)), reason: reason,
      interfaceAddress: rules.knowsNeighborsByAddress(on: interface) ? interface.address.v4 : nil)
    let options = rules.version == .v2 ? UInt8(truncatingIfNeeded: interface.area.options.union(.opaque).rawValue) : 0
    let header = LSAHeader(
      lsAge: lsAge, options: options, key: key, sequenceNumber: sequenceNumber, checksum: 0, length: 0)
    guard let bytes = LSAEncoder.encode(header: header, body: .opaque(lsa.octets), version: rules.version) else { return nil }
    removeRetransmissions(of: key, from: database)
    return database.install(bytes.rawSpan, key: key, isFlooded: false, at: now)
  }

  /// Whether every neighbor has acknowledged our grace-LSAs.
  var areGraceLSAsAcknowledged: Bool {
    interfaces.allSatisfy { interface in
      let key = rules.graceLSA(on: interface, routerID: configuration.routerID)
      return interface.database.slot(of: key).map { interface.database[$0].retransmissions == 0 } ?? true
    }
  }
}

/// RFC 3623 sections 2.2 and 2.3: after the restart. Until every adjacency of before is Full again our LSAs of before are learned from the
/// neighbors, kept as they are, and neither originated anew nor flushed.
extension Router {
  /// Begins to restore what the run before had.
  func beginRestoring(_ restart: GracefulRestart, at now: Instant) {
    restoring = Restoring(restart: restart, began: now, deadline: now + restart.gracePeriod)
    for (identity, number) in restart.state.sequenceNumbers.sorted(by: { $0.key.key < $1.key.key }) {
      origination.flushedNumbers.remember(number, of: identity, limit: configuration.limits.flushedLSAs, at: now)
    }
  }

  /// Section 2.1: a neighbor must know that we restart before our first Hello, which does not list it, makes it drop the adjacency. It
  /// may be lost, so it goes before each Hello until somebody answers. Where there was no adjacency nobody can help: a new neighbor that
  /// hears of the restart late would keep the grace-LSA when it is over.
  func announceRestoring(on interface: Interface, at now: Instant) {
    guard let restoring, !interface.neighbors.contains(where: { $0.state >= .exchange }),
      restoring.restart.state.adjacencies.contains(where: { $0.interfaceIndex == interface.definition.index })
    else { return }
    let key = rules.graceLSA(on: interface, routerID: configuration.routerID)
    let slot =
      interface.database.slot(of: key)
      ?? repeatGraceLSA(on: interface, restoring.restart, at: now)
      ?? installGraceLSA(on: interface, restoring.deadline - now, restoring.restart.reason, at: now)
    guard let slot else { return }
    var update = UpdateAssembly()
    let header = rules.header(.linkStateUpdate, on: interface, routerID: configuration.routerID)
    _ = interface.database.withLSA(slot) {
      update.append($0, lsAge: interface.database.lsAge(slot, at: now), header: header, capacity: interface.packetCapacity)
    }
    guard let packet = update.finish() else { return }
    if sendsHellosByMulticast(on: interface) {
      transmit(packet, .linkStateUpdate, to: rules.allSPFRouters, on: interface)
    } else {
      for neighbor in interface.neighbors { transmit(packet, .linkStateUpdate, to: neighbor.address, on: interface) }
    }
  }

  /// Whom our Hellos list before they are heard again (RFC 2328 section 9.5: routers heard within RouterDeadInterval, which the run before
  /// has): those that were adjacent. A neighbor that does not find itself in our Hello falls back to Init until the next Hello of its own,
  /// and BIRD, although it helps, finds no next hop through a neighbor in Init if it calculates its routes meanwhile.
  func adjacentBefore(on interface: Interface, at now: Instant) -> [RouterID] {
    guard let restoring, now < restoring.began + interface.settings.routerDeadInterval else { return [] }
    return restoring.restart.state.adjacencies
      .filter { $0.interfaceIndex == interface.definition.index }
      .map(\.routerID)
      .sorted()
  }

  /// Section 2.2: a router whose neighbors still take it for Designated Router, or Backup, is it again without waiting. What they take it
  /// for; nil when that is neither.
  func formerRoles(on interface: Interface, asToldBy neighbor: Neighbor) -> DesignatedRouterElection.Outcome? {
    guard restoring != nil else { return nil }
    let identity = rules.localIdentity(on: interface, routerID: configuration.routerID)
    guard neighbor.designatedRouter == identity || neighbor.backupDesignatedRouter == identity else { return nil }
    return .init(
      designatedRouter: neighbor.designatedRouter, backupDesignatedRouter: neighbor.backupDesignatedRouter)
  }

  /// Section 2.2: whether the restart is over, and how it ended.
  func endRestoringIfDue(at now: Instant) {
    guard let restoring else { return }
    if let outcome = outcome(of: restoring, at: now) { endRestoring(outcome, at: now) }
  }

  private func outcome(of restoring: Restoring, at now: Instant) -> GracefulRestartEvent.Outcome? {
    let full = interfaces.flatMap(\.fullNeighbors)
    if let stranger = full.first(where: { !saysAdjacent($0) }) { return .inconsistent(stranger.reference) }
    let restored = Set(
      full.map { RestartState.Adjacency(interfaceIndex: $0.interface.definition.index, routerID: $0.routerID) })
    if restored.isSuperset(of: restoring.restart.state.adjacencies) { return .completed }
    if restoring.hasWithdrawal, !full.isEmpty { return .withdrawal }
    return restoring.deadline <= now ? .gracePeriodExpired : nil
  }

  /// Section 2.2 (2): whether what the network has still says that the neighbor is adjacent with us: the neighbor's router-LSA on a
  /// point-to-point link, the Designated Router's network-LSA elsewhere.
  private func saysAdjacent(_ neighbor: Neighbor) -> Bool {
    let interface = neighbor.interface
    let database = interface.area.database
    let witness = rules.lsaConfirmingAdjacency(of: neighbor)
    guard let witness, let slot = database.slot(of: witness), !database.isStoredAtMaxAge(slot),
      let body = database.body(slot)
    else { return witness == nil }
    switch body {
    case .router(let lsa):
      return lsa.links.contains { $0.type == .pointToPoint && $0.linkID == configuration.routerID.rawValue }
    case .routerV3(let lsa):
      return lsa.links.contains { $0.type == .pointToPoint && $0.neighborRouterID == configuration.routerID }
    case .network(let lsa): return lsa.attachedRouters.contains(configuration.routerID)
    case .networkV3(let lsa): return lsa.attachedRouters.contains(configuration.routerID)
    case .summary, .asExternal, .nssaExternal, .interAreaPrefix, .interAreaRouter, .asExternalV3, .nssaV3, .link,
      .intraAreaPrefix, .opaque:
      return false
    }
  }

  /// Section 2.3: what the network has of ours is taken over where it says what we say, and put right where it does not.
  private func endRestoring(_ outcome: GracefulRestartEvent.Outcome, at now: Instant) {
    restoring = nil
    origination.isDirty = true
    origination.takesOver = true
    for interface in interfaces {
      let key = rules.graceLSA(on: interface, routerID: configuration.routerID)
      guard let slot = interface.database.slot(of: key) else { continue }
      setMaxAge(interface.database.header(slot, at: now), slot, of: interface.database, at: now)
      // A neighbor that has had the grace-LSA for less than MinLSArrival discards what comes at once.
      retransmitAnswer(LSAIdentity(scope: interface.database.scope, key: key), at: now)
    }
    sink.report(.gracefulRestart(.ended(outcome)))
  }

  /// Whether an LSA of before says what is wanted: then it becomes ours, and is refreshed when its time has come.
  func takeOver(_ lsa: WantedLSA, in record: OriginationRecord, at now: Instant) -> Bool {
    guard origination.takesOver, let database = database(of: lsa.identity.scope),
      let slot = database.slot(of: lsa.identity.key), !database.isStoredAtMaxAge(slot)
    else { return false }
    let header = database.header(slot, at: now)
    guard header.options == lsa.options, database.body(slot) == lsa.body else { return false }
    remember(lsa, in: record, sequenceNumber: header.sequenceNumber, lsAge: header.lsAge, at: now)
    if database[slot].retransmissions == 0 { noteAcknowledged(lsa.identity) }
    return true
  }

  /// Flushes what the run before has left and this one does not want: grace-LSAs too that name an interface as it was called then.
  func flushStaleLSAs(at now: Instant) {
    for database in [asDatabase] + areas.map(\.database) + interfaces.map(\.database) {
      for slot in database.slots where !database.isStoredAtMaxAge(slot) {
        let header = database.header(slot, at: now)
        let identity = LSAIdentity(scope: database.scope, key: header.key)
        guard isSelfOriginated(header.key), origination.records[identity] == nil else { continue }
        awaitChanges(prefixesBeforeRestart(identity), in: identity)
        flushStaleLSA(identity, header, slot, database, at: now)
      }
    }
    origination.takesOver = false
  }
}
