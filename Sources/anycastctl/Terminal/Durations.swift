import ArgumentParser
import ControlAPI

/// A duration as an operator writes it: `500ms`, `90s`, `5m`, `2h`, `1d`; a bare number is seconds.
struct SpokenDuration: ExpressibleByArgument {
  var seconds: Double

  private static let units: [(suffix: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
  ]

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    let unit = Self.units.first { argument.hasSuffix($0.suffix) } ?? ("", 1)
    guard let number = UInt32(argument.dropLast(unit.suffix.count)), number > 0 else { return nil }
    seconds = Double(number) * unit.seconds
  }
}

/// How durations are shown.
enum Shown {
  /// `34.512s`, as the dead time is.
  static func countdown(_ seconds: Double?) -> String {
    guard let seconds else { return "-" }
    let milliseconds = Int((max(seconds, 0) * 1000).rounded())
    let fraction = String(milliseconds % 1000)
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)s"
  }

  /// `3d04h`, `2h05m`, `4m09s`, `12s`: two units are enough.
  static func age(_ seconds: Double) -> String {
    let seconds = Int(max(seconds, 0))
    return switch seconds {
    case 86400...: "\(seconds / 86400)d\(twoDigits(seconds % 86400 / 3600))h"
    case 3600...: "\(seconds / 3600)h\(twoDigits(seconds % 3600 / 60))m"
    case 60...: "\(seconds / 60)m\(twoDigits(seconds % 60))s"
    default: "\(seconds)s"
    }
  }

  /// How long ago something was.
  static func age(since timestamp: Timestamp?) -> String {
    guard let timestamp else { return "-" }
    return age(Double(Timestamp.now.millisecondsSince1970 - timestamp.millisecondsSince1970) / 1000)
  }

  /// `10s` or `500ms`, as an interval is configured.
  static func interval(_ seconds: Double) -> String {
    guard seconds > 0 else { return "-" }
    return seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(Int((seconds * 1000).rounded()))ms"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
