import ControlAPI
import Logging
import Synchronization

/// The least severe level that is logged; an operator may change it while the daemon runs.
final class LogLevel: Sendable {
  private let level = Mutex(Logger.Level.info)

  var current: Logger.Level {
    get { level.withLock { $0 } }
    set { level.withLock { $0 = newValue } }
  }
}

extension Logger.Level {
  init(_ level: EventLevel) {
    self =
      switch level {
      case .debug: .debug
      case .info: .info
      case .notice: .notice
      case .warning: .warning
      case .error: .error
      case .critical: .critical
      }
  }
}
