import Foundation

/// Which mutations are made: those that come first in an order that follows from the seed and from what each is, not from what else
/// there is, so that a seed means much the same mutants after a change of the product.
struct Choice {
  private(set) var chosen: [Mutation] = []
  private(set) var dropped = 0
  private var uncompilable: UncompilableMutations

  init(of all: [Mutation], count: Int, seed: UInt64, uncompilable: UncompilableMutations) {
    let ordered = all.map { (rank: $0.identity.rank(seed), mutation: $0) }.sorted { $0.rank < $1.rank }.map(\.mutation)
    self.uncompilable = uncompilable
    chosen = Array(ordered.filter { !uncompilable.identities.contains($0.identity) }.prefix(count))
  }

  /// What need not be made, though it is among those that the seed means.
  mutating func leaveOut(where isKnown: (Mutation) -> Bool) { chosen.removeAll(where: isKnown) }

  /// No others come in their place before the next sitting: they might not compile either, and each time takes a build.
  mutating func drop(_ numbers: Set<Int>) throws {
    let gone = chosen.filter { numbers.contains($0.number) }
    dropped += gone.count
    try uncompilable.add(gone.map(\.identity))
    chosen.removeAll { numbers.contains($0.number) }
  }
}

extension Mutation.Identity {
  /// A hash that is the same in every run, unlike Swift's own.
  fileprivate func rank(_ seed: UInt64) -> UInt64 {
    var hash = 0xCBF2_9CE4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    for octet in "\(file)\t\(function)\t\(change)".utf8 { hash = (hash ^ UInt64(octet)) &* 0x0100_0000_01B3 }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}

/// What did not compile in an earlier run, kept in the copy: learning it anew takes a build for each handful.
struct UncompilableMutations {
  private(set) var identities: Set<Mutation.Identity> = []
  private let path: String

  init(path: String) {
    self.path = path
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    for parts in text.split(separator: "\n").map({ $0.split(separator: "\t").map(String.init) }) where parts.count == 3 {
      identities.insert(Mutation.Identity(file: parts[0], function: parts[1], change: parts[2]))
    }
  }

  mutating func add(_ new: [Mutation.Identity]) throws {
    identities.formUnion(new)
    let lines = identities.map { "\($0.file)\t\($0.function)\t\($0.change)\n" }.sorted()
    try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
  }
}
