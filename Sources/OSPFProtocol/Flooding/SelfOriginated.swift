import OSPFWire

/// RFC 2328 section 13.4: receiving self-originated LSAs.
extension Router {
  /// Whether an LSA claims to be ours.
  func isSelfOriginated(_ key: LSAKey) -> Bool {
    key.advertisingRouter == configuration.routerID
      || rules.isOwn(key, interfaces: interfaces)
  }

  /// The network has a newer instance of one of our LSAs than we have: one from before a restart, or from a router that uses our
  /// router ID. It is answered with a still newer one, or flushed; also within MinLSArrival of our own last one, and also when it
  /// comes at MaxAge.
  func receiveSelfOriginated(
    _ lsa: RawSpan, _ header: LSAHeader, _ database: LinkStateDatabase, from neighbor: Neighbor, at now: Instant
  ) {
    let identity = LSAIdentity(scope: database.scope, key: header.key)
    forgetRequests(for: header)
    guard let record = origination.records[identity], record.wanted != nil else {
      // Unacknowledged it comes again, and is flushed when others have been.
      guard hasRoomForStaleLSA(identity) else { return }
      if let limit = limitReached(by: header, in: database, replacing: database.slot(of: header.key)) {
        return overflow(limit, from: neighbor, at: now)
      }
      neighbor.exchange?.directAcknowledgments.append(header)
      return flushReceived(lsa, identity, header, database, at: now)
    }
    neighbor.exchange?.directAcknowledgments.append(header)
    sink.report(.receivedSelfOriginated(identity, action: .advancedSequenceNumber))
    origination.floodWars.note(header.key, at: now)
    // Kept, so that the sequence number goes on from here, and so that a wrap has something to flush.
    if limitReached(by: header, in: database, replacing: database.slot(of: header.key)) == nil {
      removeRetransmissions(of: header.key, from: database)
      database.install(lsa, key: header.key, isFlooded: false, at: now)
    }
    record.sequenceNumber = header.sequenceNumber
    if neighbor.state.isExchanging {
      // What we say changes again as soon as the adjacency is Full; two instances in a row would be one too many.
      record.owesAnswer = true
      origination.hasAnswersAfterLoading = true
      origination.schedule(identity, at: now + .seconds(1))
    } else {
      answer(identity, at: now)
    }
  }

  /// At once, unless the last answer was only just given: two routers with one router ID must not chase each other.
  private func answer(_ identity: LSAIdentity, at now: Instant) {
    guard let record = origination.records[identity] else { return }
    let pause = record.lastAnswer.map { $0 > now ? $0 : $0 + record.interval } ?? now
    record.lastAnswer = max(now, pause)
    if pause > now {
      // What we say need not have changed, and the answer is due all the same.
      record.owesAnswer = true
      origination.schedule(identity, at: pause)
    } else {
      act(on: identity, at: now)
      retransmitAnswer(identity, at: now)
    }
  }

  /// Answers what came during a database exchange that is over now.
  func answerAfterLoading(at now: Instant) {
    guard origination.hasAnswersAfterLoading else { return }
    origination.hasAnswersAfterLoading = false
    for (identity, record) in origination.records where record.owesAnswer { answer(identity, at: now) }
  }

  /// Whoever makes up Link State IDs under our router ID makes others wait, and not the database grow.
  private func hasRoomForStaleLSA(_ identity: LSAIdentity) -> Bool {
    guard origination.records[identity] != nil || origination.staleCount < configuration.limits.staleLSAs else {
      sink.report(.limitReached(.staleLSAs, interface: nil))
      return false
    }
    return true
  }

  private func flushReceived(
    _ lsa: RawSpan, _ identity: LSAIdentity, _ header: LSAHeader, _ database: LinkStateDatabase, at now: Instant
  ) {
    beginToFlush(identity, header, at: now)
    let slot = database.install(lsa, key: header.key, isFlooded: false, at: now)
    setMaxAge(header, slot, of: database, at: now)
    retransmitAnswer(identity, at: now)
  }

  /// Flushes what is in the database and was left by an earlier run.
  func flushStaleLSA(
    _ identity: LSAIdentity, _ header: LSAHeader, _ slot: Int, _ database: LinkStateDatabase, at now: Instant
  ) {
    beginToFlush(identity, header, at: now)
    setMaxAge(header, slot, of: database, at: now)
    retransmitEarly(identity, at: now)
  }

  private func beginToFlush(_ identity: LSAIdentity, _ header: LSAHeader, at now: Instant) {
    sink.report(.receivedSelfOriginated(identity, action: .flushed))
    let isUnknown = origination.records[identity] == nil
    let record = record(of: identity, at: now)
    if isUnknown { origination.noteStale(identity, true) }
    record.sequenceNumber = header.sequenceNumber
    record.lastOriginated = now
    origination.floodWars.note(header.key, at: now)
    origination.schedule(identity, at: now + configuration.pacing.minLSInterval)
  }

  /// What we answer ourselves need not be requested from anybody.
  private func forgetRequests(for header: LSAHeader) {
    for interface in interfaces {
      for neighbor in interface.neighbors {
        guard let exchange = neighbor.exchange, let requested = exchange.requests[header.key],
          requested.recency(comparedTo: header) != .newer
        else { continue }
        exchange.requests.remove(header.key)
      }
    }
  }
}
