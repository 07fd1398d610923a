import FoundationEssentials
import OSPFTestSupport

/// Which seeds to run. `SIMULATION_SEED=123` runs one, `SIMULATION_SEEDS=5000` runs that many, and without either it is 500. Each is
/// run over every variant, or over the one that `SIMULATION_VARIANT` names: `ospfv2`, `ospfv3` or `ospfv3ForIPv4`.
enum Seeds {
  static let all: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["SIMULATION_SEED"].flatMap(UInt64.init) { return [seed] }
    return Array(1...(environment["SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 500))
  }()

  static let variants: [Variant] = {
    let name = ProcessInfo.processInfo.environment["SIMULATION_VARIANT"]
    return Variant.allCases.filter { name == nil || $0.rawValue == name }
  }()

  /// Whether one seed was asked for: then the run tells what happens.
  static let isSingle = all.count == 1

  /// The command that runs a seed alone.
  static func command(_ seed: UInt64, _ variant: Variant) -> String {
    "SIMULATION_SEED=\(seed) SIMULATION_VARIANT=\(variant.rawValue) swift test --filter SimulationTests"
  }
}
