import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("Drains")
struct DrainTests {
  @Test("A drained service is withdrawn while its checks go on; draining becomes drained when the withdrawal is acknowledged")
  func drain() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass)
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", reason: "new kernel", at: now) }
    #expect(bench.prefixes == [])
    #expect(bench.events.contains(.drainStarted(target: "dns", duration: nil, reason: "new kernel")))
    #expect(try bench.service("dns").state == .draining)
    try bench.acknowledge("192.0.2.1/32")
    #expect(try bench.service("dns").state == .drained)
    #expect(try bench.service("dns").reason == "new kernel")
    try bench.record("dns", .pass)
    #expect(bench.prefixes == [])
    try bench.perform { policy, now throws(DrainError) in try policy.undrain("dns", at: now) }
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(try bench.service("dns").state == .up)
  }

  @Test("A drain for a time ends by itself")
  func timed() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", for: .seconds(600), at: now) }
    bench.pass(.milliseconds(599_999))
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").drain?.remaining == .milliseconds(1))
    bench.pass(.milliseconds(1))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(bench.events.contains(.drainEnded(target: "dns", expired: true)))
  }

  @Test("A service that fails while it is drained does not come back at the end of the drain")
  func failsWhileDrained() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass)
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", for: .seconds(60), at: now) }
    try bench.record("dns", .fail, .fail, .fail)
    bench.pass(.seconds(60))
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").state == .down)
  }

  @Test("The drain metric is advertised first, then the service is withdrawn")
  func metric() throws {
    let bench = PolicyBench([try .dns(checks: [], drain: DrainMetric(metric: 60_000, duration: .seconds(30)))])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    #expect(bench.advertised.map(\.kind) == [.external(metric: 60_000, type: .type2, tag: 0)])
    #expect(try bench.service("dns").state == .draining)
    bench.pass(.milliseconds(29_999))
    #expect(bench.advertised.count == 1)
    bench.pass(.milliseconds(1))
    #expect(bench.prefixes == [])
    bench.pass(.seconds(5))
    #expect(try bench.service("dns").state == .drained)
  }

  @Test("A service that comes up while its drain metric is due is not announced for it")
  func metricWhileDown() throws {
    let bench = PolicyBench([try .dns(drain: DrainMetric(metric: 60_000, duration: .seconds(30)))])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    #expect(try bench.service("dns").state == .drained)
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == [])
  }

  @Test("A drain metric never exceeds what the LSA can carry")
  func metricBounds() throws {
    let metric = DrainMetric(metric: .max, duration: .seconds(30))
    let external = PolicyBench([try .dns(checks: [], drain: metric)])
    try external.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    #expect(external.advertised.map(\.kind) == [.external(metric: 0xFFFFFE, type: .type2, tag: 0)])
    var service = try ServiceConfiguration.dns(checks: [], drain: metric)
    service.advertise = .stub(metric: 10)
    let stub = PolicyBench([service])
    try stub.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    #expect(stub.advertised.map(\.kind) == [.stub(metric: 0xFFFF)])
  }

  @Test("One address is drained by itself; the service is drained when all of its addresses are")
  func singleAddress() throws {
    let bench = PolicyBench([try .dns(["192.0.2.1", "2001:db8::1"], checks: [])])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("192.0.2.1", at: now) }
    #expect(bench.prefixes == ["2001:db8::1/128"])
    #expect(try bench.service("dns").state == .up)
    #expect(try bench.service("dns").addresses[0].withheldReason == "drained")
    try bench.perform { policy, now throws(DrainError) in try policy.drain("2001:db8::1/128", at: now) }
    bench.pass(.seconds(5))
    #expect(try bench.service("dns").state == .drained)
    try bench.perform { policy, now throws(DrainError) in try policy.undrain("dns", at: now) }
    #expect(bench.prefixes == ["192.0.2.1/32", "2001:db8::1/128"])
  }

  @Test("Of an address that is drained by itself and with its service the reason is that of the service")
  func drainedTwice() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("192.0.2.1", reason: "moving", at: now) }
    #expect(try bench.service("dns").addresses[0].withheldReason == "drained: moving")
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", reason: "new kernel", at: now) }
    #expect(try bench.service("dns").addresses[0].withheldReason == "drained: new kernel")
  }

  @Test("Several names stand for the addresses of each, and are drained when all of these are")
  func severalNames() throws {
    let bench = PolicyBench([try .dns(checks: []), try .dns(["192.0.2.2", "192.0.2.3"], checks: [], name: "ntp")])
    let named = try bench.policy.addresses(named: ["dns", "192.0.2.3"])
    #expect(named.map(\.service.name) == ["dns", "ntp"])
    #expect(named.map(\.address.address.description) == ["192.0.2.1", "192.0.2.3"])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    #expect(try bench.policy.areDrained(["dns"]) && !bench.policy.areDrained(["dns", "192.0.2.3"]))
  }

  @Test("An address of a drained service has no drain of its own to end, whichever of its addresses it is")
  func drainedWithService() throws {
    let bench = PolicyBench([try .dns(["192.0.2.1", "192.0.2.2"], checks: [])])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    for address in ["192.0.2.1", "192.0.2.2"] {
      #expect(throws: DrainError.drainedWithService(address, service: "dns")) { try bench.policy.undrain(address, at: .zero) }
    }
    let shared = PolicyBench(try ["first", "second"].map { try .dns(checks: [], name: $0) })
    shared.perform { $0.drainAll(at: $1) }
    #expect(throws: DrainError.drainedWithService("192.0.2.1", service: "first")) {
      try shared.policy.undrain("192.0.2.1", at: .zero)
    }
  }

  @Test("Addresses in a sentence")
  func listed() {
    let addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].compactMap { IPAddress($0) }
    #expect([IPAddress]().listed == "")
    #expect(Array(addresses.prefix(1)).listed == "192.0.2.1")
    #expect(addresses.listed == "192.0.2.1, 192.0.2.2 and 192.0.2.3")
  }

  @Test(
    "A duration is written in the largest unit that divides it",
    arguments: [
      (Duration.microseconds(1), "1us"), (.zero, "0ms"), (.milliseconds(1), "1ms"), (.milliseconds(1500), "1500ms"),
      (.seconds(1), "1s"), (.seconds(61), "61s"), (.seconds(60), "1m"), (.seconds(5400), "90m"), (.seconds(7200), "2h"),
    ])
  func durations(duration: Duration, text: String) {
    #expect(duration.dialectText == text)
  }

  @Test("All services are drained and undrained together")
  func all() throws {
    let bench = PolicyBench([try .dns(checks: []), try .dns(["192.0.2.2"], checks: [], name: "ntp")])
    bench.perform { $0.drainAll(for: nil, reason: "power", at: $1) }
    #expect(bench.prefixes == [])
    bench.perform { $0.undrainAll(at: $1) }
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
    #expect(bench.events.contains(.drainEnded(target: "dns", expired: false)))
  }

  @Test("A name that is neither a service nor an address is refused with those that are")
  func unknownName() throws {
    let bench = PolicyBench([try .dns(checks: [], name: "resolver")])
    #expect(throws: DrainError.unknownName("resolvr", known: ["resolver", "192.0.2.1"])) {
      try bench.policy.drain("resolvr", at: .zero)
    }
    #expect(throws: DrainError.unknownName("203.0.113.9", known: ["resolver", "192.0.2.1"])) {
      try bench.policy.drain("203.0.113.9", at: .zero)
    }
    #expect(throws: DrainError.notDrained("resolver")) { try bench.policy.undrain("resolver", at: .zero) }
    try bench.policy.drain("resolver", at: .zero)
    #expect(throws: DrainError.drainedWithService("192.0.2.1", service: "resolver")) {
      try bench.policy.undrain("192.0.2.1", at: .zero)
    }
  }

  @Test("Drains survive a restart: nothing is advertised, no drain metric either, and the time goes on")
  func restart() throws {
    let service = try ServiceConfiguration.dns(checks: [], drain: DrainMetric(metric: 60_000, duration: .seconds(300)))
    let other = try ServiceConfiguration.dns(["192.0.2.2"], checks: [], name: "ntp")
    let first = PolicyBench([service, other])
    try first.perform { policy, now throws(DrainError) in
      try policy.drain("dns", for: .seconds(100), reason: "disk", at: now)
      try policy.drain("192.0.2.2", at: now)
    }
    first.pass(.seconds(10))
    let stored = first.policy.storedDrains(at: first.now)
    #expect(
      stored == [
        StoredDrain(service: "dns", reason: "disk", remainingSeconds: 90), StoredDrain(address: "192.0.2.2"),
      ])
    let second = PolicyBench([service, other], drains: stored.compactMap { $0.reduced(by: 40) })
    #expect(second.prefixes == [])
    #expect(second.outputs.contains { if case .advertise = $0 { true } else { false } } == false)
    second.pass(.seconds(50))
    #expect(second.prefixes == ["192.0.2.1/32"])
  }

  @Test("A stored drain whose time passed while the daemon was down is over; of one without end nothing is taken")
  func reduced() {
    #expect(StoredDrain(service: "dns", remainingSeconds: 5).reduced(by: 5) == nil)
    #expect(StoredDrain(service: "dns", remainingSeconds: 5).reduced(by: -7) == StoredDrain(service: "dns", remainingSeconds: 5))
    #expect(StoredDrain(service: "dns").reduced(by: 1e12) == StoredDrain(service: "dns"))
  }

  @Test("A stored drain of something that is no longer configured is forgotten, and the stored drains are to be written anew")
  func orphaned() throws {
    let bench = PolicyBench([try .dns(checks: [])], drains: [StoredDrain(service: "gone"), StoredDrain(address: "rubbish")])
    #expect(bench.policy.storedDrains(at: .zero) == [])
    #expect(bench.outputs.contains(.drainsChanged))
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test(
    "Of a window that began while the daemon was not running the rest is in force; one that is over is forgotten",
    arguments: [
      (10.0, StoredDrain(service: "dns", remainingSeconds: 30, beginsInSeconds: 50)),
      (70, StoredDrain(service: "dns", remainingSeconds: 20, beginsInSeconds: 0)), (90, nil),
    ] as [(Double, StoredDrain?)])
  func storedWindow(passed: Double, left: StoredDrain?) {
    #expect(StoredDrain(service: "dns", remainingSeconds: 30, beginsInSeconds: 60).reduced(by: passed) == left)
  }

  @Test("What may not begin because nobody else serves is dropped, and said")
  func refusedPlan() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    let refusal = DrainError.servedHereOnly([.v4(IPv4Address(192, 0, 2, 1))])
    try bench.perform { policy, now in
      try policy.planDrain(["dns"], in: .zero, for: nil, reason: nil, isForced: false, at: now)
      #expect(policy.duePlannedDrains(at: now).map(\.target) == ["dns"])
      policy.beginPlannedDrains(refused: ["dns": refusal], at: now)
    }
    #expect(bench.events.contains(.plannedDrainRefused(target: "dns", reason: refusal.description)))
    #expect(try bench.service("dns").drain == nil)
    #expect(bench.policy.plannedDrains(at: bench.now).isEmpty)
  }

  @Test("A window that is over before it could begin is dropped without a word")
  func missedWindow() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    try bench.perform { policy, now in
      try policy.planDrain(["dns"], in: .zero, for: .seconds(30), reason: nil, isForced: false, at: now)
      policy.beginPlannedDrains(refused: [:], at: now + .seconds(30))
    }
    #expect(bench.policy.plannedDrains(at: bench.now).isEmpty)
    #expect(!bench.events.contains { if case .drainStarted = $0 { true } else { false } })
  }
}
