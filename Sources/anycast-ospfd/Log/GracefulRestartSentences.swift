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

/// Graceful restarts in sentences, ours and those of neighbors.
extension GracefulRestartEvent {
  var sentence: String {
    switch self {
    case .prepared(true): "ready for a graceful restart: every neighbor knows of it"
    case .prepared(false): "ready for a graceful restart, without the acknowledgment of every neighbor"
    case .ended(.completed): "the graceful restart is complete: every adjacency is Full again"
    case .ended(.gracePeriodExpired): "the graceful restart has ended with its grace period: not every adjacency has come back"
    case .ended(.inconsistent(let neighbor)):
      "the graceful restart has ended early: \(neighbor.routerID) on \(neighbor.interface.name) "
        + "no longer says that it is adjacent with us"
    case .ended(.withdrawal): "the graceful restart has ended early, because something has to be withdrawn"
    case .helping(let neighbor, let period, _):
      "neighbor \(neighbor.routerID) on \(neighbor.interface.name) restarts, and is helped for \(period.wholeSeconds) s"
    case .helpRefused(let neighbor, let refusal):
      "neighbor \(neighbor.routerID) on \(neighbor.interface.name) restarts, and is not helped: \(refusal.rawValue)"
    case .helpEnded(let neighbor, let outcome):
      "neighbor \(neighbor.routerID) on \(neighbor.interface.name) is no longer helped: \(outcome.rawValue)"
    }
  }

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
