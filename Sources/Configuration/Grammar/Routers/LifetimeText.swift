import OSPFWire

/// The lifetimes of keys as FRR and IOS write them: `00:00:00 1 Jan 2026 infinite`, `00:00:00 Jan 1 2026 duration 86400`,
/// `00:00:00 Jan 1 2026 00:00:00 1 Feb 2026`. They are times of the local calendar, as in FRR.
enum LifetimeText {
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
  ]
  private static let secondsPerDay: Int64 = 86_400

  /// Reads a lifetime to the end of the line. IOS writes `local` before a time of the local calendar.
  static func read(_ arguments: inout Arguments) throws(ConfigurationError) -> KeyLifetime {
    _ = arguments.skip("local")
    let start = try time(&arguments)
    if arguments.skip("infinite") { return KeyLifetime(start: start) }
    if arguments.skip("duration") {
      return KeyLifetime(start: start, end: start + Int64(try arguments.number(1...2_147_483_646, "seconds")))
    }
    let word = arguments.peek
    let end = try time(&arguments, expecting: "'infinite', 'duration' or a time of day, as 00:00:00")
    guard end > start else { throw arguments.conflict("the lifetime ends before it begins", at: word) }
    return KeyLifetime(start: start, end: end)
  }

  /// `HH:MM:SS D MONTH YEAR` or `HH:MM:SS MONTH D YEAR`, in seconds since the beginning of 1970.
  private static func time(
    _ arguments: inout Arguments, expecting expected: String = "a time of day, as 00:00:00"
  ) throws(ConfigurationError) -> Int64 {
    let seconds = try arguments.value(expected, secondOfDay)
    let isDayFirst = arguments.peek?.text.utf8.allSatisfy { (0x30...0x39).contains($0) } ?? false
    var month = 0
    if !isDayFirst { month = try arguments.value("the name of a month, as Jan, or a day of the month", self.month) }
    let dayWord = arguments.peek
    let day = try arguments.number(1...31, "a day of the month")
    if isDayFirst { month = try arguments.value("the name of a month, as Jan", self.month) }
    let year = try arguments.number(1970...9999, "a year")
    if let dayWord, day > length(ofMonth: month, year) {
      throw arguments.badValue(dayWord, expected: "a day that the month has")
    }
    return days(year, month, day) * secondsPerDay + seconds
  }

  private static func secondOfDay(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { part in
      part.utf8.count <= 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(part) : nil
    }
    guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2], hour < 24, minute < 60, second < 60
    else { return nil }
    return (hour * 60 + minute) * 60 + second
  }

  /// A name, or at least three letters of it.
  private static func month(_ text: String) -> Int? {
    let name = text.lowercased()
    guard name.utf8.count >= 3 else { return nil }
    return months.firstIndex { $0.hasPrefix(name) }.map { $0 + 1 }
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func length(ofMonth month: Int, _ year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The days from the beginning of 1970 to the beginning of a year that is not before.
  private static func days(beforeYear year: Int) -> Int64 {
    let past = Int64(year - 1)
    return past * 365 + past / 4 - past / 100 + past / 400 - 719_162
  }

  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    days(beforeYear: year) + Int64((1..<month).reduce(day - 1) { $0 + length(ofMonth: $1, year) })
  }

  /// The lifetime as `read` takes it.
  static func format(_ lifetime: KeyLifetime) -> String {
    "\(format(lifetime.start ?? 0)) \(lifetime.end.map(format) ?? "infinite")"
  }

  /// `00:00:00 Jan 1 2026`
  static func format(_ second: Int64) -> String {
    let (day, rest) = (second / secondsPerDay, second % secondsPerDay)
    // A year has at least 365 days, so that this one is not too early; leap days make it too late by a few.
    var year = 1970 + Int(day / 365)
    while days(beforeYear: year) > day { year -= 1 }
    var dayOfMonth = Int(day - days(beforeYear: year))
    var month = 1
    while dayOfMonth >= length(ofMonth: month, year) {
      dayOfMonth -= length(ofMonth: month, year)
      month += 1
    }
    let name = months[month - 1].prefix(3)
    let time = [rest / 3600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return "\(time) \(name.prefix(1).uppercased())\(name.dropFirst()) \(dayOfMonth + 1) \(year)"
  }
}
