import OSPFWire

/// RFC 2328 section 9.5: sending Hello packets.
extension Router {
  /// Broadcast and point-to-point networks, and point-to-multipoint networks without configured neighbors, carry multicasts.
  func sendsHellosByMulticast(on interface: Interface) -> Bool {
    switch interface.settings.networkType {
    case .broadcast, .pointToPoint: true
    case .pointToMultipoint: interface.settings.neighbors.isEmpty
    case .nonBroadcast: false
    }
  }

  /// Sends the periodic Hello and starts the timer for the next one.
  func sendHello(on interface: Interface, at now: Instant) {
    announceRestoring(on: interface, at: now)
    let scheduled = interface.activity?.helloTimer ?? now
    let interval = interface.settings.helloInterval
    // Kept to the beat of the interval, unless the beat has been missed altogether.
    interface.activity?.helloTimer = max(scheduled + interval, now + interval / 2)
    guard sendsHellosByMulticast(on: interface) else {
      for neighbor in interface.neighbors where receivesPeriodicHello(neighbor) { sendHello(to: neighbor, at: now) }
      return
    }
    transmitHello(to: rules.allSPFRouters, on: interface, neighbors: heardRouters(on: interface, at: now))
  }

  /// Sends a Hello as soon as the rate limit allows, where that is before the next periodic one.
  func hastenHello(on interface: Interface, at now: Instant) {
    guard interface.isActive else { return }
    let earliest = (interface.activity?.lastTriggeredHello).map { max(now, $0 + ProtocolConstants.triggeredHelloInterval) } ?? now
    guard earliest < interface.activity?.helloTimer ?? .init(nanoseconds: .max) else { return }
    interface.activity?.helloTimer = earliest
    interface.activity?.lastTriggeredHello = earliest
    if earliest <= now { sendHello(on: interface, at: now) }
  }

  /// Sends a Hello to one neighbor.
  func sendHello(to neighbor: Neighbor, at now: Instant) {
    let interface = neighbor.interface
    guard interface.isActive else { return }
    transmitHello(to: neighbor.address, on: interface, neighbors: heardRouters(on: interface, at: now))
  }

  /// A last Hello that lists nobody makes every neighbor drop the adjacency at once.
  func sendGoodbye(on interface: Interface, at now: Instant) {
    guard interface.isActive else { return }
    guard sendsHellosByMulticast(on: interface) else {
      for neighbor in interface.neighbors where neighbor.state >= .`init` {
        transmitHello(to: neighbor.address, on: interface, neighbors: [])
      }
      return
    }
    transmitHello(to: rules.allSPFRouters, on: interface, neighbors: [])
  }

  private func heardRouters(on interface: Interface, at now: Instant) -> [RouterID] {
    let heard = interface.neighbors.filter { $0.state >= .`init` }.map(\.routerID)
    return heard + adjacentBefore(on: interface, at: now).filter { !heard.contains($0) }
  }

  private func transmitHello(to destination: IPAddress, on interface: Interface, neighbors: [RouterID]) {
    let signaling = linkLocalSignaling(on: interface)
    var options = rules.helloOptions(on: interface)
    if signaling != nil { options.insert(rules.version == .v2 ? .linkLocalSignaling : .linkLocalSignalingV3) }
    let hello = Hello(
      attachment: rules.attachment(of: interface), helloInterval: interface.helloIntervalOnWire,
      options: options, priority: interface.settings.priority,
      routerDeadInterval: interface.routerDeadIntervalOnWire, designatedRouter: interface.designatedRouter,
      backupDesignatedRouter: interface.backupDesignatedRouter, neighbors: neighbors)
    let header = rules.header(.hello, on: interface, routerID: configuration.routerID)
    transmit(Packet(header: header, body: .hello(hello)).encode(), .hello, signaling: signaling, to: destination, on: interface)
  }
}

/// RFC 2328 section 9.5.1: Hellos on networks without multicast go to the neighbors one by one.
extension Router {
  /// Whether the neighbor is sent a Hello every HelloInterval. One in state Down is polled instead.
  func receivesPeriodicHello(_ neighbor: Neighbor) -> Bool {
    guard neighbor.state >= .`init` else { return neighbor.state == .attempt }
    let interface = neighbor.interface
    guard interface.electsDesignatedRouter else { return true }
    // An eligible router speaks to everybody whom it has heard, also before it is Designated Router or Backup, which the section leaves
    // open: ineligible neighbors would be taken for dead between their first Hello and the end of the election.
    if interface.settings.priority > 0 { return true }
    let identity = rules.identity(of: neighbor)
    return identity == interface.designatedRouter || identity == interface.backupDesignatedRouter
  }

  /// A router that cannot become Designated Router, and sends no periodic Hellos, answers the Hellos of those that can.
  func replyOnNonBroadcast(to neighbor: Neighbor, at now: Instant) {
    guard neighbor.priority > 0 else { return }
    sendHello(to: neighbor, at: now)
  }

  /// Keeps the list of configured neighbors in step with the configuration and starts those that are to be polled.
  func startConfiguredNeighbors(on interface: Interface, at now: Instant) {
    guard !interface.multicasts else { return }
    for configured in interface.settings.neighbors
    where !interface.neighbors.contains(where: { $0.address == configured.address }) {
      _ = addNeighbor(
        routerID: RouterID(rawValue: 0), address: configured.address, priority: configured.priority, isConfigured: true,
        on: interface, at: now)
    }
    let pollsEverybody = !interface.electsDesignatedRouter || interface.state == .dr || interface.state == .backup
    // A router that is not eligible waits for those that are to speak first (section 9.3, InterfaceUp).
    let pollsEligible = interface.settings.priority > 0
    for neighbor in interface.neighbors
    where neighbor.isConfigured && neighbor.state == .down
      && (pollsEverybody || pollsEligible && neighbor.priority > 0)
    {
      process(.start, of: neighbor, at: now)
    }
  }

  /// PollInterval has passed for a neighbor that has not answered.
  func poll(_ neighbor: Neighbor, at now: Instant) {
    neighbor.pollTimer = now + neighbor.interface.settings.pollInterval
    sendHello(to: neighbor, at: now)
  }
}
