import Foundation

/// Said at once, also into a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// What came of each mutation, in a file to which every result is added as it comes and which the next sitting goes on with: of two
/// results of one mutation the later one counts.
struct Results {
  private struct Result {
    var verdict: String

    var isKilled: Bool { verdict.hasPrefix("killed") }
  }

  private var results: [Mutation.Identity: Result] = [:]
  private let file: FileHandle

  init(path: String) throws {
    if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    guard let file = FileHandle(forUpdatingAtPath: path) else { throw Problem(description: "\(path) cannot be written") }
    self.file = file
    // What the end of a sitting has cut off in the middle of a line is tried again.
    let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
    try file.truncate(atOffset: UInt64(whole.utf8.count))
    for line in whole.split(separator: "\n") {
      let words = line.split(separator: "\t", maxSplits: 4).map(String.init)
      guard words.count == 5, let colon = words[1].lastIndex(of: ":") else {
        throw Problem(description: "\(path): no line of results: \(line)")
      }
      let identity = Mutation.Identity(file: String(words[1][..<colon]), function: words[2], change: words[3])
      results[identity] = Result(verdict: words[4])
    }
  }

  func isKnown(_ mutation: Mutation) -> Bool { results[mutation.identity] != nil }

  func hasSurvived(_ mutation: Mutation) -> Bool { results[mutation.identity].map { !$0.isKilled } ?? false }

  mutating func add(_ mutation: Mutation, _ verdict: Testing.Verdict) throws {
    let identity = mutation.identity
    let result = Result(verdict: "\(verdict)")
    results[identity] = result
    let words = [mutation.module, "\(identity.file):\(mutation.line)", identity.function, identity.change, result.verdict]
    try file.write(contentsOf: Data((words.joined(separator: "\t") + "\n").utf8))
  }

  /// The survivors and the rate for each module, of the mutations that can still be made and are not equivalent.
  func tell(of candidates: [Mutation]) {
    let told = candidates.compactMap { mutation in results[mutation.identity].map { (mutation, $0) } }
    for (mutation, result) in told.sorted(by: { ($0.0.identity.file, $0.0.line) < ($1.0.identity.file, $1.0.line) })
    where !result.isKilled {
      let reached = result.verdict == "notReached" ? " (no test reaches it)" : ""
      say("\(mutation.identity.file):\(mutation.line): \(mutation.identity.function): \(mutation.identity.change)\(reached)")
    }
    for (module, _) in MutatedCheckout.modules {
      let own = told.filter { $0.0.module == module }
      if !own.isEmpty { say("mutate: \(module): \(rate(own.map(\.1)))") }
    }
    say("mutate: all: \(rate(told.map(\.1)))")
  }

  private func rate(_ some: [Result]) -> String {
    let killed = some.count(where: \.isKilled)
    let percent = some.isEmpty ? 100 : Double(killed) * 100 / Double(some.count)
    return "\(killed) of \(some.count) killed (\(String(format: "%.1f", percent)) %)"
  }
}
