import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("What fails here stays advertised, as the last resort, while too few others serve")
struct LastNodeTests {
  private func bench(
    _ minimumNodes: Int = 1, metric: UInt32? = nil, advertise: Advertisement.Kind = .external(metric: 20, type: .type2, tag: 7),
    checks: [CheckConfiguration] = [.dns()], change: (inout ServiceConfiguration) -> Void = { _ in }
  ) throws -> PolicyBench {
    var service = try ServiceConfiguration.dns(checks: checks)
    service.advertise = advertise
    service.lastNodeGuard = LastNodeGuard(minimumNodes: minimumNodes, metric: metric)
    change(&service)
    return PolicyBench([service])
  }

  private let prefix: IPPrefix = IPPrefix(host: .v4(IPv4Address(192, 0, 2, 1)))

  private func count(_ bench: PolicyBench, serving: Int, preceding: Int = 0) {
    bench.perform { $0.setOthers([prefix: OtherNodes(serving: serving, precedingLastResorts: preceding)], at: $1) }
  }

  private func acknowledge(_ bench: PolicyBench) {
    bench.perform { $0.advertisementAcknowledged(prefix, at: $1) }
    bench.pass(.zero)
  }

  private let worst = Advertisement.Kind.external(metric: 16_777_214, type: .type2, tag: 7)

  @Test("The only node stays, at the worst metric, and is back at its own when the check passes")
  func onlyNode() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    // Not counted yet: nothing is said of a state that may not last.
    #expect(bench.advertised.map(\.kind) == [worst])
    #expect(try bench.service("dns").state == .up)
    count(bench, serving: 0)
    acknowledge(bench)
    bench.pass(.seconds(3600))
    #expect(bench.advertised.map(\.kind) == [worst])
    let service = try bench.service("dns")
    #expect(service.state == .lastResort)
    #expect(service.addresses.map(\.isLastResort) == [true])
    #expect(service.addresses.map(\.otherNodes) == [0])
    #expect(
      bench.serviceLines.last
        == "dns: up -> last-resort: check dns failed 3 times: timeout after 500ms; advertised as the last resort: "
        + "no other node that can be reached serves 192.0.2.1")
    try bench.record("dns", .pass, .pass)
    #expect(bench.advertised.map(\.kind.metric) == [20])
    #expect(try bench.service("dns").state == .up)
  }

  @Test(
    "With others it is made the last resort first, and withdrawn when all know that and the others have been seen long enough")
  func others() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    count(bench, serving: 1)
    // The state is not last-resort: it is not needed.
    #expect(try bench.service("dns").state == .down)
    bench.pass(.seconds(60))
    #expect(bench.advertised.map(\.kind) == [worst], "not acknowledged")
    acknowledge(bench)
    bench.pass(.milliseconds(9999))
    #expect(bench.advertised.map(\.kind) == [worst])
    bench.pass(.milliseconds(1))
    #expect(bench.advertised.isEmpty)
    #expect(bench.serviceLines.count { $0.contains("last-resort") } == 0)
  }

  @Test("Others that come and go begin the time anew; those that go after the withdrawal bring it back at once")
  func comingAndGoing() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    count(bench, serving: 1)
    acknowledge(bench)
    bench.pass(.seconds(9))
    count(bench, serving: 0)
    #expect(try bench.service("dns").state == .lastResort)
    bench.pass(.seconds(5))
    count(bench, serving: 1)
    bench.pass(.seconds(9))
    #expect(!bench.advertised.isEmpty)
    bench.pass(.seconds(1))
    #expect(bench.advertised.isEmpty)
    count(bench, serving: 0)
    #expect(bench.advertised.map(\.kind) == [worst])
    #expect(try bench.service("dns").state == .lastResort)
  }

  @Test("An acknowledgment of what was advertised before does not count")
  func oldAcknowledgment() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass)
    acknowledge(bench)
    try bench.record("dns", .fail, .fail, .fail)
    count(bench, serving: 3)
    bench.pass(.seconds(60))
    #expect(!bench.advertised.isEmpty)
  }

  @Test("Of several last resorts those with the lowest router IDs stay")
  func lowestStay() throws {
    let bench = try bench(2)
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    acknowledge(bench)
    count(bench, serving: 0, preceding: 1)
    bench.pass(.seconds(60))
    #expect(!bench.advertised.isEmpty)
    count(bench, serving: 0, preceding: 2)
    bench.pass(.seconds(10))
    #expect(bench.advertised.isEmpty)
  }

  @Test("While nobody can be counted nothing changes: what is advertised stays, what is not does not come")
  func unknown() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    count(bench, serving: 1)
    acknowledge(bench)
    bench.perform { $0.setOthers([:], at: $1) }
    bench.pass(.seconds(60))
    #expect(!bench.advertised.isEmpty)
    count(bench, serving: 1)
    bench.pass(.seconds(10))
    #expect(bench.advertised.isEmpty)
    bench.perform { $0.setOthers([:], at: $1) }
    #expect(bench.advertised.isEmpty)
  }

  @Test("A node that starts is the last resort when its checks have failed, and not before")
  func start() throws {
    let bench = try bench()
    count(bench, serving: 0)
    try bench.record("dns", .fail, .fail)
    #expect(bench.advertised.isEmpty)
    try bench.record("dns", .fail)
    #expect(bench.advertised.map(\.kind) == [worst])
    #expect(try bench.service("dns").state == .lastResort)
  }

  @Test("A check that cannot make up its mind is decided at last")
  func undecided() throws {
    let bench = try bench()
    count(bench, serving: 0)
    try bench.record("dns", .fail, .pass, .fail, .pass)
    #expect(bench.advertised.isEmpty)
    try bench.record("dns", .fail)
    #expect(bench.advertised.map(\.kind) == [worst])
  }

  @Test("Who answers wrongly is never the last resort, until its checks succeed again")
  func wrong() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass, .fail, .fail, .wrong(reason: "stale zone"))
    count(bench, serving: 0)
    #expect(bench.advertised.isEmpty)
    #expect(try bench.service("dns").state == .down)
    try bench.record("dns", .fail, .fail, .fail)
    #expect(bench.advertised.isEmpty)
    // One success is not enough for the service, but the answers are not wrong any more.
    try bench.record("dns", .pass)
    #expect(bench.advertised.map(\.kind) == [worst])
  }

  @Test("A drain, a suspension and a shutdown withdraw the last resort too")
  func wanted() throws {
    for number in 0..<3 {
      let bench = try bench()
      try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
      count(bench, serving: 0)
      #expect(!bench.advertised.isEmpty)
      switch number {
      case 0: try bench.perform { (policy, now) throws(DrainError) in try policy.drain("dns", at: now) }
      case 1: bench.perform { $0.suspend(at: $1) }
      default: bench.perform { $0.shutDown(at: $1) }
      }
      #expect(bench.advertised.isEmpty)
      if number == 0 { #expect(try bench.service("dns").state == .draining) }
    }
  }

  @Test(
    "A type 1 metric becomes one of type 2, which every type 1 is preferred to; a stub link's has 16 bits; a given one is taken")
  func metrics() throws {
    func lastResort(_ advertise: Advertisement.Kind, metric: UInt32? = nil) throws -> [Advertisement.Kind] {
      let bench = try bench(metric: metric, advertise: advertise)
      try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
      return bench.advertised.map(\.kind)
    }
    #expect(try lastResort(.external(metric: 5, type: .type1, tag: 9)) == [.external(metric: 16_777_214, type: .type2, tag: 9)])
    #expect(try lastResort(.stub(metric: 5)) == [.stub(metric: 65535)])
    #expect(
      try lastResort(.external(metric: 5, type: .type2, tag: 0), metric: 900) == [.external(metric: 900, type: .type2, tag: 0)])
  }

  @Test("Who is held down by damping is the last resort as well")
  func damping() throws {
    let bench = try bench { $0.damping = DampingConfiguration(limit: 1, window: .seconds(60), hold: .seconds(30)) }
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail, .pass, .pass)
    count(bench, serving: 0)
    #expect(bench.advertised.map(\.kind) == [worst])
    #expect(try bench.service("dns").state == .lastResort)
    bench.pass(.seconds(30))
    #expect(bench.advertised.map(\.kind.metric) == [20])
  }

  @Test("The way back begins with the rise metric, as after a withdrawal")
  func rise() throws {
    let bench = try bench { $0.rise = RiseMetric(metric: 500, duration: .seconds(20)) }
    try bench.record("dns", .pass, .pass)
    bench.pass(.seconds(30))
    #expect(bench.advertised.map(\.kind.metric) == [20])
    try bench.record("dns", .fail, .fail, .fail)
    count(bench, serving: 0)
    try bench.record("dns", .pass, .pass)
    #expect(bench.advertised.map(\.kind.metric) == [500])
    bench.pass(.seconds(20))
    #expect(bench.advertised.map(\.kind.metric) == [20])
  }

  @Test("In mode healthy the address stays on its device, and goes when others serve")
  func healthyMode() throws {
    let bench = try bench { $0.addressMode = .healthy }
    try bench.record("dns", .pass, .pass, .pass, .pass)
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.advertised.map(\.kind.metric) == [20])
    try bench.record("dns", .fail, .fail, .fail)
    count(bench, serving: 0)
    bench.pass(.seconds(600))
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.advertised.map(\.kind) == [worst])
    acknowledge(bench)
    count(bench, serving: 1)
    bench.pass(.seconds(10))
    #expect(bench.advertised.isEmpty)
    bench.pass(.seconds(10))
    #expect(try !bench.isOnDevice("192.0.2.1"))
    // The others go: it comes back, and is not taken for an address that nobody serves.
    count(bench, serving: 0)
    try bench.record("dns", .fail, .fail, .fail)
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.advertised.map(\.kind) == [worst])
  }

  @Test("A new address of a healthy service is checked before it is advertised, whoever else serves")
  func newAddress() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass)
    var service = try bench.service("dns").configuration
    service.addresses.append(try .host("192.0.2.2"))
    let two: IPPrefix = IPPrefix(host: .v4(IPv4Address(192, 0, 2, 2)))
    bench.perform { $0.apply([service], at: $1) }
    bench.perform { $0.setOthers([two: OtherNodes(serving: 0, precedingLastResorts: 0)], at: $1) }
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
  }

  @Test("What is well, or not guarded, is not watched")
  func watched() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass)
    #expect(bench.policy.guardedPrefixes.isEmpty)
    try bench.record("dns", .fail, .fail, .fail)
    #expect(Array(bench.policy.guardedPrefixes.keys) == [prefix])
    var service = try bench.service("dns").configuration
    service.lastNodeGuard = nil
    bench.perform { $0.apply([service], at: $1) }
    #expect(bench.policy.guardedPrefixes.isEmpty)
    #expect(bench.advertised.isEmpty)
  }

  @Test("Who is held down by damping, and was withdrawn for others, is the last resort again when they go")
  func dampingAndOthersGo() throws {
    let bench = try bench { $0.damping = DampingConfiguration(limit: 1, window: .seconds(60), hold: .seconds(300)) }
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail, .pass, .pass)
    count(bench, serving: 1)
    acknowledge(bench)
    bench.pass(.seconds(10))
    #expect(bench.advertised.isEmpty)
    count(bench, serving: 0)
    #expect(bench.advertised.map(\.kind) == [worst])
  }

  @Test("A check that answers wrongly now and then, and counts as passing, keeps nobody from being the last resort")
  func wrongAtTimes() throws {
    let bench = try bench(checks: [.dns(), .tcp()])
    for check in 0...1 { try bench.record("dns", check: check, .pass, .pass) }
    try bench.record("dns", check: 0, .wrong(reason: "stale zone"))
    try bench.record("dns", check: 1, .fail, .fail, .fail)
    count(bench, serving: 0)
    #expect(bench.advertised.map(\.kind) == [worst])
  }

  @Test("Of several addresses the reason names the one that the fewest others serve")
  func reason() throws {
    let two = ServiceAddress(address: .v4(IPv4Address(192, 0, 2, 2)), prefixLength: 32)
    let bench = try bench(3) { $0.addresses.append(two) }
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    bench.perform {
      $0.setOthers(
        [
          prefix: OtherNodes(serving: 2, precedingLastResorts: 0),
          two.prefix: OtherNodes(serving: 1, precedingLastResorts: 0),
        ], at: $1)
    }
    #expect(bench.serviceLines.last?.hasSuffix("1 other node that can be reached serves 192.0.2.2") == true)
  }

  @Test("Who waits for another trial of its addresses is the last resort when the others go")
  func trialAndOthersGo() throws {
    let bench = try bench(checks: [.dns(rise: 2, fall: 2)]) { $0.addressMode = .healthy }
    let isHeld = { bench.events.contains { if case .addressesNotServed = $0 { true } else { false } } }
    while !isHeld() { try bench.record("dns", bench.onDevices.isEmpty ? .pass : .fail) }
    count(bench, serving: 1)
    try bench.record("dns", .pass, .pass)
    #expect(bench.advertised.isEmpty && bench.onDevices.isEmpty)
    count(bench, serving: 0)
    #expect(bench.advertised.map(\.kind) == [worst])
  }
}
