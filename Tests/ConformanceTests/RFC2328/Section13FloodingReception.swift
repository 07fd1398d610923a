import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct FloodingReception {
  @Test("RFC 2328 13: an update before Exchange is ignored", arguments: ProtocolInstance.allCases)
  func tooEarly(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    bench.forget()
    neighbor.sendUpdate([first])
    #expect(bench.databaseCopy(LSAs(instance).key(first)) == nil)
    #expect(bench.acknowledged(LSAs(instance).key(first)).isEmpty)
    #expect(bench.refusals == [.neighborStateTooLow(type: .linkStateUpdate, state: .exStart)])
  }

  @Test(
    "RFC 2328 13(1): an LSA with a wrong checksum is dropped unacknowledged, the others in the packet are taken",
    arguments: ProtocolInstance.allCases)
  func checksum(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(instance)
    var broken = first
    broken[24] ^= 1
    let good = LSAs(instance).external(otherService, from: "9.9.9.9")
    pair.neighbor.sendUpdate([broken, good])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(LSAs(instance).key(first)) == nil)
    #expect(pair.bench.databaseCopy(LSAs(instance).key(good)) != nil)
    #expect(pair.bench.acknowledged(LSAs(instance).key(first)).isEmpty)
    #expect(!pair.bench.acknowledged(LSAs(instance).key(good)).isEmpty)
  }

  @Test(
    "RFC 2328 13(2): an LSA of an unknown type is dropped unacknowledged, the others are taken",
    arguments: [UInt16(0), 6, 8, 12, 200])
  func unknownType(_ type: UInt16) throws {
    let first = LSAs(.ospfv2).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(.ospfv2)
    let unknown = LSAs.v2.make(LSType(rawValue: type), id: "1.1.1.1", from: "9.9.9.9", body: .opaque([1, 2, 3, 4]))
    pair.neighbor.sendUpdate([unknown, first])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(LSAs.v2.key(unknown)) == nil)
    #expect(pair.bench.acknowledged(LSAs.v2.key(unknown)).isEmpty)
    #expect(pair.bench.databaseCopy(LSAs.v2.key(first)) != nil)
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
  }

  @Test(
    "RFC 2328 13(3), RFC 3101 2.2: an AS-external-LSA in a stub area or NSSA is dropped unacknowledged",
    arguments: ProtocolInstance.allCases, [AreaConfiguration.stub, .nssa])
  func externalInStubArea(instance: ProtocolInstance, kind: AreaConfiguration) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(instance, .pointToPoint, .bench(areas: ["0.0.0.1": kind]), area: "0.0.0.1")
    pair.neighbor.sendUpdate([first])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(LSAs(instance).key(first)) == nil)
    #expect(pair.bench.acknowledged(LSAs(instance).key(first)).isEmpty)
  }

  @Test(
    "RFC 3101 2.2: a type 7 LSA outside of an NSSA is dropped unacknowledged", arguments: ProtocolInstance.allCases,
    [AreaConfiguration.stub, .normal])
  func nssaExternalElsewhere(instance: ProtocolInstance, kind: AreaConfiguration) throws {
    let pair = try Pair(instance, .pointToPoint, .bench(areas: ["0.0.0.1": kind]), area: "0.0.0.1")
    let lsa = LSAs(instance).nssaExternal(service, from: "9.9.9.9", forwardingAddress: "192.0.2.3")
    pair.neighbor.sendUpdate([lsa])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(LSAs(instance).key(lsa)) == nil)
    #expect(pair.bench.acknowledged(LSAs(instance).key(lsa)).isEmpty)
  }

  @Test(
    "RFC 2328 13(4): an unknown LSA at MaxAge is acknowledged at once and not kept, when nobody is in Exchange or Loading",
    arguments: ProtocolInstance.allCases)
  func maxAgeUnknown(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let between = try Between(instance)
    between.left.sendUpdate([LSAs.aged(first, to: 3600)])
    let acknowledgment = try between.bench.only(between.bench.acknowledged(LSAs(instance).key(first)), "acknowledgments")
    #expect(acknowledgment.destination == instance.address("192.0.2.3"))
    #expect(between.bench.databaseCopy(LSAs(instance).key(first)) == nil)
    #expect(between.bench.flooded(LSAs(instance).key(first)).isEmpty)
  }

  @Test(
    "RFC 2328 13(4): while a neighbor is in Exchange, an unknown LSA at MaxAge is installed and flooded",
    arguments: ProtocolInstance.allCases)
  func maxAgeDuringExchange(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToExchange()
    bench.forget()
    left.sendUpdate([LSAs.aged(first, to: 3600)])
    #expect(bench.databaseCopy(LSAs(instance).key(first))?.header.lsAge == 3600)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
  }

  @Test(
    "RFC 2328 13(5): an unknown LSA, or a newer instance, is installed, flooded on and acknowledged",
    arguments: ProtocolInstance.allCases)
  func newer(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let between = try Between(instance)
    between.left.sendUpdate([first])
    #expect(between.bench.databaseCopy(LSAs(instance).key(first))?.bytes.dropFirst(2) == first.dropFirst(2))
    #expect(between.right.learned[LSAs(instance).key(first)]?.dropFirst(2) == first.dropFirst(2))
    between.bench.run(for: .seconds(2))
    #expect(between.bench.acknowledged(LSAs(instance).key(first)).count == 1)
    let second = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6), metric: 5)
    between.left.sendUpdate([second])
    #expect(between.bench.databaseCopy(LSAs(instance).key(first))?.header.sequenceNumber == .initial.advanced(by: 6))
    #expect(between.right.learned[LSAs(instance).key(first)]?.dropFirst(2) == second.dropFirst(2))
  }

  @Test(
    "RFC 2328 13(5a): an instance younger than MinLSArrival is discarded unacknowledged", arguments: ProtocolInstance.allCases)
  func minLSArrival(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([first])
    pair.bench.run(for: .milliseconds(900))
    pair.bench.forget()
    let second = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6))
    pair.neighbor.sendUpdate([second])
    #expect(pair.bench.databaseCopy(LSAs(instance).key(first))?.header.sequenceNumber == .initial.advanced(by: 5))
    pair.bench.run(for: .milliseconds(200))
    #expect(!pair.bench.sent.flatMap(\.acknowledgedHeaders).contains { $0.sequenceNumber == .initial.advanced(by: 6) })
    pair.neighbor.sendUpdate([second])
    #expect(pair.bench.databaseCopy(LSAs(instance).key(first))?.header.sequenceNumber == .initial.advanced(by: 6))
  }

  @Test(
    "RFC 2328 13(5a): what was received in a database exchange does not delay what is flooded",
    arguments: ProtocolInstance.allCases)
  func minLSArrivalAfterExchange(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading([first])
    neighbor.sendUpdate([first, LSAs(instance).router("3.3.3.3")])
    #expect(neighbor.state == .full)
    bench.run(for: .milliseconds(1))
    neighbor.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6))])
    #expect(bench.databaseCopy(LSAs(instance).key(first))?.header.sequenceNumber == .initial.advanced(by: 6))
  }

  @Test("RFC 2328 13(5c): a newer instance takes the old one off all retransmission lists", arguments: ProtocolInstance.allCases)
  func replacesRetransmission(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let between = try Between(instance)
    between.right.automatic.remove(.acknowledgments)
    between.left.sendUpdate([first])
    between.bench.run(for: .milliseconds(1100))
    let second = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6))
    between.left.sendUpdate([second])
    #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
    between.bench.forget()
    between.bench.run(for: .seconds(12))
    let sequences = Set(between.bench.flooded(LSAs(instance).key(first)).map(\.header.sequenceNumber))
    #expect(sequences == [.initial.advanced(by: 6)])
  }

  @Test(
    "RFC 2328 13(6): an instance that is not newer than what is on the request list means that the exchange went wrong",
    arguments: ProtocolInstance.allCases)
  func onRequestList(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull([first])
    // The neighbor describes a newer instance than it then delivers: the one that we have already.
    neighbor.automatic = [.hellos, .exchange]
    let second = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6))
    neighbor.database[LSAs(instance).key(second)] = second
    neighbor.sendRequest([.external(otherService, from: "8.8.8.8", instance)])
    #expect(neighbor.state == .loading)
    bench.forget()
    neighbor.automatic = .hellos
    neighbor.sendUpdate([first])
    #expect(neighbor.state == .exStart)
    #expect(bench.changes(of: "3.3.3.3").map(\.cause) == [.badLSReq])
  }

  @Test(
    "RFC 2328 13(7a): the same instance from a neighbor that owes an acknowledgment is one, and is not acknowledged by a DROther's peer",
    arguments: ProtocolInstance.allCases)
  func impliedAcknowledgment(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.advertise([.external(.service)])
    let owed = try #require(pair.bench.neighbor("3.3.3.3")?.retransmissionCount)
    let own = try #require(pair.neighbor.learned[.external(service, from: "2.2.2.2", instance)])
    pair.bench.forget()
    pair.neighbor.sendUpdate([own])
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == owed - 1)
    pair.bench.run(for: .seconds(4))
    #expect(pair.bench.acknowledged(.external(service, from: "2.2.2.2", instance)).isEmpty)
  }

  @Test("RFC 2328 13(7b): a duplicate is acknowledged at once, straight to its sender", arguments: ProtocolInstance.allCases)
  func duplicate(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([first])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.neighbor.sendUpdate([first])
    let acknowledgment = try pair.bench.only(pair.bench.sent(.linkStateAcknowledgment), "acknowledgments")
    #expect(acknowledgment.destination == instance.address("192.0.2.3"))
    #expect(acknowledgment.acknowledgedHeaders.map(\.key) == [LSAs(instance).key(first)])
  }

  @Test(
    "RFC 2328 13(8): an older instance is answered with ours, straight to its sender and without acknowledgment",
    arguments: ProtocolInstance.allCases)
  func older(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([first])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial)])
    let update = try pair.bench.only(pair.bench.sent(.linkStateUpdate), "updates")
    #expect(update.destination == instance.address("192.0.2.3"))
    #expect(update.updatedHeaders.map(\.sequenceNumber) == [.initial.advanced(by: 5)])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.acknowledged(LSAs(instance).key(first)).isEmpty)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
  }

  @Test("RFC 2328 13(8): our copy is not sent again within MinLSArrival", arguments: ProtocolInstance.allCases)
  func olderTwice(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([first])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    let old = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial)
    for _ in 0..<5 { pair.neighbor.sendUpdate([old]) }
    #expect(pair.bench.sent(.linkStateUpdate).count == 1)
    pair.bench.run(for: .milliseconds(1100))
    pair.neighbor.sendUpdate([old])
    #expect(pair.bench.sent(.linkStateUpdate).count == 2)
  }

  @Test(
    "RFC 2328 13(8): a copy that has not been sent yet is sent at once, however lately it came or the instance before it was sent",
    arguments: ProtocolInstance.allCases)
  func olderThanUnsent(instance: ProtocolInstance) throws {
    let instances = (0..<3).map {
      LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: $0))
    }
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([instances[1]])
    pair.neighbor.sendUpdate([instances[0]])
    let key = LSAs(instance).key(instances[0])
    #expect(pair.bench.flooded(key).map(\.header.sequenceNumber) == [.initial.advanced(by: 1)])

    let other = try Pair(instance)
    other.neighbor.sendUpdate([instances[1]])
    other.bench.run(for: .milliseconds(600))
    other.neighbor.sendUpdate([instances[0]])
    other.bench.run(for: .milliseconds(500))
    other.bench.forget()
    other.neighbor.sendUpdate([instances[2]])
    other.neighbor.sendUpdate([instances[1]])
    #expect(other.bench.flooded(key).map(\.header.sequenceNumber) == [.initial.advanced(by: 2)])
  }

  @Test(
    "RFC 2328 13(8): when ours is at MaxAge with MaxSequenceNumber the older one is discarded in silence",
    arguments: ProtocolInstance.allCases)
  func olderThanWrapping(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let trio = try Trio(instance)
    trio.backup.automatic.remove(.acknowledgments)
    let last = LSAs(instance).external(service, from: "9.9.9.9", sequence: .max)
    trio.designatedRouter.sendUpdate([last])
    trio.bench.run(for: .seconds(2))
    trio.designatedRouter.sendRequest([LSAs(instance).key(last)])
    let right = HandMadeNeighbor(trio.bench, "5.5.5.5", "192.0.2.5")
    right.designatedRouter = instance.identity(3)
    trio.designatedRouter.backupDesignatedRouter = instance.identity(5)
    trio.designatedRouter.sendHello()
    right.backupDesignatedRouter = instance.identity(5)
    try right.bringToExchange()
    trio.designatedRouter.sendUpdate([LSAs.aged(last, to: 3600)])
    #expect(trio.bench.databaseCopy(LSAs(instance).key(last))?.header.lsAge == 3600)
    trio.bench.run(for: .seconds(2))
    trio.bench.forget()
    trio.designatedRouter.sendUpdate([first])
    #expect(trio.bench.flooded(LSAs(instance).key(first)).isEmpty)
    #expect(trio.bench.acknowledged(LSAs(instance).key(first)).isEmpty)
  }

  @Test("RFC 2328 13: an update in which lengths do not agree is refused whole", arguments: ProtocolInstance.allCases)
  func brokenLength(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let pair = try Pair(instance)
    var lsa = first
    lsa[19] += 4
    pair.neighbor.sendUpdate([lsa])
    guard case .malformed(.length) = try pair.bench.only(pair.bench.refusals, "refusals") else {
      throw TestFailure("\(pair.bench.refusals)")
    }
    #expect(pair.bench.databaseCopy(LSAs(instance).key(first)) == nil)
  }

  @Test("an LSA whose body is no LSA of its type disturbs nothing", arguments: ProtocolInstance.allCases)
  func brokenBody(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let lsa = LSAs(instance).make(.asExternal, id: "203.0.113.1", from: "9.9.9.9", body: .opaque([255, 255]))
    let router = LSAs(instance).make(.router, id: "9.9.9.9", from: "9.9.9.9", body: .opaque([0, 0, 0, 9, 1, 2, 3, 4]))
    pair.neighbor.sendUpdate([lsa, router])
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
    #expect(pair.bench.undecodable.isEmpty)
  }

  @Test(
    "RFC 2328 13(5a): what comes in answer to our request is taken, however lately another instance was flooded",
    arguments: ProtocolInstance.allCases)
  func answersAreNotFlooded(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToLoading([lsas.external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6))])
    left.sendUpdate([lsas.external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))])
    right.sendUpdate([lsas.external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6)), lsas.router("4.4.4.4")])
    #expect(bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 6))
    #expect(right.state == .full)
  }

  @Test(
    "RFC 2328 12.1.6: an LSA with the reserved sequence number is refused, unacknowledged", arguments: ProtocolInstance.allCases)
  func reservedSequenceNumber(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let lsa = LSAs(instance).external(service, from: "9.9.9.9", sequence: .reserved)
    pair.neighbor.sendUpdate([lsa])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(LSAs(instance).key(lsa)) == nil)
    #expect(pair.bench.acknowledged(LSAs(instance).key(lsa)).isEmpty)
    #expect(pair.bench.refusals == [.malformed(.value(what: "LS sequence number", 0x8000_0000))])
  }

  @Test(
    "RFC 2328 13: as slave that has received only the first packet, an update is taken, and described to its sender",
    arguments: ProtocolInstance.allCases)
  func updateAfterTheFirstDescription(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToExchange()
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    neighbor.sendUpdate([lsa])
    #expect(bench.databaseCopy(LSAs(instance).key(lsa)) != nil)
    neighbor.sendDescription(.master, sequence: neighbor.ddSequenceNumber &+ 1)
    #expect(try neighbor.lastDescription().lsaHeaders.map(\.key).contains(LSAs(instance).key(lsa)))
    #expect(bench.refusals.isEmpty)
  }

  @Test(
    "RFC 2328 13(5c): a neighbor that sends a newer instance owes no acknowledgment of the old one, and is not sent it again",
    arguments: ProtocolInstance.allCases)
  func newerFromWhoOwes(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let between = try Between(instance)
    between.right.automatic.remove(.acknowledgments)
    between.left.sendUpdate([first])
    between.bench.run(for: .milliseconds(1100))
    between.right.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6))])
    #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
    between.bench.forget()
    between.bench.run(for: .seconds(12))
    #expect(between.bench.flooded(LSAs(instance).key(first)).isEmpty)
  }

  @Test(
    "RFC 2328 13: an LSA that has been described to a neighbor is not described again when the neighbor sends a newer instance",
    arguments: ProtocolInstance.allCases)
  func newerThanDescribed(instance: ProtocolInstance) throws {
    let first = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let trio = try Trio(instance, lsas: [first])
    let third = HandMadeNeighbor(trio.bench, "5.5.5.5", "192.0.2.5")
    for neighbor in [trio.designatedRouter, trio.backup, third] {
      neighbor.designatedRouter = instance.identity(3)
      neighbor.backupDesignatedRouter = instance.identity(5)
      neighbor.sendHello()
    }
    try third.bringToExchange()
    #expect(try third.lastDescription().lsaHeaders.map(\.key).contains(LSAs(instance).key(first)))
    third.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 6))])
    #expect(trio.bench.databaseCopy(LSAs(instance).key(first))?.header.sequenceNumber == .initial.advanced(by: 6))
    third.sendDescription(.master, sequence: third.ddSequenceNumber &+ 1)
    #expect(try third.lastDescription().lsaHeaders.isEmpty)
  }

  @Test(
    "RFC 2328 13(8): ours is sent back to an older one although it has MaxSequenceNumber, while it is not at MaxAge",
    arguments: ProtocolInstance.allCases)
  func olderThanTheLastNumber(instance: ProtocolInstance) throws {
    let last = LSAs(instance).external(service, from: "9.9.9.9", sequence: .max)
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([last])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9")])
    #expect(pair.bench.flooded(LSAs(instance).key(last)).map(\.header.sequenceNumber) == [.max])
  }
}
