import AnycastPolicy
import OSPFWire
import Redistribution

/// The words of a line after its command, read from left to right.
///
/// Every reader either takes what it reads or throws an error that names the word, its place and what was expected.
struct Arguments: Sendable {
  let line: Line
  /// The words of the command that were recognised, without a leading `no`.
  let command: ArraySlice<Word>
  /// The line began with `no`.
  let isNegated: Bool
  /// Known words may be shortened to a beginning that no other has.
  let mayBeShortened: Bool
  private var words: ArraySlice<Word>

  init(line: Line, command: ArraySlice<Word>, words: ArraySlice<Word>, isNegated: Bool, mayBeShortened: Bool) {
    self.mayBeShortened = mayBeShortened
    self.line = line
    self.command = command
    self.words = words
    self.isNegated = isNegated
  }

  /// The next word, left where it is.
  var peek: Word? { words.first }
  /// Nothing is left.
  var isAtEnd: Bool { words.isEmpty }
  /// The command as it was written.
  var commandText: String { command.map(\.text).joined(separator: " ") }
  /// Where the command stands.
  var location: SourceLocation { line.location(of: command.first) }

  /// The line as the origin of a rule.
  var origin: RuleOrigin { RuleOrigin(text: line.text, location: line.location(of: line.words.first)) }

  /// Takes the next word.
  mutating func take(expecting expected: String) throws(ConfigurationError) -> Word {
    guard let word = words.popFirst() else {
      throw ConfigurationError(location: line.location(of: nil), problem: .missingWord, word: "", expected: expected)
    }
    return word
  }

  /// Takes the next word when it is this one.
  mutating func skip(_ keyword: String) -> Bool {
    guard let word = words.first, word.text == keyword, !word.isQuoted else { return false }
    words.removeFirst()
    return true
  }

  /// Takes the number of an instance, which IOS and FRR have behind `router ospf`.
  mutating func takeInstanceNumber() -> Word? {
    guard let word = words.first, !word.isQuoted, UInt16(word.text) != nil else { return nil }
    return words.popFirst()
  }

  /// Takes whatever is left.
  mutating func skipAll() { words = [] }

  /// The line ends here.
  func requireEnd() throws(ConfigurationError) {
    guard let word = words.first else { return }
    throw ConfigurationError(
      location: line.location(of: word), problem: .extraWord, word: word.text, expected: "the end of the line")
  }

  /// Takes one of several known words.
  mutating func keyword(_ known: [String]) throws(ConfigurationError) -> String {
    let word = try take(expecting: Self.alternatives(known))
    guard let meant = meant(word, among: known) else { throw unknown(word, among: known) }
    return meant
  }

  /// The known word that is written, or that the written one is short for.
  private func meant(_ word: Word, among known: [String]) -> String? {
    guard !word.isQuoted else { return nil }
    if known.contains(word.text) { return word.text }
    guard mayBeShortened else { return nil }
    let candidates = Set(known.filter { $0.hasPrefix(word.text) })
    return candidates.count == 1 ? candidates.first : nil
  }

  /// Takes one of the words of an enumeration.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type
  ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
    let word = try take(expecting: Self.alternatives(type.allCases.map(\.rawValue)))
    let known = type.allCases.map(\.rawValue)
    guard let choice = meant(word, among: known).flatMap(Choice.init) else { throw unknown(word, among: known) }
    return choice
  }

  /// Takes the rest of the line as text.
  mutating func restOfLine(expecting expected: String) throws(ConfigurationError) -> String {
    let first = try take(expecting: expected)
    words = []
    return line.text(from: first)
  }

  /// Reads what is left once more, with quotes as a shell reads them.
  mutating func readQuotes() throws(ConfigurationError) {
    guard let first = words.first else { return }
    words = try line.quotedWords(from: first)[...]
  }

  /// The line ends without a word that must be in it.
  func missing(_ keyword: String) -> ConfigurationError {
    ConfigurationError(
      location: line.location(of: nil), problem: .missingWord, word: "", expected: Self.alternatives([keyword]))
  }

  /// An unknown word with its alternatives.
  func unknown(_ word: Word, among known: [String]) -> ConfigurationError {
    ConfigurationError(
      location: line.location(of: word), problem: .unknownWord, word: word.text, expected: Self.alternatives(known),
      nearest: Self.nearest(to: word.text, among: known))
  }

  /// What other programs call by another name.
  private static let synonyms = [
    "ping": "icmp", "script": "exec", "command": "exec", "process": "systemd", "unit": "systemd", "service": "systemd",
    "snmp": "exec", "udp": "exec", "ssl": "https", "tls": "https",
  ]

  /// The known word that is probably meant; nil when none is near.
  static func nearest(to word: String, among known: [String]) -> String? {
    if let synonym = synonyms[word], known.contains(synonym) { return synonym }
    if let other = known.first(where: { $0.lowercased() == word.lowercased() }) { return other }
    return EditDistance.nearest(to: word, among: known, within: max(word.count / 3, word.count > 1 ? 1 : 0))
  }

  /// A word that cannot be read as the value that was expected.
  func badValue(_ word: Word, expected: String) -> ConfigurationError {
    ConfigurationError(location: line.location(of: word), problem: .badValue, word: word.text, expected: expected)
  }

  /// The command contradicts something else.
  func conflict(_ reason: String, at word: Word? = nil) -> ConfigurationError {
    ConfigurationError(
      location: word.map { line.location(of: $0) } ?? location, problem: .conflict(reason), word: word?.text ?? commandText)
  }

  /// `'a', 'b' or 'c'`
  static func alternatives(_ words: [String]) -> String {
    let quoted = words.map { "'\($0)'" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }
}
