import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct DesignatedRouterElection {
  /// An eligible engine that has waited with these neighbors: router ID, last octet of the address, priority, and whom each
  /// names as Designated Router and Backup.
  private func elect(
    priority: UInt8 = 1, _ neighbors: [(id: RouterID, priority: UInt8, dr: DesignatedRouterID, backup: DesignatedRouterID)]
  ) throws -> (bench: Bench, neighbors: [HandMadeNeighbor]) {
    let bench = Bench(interfaces: [.bench(priority: priority)])
    let made = neighbors.map { description in
      let neighbor = HandMadeNeighbor(bench, description.id, IPv4Address(192, 0, 2, UInt8(description.id.rawValue & 0xFF)))
      neighbor.priority = description.priority
      neighbor.designatedRouter = description.dr
      neighbor.backupDesignatedRouter = description.backup
      return neighbor
    }
    for neighbor in made { neighbor.startHellos() }
    bench.run(for: .seconds(45))
    return (bench, made)
  }

  private func outcome(_ bench: Bench) throws -> [DesignatedRouterID] {
    let interface = try bench.interface()
    return [interface.designatedRouter, interface.backupDesignatedRouter]
  }

  @Test(
    "RFC 2328 9.4(2,3): where nobody declares itself the highest priority becomes Backup and is promoted")
  func highestPriority() throws {
    let (bench, _) = try elect([
      (id: "0.0.0.3", priority: 7, dr: .none, backup: .none), (id: "0.0.0.4", priority: 5, dr: .none, backup: .none),
    ])
    #expect(try bench.interface().designatedRouter == "192.0.2.3")
    #expect(try bench.interface().state == .drOther)
  }

  @Test("RFC 2328 9.4(2): equal priorities are decided by the higher router ID")
  func tie() throws {
    let (bench, _) = try elect([(id: "9.0.0.3", priority: 1, dr: .none, backup: .none)])
    #expect(try bench.interface().designatedRouter == "192.0.2.3")
    #expect(try bench.interface().state == .drOther)
    let (other, _) = try elect([(id: "1.0.0.3", priority: 1, dr: .none, backup: .none)])
    #expect(try outcome(other) == ["192.0.2.2", "192.0.2.3"])
    #expect(try other.interface().state == .dr)
  }

  @Test("RFC 2328 9.4(3): the one that declares itself Designated Router stays it, whatever our priority")
  func noPreemption() throws {
    let (bench, _) = try elect(priority: 255, [(id: "0.0.0.3", priority: 1, dr: "192.0.2.3", backup: .none)])
    #expect(try outcome(bench) == ["192.0.2.3", "192.0.2.2"])
    #expect(try bench.interface().state == .backup)
  }

  @Test("RFC 2328 9.4(2): the one that declares itself Backup stays it, whatever our priority")
  func backupIsNotPreempted() throws {
    let (bench, _) = try elect(
      priority: 255,
      [
        (id: "0.0.0.3", priority: 1, dr: "192.0.2.3", backup: "192.0.2.4"),
        (id: "0.0.0.4", priority: 1, dr: "192.0.2.3", backup: "192.0.2.4"),
      ])
    #expect(try outcome(bench) == ["192.0.2.3", "192.0.2.4"])
    #expect(try bench.interface().state == .drOther)
  }

  @Test("RFC 2328 9.4(3): of several that declare themselves Designated Router the highest priority wins")
  func severalDesignatedRouters() throws {
    let (bench, _) = try elect([
      (id: "0.0.0.3", priority: 4, dr: "192.0.2.3", backup: .none), (id: "0.0.0.4", priority: 9, dr: "192.0.2.4", backup: .none),
    ])
    #expect(try bench.interface().designatedRouter == "192.0.2.4")
  }

  @Test("RFC 2328 9.4(2): one that declares itself Designated Router is not elected Backup")
  func designatedRouterIsNoBackup() throws {
    let (bench, _) = try elect(
      priority: 0,
      [
        (id: "0.0.0.3", priority: 4, dr: "192.0.2.3", backup: "192.0.2.3"),
        (id: "0.0.0.4", priority: 2, dr: .none, backup: .none),
      ])
    #expect(try outcome(bench) == ["192.0.2.3", "192.0.2.4"])
  }

  @Test("RFC 2328 9.4(1): a router of priority 0 is never elected, even when it declares itself")
  func ineligibleNeighbor() throws {
    let (bench, _) = try elect([(id: "9.0.0.3", priority: 0, dr: "192.0.2.3", backup: .none)])
    #expect(try outcome(bench) == ["192.0.2.2", .none])
    #expect(try bench.interface().state == .dr)
  }

  @Test("RFC 2328 9.4(1): a neighbor that does not hear us has no part in the election")
  func oneWayNeighbor() throws {
    let bench = Bench(interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "9.0.0.3", "192.0.2.3")
    neighbor.heard = []
    neighbor.designatedRouter = "192.0.2.3"
    neighbor.startHellos()
    bench.run(for: .seconds(45))
    #expect(try outcome(bench) == ["192.0.2.2", .none])
  }

  @Test("RFC 2328 9.4: a router of priority 0 elects neither itself nor anybody who does not stand")
  func ineligibleSelf() throws {
    let (bench, _) = try elect(priority: 0, [(id: "0.0.0.3", priority: 0, dr: .none, backup: .none)])
    #expect(try outcome(bench) == [.none, .none])
    #expect(try bench.interface().state == .drOther)
  }

  @Test("RFC 2328 9.4(4): the one that steps up is Designated Router and not also Backup: the second pass finds another Backup")
  func secondPass() throws {
    let (bench, _) = try elect(
      priority: 9,
      [(id: "0.0.0.3", priority: 4, dr: .none, backup: .none), (id: "0.0.0.4", priority: 2, dr: .none, backup: .none)])
    #expect(try outcome(bench) == ["192.0.2.2", "192.0.2.3"])
    #expect(try bench.interface().state == .dr)
  }

  @Test("RFC 2328 9.4: when the Designated Router dies its Backup takes over, at once and with a new Backup")
  func designatedRouterDies() throws {
    let (bench, neighbors) = try elect([
      (id: "0.0.0.3", priority: 4, dr: "192.0.2.3", backup: "192.0.2.2"),
      (id: "0.0.0.4", priority: 1, dr: "192.0.2.3", backup: "192.0.2.2"),
    ])
    #expect(try bench.interface().state == .backup)
    neighbors[0].fallSilent()
    bench.run(for: .seconds(45))
    #expect(try outcome(bench) == ["192.0.2.2", "192.0.2.4"])
    #expect(try bench.interface().state == .dr)
  }

  @Test("RFC 2328 9.2 NeighborChange: a neighbor that steps down as Designated Router causes an election")
  func designatedRouterStepsDown() throws {
    let (bench, neighbors) = try elect([(id: "0.0.0.3", priority: 4, dr: "192.0.2.3", backup: "192.0.2.2")])
    #expect(try bench.interface().state == .backup)
    neighbors[0].designatedRouter = .none
    neighbors[0].sendHello()
    bench.run(for: .milliseconds(1))
    #expect(try bench.interface().state == .dr)
  }

  @Test("RFC 2328 9.2 NeighborChange: a neighbor's new priority causes an election")
  func priorityChange() throws {
    let (bench, neighbors) = try elect([(id: "0.0.0.3", priority: 4, dr: "192.0.2.3", backup: "192.0.2.2")])
    neighbors[0].priority = 0
    neighbors[0].sendHello()
    bench.run(for: .milliseconds(1))
    #expect(try outcome(bench) == ["192.0.2.2", .none])
  }

  @Test("RFC 2328 9.2 NeighborChange: a neighbor that no longer hears us causes an election")
  func oneWayCausesElection() throws {
    let (bench, neighbors) = try elect([(id: "0.0.0.3", priority: 4, dr: "192.0.2.3", backup: "192.0.2.2")])
    neighbors[0].sendHello { $0.neighbors = [] }
    bench.run(for: .milliseconds(1))
    #expect(try bench.interface().state == .dr)
  }

  @Test("RFC 2328 9.4(7): with a new Designated Router DROthers reconsider their adjacencies")
  func adjacencyOK() throws {
    let trio = try Trio()
    let third = HandMadeNeighbor(trio.bench, "5.5.5.5", "192.0.2.5")
    third.designatedRouter = "192.0.2.3"
    third.backupDesignatedRouter = "192.0.2.4"
    third.startHellos()
    #expect(third.state == .twoWay)
    // The Backup becomes Designated Router, the third one Backup, and the old Designated Router nothing.
    for neighbor in [trio.designatedRouter, trio.backup, third] {
      neighbor.designatedRouter = "192.0.2.4"
      neighbor.backupDesignatedRouter = "192.0.2.5"
      neighbor.sendHello()
    }
    trio.bench.run(for: .milliseconds(1))
    #expect(trio.bench.state(of: "5.5.5.5") == .exStart)
    #expect(trio.bench.state(of: "4.4.4.4") == .full)
    #expect(trio.bench.state(of: "3.3.3.3") == .twoWay)
    #expect(trio.bench.changes(of: "3.3.3.3").last?.cause == .adjOK)
  }

  @Test("a change of Designated Router or Backup is an event that names both")
  func event() throws {
    let (bench, _) = try elect([(id: "0.0.0.3", priority: 4, dr: "192.0.2.3", backup: .none)])
    #expect(
      bench.events.contains {
        if case .designatedRouterChanged(_, "192.0.2.3", "192.0.2.2") = $0 { true } else { false }
      })
  }

  @Test(
    "RFC 2328 9.4(5): a router that becomes Designated Router or Backup on a non-broadcast network starts its ineligible neighbors"
  )
  func startOnNonBroadcast() throws {
    let bench = Bench(
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) {
          $0.neighbors = [ConfiguredNeighbor(address: .v4("192.0.2.3"), priority: 0)]
        }
      ])
    bench.run(for: .seconds(39))
    #expect(bench.sent.isEmpty)
    bench.run(for: .seconds(3))
    #expect(try bench.interface().state == .dr)
    #expect(bench.sent(.hello).contains { $0.destination == .v4("192.0.2.3") })
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.attempt])
  }
}
