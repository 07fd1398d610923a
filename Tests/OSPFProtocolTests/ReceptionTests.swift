import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite("An interface remembers what it has heard, and what came of it")
struct ReceptionTests {
  private func reception(_ bench: Bench) throws -> ReceptionSnapshot { try bench.interface().reception }

  @Test("The last packet of another router counts as heard, whether it was refused or not")
  func lastHeard() throws {
    let bench = Bench()
    #expect(try reception(bench).lastHeardAge == nil)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.helloInterval = 5
    neighbor.sendHello()
    bench.run(for: .seconds(7))
    #expect(try reception(bench).lastHeardAge == .seconds(7))
  }

  @Test("Equal refusals of one source are counted together, with the values and the times; the last one comes first")
  func refusals() throws {
    let bench = Bench()
    let first = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let second = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    first.helloInterval = 5
    second.helloInterval = 5
    first.sendHello()
    second.sendHello()
    bench.run(for: .seconds(3))
    first.sendHello()
    bench.run(for: .seconds(2))
    let refusals = try reception(bench).refusals
    #expect(refusals.map(\.source) == [.v4("192.0.2.3"), .v4("192.0.2.4")])
    #expect(refusals.map(\.count) == [2, 1])
    #expect(refusals.map(\.reason) == Array(repeating: .helloIntervalMismatch(received: 5, ours: 10), count: 2))
    #expect(refusals[0].firstAge == .seconds(5))
    #expect(refusals[0].lastAge == .seconds(2))
  }

  @Test("However many reasons a stranger makes up, the history does not grow, and keeps the newest")
  func limit() throws {
    let bench = Bench()
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    for interval in 100..<200 as Range<UInt16> {
      neighbor.helloInterval = interval
      neighbor.sendHello()
    }
    let refusals = try reception(bench).refusals
    #expect(refusals.count == 16)
    #expect(refusals.first?.reason == .helloIntervalMismatch(received: 199, ours: 10))
    #expect(refusals.last?.reason == .helloIntervalMismatch(received: 184, ours: 10))
  }

  @Test("A changed interface forgets what it refused, which may be right now")
  func change() throws {
    let bench = Bench()
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.helloInterval = 5
    neighbor.sendHello()
    bench.changeInterface { $0.settings.cost = 77 }
    #expect(try reception(bench).refusals.isEmpty)
  }

  @Test("A neighbor's MTU is known from its Database Description, also from one that is refused", arguments: [1400, 9000])
  func mtu(mtu: UInt16) throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceMTU = mtu
    try neighbor.bringToExStart()
    #expect(bench.neighbor("3.3.3.3")?.announcedMTU == nil)
    neighbor.sendDescription([.initialize, .more, .master], sequence: 7)
    #expect(bench.neighbor("3.3.3.3")?.announcedMTU == Int(mtu))
  }

  @Test("One router ID at two addresses is remembered with both")
  func duplicate() throws {
    let bench = Bench()
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").sendHello()
    #expect(try reception(bench).duplicateRouterID == nil)
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.4").sendHello()
    bench.run(for: .seconds(1))
    let duplicate = try #require(try reception(bench).duplicateRouterID)
    #expect(duplicate.routerID == "3.3.3.3")
    #expect(Set(duplicate.addresses) == [.v4("192.0.2.3"), .v4("192.0.2.4")])
    #expect(duplicate.age == .seconds(1))
  }

  @Test("A lost adjacency is counted with its cause; one that the configuration ends is not")
  func losses() throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    neighbor.sendHello { $0.neighbors = [] }
    bench.run(for: .seconds(5))
    let heard = try reception(bench)
    #expect(heard.lossCount == 1)
    #expect(heard.lastLoss?.neighbor.routerID == "3.3.3.3")
    #expect(heard.lastLoss?.cause == .oneWayReceived)
    #expect(heard.lastLoss?.age == .seconds(5))

    let other = Bench(interfaces: [.bench(type: .pointToPoint)])
    try HandMadeNeighbor(other, "3.3.3.3", "192.0.2.3").bringToFull()
    other.changeInterface { $0.settings.helloInterval = .seconds(1) }
    other.setInterfaces([])
    other.setInterfaces([.bench(type: .pointToPoint)])
    #expect(try reception(other).lossCount == 0)
  }

  @Test("A neighbor that goes before it was Full is no lost adjacency")
  func lossBeforeFull() throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading()
    neighbor.sendHello { $0.neighbors = [] }
    neighbor.fallSilent()
    bench.run(for: .seconds(41))
    #expect(neighbor.state == .down)
    #expect(try reception(bench).lossCount == 0)
  }

  @Test("Our router-LSA in another's words is a flood war while it goes on, and forgotten a minute later")
  func floodWar() throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.automatic = .all
    try neighbor.bringToFull()
    bench.run(for: .seconds(20))
    func floodWarCount() -> Int { bench.router.snapshot(at: bench.now).floodWarCount }
    #expect(floodWarCount() == 0)
    for round in 1...4 {
      neighbor.sendUpdate([LSAs.v2.router("2.2.2.2", sequence: .initial.advanced(by: Int32(100 * round)))])
      #expect(floodWarCount() == round)
      bench.run(for: .seconds(10))
    }
    bench.run(for: .seconds(51))
    #expect(floodWarCount() == 0)
  }

  @Test(
    "A network-LSA in our name that comes back as often as it is flushed is a flood war too; many leftovers once each are none",
    arguments: ProtocolInstance.allCases)
  func networkFloodWar(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.automatic = .all
    try neighbor.bringToFull()
    func leftover(_ number: UInt8) -> [UInt8] {
      LSAs(instance).external(IPv4Prefix(IPv4Address(203, 0, 113, number), length: 32), from: "2.2.2.2")
    }
    neighbor.sendUpdate((1...9).map(leftover))
    #expect(bench.router.snapshot(at: bench.now).floodWarCount == 1)
    bench.run(for: .seconds(70))
    #expect(bench.router.snapshot(at: bench.now).floodWarLSA == nil)
    let key = LSAKey.network("198.51.100.9", from: "2.2.2.2", instance)
    for round in 1...4 {
      neighbor.sendUpdate([
        LSAs(instance).network(
          "198.51.100.9", from: "2.2.2.2", sequence: .initial.advanced(by: Int32(100 * round)), attached: ["2.2.2.2", "5.5.5.5"])
      ])
      #expect(bench.router.snapshot(at: bench.now).floodWarCount == round)
      #expect(bench.router.snapshot(at: bench.now).floodWarLSA == key)
      bench.run(for: .seconds(10))
    }
  }

  @Test("An external prefix that only stub areas could take is not advertisable, and not acknowledged")
  func advertisable() throws {
    let bench = Bench(.bench(areas: [.backbone: .stub]), interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.options = []
    neighbor.automatic = .all
    try neighbor.bringToFull()
    bench.advertise([.external("192.0.2.53/32"), .stub("192.0.2.54/32")])
    bench.run(for: .seconds(10))
    let advertisements = bench.router.snapshot(at: bench.now).advertisements
    #expect(advertisements.map(\.isAdvertisable) == [false, true])
    #expect(advertisements.map(\.isAcknowledged) == [false, true])
  }

  @Test("Whoever makes up LSAs in our name makes earlier ones be forgotten, those first that were not seen for the longest time")
  func manyFloodWars() throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    func stray(_ number: UInt8, _ round: Int32) -> [UInt8] {
      LSAs.v2.external(
        IPv4Prefix(IPv4Address(203, 0, 113, number), length: 32), from: "2.2.2.2", sequence: .initial.advanced(by: 100 * round))
    }
    for round in 1...Int32(3) { neighbor.sendUpdate([stray(0, round)]) }
    #expect(bench.router.snapshot(at: bench.now).floodWarCount == 3)
    neighbor.sendUpdate((1...15).map { stray($0, 1) })
    #expect(bench.router.snapshot(at: bench.now).floodWarCount == 3)
    neighbor.sendUpdate([stray(16, 1)])
    #expect(bench.router.snapshot(at: bench.now).floodWarCount == 1)
  }

  @Test("Packets that were accepted or sent are counted by their type, each once", arguments: ProtocolInstance.allCases)
  func counters(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    #expect(try bench.interface().counters.received == [0, 0, 0, 0, 0, 0])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let external = LSAs(instance).external("198.18.0.0/24", from: "3.3.3.3")
    // A Hello and a Database Description.
    try neighbor.bringToExchange()
    neighbor.sendRequest([.router("2.2.2.2", instance)])
    neighbor.sendUpdate([external])
    neighbor.sendAcknowledgment([LSAs(instance).header(external)])
    bench.run(for: .seconds(2))
    let counters = try bench.interface().counters
    #expect(counters.received == [0, 1, 1, 1, 1, 1])
    let types: [PacketType] = [
      .hello, .databaseDescription, .linkStateRequest, .linkStateUpdate, .linkStateAcknowledgment,
    ]
    #expect(counters.sent == [0] + types.map { UInt64(bench.sent($0).count) })
    #expect(counters.refused == 0)
  }
}
