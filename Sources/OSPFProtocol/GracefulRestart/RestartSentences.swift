import OSPFWire

/// Graceful restarts in sentences, ours and those of neighbors.
extension GracefulRestartEvent {
  public var sentence: String {
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
}
