import OSPFProtocol

/// What people call a check.
public struct CheckTitle: Hashable, Sendable {
  /// The word for its kind, `dns`: it is enough where the service has one check of the kind.
  public var keyword: String
  /// All that tells it from others of its kind, without a secret: `dns name www.example.net type A`.
  public var summary: String

  public init(keyword: String, summary: String) {
    self.keyword = keyword
    self.summary = summary
  }
}

/// One `check` line of a service.
public struct CheckConfiguration: Sendable {
  public var title: CheckTitle
  /// What is probed.
  public var subject: any CheckSubject
  /// Time from the start of one probe to the start of the next.
  public var interval: Duration
  /// After this long a probe has failed.
  public var timeout: Duration
  /// The most by which an interval is shorter than `interval`, by chance, so that checks do not march in step.
  public var jitter: Duration
  /// Consecutive successes that make a failing check pass.
  public var rise: Int
  /// Consecutive failures that make a passing check fail.
  public var fall: Int

  /// The jitter's default is a tenth of the interval.
  public init(
    title: CheckTitle, subject: any CheckSubject, interval: Duration = .seconds(1), timeout: Duration = .milliseconds(500),
    jitter: Duration? = nil,
    rise: Int = 2, fall: Int = 3
  ) {
    self.title = title
    self.subject = subject
    self.interval = interval
    self.timeout = timeout
    self.jitter = jitter ?? Self.defaultJitter(interval: interval)
    self.rise = rise
    self.fall = fall
  }

  /// The jitter of a check that names none: a tenth of the interval, in whole milliseconds.
  public static func defaultJitter(interval: Duration) -> Duration { .milliseconds(interval.nanoseconds / 10_000_000) }
}

extension CheckConfiguration: Hashable {
  public static func == (one: Self, other: Self) -> Bool { one.key == other.key }

  public func hash(into hasher: inout Hasher) { hasher.combine(key) }

  private struct Key: Hashable {
    var title: CheckTitle
    var subject: AnyHashable
    var times: [Duration]
    var counts: [Int]
  }

  private var key: Key {
    Key(title: title, subject: AnyHashable(subject), times: [interval, timeout, jitter], counts: [rise, fall])
  }
}
