import FoundationEssentials

/// Which seeds to run. `SIMULATION_SEED=123` runs one, `SIMULATION_SEEDS=5000` runs that many, and without either it is 500.
enum Seeds {
  static let all: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["SIMULATION_SEED"].flatMap(UInt64.init) { return [seed] }
    return Array(1...(environment["SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 500))
  }()

  /// Whether one seed was asked for: then the run tells what happens.
  static let isSingle = all.count == 1

  /// The command that runs a seed alone.
  static func command(_ seed: UInt64) -> String { "SIMULATION_SEED=\(seed) swift test --filter SimulationTests" }
}
