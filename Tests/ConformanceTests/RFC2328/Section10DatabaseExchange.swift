import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct DatabaseExchange {
  private func manyExternals(_ instance: ProtocolInstance) -> [[UInt8]] {
    (0..<150).map { LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8($0), 0), length: 24), from: "9.9.9.9") }
  }

  @Test(
    "RFC 2328 10.10: two routers exchange their databases and become Full", arguments: ProtocolInstance.allCases,
    ["1.1.1.1", "3.3.3.3"] as [RouterID])
  func sample(instance: ProtocolInstance, routerID: RouterID) throws {
    let externals = manyExternals(instance)
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    let neighbor = HandMadeNeighbor(bench, routerID, "192.0.2.3")
    neighbor.headersPerDescription = 30
    try neighbor.bringToFull(externals)
    #expect(
      Set(neighbor.described.map(\.key)).isSuperset(of: [
        .router("2.2.2.2", instance), .external(service, from: "2.2.2.2", instance),
      ]))
    for lsa in externals {
      #expect(bench.databaseCopy(LSAs(instance).key(lsa))?.header.checksum == LSAs(instance).header(lsa).checksum)
    }
    #expect(neighbor.learned[.external(service, from: "2.2.2.2", instance)] != nil)
    let states = bench.changes(of: routerID).map(\.to)
    #expect(states.suffix(4) == [.exStart, .exchange, .loading, .full])
  }

  @Test(
    "RFC 2328 10.8: the master raises the sequence number with each packet, waits for its echo, and repeats after RxmtInterval",
    arguments: ProtocolInstance.allCases)
  func master(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "1.1.1.1", "192.0.2.1")
    try neighbor.bringToExchange()
    let first = try neighbor.lastDescription()
    bench.forget()
    bench.run(for: .seconds(11))
    #expect(neighbor.descriptions == [first, first])
    bench.forget()
    neighbor.sendDescription(.more, sequence: first.sequenceNumber)
    #expect(try neighbor.lastDescription().sequenceNumber == first.sequenceNumber + 1)
    #expect(neighbor.descriptions.count == 1)
  }

  @Test("RFC 2328 10.8: the slave sends only when it is asked", arguments: ProtocolInstance.allCases)
  func slave(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExchange()
    bench.forget()
    bench.run(for: .seconds(30))
    #expect(neighbor.descriptions.isEmpty)
  }

  @Test(
    "a slave whose master asks for nothing any more begins anew after RouterDeadInterval, however long RxmtInterval is",
    arguments: ProtocolInstance.allCases, [Duration.seconds(5), .seconds(30)])
  func forgottenSlave(instance: ProtocolInstance, rxmtInterval: Duration) throws {
    let bench = Bench(instance, interfaces: [.bench { $0.rxmtInterval = rxmtInterval }])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    // The network delivers the first packet of an exchange that the master has long forgotten, and loses what it is answered.
    neighbor.sendDescription([.initialize, .more, .master], sequence: 4711)
    #expect(neighbor.state == .exchange)
    bench.forget()
    bench.run(for: .seconds(39))
    #expect(neighbor.state == .exchange)
    bench.run(for: .seconds(2))
    #expect(neighbor.state == .exStart)
    #expect(try neighbor.lastDescription().flags == [.initialize, .more, .master])
  }

  @Test(
    "RFC 2328 10.8: the M-bit is clear in the last packet only, and a long database takes several packets",
    arguments: ProtocolInstance.allCases)
  func moreBit(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise((0..<200).map { .external(IPPrefix(host: .v4(IPv4Address(198, 18, 0, $0)))) })
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    let descriptions = neighbor.descriptions.filter { !$0.flags.contains(.initialize) }
    #expect(descriptions.count >= 3)
    #expect(descriptions.dropLast().allSatisfy { $0.flags.contains(.more) || $0.lsaHeaders.isEmpty })
    #expect(descriptions.last?.flags.contains(.more) == false)
    let keys = descriptions.flatMap(\.lsaHeaders).map(\.key)
    #expect(keys.count == Set(keys).count)
    #expect(keys.count { $0.lsType == instance.externalType } == 200)
  }

  @Test(
    "RFC 2328 10.3 NegotiationDone: an LSA at MaxAge is not described but put on the retransmission list",
    arguments: ProtocolInstance.allCases)
  func maxAgeIsNotDescribed(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    trio.backup.automatic.remove(.acknowledgments)
    trio.bench.advertise([.external(.service)])
    trio.bench.run(for: .seconds(3))
    trio.bench.advertise([])
    let third = HandMadeNeighbor(trio.bench, "5.5.5.5", "192.0.2.5")
    trio.designatedRouter.designatedRouter = instance.identity(5)
    trio.designatedRouter.sendHello()
    third.designatedRouter = instance.identity(5)
    third.automatic = [.exchange, .updates, .hellos]
    third.startHellos()
    #expect(third.described.contains { $0.key == .router("2.2.2.2", instance) })
    #expect(!third.described.contains { $0.key == .external(service, from: "2.2.2.2", instance) })
    #expect((trio.bench.neighbor("5.5.5.5")?.retransmissionCount ?? 0) >= 1)
    let flush = try #require(third.learned[.external(service, from: "2.2.2.2", instance)])
    #expect(LSAs(instance).header(flush).lsAge == 3600, "it is sent at once")
  }

  @Test("RFC 2328 10.3 NegotiationDone: AS-external-LSAs are not described in a stub area", arguments: ProtocolInstance.allCases)
  func noExternalsInStubArea(instance: ProtocolInstance) throws {
    let externals = manyExternals(instance)
    let between = try Between(instance, .bench(areas: ["0.0.0.1": .stub]), rightArea: "0.0.0.1", lsas: externals)
    #expect(between.bench.databaseCopy(LSAs(instance).key(externals[0])) != nil)
    #expect(between.left.described.count >= 1)
    #expect(!between.right.described.contains { $0.key.lsType == instance.externalType })
    #expect(!between.right.learned.keys.contains { $0.lsType == instance.externalType })
  }

  @Test(
    "RFC 2328 10.3 NegotiationDone: only the LSAs of the area, and AS-external-LSAs, are described",
    arguments: ProtocolInstance.allCases)
  func onlyTheArea(instance: ProtocolInstance) throws {
    let external = LSAs(instance).external(service, from: "9.9.9.9")
    let between = try Between(instance, leftArea: "0.0.0.1", rightArea: "0.0.0.2", lsas: [external])
    let keys = Set(between.right.described.map(\.key))
    #expect(keys.isSuperset(of: [.router("2.2.2.2", instance), LSAs(instance).key(external)]))
    #expect(!keys.contains(.router("3.3.3.3", instance)))
  }

  // MARK: Requests

  @Test(
    "RFC 2328 10.7: a request is answered with an update straight to the neighbor, which is not put on the retransmission list",
    arguments: ProtocolInstance.allCases)
  func requestAnswered(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.automatic = .hellos
    pair.neighbor.sendRequest([.router("2.2.2.2", instance)])
    let update = try pair.bench.only(pair.bench.sent(.linkStateUpdate), "updates")
    #expect(update.destination == instance.address("192.0.2.3"))
    #expect(update.updatedHeaders.map(\.key) == [.router("2.2.2.2", instance)])
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    pair.bench.forget()
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.sent(.linkStateUpdate).isEmpty)
  }

  @Test("RFC 2328 10.7: a request before Exchange is ignored", arguments: ProtocolInstance.allCases)
  func requestTooEarly(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    bench.forget()
    neighbor.sendRequest([.router("2.2.2.2", instance)])
    #expect(bench.sent(.linkStateUpdate).isEmpty)
    #expect(neighbor.state == .exStart)
    #expect(bench.refusals == [.neighborStateTooLow(type: .linkStateRequest, state: .exStart)])
  }

  @Test(
    "RFC 2328 10.9: requests go to the neighbor, are repeated after RxmtInterval, and end with the updates",
    arguments: ProtocolInstance.allCases)
  func requests(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading([LSAs(instance).external(service, from: "3.3.3.3")])
    let wanted: Set<LSAKey> = [.router("3.3.3.3", instance), .external(service, from: "3.3.3.3", instance)]
    #expect(Set(bench.sent(.linkStateRequest).flatMap(\.requests)) == wanted)
    bench.forget()
    bench.run(for: .seconds(6))
    let repeated = try bench.only(bench.sent(.linkStateRequest), "requests")
    #expect(Set(repeated.requests) == wanted)
    #expect(repeated.destination == instance.address("192.0.2.3"))
    let reference = try #require(bench.neighbor("3.3.3.3")).reference
    #expect(bench.notes.map(\.note) == [.requestsRetransmitted(reference, ListedLSAs(repeated.requests))])
    bench.forget()
    neighbor.sendUpdate([LSAs(instance).router("3.3.3.3")])
    #expect(neighbor.state == .loading)
    #expect(bench.neighbor("3.3.3.3")?.requestCount == 1)
    bench.run(for: .seconds(6))
    #expect(bench.sent(.linkStateRequest).last?.requests == [.external(service, from: "3.3.3.3", instance)])
    neighbor.sendUpdate([LSAs(instance).external(service, from: "3.3.3.3")])
    #expect(neighbor.state == .full)
    #expect(bench.changes(of: "3.3.3.3").last?.cause == .loadingDone)
    bench.forget()
    bench.run(for: .seconds(30))
    #expect(bench.sent(.linkStateRequest).isEmpty)
    #expect(!bench.notes.contains { if case .requestsRetransmitted = $0.note { true } else { false } })
  }

  @Test(
    "RFC 2328 10.9: one request packet is under way at a time, and the next follows when it is answered",
    arguments: ProtocolInstance.allCases)
  func oneRequestPacketAtATime(instance: ProtocolInstance) throws {
    let externals = manyExternals(instance)
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading(externals)
    let first = try bench.only(bench.sent(.linkStateRequest), "request packets")
    #expect(first.requests.count < externals.count + 1)
    bench.forget()
    neighbor.automatic.insert(.updates)
    for key in first.requests { if let lsa = neighbor.database[key] { neighbor.sendUpdate([lsa]) } }
    #expect(neighbor.state == .full)
    #expect(Set(bench.sent(.linkStateRequest).flatMap(\.requests)).isDisjoint(with: first.requests))
  }

  @Test("RFC 2328 10.3: a lost packet anywhere in the exchange only delays it", arguments: ProtocolInstance.allCases, 0..<40)
  func loss(instance: ProtocolInstance, seed: Int) throws {
    let network = VirtualNetwork(instance, seed: UInt64(seed))
    let segment = network.addSegment(
      VirtualSegment(.pointToPoint, "192.0.2.0/24", faults: .init(loss: 25, duplication: 10)))
    for routerID: RouterID in ["1.1.1.1", "2.2.2.2"] {
      let host = network.addHost(.bench(routerID))
      network.attach(host, to: segment, InterfaceSettings(area: .backbone, routerDeadInterval: .seconds(100)))
      network.start(host)
      network.advertise(host, [.external(host == 0 ? .service : .otherService)])
    }
    network.run(for: .seconds(200))
    #expect(network.neighbors(0).map(\.state) == [.full])
    #expect(network.neighbors(1).map(\.state) == [.full])
    #expect(Set(network.database(0).map(\.header.key)) == Set(network.database(1).map(\.header.key)))
    // A router-LSA and an external of each; in OSPFv3 also a link-LSA and the prefix of the link.
    #expect(network.database(0).count == (instance.version == .v2 ? 4 : 8))
  }

  @Test("RFC 2328 10.7: in OSPFv2 a request for a type of more than 16 bits is BadLSReq, in OSPFv3 the upper half is reserved")
  func wideRequest() throws {
    for instance in ProtocolInstance.allCases {
      let pair = try Pair(instance)
      pair.neighbor.automatic = .hellos
      var request = LinkStateRequest(requests: [.router("2.2.2.2", instance)])
      request.reserved = [1]
      pair.neighbor.send(.linkStateRequest(request))
      #expect(pair.bench.refusals.isEmpty)
      let change = pair.bench.changes(of: "3.3.3.3").first
      #expect((change?.to == .exStart && change?.cause == .badLSReq) == (instance.version == .v2))
      #expect(pair.bench.flooded(.router("2.2.2.2", instance)).isEmpty == (instance.version == .v2))
    }
  }

  @Test(
    "RFC 2328 10.7: a request that comes while we describe is answered after our last Database Description",
    arguments: ProtocolInstance.allCases, ["1.1.1.1", "3.3.3.3"] as [RouterID])
  func requestDuringExchange(instance: ProtocolInstance, routerID: RouterID) throws {
    let bench = Bench(instance)
    bench.advertise((0..<200).map { .external(.v4(IPv4Prefix(IPv4Address(198, 18, 0, UInt8($0)), length: 32))) })
    let neighbor = HandMadeNeighbor(bench, routerID, "192.0.2.3")
    try neighbor.bringToExchange()
    #expect(try neighbor.lastDescription().flags.contains(.more))
    let keys = try neighbor.lastDescription().lsaHeaders.map(\.key)
    let wanted = keys.isEmpty ? [LSAKey.router("2.2.2.2", instance)] : Array(keys.prefix(30))
    neighbor.sendRequest(wanted)
    neighbor.sendRequest(wanted)
    #expect(bench.sent(.linkStateUpdate).isEmpty)
    while try neighbor.lastDescription().flags.contains(.more) {
      #expect(bench.sent(.linkStateUpdate).isEmpty)
      let ours = try neighbor.lastDescription()
      if routerID == "1.1.1.1" {
        neighbor.sendDescription([], sequence: ours.sequenceNumber)
      } else {
        neighbor.sendDescription(.master, sequence: ours.sequenceNumber &+ 1)
      }
    }
    if routerID == "1.1.1.1" { neighbor.sendDescription([], sequence: try neighbor.lastDescription().sequenceNumber) }
    #expect(bench.sent(.linkStateUpdate).flatMap(\.updatedHeaders).map(\.key).sorted() == wanted.sorted(), "each once")
    let lastDescription = bench.sent.lastIndex { $0.type == .databaseDescription } ?? 0
    let firstUpdate = bench.sent.firstIndex { $0.type == .linkStateUpdate } ?? 0
    #expect(lastDescription < firstUpdate)
  }

  @Test(
    "RFC 2328 10.7: a neighbor that needs several requests is answered when it has said everything too",
    arguments: ProtocolInstance.allCases)
  func requestWhileTheNeighborDescribes(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise((0..<200).map { .external(.v4(IPv4Prefix(IPv4Address(198, 18, 0, UInt8($0)), length: 32))) })
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExchange()
    while try neighbor.lastDescription().flags.contains(.more) {
      neighbor.sendDescription([.master, .more], sequence: try neighbor.lastDescription().sequenceNumber &+ 1)
    }
    neighbor.sendRequest([.router("2.2.2.2", instance)])
    #expect(bench.sent(.linkStateUpdate).isEmpty)
    neighbor.sendDescription(.master, sequence: try neighbor.lastDescription().sequenceNumber &+ 1)
    #expect(bench.flooded(.router("2.2.2.2", instance)).count == 1)
  }

  @Test(
    "RFC 2328 10.7: a neighbor that has only little to ask for is answered while it still describes",
    arguments: ProtocolInstance.allCases)
  func littleRequest(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToExchange()
    neighbor.sendRequest([.router("2.2.2.2", instance)])
    #expect(bench.flooded(.router("2.2.2.2", instance)).count == 1)
  }

  @Test("what is held for a neighbor goes with the exchange", arguments: ProtocolInstance.allCases)
  func heldRequestsAreForgotten(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise((0..<200).map { .external(.v4(IPv4Prefix(IPv4Address(198, 18, 0, UInt8($0)), length: 32))) })
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExchange()
    neighbor.sendRequest([.router("2.2.2.2", instance)])
    neighbor.sendDescription([.initialize, .more, .master], sequence: 77)
    neighbor.automatic = [.hellos, .exchange]
    bench.run(for: .seconds(10))
    #expect(bench.flooded(.router("2.2.2.2", instance)).isEmpty)
  }

  @Test(
    "RFC 2328 10.8: a master that gets no answer for RouterDeadInterval begins anew, and describes what there is by then",
    arguments: ProtocolInstance.allCases)
  func unansweredDescription(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    let slave = HandMadeNeighbor(bench, "1.1.1.1", "192.0.2.1")
    try slave.bringToExchange()
    #expect(try slave.lastDescription().lsaHeaders.contains { $0.key == .external(service, from: "2.2.2.2", instance) })
    bench.advertise([])
    slave.automatic = .hellos
    bench.run(for: .seconds(39))
    #expect(slave.state == .exchange)
    bench.run(for: .seconds(2))
    #expect(slave.state == .exStart)
    #expect(bench.changes(of: "1.1.1.1").last?.cause == .seqNumberMismatch)
    slave.automatic = .all
    bench.forget()
    bench.run(for: .seconds(10))
    #expect(slave.state == .full)
    #expect(!slave.descriptions.flatMap(\.lsaHeaders).contains { $0.key == .external(service, from: "2.2.2.2", instance) })
  }

  @Test(
    "RFC 2328 10.8: a master repeats its Database Description at least once before it begins anew, however long RxmtInterval is",
    arguments: ProtocolInstance.allCases)
  func unansweredForLongRxmtInterval(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench { $0.rxmtInterval = .seconds(30) }])
    let slave = HandMadeNeighbor(bench, "1.1.1.1", "192.0.2.1")
    try slave.bringToExchange()
    let first = try slave.lastDescription()
    bench.forget()
    bench.run(for: .seconds(59))
    #expect(slave.state == .exchange)
    #expect(slave.descriptions == [first])
    bench.run(for: .seconds(2))
    #expect(slave.state == .exStart)
  }

  // MARK: What can never be had

  @Test(
    "an LSA whose octets contradict each other is refused: not kept, not acknowledged, not described, and Full comes without it",
    arguments: ProtocolInstance.allCases)
  func contradictoryAnswer(instance: ProtocolInstance) throws {
    let lsa = LSAs.withExcess(LSAs(instance).external(service, from: "9.9.9.9"))
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToLoading([lsa])
    neighbor.sendUpdate([LSAs(instance).router("3.3.3.3"), lsa])
    #expect(neighbor.state == .full)
    #expect(bench.databaseCopy(LSAs(instance).key(lsa)) == nil)
    #expect(bench.refusals.count == 1)
    bench.forget()
    bench.run(for: .seconds(30))
    #expect(bench.sent(.linkStateRequest).isEmpty)
  }

  @Test("what a forger makes up in our name and contradicts itself changes nothing", arguments: ProtocolInstance.allCases)
  func contradictoryForgery(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "1.1.1.1", "192.0.2.1")
    try neighbor.bringToFull([])
    let key = LSAKey.router("2.2.2.2", instance)
    let before = try #require(bench.databaseCopy(key)).header
    bench.forget()
    neighbor.sendUpdate([
      LSAs.withExcess(LSAs(instance).router("2.2.2.2", sequence: before.sequenceNumber.advanced(by: 5)))
    ])
    bench.run(for: .seconds(2))
    #expect(bench.databaseCopy(key)?.header.sequenceNumber == before.sequenceNumber)
    #expect(bench.acknowledged(key).isEmpty)
    #expect(bench.flooded(key).isEmpty)
    #expect(neighbor.state == .full)
  }

  @Test(
    "an LSA that is described with DoNotAge or with the reserved sequence number is not asked for, and Full comes",
    arguments: ProtocolInstance.allCases)
  func unacceptableDescription(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToFull([
      LSAs.aged(lsas.external(service, from: "9.9.9.9"), to: 0x8005),
      lsas.external(otherService, from: "9.9.9.9", sequence: .reserved),
    ])
    #expect(bench.refusals == [.malformed(.value(what: "LS age", 0x8005))])
    #expect(bench.sent(.linkStateRequest).flatMap(\.requests) == [.router("3.3.3.3", instance)])
  }

  @Test("an answer that no router may keep ends the request all the same, and Full comes", arguments: ProtocolInstance.allCases)
  func unacceptableAnswer(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToLoading([lsa])
    neighbor.sendUpdate([LSAs(instance).router("3.3.3.3"), LSAs.aged(lsa, to: 0x8005)])
    #expect(neighbor.state == .full)
    bench.forget()
    bench.run(for: .seconds(30))
    #expect(bench.sent(.linkStateRequest).isEmpty)
  }

  @Test(
    "RFC 2328 10.9: one LSA more than a request has room for is asked for in another one", arguments: ProtocolInstance.allCases)
  func oneMoreThanARequest(instance: ProtocolInstance) throws {
    // What 1500 octets leave for entries of 12 octets, our neighbor's router-LSA among them.
    let capacity = instance.version == .v2 ? (1500 - 20 - 24) / 12 : (1500 - 40 - 16) / 12
    let (bench, neighbor) = strangers(instance)
    neighbor.headersPerDescription = capacity + 1
    try neighbor.bringToFull(
      (0..<capacity).map {
        LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8($0), 0), length: 24), from: "9.9.9.9")
      })
    #expect(bench.sent(.linkStateRequest).map(\.requests.count) == [capacity, 1])
  }

  @Test(
    "a change of the interface that the Database Descriptions do not tell does not begin the exchange anew",
    arguments: ProtocolInstance.allCases)
  func unrelatedChange(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToExchange()
    bench.forget()
    bench.changeInterface { $0.settings.cost = 77 }
    #expect(neighbor.state == .exchange)
    #expect(bench.changes(of: "3.3.3.3").isEmpty)
    #expect(bench.sent(.databaseDescription).isEmpty)
  }
}
