import OSPFWire

/// RFC 2328 section 8.2: receiving protocol packets.
extension Router {
  /// A packet has arrived.
  public func receive(_ datagram: Datagram, at now: Instant) {
    let candidates = interfaces.filter { $0.definition.index == datagram.interfaceIndex }
    guard let interface = rules.interface(for: datagram, among: candidates) else {
      return refuse(.noSuchInterface, datagram, on: nil, at: now)
    }
    // Our own multicasts, and those of our other interfaces to the same network, are ignored silently.
    if isOwnAddress(datagram.source, on: datagram.interfaceIndex) { return }
    interface.history.lastHeard = now
    turn(at: now) {
      do throws(Refusal) {
        let packet = try accept(datagram, on: interface)
        try process(packet, datagram, on: interface, at: now)
      } catch {
        refuse(error, datagram, on: interface, at: now)
      }
    }
  }

  private func refuse(_ reason: Refusal, _ datagram: Datagram, on interface: Interface?, at now: Instant) {
    interface?.counters.refused += 1
    interface?.history.refusals.note(reason, from: datagram.source, at: now)
    sink.report(
      .packetRefused(
        interface: interface?.reference, interfaceIndex: datagram.interfaceIndex, source: datagram.source, reason: reason))
  }

  /// A link-local address says nothing beyond its link.
  private func isOwnAddress(_ address: IPAddress, on device: UInt32) -> Bool {
    interfaces.contains { $0.address == address && ($0.definition.index == device || address.v6?.isLinkLocal != true) }
  }

  /// The checks that come before the packet type matters.
  private func accept(_ datagram: Datagram, on interface: Interface) throws(Refusal) -> Packet {
    guard interface.isActive else { throw .interfaceNotActive }
    // Before anything else is looked at: whoever is further away, or not allowed, costs nothing more.
    if interface.settings.hasTTLSecurity, datagram.timeToLive != .max {
      throw .timeToLiveTooLow(received: datagram.timeToLive)
    }
    if let filter = interface.settings.neighborFilter, !filter.admits(datagram.source) {
      throw .neighborNotAllowed(datagram.source)
    }
    let packet: Packet
    do {
      packet = try Packet.decode(datagram.bytes.rawSpan, version: rules.version)
    } catch {
      throw .malformed(error)
    }
    guard packet.header.areaID == interface.area.id else {
      throw .areaMismatch(received: packet.header.areaID, ours: interface.area.id)
    }
    try rules.verify(datagram, packet, on: interface)
    try verifyDestination(datagram.destination, on: interface)
    guard packet.header.routerID.rawValue != 0 else { throw .reservedRouterID(source: datagram.source) }
    guard packet.header.routerID != configuration.routerID else {
      sink.report(
        .duplicateRouterID(
          routerID: packet.header.routerID, interface: interface.reference, source: datagram.source, other: nil))
      throw .ownRouterID(source: datagram.source)
    }
    return packet
  }

  /// AllDRouters is listened to by the Designated Router and its backup only.
  private func verifyDestination(_ destination: IPAddress, on interface: Interface) throws(Refusal) {
    if rules.isUnicastAddress(destination, of: interface) || destination == rules.allSPFRouters { return }
    if destination == rules.allDRouters, interface.state == .dr || interface.state == .backup { return }
    throw .destinationNotForUs(destination)
  }

  private func process(
    _ packet: Packet, _ datagram: Datagram, on interface: Interface, at now: Instant
  ) throws(Refusal) {
    let hasSequenceNumber = !interface.settings.authentication.keys.isEmpty
    if hasSequenceNumber {
      let known = neighbor(routerID: packet.header.routerID, address: datagram.source, on: interface)
      try verifySequenceNumber(packet, of: known)
      noteSequenceNumber(packet, of: known)
    }
    if case .hello(let hello) = packet.body {
      try receive(hello, from: packet.header.routerID, datagram.source, on: interface, at: now)
      if hasSequenceNumber {
        let sender = neighbor(routerID: packet.header.routerID, address: datagram.source, on: interface)
        noteSequenceNumber(packet, of: sender)
      }
      interface.counters.received[Int(PacketType.hello.rawValue)] += 1
      return
    }
    // Behind a known address another router ID is a stranger until its Hello has come: taken for the neighbor that it is not,
    // both sides may think that the other one is master, and begin anew without end.
    guard let neighbor = neighbor(routerID: packet.header.routerID, address: datagram.source, on: interface),
      neighbor.routerID == packet.header.routerID
    else {
      throw .unknownNeighbor(type: packet.header.type, source: datagram.source)
    }
    switch packet.body {
    case .hello: break
    case .databaseDescription(let description): try receive(description, from: neighbor, at: now)
    case .linkStateRequest(let request): try receive(request, from: neighbor, at: now)
    case .linkStateUpdate(let update): try receive(update, datagram.bytes, from: neighbor, at: now)
    case .linkStateAcknowledgment(let acknowledgment): try receive(acknowledgment, from: neighbor, at: now)
    }
    interface.counters.received[Int(packet.header.type.rawValue)] += 1
  }

  /// The neighbor that a packet comes from: known by its address, or by its router ID (RFC 2328 section 10.5).
  func neighbor(routerID: RouterID, address: IPAddress, on interface: Interface) -> Neighbor? {
    if rules.knowsNeighborsByAddress(on: interface) {
      return interface.neighbors.first { $0.address == address }
    }
    return interface.neighbors.first { $0.routerID == routerID }
      // A configured neighbor has no router ID before it has been heard.
      ?? interface.neighbors.first { $0.isConfigured && $0.state <= .attempt && $0.address == address }
  }
}
