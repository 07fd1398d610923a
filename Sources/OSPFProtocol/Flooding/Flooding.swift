import OSPFWire

/// RFC 2328 section 13: the flooding procedure.
extension Router {
  func receive(
    _ update: LinkStateUpdate, _ bytes: [UInt8], from neighbor: Neighbor, at now: Instant
  ) throws(Refusal) {
    guard neighbor.state >= .exchange else {
      throw .neighborStateTooLow(type: .linkStateUpdate, state: neighbor.state)
    }
    if neighbor.mayStillBeInExStart { return }
    for lsa in update.lsas {
      // Step 6 may have thrown the adjacency back in the middle of the packet.
      guard neighbor.state >= .exchange else { return }
      receive(lsa, bytes, from: neighbor, at: now)
    }
  }

  private func receive(_ lsa: LSASlice, _ packet: [UInt8], from neighbor: Neighbor, at now: Instant) {
    let header = lsa.header
    let interface = neighbor.interface
    // (1) Checksum. An age beyond MaxAge is as wrong: nobody may keep such an LSA, and flushing it is its originator's business.
    guard FletcherChecksum.verifies(packet.rawSpan.extracting(lsa.range)), header.lsAge <= ProtocolConstants.maxAge else {
      return refuse(lsa, from: neighbor)
    }
    // (2) and (3) Unknown types, and types that the area does not take.
    guard rules.isAllowed(header.key.lsType, in: interface.area.kind),
      let database = database(for: header.key.lsType, on: interface)
    else { return }
    // Acknowledged all the same: its sender would repeat it for ever.
    if rules.isPassedOver(header.key.lsType, in: interface.area.kind) {
      neighbor.directAcknowledgments.append(header)
      return
    }
    let slot = database.slot(of: header.key)
    // (4) A MaxAge LSA that nobody here has heard of.
    if slot == nil, header.isMaxAge, exchangingNeighborCount == 0 {
      neighbor.directAcknowledgments.append(header)
      return
    }
    let known = slot.map { database.header($0, at: now) }
    switch known.map({ header.recency(comparedTo: $0) }) ?? .newer {
    case .newer:
      receiveNewer(header, slot, database, from: neighbor, at: now) { packet.rawSpan.copy(lsa.range) }
    case .same, .older:
      // (6) The neighbor has described something newer than what it sends now.
      if neighbor.requests[header.key] != nil { return process(.badLSReq, of: neighbor, at: now) }
      guard let slot, let known else { return }
      if header.recency(comparedTo: known) == .same {
        receiveDuplicate(header, from: neighbor, at: now)
      } else {
        receiveOlder(known, slot, database, from: neighbor, at: now)
      }
    }
  }

  private func refuse(_ lsa: LSASlice, from neighbor: Neighbor) {
    let interface = neighbor.interface
    interface.counters.refused += 1
    let reason: WireError =
      lsa.header.lsAge > ProtocolConstants.maxAge
      ? .value(what: "LS age", UInt64(lsa.header.lsAge)) : .checksum(what: "LSA")
    sink.report(
      .packetRefused(
        interface: interface.reference, interfaceIndex: interface.definition.index, source: neighbor.address,
        reason: .malformed(reason)))
  }

  /// Step 5: the LSA is new, or newer than the database copy.
  private func receiveNewer(
    _ header: LSAHeader, _ slot: Int?, _ database: LinkStateDatabase, from neighbor: Neighbor, at now: Instant,
    bytes: () -> [UInt8]
  ) {
    if isSelfOriginated(header.key) {
      return receiveSelfOriginated(header, database, from: neighbor, at: now, bytes: bytes)
    }
    // (a) Sooner than MinLSArrival after the last one that was received.
    if let slot, database[slot].isReceived {
      let age = now.milliseconds &- database[slot].installed
      if Int64(age) < configuration.pacing.minLSArrival.nanoseconds / 1_000_000 { return }
    }
    guard hasRoom(for: header, in: database, replacing: slot) else { return }
    // (c) before (b), so that flooding begins with clean lists; (d).
    if slot != nil { removeRetransmissions(of: header.key, from: database) }
    let slot = database.install(bytes(), key: header.key, in: slot, isReceived: true, at: now)
    noteLinkChange(database)
    let floodedBack = flood(slot, header, of: database, from: neighbor, at: now)
    noteMaxAge(header, slot, database)
    // (e) Table 19: "LSA is more recent than database copy".
    guard !floodedBack else { return }
    if neighbor.interface.state != .backup || isDesignatedRouter(neighbor) {
      acknowledgeLater(header, on: neighbor.interface, at: now)
    }
  }

  /// Step 7 with Table 19: the same instance as the database copy.
  private func receiveDuplicate(_ header: LSAHeader, from neighbor: Neighbor, at now: Instant) {
    guard neighbor.retransmissions[header.key] != nil else {
      neighbor.directAcknowledgments.append(header)
      return
    }
    removeRetransmission(of: header.key, to: neighbor)
    if neighbor.interface.state == .backup, isDesignatedRouter(neighbor) {
      acknowledgeLater(header, on: neighbor.interface, at: now)
    }
  }

  /// Step 8: the database copy is more recent, and goes back to the neighbor unless that has just been done.
  private func receiveOlder(
    _ known: LSAHeader, _ slot: Int, _ database: LinkStateDatabase, from neighbor: Neighbor, at now: Instant
  ) {
    if known.isMaxAge, known.sequenceNumber == .max { return }
    let sinceSent = now.milliseconds &- database[slot].sent
    guard Int64(sinceSent) >= configuration.pacing.minLSArrival.nanoseconds / 1_000_000 else { return }
    enqueue(slot, of: database, to: neighbor, at: now)
  }

  /// The Designated Router says for the whole link what the link-LSAs say (RFC 5340 section 4.4.3.9).
  func noteLinkChange(_ database: LinkStateDatabase) {
    if case .link = database.scope { origination.isDirty = true }
  }

  func isDesignatedRouter(_ neighbor: Neighbor) -> Bool {
    neighbor.interface.electsDesignatedRouter && rules.identity(of: neighbor) == neighbor.interface.designatedRouter
  }

  private func hasRoom(for header: LSAHeader, in database: LinkStateDatabase, replacing slot: Int?) -> Bool {
    let limits = configuration.limits
    let replaced = slot.map { database[$0].bytes.count } ?? 0
    if slot == nil, totals.count >= limits.linkStateAdvertisements {
      sink.report(.limitReached(.linkStateAdvertisements, interface: nil))
      return false
    }
    if totals.octets - replaced + Int(header.length) > limits.databaseOctets {
      sink.report(.limitReached(.databaseOctets, interface: nil))
      return false
    }
    return true
  }

  /// The database that LSAs of a type belong to, seen from an interface; nil for types that are not flooded.
  func database(for type: LSType, on interface: Interface) -> LinkStateDatabase? {
    switch rules.floodingScope(of: type) {
    case .link: interface.database
    case .area: interface.area.database
    case .autonomousSystem: asDatabase
    case nil: nil
    }
  }

  /// The database of a scope; nil when the area or the interface is gone.
  func database(of scope: ScopeID) -> LinkStateDatabase? {
    switch scope {
    case .link(let index): interfaces.first { $0.definition.index == index }?.database
    case .area(let id): areas.first { $0.id == id }?.database
    case .autonomousSystem: asDatabase
    }
  }
}

/// RFC 2328 section 13.3: next step in the flooding procedure.
extension Router {
  /// Sends the LSA in a slot out of every interface that its scope covers. Returns whether it went back out of the interface
  /// that it came in on.
  @discardableResult
  func flood(
    _ slot: Int, _ header: LSAHeader, of database: LinkStateDatabase, from sender: Neighbor?, at now: Instant
  ) -> Bool {
    var floodedBack = false
    for interface in interfaces where isEligible(interface, database.scope, header.key.lsType) {
      let sent = flood(slot, header, of: database, out: interface, from: sender, at: now)
      if sent, interface === sender?.interface { floodedBack = true }
    }
    return floodedBack
  }

  private func isEligible(_ interface: Interface, _ scope: ScopeID, _ type: LSType) -> Bool {
    guard interface.isActive, !interface.neighbors.isEmpty else { return false }
    switch scope {
    case .link(let index): return interface.definition.index == index
    case .area(let id): return interface.area.id == id
    case .autonomousSystem: return rules.isAllowed(type, in: interface.area.kind)
    }
  }

  private func flood(
    _ slot: Int, _ header: LSAHeader, of database: LinkStateDatabase, out interface: Interface, from sender: Neighbor?,
    at now: Instant
  ) -> Bool {
    // (1)
    var isNeeded = false
    for neighbor in interface.neighbors where needs(header, neighbor, from: sender) {
      addRetransmission(of: header.key, slot, of: database, to: neighbor, at: now)
      isNeeded = true
    }
    // (2)
    guard isNeeded else { return false }
    if let sender, sender.interface === interface {
      // (3) Whoever sent it has sent it to everybody who would take it from us.
      let identity = rules.identity(of: sender)
      if interface.electsDesignatedRouter,
        identity == interface.designatedRouter || identity == interface.backupDesignatedRouter
      {
        return false
      }
      // (4) The Designated Router will do it.
      if interface.state == .backup { return false }
    }
    // (5)
    if interface.multicasts {
      enqueue(slot, of: database, on: interface, at: now)
    } else {
      for neighbor in interface.neighbors where neighbor.retransmissions[header.key] != nil {
        enqueue(slot, of: database, to: neighbor, at: now)
      }
    }
    return true
  }

  /// Step 1, (a) to (d), for one neighbor.
  private func needs(_ header: LSAHeader, _ neighbor: Neighbor, from sender: Neighbor?) -> Bool {
    // (a)
    guard neighbor.state >= .exchange else { return false }
    // (b)
    if neighbor.state != .full, let requested = neighbor.requests[header.key] {
      switch header.recency(comparedTo: requested) {
      case .older: return false
      case .same:
        neighbor.requests.remove(header.key)
        return false
      case .newer:
        neighbor.requests.remove(header.key)
      }
    }
    // (c)
    if neighbor === sender { return false }
    return neighbor.isOpaqueCapable || !rules.isOpaque(header.key.lsType)
  }
}
