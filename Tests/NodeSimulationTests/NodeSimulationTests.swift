import FoundationEssentials
import NodeSimulation
import Testing

/// Which seeds to run: `NODE_SIMULATION_SEED=123` runs one and tells what happens, `NODE_SIMULATION_SEEDS=20000` that many, and without
/// either it is 1,000. `scripts/soak` runs many, optimized.
private enum Seeds {
  static let all: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["NODE_SIMULATION_SEED"].flatMap(UInt64.init) { return [seed] }
    return Array(1...(environment["NODE_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 1000))
  }()

  static let isSingle = all.count == 1

  /// So many that a test's bookkeeping does not matter beside them.
  static let batches: [ArraySlice<UInt64>] = stride(from: 0, to: all.count, by: 20).map { all[$0..<min($0 + 20, all.count)] }
}

extension Story {
  /// Every how many-th seed is told in a test run. The guard of the last node and drains are in stories of few surprises.
  fileprivate var testedSeeds: UInt64 {
    switch self {
    case .disturbedNodes, .restartingNodes: 1
    case .failingServers, .brokenNetwork, .maintenance, .disturbedMaintenance: 4
    }
  }
}

@Suite("Whole nodes, from a seed")
struct NodeSimulationTests {
  @Test("The story goes as it must", arguments: Story.allCases, Seeds.batches)
  func story(_ story: Story, seeds: ArraySlice<UInt64>) throws {
    for seed in seeds where Seeds.isSingle || seed.isMultiple(of: story.testedSeeds) {
      for violation in try story.violations(seed: seed, isTold: Seeds.isSingle) {
        Issue.record("\(story): NODE_SIMULATION_SEED=\(seed): \(violation)")
      }
    }
  }
}
