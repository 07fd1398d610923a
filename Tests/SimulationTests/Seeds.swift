import FoundationEssentials
import OSPFProtocol
import OSPFTestSupport

/// Which seeds to run. `SIMULATION_SEED=123` runs one, `SIMULATION_SEEDS=5000` runs that many, and without either it is 500. Each is
/// run over every protocol, or over the one that `SIMULATION_PROTOCOL` names: `OSPFv2`, `OSPFv3` or `OSPFv3 for IPv4`.
enum Seeds {
  static let all: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["SIMULATION_SEED"].flatMap(UInt64.init) { return [seed] }
    return Array(1...(environment["SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 500))
  }()

  static let instances: [ProtocolInstance] = {
    let name = ProcessInfo.processInfo.environment["SIMULATION_PROTOCOL"]
    return ProtocolInstance.allCases.filter { name == nil || $0.description == name }
  }()

  /// Whether one seed was asked for: then the run tells what happens.
  static let isSingle = all.count == 1

  /// The command that runs a seed alone.
  static func command(_ seed: UInt64, _ instance: ProtocolInstance) -> String {
    "SIMULATION_SEED=\(seed) SIMULATION_PROTOCOL='\(instance)' swift test --filter SimulationTests"
  }
}
