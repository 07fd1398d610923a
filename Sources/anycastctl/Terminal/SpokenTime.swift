import ArgumentParser
import ControlAPI
import Glibc

/// A time to come as an operator writes it: `03:00` (the next one), `2026-11-30T03:00` or `2026-11-30 03:00:30`, both in local time, or
/// `+2h`.
struct SpokenTime: ExpressibleByArgument {
  private enum Kind {
    case inSeconds(Double)
    case timeOfDay(hour: Int32, minute: Int32, second: Int32)
    case date(tm)
  }

  private let kind: Kind

  init?(argument: String) {
    if argument.hasPrefix("+") {
      guard let delay = SpokenDuration(argument: String(argument.dropFirst())) else { return nil }
      kind = .inSeconds(delay.seconds)
      return
    }
    let words = argument.split(omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
    guard let last = words.last, words.count <= 2, let clock = Self.numbers(last, ":"), (2...3).contains(clock.count),
      clock[0] < 24, clock[1] < 60, clock.count < 3 || clock[2] < 60
    else { return nil }
    let second = clock.count > 2 ? clock[2] : 0
    guard words.count == 2 else {
      kind = .timeOfDay(hour: clock[0], minute: clock[1], second: second)
      return
    }
    guard let date = Self.numbers(words[0], "-"), date.count == 3, (1970...9999).contains(date[0]), (1...12).contains(date[1]),
      (1...31).contains(date[2])
    else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (date[0] - 1900, date[1] - 1, date[2])
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (clock[0], clock[1], second)
    kind = .date(parts)
  }

  private static func numbers(_ text: Substring, _ separator: Character) -> [Int32]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int32(part) : nil }
    return numbers.count == parts.count ? numbers : nil
  }

  /// The time, as the host's calendar has it. A time of day is the next one.
  func timestamp(after now: Timestamp) -> Timestamp {
    switch kind {
    case .inSeconds(let seconds): return now.advanced(bySeconds: seconds)
    case .date(let parts): return Self.timestamp(parts)
    case .timeOfDay(let hour, let minute, let second):
      var today = time_t(now.millisecondsSince1970 / 1000)
      var parts = tm()
      localtime_r(&today, &parts)
      (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
      let time = Self.timestamp(parts)
      guard time <= now else { return time }
      parts.tm_mday += 1
      return Self.timestamp(parts)
    }
  }

  private static func timestamp(_ parts: tm) -> Timestamp {
    var parts = parts
    // Whether daylight saving time is in force then, the C library knows.
    parts.tm_isdst = -1
    return Timestamp(millisecondsSince1970: Int64(mktime(&parts)) * 1000)
  }
}
