import Redistribution

/// One command of the dialect: its words, what it does, and what `no` in front of it does.
struct Command: Sendable {
  /// What a command does with its arguments.
  typealias Action = @Sendable (inout Arguments, inout Draft) throws(ConfigurationError) -> Void

  /// The fixed words at its beginning, separated by spaces.
  let phrase: String
  /// It begins a block. When it fails, the lines of its block are not read.
  let opensBlock: Bool
  /// Narrows down what the command is for, where its words alone are also the beginning of another block's command.
  let applies: @Sendable (Arguments) -> Bool
  /// What it does.
  let set: Action
  /// What it does after `no`; nil when it cannot be undone.
  let undo: Action?

  init(
    _ phrase: String, opensBlock: Bool = false, applies: @escaping @Sendable (Arguments) -> Bool = { _ in true },
    set: @escaping Action, undo: Action? = nil
  ) {
    self.phrase = phrase
    self.opensBlock = opensBlock
    self.applies = applies
    self.set = set
    self.undo = undo
  }

  /// A line that is read, and changes nothing, with `no` or without.
  static func withoutEffect(_ phrase: String, _ reason: String, isSecret: Bool = false) -> Command {
    let note: Action = { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.note(.withoutEffect, arguments, reason, isSecret: isSecret)
    }
    return Command(phrase, set: note, undo: note)
  }

  /// A line that is read, and does something else than in Quagga. With `no` it asks for the default and changes nothing.
  static func changedMeaning(_ phrase: String, _ reason: String) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.note(.changedMeaning, arguments, reason)
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.note(.withoutEffect, arguments, "already the default")
    }
  }

  /// A line whose meaning cannot be honoured. With `no` it asks for the default and changes nothing.
  static func notSupported(
    _ phrase: String, _ reason: String, opensBlock: Bool = false, isSecret: Bool = false
  ) -> Command {
    Command(phrase, opensBlock: opensBlock) { arguments, _ throws(ConfigurationError) in
      throw ConfigurationError(
        location: arguments.location, problem: .notSupported(reason), word: arguments.commandText)
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.note(.withoutEffect, arguments, "already the default", isSecret: isSecret)
    }
  }
}

/// The commands of one block as a tree of their words, so that a line is matched in one walk.
struct CommandTree: Sendable {
  private(set) var children: [String: CommandTree] = [:]
  private(set) var command: Command?

  init(_ commands: [Command] = []) {
    for command in commands { insert(command, words: command.phrase.split(separator: " ").map(String.init)[...]) }
  }

  private mutating func insert(_ command: Command, words: ArraySlice<String>) {
    guard let first = words.first else {
      self.command = command
      return
    }
    children[first, default: CommandTree()].insert(command, words: words.dropFirst())
  }

  /// How far the words of a line are known.
  struct Match {
    /// The command with the longest phrase that the line begins with.
    var command: Command?
    /// The number of words of that phrase.
    var length = 0
    /// The number of words that are the beginning of any phrase.
    var known = 0
    /// The words that the next one may be short for, where these are several.
    var ambiguous: [String] = []
    /// Where in the tree those words end.
    fileprivate var end: CommandTree

    /// What could have come after the known words.
    var continuations: [String] { end.children.keys.sorted() }
  }

  /// What a word may be short for. Where that is several, the word after it may tell which.
  private func candidates(for word: Word, before next: Word?) -> [String: CommandTree] {
    let candidates = children.filter { $0.key.hasPrefix(word.text) }
    guard candidates.count > 1, let next else { return candidates }
    let fitting = candidates.filter { $0.value.children.keys.contains { $0.hasPrefix(next.text) } }
    return fitting.count == 1 ? fitting : candidates
  }

  /// Walks down the tree along the words of a line. Where words may be shortened, the beginning of one known word, and of no other, is taken
  /// for it, as Quagga and FRR take it.
  func match(_ words: ArraySlice<Word>, mayBeShortened: Bool = false) -> Match {
    var match = Match(end: self)
    for (depth, word) in words.enumerated() {
      var child = match.end.children[word.text]
      if child == nil, mayBeShortened {
        let candidates = match.end.candidates(for: word, before: words.dropFirst(depth + 1).first)
        if candidates.count > 1 { match.ambiguous = candidates.keys.sorted() }
        child = candidates.count == 1 ? candidates.first?.value : nil
      }
      guard let child else { break }
      match.end = child
      match.known = depth + 1
      if let command = child.command { (match.command, match.length) = (command, depth + 1) }
    }
    return match
  }
}
