import AnycastNode
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
  private var web: WebListeners?
  /// When the configuration was last read without an error.
  private(set) var loadedAt = Timestamp.now
  /// The last reload, where it failed.
  private(set) var failure: FailedReloadReport?

  init(files: ConfigurationFiles, loop: ProtocolLoop, notifier: SystemdNotifier?, logger: Logger) {
    self.files = files
    self.loop = loop
    self.notifier = notifier
    self.logger = logger
  }

  /// Keeps listeners as every configuration from now on says; `first` are those of the one in force.
  func keep(_ web: WebListeners, _ first: [MetricsListener]) async {
    self.web = web
    await web.apply(first)
  }

  /// Reloads. Returns what changed and what comes of it. Without `force`, what would leave nothing of a node that does something is
  /// taken for a file that was cut short, as an editor leaves it on a full disk.
  func reload(force: Bool = false) async throws(ControlError) -> ReloadReport {
    try? notifier?.send(.reloading)
    defer { try? notifier?.send(.ready) }
    let new: Configuration
    do {
      new = try await files.loadAnew().configuration
    } catch {
      failure = FailedReloadReport(at: .now, errors: error.lines)
      for line in error.lines { logger.error("\(line)") }
      logger.error("the configuration has errors: nothing was changed, the running configuration stays in force")
      throw ControlError(
        .configurationInvalid, "the configuration has errors: nothing was changed", details: error.lines)
    }
    if !force, let loss = Transition(from: await loop.turn { node, _ in node.running }, to: new).totalLoss {
      logger.error("\(loss): nothing was changed; 'anycastctl reload --force' applies it")
      throw ControlError(.conflict, "\(loss): nothing was changed", details: ["reload --force applies it"])
    }
    guard let transition = await loop.turn({ $0.apply(new, at: $1) }) else {
      throw ControlError(.conflict, "the daemon is leaving: nothing was changed")
    }
    loadedAt = .now
    failure = nil
    await web?.apply(new.metricsListeners)
    let messages = transition.messages
    for message in messages { logger.notice("configuration: \(message)") }
    if messages.isEmpty { logger.notice("configuration read again: nothing is different") }
    return ReloadReport(transition, messages)
  }

  /// What a reload would do now. Changes nothing.
  func plan() async throws(ControlError) -> ReloadReport {
    let new: Configuration
    do {
      new = try await files.loadAnew().configuration
    } catch {
      throw ControlError(.configurationInvalid, "the configuration has errors", details: error.lines)
    }
    let transition = Transition(from: await loop.turn { node, _ in node.running }, to: new)
    return ReloadReport(transition, transition.messages)
  }
}

extension ReloadReport {
  fileprivate init(_ transition: Transition, _ messages: [String]) {
    self.init(messages: messages.isEmpty ? ["nothing is different"] : messages, difference: transition.difference)
  }
}
