import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 3623 section 2 and RFC 5187: our own restart.
@Suite struct Restarting {
  /// A run that has ended with a graceful restart in view, and what its neighbor knows.
  private struct Before {
    let state: RestartState
    let learned: [LSAKey: [UInt8]]
  }

  private func before(_ instance: ProtocolInstance, _ advertisement: Advertisement = .external(.service)) throws -> Before {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let pair = Pair(bench, HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3"))
    // Who does not take opaque LSAs gets no grace-LSA in OSPFv2.
    if instance.version == .v2 { pair.neighbor.descriptionOptions = pair.neighbor.options.union(.opaque) }
    try pair.neighbor.bringToFull()
    pair.bench.advertise([advertisement])
    pair.bench.run(for: .seconds(10))
    let state = pair.bench.prepareRestart()
    return Before(state: state, learned: pair.neighbor.learned)
  }

  /// The next run, with a neighbor that has kept everything and still says that we are adjacent.
  private func after(
    _ instance: ProtocolInstance, _ before: Before, missing: Bool = false, neighborSaysAdjacent: Bool = true,
    advertisements: [Advertisement] = [.external(.service)], announcedAge: Duration? = nil
  ) -> Pair {
    var state = before.state
    if missing { state.adjacencies.insert(.init(interfaceIndex: 3, routerID: "4.4.4.4")) }
    let bench = Bench(
      instance, interfaces: [.bench(type: .pointToPoint)], seed: 2,
      restart: GracefulRestart(
        state: state, gracePeriod: .seconds(100), reason: .softwareRestart, announcedAge: announcedAge))
    bench.advertise(advertisements)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    if instance.version == .v2 { neighbor.descriptionOptions = neighbor.options.union(.opaque) }
    for (key, lsa) in before.learned { neighbor.database[key] = LSAs.aged(lsa, to: 100) }
    if neighborSaysAdjacent {
      let lsa = LSAs(instance).routerWithLink(from: "3.3.3.3", to: "2.2.2.2")
      neighbor.database[LSAs(instance).key(lsa)] = lsa
    }
    return Pair(bench, neighbor)
  }

  private func ended(_ bench: Bench) -> [GracefulRestartEvent.Outcome] {
    bench.gracefulRestartEvents.compactMap { if case .ended(let outcome) = $0 { outcome } else { nil } }
  }

  private func originated(_ bench: Bench) -> [LSAKey] {
    bench.events.compactMap { if case .originated(let identity, _) = $0 { identity.key } else { nil } }
  }

  @Test(
    "RFC 3623 2.1: grace-LSAs go out and are acknowledged, nothing is flushed, and then there is silence without a goodbye",
    arguments: ProtocolInstance.allCases)
  func prepares(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let neighbors = [
      HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3"), HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1),
    ]
    for neighbor in neighbors {
      if instance.version == .v2 { neighbor.descriptionOptions = neighbor.options.union(.opaque) }
      try neighbor.bringToFull()
    }
    bench.forget()
    let state = bench.prepareRestart()
    #expect(state.adjacencies.map(\.routerID).sorted() == ["3.3.3.3", "4.4.4.4"])
    #expect(bench.gracefulRestartEvents == [.prepared(acknowledged: true)])
    let updates = bench.sent(.linkStateUpdate)
    #expect(Set(updates.map(\.transmission.interfaceIndex)) == [2, 3])
    let type: LSType = instance.version == .v2 ? .opaqueLink : .grace
    #expect(updates.flatMap(\.updatedHeaders).allSatisfy { $0.key.lsType == type && !($0.lsAge == 3600) })
    for (neighbor, own) in zip(neighbors, ["192.0.2.2", "198.51.100.2"] as [IPv4Address]) {
      let lsa = try #require(neighbor.learned.first { $0.key.lsType == type }?.value)
      let grace = try GraceLSA.decode(lsa.rawSpan.extracting(LSAHeader.size..<lsa.count))
      #expect(grace.gracePeriod == 120 && grace.reason == .softwareRestart)
      #expect(grace.interfaceAddress == (instance.version == .v2 && own == "192.0.2.2" ? own : nil))
    }
    #expect(bench.sent(.hello).isEmpty)
    bench.forget()
    bench.run(for: .seconds(100))
    #expect(bench.sent.isEmpty)
  }

  @Test(
    "RFC 3623 A: the grace period is told in whole seconds, and as no less than one", arguments: ProtocolInstance.allCases,
    [(Duration.milliseconds(300), UInt32(1)), (.milliseconds(2900), 2)])
  func wholeSeconds(instance: ProtocolInstance, example: (period: Duration, told: UInt32)) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    if instance.version == .v2 { neighbor.descriptionOptions = neighbor.options.union(.opaque) }
    try neighbor.bringToFull()
    _ = bench.prepareRestart(gracePeriod: example.period)
    let lsa = try #require(neighbor.learned.first { isGrace($0.key) }?.value)
    #expect(try GraceLSA.decode(lsa.rawSpan.extracting(LSAHeader.size..<lsa.count)).gracePeriod == example.told)
  }

  @Test("a router that is leaving goes on to leave: it tells nobody that it will be back", arguments: ProtocolInstance.allCases)
  func leaving(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    if instance.version == .v2 { neighbor.descriptionOptions = neighbor.options.union(.opaque) }
    try neighbor.bringToFull()
    neighbor.automatic = .hellos
    bench.shutDown(timeout: .seconds(3))
    _ = bench.prepareRestart()
    bench.run(for: .seconds(4))
    #expect(!neighbor.learned.keys.contains(where: isGrace))
    #expect(bench.gracefulRestartEvents.isEmpty)
    #expect(bench.events.contains(.departed(acknowledged: false)))
    #expect(bench.sent.last?.hello?.neighbors.isEmpty == true)
  }

  @Test("RFC 3623 2.1: timeout with the acknowledgments is bounded", arguments: ProtocolInstance.allCases)
  func impatient(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    if instance.version == .v2 { neighbor.descriptionOptions = neighbor.options.union(.opaque) }
    try neighbor.bringToFull()
    neighbor.automatic = .hellos
    bench.forget()
    _ = bench.prepareRestart(timeout: .seconds(2))
    bench.run(for: .milliseconds(1900))
    #expect(bench.gracefulRestartEvents.isEmpty)
    bench.run(for: .milliseconds(200))
    #expect(bench.gracefulRestartEvents == [.prepared(acknowledged: false)])
  }

  @Test("RFC 3623 2.1: after the restart a grace-LSA goes before the first Hello", arguments: ProtocolInstance.allCases)
  func announces(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance))
    let first = try #require(pair.bench.sent.first)
    #expect(first.type == .linkStateUpdate)
    #expect(first.destination == instance.allSPFRouters)
    #expect(first.updatedHeaders.map(\.key.lsType) == [instance.version == .v2 ? .opaqueLink : .grace])
    #expect(first.updatedHeaders.map(\.sequenceNumber) == [.initial.advanced(by: 1)], "newer than that of before the restart")
    #expect(pair.bench.sent.dropFirst().first?.type == .hello)
  }

  @Test(
    "RFC 2328 9.5: the first Hellos list those that were adjacent and heard before the restart, for RouterDeadInterval",
    arguments: ProtocolInstance.allCases)
  func listsThoseBefore(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance))
    func listed() throws -> [RouterID] {
      let packet = try #require(pair.bench.sent(.hello).last)
      return try #require(packet.hello).neighbors
    }
    #expect(try listed() == ["3.3.3.3"])
    pair.bench.run(for: .seconds(39))
    #expect(try listed() == ["3.3.3.3"])
    pair.bench.run(for: .seconds(11))
    #expect(try listed().isEmpty, "nobody was heard")
  }

  @Test(
    "RFC 3623 2.1: a grace-LSA goes before each Hello until a neighbor, in Exchange, has answered",
    arguments: ProtocolInstance.allCases)
  func announcesUntilAnswered(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance))
    let announcements = { [self] in
      pair.bench.sent(.linkStateUpdate).flatMap(\.updatedHeaders).count { isGrace($0.key) }
    }
    pair.bench.run(for: .seconds(25))
    #expect(announcements() == 3 && pair.bench.sent(.hello).count == 3)
    try pair.neighbor.bringToExchange()
    pair.bench.forget()
    pair.bench.run(for: .seconds(25))
    #expect(announcements() == 0 && pair.bench.sent(.hello).count >= 2)
    #expect(pair.neighbor.state == .exchange)
  }

  @Test("RFC 3623 2.1: no grace-LSA goes where there was no adjacency", arguments: ProtocolInstance.allCases)
  func announcesWhereAdjacent(instance: ProtocolInstance) throws {
    let state = try before(instance).state
    let bench = Bench(
      instance,
      interfaces: [.bench(type: .pointToPoint), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)], seed: 2,
      restart: GracefulRestart(state: state, gracePeriod: .seconds(100), reason: .softwareRestart, announcedAge: nil))
    #expect(Set(bench.sent(.linkStateUpdate).map(\.transmission.interfaceIndex)) == [2])
    #expect(Set(bench.sent(.hello).map(\.transmission.interfaceIndex)) == [2, 3])
  }

  @Test(
    "RFC 2328 13(5a): what was announced before is announced again, because another instance would come within MinLSArrival",
    arguments: ProtocolInstance.allCases)
  func announcesAgain(instance: ProtocolInstance) throws {
    let before = try before(instance)
    let pair = after(instance, before, announcedAge: .seconds(20))
    let first = try #require(pair.bench.sent.first)
    let type: LSType = instance.version == .v2 ? .opaqueLink : .grace
    #expect(first.updatedHeaders.map(\.key.lsType) == [type])
    let former = try #require(before.learned.first { $0.key.lsType == type }?.value)
    let formerHeader = try LSAHeader.decode(former.rawSpan, version: instance.version)
    #expect(first.updatedHeaders.map(\.sequenceNumber) == [formerHeader.sequenceNumber])
    #expect(first.updatedHeaders.map(\.checksum) == [formerHeader.checksum])
  }

  @Test(
    "RFC 3623 2.2, 2.3: our LSAs of before are learned and taken over; when every adjacency is back the restart is complete",
    arguments: ProtocolInstance.allCases)
  func completes(instance: ProtocolInstance) throws {
    let before = try before(instance)
    let pair = after(instance, before)
    try pair.neighbor.bringToFull()
    #expect(ended(pair.bench) == [.completed])
    #expect(originated(pair.bench).isEmpty)
    let own = pair.bench.router.databaseSnapshot(at: pair.bench.now).filter(\.isSelfOriginated)
    #expect(own.count == before.state.sequenceNumbers.keys.count { !isGrace($0.key) })
    for lsa in own {
      let identity = LSAIdentity(scope: lsa.scope, key: lsa.header.key)
      #expect(lsa.header.sequenceNumber == before.state.sequenceNumbers[identity])
    }
    let updated = pair.bench.sent(.linkStateUpdate).flatMap(\.updatedHeaders).filter { $0.key.advertisingRouter == "2.2.2.2" }
    #expect(updated.filter { !isGrace($0.key) && $0.lsAge < 90 }.isEmpty)
    #expect(updated.contains { isGrace($0.key) && $0.lsAge == 3600 }, "the helpers are told")
    #expect(pair.bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
    // It is refreshed as if there had been no restart.
    pair.bench.run(for: .seconds(1800))
    #expect(Set(originated(pair.bench)) == Set(own.map(\.header.key)))
  }

  private func isGrace(_ key: LSAKey) -> Bool { key.lsType == .opaqueLink || key.lsType == .grace }

  @Test(
    "RFC 3623 2.3: what is not wanted any more is flushed when the restart is over, and what is new is said",
    arguments: ProtocolInstance.allCases)
  func leftovers(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance), advertisements: [.external(.otherService)])
    try pair.neighbor.bringToFull()
    #expect(ended(pair.bench) == [.completed])
    #expect(pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance)) == nil)
    #expect(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).contains { $0.header.lsAge == 3600 })
    #expect(pair.bench.databaseCopy(.external(otherService, from: "2.2.2.2", instance)) != nil)
  }

  @Test("RFC 3623 2.3: a grace-LSA that names the interface as it was called before the restart is flushed as well")
  func graceLSAOfFormerInterface() throws {
    let pair = after(.ospfv3, try before(.ospfv3))
    let lsa = LSAs(.ospfv3).make(
      .grace, id: LinkStateID(rawValue: 77), from: "2.2.2.2",
      body: .opaque(GraceLSA(gracePeriod: 100, reason: .softwareRestart).octets))
    let key = LSAs(.ospfv3).key(lsa)
    pair.neighbor.database[key] = lsa
    try pair.neighbor.bringToFull()
    #expect(ended(pair.bench) == [.completed])
    #expect(pair.bench.flooded(key).contains { $0.header.lsAge == 3600 })
  }

  @Test(
    "RFC 3623 2.3: the flush of the grace-LSA is repeated when MinLSArrival is over, for a neighbor that discarded it",
    arguments: ProtocolInstance.allCases)
  func flushOfGraceLSA(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance))
    pair.neighbor.automatic = [.hellos, .exchange, .updates, .requests]
    pair.neighbor.startHellos()
    try pair.bench.run(until: "the restart is over") { !ended(pair.bench).isEmpty }
    let flushes = { [self] in
      pair.bench.sent(.linkStateUpdate).flatMap(\.updatedHeaders).filter { isGrace($0.key) && $0.lsAge == 3600 }
    }
    #expect(flushes().count == 1)
    pair.bench.run(for: .milliseconds(1500))
    #expect(flushes().count == 2)
  }

  @Test("RFC 3623 2.2: until then nothing is originated and nothing flushed", arguments: ProtocolInstance.allCases)
  func restores(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance), missing: true, advertisements: [.external(.otherService)])
    try pair.neighbor.bringToFull()
    pair.bench.run(for: .seconds(50))
    #expect(ended(pair.bench).isEmpty)
    #expect(originated(pair.bench).isEmpty)
    #expect(pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance))?.header.lsAge ?? 3600 < 3600)
    #expect(pair.bench.router.snapshot(at: pair.bench.now).restartDue != nil)
    pair.bench.run(for: .seconds(50))
    #expect(ended(pair.bench) == [.gracePeriodExpired])
    #expect(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).contains { $0.header.lsAge == 3600 })
    #expect(originated(pair.bench).contains(.external(otherService, from: "2.2.2.2", instance)))
  }

  @Test(
    "RFC 3623 2.2(2): a neighbor that does not say that we are adjacent has not helped, and ends it",
    arguments: ProtocolInstance.allCases)
  func inconsistent(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance), missing: true, neighborSaysAdjacent: false)
    try pair.neighbor.bringToFull()
    let outcome = try pair.bench.only(ended(pair.bench), "outcomes")
    guard case .inconsistent(let neighbor) = outcome else { throw TestFailure("\(outcome)") }
    #expect(neighbor.routerID == "3.3.3.3")
  }

  @Test(
    "RFC 3623 2.2(2): a network of the neighbor's that has our number is no link to us", arguments: ProtocolInstance.allCases)
  func networkWithOurNumber(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance), missing: true, neighborSaysAdjacent: false)
    let lsa = LSAs(instance).routerWithLink(from: "3.3.3.3", to: "2.2.2.2", type: .transit)
    pair.neighbor.database[LSAs(instance).key(lsa)] = lsa
    try pair.neighbor.bringToFull()
    let outcome = try pair.bench.only(ended(pair.bench), "outcomes")
    guard case .inconsistent = outcome else { throw TestFailure("\(outcome)") }
  }

  @Test(
    "RFC 3623 2.2(2): the Designated Router is whom the neighbor names, although that router is still to be heard",
    arguments: ProtocolInstance.allCases)
  func unheardDesignatedRouter(instance: ProtocolInstance) throws {
    let state = RestartState(adjacencies: [
      .init(interfaceIndex: 2, routerID: "3.3.3.3"), .init(interfaceIndex: 2, routerID: "4.4.4.4"),
    ])
    let bench = Bench(
      instance, seed: 2, restart: GracefulRestart(state: state, gracePeriod: .seconds(100), reason: .softwareRestart))
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.version == .v2 ? "192.0.2.4" : "4.4.4.4"
    neighbor.backupDesignatedRouter = neighbor.identity
    try neighbor.bringToFull()
    bench.run(for: .seconds(5))
    #expect(ended(bench).isEmpty)
  }

  @Test(
    "RFC 3623 2.2: whom the neighbors still take for Designated Router, or Backup, is it again without waiting",
    arguments: ProtocolInstance.allCases, [InterfaceState.dr, .backup])
  func rolesOfBefore(instance: ProtocolInstance, role: InterfaceState) throws {
    let state = RestartState(adjacencies: [.init(interfaceIndex: 2, routerID: "3.3.3.3")])
    let restart = GracefulRestart(state: state, gracePeriod: .seconds(100), reason: .softwareRestart)
    for isRestart in [true, false] {
      let bench = Bench(instance, interfaces: [.bench(priority: 10)], seed: 2, restart: isRestart ? restart : nil)
      let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
      let own = instance.identity("2.2.2.2", "192.0.2.2")
      neighbor.designatedRouter = role == .dr ? own : neighbor.identity
      neighbor.backupDesignatedRouter = role == .backup ? own : .none
      neighbor.sendHello()
      #expect(try bench.interface().state == (isRestart ? role : .waiting))
    }
  }

  @Test(
    "a service that fails meanwhile is withdrawn as soon as there is somebody to tell", arguments: ProtocolInstance.allCases,
    [true, false])
  func withdrawal(instance: ProtocolInstance, isEarly: Bool) throws {
    let pair = after(instance, try before(instance), missing: true)
    if isEarly { pair.bench.advertise([]) }
    #expect(ended(pair.bench).isEmpty)
    try pair.neighbor.bringToFull()
    if !isEarly { pair.bench.advertise([]) }
    #expect(ended(pair.bench) == [.withdrawal])
    pair.bench.run(for: .seconds(5))
    #expect(pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance)) == nil)
    #expect(pair.bench.events.contains(.withdrawalAcknowledged(instance.prefix(service))))
  }

  @Test(
    "a service that was withdrawn meanwhile is reported as withdrawn when the neighbor has acknowledged it, and not before",
    arguments: ProtocolInstance.allCases, [true, false])
  func withdrawalUnheard(instance: ProtocolInstance, isExternal: Bool) throws {
    let advertisement: Advertisement = isExternal ? .external(.service) : .stub(.service)
    let pair = after(
      instance, try before(instance, advertisement), missing: true, advertisements: [advertisement, .external(.otherService)])
    pair.bench.advertise([.external(.otherService)])
    pair.neighbor.automatic = [.hellos, .exchange, .updates, .requests]
    pair.neighbor.startHellos()
    try pair.bench.run(until: "the restart is over") { !ended(pair.bench).isEmpty }
    #expect(ended(pair.bench) == [.withdrawal])
    let withdrawn = Event.withdrawalAcknowledged(instance.prefix(service))
    pair.bench.run(for: .seconds(2))
    #expect(!pair.bench.events.contains(withdrawn))
    pair.neighbor.automatic.insert(.acknowledgments)
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.events.count { $0 == withdrawn } == 1)
  }

  @Test("RFC 3623 2.2(3): with nobody there the grace period ends it", arguments: ProtocolInstance.allCases)
  func alone(instance: ProtocolInstance) throws {
    let pair = after(instance, try before(instance))
    pair.bench.run(for: .seconds(101))
    #expect(ended(pair.bench) == [.gracePeriodExpired])
    #expect(originated(pair.bench).contains(.router("2.2.2.2", instance)))
  }

  @Test("a restart without adjacencies to restore is an ordinary start", arguments: ProtocolInstance.allCases)
  func nothingToRestore(instance: ProtocolInstance) throws {
    let bench = Bench(instance, restart: GracefulRestart(state: RestartState(), gracePeriod: .seconds(100), reason: .unknown))
    #expect(ended(bench) == [.completed])
    #expect(originated(bench).contains(.router("2.2.2.2", instance)))
  }

  @Test(
    "RFC 3623 2.2: until then an LSA of ours that was forged under its own checksum is not answered either",
    arguments: ProtocolInstance.allCases)
  func disguised(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = after(instance, try before(instance), missing: true)
    try pair.neighbor.bringToFull()
    let own = try #require(pair.bench.databaseCopy(key))
    pair.bench.forget()
    pair.neighbor.sendUpdate([LSAs.disguised(own.bytes)])
    pair.bench.run(for: .seconds(2))
    #expect(originated(pair.bench).isEmpty)
    #expect(pair.bench.flooded(key).isEmpty)
  }

  @Test(
    "RFC 3623 2.3: what was flushed after the restart goes on with its sequence number when it is wanted again",
    arguments: ProtocolInstance.allCases)
  func leftoverNumbers(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = after(instance, try before(instance), advertisements: [])
    try pair.neighbor.bringToFull()
    #expect(pair.bench.events.contains(.receivedSelfOriginated(.init(scope: .autonomousSystem, key: key), action: .flushed)))
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.databaseCopy(key) == nil)
    pair.bench.advertise([.external(.service)])
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 1))
  }
}

extension LSAs {
  /// A router-LSA with a link to another router, or to a network that has its number.
  fileprivate func routerWithLink(
    from router: RouterID, to other: RouterID, type: RouterLink.LinkType = .pointToPoint
  ) -> [UInt8] {
    let body: LSABody =
      switch instance.version {
      case .v2:
        .router(
          RouterLSA(flags: [], links: [RouterLink(linkID: other.rawValue, linkData: 0, type: type, metric: 10)]))
      case .v3:
        .routerV3(
          OSPFv3RouterLSA(
            flags: [], options: instance.options(.normal),
            links: [
              OSPFv3RouterLink(
                type: type, metric: 10, interfaceID: 3, neighborInterfaceID: 2, neighborRouterID: other)
            ]))
      }
    let key = LSAKey.router(router, instance)
    return make(key.lsType, id: key.linkStateID, from: router, sequence: .initial.advanced(by: 3), body: body)
  }
}
