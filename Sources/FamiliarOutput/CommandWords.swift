import Configuration

/// Why a command is not carried out.
public enum ShowError: Error, Hashable, CustomStringConvertible {
  /// Nothing is called like this here.
  case unknownWord(String, expected: [String])
  /// The abbreviation fits several words.
  case ambiguousWord(String, meanings: [String])
  /// A word is missing at the end.
  case incomplete(expected: [String])
  /// FRR has it, this daemon has nothing of the kind.
  case notHere(String)
  /// There is no such interface.
  case unknownInterface(String, known: [String])

  /// A sentence that says what was expected.
  public var description: String {
    switch self {
    case .unknownWord(let word, let expected):
      "unknown word '\(word)'\(Self.guess(word, expected)), expected \(Self.list(expected))"
    case .ambiguousWord(let word, let meanings): "'\(word)' is ambiguous: \(Self.list(meanings))"
    case .incomplete(let expected): "the command is not complete: expected \(Self.list(expected))"
    case .notHere(let reason): reason
    case .unknownInterface(let name, let known):
      "no OSPF interface is called '\(name)'\(Self.guess(name, known))"
    }
  }

  private static func guess(_ word: String, _ known: [String]) -> String {
    EditDistance.nearest(to: word, among: known.filter { $0.first?.isLowercase ?? false }, within: max(2, word.count / 2))
      .map { " (did you mean '\($0)'?)" } ?? ""
  }

  private static func list(_ words: [String]) -> String {
    words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or \(words[words.count - 1])"
  }
}

/// The words of a command, which may be abbreviated as long as they are not ambiguous.
struct CommandWords {
  private var rest: ArraySlice<String>

  init(_ words: [String]) { rest = words[...] }

  /// The next word as it was written; nil at the end.
  var next: String? { rest.first }

  /// Takes the next word as it is.
  mutating func take() -> String? { rest.popFirst() }

  /// The one of `keywords` that the next word means; nil when it means none, or at the end. Throws when it is ambiguous.
  mutating func keyword(among keywords: [String]) throws(ShowError) -> String? {
    guard let word = rest.first else { return nil }
    let meanings = keywords.contains(word) ? [word] : keywords.filter { $0.hasPrefix(word) && !word.isEmpty }
    guard meanings.count < 2 else { throw .ambiguousWord(word, meanings: meanings) }
    if !meanings.isEmpty { rest.removeFirst() }
    return meanings.first
  }

  /// The one of `keywords` that the next word must mean; nil at the end. `others` are named to somebody who wrote none of them.
  mutating func expect(_ keywords: [String], or others: [String] = []) throws(ShowError) -> String? {
    if let keyword = try keyword(among: keywords) { return keyword }
    if let word = rest.first { throw .unknownWord(word, expected: keywords + others) }
    return nil
  }

  /// The same where something must follow.
  mutating func require(_ keywords: [String]) throws(ShowError) -> String {
    guard let keyword = try expect(keywords) else { throw .incomplete(expected: keywords) }
    return keyword
  }

  /// Takes the next word if it is a dotted quad.
  mutating func dottedQuad() -> String? {
    guard let word = rest.first, word.split(separator: ".").count == 4, word.allSatisfy({ $0.isNumber || $0 == "." }) else {
      return nil
    }
    rest.removeFirst()
    return word
  }

  /// Takes the next word, which must be a dotted quad.
  mutating func requireDottedQuad() throws(ShowError) -> String {
    if let quad = dottedQuad() { return quad }
    guard let word = rest.first else { throw .incomplete(expected: ["A.B.C.D"]) }
    throw .unknownWord(word, expected: ["A.B.C.D"])
  }

  /// Throws when something is left.
  func finish(expected: [String] = []) throws(ShowError) {
    if let word = rest.first { throw .unknownWord(word, expected: expected + ["json", "the end of the line"]) }
  }
}
