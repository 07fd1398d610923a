import AnycastPolicy
import Redistribution

/// A configuration, and what its author should know about lines that have no effect or another one.
public struct ParsedConfiguration: Hashable, Sendable {
  /// The validated configuration.
  public var configuration: Configuration
  /// In the order of files and lines.
  public var notices: [ConfigurationNotice]
  /// The addresses that zebra put on devices, in the order of the lines. They are not part of the configuration.
  public var kernelAddresses: [KernelAddress]

  /// What parsing gives; other readers make it too.
  public init(configuration: Configuration, notices: [ConfigurationNotice], kernelAddresses: [KernelAddress] = []) {
    self.configuration = configuration
    self.notices = notices
    self.kernelAddresses = kernelAddresses
  }
}

extension Configuration {
  /// Reads files in their order, as if they were one.
  ///
  /// Throws every error of every file at once; then there is no configuration.
  public static func parse(_ files: [SourceFile]) throws(ConfigurationErrors) -> ParsedConfiguration {
    var parser = Parser()
    for file in files { parser.read(file) }
    return try parser.finish(order: files.map(\.path))
  }
}

/// Reads lines, one after the other, into a draft.
struct Parser {
  /// Larger files are not configurations.
  static let largestFile = 16 << 20

  var draft = Draft()
  private(set) var errors: [ConfigurationError] = []
  /// The line above could not be understood as a block's beginning or a command, so what is indented below it cannot either.
  private var skipsIndentedLines = false
  /// The service whose block is all that is read: no line ends it, and no other block begins. Nil where whole files are read.
  private let onlyService: String?

  init(onlyService: String? = nil) { self.onlyService = onlyService }

  /// Reads one file. No block goes on from one file into the next.
  mutating func read(_ file: SourceFile) {
    if onlyService == nil { draft.context = .top }
    skipsIndentedLines = false
    guard file.bytes.count <= Self.largestFile else {
      errors.append(
        ConfigurationError(
          location: SourceLocation(path: file.path, line: 1, column: 1),
          problem: .unreadable("the file is larger than \(Self.largestFile) octets"), word: ""))
      return
    }
    let lines = Line.lines(of: file).filter { !$0.isComment }
    if let error = ForeignFile.error(lines) { return errors.append(error) }
    for line in onlyService.map({ Self.withoutHeading(lines, of: $0) }) ?? lines[...] { read(line) }
  }

  /// Who copies a block out of a file takes its first line too.
  private static func withoutHeading(_ lines: [Line], of service: String) -> ArraySlice<Line> {
    lines.first?.words.map(\.text) == ["anycast", "service", service] ? lines.dropFirst() : lines[...]
  }

  private mutating func read(_ line: Line) {
    if skipsIndentedLines, line.isIndented { return }
    skipsIndentedLines = false
    if isOfForeignBlock(line) { return }
    do throws(ConfigurationError) {
      try execute(line)
    } catch {
      errors.append(error)
      draft.lineFailed()
    }
  }

  /// Passes over the lines of another daemon's block. Returns whether this is one of them.
  private mutating func isOfForeignBlock(_ line: Line) -> Bool {
    guard case .foreign(let block) = draft.context else { return false }
    let verdict = block.verdict(on: line) { line in
      let words = line.words.first?.text == "no" ? line.words.dropFirst() : line.words[...]
      return [block.parent.node, .top].contains { Grammar.commands(of: $0).match(words).command != nil }
    }
    switch verdict {
    case .inside: draft.countForeignLine(isIndented: line.indentation > block.indentation)
    case .last:
      draft.countForeignLine(isIndented: false)
      draft.context = block.parent
    case .outside: draft.context = block.parent
    }
    return verdict != .outside
  }

  /// Looks the line up in its block, then at the top level, and does what it says. Words that are written out come first, so that what is
  /// short for something does not hide a command of the top level or of another block. The blocks of services know no short words: they are not
  /// Quagga's.
  private mutating func execute(_ line: Line) throws(ConfigurationError) {
    if let location = line.firstControlCharacter {
      throw ConfigurationError(
        location: location, problem: .unreadable("a control character"), word: "", expected: "text")
    }
    let isNegated = line.words.first?.text == "no"
    let words = isNegated ? line.words.dropFirst() : line.words[...]
    let nodes: [Grammar.Node] =
      onlyService != nil ? [.service] : draft.context.node == .top ? [.top] : [draft.context.node, .top]
    let mayBeShortened = draft.context.node != .service
    if let (number, plain) = withoutInstanceNumber(words) { return try execute(line, plain, of: number, isNegated: isNegated) }
    for isShortened in mayBeShortened ? [false, true] : [false] {
      if isShortened, let error = misplaced(line, words, nodes, known: 0) { throw error }
      for node in nodes {
        let match = Grammar.commands(of: node).match(words, mayBeShortened: isShortened)
        guard let command = match.command else { continue }
        let arguments = Arguments(
          line: line, command: words.prefix(match.length), words: words.dropFirst(match.length), isNegated: isNegated,
          mayBeShortened: mayBeShortened)
        guard command.applies(arguments) else { continue }
        if node == .top { draft.context = .top } else { try requireDefaultVRF(command, arguments) }
        return try run(command, arguments)
      }
    }
    if !line.isIndented { skipsIndentedLines = true }
    throw failure(line, words, nodes)
  }

  /// `ip ospf 1 area 0`, as IOS and FRR have it: the number of an instance, and the words without it.
  private func withoutInstanceNumber(_ words: ArraySlice<Word>) -> (number: Word, words: ArraySlice<Word>)? {
    guard case .interface = draft.context, words.count > 3 else { return nil }
    let (first, second, number) = (words[words.startIndex], words[words.startIndex + 1], words[words.startIndex + 2])
    guard ["ip ospf", "ipv6 ospf6", "ipv6 ospf"].contains("\(first.text) \(second.text)"), UInt16(number.text) != nil else {
      return nil
    }
    return (number, ArraySlice([first, second] + words.dropFirst(3)))
  }

  private mutating func execute(
    _ line: Line, _ words: ArraySlice<Word>, of number: Word, isNegated: Bool
  ) throws(ConfigurationError) {
    let match = Grammar.commands(of: .interface).match(words, mayBeShortened: true)
    guard let command = match.command else { throw failure(line, words, [.interface]) }
    let arguments = Arguments(
      line: line, command: words.prefix(match.length), words: words.dropFirst(match.length), isNegated: isNegated,
      mayBeShortened: true)
    try run(command, arguments)
    guard !isNegated else { return }
    try TopLevelCommands.takeInstance(number, words.first?.text == "ip" ? .v2 : .v3, arguments, &draft)
  }

  /// An interface of a VRF has no OSPF here, and everything else that is said of it is for others.
  private func requireDefaultVRF(_ command: Command, _ arguments: Arguments) throws(ConfigurationError) {
    guard case .interfaceInVRF = draft.context, !arguments.isNegated else { return }
    if ["ip ospf", "ospf", "ipv6 ospf6"].contains(where: { command.phrase.hasPrefix("\($0) ") }) {
      throw TopLevelCommands.notInVRF(arguments)
    }
  }

  private mutating func run(_ command: Command, _ arguments: Arguments) throws(ConfigurationError) {
    var arguments = arguments
    do throws(ConfigurationError) {
      if !arguments.isNegated {
        try command.set(&arguments, &draft)
      } else if let undo = command.undo {
        try undo(&arguments, &draft)
      } else {
        throw ConfigurationError(
          location: arguments.location, problem: .cannotBeUndone, word: arguments.commandText)
      }
      try arguments.requireEnd()
    } catch {
      if command.opensBlock { skipsIndentedLines = true }
      throw error
    }
  }

  /// Why no command was found.
  private func failure(_ line: Line, _ words: ArraySlice<Word>, _ nodes: [Grammar.Node]) -> ConfigurationError {
    let matches = nodes.map { Grammar.commands(of: $0).match(words) }
    let known = matches.map(\.known).max() ?? 0
    if let error = misplaced(line, words, nodes, known: known) ?? ambiguous(line, words, nodes) {
      return error
    }
    let continuations = matches.filter { $0.known == known }.flatMap(\.continuations)
    let expected =
      known > 0
      ? Arguments.alternatives(continuations) : nodes.map { "a command of '\($0.rawValue)'" }.joined(separator: " or ")
    guard let word = words.dropFirst(known).first else {
      return ConfigurationError(
        location: line.location(of: nil), problem: .missingWord, word: "", expected: expected)
    }
    return ConfigurationError(
      location: line.location(of: word), problem: .unknownWord, word: word.text, expected: expected,
      nearest: Arguments.nearest(to: word.text, among: continuations))
  }

  /// A word that is short for several.
  private func ambiguous(_ line: Line, _ words: ArraySlice<Word>, _ nodes: [Grammar.Node]) -> ConfigurationError? {
    guard draft.context.node != .service else { return nil }
    for node in nodes {
      let match = Grammar.commands(of: node).match(words, mayBeShortened: true)
      guard !match.ambiguous.isEmpty, let word = words.dropFirst(match.known).first else { continue }
      return ConfigurationError(
        location: line.location(of: word), problem: .ambiguousWord, word: word.text,
        expected: Arguments.alternatives(match.ambiguous))
    }
    return nil
  }

  /// The line is a command of a block that it does not stand in.
  private func misplaced(
    _ line: Line, _ words: ArraySlice<Word>, _ nodes: [Grammar.Node], known: Int
  ) -> ConfigurationError? {
    for node in Grammar.Node.allCases where !nodes.contains(node) {
      let match = Grammar.commands(of: node).match(words)
      guard match.command != nil, match.length > known else { continue }
      let command = words.prefix(match.length)
      return ConfigurationError(
        location: line.location(of: command.first), problem: .misplaced(inside: node.rawValue),
        word: command.map(\.text).joined(separator: " "))
    }
    return nil
  }

  /// Takes an error that was found elsewhere.
  mutating func complain(_ error: ConfigurationError) { errors.append(error) }

  /// Checks what the lines say together.
  mutating func finish(order: [String]) throws(ConfigurationErrors) -> ParsedConfiguration {
    errors += Validation.errors(of: draft)
    guard errors.isEmpty else {
      throw ConfigurationErrors(errors: sorted(errors, order: order) { $0.location })
    }
    Validation.takeNotes(&draft)
    return ParsedConfiguration(
      configuration: draft.configuration, notices: sorted(draft.notices, order: order) { $0.location },
      kernelAddresses: draft.kernelAddresses)
  }

  /// In the order of files, lines and columns.
  private func sorted<Element>(
    _ elements: [Element], order: [String], by location: (Element) -> SourceLocation
  ) -> [Element] {
    let ranks = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    func key(_ element: Element) -> (Int, Int, Int) {
      let location = location(element)
      return (ranks[location.path] ?? 0, location.line, location.column)
    }
    return elements.sorted { key($0) < key($1) }
  }
}
