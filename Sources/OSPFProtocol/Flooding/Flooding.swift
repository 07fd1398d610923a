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
      // 13 (6) may have torn down the adjacency in the middle of the packet.
      guard neighbor.state >= .exchange else { return }
      receive(lsa, bytes, from: neighbor, at: now)
    }
  }

  private func receive(_ lsa: LSASlice, _ packet: [UInt8], from neighbor: Neighbor, at now: Instant) {
    let header = lsa.header
    let interface = neighbor.interface
    // 13 (1): the checksum is wrong. An LSA that could never be kept is refused as well.
    guard FletcherChecksum.verifies(packet.rawSpan.extracting(lsa.range)) else {
      return refuse(.checksum(what: "LSA"), from: neighbor)
    }
    if let flaw = header.flaw ?? flawOfBody(lsa, packet) {
      // Whatever was described, this is what there is: to ask for it again and again would leave the neighbor in Loading for ever.
      neighbor.exchange?.requests.remove(header.key)
      return refuse(flaw, from: neighbor)
    }
    // 13 (2): an unknown LS type. 13 (3): an AS-external-LSA for a stub area, and what else the area does not take.
    guard rules.isAllowed(header.key.lsType, in: interface.area.kind),
      let database = database(for: header.key.lsType, on: interface)
    else { return }
    // Acknowledged all the same: its sender would repeat it for ever.
    if rules.isDiscarded(header.key.lsType, in: interface.area.kind) {
      neighbor.exchange?.directAcknowledgments.append(header)
      return
    }
    let slot = database.slot(of: header.key)
    // 13 (4): MaxAge, no instance in the database, and no neighbor in Exchange or Loading: acknowledge, and discard.
    if slot == nil, header.isMaxAge, exchangingNeighborCount == 0 {
      neighbor.exchange?.directAcknowledgments.append(header)
      return
    }
    let known = slot.map { database.header($0, at: now) }
    switch known.map({ header.recency(comparedTo: $0) }) ?? .newer {
    // 13 (5): no instance in the database, or an older one.
    case .newer:
      receiveNewer(packet.rawSpan.extracting(lsa.range), header, slot, database, from: neighbor, at: now)
    case .same, .older:
      // 13 (6): an instance of it is on the neighbor's Link state request list: the database exchange has gone wrong, BadLSReq.
      if neighbor.exchange?.requests[header.key] != nil { return process(.badLSReq, of: neighbor, at: now) }
      guard let slot, let known else { return }
      if header.recency(comparedTo: known) == .same {
        if isDisguised(lsa, packet, slot, database) {
          return receiveSelfOriginated(packet.rawSpan.extracting(lsa.range), header, database, from: neighbor, at: now)
        }
        receiveDuplicate(header, from: neighbor, at: now)
      } else {
        receiveOlder(known, slot, database, from: neighbor, at: now)
      }
    }
  }

  /// What contradicts itself after the header. Other routers refuse it too, with all that shares a packet with it, and its description
  /// likewise. Whoever is told by it that an LSA is flushed need not know what it said.
  private func flawOfBody(_ lsa: LSASlice, _ packet: [UInt8]) -> WireError? {
    guard !lsa.header.isMaxAge else { return nil }
    do {
      try LSABody.examine(packet.rawSpan.extracting(lsa.range), lsa.header.key.lsType, version: rules.version)
      return nil
    } catch {
      return error
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

  /// 13 (5): no instance in the database, or an older one.
  private func receiveNewer(
    _ lsa: RawSpan, _ header: LSAHeader, _ slot: Int?, _ database: LinkStateDatabase, from neighbor: Neighbor, at now: Instant
  ) {
    if isSelfOriginated(header.key), restoring == nil, shutdown?.isRestart != true {
      return receiveSelfOriginated(lsa, header, database, from: neighbor, at: now)
    }
    // 13 (5) (a): the database copy was flooded here less than MinLSArrival ago: discard, without an acknowledgment. An LSA that was
    // requested was not flooded.
    let isFlooded = neighbor.exchange?.requests[header.key] == nil
    if let slot, isFlooded, database[slot].isFlooded {
      let age = now.milliseconds &- database[slot].installed
      if Int64(age) < configuration.pacing.minLSArrival.nanoseconds / 1_000_000 { return }
    }
    if let limit = limitReached(by: header, in: database, replacing: slot) { return overflow(limit, from: neighbor, at: now) }
    // 13 (5) (c): remove the former copy from all Link state retransmission lists. It comes before (b), so that flooding begins with
    // clean lists.
    if slot != nil { removeRetransmissions(of: header.key, from: database) }
    // The neighbor may not have begun to describe its database, and have forgotten by then what it floods now: this is in neither
    // side's summary, and its flush would not come here.
    if slot == nil, let exchange = neighbor.exchange, exchange.mayStillBeInExStart { exchange.summary.append(header.key) }
    if differs(lsa, from: slot, of: database) { noteTopologyChange(header.key, in: database, at: now) }
    // 13 (5) (d): install the new LSA in the database.
    let slot = database.install(lsa, in: slot, isFlooded: isFlooded, at: now)
    noteLinkChange(database)
    noteGraceLSA(header, slot, of: database, at: now)
    // 13 (5) (b): flood it at once.
    let floodedBack = flood(slot, header, of: database, from: neighbor, at: now)
    noteMaxAge(header, slot, database)
    // 13 (5) (e): acknowledge it, as table 19 says for an LSA that is more recent than the database copy.
    guard !floodedBack else { return }
    if neighbor.interface.state != .backup || isDesignatedRouter(neighbor) {
      acknowledgeLater(header, on: neighbor.interface, at: now)
    }
  }

  /// Whether something of ours comes back with the sequence number, checksum and age of our own instance, but says something else. To the
  /// rules it is a duplicate, and whoever has got it first keeps it; only a newer instance of ours puts that right.
  private func isDisguised(_ lsa: LSASlice, _ packet: [UInt8], _ slot: Int, _ database: LinkStateDatabase) -> Bool {
    guard isSelfOriginated(lsa.header.key), restoring == nil, shutdown?.isRestart != true else { return false }
    // The LS age, the first two octets, may differ.
    return database.withLSA(slot) { !$0.isEqual(to: packet.rawSpan.extracting(lsa.range), from: 2) }
  }

  /// 13 (7): the same instance as the database copy. It is an implied acknowledgment (a), or is acknowledged as table 19 says (b).
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

  /// 13 (8): the database copy is more recent, and is sent back to the neighbor unless that was done less than MinLSArrival ago.
  private func receiveOlder(
    _ known: LSAHeader, _ slot: Int, _ database: LinkStateDatabase, from neighbor: Neighbor, at now: Instant
  ) {
    // Its sequence number is wrapping: discard, without an acknowledgment.
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
    rules.identity(of: neighbor) == neighbor.interface.designatedRouter
  }

  /// The limit of the database that leaves no room for an LSA.
  func limitReached(by header: LSAHeader, in database: LinkStateDatabase, replacing slot: Int?) -> Event.Limit? {
    let limits = configuration.limits
    let replaced = slot.map { database.length($0) } ?? 0
    if slot == nil, totals.count >= limits.linkStateAdvertisements { return .linkStateAdvertisements }
    if totals.octets - replaced + Int(header.length) > limits.databaseOctets { return .databaseOctets }
    noteFill(.linkStateAdvertisements, totals.count, of: limits.linkStateAdvertisements)
    noteFill(.databaseOctets, totals.octets, of: limits.databaseOctets)
    return nil
  }

  /// Said once, until the database has become much smaller.
  private func noteFill(_ limit: Event.Limit, _ fill: Int, of most: Int) {
    if fill >= most / 5 * 4 {
      if nearLimits.insert(limit).inserted { sink.report(.limitNear(limit)) }
    } else if !nearLimits.isEmpty, fill < most / 2 {
      nearLimits.remove(limit)
    }
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
    guard !interface.neighbors.isEmpty else { return false }
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
    // 13.3 (1): add the LSA to the Link state retransmission list of every neighbor that needs it.
    var isNeeded = false
    for neighbor in interface.neighbors where needs(header, neighbor, from: sender) {
      addRetransmission(of: header.key, slot, of: database, to: neighbor, at: now)
      isNeeded = true
    }
    // 13.3 (2): it was added to no list, so it is not flooded out of this interface.
    guard isNeeded else { return false }
    if let sender, sender.interface === interface {
      // 13.3 (3): it came from the Designated Router or the backup: all neighbors on the network have it.
      let identity = rules.identity(of: sender)
      if interface.electsDesignatedRouter,
        identity == interface.designatedRouter || identity == interface.backupDesignatedRouter
      {
        return false
      }
      // 13.3 (4): this router is the backup, and the Designated Router will flood it.
      if interface.state == .backup { return false }
    }
    // 13.3 (5): flood it out of the interface. Without multicast each adjacent neighbor gets a copy of its own; so does the sender,
    // for which it is the acknowledgment.
    if interface.multicasts {
      enqueue(slot, of: database, on: interface, at: now)
    } else {
      for neighbor in interface.neighbors where neighbor === sender || neighbor.awaitsAcknowledgment(of: header.key) {
        enqueue(slot, of: database, to: neighbor, at: now)
      }
    }
    return true
  }

  /// 13.3 (1): whether a neighbor has to be sent the LSA.
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
