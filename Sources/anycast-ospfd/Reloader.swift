import AnycastNode
import Configuration
import ControlAPI
import LinuxNetwork
import Logging
import OSPFProtocol

/// Reads the configuration anew and applies what is different. A file with an error changes nothing.
actor Reloader {
  private let files: ConfigurationFiles
  private let loop: ProtocolLoop
  private let notifier: SystemdNotifier?
  private let history: HistoryStore
  private let logger: Logger
  private var web: WebListeners?
  private var access: ControlAccess?
  /// When the configuration was last read without an error.
  private(set) var loadedAt = Timestamp.now
  /// The last reload, where it failed.
  private(set) var failure: FailedReloadReport?

  init(files: ConfigurationFiles, loop: ProtocolLoop, notifier: SystemdNotifier?, history: HistoryStore, logger: Logger) {
    self.history = history
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

  /// Keeps who may use the control socket as every configuration from now on says.
  func keep(_ access: ControlAccess) { self.access = access }

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
      note(.configurationRefused, .error, error.lines)
      throw ControlError(
        .configurationInvalid, "the configuration has errors: nothing was changed", details: error.lines)
    }
    let verdict = await loop.turn { node, now throws(Never) in Self.apply(new, to: node, force: force, at: now) }
    let transition: Transition
    switch verdict {
    case .applied(let done): transition = done
    case .leaving: throw ControlError(.conflict, "the daemon is leaving: nothing was changed")
    case .loss(let loss):
      logger.error("\(loss): nothing was changed; 'anycastctl reload --force' applies it")
      throw ControlError(.conflict, "\(loss): nothing was changed", details: ["reload --force applies it"])
    case .conflicts(let conflicts):
      failure = FailedReloadReport(at: .now, errors: conflicts)
      for conflict in conflicts { logger.error("\(conflict)") }
      logger.error("services that were added at run time stand in the way: nothing was changed, the running configuration stays")
      throw Self.refusal(conflicts)
    }
    loadedAt = .now
    failure = nil
    await loop.noteConfiguration(digest: new.digest)
    await web?.apply(new.metricsListeners)
    access?.rules = ControlAccess.Rules(new, logger: logger)
    LogDestinations.shared.apply(new.logging)
    let messages = transition.messages
    for message in messages { logger.notice("configuration: \(message)") }
    if !messages.isEmpty { note(.configurationChanged, .notice, messages) }
    if messages.isEmpty { logger.notice("configuration read again: nothing is different") }
    return ReloadReport(transition, messages)
  }

  /// Lines that are kept of what a reload had to say.
  private static let keptLines = 8

  private func note(_ kind: EventKind, _ level: EventLevel, _ lines: [String]) {
    let rest = lines.count - Self.keptLines
    let text = lines.prefix(Self.keptLines).joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    history.note(
      EventReport(time: .now, level: level, kind: kind, message: "configuration: \(HarmlessText.line(text.prefix(2048)))"))
  }

  /// What a reload would do now. Changes nothing.
  func plan() async throws(ControlError) -> ReloadReport {
    let new: Configuration
    do {
      new = try await files.loadAnew().configuration
    } catch {
      throw ControlError(.configurationInvalid, "the configuration has errors", details: error.lines)
    }
    let (transition, conflicts, changes) = await loop.turn { node, now in
      (node.transition(to: new, at: now), node.runtimeServices.conflicts(with: new), node.fleetChanges(with: new, at: now))
    }
    guard conflicts.isEmpty else { throw Self.refusal(conflicts) }
    return ReloadReport(transition, transition.messages + changes.map { FleetOutlook($0.snapshot, next: $0.next).sentence })
  }

  /// What became of a configuration that has no errors of its own.
  private enum Verdict {
    case applied(Transition)
    case leaving
    /// It would leave nothing.
    case loss(String)
    /// Services that were added at run time stand in its way.
    case conflicts([String])
  }

  private static func apply(_ new: Configuration, to node: AnycastNode, force: Bool, at now: Instant) -> Verdict {
    if !force {
      if let loss = node.transition(to: new, at: now).totalLoss { return .loss(loss) }
      let conflicts = node.runtimeServices.conflicts(with: new)
      guard conflicts.isEmpty else { return .conflicts(conflicts) }
    }
    return node.apply(new, at: now).map(Verdict.applied) ?? .leaving
  }

  private static func refusal(_ conflicts: [String]) -> ControlError {
    ControlError(
      .configurationInvalid, "services that were added at run time stand in the way: nothing was changed",
      details: conflicts + ["reload --force removes them"])
  }
}

extension ReloadReport {
  fileprivate init(_ transition: Transition, _ messages: [String]) {
    self.init(messages: messages.isEmpty ? ["nothing is different"] : messages, difference: transition.difference)
  }
}
