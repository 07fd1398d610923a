import OSPFProtocol

/// The calendar in which the lifetimes of keys are written, that of this machine's time zone, at the instant when it was last read.
struct CalendarReading {
  /// Counted from the beginning of 1970.
  var second: Int64
  var instant: Instant

  /// The second that it is, unless the clock has been set since.
  func second(at now: Instant) -> Int64 { second.addingReportingOverflow((now - instant).wholeSeconds).partialValue }
}

extension AnycastNode {
  /// Says what second of this machine's calendar it is, counted from the beginning of 1970: before every turn, because the clock may
  /// have been set. What comes of it is done at the end of that turn.
  public func setCalendar(_ second: Int64, at now: Instant) {
    calendar = CalendarReading(second: second, instant: now)
    for instance in instances { instance.router.setWallClock(second, at: now) }
  }
}
