import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct DesignatedRouterElection {
  @Test(
    "RFC 2328 9.4(2,3): where nobody declares itself the highest priority becomes Backup and is promoted",
    arguments: ProtocolInstance.allCases)
  func highestPriority(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(
      instance,
      [
        (number: 3, priority: 7, dr: nil, backup: nil), (number: 4, priority: 5, dr: nil, backup: nil),
      ])
    #expect(try bench.interface().designatedRouter == instance.identity(3))
    #expect(try bench.interface().state == .drOther)
  }

  @Test("RFC 2328 9.4(2): equal priorities are decided by the higher router ID", arguments: ProtocolInstance.allCases)
  func tie(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(instance, [(number: 3, priority: 1, dr: nil, backup: nil)])
    #expect(try bench.interface().designatedRouter == instance.identity(3))
    #expect(try bench.interface().state == .drOther)
    let (other, _) = try elect(instance, [(number: 1, priority: 1, dr: nil, backup: nil)])
    #expect(try outcome(other) == [instance.identity(2), instance.identity(1)])
    #expect(try other.interface().state == .dr)
  }

  @Test(
    "RFC 2328 9.4(3): the one that declares itself Designated Router stays it, whatever our priority",
    arguments: ProtocolInstance.allCases
  )
  func noPreemption(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(instance, priority: 255, [(number: 3, priority: 1, dr: 3, backup: nil)])
    #expect(try outcome(bench) == [instance.identity(3), instance.identity(2)])
    #expect(try bench.interface().state == .backup)
  }

  @Test(
    "RFC 2328 9.4(2): the one that declares itself Backup stays it, whatever our priority", arguments: ProtocolInstance.allCases)
  func backupIsNotPreempted(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(
      instance,
      priority: 255,
      [
        (number: 3, priority: 1, dr: 3, backup: 4),
        (number: 4, priority: 1, dr: 3, backup: 4),
      ])
    #expect(try outcome(bench) == [instance.identity(3), instance.identity(4)])
    #expect(try bench.interface().state == .drOther)
  }

  @Test(
    "RFC 2328 9.4(3): of several that declare themselves Designated Router the highest priority wins",
    arguments: ProtocolInstance.allCases
  )
  func severalDesignatedRouters(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(
      instance,
      [
        (number: 3, priority: 4, dr: 3, backup: nil), (number: 4, priority: 9, dr: 4, backup: nil),
      ])
    #expect(try bench.interface().designatedRouter == instance.identity(4))
  }

  @Test("RFC 2328 9.4(2): one that declares itself Designated Router is not elected Backup", arguments: ProtocolInstance.allCases)
  func designatedRouterIsNoBackup(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(
      instance,
      priority: 0,
      [
        (number: 3, priority: 4, dr: 3, backup: 3),
        (number: 4, priority: 2, dr: nil, backup: nil),
      ])
    #expect(try outcome(bench) == [instance.identity(3), instance.identity(4)])
  }

  @Test(
    "RFC 2328 9.4(1): a router of priority 0 is never elected, even when it declares itself", arguments: ProtocolInstance.allCases
  )
  func ineligibleNeighbor(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(instance, [(number: 3, priority: 0, dr: 3, backup: nil)])
    #expect(try outcome(bench) == [instance.identity(2), .none])
    #expect(try bench.interface().state == .dr)
  }

  @Test("RFC 2328 9.4(1): a neighbor that does not hear us has no part in the election", arguments: ProtocolInstance.allCases)
  func oneWayNeighbor(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.heard = []
    neighbor.designatedRouter = instance.identity(3)
    neighbor.startHellos()
    bench.run(for: .seconds(45))
    #expect(try outcome(bench) == [instance.identity(2), .none])
  }

  @Test(
    "RFC 2328 9.4: a router of priority 0 elects neither itself nor anybody who does not stand",
    arguments: ProtocolInstance.allCases)
  func ineligibleSelf(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(instance, priority: 0, [(number: 3, priority: 0, dr: nil, backup: nil)])
    #expect(try outcome(bench) == [.none, .none])
    #expect(try bench.interface().state == .drOther)
  }

  @Test(
    "RFC 2328 9.4(4): the one that steps up is Designated Router and not also Backup: the second pass finds another Backup",
    arguments: ProtocolInstance.allCases)
  func secondPass(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(
      instance,
      priority: 9,
      [(number: 3, priority: 4, dr: nil, backup: nil), (number: 4, priority: 2, dr: nil, backup: nil)])
    #expect(try outcome(bench) == [instance.identity(2), instance.identity(3)])
    #expect(try bench.interface().state == .dr)
  }

  @Test(
    "RFC 2328 9.4: when the Designated Router dies its Backup takes over, at once and with a new Backup",
    arguments: ProtocolInstance.allCases)
  func designatedRouterDies(instance: ProtocolInstance) throws {
    let (bench, neighbors) = try elect(
      instance,
      [
        (number: 3, priority: 4, dr: 3, backup: 2),
        (number: 1, priority: 1, dr: 3, backup: 2),
      ])
    #expect(try bench.interface().state == .backup)
    neighbors[0].fallSilent()
    bench.run(for: .seconds(45))
    #expect(try outcome(bench) == [instance.identity(2), instance.identity(1)])
    #expect(try bench.interface().state == .dr)
  }

  @Test(
    "RFC 2328 9.2 NeighborChange: a neighbor that steps down as Designated Router causes an election",
    arguments: ProtocolInstance.allCases
  )
  func designatedRouterStepsDown(instance: ProtocolInstance) throws {
    let (bench, neighbors) = try elect(instance, [(number: 3, priority: 4, dr: 3, backup: 2)])
    #expect(try bench.interface().state == .backup)
    neighbors[0].designatedRouter = .none
    neighbors[0].sendHello()
    bench.run(for: .milliseconds(1))
    #expect(try bench.interface().state == .dr)
  }

  @Test("RFC 2328 9.2 NeighborChange: a neighbor's new priority causes an election", arguments: ProtocolInstance.allCases)
  func priorityChange(instance: ProtocolInstance) throws {
    let (bench, neighbors) = try elect(instance, [(number: 3, priority: 4, dr: 3, backup: 2)])
    neighbors[0].priority = 0
    neighbors[0].sendHello()
    bench.run(for: .milliseconds(1))
    #expect(try outcome(bench) == [instance.identity(2), .none])
  }

  @Test(
    "RFC 2328 9.2 NeighborChange: a neighbor that no longer hears us causes an election", arguments: ProtocolInstance.allCases)
  func oneWayCausesElection(instance: ProtocolInstance) throws {
    let (bench, neighbors) = try elect(instance, [(number: 3, priority: 4, dr: 3, backup: 2)])
    neighbors[0].sendHello { $0.neighbors = [] }
    bench.run(for: .milliseconds(1))
    #expect(try bench.interface().state == .dr)
  }

  @Test(
    "RFC 2328 9.4(7): with a new Designated Router DROthers reconsider their adjacencies", arguments: ProtocolInstance.allCases)
  func adjacencyOK(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    let third = HandMadeNeighbor(trio.bench, "5.5.5.5", "192.0.2.5")
    third.designatedRouter = instance.identity(3)
    third.backupDesignatedRouter = instance.identity(4)
    third.startHellos()
    #expect(third.state == .twoWay)
    // The Backup becomes Designated Router, the third one Backup, and the old Designated Router nothing.
    for neighbor in [trio.designatedRouter, trio.backup, third] {
      neighbor.designatedRouter = instance.identity(4)
      neighbor.backupDesignatedRouter = instance.identity(5)
      neighbor.sendHello()
    }
    trio.bench.run(for: .milliseconds(1))
    #expect(trio.bench.state(of: "5.5.5.5") == .exStart)
    #expect(trio.bench.state(of: "4.4.4.4") == .full)
    #expect(trio.bench.state(of: "3.3.3.3") == .twoWay)
    #expect(trio.bench.changes(of: "3.3.3.3").last?.cause == .adjOK)
  }

  @Test("a change of Designated Router or Backup is an event that names both", arguments: ProtocolInstance.allCases)
  func event(instance: ProtocolInstance) throws {
    let (bench, _) = try elect(instance, [(number: 3, priority: 4, dr: 3, backup: nil)])
    #expect(
      bench.events.contains {
        guard case .designatedRouterChanged(_, let designatedRouter, let backup) = $0 else { return false }
        return designatedRouter == instance.identity(3) && backup == instance.identity(2)
      })
  }

  @Test(
    "RFC 2328 9.4(5): a router that becomes Designated Router or Backup on a non-broadcast network starts its ineligible neighbors",
    arguments: ProtocolInstance.allCases)
  func startOnNonBroadcast(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) {
          $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"), priority: 0)]
        }
      ])
    bench.run(for: .seconds(39))
    #expect(bench.sent.isEmpty)
    bench.run(for: .seconds(3))
    #expect(try bench.interface().state == .dr)
    #expect(bench.sent(.hello).contains { $0.destination == instance.address("192.0.2.3") })
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.attempt])
  }
}
