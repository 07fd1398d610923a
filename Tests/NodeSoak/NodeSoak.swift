import FoundationEssentials
import Glibc
import NodeSimulation

/// Tells the stories of whole nodes from many seeds on all processors: `node-soak SEEDS`, or `node-soak --seed N` for one with everything
/// that happens in it.
@main
enum NodeSoak {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "--seed", let seed = arguments.last.flatMap(UInt64.init) {
      exit(violations(seed: seed, isTold: true) == 0)
    }
    guard arguments.count == 1, let seeds = arguments.last.flatMap(UInt64.init), seeds > 0 else {
      print("usage: node-soak SEEDS | --seed N")
      return exit(false)
    }
    let workers = UInt64(ProcessInfo.processInfo.activeProcessorCount)
    let count = await withTaskGroup(of: Int.self) { group in
      for worker in 1...workers {
        group.addTask {
          stride(from: worker, through: seeds, by: Int(workers)).reduce(0) { $0 + violations(seed: $1, isTold: false) }
        }
      }
      var count = 0
      for await violations in group { count += violations }
      return count
    }
    print("seeds: \(seeds), violations: \(count)")
    exit(count == 0)
  }

  /// Names what is wrong in a seed, and returns how much it is.
  private static func violations(seed: UInt64, isTold: Bool) -> Int {
    Story.allCases.reduce(0) { sum, story in
      if isTold { print(story) }
      let violations: [String]
      do {
        violations = try story.violations(seed: seed, isTold: isTold)
      } catch {
        violations = ["\(error)"]
      }
      for violation in violations { print("seed \(seed): \(story): \(violation)") }
      return sum + violations.count
    }
  }

  private static func exit(_ isGood: Bool) { Glibc.exit(isGood ? 0 : 1) }
}
