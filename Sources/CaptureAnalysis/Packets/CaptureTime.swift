import FoundationEssentials

/// Points in time of a capture, as text.
enum CaptureTime {
  /// RFC 3339, to the nanosecond; `timestamp` counts from 1970-01-01 00:00:00 UTC.
  static func rfc3339(_ timestamp: Duration) -> String {
    let (seconds, attoseconds) = timestamp.components
    let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    let fraction = String(attoseconds / 1_000_000_000)
    return whole.dropLast() + "." + String(repeating: "0", count: max(0, 9 - fraction.count)) + fraction + "Z"
  }

  /// Seconds with six digits behind the point.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let fraction = String((attoseconds / 1_000_000_000_000).magnitude)
    var text = seconds == 0 && attoseconds < 0 ? "-" : ""
    text += String(seconds)
    text += "."
    for _ in 0..<max(0, 6 - fraction.utf8.count) { text += "0" }
    return text + fraction
  }
}
