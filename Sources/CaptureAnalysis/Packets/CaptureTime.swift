import FoundationEssentials
import OSPFWire

/// A time span or a point in time of a capture, as text.
struct CaptureTime: TextWritable {
  private let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  /// Seconds with six digits behind the point.
  func write(to text: inout TextBuffer) {
    let (seconds, attoseconds) = duration.components
    if seconds < 0 || attoseconds < 0 { text.append(octet: UInt8(ascii: "-")) }
    text.append(decimal: UInt64(seconds.magnitude))
    text.append(octet: UInt8(ascii: "."))
    text.append(decimal: UInt64(attoseconds.magnitude) / 1_000_000_000_000, digits: 6)
  }

  /// RFC 3339, to the nanosecond; `timestamp` counts from 1970-01-01 00:00:00 UTC.
  static func rfc3339(_ timestamp: Duration) -> String {
    let (seconds, attoseconds) = timestamp.components
    let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    let fraction = String(attoseconds / 1_000_000_000)
    return whole.dropLast() + "." + String(repeating: "0", count: max(0, 9 - fraction.count)) + fraction + "Z"
  }

  /// Seconds with six digits behind the point.
  static func seconds(_ duration: Duration) -> String { CaptureTime(duration).notation }
}
