import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct Aging {
  @Test("RFC 2328 14: LS age grows by one each second", arguments: ProtocolInstance.allCases)
  func age(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9", age: 100)
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([lsa])
    #expect(pair.bench.databaseCopy(key)?.header.lsAge == 100)
    pair.bench.run(for: .seconds(250))
    #expect(pair.bench.databaseCopy(key)?.header.lsAge == 350)
    let copy = try #require(pair.bench.databaseCopy(key))
    #expect(Array(copy.bytes.prefix(2)) == [1, 94])
    pair.bench.run(for: .seconds(2750))
    #expect(pair.bench.databaseCopy(key)?.header.lsAge == 3100)
  }

  @Test("RFC 2328 10.8, 14: the ages in descriptions and updates are those of the moment", arguments: ProtocolInstance.allCases)
  func sentAge(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(500))
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    let own = LSAKey.external(service, from: "2.2.2.2", instance)
    let described = try #require(neighbor.described.first { $0.key == own })
    #expect((500...502).contains(described.lsAge))
    #expect((500...503).contains(bench.flooded(own).first?.header.lsAge ?? 0))
  }

  @Test(
    "RFC 2328 14: an LSA that reaches MaxAge is flooded at MaxAge and removed when everybody has acknowledged it",
    arguments: ProtocolInstance.allCases)
  func maxAge(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9", age: 100)
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let between = try Between(instance, lsas: [LSAs.aged(lsa, to: 3500)])
    between.right.automatic.remove(.acknowledgments)
    between.bench.run(for: .seconds(80))
    between.bench.forget()
    between.bench.run(for: .seconds(22))
    #expect(between.bench.databaseCopy(key)?.header.lsAge == 3600)
    let flooded = between.bench.flooded(key)
    #expect(!flooded.isEmpty && flooded.allSatisfy { $0.header.lsAge == 3600 })
    #expect(Set(flooded.map(\.packet.transmission.interfaceIndex)) == [2, 3])
    between.right.automatic.insert(.acknowledgments)
    between.bench.run(for: .seconds(6))
    #expect(between.bench.databaseCopy(key) == nil)
  }

  @Test("RFC 2328 14: an LSA at MaxAge stays while a neighbor is in Exchange or Loading", arguments: ProtocolInstance.allCases)
  func keptDuringExchange(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9", age: 100)
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull([lsa])
    try right.bringToLoading()
    left.sendUpdate([LSAs.aged(lsa, to: 3600)])
    right.sendAcknowledgment([LSAs(instance).header(LSAs.aged(lsa, to: 3600))])
    bench.run(for: .seconds(3))
    #expect(bench.databaseCopy(key)?.header.lsAge == 3600)
    right.automatic = .all
    right.sendUpdate([LSAs(instance).router("4.4.4.4")])
    bench.run(for: .seconds(6))
    #expect(bench.databaseCopy(key) == nil)
  }

  @Test("RFC 2328 14: after its removal an LSA can come back with any sequence number", arguments: ProtocolInstance.allCases)
  func comesBack(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9", age: 100)
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance, lsas: [LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 9))])
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 9), age: 3600)])
    pair.bench.run(for: .seconds(3))
    #expect(pair.bench.databaseCopy(key) == nil)
    pair.neighbor.sendUpdate([lsa])
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial)
  }

  @Test(
    "RFC 2328 14.1: an LSA of ours that is no longer wanted is flooded at MaxAge with its last sequence number, and removed when acknowledged",
    arguments: ProtocolInstance.allCases)
  func prematureAging(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.forget()
    pair.bench.advertise([])
    let own = LSAKey.external(service, from: "2.2.2.2", instance)
    let flush = try #require(pair.bench.flooded(own).first?.header)
    #expect(flush.lsAge == 3600)
    #expect(flush.sequenceNumber == .initial)
    pair.bench.run(for: .seconds(2))
    #expect(pair.bench.databaseCopy(own)?.header.lsAge == 3600)
    pair.neighbor.sendAcknowledgment(pair.bench.sent.flatMap(\.updatedHeaders))
    pair.bench.run(for: .seconds(1))
    #expect(pair.bench.databaseCopy(own) == nil)
  }

  @Test("RFC 2328 14.1: with nobody to tell, a withdrawn LSA is gone at once", arguments: ProtocolInstance.allCases)
  func nobodyToTell(instance: ProtocolInstance) {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(5))
    bench.advertise([])
    bench.run(for: .milliseconds(1))
    #expect(bench.databaseCopy(.external(service, from: "2.2.2.2", instance)) == nil)
  }

  @Test("RFC 2328 14: LSAs of a router that is gone for good are forgotten after MaxAge", arguments: ProtocolInstance.allCases)
  func orphan(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance, lsas: [LSAs(instance).external(service, from: "9.9.9.9"), LSAs(instance).router("9.9.9.9")])
    pair.neighbor.fallSilent()
    pair.bench.run(for: .seconds(3500))
    #expect(pair.bench.databaseCopy(key) != nil)
    pair.bench.run(for: .seconds(200))
    #expect(pair.bench.databaseCopy(key) == nil)
    #expect(
      Set(pair.bench.router.databaseSnapshot(at: pair.bench.now).map(\.header.key.advertisingRouter)) == ["2.2.2.2"])
  }

  @Test("a quiet router does not tick: between Hellos nothing is due", arguments: ProtocolInstance.allCases)
  func noTicking(instance: ProtocolInstance) throws {
    let pair = try Pair(
      instance,
      lsas: (0..<50).map { LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, $0, 0), length: 24), from: "9.9.9.9") })
    var turns = 0
    let end = pair.bench.now + .seconds(100)
    while let next = pair.bench.router.nextDeadline, next <= end, turns < 10_000 {
      turns += 1
      pair.bench.run(for: next - pair.bench.now)
    }
    #expect(turns < 120)
  }

  @Test(
    "RFC 2328 14: an LSA that has reached MaxAge here was not flooded to us: its originator's next instance is taken at once",
    arguments: ProtocolInstance.allCases)
  func newInstanceAfterMaxAge(instance: ProtocolInstance) throws {
    let old = LSAs(instance).external(service, from: "9.9.9.9", age: 3590)
    let key = LSAs(instance).key(old)
    let between = try Between(instance)
    between.left.sendUpdate([old])
    between.bench.run(for: .seconds(2))
    // So that it stays.
    between.right.automatic.remove(.acknowledgments)
    try between.bench.run(until: "MaxAge") { between.bench.databaseCopy(key)?.header.lsAge == 3600 }
    between.left.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 1))])
    #expect(between.bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 1))
  }

  @Test(
    "RFC 2328 14: an LSA is flooded when it reaches MaxAge, and not only when something else is due",
    arguments: ProtocolInstance.allCases)
  func wakesForMaxAge(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    for lsa in [lsas.external(service, from: "9.9.9.9", age: 3596), lsas.summary(service, from: "9.9.9.9", age: 3596)] {
      let pair = try Pair(instance)
      try pair.bench.run(until: "a Hello, after which nothing is due for ten seconds") { !pair.bench.sent(.hello).isEmpty }
      let begin = pair.bench.now
      pair.neighbor.sendUpdate([lsa])
      pair.bench.run(for: .seconds(9))
      let flooded = try #require(pair.bench.flooded(lsas.key(lsa)).first)
      #expect(flooded.header.lsAge == 3600)
      #expect((.seconds(4)...(.seconds(5))).contains(flooded.time - begin))
    }
  }
}
