/// Text in columns of a fixed width, as printf makes them: a longer text pushes the rest to the right.
extension StringProtocol {
  /// The text, filled up on its right.
  func trailing(_ width: Int, fill: Character = " ") -> String {
    self + String(repeating: fill, count: Swift.max(0, width - count))
  }

  /// The text, filled up on its left.
  func leading(_ width: Int, fill: Character = " ") -> String {
    String(repeating: fill, count: Swift.max(0, width - count)) + self
  }
}

extension BinaryInteger {
  /// The number, filled up on its left.
  func leading(_ width: Int, fill: Character = " ") -> String { String(self).leading(width, fill: fill) }

  /// The number in hexadecimal, without a prefix.
  func hexadecimal(_ width: Int = 0) -> String { String(self, radix: 16).leading(width, fill: "0") }
}

/// Durations as FRR's daemons print them.
enum Clock {
  private static let (minute, hour, day, week) = (60, 3600, 86400, 604_800)

  /// As ospfd prints it: `3.419s`, `12m46s`, `1h02m03s`, `1d02h03m`, `1w2d03h`.
  static func ospf(_ seconds: Double) -> String {
    let milliseconds = Clock.milliseconds(seconds)
    let seconds = milliseconds / 1000
    return switch seconds {
    case (100 * week)...: "\(seconds / week)w\(seconds % week / day)d"
    case week...: "\(seconds / week)w\(seconds % week / day)d\((seconds % day / hour).leading(2, fill: "0"))h"
    case day...: "\(seconds / day)d\(two(seconds % day / hour))h\(two(seconds % hour / minute))m"
    case hour...: "\(seconds / hour)h\(two(seconds % hour / minute))m\(two(seconds % minute))s"
    case minute...: "\(seconds / minute)m\(two(seconds % minute))s"
    default: "\(seconds).\((milliseconds % 1000).leading(3, fill: "0"))s"
    }
  }

  /// As ospf6d prints it: `00:13:18`, `2d03:04:05`.
  static func ospf6(_ seconds: Double) -> String {
    let seconds = milliseconds(seconds) / 1000
    let time = [seconds % day / hour, seconds % hour / minute, seconds % minute].map(two).joined(separator: ":")
    return seconds < day ? time : "\(seconds / day)d\(time)"
  }

  /// Whole milliseconds; what is negative counts as nothing.
  static func milliseconds(_ seconds: Double) -> Int { Int((max(seconds, 0) * 1000).rounded()) }

  private static func two(_ number: Int) -> String { number.leading(2, fill: "0") }
}
