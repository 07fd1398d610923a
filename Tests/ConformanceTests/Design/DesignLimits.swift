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

  @Test("octets of all LSAs together", arguments: ProtocolInstance.allCases)
  func databaseOctets(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(databaseOctets: 1000)))
    pair.neighbor.sendUpdate(externals(instance, 60))
    let octets = pair.bench.router.databaseSnapshot(at: pair.bench.now).reduce(0) { $0 + $1.bytes.count }
    #expect(octets <= 1000 && octets > 900)
    #expect(reached(pair.bench) == [.databaseOctets])
    // What is there can still change, and go.
    let newer = LSAs(instance).external("198.18.0.0/24", from: "9.9.9.9", sequence: .initial.advanced(by: 1))
    pair.bench.run(for: .seconds(2))
    pair.neighbor.sendUpdate([newer])
    #expect(pair.bench.databaseCopy(LSAs(instance).key(newer))?.header.sequenceNumber == .initial.advanced(by: 1))
    #expect(pair.neighbor.state == .full)
  }

  @Test(
    "four fifths of a limit of the database are said once, and again when it has been half empty",
    arguments: ProtocolInstance.allCases)
  func nearLimit(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(linkStateAdvertisements: 40)))
    func said() -> Int { pair.bench.events.count { $0 == .limitNear(.linkStateAdvertisements) } }
    pair.neighbor.sendUpdate(externals(instance, 20))
    #expect(said() == 0)
    pair.neighbor.sendUpdate(externals(instance, 40))
    #expect(said() == 1)
    #expect(reached(pair.bench) == [.linkStateAdvertisements])
  }

  @Test(
    "LSAs on a link state request list: the rest is not requested, and the neighbor is Full all the same",
    arguments: ProtocolInstance.allCases)
  func requestList(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(limits: Limits(requestListLength: 10)))
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    for lsa in externals(instance, 60) { neighbor.database[LSAs(instance).key(lsa)] = lsa }
    neighbor.headersPerDescription = 100
    try neighbor.bringToFull()
    #expect(reached(bench) == [.requestList])
    let taken = bench.router.databaseSnapshot(at: bench.now).filter { !$0.isSelfOriginated }
    #expect(taken.count == 10)
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
}
