import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// A full database is never a half one that looks whole: the interface that the flood comes in on leaves its network for a while.
@Suite struct DatabaseOverflowRules {
  private func externals(_ instance: ProtocolInstance, _ count: Int) -> [[UInt8]] {
    (0..<count).map { LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8($0), 0), length: 24), from: "9.9.9.9") }
  }

  private func overflows(_ bench: Bench) -> [(limit: Event.Limit, holdOff: Duration)] {
    bench.events.compactMap { if case .databaseOverflow(_, let limit, let holdOff) = $0 { (limit, holdOff) } else { nil } }
  }

  private func foreign(_ bench: Bench) -> Int {
    bench.router.databaseSnapshot(at: bench.now).count { !$0.isSelfOriginated }
  }

  private func interface(_ bench: Bench, _ position: Int = 0) -> InterfaceSnapshot {
    bench.router.interfaceSnapshots(at: bench.now)[position]
  }

  private func full(_ instance: ProtocolInstance, _ limits: Limits = Limits(linkStateAdvertisements: 20)) throws -> Pair {
    try Pair(instance, .pointToPoint, .bench(limits: limits))
  }

  @Test(
    "the adjacency that floods goes down, the neighbor is told at once, and nothing of the flood is left",
    arguments: ProtocolInstance.allCases)
  func adjacencyGoesDown(instance: ProtocolInstance) throws {
    let pair = try full(instance)
    pair.neighbor.sendUpdate(externals(instance, 60))
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    #expect(overflows(pair.bench).map(\.limit) == [.linkStateAdvertisements])
    let goodbye = try #require(pair.bench.sent(.hello).last).packet.body
    if case .hello(let hello) = goodbye { #expect(hello.neighbors.isEmpty) } else { Issue.record("\(goodbye)") }
    #expect(foreign(pair.bench) == 0)
    let overflow = try #require(interface(pair.bench).overflow)
    #expect(interface(pair.bench).state == .down)
    #expect(
      overflow.neighbor.routerID == "3.3.3.3" && overflow.limit == .linkStateAdvertisements && overflow.holdOffDue == .seconds(60)
    )
  }

  @Test("nothing is sent or accepted for the hold-off, and then the adjacency comes back", arguments: ProtocolInstance.allCases)
  func holdOff(instance: ProtocolInstance) throws {
    let pair = try full(instance)
    pair.neighbor.sendUpdate(externals(instance, 60))
    pair.bench.forget()
    pair.bench.run(for: .seconds(59))
    #expect(pair.bench.sent.isEmpty)
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    pair.bench.run(for: .seconds(2))
    #expect(pair.bench.events.contains { if case .databaseOverflowOver = $0 { true } else { false } })
    #expect(interface(pair.bench).overflow?.holdOffDue == nil)
    try pair.neighbor.bringToFull()
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
  }

  @Test(
    "the hold-off doubles while the flood goes on, sixteenfold at most, and begins anew after as long a calm",
    arguments: ProtocolInstance.allCases)
  func doubling(instance: ProtocolInstance) throws {
    let pair = try full(instance)
    for _ in 0..<7 {
      pair.neighbor.sendUpdate(externals(instance, 60))
      let due = try #require(interface(pair.bench).overflow?.holdOffDue)
      pair.bench.run(for: due)
      try pair.neighbor.bringToFull()
    }
    #expect(overflows(pair.bench).map(\.holdOff) == [60, 120, 240, 480, 960, 960, 960].map { .seconds($0) })
    pair.bench.forget()
    pair.bench.run(for: .seconds(961))
    pair.neighbor.sendUpdate(externals(instance, 60))
    #expect(overflows(pair.bench).map(\.holdOff) == [.seconds(60)])
  }

  @Test("more described than can be asked for", arguments: ProtocolInstance.allCases)
  func described(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(limits: Limits(requestListLength: 10)))
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    for lsa in externals(instance, 60) { neighbor.database[LSAs(instance).key(lsa)] = lsa }
    neighbor.headersPerDescription = 100
    #expect(throws: (any Error).self) { try neighbor.bringToFull() }
    #expect(overflows(bench).first?.limit == .requestList)
    #expect(foreign(bench) == 0)
  }

  @Test("a limit in octets; what is there can still change while there is room", arguments: ProtocolInstance.allCases)
  func octets(instance: ProtocolInstance) throws {
    let pair = try full(instance, Limits(databaseOctets: 1000))
    pair.neighbor.sendUpdate(externals(instance, 10))
    pair.bench.run(for: .seconds(2))
    let newer = LSAs(instance).external("198.18.0.0/24", from: "9.9.9.9", sequence: .initial.advanced(by: 1))
    pair.neighbor.sendUpdate([newer])
    #expect(pair.bench.databaseCopy(LSAs(instance).key(newer))?.header.sequenceNumber == .initial.advanced(by: 1))
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
    pair.neighbor.sendUpdate(externals(instance, 60))
    #expect(overflows(pair.bench).map(\.limit) == [.databaseOctets])
  }

  @Test("the adjacencies of another area stay, and what they say still has room", arguments: ProtocolInstance.allCases)
  func otherArea(instance: ProtocolInstance) throws {
    let between = try Between(
      instance, .bench(areas: ["0.0.0.1": .nssa], limits: Limits(linkStateAdvertisements: 30)), rightArea: "0.0.0.1")
    between.left.sendUpdate(externals(instance, 60))
    #expect(between.bench.state(of: "3.3.3.3") == .down)
    #expect(between.bench.state(of: "4.4.4.4") == .full)
    #expect(between.bench.databaseCopy(LSAs(instance).key(LSAs(instance).router("4.4.4.4")))?.header != nil)
    #expect(
      !between.bench.router.databaseSnapshot(at: between.bench.now).contains { $0.header.key.advertisingRouter == "9.9.9.9" })
  }

  @Test(
    "with a second adjacency in the area, what it has stays; it goes down as soon as it floods too",
    arguments: ProtocolInstance.allCases)
  func secondAdjacency(instance: ProtocolInstance) throws {
    let between = try Between(instance, .bench(limits: Limits(linkStateAdvertisements: 30)))
    between.left.sendUpdate(externals(instance, 60))
    #expect(between.bench.state(of: "4.4.4.4") == .full)
    #expect(foreign(between.bench) > 10)
    between.right.sendUpdate(externals(instance, 60).suffix(10))
    #expect(between.bench.state(of: "4.4.4.4") == .down)
    #expect(foreign(between.bench) == 0)
  }

  @Test("what this node advertises is said anew when the adjacency is back", arguments: ProtocolInstance.allCases)
  func ownStay(instance: ProtocolInstance) throws {
    let pair = try full(instance)
    pair.bench.advertise([.external("203.0.113.1/32")])
    pair.neighbor.sendUpdate(externals(instance, 60))
    pair.bench.run(for: .seconds(61))
    try pair.neighbor.bringToFull()
    #expect(pair.neighbor.learned[LSAKey.external("203.0.113.1/32", from: "2.2.2.2", instance)] != nil)
  }

  @Test("a higher limit, or clearing all neighbors, ends the hold-off", arguments: ProtocolInstance.allCases, [true, false])
  func ended(instance: ProtocolInstance, clears: Bool) throws {
    let pair = try full(instance)
    pair.neighbor.sendUpdate(externals(instance, 60))
    if clears { pair.bench.clearNeighbors() } else { pair.bench.apply(.bench(limits: Limits(linkStateAdvertisements: 100))) }
    #expect(interface(pair.bench).state == .pointToPoint)
    #expect(interface(pair.bench).overflow?.holdOffDue == nil)
    try pair.neighbor.bringToFull()
  }

  @Test("an interface that is changed during the hold-off stays down", arguments: ProtocolInstance.allCases)
  func changed(instance: ProtocolInstance) throws {
    let pair = try full(instance)
    pair.neighbor.sendUpdate(externals(instance, 60))
    pair.bench.changeInterface { $0.settings.cost = 99 }
    #expect(interface(pair.bench).state == .down)
    pair.bench.run(for: .seconds(61))
    #expect(interface(pair.bench).state == .pointToPoint)
  }

  @Test("what an area had counts no longer when its last interface is gone", arguments: ProtocolInstance.allCases)
  func octetsOfAreaGone(instance: ProtocolInstance) throws {
    let definition = InterfaceDefinition.bench(area: "0.0.0.1", type: .pointToPoint)
    let bench = Bench(
      instance, .bench(areas: ["0.0.0.1": .nssa], limits: Limits(databaseOctets: 4000)), interfaces: [definition])
    for _ in 0..<6 {
      let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
      try neighbor.bringToFull(
        (0..<30).map {
          LSAs(instance).nssaExternal(
            IPv4Prefix(IPv4Address(198, 18, $0, 0), length: 24), from: "3.3.3.3", forwardingAddress: "192.0.2.3")
        })
      neighbor.fallSilent()
      bench.setInterfaces([])
      bench.setInterfaces([definition])
    }
    #expect(overflows(bench).isEmpty)
  }

  @Test("what routers on another link say of that link stays", arguments: ProtocolInstance.allCases)
  func otherLink(instance: ProtocolInstance) throws {
    let between = try Between(
      instance, .bench(areas: ["0.0.0.1": .nssa], limits: Limits(linkStateAdvertisements: 30)), rightArea: "0.0.0.1")
    let lsa =
      instance.version == .v2
      ? LSAs.v2.make(.opaqueLink, id: "4.0.0.1", from: "4.4.4.4", body: .opaque([0, 0, 0, 1]))
      : LSAs(instance).link(4, from: "4.4.4.4")
    between.right.sendUpdate([lsa])
    between.left.sendUpdate(externals(instance, 60))
    #expect(between.bench.state(of: "3.3.3.3") == .down)
    #expect(between.bench.databaseCopy(LSAs(instance).key(lsa)) != nil)
  }

  @Test("in a database that is full an LSA still takes the place of one that is as long", arguments: ProtocolInstance.allCases)
  func replacement(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let pair = try Pair(instance, .pointToPoint, lsas: [lsas.external(service, from: "9.9.9.9")])
    let stored = pair.bench.router.databaseSnapshot(at: pair.bench.now)
    pair.bench.apply(
      .bench(limits: Limits(linkStateAdvertisements: stored.count, databaseOctets: stored.reduce(0) { $0 + $1.bytes.count })))
    let newer = lsas.external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 1), metric: 5)
    pair.neighbor.sendUpdate([newer])
    #expect(pair.bench.databaseCopy(lsas.key(newer))?.header.sequenceNumber == .initial.advanced(by: 1))
    #expect(overflows(pair.bench).isEmpty && pair.neighbor.state == .full)
    pair.neighbor.sendUpdate([lsas.external(otherService, from: "9.9.9.9")])
    #expect(overflows(pair.bench).count == 1)
  }
}
