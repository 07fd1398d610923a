import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct SendingHellos {
  @Test("RFC 2328 9.5: a Hello carries the interface's mask, intervals, priority and the area's options")
  func contents() throws {
    let bench = Bench(
      interfaces: [
        .bench(length: 26, priority: 3) {
          $0.helloInterval = .seconds(7)
          $0.routerDeadInterval = .seconds(33)
        }
      ])
    let hello = try bench.lastHello()
    #expect(hello.attachment == .networkMask("255.255.255.192"))
    #expect(hello.helloInterval == 7)
    #expect(hello.routerDeadInterval == 33)
    #expect(hello.priority == 3)
    #expect(hello.neighbors.isEmpty)
    #expect(hello.options.contains(.externalRouting))
    #expect(!hello.options.contains(.nssa))
  }

  @Test(
    "RFC 2328 9.5, RFC 3101 2.5: the E-bit is clear in stub areas and NSSAs, the N-bit set in NSSAs only",
    arguments: ProtocolInstance.allCases)
  func options(instance: ProtocolInstance) throws {
    for (kind, options) in [(AreaConfiguration.stub, Options()), (.nssa, .nssa), (.normal, .externalRouting)] {
      let bench = Bench(instance, .bench(areas: ["0.0.0.1": kind]), interfaces: [.bench(area: "0.0.0.1")])
      #expect(try bench.lastHello().options.intersection([.externalRouting, .nssa]) == options, "\(kind)")
    }
  }

  @Test("RFC 2328 9.5: a Hello is sent every HelloInterval", arguments: ProtocolInstance.allCases)
  func interval(instance: ProtocolInstance) {
    let bench = Bench(
      instance,
      interfaces: [
        .bench {
          $0.helloInterval = .seconds(3); $0.routerDeadInterval = .seconds(12)
        }
      ])
    bench.run(for: .seconds(30))
    let times = bench.sent(.hello).map(\.time)
    #expect((10...12).contains(times.count))
    for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier <= .seconds(3)) }
  }

  @Test("fast Hellos go out several times a second and say 0 for HelloInterval", arguments: ProtocolInstance.allCases)
  func fastHellos(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench {
          $0.helloInterval = .milliseconds(250); $0.routerDeadInterval = .seconds(1)
        }
      ])
    bench.run(for: .seconds(10))
    #expect((38...44).contains(bench.sent(.hello).count))
    #expect(try bench.lastHello().helloInterval == 0)
    #expect(try bench.lastHello().routerDeadInterval == 1)
  }

  @Test(
    "RFC 2328 9.5: a Hello lists the routers heard within RouterDeadInterval and no other", arguments: ProtocolInstance.allCases)
  func neighborList(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let first = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let second = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    first.startHellos()
    second.startHellos()
    bench.run(for: .seconds(11))
    #expect(Set(try bench.lastHello().neighbors) == ["3.3.3.3", "4.4.4.4"])
    second.fallSilent()
    bench.run(for: .seconds(51))
    #expect(try bench.lastHello().neighbors == ["3.3.3.3"])
  }

  @Test("RFC 2328 9.5: a neighbor that does not hear us is listed too", arguments: ProtocolInstance.allCases)
  func oneWayIsListed(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToInit()
    bench.run(for: .seconds(10))
    #expect(try bench.lastHello().neighbors == ["3.3.3.3"])
  }

  @Test("RFC 2328 9.5: a Hello names the Designated Router and Backup by their addresses", arguments: ProtocolInstance.allCases)
  func designatedRouters(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    trio.bench.run(for: .seconds(10))
    let hello = try trio.bench.lastHello()
    #expect(hello.designatedRouter == instance.identity(3))
    #expect(hello.backupDesignatedRouter == instance.identity(4))
  }

  @Test("RFC 2328 9.5: point-to-point Hellos name no Designated Router", arguments: ProtocolInstance.allCases)
  func pointToPointDesignatedRouter(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint, priority: 4)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(3)
    neighbor.startHellos()
    bench.run(for: .seconds(20))
    #expect(try bench.lastHello().designatedRouter == .none)
    #expect(try bench.lastHello().backupDesignatedRouter == .none)
  }

  @Test("RFC 2328 9.5: an unnumbered link's mask is 0.0.0.0")
  func unnumberedMask() throws {
    let bench = Bench(interfaces: [.bench("203.0.113.77", length: 32, type: .pointToPoint, isUnnumbered: true)])
    #expect(try bench.lastHello().attachment == .networkMask("0.0.0.0"))
  }

  @Test("a Hello is sent the moment an interface comes up", arguments: ProtocolInstance.allCases)
  func atOnce(instance: ProtocolInstance) {
    let bench = Bench(instance)
    #expect(bench.sent(.hello).count == 1)
    bench.changeInterface { $0.isUp = false }
    bench.forget()
    bench.changeInterface { $0.isUp = true }
    #expect(bench.sent(.hello).count == 1)
  }

  @Test("a Hello that lists it is sent the moment an unknown neighbor is heard", arguments: ProtocolInstance.allCases)
  func atOnceToNewNeighbor(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.run(for: .seconds(4))
    bench.forget()
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToInit()
    bench.run(for: .milliseconds(500))
    #expect(bench.sent(.hello).count == 1)
    #expect(try bench.lastHello().neighbors == ["3.3.3.3"])
  }

  @Test("a crowd of unknown neighbors does not make a storm of Hellos", arguments: ProtocolInstance.allCases)
  func rateLimit(instance: ProtocolInstance) {
    let bench = Bench(instance)
    bench.run(for: .seconds(4))
    bench.forget()
    for number in UInt8(10)..<110 {
      HandMadeNeighbor(bench, RouterID(rawValue: UInt32(number)), IPv4Address(192, 0, 2, number)).sendHello()
    }
    bench.run(for: .seconds(3))
    let times = bench.sent(.hello).map(\.time)
    #expect(times.count > 1)
    for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier >= .milliseconds(500)) }
  }

  private func nonBroadcast(_ instance: ProtocolInstance, priority: UInt8, _ neighbors: [ConfiguredNeighbor]) -> Bench {
    Bench(instance, interfaces: [.bench(type: .nonBroadcast, priority: priority) { $0.neighbors = neighbors }])
  }

  @Test(
    "RFC 2328 9.5.1: an eligible router on a non-broadcast network sends Hellos to its eligible neighbors only",
    arguments: ProtocolInstance.allCases)
  func eligibleOnNonBroadcast(instance: ProtocolInstance) {
    let bench = nonBroadcast(
      instance, priority: 1,
      [
        ConfiguredNeighbor(address: instance.address("192.0.2.3")),
        ConfiguredNeighbor(address: instance.address("192.0.2.4"), priority: 0),
      ])
    bench.run(for: .seconds(35))
    #expect(Set(bench.sent(.hello).map(\.destination)) == [instance.address("192.0.2.3")])
    #expect(bench.sent(.hello).count >= 1)
  }

  @Test(
    "RFC 2328 9.5.1: the Designated Router on a non-broadcast network sends Hellos to all neighbors",
    arguments: ProtocolInstance.allCases)
  func designatedRouterOnNonBroadcast(instance: ProtocolInstance) {
    let bench = nonBroadcast(
      instance, priority: 1,
      [
        ConfiguredNeighbor(address: instance.address("192.0.2.3")),
        ConfiguredNeighbor(address: instance.address("192.0.2.4"), priority: 0),
      ])
    bench.run(for: .seconds(41))
    bench.forget()
    bench.run(for: .seconds(130))
    #expect(Set(bench.sent(.hello).map(\.destination)) == [instance.address("192.0.2.3"), instance.address("192.0.2.4")])
  }

  @Test(
    "RFC 2328 9.5.1: an ineligible router on a non-broadcast network sends Hellos to the Designated Router and Backup only",
    arguments: ProtocolInstance.allCases)
  func ineligibleOnNonBroadcast(instance: ProtocolInstance) throws {
    let bench = nonBroadcast(
      instance, priority: 0,
      [ConfiguredNeighbor(address: instance.address("192.0.2.3")), ConfiguredNeighbor(address: instance.address("192.0.2.4"))])
    bench.run(for: .seconds(60))
    #expect(bench.sent.isEmpty)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(3)
    neighbor.startHellos()
    bench.run(for: .seconds(60))
    #expect(bench.sent(.hello).count >= 5)
    #expect(bench.sent(.hello).allSatisfy { $0.destination == instance.address("192.0.2.3") })
  }

  @Test(
    "RFC 2328 9.5.1: an ineligible router answers the Hello of an eligible one, and of none other",
    arguments: ProtocolInstance.allCases)
  func ineligibleAnswers(instance: ProtocolInstance) {
    let bench = nonBroadcast(
      instance, priority: 0,
      [
        ConfiguredNeighbor(address: instance.address("192.0.2.3")),
        ConfiguredNeighbor(address: instance.address("192.0.2.4"), priority: 0),
      ])
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").sendHello()
    let ineligible = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    ineligible.priority = 0
    ineligible.sendHello()
    bench.run(for: .milliseconds(1))
    #expect(Set(bench.sent(.hello).map(\.destination)) == [instance.address("192.0.2.3")])
  }

  @Test(
    "RFC 2328 9.5.1: an ineligible router answers each Hello of an eligible one that does not hear it yet",
    arguments: ProtocolInstance.allCases)
  func ineligibleAnswersAgain(instance: ProtocolInstance) {
    let bench = nonBroadcast(instance, priority: 0, [])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.heard = []
    for _ in 0..<3 {
      bench.forget()
      neighbor.sendHello()
      #expect(bench.sent(.hello).map(\.destination) == [instance.address("192.0.2.3")])
      bench.run(for: .seconds(10))
    }
  }

  @Test(
    "RFC 2328 9.5.1: a neighbor in state Down is polled every PollInterval, one that speaks every HelloInterval",
    arguments: ProtocolInstance.allCases)
  func pollInterval(instance: ProtocolInstance) throws {
    let bench = nonBroadcast(instance, priority: 1, [ConfiguredNeighbor(address: instance.address("192.0.2.3"))])
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.attempt])
    bench.run(for: .seconds(100))
    bench.forget()
    bench.run(for: .seconds(1200))
    #expect((8...11).contains(bench.sent(.hello).count))
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").startHellos()
    bench.forget()
    bench.run(for: .seconds(120))
    #expect((11...14).contains(bench.sent(.hello).count))
  }

  @Test(
    "RFC 2328 9.5.1: a neighbor is polled when PollInterval is over, also where that is no multiple of HelloInterval",
    arguments: ProtocolInstance.allCases)
  func pollIntervalOfItsOwn(instance: ProtocolInstance) {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) {
          $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"))]
          $0.pollInterval = .seconds(125)
        }
      ])
    bench.run(for: .seconds(100))
    bench.forget()
    bench.run(for: .seconds(1000))
    let times = bench.sent(.hello).map(\.time)
    #expect(times.count >= 7)
    for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier == .seconds(125)) }
  }

  @Test(
    "RFC 2328 9.5.1: a neighbor that is heard again after it was dead is polled no longer", arguments: ProtocolInstance.allCases)
  func pollEnds(instance: ProtocolInstance) throws {
    let bench = nonBroadcast(instance, priority: 1, [ConfiguredNeighbor(address: instance.address("192.0.2.3"))])
    bench.run(for: .seconds(100))
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.down])
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").startHellos()
    bench.run(for: .seconds(20))
    bench.forget()
    bench.run(for: .seconds(600))
    let times = bench.sent(.hello).map(\.time)
    #expect(times.count == 60)
    for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier == .seconds(10)) }
  }

  @Test("point-to-multipoint Hellos go to each configured neighbor", arguments: ProtocolInstance.allCases)
  func pointToMultipoint(instance: ProtocolInstance) {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .pointToMultipoint) {
          $0.neighbors = [
            ConfiguredNeighbor(address: instance.address("192.0.2.3")),
            ConfiguredNeighbor(address: instance.address("192.0.2.4")),
          ]
        }
      ])
    bench.run(for: .seconds(10))
    #expect(Set(bench.sent(.hello).map(\.destination)) == [instance.address("192.0.2.3"), instance.address("192.0.2.4")])
  }

  @Test("a Hello that goes out late does not make the next one late", arguments: ProtocolInstance.allCases)
  func beat(instance: ProtocolInstance) {
    let bench = Bench(instance)
    let begin = bench.now
    bench.run(for: .seconds(8))
    bench.stall(for: .seconds(4))
    bench.run(for: .seconds(10))
    #expect(bench.sent(.hello).map { $0.time - begin } == [.zero, .seconds(12), .seconds(20)])
  }

  @Test(
    "RFC 2328 9.5: however many unknown neighbors are heard, a Hello is sent every HelloInterval",
    arguments: ProtocolInstance.allCases)
  func crowdDelaysNothing(instance: ProtocolInstance) {
    let bench = Bench(instance)
    bench.run(for: .seconds(4))
    for number in UInt8(10)..<110 {
      HandMadeNeighbor(bench, RouterID(rawValue: UInt32(number)), IPv4Address(192, 0, 2, number)).sendHello()
    }
    bench.run(for: .seconds(30))
    let times = bench.sent(.hello).map(\.time) + [bench.now]
    for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier <= .seconds(10)) }
  }

  @Test(
    "RFC 2328 9.5.1: an ineligible router sends Hellos to the Designated Router also while it hears nothing from it",
    arguments: ProtocolInstance.allCases)
  func ineligibleToSilentDesignatedRouter(instance: ProtocolInstance) throws {
    let bench = nonBroadcast(instance, priority: 0, [ConfiguredNeighbor(address: instance.address("192.0.2.3"))])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(3)
    neighbor.startHellos()
    bench.run(for: .seconds(15))
    neighbor.fallSilent()
    bench.forget()
    bench.run(for: .seconds(30))
    #expect(bench.sent(.hello).map(\.destination) == Array(repeating: instance.address("192.0.2.3"), count: 3))
  }
}
