/// A point on a monotonic clock that only the caller knows: the kernel's in the daemon, a counter in tests.
///
/// The engine never asks for the time. Whoever calls it says what time it is, and never goes back.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since an arbitrary beginning.
  public var nanoseconds: Int64

  /// An instant from nanoseconds since an arbitrary beginning.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The beginning of the clock.
  public static let zero = Instant(nanoseconds: 0)

  /// The instant `duration` later; saturates at the ends of the clock.
  public func advanced(by duration: Duration) -> Instant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
    return Instant(nanoseconds: overflow ? (duration.nanoseconds < 0 ? .min : .max) : sum)
  }

  /// The time from `earlier` to this instant, negative when `earlier` is later.
  public func duration(since earlier: Instant) -> Duration {
    .nanoseconds(nanoseconds.subtractingReportingOverflow(earlier.nanoseconds).partialValue)
  }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
  public static func + (left: Instant, right: Duration) -> Instant { left.advanced(by: right) }
  public static func - (left: Instant, right: Instant) -> Duration { left.duration(since: right) }
}

extension Duration {
  /// The whole duration in nanoseconds, saturated at the ends of `Int64` (292 years).
  public var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || carry ? (seconds < 0 ? .min : .max) : sum
  }

  /// Whole seconds, rounded down.
  public var wholeSeconds: Int64 { components.seconds }
}
