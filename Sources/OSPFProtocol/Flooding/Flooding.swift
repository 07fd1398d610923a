import OSPFWire

/// RFC 2328 section 13: the flooding procedure.
extension Router {
  func receive(
    _ update: LinkStateUpdate, _ bytes: [UInt8], from neighbor: Neighbor, at now: Instant
  ) throws(Refusal) {
    guard neighbor.state >= .exchange else {
      throw .neighborStateTooLow(type: .linkStateUpdate, state: neighbor.state)
    }
    for lsa in update.lsas {
      // Step 6 may have thrown the adjacency back in the middle of the packet.
      guard neighbor.state >= .exchange else { return }
      receive(lsa, bytes, from: neighbor, at: now)
    }
  }

  private func receive(_ lsa: LSASlice, _ packet: [UInt8], from neighbor: Neighbor, at now: Instant) {
    let header = lsa.header
    let interface = neighbor.interface
    // (1) Checksum. What can never be kept is as wrong.
    guard FletcherChecksum.verifies(packet.rawSpan.extracting(lsa.range)) else {
      return refuse(.checksum(what: "LSA"), from: neighbor)
    }
    if let flaw = header.flaw {
      // Whatever was described, this is what there is: to ask for it again and again would leave the neighbor in Loading for ever.
      neighbor.exchange?.requests.remove(header.key)
      return refuse(flaw, from: neighbor)
    }
    // (2) and (3) Unknown types, and types that the area does not take.
    guard rules.isAllowed(header.key.lsType, in: interface.area.kind),
      let database = database(for: header.key.lsType, on: interface)
    else { return }
    // Acknowledged all the same: its sender would repeat it for ever.
    if rules.isDiscarded(header.key.lsType, in: interface.area.kind) {
      neighbor.exchange?.directAcknowledgments.append(header)
      return
    }
    let slot = database.slot(of: header.key)
    // (4) A MaxAge LSA that nobody here has heard of.
    if slot == nil, header.isMaxAge, exchangingNeighborCount == 0 {
      neighbor.exchange?.directAcknowledgments.append(header)
      return
    }
    let known = slot.map { database.header($0, at: now) }
    switch known.map({ header.recency(comparedTo: $0) }) ?? .newer {
    case .newer:
      receiveNewer(header, slot, database, from: neighbor, at: now) { packet.rawSpan.copy(lsa.range) }
    case .same, .older:
      // (6) An instance that is still requested, and no newer than ours: the neighbor has described something else than it sends.
      if neighbor.exchange?.requests[header.key] != nil { return process(.badLSReq, of: neighbor, at: now) }
      guard let slot, let known else { return }
      if header.recency(comparedTo: known) == .same {
        receiveDuplicate(header, from: neighbor, at: now)
      } else {
        receiveOlder(known, slot, database, from: neighbor, at: now)
      }
    }
  }

  /// One LSA, or its description, is refused, and not the packet that it is in.
  func refuse(_ reason: WireError, from neighbor: Neighbor) {
    let interface = neighbor.interface
    interface.counters.refused += 1
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
    if isSelfOriginated(header.key), restoring == nil, shutdown?.isRestart != true {
      return receiveSelfOriginated(header, database, from: neighbor, at: now, bytes: bytes)
    }
    // (a) Flooded sooner than MinLSArrival after the last one that was flooded. What was asked for is not flooded.
    let isFlooded = neighbor.exchange?.requests[header.key] == nil
    if let slot, isFlooded, database[slot].isFlooded {
      let age = now.milliseconds &- database[slot].installed
      if Int64(age) < configuration.pacing.minLSArrival.nanoseconds / 1_000_000 { return }
    }
    guard hasRoom(for: header, in: database, replacing: slot) else {
      // Full without it is better than Loading for ever.
      neighbor.exchange?.requests.remove(header.key)
      return
    }
    // (c) The former instance leaves all retransmission lists; before (b), flooding, which then begins with clean lists. (d) The new one
    // takes its place in the database.
    if slot != nil { removeRetransmissions(of: header.key, from: database) }
    // The neighbor may not have begun to describe its database, and have forgotten by then what it floods now: this is in neither
    // side's summary, and its flush would not come here.
    if slot == nil, let exchange = neighbor.exchange, exchange.mayStillBeInExStart { exchange.summary.append(header.key) }
    let bytes = bytes()
    if differs(bytes, from: slot, of: database) { noteTopologyChange(header.key, in: database, at: now) }
    let slot = database.install(bytes, key: header.key, in: slot, isFlooded: isFlooded, at: now)
    noteLinkChange(database)
    noteGraceLSA(header, slot, of: database, at: now)
    let floodedBack = flood(slot, header, of: database, from: neighbor, at: now)
    noteMaxAge(header, slot, database)
    // (e) Acknowledge, as table 19 says for an LSA that is more recent than the database copy.
    guard !floodedBack else { return }
    if neighbor.interface.state != .backup || isDesignatedRouter(neighbor) {
      acknowledgeLater(header, on: neighbor.interface, at: now)
    }
  }

  /// Step 7 with Table 19: the same instance as the database copy.
  private func receiveDuplicate(_ header: LSAHeader, from neighbor: Neighbor, at now: Instant) {
    guard neighbor.awaitsAcknowledgment(of: header.key) else {
      neighbor.exchange?.directAcknowledgments.append(header)
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

  func hasRoom(for header: LSAHeader, in database: LinkStateDatabase, replacing slot: Int?) -> Bool {
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
    case .link: interfaces.first { $0.database.scope == scope }?.database
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
    case .link: return interface.database.scope == scope
    case .area(let id): return interface.area.id == id
    case .autonomousSystem: return rules.isAllowed(type, in: interface.area.kind)
    }
  }

  private func flood(
    _ slot: Int, _ header: LSAHeader, of database: LinkStateDatabase, out interface: Interface, from sender: Neighbor?,
    at now: Instant
  ) -> Bool {
    // (1) The neighbors that have yet to get the LSA, each with a place on its retransmission list.
    var isNeeded = false
    for neighbor in interface.neighbors where needs(header, neighbor, from: sender) {
      addRetransmission(of: header.key, slot, of: database, to: neighbor, at: now)
      isNeeded = true
    }
    // (2) Nobody needs it.
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
    // (5) Where there is no multicast each adjacent neighbor gets a copy of its own, the sender included, to which it is the
    // acknowledgment.
    if interface.multicasts {
      enqueue(slot, of: database, on: interface, at: now)
    } else {
      for neighbor in interface.neighbors where neighbor === sender || neighbor.awaitsAcknowledgment(of: header.key) {
        enqueue(slot, of: database, to: neighbor, at: now)
      }
    }
    return true
  }

  /// Step 1: whether a neighbor has to be sent the LSA.
  private func needs(_ header: LSAHeader, _ neighbor: Neighbor, from sender: Neighbor?) -> Bool {
    // (a) Below Exchange it has no database to speak of.
    guard neighbor.state >= .exchange else { return false }
    // (b) In Exchange or Loading it may have described the same instance, or a newer one.
    if neighbor.state != .full, let requested = neighbor.exchange?.requests[header.key] {
      switch header.recency(comparedTo: requested) {
      case .older: return false
      case .same:
        neighbor.exchange?.requests.remove(header.key)
        return false
      case .newer:
        neighbor.exchange?.requests.remove(header.key)
      }
    }
    // (c) It has sent it. (d) is the list that the caller keeps.
    if neighbor === sender { return false }
    return neighbor.exchange?.isOpaqueCapable == true || !rules.isOpaque(header.key.lsType)
  }
}
