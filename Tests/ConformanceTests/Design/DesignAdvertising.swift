import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// What a daemon must know about its advertisements: whether everybody has heard.
@Suite struct Advertising {
  private func isAcknowledged(_ bench: Bench, _ prefix: IPPrefix) -> Bool? {
    bench.router.snapshot(at: bench.now).advertisements.first { $0.advertisement.prefix == prefix }?.isAcknowledged
  }

  @Test(
    "an announcement is reported as acknowledged when the last adjacent neighbor has acknowledged it",
    arguments: ProtocolInstance.allCases, [true, false])
  func announcement(instance: ProtocolInstance, external: Bool) throws {
    let between = try Between(instance)
    between.right.automatic.remove(.acknowledgments)
    between.bench.advertise([external ? .external(.service) : .stub(.service)])
    between.bench.run(for: .seconds(2))
    #expect(!between.bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
    #expect(isAcknowledged(between.bench, instance.prefix(service)) == false)
    between.right.automatic.insert(.acknowledgments)
    between.bench.run(for: .seconds(6))
    #expect(between.bench.events.count { $0 == .advertisementAcknowledged(instance.prefix(service)) } == 1)
    #expect(isAcknowledged(between.bench, instance.prefix(service)) == true)
  }

  @Test(
    "a withdrawal is reported as acknowledged when the last adjacent neighbor has acknowledged it",
    arguments: ProtocolInstance.allCases,
    [true, false])
  func withdrawal(instance: ProtocolInstance, external: Bool) throws {
    let between = try Between(instance)
    between.bench.advertise([external ? .external(.service) : .stub(.service)])
    between.bench.run(for: .seconds(10))
    between.right.automatic.remove(.acknowledgments)
    between.bench.forget()
    between.bench.advertise([])
    between.bench.run(for: .seconds(2))
    #expect(!between.bench.events.contains(.withdrawalAcknowledged(instance.prefix(service))))
    between.right.automatic.insert(.acknowledgments)
    between.bench.run(for: .seconds(6))
    #expect(between.bench.events.count { $0 == .withdrawalAcknowledged(instance.prefix(service)) } == 1)
    #expect(isAcknowledged(between.bench, instance.prefix(service)) == nil)
  }

  @Test("a silent neighbor that dies no longer holds the withdrawal up", arguments: ProtocolInstance.allCases)
  func deadNeighbor(instance: ProtocolInstance) throws {
    let between = try Between(instance)
    between.bench.advertise([.external(.service)])
    between.bench.run(for: .seconds(10))
    between.right.fallSilent()
    between.bench.forget()
    between.bench.advertise([])
    between.bench.run(for: .seconds(45))
    #expect(between.bench.events.contains(.withdrawalAcknowledged(instance.prefix(service))))
  }

  @Test("with nobody there to tell, a withdrawal is acknowledged at once", arguments: ProtocolInstance.allCases)
  func alone(instance: ProtocolInstance) {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(5))
    bench.forget()
    bench.advertise([])
    bench.run(for: .milliseconds(1))
    #expect(bench.events.contains(.withdrawalAcknowledged(instance.prefix(service))))
  }

  @Test(
    "an external prefix that no area takes is reported, and a stub one is taken by a stub area",
    arguments: ProtocolInstance.allCases)
  func notAdvertisable(instance: ProtocolInstance) {
    let bench = Bench(instance, .bench(areas: ["0.0.0.1": .stub]), interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service), .stub(.otherService)])
    bench.run(for: .seconds(3))
    #expect(bench.events.contains(.notAdvertisable(instance.prefix(service))))
    #expect(!bench.events.contains(.notAdvertisable(instance.prefix(otherService))))
  }

  @Test(
    "a prefix that no area takes says nothing of one that comes later, while others are not acknowledged yet",
    arguments: ProtocolInstance.allCases)
  func advertisableLater(instance: ProtocolInstance) throws {
    let later: IPv4Prefix = "203.0.113.3/32"
    let pair = try Pair(instance, .broadcast, .bench(areas: ["0.0.0.1": .stub]), area: "0.0.0.1")
    pair.neighbor.automatic = .hellos
    pair.bench.advertise([.external(.service), .stub(.otherService)])
    #expect(pair.bench.events.contains(.notAdvertisable(instance.prefix(service))))
    #expect(pair.bench.router.isAnnouncing(instance.prefix(otherService)))
    pair.bench.advertise([.external(.service), .stub(.otherService), .stub(.v4(later))])
    pair.neighbor.automatic = .all
    pair.bench.run(for: .seconds(10))
    for prefix in [otherService, later] {
      #expect(pair.bench.events.contains(.advertisementAcknowledged(instance.prefix(prefix))))
      #expect(!pair.bench.events.contains(.notAdvertisable(instance.prefix(prefix))))
    }
  }

  @Test(
    "an acknowledgment of the instance before is none of the change that waits for its time", arguments: ProtocolInstance.allCases
  )
  func earlierInstance(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.advertise([.external(.service, metric: 1)])
    pair.bench.run(for: .milliseconds(200))
    let first = pair.bench.sent.flatMap(\.updatedHeaders)
    pair.bench.advertise([.external(.service, metric: 2)])
    pair.neighbor.sendAcknowledgment(first)
    #expect(!pair.bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
    pair.neighbor.automatic.insert(.acknowledgments)
    pair.bench.run(for: .seconds(3))
    #expect(pair.bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
  }

  @Test(
    "a change that is taken back before its time is known to everybody as soon as it is", arguments: ProtocolInstance.allCases)
  func takenBack(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service, metric: 1)])
    pair.bench.run(for: .milliseconds(200))
    pair.bench.forget()
    for metric: UInt32 in [2, 1] { pair.bench.advertise([.external(.service, metric: metric)]) }
    #expect(pair.bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
    #expect(!pair.bench.router.isAnnouncing(instance.prefix(service)))
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.sent(.linkStateUpdate).isEmpty)
  }

  @Test("a prefix that changes from external to stub is no longer external in the end", arguments: ProtocolInstance.allCases)
  func kindChange(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.bench.advertise([.stub(.service)])
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance)) == nil)
    #expect(!pair.bench.flooded(.stub(from: "2.2.2.2", instance)).isEmpty)
    #expect(pair.bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
  }

  @Test("a thousand services are announced at once and withdrawn at once", arguments: ProtocolInstance.allCases)
  func thousand(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise((0..<1000).map { .external(IPPrefix(host: .v4(IPv4Address(rawValue: 0xC612_0000 + UInt32($0))))) })
    let externals = { (packets: [SentPacket]) in
      packets.flatMap(\.updatedHeaders).filter { $0.key.lsType == instance.externalType }
    }
    #expect(externals(pair.bench.sent).count == 1000)
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    pair.bench.forget()
    pair.bench.advertise([])
    #expect(externals(pair.bench.sent).count { $0.lsAge == 3600 } == 1000)
    pair.bench.run(for: .seconds(10))
    let database = pair.bench.router.databaseSnapshot(at: pair.bench.now)
    #expect(!database.contains { $0.header.key.lsType == instance.externalType })
  }

  @Test("a running router keeps its router ID: one with another name is another router", arguments: ProtocolInstance.allCases)
  func newRouterID(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.apply(.bench("2.2.2.9"))
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.router.configuration.routerID == "2.2.2.2")
    #expect(pair.bench.sent.allSatisfy { $0.packet.header.routerID == "2.2.2.2" })
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
  }

  @Test(
    "an area that becomes another kind loses its adjacencies, because both sides must agree", arguments: ProtocolInstance.allCases
  )
  func areaKindChange(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, area: "0.0.0.1")
    pair.bench.apply(.bench(areas: ["0.0.0.1": .stub]))
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    pair.bench.forget()
    pair.bench.run(for: .seconds(11))
    #expect(try !pair.bench.lastHello().options.contains(.externalRouting))
    #expect(pair.bench.refusals.contains(.externalRoutingCapabilityMismatch(received: true, ours: false)))
  }

  @Test("a configuration that is the same disturbs nothing", arguments: ProtocolInstance.allCases)
  func sameConfiguration(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.apply(.bench())
    pair.bench.run(for: .seconds(5))
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
    #expect(pair.bench.sent(.linkStateUpdate).isEmpty)
  }

  @Test("a change of one prefix says nothing of another", arguments: ProtocolInstance.allCases)
  func others(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service), .external(.otherService)])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    let said = pair.bench.events.filter {
      switch $0 {
      case .advertisementAcknowledged, .withdrawalAcknowledged, .notAdvertisable: true
      default: false
      }
    }
    #expect(said == [.withdrawalAcknowledged(instance.prefix(otherService))])
  }

  @Test("with nobody there to tell, an announcement is acknowledged at once", arguments: ProtocolInstance.allCases)
  func announcementAlone(instance: ProtocolInstance) {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    #expect(bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
  }

  @Test(
    "until everybody has acknowledged it, a prefix is being announced or withdrawn, and not both",
    arguments: ProtocolInstance.allCases)
  func underWay(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let prefix = instance.prefix(service)
    func underWay() -> [Bool] { [pair.bench.router.isAnnouncing(prefix), pair.bench.router.isWithdrawing(prefix)] }
    #expect(underWay() == [false, false])
    for (advertisements, expected) in [([Advertisement.external(.service)], [true, false]), ([], [false, true])] {
      pair.neighbor.automatic = .hellos
      pair.bench.advertise(advertisements)
      #expect(underWay() == expected)
      pair.neighbor.automatic = .all
      pair.bench.run(for: .seconds(10))
      #expect(underWay() == [false, false])
    }
  }

  @Test("whether a prefix can be advertised is not said before there is an area", arguments: ProtocolInstance.allCases)
  func withoutArea(instance: ProtocolInstance) {
    let bench = Bench(instance, interfaces: [])
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(5))
    #expect(bench.events.isEmpty)
    bench.setInterfaces([.bench()])
    #expect(bench.events.contains(.advertisementAcknowledged(instance.prefix(service))))
    #expect(!bench.events.contains(.notAdvertisable(instance.prefix(service))))
  }

  @Test(
    "a withdrawal is not acknowledged before the flush is, although the prefix was to be announced again meanwhile",
    arguments: ProtocolInstance.allCases, [true, false])
  func withdrawnTwice(instance: ProtocolInstance, external: Bool) throws {
    let advertisement: Advertisement = external ? .external(.service) : .stub(.service)
    let withdrawn = Event.withdrawalAcknowledged(instance.prefix(service))
    let pair = try Pair(instance)
    pair.bench.advertise([advertisement])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic = .hellos
    for advertisements in [[], [advertisement], []] {
      pair.bench.run(for: .milliseconds(100))
      pair.bench.advertise(advertisements)
    }
    #expect(!pair.bench.events.contains(withdrawn))
    #expect(pair.bench.router.isWithdrawing(instance.prefix(service)))
    pair.neighbor.automatic = .all
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.events.count { $0 == withdrawn } == 1)
  }

  @Test(
    "a withdrawal is acknowledged when the prefix was to be announced again, and nobody has been told of that",
    arguments: ProtocolInstance.allCases, [true, false])
  func withdrawnBeforeAnnounced(instance: ProtocolInstance, external: Bool) throws {
    let advertisement: Advertisement = external ? .external(.service) : .stub(.service)
    let pair = try Pair(instance)
    pair.bench.advertise([advertisement])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    for advertisements in [[], [advertisement], []] {
      pair.bench.advertise(advertisements)
      pair.bench.run(for: .milliseconds(100))
    }
    #expect(pair.bench.events.count { $0 == .withdrawalAcknowledged(instance.prefix(service)) } == 2)
    #expect(!pair.bench.router.isWithdrawing(instance.prefix(service)))
  }

  @Test(
    "a service whose announcement waits for its time, and is withdrawn again, does not hold up the withdrawal of another one in the same LSA",
    arguments: ProtocolInstance.ofOSPFv3)
  func withdrawnTogether(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.stub(.service)])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic = .hellos
    pair.bench.forget()
    pair.bench.advertise([])
    pair.bench.advertise([.stub(.otherService)])
    pair.neighbor.sendAcknowledgment(pair.bench.sent.flatMap(\.updatedHeaders))
    #expect(pair.bench.databaseCopy(.stub(from: "2.2.2.2", instance)) == nil)
    pair.bench.advertise([])
    for prefix in [service, otherService] {
      #expect(pair.bench.events.contains(.withdrawalAcknowledged(instance.prefix(prefix))))
      #expect(!pair.bench.router.isWithdrawing(instance.prefix(prefix)))
    }
  }

  @Test(
    "a withdrawal is not acknowledged before the LSA is flushed that was at MaxSequenceNumber",
    arguments: ProtocolInstance.allCases)
  func withdrawnWhileWrapping(instance: ProtocolInstance) throws {
    let withdrawn = Event.withdrawalAcknowledged(instance.prefix(service))
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic = .hellos
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "2.2.2.2", sequence: .max, metric: 99)])
    pair.bench.run(for: .seconds(2))
    pair.bench.advertise([])
    #expect(!pair.bench.events.contains(withdrawn))
    pair.neighbor.automatic = .all
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.events.count { $0 == withdrawn } == 1)
  }

  @Test("an area that is gone no longer holds up a withdrawal", arguments: ProtocolInstance.allCases)
  func areaGone(instance: ProtocolInstance) throws {
    let between = try Between(instance, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    between.bench.advertise([.stub(.service)])
    between.bench.run(for: .seconds(10))
    between.left.automatic = .hellos
    between.bench.forget()
    between.bench.advertise([])
    between.bench.run(for: .seconds(1))
    #expect(!between.bench.events.contains(.withdrawalAcknowledged(instance.prefix(service))))
    between.bench.setInterfaces([between.bench.interfaces[1]])
    between.bench.run(for: .seconds(1))
    #expect(between.bench.events.count { $0 == .withdrawalAcknowledged(instance.prefix(service)) } == 1)
  }

  @Test(
    "a change that waits for the end of a flush after MaxSequenceNumber is acknowledged with the LSA that says it",
    arguments: ProtocolInstance.allCases)
  func changedWhileWrapping(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let acknowledged = Event.advertisementAcknowledged(instance.prefix(service))
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service, metric: 1)])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic = .hellos
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "2.2.2.2", sequence: .max, metric: 99)])
    pair.bench.run(for: .seconds(2))
    pair.bench.forget()
    pair.bench.advertise([.external(.service, metric: 2)])
    pair.neighbor.sendAcknowledgment(try [#require(pair.bench.databaseCopy(key)).header])
    #expect(pair.bench.flooded(key).map(\.header.sequenceNumber) == [.initial])
    #expect(!pair.bench.events.contains(acknowledged))
    pair.neighbor.sendAcknowledgment(pair.bench.flooded(key).map(\.header))
    #expect(pair.bench.events.contains(acknowledged))
  }
}
