import Foundation
import Synchronization

/// The tests of the build: which mutations each reaches, and which of them notice one.
struct Testing: Sendable {
  /// What is run alone to learn what it reaches: a suite, or where that takes long one test.
  struct Unit: Sendable {
    var name: String
    var seconds: Double
    var reached: Set<Int>
  }

  enum Verdict: Sendable {
    case killed(String)
    case survived
    case notReached

    var isKilled: Bool { if case .killed = self { true } else { false } }
  }

  private static let few = [
    "SIMULATION_SEEDS": "20", "NODE_SIMULATION_SEEDS": "6", "SWIFT_BACKTRACE": "enable=no", "NO_COLOR": "1",
  ]

  let program: String
  let workers: Int
  /// How many seconds a mutant may compute beyond what its tests take without it, before it counts as an endless loop.
  let patience: Double
  private(set) var units: [Unit] = []

  init(program: String, workers: Int, patience: Double = 5) {
    self.program = program
    self.workers = workers
    self.patience = patience
  }

  private static func isIssue(_ line: String) -> Bool { line.contains("recorded an issue") }

  private func run(
    _ units: [String], environment: [String: String], processorSeconds: Double, stopAt: (String) -> Bool = { _ in false }
  ) throws -> Command {
    let names = units.map { name in
      name.map { $0.isASCII && !$0.isLetter && !$0.isNumber ? "\\\($0)" : "\($0)" }.joined()
    }.joined(separator: "|")
    return try Command.run(
      [program, "--testing-library", "swift-testing", "--no-parallel", "--filter", "^(\(names))($|\\/)"],
      environment: Self.few.merging(environment) { $1 }, processorSeconds: processorSeconds, stopAt: stopAt)
  }

  /// Runs each unit once with no mutation. What fails so is not asked.
  mutating func learn(scratch: String, mutations: [Mutation], log: (String) -> Void) async throws {
    let listed = try Command.run([program, "--testing-library", "swift-testing", "--list-tests"])
    guard listed.end == .exited(0) else { throw Problem(description: "the tests cannot be listed") }
    let tests = listed.lines.filter { $0.contains(".") && $0.hasSuffix(")") }
    let suites = Dictionary(grouping: tests) { test in test.lastIndex(of: "/").map { String(test[..<$0]) } ?? test }
    try await learn(suites.keys.sorted(), scratch, mutations, log)
    let slow = Set(units.filter { $0.seconds > 1 && (suites[$0.name]?.count ?? 0) > 1 }.map(\.name))
    units.removeAll { slow.contains($0.name) }
    try await learn(slow.sorted().flatMap { suites[$0] ?? [] }, scratch, mutations, log)
    units.sort { $0.seconds < $1.seconds }
  }

  private mutating func learn(_ names: [String], _ scratch: String, _ mutations: [Mutation], _ log: (String) -> Void) async throws
  {
    let copy = self
    var learned: [Unit] = []
    try await concurrently(Array(names.enumerated()), workers: workers) { index, name in
      let path = "\(scratch)/reached-\(index)"
      let command = try copy.run([name], environment: ["MUTANTS_REACHED": path], processorSeconds: 300)
      let reached = try Data(contentsOf: URL(fileURLWithPath: path))
      try FileManager.default.removeItem(atPath: path)
      return (name, command, Set(mutations.map(\.number).filter { reached[$0] != 0 }))
    } _: { name, command, reached in
      guard command.end == .exited(0) else { return log("\(name) fails with no mutation and is left out: \(command.end)") }
      learned.append(Unit(name: name, seconds: command.seconds, reached: reached))
    }
    units += learned
  }

  /// The quick ones first, and each time as many as take about as long as all before.
  func verdict(on mutation: Mutation) throws -> Verdict {
    var rest = units.filter { $0.reached.contains(mutation.number) }[...]
    if rest.isEmpty { return .notReached }
    var budget = 1.0
    while !rest.isEmpty {
      var names: [String] = []
      var expected = 0.0
      while let next = rest.first, names.isEmpty || expected + next.seconds <= budget {
        names.append(next.name)
        expected += next.seconds
        rest.removeFirst()
      }
      budget *= 3
      let command = try run(names, environment: ["MUTANT": "\(mutation.number)"], processorSeconds: patience + 6 * expected) {
        Self.isIssue($0)
      }
      switch command.end {
      case .exited(0): continue
      case .stopped: return .killed("failed: " + (command.lines.last(where: Self.isIssue) ?? ""))
      case .tooLate: return .killed("took too long")
      case .exited(let status): return .killed("ended with status \(status)")
      case .signaled(let signal): return .killed("ended by signal \(signal)")
      }
    }
    return .survived
  }
}
