import Foundation

/// Said at once, also into a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// What was found: every result in a file as it comes, survivors and the rate for each module at the end.
struct Report {
  private var results: [(mutation: Mutation, verdict: Testing.Verdict)] = []
  private let file: FileHandle?

  init(path: String) {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    file = FileHandle(forWritingAtPath: path)
  }

  mutating func add(_ mutation: Mutation, _ verdict: Testing.Verdict) throws {
    results.append((mutation, verdict))
    let identity = mutation.identity
    let words = [mutation.module, "\(identity.file):\(mutation.line)", identity.function, identity.change, "\(verdict)"]
    try file?.write(contentsOf: Data((words.joined(separator: "\t") + "\n").utf8))
  }

  /// What survived in an earlier run.
  static func survivors(in path: String) throws -> Set<Mutation.Identity> {
    var survivors: Set<Mutation.Identity> = []
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: "\t").map(String.init)
      guard words.count >= 4, let colon = words[1].lastIndex(of: ":") else {
        throw Problem(description: "\(path): no line of a results.tsv: \(line)")
      }
      if words.count > 4, words[4].hasPrefix("killed") { continue }
      survivors.insert(Mutation.Identity(file: String(words[1][..<colon]), function: words[2], change: words[3]))
    }
    return survivors
  }

  func tell() {
    let survivors = results.filter { !$0.verdict.isKilled }.map { ($0.mutation, $0.verdict) }
    for (mutation, verdict) in survivors.sorted(by: { ($0.0.identity.file, $0.0.line) < ($1.0.identity.file, $1.0.line) }) {
      let reached = if case .notReached = verdict { " (no test reaches it)" } else { "" }
      say("\(mutation.identity.file):\(mutation.line): \(mutation.identity.function): \(mutation.identity.change)\(reached)")
    }
    for (module, _) in MutatedCheckout.modules {
      let own = results.filter { $0.mutation.module == module }
      if !own.isEmpty { say("mutate: \(module): \(rate(own))") }
    }
    say("mutate: all: \(rate(results))")
  }

  private func rate(_ some: [(mutation: Mutation, verdict: Testing.Verdict)]) -> String {
    let killed = some.count { $0.verdict.isKilled }
    let percent = some.isEmpty ? 100 : Double(killed) * 100 / Double(some.count)
    return "\(killed) of \(some.count) killed (\(String(format: "%.1f", percent)) %)"
  }
}
