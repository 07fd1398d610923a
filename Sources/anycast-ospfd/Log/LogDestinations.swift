import Configuration
import ControlAPI
import Glibc
import LinuxNetwork
import Logging
import OSPFProtocol
import Synchronization

/// Where the log goes: standard error, or the journal that stands behind it, and what `log file` and `log syslog` name.
final class LogDestinations: Sendable {
  /// The paths of the sockets of this host.
  struct Sockets: Sendable {
    /// The journal's own, where standard error is the journal; nil where it is not.
    var journal: String?
    var syslog = "/dev/log"

    static var ofThisProcess: Sockets {
      Sockets(journal: JournalStream.isStandardError ? "/run/systemd/journal/socket" : nil)
    }
  }

  /// Those of this process.
  static let shared = LogDestinations(sockets: .ofThisProcess)

  private let sockets: Sockets
  private let standardError: LogOutput
  private let state = Mutex(State())

  private struct State {
    var file: (file: LogFile, level: Logger.Level)?
    var syslog: (facility: Int, level: Logger.Level)?
    var syslogHasFailed = false
    var rate = LogRate()
  }

  init(sockets: Sockets, standardError: LogOutput = .standardError) {
    self.sockets = sockets
    self.standardError = standardError
  }

  /// The least severe level that any of them but standard error wants; nil where there is none.
  var leastSevere: Logger.Level? {
    state.withLock { state in [state.file?.level, state.syslog?.level].compactMap { $0 }.min() }
  }

  /// Goes on with what a configuration says.
  func apply(_ configuration: LogConfiguration) {
    state.withLock { state in
      if state.file?.file.path != configuration.file?.path {
        state.file?.file.close()
        state.file = configuration.file.map { wanted in
          let file = LogFile(path: wanted.path) { [weak self] failure in
            // Not into the file itself.
            self?.writeToStandardError(.own(.error, "the log file does not take lines: \(failure); trying again with each line"))
          }
          return (file, .init(wanted.level))
        }
      } else if let wanted = configuration.file {
        state.file?.level = .init(wanted.level)
      }
      state.syslog = configuration.syslog.map { (configuration.facility.number, .init($0)) }
      state.syslogHasFailed = false
    }
  }

  /// Writes a message wherever its level is wanted. Never waits.
  func write(_ record: LogRecord, at now: Instant = MonotonicClock.now()) {
    let (isAdmitted, leftOut) = state.withLock { $0.rate.admit(at: now) }
    guard isAdmitted else { return }
    if leftOut > 0 {
      deliver(.own(.warning, "\(leftOut) lines of the log were left out: more than \(LogRate.perSecond) in a second"))
    }
    deliver(record)
  }

  private func deliver(_ record: LogRecord) {
    if record.level >= StandardErrorLog.level.current { writeToStandardError(record) }
    let failure: SystemCallError? = state.withLock { state in
      if let (file, level) = state.file, record.level >= level { file.write(record.dated) }
      guard let (facility, level) = state.syslog, record.level >= level else { return nil }
      do throws(SystemCallError) {
        try LocalDatagram.send(record.syslogMessage(facility: facility), to: sockets.syslog)
        state.syslogHasFailed = false
        return nil
      } catch {
        defer { state.syslogHasFailed = true }
        return state.syslogHasFailed ? nil : error
      }
    }
    if let failure { writeToStandardError(.own(.error, "syslog does not take lines: \(failure)")) }
  }

  private func writeToStandardError(_ record: LogRecord) {
    guard let journal = sockets.journal else { return standardError.write(record.dated) }
    do {
      try LocalDatagram.send(record.journalEntry, to: journal)
    } catch {
      // Without its fields, by the stream that the service manager has laid.
      standardError.write(record.message, prefix: "<\(record.severity)>")
    }
  }

  /// Waits until the file has what it was given.
  func flush() { state.withLock { $0.file?.file }?.flush() }
}

extension LogRecord {
  /// What the log says of itself.
  fileprivate static func own(_ level: Logger.Level, _ message: String) -> LogRecord {
    LogRecord(time: .now, level: level, message: HarmlessText.line(message), fields: [])
  }
}

/// How many lines a log takes: so many at once, and so many in a second after that. What is more is counted.
struct LogRate {
  static let perSecond = 500
  static let burst = 2000

  private var tokens = Double(burst)
  private var last: Instant?
  private var leftOut = 0

  /// Whether a line is written now, and how many were left out before it.
  mutating func admit(at now: Instant) -> (isAdmitted: Bool, leftOut: Int) {
    if let last {
      tokens = min(Double(Self.burst), tokens + Double(max((now - last).nanoseconds, 0)) / 1e9 * Double(Self.perSecond))
    }
    last = now
    guard tokens >= 1 else {
      leftOut += 1
      return (false, 0)
    }
    tokens -= 1
    defer { leftOut = 0 }
    return (true, leftOut)
  }
}

extension Logger.Level {
  /// The level of the program's own that is nearest to one of syslog's.
  init(_ severity: LogSeverity) {
    switch severity {
    case .emergencies, .alerts, .critical: self = .critical
    case .errors: self = .error
    case .warnings: self = .warning
    case .notifications: self = .notice
    case .informational: self = .info
    case .debugging: self = .debug
    }
  }
}
