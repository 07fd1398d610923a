import Logging
import Synchronization

/// Keeps what is logged, so that a test can look at it.
public final class CollectedLog: Sendable {
  private let collected = Mutex<[String]>([])

  public init() {}

  /// The level and the message of each entry, in the order in which they were logged: `notice: services of the last run: 2`.
  public var lines: [String] { collected.withLock { $0 } }

  /// A logger that adds to the log what is not less important than `level`.
  public func logger(_ level: Logger.Level = .debug) -> Logger {
    Logger(label: "test") { _ in Handler(log: self, logLevel: level) }
  }

  private struct Handler: LogHandler {
    let log: CollectedLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.collected.withLock { $0.append("\(event.level): \(event.message)") } }
  }
}

extension Logger {
  /// A logger for what no test looks at.
  public static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
