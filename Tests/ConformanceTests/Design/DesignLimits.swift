import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// What the wire can make the router remember has a limit, and reaching it is an event.
@Suite struct LimitRules {
  private func externals(_ instance: ProtocolInstance, _ count: Int) -> [[UInt8]] {
    (0..<count).map { LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8($0), 0), length: 24), from: "9.9.9.9") }
  }

  private func reached(_ bench: Bench) -> Set<Event.Limit> {
    Set(bench.events.compactMap { if case .limitReached(let limit, _) = $0 { limit } else { nil } })
  }

  @Test(
    "four fifths of a limit of the database are said once, and again when it has been half empty",
    arguments: ProtocolInstance.allCases)
  func nearLimit(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(linkStateAdvertisements: 50)))
    func said() -> Int { pair.bench.events.count { $0 == .limitNear(.linkStateAdvertisements) } }
    func flood(_ count: Int, _ sequence: Int32, age: UInt16 = 1) {
      pair.neighbor.sendUpdate(
        (0..<count).map {
          let prefix = IPv4Prefix(IPv4Address(198, 18, UInt8($0), 0), length: 24)
          return LSAs(instance).external(prefix, from: "9.9.9.9", sequence: .initial.advanced(by: sequence), age: age)
        })
      pair.bench.run(for: .seconds(10))
    }
    flood(20, 0)
    #expect(said() == 0)
    flood(42, 1)
    #expect(said() == 1)
    flood(10, 2, age: 3600)
    flood(10, 3)
    #expect(said() == 1, "it has hardly become less")
    flood(42, 4, age: 3600)
    flood(42, 5)
    #expect(said() == 2)
  }

  @Test("four fifths of the octets of the database are said once", arguments: ProtocolInstance.allCases)
  func nearOctets(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let stored = pair.bench.router.databaseSnapshot(at: pair.bench.now).reduce(0) { $0 + $1.bytes.count }
    let lsas = externals(instance, 13)
    let most = (stored + 10 * (lsas.first?.count ?? 0)) / 4 * 5
    pair.bench.apply(.bench(limits: Limits(databaseOctets: most)))
    func said() -> Int { pair.bench.events.count { $0 == .limitNear(.databaseOctets) } }
    pair.neighbor.sendUpdate(Array(lsas.prefix(9)))
    #expect(said() == 0)
    pair.neighbor.sendUpdate(Array(lsas.dropFirst(9)))
    #expect(said() == 1)
  }

  @Test("what just fits is not told", arguments: ProtocolInstance.allCases)
  func fits(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(limits: Limits(requestListLength: 11)), interfaces: [.bench()])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    // Its router-LSA is the eleventh.
    for lsa in externals(instance, 10) { neighbor.database[LSAs(instance).key(lsa)] = lsa }
    try neighbor.bringToFull()
    #expect(reached(bench).isEmpty)
    #expect(bench.router.databaseSnapshot(at: bench.now).count { !$0.isSelfOriginated } == 11)
  }

  @Test(
    "the octets of the database: what just fits is taken, and one octet less is too little",
    arguments: ProtocolInstance.allCases)
  func octets(instance: ProtocolInstance) throws {
    for missing in [0, 1] {
      let pair = try Pair(instance)
      let stored = pair.bench.router.databaseSnapshot(at: pair.bench.now).reduce(0) { $0 + $1.bytes.count }
      let lsa = try #require(externals(instance, 1).first)
      pair.bench.apply(.bench(limits: Limits(databaseOctets: stored + lsa.count - missing)))
      pair.neighbor.sendUpdate([lsa])
      #expect((pair.bench.databaseCopy(LSAs(instance).key(lsa)) == nil) == (missing > 0))
      let overflows = pair.bench.events.compactMap { if case .databaseOverflow(_, let limit, _) = $0 { limit } else { nil } }
      #expect(overflows == (missing > 0 ? [.databaseOctets] : []))
    }
  }

  @Test("the limits of a router that nobody has given any")
  func usual() {
    let limits = Limits()
    #expect(limits.neighborsPerInterface == 256)
    #expect(limits.linkStateAdvertisements == 500_000)
    #expect(limits.databaseOctets == 268_435_456)
    #expect(limits.overflowHoldOff == .seconds(60))
    #expect(limits.retransmissionListLength == 500_000 && limits.requestListLength == 500_000)
    #expect(limits.staleLSAs == 16_384)
    #expect(limits.flushedLSAs == 65_536)
  }

  @Test("LSAs on a link state retransmission list: what does not fit is sent once", arguments: ProtocolInstance.allCases)
  func retransmissionList(instance: ProtocolInstance) throws {
    let between = try Between(instance, .bench(limits: Limits(retransmissionListLength: 10)))
    between.right.automatic.remove(.acknowledgments)
    let lsas = externals(instance, 60)
    between.left.sendUpdate(lsas)
    #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 10)
    #expect(reached(between.bench) == [.retransmissionList])
    for lsa in lsas { #expect(between.right.learned[LSAs(instance).key(lsa)] != nil) }
    between.right.automatic.insert(.acknowledgments)
    between.bench.run(for: .seconds(6))
    #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test(
    "on a link state retransmission list that is full a newer instance takes the place of the one before",
    arguments: ProtocolInstance.allCases)
  func retransmissionListWithNewer(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service, metric: 1)])
    pair.bench.run(for: .seconds(10))
    pair.bench.apply(.bench(limits: Limits(retransmissionListLength: 1)))
    pair.neighbor.automatic = .hellos
    pair.bench.forget()
    for metric: UInt32 in [2, 3] {
      pair.bench.advertise([.external(.service, metric: metric)])
      pair.bench.run(for: .seconds(2))
    }
    #expect(Set(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).map(\.header.sequenceNumber)).count == 2)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 1)
    #expect(reached(pair.bench).isEmpty)
  }
}
