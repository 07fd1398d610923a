import FoundationEssentials
import Glibc
import NodeSimulation

/// Tells the stories of whole nodes from many seeds on all processors, those from FIRST to LAST: `node-soak FIRST LAST`, or
/// `node-soak --seed N` for one with everything that happens in it.
@main
enum NodeSoak {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "--seed", let seed = arguments.last.flatMap(UInt64.init) {
      return exit(violations(seed: seed, isTold: true) == 0)
    }
    let numbers = arguments.compactMap(UInt64.init)
    guard numbers.count == 2, arguments.count == 2, let first = numbers.first, let last = numbers.last, first > 0, first <= last
    else {
      print("usage: node-soak FIRST LAST | --seed N")
      return exit(false)
    }
    let count = await violations(seeds: first...last)
    print("seeds: \(first) to \(last), violations: \(count)")
    exit(count == 0)
  }

  private static func violations(seeds: ClosedRange<UInt64>) async -> Int {
    let workers = ProcessInfo.processInfo.activeProcessorCount
    return await withTaskGroup(of: Int.self) { group in
      for worker in 0..<workers {
        group.addTask {
          stride(from: seeds.lowerBound + UInt64(worker), through: seeds.upperBound, by: workers)
            .reduce(0) { $0 + violations(seed: $1, isTold: false) }
        }
      }
      return await group.reduce(0, +)
    }
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
