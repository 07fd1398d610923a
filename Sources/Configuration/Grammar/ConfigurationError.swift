import Redistribution

/// What is wrong with one line of a configuration, said to the person who has to repair it.
public struct ConfigurationError: Error, Hashable, Sendable {
  /// Where the offending word stands; where the line ends when a word is missing.
  public var location: SourceLocation
  /// What kind of mistake it is.
  public var problem: Problem
  /// The offending word; empty when a word is missing.
  public var word: String
  /// What would have been right.
  public var expected: String?
  /// The known word that is nearest to the offending one by edit distance.
  public var nearest: String?

  /// The kinds of mistakes.
  public enum Problem: Hashable, Sendable {
    /// A word that means nothing in this place.
    case unknownWord
    /// A word that is short for several.
    case ambiguousWord
    /// A word that means something, but inside another block.
    case misplaced(inside: String)
    /// A value that cannot be read, or is out of range.
    case badValue
    /// The line ends too early.
    case missingWord
    /// The line goes on where it should end.
    case extraWord
    /// A command that cannot be undone by `no`.
    case cannotBeUndone
    /// A command of Quagga, FRR or IOS that has a meaning which is not available here.
    case notSupported(String)
    /// Something that contradicts what stands elsewhere; says what, and where.
    case conflict(String)
    /// The file cannot be read as text at all.
    case unreadable(String)
  }

  public init(
    location: SourceLocation, problem: Problem, word: String, expected: String? = nil, nearest: String? = nil
  ) {
    self.location = location
    self.problem = problem
    self.word = word
    self.expected = expected
    self.nearest = nearest
  }
}

extension ConfigurationError: CustomStringConvertible {
  /// One line: `FILE:LINE:COLUMN: what is wrong with which word; what was expected; the nearest known word`.
  public var description: String {
    var parts = ["\(location): \(summary)"]
    if let expected { parts.append("expected \(expected)") }
    if let nearest { parts.append("nearest known word: '\(nearest)'") }
    return parts.joined(separator: "; ")
  }

  private var summary: String {
    switch problem {
    case .unknownWord: "unknown word '\(word)'"
    case .ambiguousWord: "'\(word)' is short for several words"
    case .misplaced(let block): "'\(word)' belongs inside '\(block)'"
    case .badValue: "bad value '\(word)'"
    case .missingWord: "the line ends too early"
    case .extraWord: "unexpected word '\(word)'"
    case .cannotBeUndone: "'\(word)' cannot be undone by 'no'"
    case .notSupported(let reason): "'\(word)' is not supported: \(reason)"
    case .conflict(let reason): "'\(word)': \(reason)"
    case .unreadable(let reason): reason
    }
  }
}

/// Every error of every file: the reason why there is no configuration.
public struct ConfigurationErrors: Error, Hashable, Sendable {
  /// In the order of files and lines; never empty.
  public var errors: [ConfigurationError]

  /// Collects errors.
  public init(errors: [ConfigurationError]) { self.errors = errors }
}

extension ConfigurationErrors: CustomStringConvertible {
  /// One line for each error.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
