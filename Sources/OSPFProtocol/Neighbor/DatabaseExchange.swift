import OSPFWire

/// RFC 2328 section 10.6: receiving Database Description packets.
extension Router {
  func receive(_ description: DatabaseDescription, from neighbor: Neighbor, at now: Instant) throws(Refusal) {
    let interface = neighbor.interface
    neighbor.announcedMTU = description.interfaceMTU
    if !interface.settings.mtuIgnore, description.interfaceMTU > interface.announcedMTU {
      throw .mtuMismatch(neighbor: Int(description.interfaceMTU), ours: Int(interface.announcedMTU))
    }
    // The neighbor would not send this without having seen us in a Hello; its own Hello may have been lost.
    process(.twoWayReceived, of: neighbor, at: now)
    guard let exchange = neighbor.exchange else {
      throw .neighborStateTooLow(type: .databaseDescription, state: neighbor.state)
    }
    switch neighbor.state {
    case .down, .attempt, .`init`, .twoWay:
      throw .neighborStateTooLow(type: .databaseDescription, state: neighbor.state)
    case .exStart:
      negotiate(description, with: neighbor, at: now)
    // 10.6, state Exchange: a duplicate makes the slave repeat its last packet; what is not next in sequence is SeqNumberMismatch.
    case .exchange:
      if isDuplicate(description, in: exchange) {
        if !exchange.isLocalMaster { repeatDescription(to: neighbor, at: now) }
      } else if isNextInSequence(description, from: neighbor) {
        accept(description, from: neighbor, at: now)
      } else {
        beginAnew(description, with: neighbor, at: now)
      }
    // 10.6, states Loading and Full: only duplicates are expected.
    case .loading, .full:
      // A slave that has forgotten its last packet can no longer tell (section 10.8).
      let hasForgotten = exchange.slaveDescriptionExpires.isDue(at: now)
      guard isDuplicate(description, in: exchange), !hasForgotten else {
        return beginAnew(description, with: neighbor, at: now)
      }
      if !exchange.isLocalMaster { repeatDescription(to: neighbor, at: now) }
    }
  }

  /// SeqNumberMismatch. The packet that caused it may be the neighbor's own first packet of a new exchange; taking it as that
  /// saves waiting for its repetition, which is RxmtInterval away. Any other packet belongs to the exchange that has failed; so does
  /// a first packet that is not newer than the one which began it, and whose sender has long forgotten it.
  private func beginAnew(_ description: DatabaseDescription, with neighbor: Neighbor, at now: Instant) {
    let isNew = (neighbor.exchange?.firstSequenceNumber).map {
      Int32(bitPattern: description.sequenceNumber &- $0) > 0
    }
    process(.seqNumberMismatch, of: neighbor, at: now)
    guard description.flags.contains(.initialize), isNew ?? true, neighbor.state == .exStart else { return }
    negotiate(description, with: neighbor, at: now)
  }

  /// 10.6, state ExStart: negotiate who is master, and the initial DD sequence number.
  private func negotiate(_ description: DatabaseDescription, with neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    let neighborLeads = neighbor.routerID > configuration.routerID
    let isFirst = description.flags.isSuperset(of: [.initialize, .more, .master]) && description.lsaHeaders.isEmpty
    if isFirst, neighborLeads {
      // I, M and MS are set, the packet is empty, and the neighbor's Router ID is larger: this router is slave.
      exchange.isLocalMaster = false
      neighbor.ddSequenceNumber = description.sequenceNumber
      exchange.firstSequenceNumber = description.sequenceNumber
    } else if description.flags.isDisjoint(with: [.initialize, .master]),
      description.sequenceNumber == neighbor.ddSequenceNumber, !neighborLeads
    {
      // I and MS are clear, the sequence number is ours, and the neighbor's Router ID is smaller: this router is master.
      exchange.isLocalMaster = true
    } else {
      if isFirst { hastenDescription(to: neighbor, at: now) }
      return
    }
    exchange.isOpaqueCapable = description.options.contains(.opaque)
    process(.negotiationDone, of: neighbor, at: now)
    accept(description, from: neighbor, at: now)
  }

  /// Whether the neighbor may have the answer that began the exchange before, and will take the next one, which has the same sequence
  /// number, for a repetition.
  private func repeatsNegotiation(_ neighbor: Neighbor, _ exchange: Exchange) -> Bool {
    !exchange.isLocalMaster && neighbor.ddSequenceNumber == neighbor.formerFirstSequenceNumber && exchange.mayStillBeInExStart
  }

  /// The neighbor that is to be slave has only now come to ExStart: what was sent to it before went unheard, and need not wait for
  /// RxmtInterval. Where it crossed our packet on the way, the answer comes before the moment to say it again.
  private func hastenDescription(to neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange, let sent = exchange.lastDescriptionSent else { return }
    let again = sent + ProtocolConstants.descriptionRepetitionInterval
    if again <= now {
      retransmitDescription(to: neighbor, at: now)
    } else {
      exchange.descriptionTimer = again
    }
  }

  private func isDuplicate(_ description: DatabaseDescription, in exchange: Exchange) -> Bool {
    exchange.lastReceivedDescription == .init(description)
  }

  private func isNextInSequence(_ description: DatabaseDescription, from neighbor: Neighbor) -> Bool {
    guard let exchange = neighbor.exchange, description.flags.contains(.master) != exchange.isLocalMaster,
      !description.flags.contains(.initialize),
      exchange.lastReceivedDescription.map({ $0.options == description.options }) ?? true
    else { return false }
    let expected = exchange.isLocalMaster ? neighbor.ddSequenceNumber : neighbor.ddSequenceNumber &+ 1
    return description.sequenceNumber == expected
  }

  private func accept(_ description: DatabaseDescription, from neighbor: Neighbor, at now: Instant) {
    guard description.lsaHeaders.allSatisfy({ isAcceptable($0.key.lsType, in: neighbor.interface.area) }) else {
      return process(.seqNumberMismatch, of: neighbor, at: now)
    }
    guard let exchange = neighbor.exchange else { return }
    request(description.lsaHeaders, from: neighbor, at: now)
    guard neighbor.exchange === exchange else { return }
    exchange.lastReceivedDescription = .init(description)
    exchange.descriptionTimer = nil
    let neighborHasMore = description.flags.contains(.more)
    if exchange.isLocalMaster {
      neighbor.ddSequenceNumber &+= 1
      if !exchange.lastSentMore, !neighborHasMore {
        process(.exchangeDone, of: neighbor, at: now)
      } else {
        sendNextDescription(to: neighbor, at: now)
      }
    } else {
      neighbor.ddSequenceNumber = description.sequenceNumber
      sendNextDescription(to: neighbor, at: now)
      if !exchange.lastSentMore, !neighborHasMore { process(.exchangeDone, of: neighbor, at: now) }
    }
    if neighbor.state.isExchanging, exchange.requests.outstandingCount == 0 { sendRequests(to: neighbor, at: now) }
  }

  private func request(_ described: [LSAHeader], from neighbor: Neighbor, at now: Instant) {
    let area = neighbor.interface.area.kind
    if let flaw = described.lazy.compactMap(\.flaw).first { refuse(flaw, from: neighbor) }
    let wanted = described.filter {
      $0.flaw == nil && !rules.isDiscarded($0.key.lsType, in: area) && isWanted($0, on: neighbor.interface, at: now)
    }
    guard let exchange = neighbor.exchange else { return }
    let room = configuration.limits.requestListLength - exchange.requests.count
    guard wanted.count <= room else { return overflow(.requestList, from: neighbor, at: now) }
    exchange.requests.append(wanted)
  }

  /// Whether LSAs of the type may be in the area at all.
  private func isAcceptable(_ type: LSType, in area: Area) -> Bool {
    rules.floodingScope(of: type) != nil && rules.isAllowed(type, in: area.kind)
  }

  /// Whether the neighbor's instance is newer than ours.
  func isWanted(_ header: LSAHeader, on interface: Interface, at now: Instant) -> Bool {
    guard let database = database(for: header.key.lsType, on: interface), let slot = database.slot(of: header.key) else {
      return true
    }
    return header.recency(comparedTo: database.header(slot, at: now)) == .newer
  }
}

/// RFC 2328 section 10.8: sending Database Description packets.
extension Router {
  /// Section 10.3, NegotiationDone: the Database summary list, without MaxAge LSAs, which go to the retransmission list.
  func gatherSummary(for neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    let interface = neighbor.interface
    var summary: [LSAKey] = []
    for database in [interface.database, interface.area.database, asDatabase] {
      for slot in database.slots {
        let header = database.header(slot, at: now)
        guard rules.isAllowed(header.key.lsType, in: interface.area.kind),
          exchange.isOpaqueCapable || !rules.isOpaque(header.key.lsType)
        else { continue }
        if header.isMaxAge {
          addRetransmission(of: header.key, slot, of: database, to: neighbor, at: now)
          enqueue(slot, of: database, to: neighbor, at: now)
        } else {
          summary.append(header.key)
        }
      }
    }
    exchange.summary = summary[...]
  }

  private func sendNextDescription(to neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    let interface = neighbor.interface
    let fixedSize = PacketHeader.size(rules.version) + DatabaseDescription.fixedSize(rules.version)
    let capacity = (interface.packetCapacity - fixedSize) / LSAHeader.size
    var headers: [LSAHeader] = []
    while headers.count < capacity, !repeatsNegotiation(neighbor, exchange), let key = exchange.summary.popFirst() {
      // What has been removed since the list was made need not be described.
      guard let database = database(for: key.lsType, on: interface), let slot = database.slot(of: key) else { continue }
      headers.append(database.header(slot, at: now))
    }
    if exchange.summary.isEmpty { exchange.summary = [] }
    exchange.describedCount += headers.count
    var flags: DatabaseDescription.Flags = exchange.summary.isEmpty ? [] : .more
    if exchange.isLocalMaster { flags.insert(.master) }
    sendDescription(to: neighbor, flags: flags, headers: headers, at: now)
  }

  func sendDescription(to neighbor: Neighbor, flags: DatabaseDescription.Flags, headers: [LSAHeader], at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    let interface = neighbor.interface
    let description = DatabaseDescription(
      interfaceMTU: interface.announcedMTU, options: rules.descriptionOptions(on: interface), flags: flags,
      sequenceNumber: neighbor.ddSequenceNumber, lsaHeaders: headers)
    let header = rules.header(.databaseDescription, on: interface, routerID: configuration.routerID)
    exchange.lastSentDescription = Packet(header: header, body: .databaseDescription(description)).encode()
    exchange.lastSentMore = flags.contains(.more)
    repeatDescription(to: neighbor, at: now)
    // A slave answers and does not repeat of its own accord.
    let repeats = exchange.isLocalMaster || flags.contains(.initialize)
    let expires = now + interface.settings.routerDeadInterval
    exchange.descriptionTimer = repeats ? now + interface.settings.rxmtInterval : expires
    if repeats {
      exchange.answerExpires = max(expires, now + interface.settings.rxmtInterval * 2)
    } else {
      exchange.slaveDescriptionExpires = expires
    }
  }

  private func repeatDescription(to neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange, !exchange.lastSentDescription.isEmpty else { return }
    exchange.lastDescriptionSent = now
    transmit(exchange.lastSentDescription, .databaseDescription, to: destination(for: neighbor), on: neighbor.interface)
  }

  /// RxmtInterval has passed without an answer, or RouterDeadInterval without a question. A master that asks for nothing any
  /// more does not know that its slave is still in the exchange: the slave took a packet of an earlier one, late or repeated by
  /// the network, for the beginning of another, and what would have told the master is lost.
  ///
  /// A slave that has not answered for as long either does not take this packet and never will, as FRR does not where a header in it
  /// contradicts itself: another exchange describes what the database holds by then.
  func retransmitDescription(to neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    guard neighbor.state == .exStart || neighbor.state == .exchange else {
      exchange.descriptionTimer = nil
      return
    }
    let isUnanswered = exchange.answerExpires.isDue(at: now)
    guard neighbor.state == .exStart || (exchange.isLocalMaster && !isUnanswered) else {
      return process(.seqNumberMismatch, of: neighbor, at: now)
    }
    exchange.descriptionTimer = now + neighbor.interface.settings.rxmtInterval
    sink.append(.note(.descriptionRetransmitted(neighbor.reference, ddSequenceNumber: neighbor.ddSequenceNumber)))
    repeatDescription(to: neighbor, at: now)
  }
}
