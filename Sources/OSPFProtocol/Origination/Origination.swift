import OSPFWire

/// RFC 2328 section 12.4: originating LSAs, with the design's pacing.
extension Router {
  /// Replaces the set of advertised prefixes. LSAs are originated and flushed at once where the pacing allows.
  public func advertise(_ advertisements: [Advertisement], at now: Instant) {
    guard shutdown == nil else { return }
    turn(at: now) { setAdvertisements(advertisements) }
  }

  func setAdvertisements(_ advertisements: [Advertisement]) {
    let former = origination.advertisements
    let formerSet = Set(former)
    var seen: Set<IPPrefix> = []
    origination.advertisements = advertisements.filter { seen.insert($0.prefix).inserted }
    if hasExternalAdvertisement { origination.hasAdvertisedExternals = true }
    origination.linkStateIDs.update(origination.advertisements, version: rules.version)
    for advertisement in former where !seen.contains(advertisement.prefix) {
      if restoring?.hasWithdrawal == false { sink.append(.note(.withdrawalHeld(advertisement.prefix))) }
      restoring?.hasWithdrawal = true
      noteChange(of: advertisement.prefix, isAnnouncement: false)
    }
    for advertisement in origination.advertisements where !formerSet.contains(advertisement) {
      noteChange(of: advertisement.prefix, isAnnouncement: true)
    }
    origination.isDirty = true
  }

  /// Whether something external is advertised now.
  var hasExternalAdvertisement: Bool {
    origination.advertisements.contains {
      if case .external = $0.kind { configuration.addressFamily.contains($0.prefix) } else { false }
    }
  }

  /// Compares what this router wants to say with what it has said, and originates the difference.
  func updateOrigination(at now: Instant) {
    guard restoring == nil, shutdown?.isRestart != true else { return }
    if origination.isDirty {
      origination.isDirty = false
      var wanted: Set<LSAIdentity> = []
      for lsa in wantedContent() where wanted.insert(lsa.identity).inserted { setWanted(lsa, at: now) }
      for identity in Array(origination.records.keys) where !wanted.contains(identity) { clearWanted(identity, at: now) }
      origination.forgetCarried()
      if origination.takesOver { flushStaleLSAs(at: now) }
      reportUncarriedChanges()
    }
    if exchangingNeighborCount == 0 { answerAfterLoading(at: now) }
  }

  private func wantedContent() -> [WantedLSA] {
    guard shutdown == nil else { return [] }
    return rules.content(
      of: OriginationView(
        addressFamily: configuration.addressFamily, routerID: configuration.routerID, stubRouter: configuration.stubRouter,
        hostname: configuration.hostname, areas: areas, interfaces: interfaces,
        isASBoundaryRouter: configuration.mayOriginateExternals || origination.hasAdvertisedExternals,
        advertisements: origination.advertisements, linkStateIDs: origination.linkStateIDs))
  }

  private func setWanted(_ lsa: WantedLSA, at now: Instant) {
    let record = record(of: lsa.identity, at: now)
    if lsa.isTruncated, record.wanted?.isTruncated != true { sink.report(.limitReached(.routerLSASize, interface: nil)) }
    record.wanted = lsa
    origination.noteStale(lsa.identity, false)
    awaitChanges(lsa.prefixes + (record.current?.prefixes ?? prefixesBeforeRestart(lsa.identity)), in: lsa.identity)
    guard !record.isWrapping, !record.owesAnswer else { return }
    if takeOver(lsa, in: record, at: now) { return }
    // An interface that became another one took its database along, and what had been said in it.
    let database = database(of: lsa.identity.scope)
    if let current = record.current, current.options == lsa.options, current.body == lsa.body,
      let database, let slot = database.slot(of: lsa.identity.key)
    {
      // A change that waited for its time may have been taken back, and everybody know already what is wanted again.
      origination.schedule(lsa.identity, at: record.refresh)
      if origination.waiting[lsa.identity] != nil, database[slot].retransmissions == 0 { noteAcknowledged(lsa.identity) }
    } else {
      act(on: lsa.identity, asPacingAllows: now)
    }
  }

  /// The record of an LSA, a new one where there is none. An LSA that was flushed lately goes on where it ended: whoever still holds the
  /// flushed instance would send back anything older.
  func record(of identity: LSAIdentity, at now: Instant) -> OriginationRecord {
    if let known = origination.records[identity] { return known }
    let record = OriginationRecord(interval: configuration.pacing.initialInterval)
    record.sequenceNumber = origination.flushedNumbers.number(of: identity, at: now)
    origination.records[identity] = record
    return record
  }

  private func clearWanted(_ identity: LSAIdentity, at now: Instant) {
    guard let record = origination.records[identity] else { return }
    guard let database = database(of: identity.scope) else {
      // Its area or interface is gone, and with it everybody who could be told.
      awaitNobody(for: identity)
      origination.schedule(identity, at: nil)
      removeRecords(of: [identity], at: now)
      return
    }
    let former = record.wanted
    record.wanted = nil
    if let current = record.current {
      awaitChanges(current.prefixes, in: identity)
      act(on: identity, asPacingAllows: now)
    } else if database.slot(of: identity.key) == nil {
      awaitNobody(for: identity)
    } else {
      // It was to begin anew after the flush that is under way.
      awaitChanges(former?.prefixes ?? [], in: identity)
    }
  }

  /// Pacing: the first change at once, the next one when no receiver would discard it as too early.
  private func act(on identity: LSAIdentity, asPacingAllows now: Instant) {
    guard let earliest = earliestChange(of: identity, at: now), earliest > now else { return act(on: identity, at: now) }
    origination.schedule(identity, at: earliest)
  }

  /// The earliest instant for a new instance: an interval after the last one was made, and MinLSArrival after some neighbor was
  /// last sent it, because that neighbor would discard another one.
  private func earliestChange(of identity: LSAIdentity, at now: Instant) -> Instant? {
    guard let record = origination.records[identity], let lastOriginated = record.lastOriginated else { return nil }
    // When leaving, nothing follows for which the receivers would have to be spared.
    let interval = shutdown == nil ? record.interval : min(record.interval, configuration.pacing.initialInterval)
    var earliest = lastOriginated + interval + ProtocolConstants.arrivalMargin
    if let database = database(of: identity.scope), let slot = database.slot(of: identity.key) {
      let sinceSent = Duration.milliseconds(Int64(now.milliseconds &- database[slot].sent))
      let pause = configuration.pacing.initialInterval + ProtocolConstants.arrivalMargin
      if sinceSent < pause { earliest = max(earliest, now + (pause - sinceSent)) }
    }
    return earliest
  }

  /// Originates or flushes what the record wants, now.
  func act(on identity: LSAIdentity, at now: Instant) {
    guard let record = origination.records[identity] else { return }
    adaptInterval(of: record, at: now)
    if let wanted = record.wanted {
      originate(wanted, at: now)
    } else {
      flush(identity, record, at: now)
    }
  }

  /// An LSA that keeps changing changes at growing intervals, up to MinLSInterval, when it has changed a few times in a row, as
  /// every router-LSA does while an adjacency forms; one that has been quiet for MinLSInterval begins anew.
  private func adaptInterval(of record: OriginationRecord, at now: Instant) {
    guard let last = record.lastOriginated else { return }
    let pacing = configuration.pacing
    let quiet = now - last - record.interval
    var rapidChanges = record.rapidChanges
    if quiet >= pacing.minLSInterval {
      rapidChanges = 0
    } else if quiet <= ProtocolConstants.arrivalMargin * 2 {
      rapidChanges += 1
    }
    let doublings = min(max(rapidChanges - ProtocolConstants.tolerableHaste, 0), 16)
    record.rapidChanges = rapidChanges
    record.interval = min(pacing.initialInterval * (1 << doublings), max(pacing.minLSInterval, pacing.initialInterval))
  }

  private func originate(_ lsa: WantedLSA, at now: Instant) {
    guard let database = database(of: lsa.identity.scope), let record = origination.records[lsa.identity] else { return }
    let slot = database.slot(of: lsa.identity.key)
    let known = [record.sequenceNumber, slot.map { database.header($0, at: now).sequenceNumber }].compactMap(\.self).max()
    if known == .max { return beginWrap(of: lsa.identity, at: now) }
    let next = known.map { SequenceNumber(rawValue: $0.rawValue + 1) } ?? .initial
    let header = LSAHeader(
      lsAge: 0, options: lsa.options, key: lsa.identity.key, sequenceNumber: next, checksum: 0, length: 0)
    guard let bytes = LSAEncoder.encode(header: header, body: lsa.body, version: rules.version),
      let complete = try? LSAHeader.decode(bytes.rawSpan, version: rules.version)
    else { return sink.report(.limitReached(.routerLSASize, interface: nil)) }
    if record.current?.body != lsa.body { noteTopologyChange(lsa.identity.key, in: database, at: now) }
    removeRetransmissions(of: lsa.identity.key, from: database)
    let installed = database.install(bytes.rawSpan, key: lsa.identity.key, isFlooded: false, at: now)
    remember(lsa, in: record, sequenceNumber: next, at: now)
    sink.report(.originated(lsa.identity, sequenceNumber: next))
    flood(installed, complete, of: database, from: nil, at: now)
    if isAwaitedWithdrawal(lsa.identity) { retransmitEarly(lsa.identity, at: now) }
    if database[installed].retransmissions == 0 { noteAcknowledged(lsa.identity) }
  }

  /// `lsAge` is that of an instance that was taken over.
  func remember(
    _ lsa: WantedLSA, in record: OriginationRecord, sequenceNumber: SequenceNumber, lsAge: UInt16 = 0, at now: Instant
  ) {
    // Up to a tenth early, so that LSAs that were born together do not grow old together.
    let refreshTime = ProtocolConstants.lsRefreshTime
    let jitter = Duration.milliseconds(Int64.random(in: 0...refreshTime.nanoseconds / 10_000_000, using: &random))
    let refresh = max(now, now + (refreshTime - jitter - .seconds(Int64(lsAge))))
    record.current = lsa
    record.sequenceNumber = sequenceNumber
    record.lastOriginated = now
    record.refresh = refresh
    record.isWrapping = false
    record.owesAnswer = false
    origination.schedule(lsa.identity, at: refresh)
  }

  /// Section 14.1: premature aging takes an LSA of our own out of everybody's database.
  private func flush(_ identity: LSAIdentity, _ record: OriginationRecord, at now: Instant) {
    record.current = nil
    record.refresh = nil
    record.owesAnswer = false
    record.lastOriginated = now
    origination.schedule(identity, at: now + configuration.pacing.minLSInterval)
    guard let database = database(of: identity.scope), let slot = database.slot(of: identity.key) else { return }
    sink.report(.flushed(identity))
    // Also when it is at MaxAge already, because it has come back like that: not everybody may know.
    setMaxAge(database.header(slot, at: now), slot, of: database, at: now)
    retransmitEarly(identity, at: now)
  }

  /// Section 12.1.6: after MaxSequenceNumber the LSA is flushed, and begins anew when everybody has acknowledged that.
  private func beginWrap(of identity: LSAIdentity, at now: Instant) {
    guard let database = database(of: identity.scope), let slot = database.slot(of: identity.key) else {
      // Nobody has it any more: the highest number that is remembered says nothing.
      origination.records[identity]?.sequenceNumber = nil
      if let wanted = origination.records[identity]?.wanted { originate(wanted, at: now) }
      return
    }
    origination.records[identity]?.isWrapping = true
    origination.records[identity]?.current = nil
    origination.schedule(identity, at: nil)
    setMaxAge(database.header(slot, at: now), slot, of: database, at: now)
  }

  /// Looks at the records whose time has come.
  func originateDue(at now: Instant) {
    var gone: [LSAIdentity] = []
    while let identity = origination.popDue(at: now) {
      guard let record = origination.records[identity], !record.isWrapping else { continue }
      let isGone = record.wanted == nil && record.current == nil && !record.owesAnswer
      if !isGone {
        act(on: identity, at: now)
      } else if mayForget(identity) {
        gone.append(identity)
      } else {
        origination.schedule(identity, at: now + configuration.pacing.minLSInterval)
      }
    }
    removeRecords(of: gone, at: now)
  }

  /// Whether a flushed LSA has left the database; it is remembered for as long as its next instance would have to wait.
  private func mayForget(_ identity: LSAIdentity) -> Bool {
    database(of: identity.scope)?.slot(of: identity.key) == nil
  }

  /// All at once, because what stands behind a record that is removed moves up.
  private func removeRecords(of identities: [LSAIdentity], at now: Instant) {
    let limit = configuration.limits.flushedLSAs
    for identity in identities {
      if let number = origination.records[identity]?.sequenceNumber {
        origination.flushedNumbers.remember(number, of: identity, limit: limit, at: now)
      }
      origination.noteStale(identity, false)
    }
    if identities.count > 1 {
      let gone = Set(identities)
      origination.records.removeAll { gone.contains($0.key) }
    } else if let only = identities.first {
      origination.records[only] = nil
    }
  }
}
