import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 section 13.4 and the design's rule of coming back: LSAs of our own that others still have.
@Suite struct SelfOriginated {
  private func old(_ instance: ProtocolInstance, _ sequence: Int32, age: UInt16 = 1, metric: UInt32 = 99) -> [UInt8] {
    LSAs(instance).external(service, from: "2.2.2.2", sequence: .initial.advanced(by: sequence), age: age, metric: metric)
  }

  @Test(
    "RFC 2328 13.4: a newer self-originated LSA that is still wanted is originated with a higher sequence number",
    arguments: ProtocolInstance.allCases)
  func advanced(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.neighbor.sendUpdate([old(instance, 50)])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 51))
    #expect(pair.bench.flooded(key).last?.header.sequenceNumber == .initial.advanced(by: 51))
    #expect(try pair.bench.body(key).externalMetric == 20)
    let identity = LSAIdentity(scope: .autonomousSystem, key: key)
    #expect(pair.bench.events.contains(.receivedSelfOriginated(identity, action: .advancedSequenceNumber)))
  }

  @Test(
    "RFC 2328 13.4: the answer is sent once more when MinLSArrival is over, because who has just got the LSA discards one that comes at once",
    arguments: ProtocolInstance.allCases, [true, false])
  func answeredTwice(instance: ProtocolInstance, isWanted: Bool) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    if isWanted { pair.bench.advertise([.external(.service)]) }
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    // It says nothing to the answer, as section 13 step 5a demands.
    pair.neighbor.automatic = .hellos
    let begin = pair.bench.now
    pair.neighbor.sendUpdate([old(instance, 50)])
    pair.bench.run(for: .seconds(4))
    let times = pair.bench.flooded(key).map { $0.time - begin }
    #expect(times.count == 2)
    #expect(times.first == .zero)
    #expect(times.last.map { $0 > .seconds(1) && $0 < .milliseconds(1300) } ?? false)
  }

  @Test(
    "RFC 2328 13.4: an answer that waits for its time is given although something else of ours changes meanwhile",
    arguments: ProtocolInstance.allCases)
  func answeredInTheEnd(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.sendUpdate([old(instance, 50)])
    pair.bench.run(for: .milliseconds(50))
    pair.neighbor.sendUpdate([old(instance, 60)])
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 60))
    pair.bench.advertise([.external(.service), .external(.otherService)])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 61))
    #expect(try pair.bench.body(key).externalMetric == 20)
  }

  @Test(
    "RFC 2328 13.4: what has our sequence number, checksum and age, and says something else, is no duplicate: a newer instance follows",
    arguments: ProtocolInstance.allCases)
  func disguised(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    let own = try #require(pair.bench.databaseCopy(key))
    pair.bench.forget()
    pair.neighbor.sendUpdate([own.bytes])
    #expect(pair.bench.flooded(key).isEmpty, "this is a duplicate")
    pair.neighbor.sendUpdate([LSAs.disguised(own.bytes)])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.flooded(key).last?.header.sequenceNumber == own.header.sequenceNumber.advanced(by: 1))
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == own.header.sequenceNumber.advanced(by: 1))
    #expect(try pair.bench.body(key).externalMetric == 20)
  }

  @Test("RFC 2328 13.4: a self-originated LSA that is not wanted is flushed", arguments: ProtocolInstance.allCases)
  func flushed(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([old(instance, 50)])
    pair.bench.run(for: .seconds(6))
    let flooded = try #require(pair.bench.flooded(key).first)
    #expect(flooded.header.lsAge == 3600)
    #expect(flooded.header.sequenceNumber >= .initial.advanced(by: 50))
    #expect(pair.bench.databaseCopy(key) == nil)
    let identity = LSAIdentity(scope: .autonomousSystem, key: key)
    #expect(pair.bench.events.contains(.receivedSelfOriginated(identity, action: .flushed)))
  }

  @Test(
    "RFC 2328 13.4: what is learnt of ourselves in the database exchange is taken over or flushed",
    arguments: ProtocolInstance.allCases, ["1.1.1.1", "3.3.3.3"] as [RouterID])
  func inExchange(instance: ProtocolInstance, routerID: RouterID) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    let neighbor = HandMadeNeighbor(bench, routerID, "192.0.2.3")
    let stale = LSAs(instance).external(otherService, from: "2.2.2.2", sequence: .initial.advanced(by: 7))
    let router = LSAs(instance).router("2.2.2.2", sequence: .initial.advanced(by: 30))
    try neighbor.bringToFull([old(instance, 50), stale, router])
    bench.run(for: .seconds(10))
    #expect(bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 51))
    #expect(bench.databaseCopy(LSAs(instance).key(stale)) == nil)
    #expect(neighbor.learned[LSAs(instance).key(stale)].map { LSAs(instance).header($0).lsAge } == 3600)
    #expect((bench.databaseCopy(.router("2.2.2.2", instance))?.header.sequenceNumber ?? .initial) > .initial.advanced(by: 30))
    let learned = try #require(neighbor.learned[.router("2.2.2.2", instance)])
    #expect(try instance.body(learned).linkTypes == [.transit])
  }

  @Test(
    "a self-originated LSA that comes back at MaxAge while it is wanted is originated anew", arguments: ProtocolInstance.allCases)
  func atMaxAge(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.neighbor.sendUpdate([old(instance, 50, age: 3600)])
    pair.bench.run(for: .seconds(6))
    let last = try #require(pair.bench.flooded(key).last)
    #expect(last.header.lsAge < 3600)
    #expect(last.header.sequenceNumber == .initial.advanced(by: 51))
    #expect((pair.bench.databaseCopy(key)?.header.lsAge ?? 3600) < 3600)
  }

  @Test(
    "the very instance that we have originated, come back at MaxAge, is originated anew", arguments: ProtocolInstance.allCases)
  func sameInstanceAtMaxAge(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    let own = try #require(pair.bench.databaseCopy(key))
    pair.bench.forget()
    pair.neighbor.sendUpdate([LSAs.aged(own.bytes, to: 3600)])
    pair.bench.run(for: .seconds(6))
    let last = try #require(pair.bench.flooded(key).last)
    #expect(last.header.lsAge < 3600)
    #expect(last.header.sequenceNumber == own.header.sequenceNumber.advanced(by: 1))
  }

  @Test(
    "a self-originated LSA that comes back within MinLSArrival of our own origination is not lost",
    arguments: ProtocolInstance.allCases,
    [UInt16(1), 3600])
  func withinMinLSArrival(instance: ProtocolInstance, age: UInt16) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .milliseconds(100))
    pair.neighbor.sendUpdate([old(instance, 50, age: age)])
    pair.bench.run(for: .seconds(12))
    let last = try #require(pair.bench.flooded(key).last)
    #expect(last.header.lsAge < 3600)
    #expect(last.header.sequenceNumber > .initial.advanced(by: 50))
    #expect((pair.neighbor.learned[key].map { LSAs(instance).header($0).sequenceNumber } ?? .initial) > .initial.advanced(by: 50))
  }

  @Test("RFC 2328 13.4: a network-LSA of an address of ours is ours, and flushed when we are not Designated Router")
  func networkLSA() throws {
    let pair = try Pair(.ospfv2)
    // The same interface address, but originated under a former router ID.
    let former = LSAs.v2.network("192.0.2.2", from: "7.7.7.7", attached: ["7.7.7.7", "3.3.3.3"])
    pair.neighbor.sendUpdate([former])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.flooded(LSAs.v2.key(former)).first?.header.lsAge == 3600)
    #expect(pair.bench.databaseCopy(LSAs.v2.key(former)) == nil)
  }

  @Test("RFC 2328 13.4: the address of an interface that is down may be another router's: its network-LSA is left alone")
  func networkLSAOfInterfaceDown() throws {
    let pair = try Pair(.ospfv2, others: [.bench("198.51.100.2", name: "eth1", index: 3)])
    pair.bench.changeInterface(1) { $0.isUp = false }
    let other = LSAs.v2.network("198.51.100.2", from: "7.7.7.7", attached: ["7.7.7.7", "3.3.3.3"])
    pair.neighbor.sendUpdate([other])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.flooded(LSAs.v2.key(other)).isEmpty)
    #expect((1...10).contains(pair.bench.databaseCopy(LSAs.v2.key(other))?.header.lsAge ?? 3600))
  }

  @Test("never is an LSA of another router flushed", arguments: ProtocolInstance.allCases)
  func othersAreLeftAlone(instance: ProtocolInstance) throws {
    let other = LSAs(instance).external(service, from: "9.9.9.9")
    let pair = try Pair(instance, lsas: [other])
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(5))
    pair.bench.advertise([])
    pair.bench.run(for: .seconds(5))
    pair.bench.shutDown()
    pair.bench.run(for: .seconds(5))
    let flushed = pair.bench.sent.flatMap(\.updatedHeaders).filter { $0.lsAge == 3600 }
    #expect(!flushed.isEmpty)
    #expect(flushed.allSatisfy { $0.key.advertisingRouter == "2.2.2.2" })
  }

  @Test(
    "an LSA that was flushed goes on with its next sequence number for MaxAge, and is then sent once",
    arguments: ProtocolInstance.allCases
  )
  func numberingGoesOn(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    func announce() throws -> [SequenceNumber] {
      pair.bench.forget()
      pair.bench.advertise([.external(.service)])
      pair.bench.run(for: .seconds(1))
      let numbers = pair.bench.flooded(key).map(\.header.sequenceNumber)
      pair.bench.advertise([])
      pair.bench.run(for: .seconds(20))
      #expect(pair.bench.databaseCopy(key) == nil)
      return numbers
    }
    #expect(try announce() == [.initial])
    #expect(try announce() == [.initial.advanced(by: 1)])
    pair.bench.run(for: .seconds(3500))
    #expect(try announce() == [.initial.advanced(by: 2)])
    pair.bench.run(for: .seconds(3601))
    #expect(try announce() == [.initial])
  }

  @Test("the memory of sequence numbers is bounded: the oldest is forgotten first", arguments: ProtocolInstance.allCases)
  func boundedNumbers(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(flushedLSAs: 1)))
    for prefix in [IPPrefix.service, .otherService] {
      pair.bench.advertise([.external(prefix)])
      pair.bench.run(for: .seconds(2))
      pair.bench.advertise([])
      pair.bench.run(for: .seconds(20))
    }
    pair.bench.advertise([.external(.service), .external(.otherService)])
    let numbers = [service, otherService].map {
      pair.bench.databaseCopy(.external($0, from: "2.2.2.2", instance))?.header.sequenceNumber
    }
    #expect(numbers == [.initial, .initial.advanced(by: 1)])
  }

  @Test("without a memory of sequence numbers every LSA begins anew", arguments: ProtocolInstance.allCases)
  func noNumbers(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(flushedLSAs: 0)))
    for _ in 0..<2 {
      pair.bench.advertise([.external(.service)])
      #expect(pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance))?.header.sequenceNumber == .initial)
      pair.bench.run(for: .seconds(2))
      pair.bench.advertise([])
      pair.bench.run(for: .seconds(20))
    }
  }

  @Test(
    "a made-up LSA with our router ID that comes again and again takes the place of one, until it has gone",
    arguments: ProtocolInstance.allCases)
  func sameStray(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(staleLSAs: 2)))
    pair.neighbor.automatic.remove(.acknowledgments)
    for round in Int32(0)..<4 {
      pair.neighbor.sendUpdate([old(instance, 100 * round)])
      pair.bench.run(for: .seconds(2))
    }
    let other = LSAs(instance).external(otherService, from: "2.2.2.2")
    pair.neighbor.sendUpdate([other])
    #expect(!pair.bench.events.contains(.limitReached(.staleLSAs, interface: nil)))
    #expect(pair.bench.flooded(LSAs(instance).key(other)).map(\.header.lsAge) == [3600])
  }

  @Test(
    "made-up LSAs with our router ID are flushed, some at a time, and neither the database nor our memory grows",
    arguments: ProtocolInstance.allCases)
  func strays(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(staleLSAs: 10)))
    let before = pair.bench.router.snapshot(at: pair.bench.now).lsaCount
    pair.neighbor.automatic.remove(.acknowledgments)
    let forged = (0..<60).map {
      LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8($0), 0), length: 24), from: "2.2.2.2")
    }
    for lsa in forged { pair.neighbor.sendUpdate([lsa]) }
    #expect(pair.bench.router.snapshot(at: pair.bench.now).lsaCount == before + 10)
    #expect(pair.bench.events.contains { if case .limitReached(.staleLSAs, _) = $0 { true } else { false } })
    #expect(pair.bench.acknowledged(LSAs(instance).key(forged[59])).isEmpty)
    // What was not taken is sent again, and goes when the first ones have gone.
    pair.neighbor.automatic = .all
    for _ in 0..<6 {
      pair.neighbor.sendUpdate(forged.filter { pair.bench.acknowledged(LSAs(instance).key($0)).isEmpty })
      pair.bench.run(for: .seconds(12))
    }
    #expect(pair.bench.router.snapshot(at: pair.bench.now).lsaCount == before)
    #expect(forged.allSatisfy { !pair.bench.acknowledged(LSAs(instance).key($0)).isEmpty })
    #expect(pair.neighbor.state == .full)
  }

  @Test("made-up LSAs with our router ID do not make the database grow beyond its limit", arguments: ProtocolInstance.allCases)
  func straysAndDatabaseLimit(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(linkStateAdvertisements: 20)))
    pair.neighbor.automatic.remove(.acknowledgments)
    for number in 0..<60 {
      pair.neighbor.sendUpdate([
        LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8(number), 0), length: 24), from: "2.2.2.2")
      ])
    }
    #expect(pair.bench.router.snapshot(at: pair.bench.now).lsaCount <= 20)
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
  }

  @Test(
    "RFC 2328 13.4: an LSA of our own that comes back is acknowledged, wanted or not", arguments: ProtocolInstance.allCases,
    [true, false])
  func acknowledged(instance: ProtocolInstance, isWanted: Bool) throws {
    let pair = try Pair(instance)
    if isWanted { pair.bench.advertise([.external(.service)]) }
    pair.bench.run(for: .seconds(10))
    pair.neighbor.sendUpdate([old(instance, 50)])
    #expect(
      pair.bench.acknowledged(.external(service, from: "2.2.2.2", instance)).map(\.destination) == [
        instance.address("192.0.2.3")
      ])
  }

  @Test(
    "two routers with one router ID do not chase each other: each new instance is not answered at once, and some are all the time",
    arguments: ProtocolInstance.allCases)
  func chase(instance: ProtocolInstance) throws {
    let identity = LSAIdentity(scope: .autonomousSystem, key: .external(service, from: "2.2.2.2", instance))
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    for round in 1...Int32(100) {
      pair.neighbor.sendUpdate([old(instance, 100 * round)])
      pair.bench.run(for: .milliseconds(100))
    }
    let answers = pair.bench.events.count { if case .originated(identity, _) = $0 { true } else { false } }
    #expect((5...11).contains(answers), "\(answers) answers in ten seconds")
  }

  @Test(
    "RFC 2328 13.4: with what we answer ourselves come, the database exchange is over at once",
    arguments: ProtocolInstance.allCases)
  func endsLoading(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading([old(instance, 50)])
    neighbor.sendUpdate(Array(neighbor.database.values))
    #expect(neighbor.state == .full)
  }

  @Test(
    "a newer instance of a stray that is being flushed is flushed too when there is no room for others",
    arguments: ProtocolInstance.allCases)
  func newerStray(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(staleLSAs: 1)))
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.neighbor.sendUpdate([old(instance, 50)])
    pair.bench.run(for: .seconds(2))
    pair.bench.forget()
    pair.neighbor.sendUpdate([old(instance, 60)])
    #expect(
      pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).map(\.header.sequenceNumber) == [
        .initial.advanced(by: 60)
      ])
    #expect(!pair.bench.events.contains { if case .limitReached = $0 { true } else { false } })
  }

  @Test("a number that was remembered anew is not forgotten for its age", arguments: ProtocolInstance.allCases)
  func rememberedAnew(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(limits: Limits(flushedLSAs: 2)))
    for prefix in [IPPrefix.service, .service, .otherService] {
      pair.bench.advertise([.external(prefix)])
      pair.bench.run(for: .seconds(2))
      pair.bench.advertise([])
      pair.bench.run(for: .seconds(20))
    }
    pair.bench.advertise([.external(.service)])
    #expect(
      pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance))?.header.sequenceNumber == .initial.advanced(by: 2))
  }

  @Test("the number of an LSA that was flushed is remembered for MaxAge, and not longer", arguments: ProtocolInstance.allCases)
  func rememberedForMaxAge(instance: ProtocolInstance) throws {
    for (wait, expected) in [(Duration.seconds(3605) - .nanoseconds(1), Int32(1)), (.seconds(3605), 0)] {
      let pair = try Pair(instance)
      pair.bench.advertise([.external(.service)])
      pair.bench.run(for: .seconds(20))
      // It is forgotten as an LSA after MinLSInterval.
      pair.bench.advertise([])
      pair.bench.run(for: wait)
      pair.bench.advertise([.external(.service)])
      let number = pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance))?.header.sequenceNumber
      #expect(number == .initial.advanced(by: expected))
    }
  }

  @Test(
    "RFC 2328 13.4: what is advertised after an LSA of before was flushed goes on with the number after that LSA's",
    arguments: ProtocolInstance.allCases)
  func numberingGoesOnAfterStray(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([old(instance, 50)])
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.databaseCopy(key) == nil)
    pair.bench.advertise([.external(.service)])
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial.advanced(by: 51))
  }

  @Test("of LSAs that were flushed together each is forgotten after MaxAge", arguments: ProtocolInstance.allCases)
  func forgottenTogether(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let advertisements: [Advertisement] = [.external(.service), .external(.otherService)]
    pair.bench.advertise(advertisements)
    pair.bench.run(for: .seconds(20))
    pair.bench.advertise([])
    pair.bench.run(for: .seconds(3700))
    pair.bench.advertise(advertisements)
    let numbers = [service, otherService].map {
      pair.bench.databaseCopy(.external($0, from: "2.2.2.2", instance))?.header.sequenceNumber
    }
    #expect(numbers == [.initial, .initial])
  }
}
