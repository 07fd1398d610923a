import OSPFWire

/// RFC 2328 section 10.5: receiving Hello packets.
extension Router {
  func receive(
    _ hello: Hello, from routerID: RouterID, _ source: IPAddress, on interface: Interface, at now: Instant
  ) throws(Refusal) {
    try verifyParameters(of: hello, on: interface)
    let neighbor = try knownOrNewNeighbor(routerID, source, hello, on: interface, at: now)
    let wasUnknown = neighbor.state <= .attempt
    let before = (priority: neighbor.priority, declaration: declaration(of: neighbor))
    noteAddress(source, of: neighbor, at: now)
    take(hello, routerID, source, into: neighbor)

    let hearsUs = hello.neighbors.contains(configuration.routerID)
    process(.helloReceived, of: neighbor, at: now)
    neighbor.hearsUs = hearsUs
    process(hearsUs ? .twoWayReceived : .oneWayReceived, of: neighbor, at: now)
    answer(neighbor, wasUnknown: wasUnknown, at: now)
    guard hearsUs, interface.electsDesignatedRouter else { return }
    considerElection(neighbor, before: before.declaration, priorityChanged: before.priority != hello.priority, at: now)
  }

  /// HelloInterval, RouterDeadInterval, E-bit and N-bit must agree; so must what only one version has.
  private func verifyParameters(of hello: Hello, on interface: Interface) throws(Refusal) {
    try rules.verify(hello, on: interface)
    let ours = interface.helloIntervalOnWire
    // Fast hellos say nothing about their interval.
    if ours != 0, hello.helloInterval != ours {
      throw .helloIntervalMismatch(received: hello.helloInterval, ours: ours)
    }
    if hello.routerDeadInterval != interface.routerDeadIntervalOnWire {
      throw .routerDeadIntervalMismatch(received: hello.routerDeadInterval, ours: interface.routerDeadIntervalOnWire)
    }
    let capabilities = interface.area.options
    let receivedExternal = hello.options.contains(.externalRouting)
    if receivedExternal != capabilities.contains(.externalRouting) {
      throw .externalRoutingCapabilityMismatch(received: receivedExternal, ours: !receivedExternal)
    }
    let receivedNSSA = hello.options.contains(.nssa)
    if receivedNSSA != capabilities.contains(.nssa) {
      throw .nssaCapabilityMismatch(received: receivedNSSA, ours: !receivedNSSA)
    }
  }

  private func knownOrNewNeighbor(
    _ routerID: RouterID, _ source: IPAddress, _ hello: Hello, on interface: Interface, at now: Instant
  ) throws(Refusal) -> Neighbor {
    reportDuplicate(routerID, source, on: interface, at: now)
    // The router behind an address is another one now: what was agreed with the old one is void.
    for stranger in interface.neighbors where stranger.address == source && stranger.routerID != routerID {
      if stranger.state > .attempt { process(.killNbr, of: stranger, at: now) }
    }
    if let known = neighbor(routerID: routerID, address: source, on: interface) { return known }
    if interface.neighbors.count >= configuration.limits.neighborsPerInterface {
      sink.report(.limitReached(.neighbors, interface: interface.reference))
      guard hello.neighbors.contains(configuration.routerID), let displaced = displaceableNeighbor(on: interface, at: now) else {
        throw .limit(.neighbors)
      }
      process(.killNbr, of: displaced, at: now)
    }
    return addNeighbor(
      routerID: routerID, address: source, priority: hello.priority, isConfigured: false, on: interface, at: now)
  }

  /// Who gives way to a router that hears us when there is no room: one that does not hear us, else one that has only ever said that it
  /// does, the longest of them first. A flood of forged Hellos fills the table, and does not keep the true router out; one that has
  /// described its database is never displaced.
  private func displaceableNeighbor(on interface: Interface, at now: Instant) -> Neighbor? {
    let patience = interface.settings.rxmtInterval * 2
    return interface.neighbors.filter { neighbor in
      !neighbor.isConfigured
        && (neighbor.state <= .twoWay || neighbor.state == .exStart && now - neighbor.stateSince > patience)
    }.min { ($0.state, $0.stateSince) < ($1.state, $1.stateSince) }
  }

  /// Where neighbors are known by their address, one router ID at two addresses is two routers with one name.
  private func reportDuplicate(_ routerID: RouterID, _ source: IPAddress, on interface: Interface, at now: Instant) {
    guard rules.knowsNeighborsByAddress(on: interface) else { return }
    let other = interface.neighbors.first {
      $0.routerID == routerID && $0.address != source && $0.state >= .`init`
    }
    if let other { reportDuplicate(of: other, source, at: now) }
  }

  /// Where neighbors are known by their router ID, one that is at another address has changed it; one that goes to and fro between two
  /// with every Hello is two routers.
  private func noteAddress(_ source: IPAddress, of neighbor: Neighbor, at now: Instant) {
    let hasReturned = neighbor.formerAddress == source
    neighbor.formerAddress = neighbor.address == source ? nil : neighbor.address
    neighbor.returningSince = hasReturned ? neighbor.returningSince ?? now : nil
    // For a moment a network may do that too: it repeats and reorders the Hellos from before and after a change.
    guard let since = neighbor.returningSince, now - since >= neighbor.interface.settings.routerDeadInterval else { return }
    reportDuplicate(of: neighbor, source, at: now)
  }

  private func reportDuplicate(of neighbor: Neighbor, _ source: IPAddress, at now: Instant) {
    neighbor.interface.history.duplicate = (neighbor.routerID, source, neighbor.address, now)
    sink.report(
      .duplicateRouterID(
        routerID: neighbor.routerID, interface: neighbor.interface.reference, source: source, other: neighbor.address))
  }

  func addNeighbor(
    routerID: RouterID, address: IPAddress, priority: UInt8, isConfigured: Bool, on interface: Interface, at now: Instant
  ) -> Neighbor {
    let neighbor = Neighbor(
      interface: interface, routerID: routerID, address: address, priority: priority, isConfigured: isConfigured,
      ddSequenceNumber: UInt32(truncatingIfNeeded: random.next()), at: now)
    interface.neighbors.append(neighbor)
    return neighbor
  }

  private func take(_ hello: Hello, _ routerID: RouterID, _ source: IPAddress, into neighbor: Neighbor) {
    neighbor.routerID = routerID
    neighbor.address = source
    neighbor.priority = hello.priority
    neighbor.options = hello.options
    neighbor.designatedRouter = hello.designatedRouter
    neighbor.backupDesignatedRouter = hello.backupDesignatedRouter
    guard case .interfaceID(let interfaceID) = hello.attachment, neighbor.interfaceID != interfaceID else { return }
    neighbor.interfaceID = interfaceID
    // Our router-LSA names it, and it says which link-LSA is the neighbor's (RFC 5340 section 4.4.3).
    origination.isDirty = true
  }

  /// Whether the neighbor declares itself Designated Router, or backup.
  private func declaration(of neighbor: Neighbor) -> (dr: Bool, backup: Bool) {
    let identity = rules.identity(of: neighbor)
    return (neighbor.designatedRouter == identity, neighbor.backupDesignatedRouter == identity)
  }

  /// The end of section 10.5: BackupSeen ends state Waiting; a changed declaration or priority makes the election run again.
  private func considerElection(
    _ neighbor: Neighbor, before: (dr: Bool, backup: Bool), priorityChanged: Bool, at now: Instant
  ) {
    let interface = neighbor.interface
    let after = declaration(of: neighbor)
    if interface.state == .waiting, let roles = formerRoles(on: interface, asToldBy: neighbor) {
      return electDesignatedRouter(on: interface, declaring: roles, at: now)
    }
    if interface.state == .waiting, after.backup || after.dr && neighbor.backupDesignatedRouter == .none {
      process(.backupSeen, on: interface, at: now)
    } else if priorityChanged || before != after {
      interface.activity?.neighborChangePending = true
    }
  }

  /// A new neighbor learns at once that we have heard it, and need not wait for our next Hello. A neighbor that waits for an
  /// answer before it becomes more than one-way gets one to each Hello (section 9.5.1).
  private func answer(_ neighbor: Neighbor, wasUnknown: Bool, at now: Instant) {
    if sendsHellosByMulticast(on: neighbor.interface) {
      if wasUnknown { hastenHello(on: neighbor.interface, at: now) }
    } else if receivesPeriodicHello(neighbor) {
      if wasUnknown { sendHello(to: neighbor, at: now) }
    } else {
      replyOnNonBroadcast(to: neighbor, at: now)
    }
  }
}
