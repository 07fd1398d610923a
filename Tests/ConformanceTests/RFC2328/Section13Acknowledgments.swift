import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 sections 13.5 to 13.7: acknowledgments sent and received, retransmissions.
@Suite struct Acknowledgments {
  // MARK: 13.5, table 19

  @Test(
    "RFC 2328 13.5: the acknowledgment of a new LSA is delayed, but by less than RxmtInterval",
    arguments: ProtocolInstance.allCases)
  func delayed(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance)
    pair.bench.forget()
    pair.neighbor.sendUpdate([lsa])
    #expect(pair.bench.acknowledged(key).isEmpty)
    pair.bench.run(for: .milliseconds(2500))
    #expect(pair.bench.acknowledged(key).count == 1)
    let interface = try #require(pair.bench.neighbor(pair.neighbor.routerID)).reference.interface
    #expect(pair.bench.notes.map(\.note) == [.delayedAcknowledgmentsSent(interface, ListedLSAs([key]))])
  }

  @Test(
    "RFC 2328 13.5: where RxmtInterval is short the acknowledgment is delayed by a quarter of it",
    arguments: ProtocolInstance.allCases)
  func shortlyDelayed(instance: ProtocolInstance) throws {
    let pair = try Pair(instance) { $0.rxmtInterval = .seconds(1) }
    let received = pair.bench.now
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "9.9.9.9")])
    pair.bench.run(for: .seconds(1))
    let acknowledged = pair.bench.sent.filter { $0.acknowledgedHeaders.contains { $0.key.advertisingRouter == "9.9.9.9" } }
    #expect(acknowledged.map { $0.time - received } == [.milliseconds(250)])
  }

  @Test("RFC 2328 13.5: several delayed acknowledgments share a packet", arguments: ProtocolInstance.allCases)
  func shared(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    for number in UInt8(0)..<10 {
      pair.neighbor.sendUpdate([LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, number, 0), length: 24), from: "9.9.9.9")]
      )
      pair.bench.run(for: .milliseconds(10))
    }
    pair.bench.run(for: .seconds(3))
    #expect(pair.bench.sent(.linkStateAcknowledgment).map(\.acknowledgedHeaders.count) == [10])
  }

  @Test(
    "RFC 2328 13.5: delayed acknowledgments go to AllDRouters from a DROther, to AllSPFRouters from the Designated Router",
    arguments: ProtocolInstance.allCases)
  func groups(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance)
    pair.neighbor.sendUpdate([lsa])
    pair.bench.run(for: .seconds(3))
    #expect(pair.bench.acknowledged(key).map(\.destination) == [instance.allDRouters])
    let elected = try Elected(instance)
    // Taken by the Designated Router and not flooded back, because it came from the Backup.
    elected.backup.sendUpdate([lsa])
    elected.bench.run(for: .seconds(3))
    let destinations = Set(elected.bench.acknowledged(key).map(\.destination))
    #expect(destinations.isSubset(of: [instance.allSPFRouters]))
  }

  @Test(
    "RFC 2328 table 19: an LSA that is flooded back out of the receiving interface is not acknowledged: the flooding does it",
    arguments: ProtocolInstance.allCases)
  func floodedBack(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let elected = try Elected(instance)
    elected.other.sendUpdate([lsa], to: instance.allDRouters)
    elected.bench.run(for: .seconds(4))
    #expect(elected.bench.flooded(key).count == 1)
    #expect(elected.bench.acknowledged(key).isEmpty)
  }

  @Test(
    "RFC 2328 table 19: the Backup acknowledges what the Designated Router has sent, and not what another one has",
    arguments: ProtocolInstance.allCases)
  func backup(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let backup = try ElectedBackup(instance)
    let (bench, designatedRouter, other) = (backup.bench, backup.designatedRouter, backup.other)
    bench.forget()
    designatedRouter.sendUpdate([lsa])
    bench.run(for: .seconds(3))
    #expect(bench.acknowledged(key).map(\.destination) == [instance.allSPFRouters])
    let second = LSAs(instance).external(otherService, from: "9.9.9.9")
    other.sendUpdate([second], to: instance.allDRouters)
    bench.run(for: .seconds(3))
    #expect(bench.acknowledged(LSAs(instance).key(second)).isEmpty)
  }

  @Test(
    "RFC 2328 table 19: a duplicate that was an implied acknowledgment is acknowledged by the Backup when the Designated Router sent it",
    arguments: ProtocolInstance.allCases)
  func impliedAtBackup(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let backup = try ElectedBackup(instance)
    let (bench, designatedRouter, other) = (backup.bench, backup.designatedRouter, backup.other)
    designatedRouter.automatic.remove(.acknowledgments)
    bench.forget()
    other.sendUpdate([lsa], to: instance.allDRouters)
    #expect(bench.neighbor("3.3.3.3")?.retransmissionCount == 1)
    designatedRouter.sendUpdate([lsa])
    #expect(bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    bench.run(for: .seconds(3))
    #expect(bench.acknowledged(key).map(\.destination) == [instance.allSPFRouters])
  }

  @Test(
    "RFC 2328 table 19: a duplicate that was no implied acknowledgment is acknowledged at once",
    arguments: ProtocolInstance.allCases)
  func duplicate(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance, .pointToPoint, lsas: [lsa])
    pair.neighbor.sendUpdate([lsa])
    #expect(pair.bench.acknowledged(key).count == 1)
  }

  // MARK: 13.6

  @Test(
    "RFC 2328 13.6: an LSA that is not acknowledged is sent again every RxmtInterval, straight to the neighbor",
    arguments: ProtocolInstance.allCases)
  func retransmission(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    trio.backup.automatic.remove(.acknowledgments)
    let begin = trio.bench.now
    trio.bench.advertise([.external(.service)])
    let own = LSAKey.external(service, from: "2.2.2.2", instance)
    trio.bench.run(for: .milliseconds(16_500))
    let sent = trio.bench.flooded(own)
    #expect(
      sent.map(\.packet.destination) == [
        instance.allDRouters, instance.address("192.0.2.4"), instance.address("192.0.2.4"), instance.address("192.0.2.4"),
      ])
    for (number, copy) in sent.enumerated() { #expect(copy.time - begin >= .seconds(5 * number)) }
    #expect(Set(sent.map(\.header.sequenceNumber)).count == 1)
    let backup = try #require(trio.bench.neighbor(trio.backup.routerID)).reference
    let again = trio.bench.notes.filter { entry in
      guard case .updatesRetransmitted(backup, let lsas, isEarly: false) = entry.note else { return false }
      return lsas.keys.contains(own)
    }
    #expect(again.map(\.time) == sent.dropFirst().map(\.time))
    trio.backup.sendAcknowledgment(sent.map(\.header).suffix(1))
    trio.bench.run(for: .seconds(6))
    trio.bench.forget()
    trio.bench.run(for: .seconds(20))
    #expect(trio.bench.flooded(own).isEmpty)
  }

  @Test("RFC 2328 13.6: the interface's RxmtInterval is what counts", arguments: ProtocolInstance.allCases)
  func retransmissionInterval(instance: ProtocolInstance) throws {
    let pair = try Pair(instance) { $0.rxmtInterval = .seconds(2) }
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .milliseconds(6900))
    #expect((3...4).contains(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).count))
  }

  @Test("RFC 2328 13.6: one neighbor's silence does not make the others hear it again", arguments: ProtocolInstance.allCases)
  func onlyTheSilentOne(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    elected.other.automatic.remove(.acknowledgments)
    elected.bench.advertise([.external(.service)])
    elected.bench.run(for: .seconds(12))
    let destinations = elected.bench.flooded(.external(service, from: "2.2.2.2", instance)).map(\.packet.destination)
    #expect(destinations == [instance.allSPFRouters, instance.address("192.0.2.4"), instance.address("192.0.2.4")])
  }

  // MARK: 13.7

  @Test(
    "RFC 2328 13.7: an acknowledgment of the same instance ends the retransmission, one of another instance does not",
    arguments: ProtocolInstance.allCases)
  func acknowledgment(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.advertise([.stub(.service)])
    let header = try #require(pair.bench.flooded(.stub(from: "2.2.2.2", instance)).last?.header)
    var older = header
    older.sequenceNumber = header.sequenceNumber.advanced(by: -1)
    var newer = header
    newer.sequenceNumber = header.sequenceNumber.advanced(by: 1)
    pair.neighbor.sendAcknowledgment([older, newer])
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 1)
    pair.neighbor.sendAcknowledgment([header], to: instance.allSPFRouters)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
  }

  @Test("RFC 2328 13.7: an acknowledgment from a neighbor below Exchange is ignored", arguments: ProtocolInstance.allCases)
  func acknowledgmentTooEarly(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    bench.forget()
    neighbor.sendAcknowledgment([LSAs(instance).header(lsa)])
    #expect(bench.refusals == [.neighborStateTooLow(type: .linkStateAcknowledgment, state: .exStart)])
  }

  @Test("an acknowledgment of an LSA that does not exist is harmless", arguments: ProtocolInstance.allCases)
  func unknownAcknowledgment(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let pair = try Pair(instance)
    pair.neighbor.sendAcknowledgment([LSAs(instance).header(lsa)])
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
    #expect(pair.bench.refusals.isEmpty)
  }

  @Test(
    "RFC 2328 table 19: a duplicate that was an implied acknowledgment is not acknowledged by the Backup when another router sent it",
    arguments: ProtocolInstance.allCases)
  func impliedAtBackupByOthers(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let designatedRouter = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let other = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    other.priority = 0
    other.designatedRouter = instance.identity(3)
    other.backupDesignatedRouter = instance.identity(2)
    try designatedRouter.bringToFull()
    try other.bringToFull()
    other.automatic.remove(.acknowledgments)
    designatedRouter.sendUpdate([lsa])
    bench.run(for: .seconds(1))
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
    bench.forget()
    other.sendUpdate([lsa], to: instance.allDRouters)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
    bench.run(for: .seconds(3))
    #expect(bench.acknowledged(key).isEmpty)
  }

  @Test("RFC 2328 13.5: acknowledgments that fill a packet do not wait for others", arguments: ProtocolInstance.allCases)
  func full(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    // What 1500 octets leave for headers of 20 octets.
    let capacity = instance.version == .v2 ? (1500 - 20 - 24) / 20 : (1500 - 40 - 16) / 20
    let lsas = (0..<capacity).map { number in
      LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8(number), 0), length: 24), from: "9.9.9.9")
    }
    pair.neighbor.sendUpdate(Array(lsas.dropLast()))
    #expect(pair.bench.sent(.linkStateAcknowledgment).isEmpty)
    pair.neighbor.sendUpdate(Array(lsas.suffix(1)))
    #expect(pair.bench.sent(.linkStateAcknowledgment).map(\.acknowledgedHeaders.count) == [capacity])
  }

  @Test(
    "RFC 2328 13.5: LSAs that keep coming do not put off the acknowledgment of the first", arguments: ProtocolInstance.allCases)
  func stream(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let lsas = (0..<10).map { LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, $0, 0), length: 24), from: "9.9.9.9") }
    for lsa in lsas {
      pair.neighbor.sendUpdate([lsa])
      pair.bench.run(for: .milliseconds(200))
    }
    #expect(!pair.bench.acknowledged(LSAs(instance).key(lsas[0])).isEmpty)
  }

  @Test(
    "RFC 2328 13.5: on a network without multicast delayed acknowledgments go to each neighbor in Exchange or higher",
    arguments: ProtocolInstance.allCases)
  func withoutMulticast(instance: ProtocolInstance) throws {
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .pointToMultipoint) {
          $0.neighbors = (3...5).map { ConfiguredNeighbor(address: instance.address(IPv4Address(192, 0, 2, $0))) }
        }
      ])
    let full = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let exchanging = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    try full.bringToFull()
    try exchanging.bringToExchange()
    try HandMadeNeighbor(bench, "5.5.5.5", "192.0.2.5").bringToInit()
    // This neighbor has the same instance, so that it is not flooded, which would be the acknowledgment.
    exchanging.sendDescription([.more, .master], sequence: exchanging.ddSequenceNumber &+ 1, [LSAs(instance).header(lsa)])
    bench.forget()
    full.sendUpdate([lsa])
    bench.run(for: .seconds(3))
    #expect(exchanging.state == .exchange)
    #expect(bench.flooded(LSAs(instance).key(lsa)).isEmpty)
    #expect(bench.acknowledged(LSAs(instance).key(lsa)).map(\.destination) == [full.address, exchanging.address])
  }
}
