import Glibc

/// An instant as configurations name it: in the time of this machine's zone.
struct CalendarText {
  private let parts: tm

  /// Takes seconds since the beginning of 1970.
  init(_ seconds: Int) {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    self.parts = parts
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  private func twoDigits(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private var timeOfDay: String { [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":") }

  /// `12:00:00 1 Jan 2026`
  var frr: String { "\(timeOfDay) \(parts.tm_mday) \(Self.months[Int(parts.tm_mon)]) \(1900 + parts.tm_year)" }

  /// `2026-01-01 12:00:00`
  var bird: String { "\(1900 + parts.tm_year)-\(twoDigits(parts.tm_mon + 1))-\(twoDigits(parts.tm_mday)) \(timeOfDay)" }

  /// What the calendar says now, in seconds since the beginning of 1970.
  static var now: Int { time(nil) }
}
