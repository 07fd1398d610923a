import OSPFProtocol

/// Leaving: withdraw and flush, wait for the acknowledgments, say goodbye, give back addresses and routes after their linger.
extension AnycastNode {
  /// Begins to leave; `.ended` says when that is done. `failure` is why the node cannot go on.
  public func leave(at now: Instant, because failure: String? = nil) {
    guard state != .leaving, state != .restarting, state != .ended else { return }
    state = .leaving
    // What is left in order needs no restart.
    noteMemoryChange()
    self.failure = failure
    // Before there was a socket nobody has heard anything, and the kernel was asked for nothing.
    guard gate.canSpeak else {
      instances = []
      return finishTurn(at: now)
    }
    // The routers first: a router-LSA that only loses its services would keep its own flush waiting for MinLSArrival.
    for instance in instances { instance.shutDown(at: now) }
    policy.shutDown(at: now)
    if instances.isEmpty { policy.routerDeparted(at: now) }
    finishTurn(at: now)
  }

  /// Drops instances that have departed, and lets those begin that have waited for it. Returns whether there were any.
  func dropDeparted(at now: Instant) -> Bool {
    guard instances.contains(where: \.hasDeparted) else { return false }
    for instance in instances where instance.hasDeparted { recordDeparture(of: instance) }
    instances.removeAll(where: \.hasDeparted)
    if state == .leaving {
      if instances.isEmpty { policy.routerDeparted(at: now) }
    } else {
      perform(Transition(from: running, to: configuration), at: now)
    }
    return true
  }

  /// Ends when the routers have departed and the kernel has back what it had given. What was never asked for is not waited for.
  func endIfLeft(at now: Instant) {
    guard state == .leaving, instances.isEmpty, isPolicyFinished || !gate.canSpeak else { return }
    state = .ended
    unfinishedTurn = nil
    sink.append(.ended(failure: failure))
  }
}
