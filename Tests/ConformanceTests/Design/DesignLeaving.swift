import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// The design's rules of leaving: flush, wait for the acknowledgments, say goodbye.
@Suite struct Leaving {
  private func ready(_ instance: ProtocolInstance) throws -> Pair {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service), .external(.otherService)])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    return pair
  }

  private func departure(_ bench: Bench) -> Bool? {
    bench.events.lazy.compactMap { if case .departed(let acknowledged) = $0 { acknowledged } else { nil } }.first
  }

  @Test("everything self-originated is flushed at once", arguments: ProtocolInstance.allCases)
  func flushes(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    let own = pair.bench.router.databaseSnapshot(at: pair.bench.now).filter(\.isSelfOriginated).map(\.header.key)
    #expect(Set(own).isSuperset(of: [.router("2.2.2.2", instance), .external(service, from: "2.2.2.2", instance)]))
    pair.bench.shutDown()
    let flushed = pair.bench.sent.flatMap(\.updatedHeaders)
    #expect(Set(flushed.map(\.key)) == Set(own))
    #expect(flushed.allSatisfy { $0.lsAge == 3600 })
  }

  @Test(
    "when all is acknowledged a Hello without neighbors follows, and the departure is reported as acknowledged",
    arguments: ProtocolInstance.allCases)
  func acknowledged(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    pair.bench.shutDown()
    pair.bench.run(for: .seconds(1))
    #expect(departure(pair.bench) == true)
    let last = try #require(pair.bench.sent.last)
    #expect(last.hello?.neighbors.isEmpty == true)
  }

  @Test(
    "timeout is bounded: without acknowledgments the goodbye comes after it, and is reported as that",
    arguments: ProtocolInstance.allCases)
  func impatient(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    pair.neighbor.automatic = .hellos
    pair.bench.shutDown(timeout: .seconds(3))
    pair.bench.run(for: .milliseconds(2900))
    #expect(departure(pair.bench) == nil)
    #expect(!pair.bench.sent.contains { $0.hello?.neighbors.isEmpty == true })
    pair.bench.run(for: .milliseconds(200))
    #expect(departure(pair.bench) == false)
    #expect(pair.bench.sent.last?.hello?.neighbors.isEmpty == true)
  }

  @Test("after its departure the router is silent", arguments: ProtocolInstance.allCases)
  func silent(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    pair.bench.shutDown()
    pair.bench.run(for: .seconds(1))
    pair.bench.forget()
    pair.bench.run(for: .seconds(100))
    #expect(pair.bench.sent.isEmpty)
  }

  @Test("with nobody there to tell, the departure is immediate", arguments: ProtocolInstance.allCases)
  func alone(instance: ProtocolInstance) {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(5))
    bench.shutDown()
    bench.run(for: .milliseconds(1))
    #expect(departure(bench) == true)
  }

  @Test(
    "a change within MinLSArrival before leaving delays the flush until receivers take it", arguments: ProtocolInstance.allCases)
  func afterAChange(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    pair.bench.advertise([.external(.service, metric: 5)])
    pair.bench.run(for: .milliseconds(100))
    pair.bench.shutDown()
    pair.bench.run(for: .seconds(5))
    let copies = pair.bench.flooded(.external(service, from: "2.2.2.2", instance))
    let flush = try #require(copies.last)
    #expect(flush.header.lsAge == 3600)
    let change = try #require(copies.first)
    #expect(flush.time - change.time > .seconds(1))
    #expect(departure(pair.bench) == true)
  }

  @Test("advertisements that come after the departure has begun are ignored", arguments: ProtocolInstance.allCases)
  func noNewAdvertisements(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    pair.bench.shutDown()
    pair.bench.advertise([.external("203.0.113.7/32")])
    pair.bench.run(for: .seconds(5))
    #expect(pair.bench.flooded(.external("203.0.113.7/32", from: "2.2.2.2", instance)).isEmpty)
  }

  @Test("the snapshot says that the router is leaving", arguments: ProtocolInstance.allCases)
  func snapshot(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    #expect(!pair.bench.router.snapshot(at: pair.bench.now).isShuttingDown)
    pair.bench.shutDown()
    #expect(pair.bench.router.snapshot(at: pair.bench.now).isShuttingDown)
  }

  @Test(
    "a router that delays its acknowledgments is sent the flush once more, 50 ms later and alone: leaving takes no longer than that",
    arguments: ProtocolInstance.allCases)
  func earlyRetransmission(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    pair.neighbor.delaysAcknowledgments()
    let begin = pair.bench.now
    pair.bench.shutDown()
    pair.bench.run(for: .milliseconds(49))
    #expect(departure(pair.bench) == nil)
    pair.bench.run(for: .milliseconds(2))
    #expect(departure(pair.bench) == true)
    let copies = pair.bench.flooded(.external(service, from: "2.2.2.2", instance))
    #expect(copies.map { $0.time - begin } == [.zero, .milliseconds(50)])
    #expect(copies.map(\.packet.destination) == [instance.allDRouters, instance.address("192.0.2.3")])
  }

  @Test(
    "so is a withdrawal, external or stub, to each neighbor that has not acknowledged it, and to no other",
    arguments: ProtocolInstance.allCases)
  func earlyRetransmissionOfWithdrawal(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    for advertisement in [Advertisement.external(.service), .stub(.service)] {
      trio.bench.advertise([advertisement])
      trio.bench.run(for: .seconds(10))
      trio.bench.forget()
      trio.backup.delaysAcknowledgments()
      trio.bench.advertise([])
      trio.bench.run(for: .milliseconds(100))
      #expect(trio.bench.events.contains(.withdrawalAcknowledged(instance.prefix(service))))
      let updates = trio.bench.sent(.linkStateUpdate)
      #expect(updates.map(\.destination) == [instance.allDRouters, instance.address("192.0.2.4")])
      trio.backup.onReceive = nil
      trio.backup.automatic = .all
    }
  }

  @Test("an announcement is not repeated early: nobody waits for its acknowledgment", arguments: ProtocolInstance.allCases)
  func noEarlyRetransmissionOfAnnouncement(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.delaysAcknowledgments()
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(4))
    #expect(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).count == 1)
  }

  @Test(
    "a withdrawal that is not acknowledged is repeated until MinLSArrival is over for a router that took the LSA late, and then after RxmtInterval",
    arguments: ProtocolInstance.allCases)
  func earlyRetransmissions(instance: ProtocolInstance) throws {
    let pair = try ready(instance)
    pair.neighbor.automatic = .hellos
    let begin = pair.bench.now
    pair.bench.advertise([.external(.otherService)])
    pair.bench.run(for: .milliseconds(20))
    pair.bench.advertise([])
    pair.bench.run(for: .seconds(4))
    let times = [service, otherService].map { prefix in
      pair.bench.flooded(.external(prefix, from: "2.2.2.2", instance)).map { $0.time - begin }
    }
    #expect(times[0] == [0, 50, 250, 1050, 1100].map { .milliseconds($0) })
    #expect(times[1] == [20, 70, 270, 1070, 1120].map { .milliseconds($0) })
  }

  @Test(
    "of very many withdrawals a thousand are repeated at a time, and the rest 100 ms later",
    arguments: ProtocolInstance.allCases)
  func earlyRetransmissionBursts(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise((0..<1500).map { .external(IPPrefix(host: .v4(IPv4Address(rawValue: 0xC612_0000 + UInt32($0))))) })
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic = .hellos
    pair.bench.advertise([])
    pair.bench.forget()
    let begin = pair.bench.now
    pair.bench.run(for: .milliseconds(200))
    var repeated: [Duration: Int] = [:]
    for update in pair.bench.sent(.linkStateUpdate) { repeated[update.time - begin, default: 0] += update.updatedHeaders.count }
    #expect(repeated == [.milliseconds(50): 1000, .milliseconds(150): 500])
    #expect(Set(pair.bench.sent.flatMap(\.updatedHeaders).map(\.key)).count == 1500, "each of them once")
  }

  @Test(
    "a flush that nobody waits for, such as that of the network-LSA, is repeated early once and no more",
    arguments: ProtocolInstance.allCases)
  func earlyRetransmissionOfOthers(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    for neighbor in [elected.backup, elected.other] { neighbor.automatic = .hellos }
    let begin = elected.bench.now
    elected.bench.changeInterface { $0.settings.priority = 0 }
    elected.bench.run(for: .seconds(4))
    let flushes = elected.bench.flooded(.network("192.0.2.2", from: "2.2.2.2", instance))
    #expect(flushes.allSatisfy { $0.header.lsAge == 3600 })
    #expect(flushes.map { $0.time - begin } == [.zero, .milliseconds(50)])
  }

  @Test(
    "when the time is up, what waits for its pacing is flushed all the same before the goodbye",
    arguments: ProtocolInstance.allCases)
  func flushesWhatWaits(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.forget()
    pair.bench.shutDown(timeout: .milliseconds(300))
    pair.bench.run(for: .milliseconds(299))
    #expect(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).isEmpty)
    pair.bench.run(for: .milliseconds(2))
    #expect(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).map(\.header.lsAge) == [3600])
    #expect(departure(pair.bench) == false)
    #expect(pair.bench.sent.last?.hello?.neighbors.isEmpty == true)
  }

  @Test(
    "on a network without multicast the goodbye goes to each neighbor that is heard", arguments: ProtocolInstance.allCases,
    [NetworkType.nonBroadcast, .pointToMultipoint])
  func withoutMulticast(instance: ProtocolInstance, type: NetworkType) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: type, priority: 1) {
          $0.neighbors = (3...5).map { ConfiguredNeighbor(address: instance.address(IPv4Address(192, 0, 2, $0))) }
        }
      ])
    let full = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let heard = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    try full.bringToFull()
    try heard.bringToInit()
    bench.forget()
    bench.shutDown()
    bench.run(for: .seconds(6))
    #expect(departure(bench) == true)
    let goodbyes = bench.sent(.hello).filter { $0.hello?.neighbors.isEmpty == true }
    #expect(goodbyes.map(\.destination) == [full.address, heard.address])
  }
}

extension HandMadeNeighbor {
  /// From now on only duplicates are acknowledged (RFC 2328 table 19), as by a router whose other acknowledgments are still to come.
  fileprivate func delaysAcknowledgments() {
    automatic.remove(.acknowledgments)
    var seen: Set<LSAHeader> = []
    onReceive = { [unowned self] packet in
      let known = packet.updatedHeaders.filter { header in
        var instance = header
        if !(instance.lsAge == 3600) { instance.lsAge = 0 }
        return !seen.insert(instance).inserted
      }
      if !known.isEmpty { sendAcknowledgment(known) }
    }
  }
}
