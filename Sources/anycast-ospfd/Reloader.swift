import Configuration
import ControlAPI
import LinuxNetwork
import Logging

/// Reads the configuration anew and applies what is different. A file with an error changes nothing.
actor Reloader {
  private let files: ConfigurationFiles
  private let loop: ProtocolLoop
  private let notifier: SystemdNotifier?
  private let logger: Logger
  /// When the configuration was last read without an error.
  private(set) var loadedAt = Timestamp.now

  init(files: ConfigurationFiles, loop: ProtocolLoop, notifier: SystemdNotifier?, logger: Logger) {
    self.files = files
    self.loop = loop
    self.notifier = notifier
    self.logger = logger
  }

  /// Reloads. Returns what changed, in sentences.
  func reload() async throws(ControlError) -> [String] {
    try? notifier?.send(.reloading)
    defer { try? notifier?.send(.ready) }
    let parsed: ParsedConfiguration
    do {
      parsed = try files.load()
    } catch {
      for line in error.lines { logger.error("\(line)") }
      logger.error("the configuration has errors: nothing was changed, the running configuration stays in force")
      throw ControlError(
        .configurationInvalid, "the configuration has errors: nothing was changed", details: error.lines)
    }
    let changes = await loop.apply(parsed.configuration)
    loadedAt = .now
    for change in changes { logger.notice("configuration: \(change)") }
    if changes.isEmpty { logger.notice("configuration read again: nothing is different") }
    return changes.isEmpty ? ["nothing is different"] : changes
  }
}
