import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("Random operators")
struct PolicyPropertyTests {
  @Test("Whatever operators do in between, an address is advertised only while it is on its device", arguments: 1...100)
  func operatorsInterfere(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed) &* 7919)
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
    expectAddressesBeforeAdvertisements(bench.outputs, seed: seed)
    bench.perform { $0.shutDown(at: $1) }
    bench.pass(.seconds(6))
    #expect(bench.prefixes == [] && bench.onDevices == [] && bench.outputs.last == .finished, "seed \(seed)")
  }

  private func expectAddressesBeforeAdvertisements(_ outputs: [PolicyOutput], seed: Int) {
    var added: Set<IPPrefix> = []
    for output in outputs {
      switch output {
      case .holdAddresses(let set, _): added = Set(set.map { IPPrefix(host: $0.address) })
      case .advertise(let set): #expect(set.allSatisfy { added.contains($0.prefix) }, "seed \(seed)")
      case .holdRoutes, .runChecks, .event, .runCommand, .drainsChanged, .finished: continue
      }
    }
  }
}
