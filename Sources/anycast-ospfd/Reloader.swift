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

  /// Reloads. Returns what changed and what comes of it.
  func reload() async throws(ControlError) -> ReloadReport {
    try? notifier?.send(.reloading)
    defer { try? notifier?.send(.ready) }
    let new: Configuration
    do {
      new = try files.load().configuration
    } catch {
      for line in error.lines { logger.error("\(line)") }
      logger.error("the configuration has errors: nothing was changed, the running configuration stays in force")
      throw ControlError(
        .configurationInvalid, "the configuration has errors: nothing was changed", details: error.lines)
    }
    guard let former = await loop.apply(new) else {
      throw ControlError(.conflict, "the daemon is leaving: nothing was changed")
    }
    loadedAt = .now
    let plan = ReloadPlan(from: former, to: new)
    for message in plan.messages { logger.notice("configuration: \(message)") }
    if plan.messages.isEmpty { logger.notice("configuration read again: nothing is different") }
    return ReloadReport(plan)
  }

  /// What a reload would do now. Changes nothing.
  func plan() async throws(ControlError) -> ReloadReport {
    let new: Configuration
    do {
      new = try files.load().configuration
    } catch {
      throw ControlError(.configurationInvalid, "the configuration has errors", details: error.lines)
    }
    return ReloadReport(ReloadPlan(from: await loop.running, to: new))
  }
}

extension ReloadReport {
  fileprivate init(_ plan: ReloadPlan) {
    self.init(messages: plan.messages.isEmpty ? ["nothing is different"] : plan.messages, difference: plan.difference)
  }
}
