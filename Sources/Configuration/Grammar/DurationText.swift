/// Durations as people write them: `500ms`, `1s`, `5m`, `2h`.
enum DurationText {
  /// The units, and their words.
  enum Unit: String, Sendable, CaseIterable {
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "m"
    case hours = "h"

    /// The unit's name in a sentence.
    var name: String {
      switch self {
      case .milliseconds: "milliseconds"
      case .seconds: "seconds"
      case .minutes: "minutes"
      case .hours: "hours"
      }
    }

    var milliseconds: Int64 {
      switch self {
      case .milliseconds: 1
      case .seconds: 1000
      case .minutes: 60_000
      case .hours: 3_600_000
      }
    }
  }

  /// Reads a whole number with an optional unit; nil for anything else.
  static func parse(_ text: String, bare: Unit) -> Duration? {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, let number = Int64(String(Substring(digits))) else { return nil }
    let suffix = String(Substring(text.utf8.dropFirst(digits.count)))
    guard let unit = suffix.isEmpty ? bare : Unit(rawValue: suffix) else { return nil }
    let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
    return overflow ? nil : .milliseconds(milliseconds)
  }

  /// Whole milliseconds.
  static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }

  /// `1s` where seconds are enough, else `1500ms`.
  static func format(_ duration: Duration) -> String {
    let milliseconds = milliseconds(duration)
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
  }

  /// As `format`, but whole seconds bare, as Quagga writes them.
  static func formatBare(_ duration: Duration) -> String {
    let milliseconds = milliseconds(duration)
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(milliseconds)ms"
  }
}
