import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

/// SplitMix64: the same seed gives the same sequence everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// What must hold of one check, counted independently of the policy.
private struct CheckModel {
  let rise: Int
  let fall: Int
  var hasRisen = false
  var passes = 0
  var failures = 0

  /// A degraded verdict counts as a success.
  mutating func record(_ verdict: Verdict) {
    passes = verdict.isFailing ? 0 : passes + 1
    failures = verdict.isFailing ? failures + 1 : 0
    if passes >= rise { hasRisen = true }
    if failures >= fall { hasRisen = false }
  }
}

@Suite("Random verdicts")
struct PolicyPropertyTests {
  @Test(
    "Never advertised before rise, never while a check has failed fall times, never withdrawn while all pass",
    arguments: 1...150)
  func invariants(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    let checks = (0..<Int.random(in: 1...3, using: &generator)).map {
      CheckConfiguration.tcp(
        UInt16(1 + $0), rise: Int.random(in: 1...4, using: &generator), fall: Int.random(in: 1...4, using: &generator))
    }
    let mode = try #require([AddressMode.always, .healthy, .none].randomElement(using: &generator))
    var service = try ServiceConfiguration.dns(mode: mode, checks: checks)
    service.degradedMetric = 500
    let bench = PolicyBench([service])
    var models = checks.map { CheckModel(rise: $0.rise, fall: $0.fall) }
    let bias = Double.random(in: 0.2...0.95, using: &generator)
    for step in 0..<400 {
      let check = Int.random(in: checks.indices, using: &generator)
      let works = Double.random(in: 0..<1, using: &generator) < bias
      let verdict: Verdict = !works ? .fail : Int.random(in: 0..<3, using: &generator) == 0 ? .degraded : .pass
      models[check].record(verdict)
      try bench.record("dns", check: check, verdict)
      if Int.random(in: 0..<8, using: &generator) == 0 { try bench.acknowledge("192.0.2.1/32") }
      if Int.random(in: 0..<20, using: &generator) == 0 { bench.pass(.seconds(8)) }
      #expect(bench.prefixes.isEmpty == !models.allSatisfy(\.hasRisen), "seed \(seed), step \(step)")
      let state = try bench.service("dns").state
      #expect(bench.prefixes.isEmpty == (state == .down), "seed \(seed), step \(step)")
      #expect(bench.advertised.allSatisfy { $0.kind.metric == (state == .degraded ? 500 : 20) }, "seed \(seed), step \(step)")
    }
    expectAddressesBeforeAdvertisements(bench.outputs, mode: mode, seed: seed)
  }

  @Test("Whatever operators do in between, an address is advertised only while it is on its device", arguments: 1...100)
  func operatorsInterfere(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed) &* 7919)
    let service = try ServiceConfiguration.dns(
      ["192.0.2.1", "2001:db8::1"], mode: .healthy, checks: [.dns(rise: 1, fall: 1)],
      drain: DrainMetric(metric: 1_000, duration: .seconds(3)))
    let bench = PolicyBench([service])
    for _ in 0..<300 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<4: try bench.record("dns", Bool.random(using: &generator) ? .pass : .fail)
      case 4: bench.pass(.milliseconds(Int.random(in: 0...7_000, using: &generator)))
      case 5: bench.perform { policy, now in try? policy.drain("dns", for: .seconds(4), at: now) }
      case 6: bench.perform { policy, now in try? policy.undrain("dns", at: now) }
      case 7: bench.perform { $0.suspend(at: $1) }
      case 8: bench.perform { $0.resume(at: $1) }
      default: try bench.acknowledge("2001:db8::1/128")
      }
    }
    expectAddressesBeforeAdvertisements(bench.outputs, mode: .healthy, seed: seed)
    bench.perform { $0.shutDown(at: $1) }
    bench.pass(.seconds(6))
    #expect(bench.prefixes == [] && bench.onDevices == [] && bench.outputs.last == .finished, "seed \(seed)")
  }

  private func expectAddressesBeforeAdvertisements(_ outputs: [PolicyOutput], mode: AddressMode, seed: Int) {
    guard mode == .healthy || mode == .always else { return }
    var added: Set<IPPrefix> = []
    for output in outputs {
      switch output {
      case .addAddress(_, let address): added.insert(address.prefix)
      case .removeAddress(_, let address): added.remove(address.prefix)
      case .advertise(let set): #expect(set.allSatisfy { added.contains($0.prefix) }, "seed \(seed)")
      case .installRoutes, .event, .drainsChanged, .finished: continue
      }
    }
  }
}
