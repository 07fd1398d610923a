import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("Random verdicts and random operators")
struct DecisionPropertyTests {
  /// One run: a service with random settings, random inputs, and the model that knows what must come of them.
  private struct Run {
    var generator: SplitMix64
    let seed: Int
    let bench: PolicyBench
    var model: DecisionModel
    /// How likely a verdict is like the one before: real failures last.
    var last: [Verdict]

    init(seed: Int, damping: DampingConfiguration?) throws {
      var generator = SplitMix64(seed: UInt64(seed) &* 0x9E37_79B9)
      self.seed = seed
      let checks = (0..<Int.random(in: 1...3, using: &generator)).map {
        CheckConfiguration.tcp(
          UInt16(1 + $0), rise: Int.random(in: 1...3, using: &generator), fall: Int.random(in: 1...3, using: &generator))
      }
      let requirements: [Requirement] = [.all, .any, .atLeast(Int.random(in: 1...checks.count, using: &generator))]
      let modes: [AddressMode] = [.always, .healthy, .none]
      var service = try ServiceConfiguration.dns(
        ["192.0.2.1", "2001:db8::1"], mode: try #require(modes.randomElement(using: &generator)), checks: checks,
        require: try #require(requirements.randomElement(using: &generator)))
      service.addressMetrics[service.addresses[1].address] = 300
      service.degradedMetric = Bool.random(using: &generator) ? 400 : nil
      service.drain = Bool.random(using: &generator) ? DrainMetric(metric: 500, duration: .seconds(3)) : nil
      service.damping = damping
      bench = PolicyBench([service])
      model = DecisionModel(service)
      last = checks.map { _ in .pass }
      self.generator = generator
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool { Int.random(in: 0..<whole, using: &generator) < part }

    mutating func step() throws {
      switch Int.random(in: 0..<24, using: &generator) {
      case 0: bench.pass(.milliseconds(Int64.random(in: 0...9_000, using: &generator)))
      case 1: try drain()
      case 2: try undrain()
      case 3 where !model.isSuspended:
        bench.perform { $0.suspend(at: $1) }
        model.suspend()
      case 3, 4, 5:
        bench.perform { $0.resume(at: $1) }
        model.isSuspended = false
      case 6: try bench.acknowledge("192.0.2.1/32")
      default: try verdict()
      }
      model.expireDrains(at: bench.now)
    }

    private mutating func verdict() throws {
      let check = Int.random(in: model.checks.indices, using: &generator)
      if chance(1, of: 4) { last[check] = [.pass, .pass, .degraded, .fail][Int.random(in: 0..<4, using: &generator)] }
      let verdict = last[check]
      bench.pass(.seconds(1))
      model.expireDrains(at: bench.now)
      if !model.isSuspended { model.record(verdict, check: check, at: bench.now) }
      try bench.report("dns", check: check, verdict)
    }

    private mutating func drain() throws {
      let target = chance(1, of: 2) ? nil : model.service.addresses[0].address
      let duration = Duration.seconds(Int64.random(in: 1...8, using: &generator))
      // One at a time: which of two drains withdrew an address first is not what the model is about.
      guard model.drains.keys.allSatisfy({ $0 == target }) else { return }
      try bench.perform { policy, now throws(DrainError) in
        try policy.drain(target?.description ?? "dns", for: duration, at: now)
      }
      model.drains[target] = (model.drains[target]?.since ?? bench.now, bench.now + duration)
    }

    private mutating func undrain() throws {
      guard !model.drains.isEmpty else { return }
      bench.perform { $0.undrainAll(at: $1) }
      model.drains = [:]
    }
  }

  @Test(
    "Advertised exactly while enough checks work and nobody drains or suspends, with the greatest metric that applies",
    arguments: 1...150)
  func decisions(seed: Int) throws {
    var run = try Run(seed: seed, damping: nil)
    for step in 0..<400 {
      let before = Set(run.bench.advertised.map(\.prefix))
      try run.step()
      try expect(run, before: before, step: step)
    }
  }

  @Test("With damping the same holds, except that nothing is advertised while the service is held down", arguments: 1...150)
  func damped(seed: Int) throws {
    let damping = DampingConfiguration(limit: 3, window: .seconds(40), hold: .seconds(10), longestHold: .seconds(60))
    var run = try Run(seed: seed, damping: damping)
    for step in 0..<400 {
      let before = Set(run.bench.advertised.map(\.prefix))
      let events = run.bench.events.count
      try run.step()
      for event in run.bench.events[events...] {
        switch event {
        case .serviceHeldDown(_, let duration, let changes):
          #expect(changes > damping.limit && duration <= damping.longestHold, "seed \(seed), step \(step)")
          #expect(duration >= damping.hold)
        case .serviceReleased:
          #expect(run.model.recentChanges(at: run.bench.now, damping) <= 2 * damping.limit + 2, "seed \(seed), step \(step)")
        default: continue
        }
      }
      let isHeld = try run.bench.service("dns").heldDownFor != nil
      guard isHeld else {
        try expect(run, before: before, step: step)
        continue
      }
      #expect(run.bench.prefixes.isEmpty, "seed \(seed), step \(step): held down")
    }
  }

  /// Compares what is advertised with what the model says.
  private func expect(_ run: Run, before: Set<IPPrefix>, step: Int) throws {
    for address in run.model.service.addresses {
      let expected = run.model.metric(
        of: address, wasAdvertised: before.contains(address.prefix), at: run.bench.now)
      let actual = run.bench.advertised.first { $0.prefix == address.prefix }?.kind.metric
      // In mode healthy an address that has just come must be proven first, and is not tried for a while when it was not.
      if run.model.service.addressMode == .healthy, actual == nil, expected != nil {
        let reason = try run.bench.service("dns").addresses.first { $0.address == address }?.withheldReason
        #expect(
          reason?.hasPrefix("new, ") == true || reason == Policy.trialReason || reason == "drained",
          "seed \(run.seed), step \(step): \(reason ?? "none")")
        continue
      }
      #expect(actual == expected, "seed \(run.seed), step \(step), \(address.address)")
    }
  }
}
