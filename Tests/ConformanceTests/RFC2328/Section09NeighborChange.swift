import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 section 9.2: the changes of a neighbor after which the Designated Router is elected anew.
@Suite struct NeighborChanges {
  /// An engine that is Designated Router, with neighbor 3 as its Backup, and neighbor 4 of a higher priority, which came later.
  private func elected(_ instance: ProtocolInstance) throws -> (bench: Bench, backup: HandMadeNeighbor, other: HandMadeNeighbor) {
    let (bench, _) = try elect(instance, [])
    let backup = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let other = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    backup.priority = 4
    other.priority = 9
    for neighbor in [backup, other] {
      neighbor.designatedRouter = instance.identity(2)
      neighbor.backupDesignatedRouter = instance.identity(3)
      neighbor.startHellos()
    }
    bench.run(for: .milliseconds(1))
    #expect(try outcome(bench) == [instance.identity(2), instance.identity(3)])
    return (bench, backup, other)
  }

  @Test(
    "RFC 2328 9.2 NeighborChange: a neighbor with which communication becomes bidirectional causes an election",
    arguments: ProtocolInstance.allCases)
  func bidirectional(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(instance, [])
    #expect(try outcome(bench) == [instance.identity(2), .none])
    let late = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    late.sendHello { $0.neighbors = [] }
    bench.run(for: .milliseconds(1))
    #expect(try outcome(bench) == [instance.identity(2), .none], "one that does not hear us does not stand")
    late.sendHello()
    bench.run(for: .milliseconds(1))
    #expect(try outcome(bench) == [instance.identity(2), instance.identity(3)])
  }

  @Test(
    "RFC 2328 9.2 NeighborChange: a neighbor that newly declares itself Designated Router causes an election",
    arguments: ProtocolInstance.allCases)
  func declaresDesignatedRouter(instance: ProtocolInstance) throws {
    let (bench, backup, _) = try elected(instance)
    backup.designatedRouter = instance.identity(3)
    backup.backupDesignatedRouter = .none
    backup.sendHello()
    bench.run(for: .milliseconds(1))
    // Both declare themselves; the higher priority wins, and nobody is Backup but whom the second pass finds.
    #expect(try outcome(bench) == [instance.identity(3), instance.identity(4)])
    #expect(try bench.interface().state == .drOther)
  }

  @Test(
    "RFC 2328 9.2 NeighborChange: a neighbor that newly declares itself Backup causes an election",
    arguments: ProtocolInstance.allCases)
  func declaresBackup(instance: ProtocolInstance) throws {
    let (bench, _, other) = try elected(instance)
    other.backupDesignatedRouter = instance.identity(4)
    other.sendHello()
    bench.run(for: .milliseconds(1))
    #expect(try outcome(bench) == [instance.identity(2), instance.identity(4)])
  }

  @Test(
    "RFC 2328 9.2 NeighborChange: a neighbor that no longer declares itself Backup causes an election",
    arguments: ProtocolInstance.allCases)
  func noLongerBackup(instance: ProtocolInstance) throws {
    let (bench, backup, _) = try elected(instance)
    backup.backupDesignatedRouter = .none
    backup.sendHello()
    bench.run(for: .milliseconds(1))
    // Nobody declares itself Backup any more, so that priorities decide.
    #expect(try outcome(bench) == [instance.identity(2), instance.identity(4)])
  }

  @Test("an election that changes nothing is no event, and is not told to anybody", arguments: ProtocolInstance.allCases)
  func sameOutcome(instance: ProtocolInstance) throws {
    let (bench, backup, _) = try elected(instance)
    bench.run(for: .seconds(1))
    bench.forget()
    backup.priority = 5
    backup.sendHello()
    bench.run(for: .milliseconds(1))
    #expect(try outcome(bench) == [instance.identity(2), instance.identity(3)])
    #expect(bench.events.isEmpty)
  }
}
