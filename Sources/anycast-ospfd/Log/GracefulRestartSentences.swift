import AnycastNode
import ControlAPI
import OSPFProtocol

extension GracefulRestartReport {
  /// What has become of the restart of an instance; nil where there was none.
  init?(_ restart: InstanceRestart, due: Duration?, at now: Instant) {
    switch restart {
    case .none: return nil
    case .restoring:
      self.init(
        state: .restoring, message: "the graceful restart goes on: not every adjacency is back", remainingSeconds: due?.inSeconds)
    case .ended(let outcome, let end):
      self.init(
        state: State(outcome), message: GracefulRestartEvent.ended(outcome).sentence, endedSecondsAgo: (now - end).inSeconds)
    }
  }
}

extension GracefulRestartReport.State {
  fileprivate init(_ outcome: GracefulRestartEvent.Outcome) {
    switch outcome {
    case .completed: self = .completed
    case .gracePeriodExpired: self = .gracePeriodExpired
    case .inconsistent: self = .inconsistent
    case .withdrawal: self = .withdrawal
    }
  }
}

extension GracefulRestartEvent {
  var reason: String? {
    switch self {
    case .prepared, .ended, .helping: nil
    case .helpRefused(_, let refusal): refusal.rawValue
    case .helpEnded(_, let outcome): outcome.rawValue
    }
  }

  var isTrouble: Bool {
    switch self {
    case .prepared(let acknowledged): !acknowledged
    case .ended(let outcome): outcome != .completed
    case .helping: false
    case .helpRefused: true
    case .helpEnded(_, let outcome): outcome != .completed
    }
  }
}
