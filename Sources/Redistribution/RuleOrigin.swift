/// Where a rule stands, and what is written there: for sentences about what it did.
///
/// Two origins are always equal: moving a line, or indenting it, does not change what a configuration means.
public struct RuleOrigin: Hashable, Sendable {
  /// The rule in the words of the file.
  public var text: String
  /// Its place; nil when the rule comes from no file.
  public var location: SourceLocation?

  public init(text: String, location: SourceLocation? = nil) {
    self.text = text
    self.location = location
  }

  public static func == (left: Self, right: Self) -> Bool { true }

  public func hash(into hasher: inout Hasher) {}
}

extension RuleOrigin: CustomStringConvertible {
  /// `'RULE' (FILE:LINE:COLUMN)`
  public var description: String { "'\(text)'" + (location.map { " (\($0))" } ?? "") }
}
