import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 3623 section 3 and RFC 5187: helping a neighbor to restart.
@Suite struct HelpingNeighbors {
  private func pair(
    _ instance: ProtocolInstance, _ policy: GracefulRestartPolicy = GracefulRestartPolicy(), _ type: NetworkType = .pointToPoint
  ) throws -> Pair {
    var configuration = RouterConfiguration.bench()
    configuration.gracefulRestart = policy
    return try Pair(instance, type, configuration)
  }

  private func outcomes(_ bench: Bench) -> [GracefulRestartEvent.HelpOutcome] {
    bench.gracefulRestartEvents.compactMap { if case .helpEnded(_, let outcome) = $0 { outcome } else { nil } }
  }

  private func refusals(_ bench: Bench) -> [GracefulRestartEvent.HelpRefusal] {
    bench.gracefulRestartEvents.compactMap { if case .helpRefused(_, let refusal) = $0 { refusal } else { nil } }
  }

  @Test(
    "RFC 3623 3.2: while it is helped, a neighbor is advertised as fully adjacent, through silence and a new exchange",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToPoint, .broadcast])
  func helps(instance: ProtocolInstance, type: NetworkType) throws {
    let pair = try pair(instance, GracefulRestartPolicy(), type)
    let own = LSAKey.router("2.2.2.2", instance)
    let before = pair.bench.databaseCopy(own)?.header.sequenceNumber
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120)])
    #expect(
      pair.bench.gracefulRestartEvents.contains {
        if case .helping(let neighbor, .seconds(119), .softwareRestart) = $0 { neighbor.routerID == "3.3.3.3" } else { false }
      })
    pair.neighbor.fallSilent()
    pair.bench.run(for: .seconds(60))
    #expect(pair.neighbor.state == .full, "its silence was announced")
    pair.neighbor.sendHello { $0.neighbors = [] }
    #expect(pair.neighbor.state == .`init`)
    pair.bench.run(for: .seconds(6))
    #expect(try pair.bench.interface().designatedRouter == (type == .broadcast ? pair.neighbor.identity : .none))
    pair.neighbor.automatic = .all
    pair.neighbor.startHellos()
    try pair.bench.run(until: "Full", within: .seconds(20)) { pair.neighbor.state == .full }
    pair.neighbor.sendUpdate([LSAs.aged(pair.neighbor.grace(period: 120), to: 3600)])
    #expect(outcomes(pair.bench) == [.completed])
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.databaseCopy(own)?.header.sequenceNumber == before, "nobody has noticed")
    #expect(pair.neighbor.state == .full)
  }

  @Test(
    "RFC 3623 3.2: when the grace period is over the neighbor is advertised as what it is", arguments: ProtocolInstance.allCases)
  func expires(instance: ProtocolInstance) throws {
    let pair = try pair(instance)
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 101)])
    pair.neighbor.fallSilent()
    pair.bench.run(for: .seconds(99))
    #expect(pair.neighbor.state == .full)
    pair.bench.run(for: .seconds(2))
    #expect(outcomes(pair.bench) == [.gracePeriodExpired])
    #expect(pair.neighbor.state == .down)
    #expect(
      !pair.bench.flooded(.router("2.2.2.2", instance)).isEmpty
        || pair.bench.router.snapshot(at: pair.bench.now).adjacencyCount == 0)
  }

  @Test(
    "RFC 3623 3.2: a neighbor that is there, but not Full, when the grace period is over is advertised no longer",
    arguments: ProtocolInstance.allCases)
  func notFullInTime(instance: ProtocolInstance) throws {
    let pair = try pair(instance)
    let linkTypes = { try pair.bench.body(.router("2.2.2.2", instance)).linkTypes ?? [] }
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 61)])
    pair.neighbor.heard = []
    pair.neighbor.sendHello()
    pair.bench.run(for: .seconds(59))
    #expect(pair.neighbor.state == .`init`)
    #expect(try linkTypes().contains(.pointToPoint))
    pair.bench.run(for: .seconds(8))
    #expect(outcomes(pair.bench) == [.gracePeriodExpired])
    #expect(pair.neighbor.state == .`init`)
    #expect(try !linkTypes().contains(.pointToPoint))
  }

  @Test(
    "RFC 3623 3.2(3): a change of the topology ends it, a refresh and the neighbor's own LSAs do not",
    arguments: ProtocolInstance.allCases
  )
  func strict(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let between = try Between(instance, lsas: [lsas.external(service, from: "9.9.9.9")])
    between.right.sendUpdate([between.right.grace(period: 120)])
    between.left.sendUpdate([lsas.external(service, from: "9.9.9.9", sequence: .initial.advanced(by: 1))])
    between.left.sendUpdate([
      lsas.router("4.4.4.4", sequence: .initial.advanced(by: 1)), lsas.external("198.18.0.0/24", from: "4.4.4.4"),
    ])
    #expect(outcomes(between.bench).isEmpty)
    between.left.sendUpdate([lsas.external(otherService, from: "9.9.9.9")])
    #expect(outcomes(between.bench) == [.topologyChanged])
  }

  @Test(
    "RFC 3623 3.2(3): a flush ends it, and so does a change of what we advertise ourselves", arguments: ProtocolInstance.allCases,
    [true, false])
  func strictFlush(instance: ProtocolInstance, isOwn: Bool) throws {
    let external = LSAs(instance).external(service, from: "9.9.9.9")
    let between = try Between(instance, lsas: [external])
    between.right.sendUpdate([between.right.grace(period: 120)])
    if isOwn {
      between.bench.advertise([.external(.otherService)])
    } else {
      between.left.sendUpdate([LSAs.aged(external, to: 3600)])
    }
    #expect(outcomes(between.bench) == [.topologyChanged])
  }

  @Test("without strict LSA checking a change of the topology ends nothing", arguments: ProtocolInstance.allCases)
  func lenient(instance: ProtocolInstance) throws {
    let pair = try pair(instance, GracefulRestartPolicy(hasStrictLSAChecking: false))
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120)])
    pair.bench.advertise([.external(.service)])
    #expect(outcomes(pair.bench).isEmpty)
  }

  @Test("RFC 3623 3.1: a neighbor that is not Full is not helped", arguments: ProtocolInstance.allCases)
  func notFull(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToLoading()
    neighbor.sendUpdate([neighbor.grace(period: 120)])
    #expect(refusals(bench) == [.notAdjacent])
  }

  @Test(
    "RFC 3623 3.1: a grace period that is over, or longer than what is granted, is not granted",
    arguments: ProtocolInstance.allCases)
  func periods(instance: ProtocolInstance) throws {
    let pair = try pair(instance)
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120, age: 120)])
    pair.bench.run(for: .seconds(2))
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 1801, sequence: .initial.advanced(by: 1))])
    #expect(refusals(pair.bench) == [.expired, .tooLong])
  }

  @Test(
    "RFC 3623 3.1: with changes under way that the neighbor has not acknowledged it is not helped",
    arguments: ProtocolInstance.allCases)
  func changesUnderWay(instance: ProtocolInstance) throws {
    let pair = try pair(instance)
    pair.neighbor.automatic = .hellos
    pair.bench.advertise([.external(.service)])
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120)])
    #expect(refusals(pair.bench) == [.changesUnderWay])
  }

  @Test("RFC 3623 3.1: without permission nobody is helped", arguments: ProtocolInstance.allCases)
  func notConfigured(instance: ProtocolInstance) throws {
    let pair = try pair(instance, GracefulRestartPolicy(helped: .nobody))
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120)])
    #expect(refusals(pair.bench) == [.notConfigured])
    pair.neighbor.sendHello { $0.neighbors = [] }
    #expect(pair.bench.router.snapshot(at: pair.bench.now).adjacencyCount == 0)
  }

  @Test("an interface that goes down ends it", arguments: ProtocolInstance.allCases)
  func interfaceDown(instance: ProtocolInstance) throws {
    let pair = try pair(instance)
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120)])
    pair.bench.changeInterface { $0.isUp = false }
    #expect(outcomes(pair.bench) == [.neighborGone])
  }

  @Test("RFC 3623 3.2: a Designated Router that restarts stays it until helping ends", arguments: ProtocolInstance.allCases)
  func designatedRouter(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    trio.designatedRouter.sendUpdate([trio.designatedRouter.grace(period: 120)])
    trio.designatedRouter.designatedRouter = .none
    trio.designatedRouter.backupDesignatedRouter = .none
    trio.designatedRouter.sendHello { $0.neighbors = [] }
    trio.designatedRouter.sendHello()
    trio.bench.run(for: .seconds(10))
    #expect(try trio.bench.interface().designatedRouter == trio.designatedRouter.identity)
    trio.designatedRouter.fallSilent()
    trio.bench.run(for: .seconds(120))
    #expect(try trio.bench.interface().designatedRouter == trio.backup.identity)
  }

  @Test("RFC 3623 3.2: a Backup that restarts stays it until helping ends", arguments: ProtocolInstance.allCases)
  func backup(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    trio.backup.sendUpdate([trio.backup.grace(period: 120)])
    for neighbor in [trio.designatedRouter, trio.backup] { neighbor.backupDesignatedRouter = .none }
    trio.backup.sendHello { $0.neighbors = [] }
    #expect(trio.backup.state == .`init`)
    #expect(try trio.bench.interface().backupDesignatedRouter == trio.backup.identity)
    trio.backup.fallSilent()
    trio.bench.run(for: .seconds(120))
    #expect(try trio.bench.interface().backupDesignatedRouter == .none)
  }

  @Test(
    "RFC 3623 3.2: the restart of a router that is neither Designated Router nor Backup holds up no election",
    arguments: ProtocolInstance.allCases)
  func electionGoesOn(instance: ProtocolInstance) throws {
    var configuration = RouterConfiguration.bench()
    configuration.gracefulRestart = GracefulRestartPolicy(hasStrictLSAChecking: false)
    let elected = try Elected(instance, configuration)
    elected.other.sendUpdate([elected.other.grace(period: 120)])
    elected.backup.fallSilent()
    elected.bench.run(for: .seconds(45))
    #expect(outcomes(elected.bench).isEmpty, "it is still helped")
    #expect(try elected.bench.interface().backupDesignatedRouter == .none)
  }

  @Test(
    "RFC 3623 3.1: who asks for more time than is granted, while it is helped, is helped no longer",
    arguments: ProtocolInstance.allCases)
  func refusedLater(instance: ProtocolInstance) throws {
    let pair = try pair(instance)
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120)])
    pair.bench.run(for: .seconds(2))
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 1801, sequence: .initial.advanced(by: 1))])
    #expect(refusals(pair.bench) == [.tooLong])
    #expect(outcomes(pair.bench) == [.refused])
  }

  @Test("RFC 3623 3.1: on a broadcast network the router that restarts is the one whose address the grace-LSA names")
  func byAddress() throws {
    let pair = try pair(.ospfv2, GracefulRestartPolicy(), .broadcast)
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120, of: "192.0.2.9")])
    #expect(pair.bench.gracefulRestartEvents.isEmpty)
    pair.bench.run(for: .seconds(2))
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120, sequence: .initial.advanced(by: 1))])
    #expect(pair.bench.gracefulRestartEvents.count == 1)
  }

  @Test("RFC 3623 A: on a point-to-point network the router that restarts is known by its router ID, whatever address is named")
  func byRouterID() throws {
    let pair = try pair(.ospfv2)
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120, of: "192.0.2.9")])
    #expect(pair.bench.gracefulRestartEvents.count == 1)
    #expect(refusals(pair.bench).isEmpty)
  }

  @Test("RFC 3623 3.1(2): an opaque LSA that changes is no change of the topology")
  func opaqueChange() throws {
    let between = try Between(.ospfv2)
    between.right.sendUpdate([between.right.grace(period: 120)])
    let opaque = LSAs.v2.make(.opaqueArea, id: "1.0.0.1", from: "3.3.3.3", body: .opaque([0, 0, 0, 1]))
    between.left.sendUpdate([opaque])
    #expect(between.bench.databaseCopy(LSAs.v2.key(opaque)) != nil)
    #expect(outcomes(between.bench).isEmpty)
  }

  @Test("RFC 5187 2: an LSA of a type that we do not know is no change of the topology", arguments: ProtocolInstance.ofOSPFv3)
  func unknownChange(instance: ProtocolInstance) throws {
    let between = try Between(instance)
    between.right.sendUpdate([between.right.grace(period: 120)])
    let unknown = LSAs(instance).unknown(0xA0FE)
    between.left.sendUpdate([unknown])
    #expect(between.bench.databaseCopy(LSAs(instance).key(unknown)) != nil)
    #expect(outcomes(between.bench).isEmpty)
  }

  @Test("while a helped neighbor is silent the engine does not wake for it", arguments: ProtocolInstance.allCases)
  func sleeps(instance: ProtocolInstance) throws {
    let pair = try pair(instance)
    pair.neighbor.sendUpdate([pair.neighbor.grace(period: 120)])
    pair.neighbor.fallSilent()
    pair.bench.run(for: .seconds(45))
    #expect(pair.neighbor.state == .full)
    #expect(try #require(pair.bench.router.nextDeadline) - pair.bench.now > .milliseconds(100))
  }
}

extension Bench {
  /// What was reported about graceful restarts since the last `forget`.
  var gracefulRestartEvents: [GracefulRestartEvent] {
    events.compactMap { if case .gracefulRestart(let event) = $0 { event } else { nil } }
  }
}

extension HandMadeNeighbor {
  /// Its grace-LSA, which in OSPFv2 names its address, or another one.
  func grace(
    period: UInt32, age: UInt16 = 1, sequence: SequenceNumber = .initial, of other: IPv4Address? = nil
  ) -> [UInt8] {
    let isV2 = bench.instance.version == .v2
    let body = GraceLSA(gracePeriod: period, reason: .softwareRestart, interfaceAddress: other ?? address.v4)
    return LSAs(bench.instance).make(
      isV2 ? .opaqueLink : .grace, id: isV2 ? GraceLSA.linkStateID : LinkStateID(rawValue: interfaceID), from: routerID,
      sequence: sequence, age: age, body: .opaque(body.octets))
  }
}
