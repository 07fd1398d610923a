import ControlAPI
import OSPFProtocol

/// Lets the first reports of each reason on each interface of each instance pass, and counts the others of the same minute.
struct ReportLimiter {
  /// What is counted together.
  struct Key: Hashable {
    var protocolName: ProtocolName?
    var addressFamily: AddressFamilyName?
    var interface: String?
    var reason: LimitedReason

    /// What a report is counted with: those of the same reason from the same place.
    init(_ report: EventReport, reason: LimitedReason) {
      protocolName = report.protocol
      addressFamily = report.addressFamily
      interface = report.interface
      self.reason = reason
    }
  }

  private struct Window {
    var end: Instant
    var admitted = 0
    var suppressed = 0
    var last: EventReport
  }

  static let length = Duration.seconds(60)
  private var windows: [Key: Window] = [:]
  /// The end of the first window.
  private(set) var nextDeadline: Instant?

  /// Whether a report is to be made at once.
  mutating func admits(_ key: Key, _ report: EventReport, at now: Instant) -> Bool {
    if windows[key] == nil {
      windows[key] = Window(end: now + Self.length, last: report)
      nextDeadline = min(nextDeadline ?? now + Self.length, now + Self.length)
    }
    if let window = windows[key], window.admitted < key.reason.admitted {
      windows[key]?.admitted += 1
      return true
    }
    windows[key]?.suppressed += 1
    windows[key]?.last = report
    return false
  }

  /// The summaries that are due. What has not come again is forgotten, and the next one is reported at once.
  mutating func advance(to now: Instant) -> [EventReport] {
    guard let nextDeadline, nextDeadline <= now else { return [] }
    defer { self.nextDeadline = windows.values.map(\.end).min() }
    var summaries: [EventReport] = []
    for (key, window) in windows where window.end <= now {
      guard window.suppressed > 0 else {
        windows[key] = nil
        continue
      }
      var summary = window.last
      summary.time = .now
      let times = window.suppressed == 1 ? "once more" : "\(window.suppressed) times more"
      summary.message += " (\(times) in the last \(Self.length.wholeSeconds) s)"
      summaries.append(summary)
      // What goes on is not news again: a summary a minute until it has stopped.
      windows[key] = Window(end: now + Self.length, admitted: key.reason.admitted, last: window.last)
    }
    return summaries.sorted { $0.message < $1.message }
  }
}
