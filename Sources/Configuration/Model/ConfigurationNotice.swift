import Redistribution

/// A line that is read but has no effect, or has another effect than in Quagga, or than an operator may expect, or that names what is
/// not there. No line is skipped in silence.
public struct ConfigurationNotice: Hashable, Sendable {
  /// Where the line's command stands.
  public var location: SourceLocation
  /// Which of them it is.
  public var kind: Kind
  /// The line; of a line that carries a secret only the command.
  public var line: String
  /// Why, or how.
  public var reason: String
  /// How many lines it is about: more than one for a whole block.
  public var lineCount = 1

  /// The kinds of notices.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The line changes nothing.
    case withoutEffect = "without effect"
    /// The line means something else than in Quagga or FRR.
    case changedMeaning = "changed meaning"
    /// The line does what it says, and what other routers make of it is not what one may expect.
    case caution
    /// The line names something that no line defines.
    case undefinedName = "undefined name"
  }

  public init(location: SourceLocation, kind: Kind, line: String, reason: String) {
    self.location = location
    self.kind = kind
    self.line = line
    self.reason = reason
  }
}

extension ConfigurationNotice: CustomStringConvertible {
  /// `FILE:LINE:COLUMN: 'LINE': without effect: REASON`; of a block its first line and how many lines it has.
  public var description: String { "\(location): '\(line)'\(lines): \(kind.rawValue): \(reason)" }

  private var lines: String { lineCount > 1 ? " with its block of \(lineCount) lines" : "" }
}
