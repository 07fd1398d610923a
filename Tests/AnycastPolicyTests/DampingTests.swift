import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("A service that changes state too often is held down")
struct DampingTests {
  /// One check that rises and falls with each verdict; four changes in a minute are tolerated.
  private func bench(_ damping: DampingConfiguration?) throws -> PolicyBench {
    var service = try ServiceConfiguration.dns(checks: [.dns(rise: 1, fall: 1)])
    service.damping = damping
    return PolicyBench([service])
  }

  private static let usual = DampingConfiguration(
    limit: 4, window: .seconds(60), hold: .seconds(30), longestHold: .seconds(100))

  @Test("Up to the limit nothing happens; the next change holds the service down, and says so")
  func limit() throws {
    let bench = try bench(Self.usual)
    try bench.record("dns", .pass, .fail, .pass, .fail, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"], "rising for the first time is no change, the four after it are tolerated")
    try bench.record("dns", .fail)
    #expect(try bench.service("dns").state == .damped)
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes.isEmpty)
    let service = try bench.service("dns")
    #expect(service.reason == "held down for 30s after 5 changes of state")
    #expect(service.heldDownFor == .seconds(28))
    #expect(bench.events.contains { $0.description == "dns: held down for 30s after 5 changes of state" })
    #expect(service.addresses.first?.withheldReason == service.reason)
  }

  @Test("When the time is over the checks decide again, without another verdict")
  func release() throws {
    let bench = try bench(Self.usual)
    try bench.record("dns", .pass, .fail, .pass, .fail, .pass, .fail, .pass)
    #expect(bench.prefixes.isEmpty)
    bench.pass(.seconds(29) - .milliseconds(1))
    #expect(bench.prefixes.isEmpty)
    bench.pass(.milliseconds(1))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(bench.events.contains { $0.description == "dns: no longer held down" })
  }

  @Test("A service that goes on changing is held down for twice as long each time, up to the longest")
  func growth() throws {
    let bench = try bench(Self.usual)
    for _ in 0..<200 { try bench.record("dns", .pass, .fail) }
    let holds = bench.events.compactMap { event -> Duration? in
      if case .serviceHeldDown(_, let duration, _) = event { duration } else { nil }
    }
    #expect(holds.prefix(4) == [.seconds(30), .seconds(60), .seconds(100), .seconds(100)])
    let changes = bench.events.compactMap { if case .serviceHeldDown(_, _, let changes) = $0 { changes } else { nil } }
    #expect(Set(changes) == [5], "of the changes during a hold no more are kept than are too many")
  }

  @Test("A service that was stable for long enough begins anew with the shortest time")
  func settled() throws {
    let bench = try bench(Self.usual)
    try bench.record("dns", .pass, .fail, .pass, .fail, .pass, .fail, .pass)
    bench.pass(.seconds(30))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    bench.pass(.seconds(70))
    try bench.record("dns", .fail, .pass, .fail, .pass, .fail)
    #expect(try bench.service("dns").reason == "held down for 30s after 5 changes of state")
  }

  @Test("Changes that are further apart than the window are never damped")
  func slow() throws {
    let bench = try bench(Self.usual)
    try bench.record("dns", .pass)
    for _ in 0..<20 {
      bench.pass(.seconds(20))
      try bench.record("dns", .fail)
      bench.pass(.seconds(20))
      try bench.record("dns", .pass)
    }
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("Without damping, and after a reload that takes it away, nothing is held down")
  func off() throws {
    let bench = try bench(nil)
    for _ in 0..<50 { try bench.record("dns", .fail, .pass) }
    #expect(bench.prefixes == ["192.0.2.1/32"])

    let damped = try self.bench(Self.usual)
    for _ in 0..<5 { try damped.record("dns", .fail, .pass) }
    #expect(damped.prefixes.isEmpty)
    var configuration = try damped.service("dns").configuration
    configuration.damping = nil
    damped.perform { $0.apply([configuration], at: $1) }
    #expect(damped.prefixes == ["192.0.2.1/32"])
  }

  @Test("A suspension is no change of state")
  func suspension() throws {
    let bench = try bench(Self.usual)
    for _ in 0..<20 {
      try bench.record("dns", .pass)
      bench.perform { $0.suspend(at: $1) }
      bench.perform { $0.resume(at: $1) }
    }
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("What a reload does to a service is no change of state, and what its checks did before still counts")
  func reload() throws {
    let bench = try bench(Self.usual)
    try bench.record("dns", .pass)
    for rise in [2, 1, 2, 1, 2, 1] {
      var configuration = try bench.service("dns").configuration
      configuration.checks = [.dns(rise: rise, fall: 1)]
      bench.perform { $0.apply([configuration], at: $1) }
      #expect(bench.prefixes.isEmpty)
      try bench.record("dns", .pass, .pass)
      #expect(bench.prefixes == ["192.0.2.1/32"])
    }
    try bench.record("dns", .fail, .pass, .fail, .pass)
    let configuration = try bench.service("dns").configuration
    bench.perform { $0.apply([configuration], at: $1) }
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .fail)
    #expect(try bench.service("dns").state == .damped)
  }

  @Test("A service that is held down while its checks fail stays down afterwards, and a drain is seen through a hold")
  func releasedWhileFailing() throws {
    let bench = try bench(Self.usual)
    try bench.record("dns", .pass, .fail, .pass, .fail, .pass, .fail)
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", for: .seconds(5), at: now) }
    #expect(try bench.service("dns").state == .draining)
    bench.pass(.seconds(5))
    #expect(try bench.service("dns").state == .damped)
    bench.pass(.seconds(25))
    #expect(try bench.service("dns").state == .down)
    #expect(bench.prefixes.isEmpty)
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("However the verdicts fall, a damped service changes what is advertised a bounded number of times", arguments: 1...50)
  func bound(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let bench = try bench(Self.usual)
    for _ in 0..<600 { try bench.record("dns", Bool.random(using: &generator) ? .pass : .fail) }
    let changes = bench.outputs.count { if case .advertise = $0 { true } else { false } }
    // Ten minutes: between two holds at most limit + 1 changes and the release, and the holds grow to 100 s.
    #expect(changes <= 9 * 7, "\(changes)")
  }
}
