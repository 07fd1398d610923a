import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct NeighborStates {
  @Test(
    "RFC 2328 10.3 HelloReceived: an unknown router that does not list us is a neighbor in Init",
    arguments: ProtocolInstance.allCases)
  func initial(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToInit()
    let snapshot = try bench.only(bench.router.neighborSnapshots(at: bench.now), "neighbors")
    #expect(snapshot.reference.address == instance.address("192.0.2.3"))
    #expect(snapshot.deadDue == .seconds(40))
  }

  @Test("RFC 2328 10.3 2-WayReceived, 10.4: two DROthers stay in 2-Way", arguments: ProtocolInstance.allCases)
  func twoWay(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToTwoWay()
    bench.run(for: .seconds(100))
    #expect(bench.state(of: "3.3.3.3") == .twoWay)
    #expect(bench.sent(.databaseDescription).isEmpty)
  }

  @Test(
    "RFC 2328 10.4: an adjacency is formed on point-to-point and point-to-multipoint networks",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToPoint, .pointToMultipoint])
  func adjacentWithoutDesignatedRouter(instance: ProtocolInstance, type: NetworkType) throws {
    let bench = Bench(
      instance,
      interfaces: [.bench(type: type) { $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"))] }])
    try HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").bringToExStart()
  }

  @Test(
    "RFC 2328 10.4: a DROther forms adjacencies with the Designated Router and the Backup, and with nobody else",
    arguments: ProtocolInstance.allCases)
  func adjacentWithDesignatedRouters(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    let third = HandMadeNeighbor(trio.bench, "5.5.5.5", "192.0.2.5")
    third.designatedRouter = instance.identity(3)
    third.backupDesignatedRouter = instance.identity(4)
    third.startHellos()
    trio.bench.run(for: .seconds(30))
    #expect(trio.bench.state(of: "3.3.3.3") == .full)
    #expect(trio.bench.state(of: "4.4.4.4") == .full)
    #expect(trio.bench.state(of: "5.5.5.5") == .twoWay)
  }

  @Test("RFC 2328 10.4: the Designated Router forms adjacencies with everybody", arguments: ProtocolInstance.allCases)
  func designatedRouterIsAdjacentWithAll(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    #expect(elected.bench.state(of: "3.3.3.3") == .full)
    #expect(elected.bench.state(of: "4.4.4.4") == .full)
  }

  @Test("RFC 2328 10.4: the Backup forms adjacencies with everybody", arguments: ProtocolInstance.allCases)
  func backupIsAdjacentWithAll(instance: ProtocolInstance) throws {
    #expect(try ElectedBackup(instance).bench.interface().state == .backup)
  }

  @Test(
    "RFC 2328 10.3 1-WayReceived: an adjacent neighbor that no longer lists us is in Init, its lists empty",
    arguments: ProtocolInstance.allCases)
  func oneWay(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.advertise([.external(.service)])
    #expect((pair.bench.neighbor("3.3.3.3")?.retransmissionCount ?? 0) > 0)
    pair.neighbor.stopHellos()
    pair.neighbor.sendHello { $0.neighbors = ["9.9.9.9"] }
    let snapshot = pair.bench.neighbor("3.3.3.3")
    #expect(snapshot?.state == .`init`)
    #expect(snapshot?.retransmissionCount == 0)
    #expect(pair.bench.changes(of: "3.3.3.3").last?.cause == .oneWayReceived)
  }

  @Test(
    "RFC 2328 10.3 InactivityTimer: a neighbor that is silent for RouterDeadInterval is gone",
    arguments: ProtocolInstance.allCases)
  func inactivity(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.sendHello()
    pair.neighbor.fallSilent()
    pair.bench.run(for: .seconds(39))
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
    pair.bench.run(for: .seconds(2))
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    #expect(pair.bench.changes(of: "3.3.3.3").map(\.cause) == [.inactivityTimer])
  }

  @Test(
    "RFC 2328 10.3 Start, 9.5.1: a configured neighbor that has not been heard is in Attempt, and in Down after RouterDeadInterval",
    arguments: ProtocolInstance.allCases)
  func attempt(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) { $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"))] }
      ])
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.attempt])
    bench.run(for: .seconds(41))
    #expect(bench.router.neighborSnapshots(at: bench.now).allSatisfy { $0.state == .down })
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").sendHello { $0.neighbors = [] }
    #expect(bench.state(of: "3.3.3.3") == .`init`)
  }

  @Test(
    "RFC 2328 10.3 SeqNumberMismatch: the exchange begins anew with empty lists and a new DD sequence number",
    arguments: ProtocolInstance.allCases)
  func sequenceNumberMismatch(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let before = pair.neighbor.ddSequenceNumber
    pair.neighbor.automatic = [.hellos]
    pair.bench.advertise([.external(.service)])
    pair.neighbor.sendDescription([.more, .master], sequence: 99_999)
    #expect(pair.bench.state(of: "3.3.3.3") == .exStart)
    #expect(pair.bench.changes(of: "3.3.3.3").last?.cause == .seqNumberMismatch)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    let description = try pair.neighbor.lastDescription()
    #expect(description.flags == [.initialize, .more, .master])
    #expect(description.sequenceNumber != before)
  }

  @Test(
    "RFC 2328 10.3 BadLSReq: a request for an LSA that is not there begins the exchange anew",
    arguments: ProtocolInstance.allCases)
  func badRequest(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.automatic = [.hellos]
    pair.neighbor.sendRequest([.external(service, from: "9.9.9.9", instance)])
    #expect(pair.bench.state(of: "3.3.3.3") == .exStart)
    #expect(pair.bench.changes(of: "3.3.3.3").map(\.cause) == [.badLSReq])
  }

  @Test(
    "RFC 2328 10.3: an exchange that begins anew ends in Full again", arguments: ProtocolInstance.allCases,
    ["1.1.1.1", "3.3.3.3"] as [RouterID])
  func recovery(instance: ProtocolInstance, routerID: RouterID) throws {
    let pair = try Pair(instance, neighbor: routerID)
    pair.neighbor.sendRequest([.external(service, from: "9.9.9.9", instance)])
    try pair.bench.run(until: "Full again", within: .seconds(30)) { pair.bench.state(of: routerID) == .full }
  }

  @Test("a neighbor whose router ID changes is a new neighbor", arguments: ProtocolInstance.allCases)
  func routerIDChange(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.fallSilent()
    let renamed = HandMadeNeighbor(pair.bench, "7.7.7.7", "192.0.2.3")
    renamed.designatedRouter = instance.identity(3)
    renamed.sendHello()
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    #expect(pair.bench.changes(of: "3.3.3.3").map(\.cause) == [.killNbr])
    #expect(pair.bench.state(of: "7.7.7.7") == .exStart)
    #expect(pair.bench.router.neighborSnapshots(at: pair.bench.now).count == 1)
  }

  @Test("two neighbors with one router ID are an event that names both", arguments: ProtocolInstance.allCases)
  func duplicateNeighbor(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let twin = HandMadeNeighbor(pair.bench, "3.3.3.3", "192.0.2.44")
    twin.startHellos()
    pair.bench.run(for: .seconds(60))
    #expect(
      pair.bench.events.contains {
        guard case .duplicateRouterID("3.3.3.3", _, let source, let other) = $0 else { return false }
        return Set([source, other]) == [twin.address, pair.neighbor.address]
      })
  }

  @Test("a table of neighbors has a limit, which is an event", arguments: ProtocolInstance.allCases)
  func neighborLimit(instance: ProtocolInstance) {
    let bench = Bench(instance, .bench(limits: Limits(neighborsPerInterface: 3)))
    for number in UInt8(10)..<20 {
      HandMadeNeighbor(bench, RouterID(rawValue: UInt32(number)), IPv4Address(192, 0, 2, number)).sendHello()
    }
    #expect(bench.router.neighborSnapshots(at: bench.now).count == 3)
    #expect(bench.events.contains { if case .limitReached(.neighbors, _) = $0 { true } else { false } })
  }

  @Test(
    "RFC 2328 10.3 1-Way: with the adjacency the Link state request list is gone", arguments: ProtocolInstance.allCases)
  func oneWayClearsRequests(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToLoading([LSAs(instance).external(service, from: "9.9.9.9")])
    #expect(try #require(bench.neighbor("3.3.3.3")).requestCount == 2)
    neighbor.sendHello { $0.neighbors = [] }
    #expect(neighbor.state == .`init`)
    #expect(try #require(bench.neighbor("3.3.3.3")).requestCount == 0)
  }

  @Test(
    "on a broadcast network each neighbor has a router ID of its own, and none is taken for a duplicate",
    arguments: ProtocolInstance.allCases)
  func noDuplicate(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    trio.bench.run(for: .seconds(30))
    #expect(!trio.bench.events.contains { if case .duplicateRouterID = $0 { true } else { false } })
  }

  @Test(
    "RFC 2328 10.3 2-WayReceived: each further attempt to form the adjacency has the next DD sequence number",
    arguments: ProtocolInstance.allCases)
  func nextSequenceNumber(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToExStart()
    let first = try neighbor.lastDescription()
    neighbor.sendHello { $0.neighbors = [] }
    #expect(neighbor.state == .`init`)
    bench.forget()
    neighbor.sendHello()
    #expect(neighbor.descriptions.map(\.sequenceNumber) == [first.sequenceNumber &+ 1])
  }

  @Test("a neighbor's changes of state are counted", arguments: ProtocolInstance.allCases)
  func changesAreCounted(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToFull()
    neighbor.sendHello { $0.neighbors = [] }
    let changes = bench.changes(of: "3.3.3.3").map(\.to)
    #expect(changes.suffix(3) == [.loading, .full, .`init`])
    #expect(bench.neighbor("3.3.3.3")?.stateChangeCount == changes.count)
  }

  @Test(
    "a Hello or two from the address of before, which the network has delayed, is no second router of that ID",
    arguments: ProtocolInstance.allCases)
  func delayedHello(instance: ProtocolInstance) {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let former = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let present = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.44")
    for neighbor in [former, former, present, former, present] { neighbor.sendHello() }
    #expect(bench.neighbor("3.3.3.3")?.reference.address == present.address)
    #expect(!bench.events.contains { if case .duplicateRouterID = $0 { true } else { false } })
  }
}
