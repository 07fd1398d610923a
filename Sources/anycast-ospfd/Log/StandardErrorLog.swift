import ControlAPI
import Glibc
import Logging

/// Hands messages to ``LogDestinations``: to standard error from `level` on, and to what the configuration names.
struct StandardErrorLog: LogHandler {
  /// The least severe level that standard error gets, from every logger of the program.
  static let level = LogLevel()

  var logLevel: Logger.Level {
    get { min(Self.level.current, destinations.leastSevere ?? .critical) }
    nonmutating set { Self.level.current = newValue }
  }
  var metadata = Logger.Metadata()
  var metadataProvider: Logger.MetadataProvider?
  private let destinations: LogDestinations

  init(level: Logger.Level, destinations: LogDestinations = .shared) {
    Self.level.current = level
    self.destinations = destinations
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, value: "\($0.value)") }
    // One line for each message, whatever words from outside are in it.
    destinations.write(
      LogRecord(time: .now, level: event.level, message: HarmlessText.line("\(event.message)"), fields: fields))
  }
}

/// The stream to the journal that the service manager lays.
enum JournalStream {
  /// Whether standard error is the stream that it named in `JOURNAL_STREAM`: it may have been redirected since.
  static var isStandardError: Bool {
    guard let stream = Environment.value(of: "JOURNAL_STREAM") else { return false }
    var status = stat()
    guard fstat(STDERR_FILENO, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}
