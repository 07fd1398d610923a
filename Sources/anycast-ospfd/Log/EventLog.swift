import ControlAPI
import Logging
import OSPFProtocol
import OSPFWire

extension EventLog {
  /// What also threads other than the protocol's can tell it.
  static func sink(
    logger: Logger, broadcaster: EventBroadcaster, metrics: MetricsRecorder
  ) -> @Sendable (EventReport) -> Void {
    { report in
      logger.log(level: Logger.Level(report.level), "\(report.message)", metadata: report.logMetadata)
      broadcaster.publish(report)
      metrics.note(report)
    }
  }
}

/// Where everything that happened goes: a line in the log, a report to every watcher, and what matters later into the history.
struct EventLog {
  let logger: Logger
  let broadcaster: EventBroadcaster
  let metrics: MetricsRecorder
  let history: HistoryStore
  private var limiter = ReportLimiter()

  init(logger: Logger, broadcaster: EventBroadcaster, metrics: MetricsRecorder, history: HistoryStore) {
    self.history = history
    self.metrics = metrics
    self.logger = logger
    self.broadcaster = broadcaster
  }

  /// When `advance` has something to do.
  var nextDeadline: Instant? { limiter.nextDeadline }

  /// Something happened.
  func report(_ report: EventReport) {
    metrics.note(report)
    tell(report)
  }

  private func tell(_ report: EventReport) {
    logger.log(level: Logger.Level(report.level), "\(report.message)", metadata: report.logMetadata)
    broadcaster.publish(report)
    history.note(report)
  }

  /// Something happened that has no event of its own: `kind` names it for programs.
  func report(_ kind: EventKind, _ level: EventLevel, _ message: String) {
    report(EventReport(kind, level, message))
  }

  /// Something happened that somebody else can make happen very often: the first ones with its instance, its interface
  /// and `reason` are reported at once, the others of the same minute are counted. The metrics count all.
  mutating func reportLimited(_ reason: LimitedReason, _ report: EventReport, at now: Instant) {
    metrics.note(report)
    if limiter.admits(ReportLimiter.Key(report, reason: reason), report, at: now) { tell(report) }
  }

  /// Time has passed: reports what was counted.
  mutating func advance(to now: Instant) {
    for summary in limiter.advance(to: now) { tell(summary) }
  }
}
