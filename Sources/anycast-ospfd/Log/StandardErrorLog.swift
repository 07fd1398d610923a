import ControlAPI
import Glibc
import Logging

/// Writes log messages to standard error: for the journal with the priority as a prefix (sd-daemon(3)), for anybody else with the
/// time and the level.
struct StandardErrorLog: LogHandler {
  /// The least severe level that is logged, by every logger of the program.
  static let level = LogLevel()

  var logLevel: Logger.Level {
    get { Self.level.current }
    nonmutating set { Self.level.current = newValue }
  }
  var metadata = Logger.Metadata()
  var metadataProvider: Logger.MetadataProvider?
  private let isJournal: Bool

  init(level: Logger.Level) {
    Self.level.current = level
    isJournal = Self.standardErrorIsJournal()
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let prefix = isJournal ? "<\(Self.priority(of: event.level))>" : "\(Timestamp.now) \(event.level.rawValue): "
    // One line for each message, whatever words from outside are in it.
    LogOutput.standardError.write(HarmlessText.line("\(event.message)"), prefix: prefix)
  }

  /// The priorities of syslog(3).
  private static func priority(of level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  /// Whether standard error is the stream that the service manager named in `JOURNAL_STREAM`: it may have been redirected since.
  private static func standardErrorIsJournal() -> Bool {
    guard let stream = Environment.value(of: "JOURNAL_STREAM") else { return false }
    var status = stat()
    guard fstat(STDERR_FILENO, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}
