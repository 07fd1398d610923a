import Foundation

/// The mutations that change nothing a test could see, each with the reason: file, function, change and reason, separated by tabs.
struct EquivalentMutations {
  private(set) var identities: Set<Mutation.Identity> = []

  init(path: String) throws {
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4, !parts[3].isEmpty else {
        throw Problem(description: "\(path): file, function, change and reason are wanted: \(line)")
      }
      identities.insert(Mutation.Identity(file: parts[0], function: parts[1], change: parts[2]))
    }
  }

  func notFound(in all: [Mutation]) -> [Mutation.Identity] { Array(identities.subtracting(all.map(\.identity))) }
}
