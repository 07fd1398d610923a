import FoundationEssentials
import Testing

/// Which seeds to run: `NODE_SIMULATION_SEED=123` runs one, `NODE_SIMULATION_SEEDS=20000` that many, and without either it is 120:
/// without optimization a seed takes almost half a second. `scripts/soak` runs many.
enum Seeds {
  static let all: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["NODE_SIMULATION_SEED"].flatMap(UInt64.init) { return [seed] }
    return Array(1...(environment["NODE_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 120))
  }()

  /// Whether one seed was asked for: then the run tells what happens.
  static let isSingle = all.count == 1

  /// So many that a test's bookkeeping does not matter beside them.
  static let batches: [ArraySlice<UInt64>] = stride(from: 0, to: all.count, by: 20).map { all[$0..<min($0 + 20, all.count)] }
}

@Suite("Whole nodes, from a seed")
struct NodeSimulationTests {
  @Test(
    "Whatever happens: nothing is advertised that was not checked, no packet falls into a black hole, nothing is left behind",
    arguments: Seeds.batches)
  func invariantsHold(seeds: ArraySlice<UInt64>) throws {
    for seed in seeds {
      let simulation = Simulation(seed: seed)
      try simulation.run()
      for violation in simulation.witness.violations { Issue.record("NODE_SIMULATION_SEED=\(seed): \(violation)") }
      #expect(simulation.witness.packets > 0, "NODE_SIMULATION_SEED=\(seed): the client found no route")
    }
  }
}
