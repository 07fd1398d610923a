import LinuxNetwork
import OSPFProtocol

/// Leaving: withdraw and flush, wait for the acknowledgments, say goodbye, remove the addresses after their linger.
extension ProtocolLoop {
  /// How long the neighbors' acknowledgments are waited for.
  private static let patience = Duration.seconds(5)

  /// Begins to leave. The loop ends when that is done.
  func leave() {
    guard state != .leaving else { return }
    let now = MonotonicClock.now()
    state = .leaving
    // The routers first: a router-LSA that only loses its services would keep its own flush waiting for MinLSArrival.
    for instance in instances { shutDown(instance, at: now) }
    policy.shutDown(at: now)
    if instances.isEmpty { policy.routerDeparted(at: now) }
    settle(at: now)
  }

  /// Lets one instance leave.
  func shutDown(_ instance: OSPFInstance, at now: Instant) {
    guard !instance.isLeaving else { return }
    instance.isLeaving = true
    instance.router.shutDown(at: now, patience: Self.patience)
  }

  /// Drops instances that have departed, and ends the loop when everything is done.
  func endWhenLeft() {
    let departed = instances.filter(\.hasDeparted)
    for instance in departed {
      instance.flush()
      for socket in instance.sockets.values { socket.close() }
      instance.sockets = [:]
    }
    instances.removeAll(where: \.hasDeparted)
    guard state == .leaving else {
      // What took its place in the configuration has waited for that.
      if !departed.isEmpty { applyToInstances(at: MonotonicClock.now()) }
      return
    }
    guard instances.isEmpty else { return }
    guard isPolicyFinished else {
      if !departed.isEmpty { policy.routerDeparted(at: MonotonicClock.now()) }
      return
    }
    end(.left)
  }
}
