import Glibc

/// The calendar of this machine's time zone, in which the lifetimes of keys are written, as in FRR.
enum LocalCalendar {
  /// The second that it is, counted from the beginning of 1970 in this time zone.
  static func second() -> Int64 {
    var now = time(nil)
    var broken = tm()
    guard localtime_r(&now, &broken) != nil else { return Int64(now) }
    return Int64(now) + Int64(broken.tm_gmtoff)
  }
}
