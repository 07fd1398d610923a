import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct DatabaseDescriptionReception {
  /// A neighbor with the higher router ID: it becomes master.
  private func master(_ bench: Bench) -> HandMadeNeighbor { HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3") }
  /// A neighbor with the lower router ID: it becomes slave.
  private func slave(_ bench: Bench) -> HandMadeNeighbor { HandMadeNeighbor(bench, "1.1.1.1", "192.0.2.1") }

  private let begin: DatabaseDescription.Flags = [.initialize, .more, .master]

  // MARK: Before the exchange

  @Test("RFC 2328 10.6: an MTU larger than ours is refused and both are named", arguments: ProtocolInstance.allCases)
  func mtu(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExStart()
    neighbor.interfaceMTU = 9000
    neighbor.sendDescription(begin, sequence: 10)
    #expect(bench.refusals == [.mtuMismatch(neighbor: 9000, ours: 1500)])
    #expect(neighbor.state == .exStart)
  }

  @Test(
    "RFC 2328 10.6: an MTU that is not larger than ours is accepted", arguments: ProtocolInstance.allCases,
    [UInt16(0), 576, 1500])
  func smallerMTU(instance: ProtocolInstance, _ mtu: UInt16) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExStart()
    neighbor.interfaceMTU = mtu
    neighbor.sendDescription(begin, sequence: 10)
    #expect(neighbor.state == .exchange)
  }

  @Test("with mtu-ignore a larger MTU is accepted", arguments: ProtocolInstance.allCases)
  func mtuIgnore(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench { $0.mtuIgnore = true }])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceMTU = 9000
    try neighbor.bringToExStart()
    neighbor.sendDescription(begin, sequence: 10)
    #expect(neighbor.state == .exchange)
  }

  @Test(
    "an exchange that has not got further begins anew with our new MTU, and does not repeat the old one for ever",
    arguments: ProtocolInstance.allCases, [NeighborState.exStart, .exchange])
  func changedMTU(instance: ProtocolInstance, state: NeighborState) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    if state == .exStart { try neighbor.bringToExStart() } else { try neighbor.bringToExchange() }
    let before = try neighbor.lastDescription()
    #expect(before.interfaceMTU == 1500)
    bench.changeInterface { $0.mtu = 1400 }
    let after = try neighbor.lastDescription()
    #expect(after.interfaceMTU == 1400)
    #expect(after.flags == begin)
    #expect(after.sequenceNumber != before.sequenceNumber)
    #expect(neighbor.state == .exStart)
  }

  @Test("a change of the MTU leaves an adjacency that is Full alone", arguments: ProtocolInstance.allCases)
  func changedMTUWhenFull(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    try neighbor.bringToFull()
    bench.changeInterface { $0.mtu = 1400 }
    #expect(neighbor.state == .full)
  }

  @Test(
    "RFC 2328 10.6 Init: a Database Description shows that the neighbor hears us, and is then processed",
    arguments: ProtocolInstance.allCases)
  func initState(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToInit()
    neighbor.sendDescription(begin, sequence: 10)
    #expect(neighbor.state == .exchange)
    #expect(bench.changes(of: "3.3.3.3").map(\.cause).contains(.twoWayReceived))
  }

  @Test("RFC 2328 10.6 2-Way: a Database Description is ignored", arguments: ProtocolInstance.allCases)
  func twoWayState(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToTwoWay()
    neighbor.sendDescription(begin, sequence: 10)
    #expect(neighbor.state == .twoWay)
    #expect(bench.sent(.databaseDescription).isEmpty)
  }

  // MARK: Negotiation

  @Test(
    "RFC 2328 10.8 ExStart: the first packet is empty, says I, M and MS, our MTU and options, and is repeated every RxmtInterval",
    arguments: ProtocolInstance.allCases)
  func firstDescription(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(mtu: 1492)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceMTU = 1492
    try neighbor.bringToExStart()
    let first = try neighbor.lastDescription()
    #expect(first.flags == begin)
    #expect(first.lsaHeaders.isEmpty)
    #expect(first.interfaceMTU == 1492)
    #expect(first.options.contains(.externalRouting))
    bench.run(for: .seconds(16))
    #expect(neighbor.descriptions.count == 4)
    #expect(Set(neighbor.descriptions).count == 1)
    let reference = try #require(bench.neighbor("3.3.3.3")).reference
    let again = RouterNote.descriptionRetransmitted(reference, ddSequenceNumber: first.sequenceNumber)
    #expect(bench.notes.map(\.note) == [again, again, again])
    #expect(zip(bench.notes, bench.notes.dropFirst()).allSatisfy { $1.time - $0.time == .seconds(5) })
  }

  @Test(
    "RFC 2328 10.6 ExStart: a higher router ID that begins makes us slave: we take its sequence number and answer without MS and I",
    arguments: ProtocolInstance.allCases)
  func becomesSlave(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExStart()
    neighbor.sendDescription(begin, sequence: 4711)
    #expect(neighbor.state == .exchange)
    #expect(bench.changes(of: "3.3.3.3").last?.cause == .negotiationDone)
    let answer = try neighbor.lastDescription()
    #expect(!answer.flags.contains(.master) && !answer.flags.contains(.initialize))
    #expect(answer.sequenceNumber == 4711)
    #expect(answer.lsaHeaders.map(\.key).contains(.router("2.2.2.2", instance)))
  }

  @Test(
    "RFC 2328 10.8 ExStart: a lower router ID that begins just after our first packet may have dropped it, and gets it again at once",
    arguments: ProtocolInstance.allCases)
  func repeatsForTheSlave(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "1.1.1.1", "192.0.2.1")
    try neighbor.bringToExStart()
    bench.run(for: .milliseconds(1))
    neighbor.sendDescription(begin, sequence: 10)
    neighbor.sendDescription(begin, sequence: 10)
    #expect(neighbor.descriptions.count == 1, "it may have crossed ours on the way")
    bench.run(for: .milliseconds(100))
    #expect(neighbor.descriptions.count == 2)
    #expect(Set(neighbor.descriptions).count == 1)
    bench.run(for: .seconds(4))
    #expect(neighbor.descriptions.count == 2)
  }

  @Test("RFC 2328 10.6 ExStart: a lower router ID that begins too is not followed", arguments: ProtocolInstance.allCases)
  func lowerRouterIDBegins(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    try neighbor.bringToExStart()
    neighbor.sendDescription(begin, sequence: 4711)
    #expect(neighbor.state == .exStart)
  }

  @Test(
    "RFC 2328 10.6 ExStart: a lower router ID that echoes our sequence number makes us master: we go on with the next number",
    arguments: ProtocolInstance.allCases)
  func becomesMaster(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    try neighbor.bringToExStart()
    let first = try neighbor.lastDescription()
    neighbor.sendDescription(.more, sequence: first.sequenceNumber)
    #expect(neighbor.state == .exchange)
    let next = try neighbor.lastDescription()
    #expect(next.flags.contains(.master) && !next.flags.contains(.initialize))
    #expect(next.sequenceNumber == first.sequenceNumber &+ 1)
    #expect(next.lsaHeaders.map(\.key).contains(.router("2.2.2.2", instance)))
  }

  @Test(
    "RFC 2328 10.6 ExStart: the headers in the packet with which a slave gives way are taken",
    arguments: ProtocolInstance.allCases)
  func headersOfTheFirstAnswer(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    let lsa = LSAs(instance).external(service, from: "1.1.1.1")
    try neighbor.bringToExStart()
    neighbor.sendDescription(.more, sequence: try neighbor.lastDescription().sequenceNumber, [LSAs(instance).header(lsa)])
    #expect(bench.neighbor("1.1.1.1")?.requestCount == 1)
  }

  @Test("RFC 2328 10.6 ExStart: anything else is ignored", arguments: ProtocolInstance.allCases)
  func neitherMasterNorSlave(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    try neighbor.bringToExStart()
    let sequence = try neighbor.lastDescription().sequenceNumber
    bench.forget()
    neighbor.sendDescription(.more, sequence: sequence &+ 5)
    neighbor.sendDescription([.more, .master], sequence: sequence)
    neighbor.sendDescription([.initialize, .more], sequence: sequence)
    #expect(bench.changes(of: "1.1.1.1").isEmpty)
    #expect(neighbor.state == .exStart)
    let higher = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    higher.designatedRouter = instance.identity(1)
    higher.backupDesignatedRouter = instance.identity(3)
    higher.startHellos()
    #expect(higher.state == .exStart)
    higher.sendDescription(begin, sequence: 9, [LSAs(instance).header(LSAs(instance).router("3.3.3.3"))])
    #expect(higher.state == .exStart)
  }

  // MARK: Exchange

  @Test("RFC 2328 10.6: as slave, a repeated packet is answered with the same packet again", arguments: ProtocolInstance.allCases)
  func duplicateForSlave(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExchange()
    let sequence = neighbor.ddSequenceNumber
    let first = try neighbor.lastDescription()
    bench.forget()
    neighbor.sendDescription(begin, sequence: sequence)
    #expect(neighbor.state == .exchange)
    #expect(neighbor.descriptions == [first])
    bench.forget()
    neighbor.sendDescription([.more, .master], sequence: sequence + 1)
    let second = try neighbor.lastDescription()
    bench.forget()
    neighbor.sendDescription([.more, .master], sequence: sequence + 1)
    #expect(neighbor.descriptions == [second])
    #expect(neighbor.state == .exchange)
  }

  @Test("RFC 2328 10.6: as master, a repeated packet is discarded", arguments: ProtocolInstance.allCases)
  func duplicateForMaster(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    try neighbor.bringToExchange()
    let sequence = neighbor.ddSequenceNumber
    bench.forget()
    neighbor.sendDescription(.more, sequence: sequence)
    #expect(neighbor.state == .exchange)
    #expect(neighbor.descriptions.isEmpty)
  }

  @Test(
    "RFC 2328 10.6: a packet from which the roles would be other ones begins the exchange anew",
    arguments: ProtocolInstance.allCases)
  func masterBitMismatch(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExchange()
    neighbor.sendDescription(.more, sequence: neighbor.ddSequenceNumber + 1)
    #expect(neighbor.state == .exStart)
    #expect(bench.changes(of: "3.3.3.3").last?.cause == .seqNumberMismatch)
  }

  @Test("RFC 2328 10.6: the I-bit in the middle of the exchange begins it anew", arguments: ProtocolInstance.allCases)
  func initializeBit(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExchange()
    bench.forget()
    neighbor.sendDescription(begin, sequence: neighbor.ddSequenceNumber + 1)
    #expect(bench.changes(of: "3.3.3.3").map(\.cause).first == .seqNumberMismatch)
    #expect(bench.changes(of: "3.3.3.3").map(\.to).first == .exStart)
  }

  @Test(
    "a neighbor that begins the exchange anew need not repeat itself: its first packet is taken as that",
    arguments: ProtocolInstance.allCases)
  func beginsAnew(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToFull()
    neighbor.automatic = .hellos
    bench.forget()
    neighbor.sendDescription(begin, sequence: 4711)
    #expect(bench.changes(of: "3.3.3.3").map(\.to) == [.exStart, .exchange])
    #expect(try neighbor.lastDescription().sequenceNumber == 4711)
    #expect(try neighbor.lastDescription().flags.isDisjoint(with: [.initialize, .master]))
  }

  @Test(
    "a slave that hears the first packet of a failed exchange again describes nothing in its answer, which may be taken for a repetition",
    arguments: ProtocolInstance.allCases)
  func sameNegotiation(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExchange()
    let sequence = neighbor.ddSequenceNumber
    neighbor.sendDescription([.more, .master], sequence: sequence + 7)
    #expect(neighbor.state == .exStart)
    neighbor.sendDescription(begin, sequence: sequence)
    #expect(neighbor.state == .exchange)
    #expect(try neighbor.lastDescription().lsaHeaders.isEmpty)
    #expect(try neighbor.lastDescription().flags == .more)
    neighbor.sendDescription([.more, .master], sequence: sequence + 1)
    #expect(try neighbor.lastDescription().lsaHeaders.map(\.key).contains(.router("2.2.2.2", instance)))
  }

  @Test("RFC 2328 10.6: other options than before begin the exchange anew", arguments: ProtocolInstance.allCases)
  func changedOptions(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExchange()
    neighbor.sendDescription(
      [.more, .master], sequence: neighbor.ddSequenceNumber + 1, options: [.externalRouting, .demandCircuits])
    #expect(neighbor.state == .exStart)
    #expect(bench.changes(of: "3.3.3.3").last?.cause == .seqNumberMismatch)
  }

  @Test(
    "RFC 2328 10.6: as slave, any other sequence number than the next begins the exchange anew",
    arguments: ProtocolInstance.allCases,
    [UInt32(2), 100])
  func sequenceForSlave(instance: ProtocolInstance, step: UInt32) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToExchange()
    neighbor.sendDescription([.more, .master], sequence: neighbor.ddSequenceNumber + step)
    #expect(neighbor.state == .exStart)
  }

  @Test(
    "RFC 2328 10.6: as master, any other sequence number than ours begins the exchange anew", arguments: ProtocolInstance.allCases
  )
  func sequenceForMaster(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    try neighbor.bringToExchange()
    neighbor.sendDescription(.more, sequence: try neighbor.lastDescription().sequenceNumber + 1)
    #expect(neighbor.state == .exStart)
  }

  @Test("RFC 2328 10.6: an unknown LS type in a header begins the exchange anew", arguments: [UInt16(0), 6, 8, 77])
  func unknownType(_ type: UInt16) throws {
    let bench = Bench(.ospfv2)
    let neighbor = master(bench)
    try neighbor.bringToExchange()
    var header = LSAs.v2.header(LSAs.v2.router("3.3.3.3"))
    header.key.lsType = LSType(rawValue: type)
    neighbor.sendDescription([.more, .master], sequence: neighbor.ddSequenceNumber + 1, [header])
    #expect(neighbor.state == .exStart)
    #expect(bench.changes(of: "3.3.3.3").last?.cause == .seqNumberMismatch)
  }

  @Test(
    "RFC 2328 10.6: an AS-external-LSA described in a stub area begins the exchange anew", arguments: ProtocolInstance.allCases)
  func externalInStubArea(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(areas: ["0.0.0.1": .stub]), interfaces: [.bench(area: "0.0.0.1")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExchange()
    let header = LSAs(instance).header(LSAs(instance).external(service, from: "3.3.3.3"))
    neighbor.sendDescription([.more, .master], sequence: neighbor.ddSequenceNumber + 1, [header])
    #expect(neighbor.state == .exStart)
  }

  @Test(
    "RFC 2328 10.6: what the neighbor has and we have not, or older, is requested; what we have is not",
    arguments: ProtocolInstance.allCases)
  func requestList(instance: ProtocolInstance) throws {
    let known = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 4))
    let trio = try Trio(instance, lsas: [known])
    let third = HandMadeNeighbor(trio.bench, "5.5.5.5", "192.0.2.5")
    for neighbor in [trio.designatedRouter, trio.backup, third] {
      neighbor.backupDesignatedRouter = instance.identity(5)
      neighbor.sendHello()
    }
    third.designatedRouter = instance.identity(3)
    try third.bringToExchange()
    trio.bench.forget()
    let older = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 3))
    let newer = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let unknown = LSAs(instance).external(otherService, from: "9.9.9.9")
    third.sendDescription([.more, .master], sequence: third.ddSequenceNumber + 1, [LSAs(instance).header(older)])
    third.sendDescription([.more, .master], sequence: third.ddSequenceNumber + 1, [LSAs(instance).header(known)])
    #expect(trio.bench.neighbor("5.5.5.5")?.requestCount == 0)
    third.sendDescription(
      [.more, .master], sequence: third.ddSequenceNumber + 1, [LSAs(instance).header(newer), LSAs(instance).header(unknown)])
    #expect(trio.bench.neighbor("5.5.5.5")?.requestCount == 2)
  }

  @Test(
    "RFC 2328 10.3 ExchangeDone: with nothing to request the neighbor is Full, with something it is Loading",
    arguments: ProtocolInstance.allCases)
  func exchangeDone(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    neighbor.database = [:]
    neighbor.automatic = [.exchange]
    neighbor.designatedRouter = instance.identity(3)
    neighbor.startHellos()
    #expect(neighbor.state == .full)
    let other = Bench(instance)
    try HandMadeNeighbor(other, "3.3.3.3", "192.0.2.3").bringToLoading()
  }

  // MARK: Loading and Full

  @Test(
    "RFC 2328 10.6 Full: as slave, the last packet is answered again while the neighbor may need it",
    arguments: ProtocolInstance.allCases)
  func duplicateInFull(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToFull()
    let last = try neighbor.lastDescription()
    bench.forget()
    neighbor.sendDescription(.master, sequence: neighbor.ddSequenceNumber)
    #expect(neighbor.state == .full)
    #expect(neighbor.descriptions == [last])
  }

  @Test(
    "RFC 2328 10.8: as slave, the last packet is kept for RouterDeadInterval; after that a repetition begins anew",
    arguments: ProtocolInstance.allCases)
  func lastPacketIsFreed(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = master(bench)
    try neighbor.bringToFull()
    neighbor.automatic.remove(.exchange)
    bench.run(for: .seconds(41))
    neighbor.sendDescription(.master, sequence: neighbor.ddSequenceNumber)
    #expect(neighbor.state == .exStart)
  }

  @Test("RFC 2328 10.6 Full: as master, a repeated packet is discarded", arguments: ProtocolInstance.allCases)
  func duplicateInFullForMaster(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = slave(bench)
    try neighbor.bringToFull()
    bench.forget()
    neighbor.sendDescription([], sequence: neighbor.ddSequenceNumber)
    #expect(neighbor.state == .full)
    #expect(neighbor.descriptions.isEmpty)
  }

  @Test("RFC 2328 10.6 Loading, Full: anything but a duplicate begins the exchange anew", arguments: ProtocolInstance.allCases)
  func unexpectedInFull(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    for routerID: RouterID in ["1.1.1.1", "3.3.3.3"] {
      let pair = try Pair(instance, neighbor: routerID)
      pair.neighbor.automatic = .hellos
      pair.neighbor.sendDescription([.more, .master], sequence: 123)
      #expect(pair.neighbor.state == .exStart)
    }
    let neighbor = master(bench)
    try neighbor.bringToLoading()
    neighbor.automatic = .hellos
    neighbor.sendDescription(.master, sequence: neighbor.ddSequenceNumber + 1)
    #expect(neighbor.state == .exStart)
  }
}
