import OSPFWire

/// LSAs that are to be sent again, turn by turn in the order of their time.
struct EarlyRetransmissions {
  /// An LSA, and how many times it has been sent again.
  struct Retransmission {
    let identity: LSAIdentity
    var round = 0
  }

  private var batches: [(due: Instant, retransmissions: [Retransmission])] = []
  /// What was appended to be sent once.
  private var single: Set<LSAIdentity> = []

  /// When the first ones are due.
  var due: Instant? { batches.first?.due }

  mutating func append(_ retransmission: Retransmission, due: Instant) {
    let next = (batches.lastIndex { $0.due <= due } ?? -1) + 1
    if next > 0, batches[next - 1].due == due {
      batches[next - 1].retransmissions.append(retransmission)
    } else {
      batches.insert((due, [retransmission]), at: next)
    }
  }

  /// Appends an LSA that is to be sent again a single time, unless it waits for that already.
  mutating func appendOnce(_ identity: LSAIdentity, due: Instant) {
    guard single.insert(identity).inserted else { return }
    append(Retransmission(identity: identity, round: ProtocolConstants.earlyRetransmissionDelays.count), due: due)
  }

  mutating func popDue(at now: Instant) -> [Retransmission]? {
    guard let due, due <= now else { return nil }
    let retransmissions = batches.removeFirst().retransmissions
    if !single.isEmpty { single.subtract(retransmissions.map(\.identity)) }
    return retransmissions
  }

  /// Puts back what was too much for one go.
  mutating func postpone(_ retransmissions: [Retransmission], to due: Instant) {
    guard !retransmissions.isEmpty else { return }
    batches.insert((due, retransmissions), at: batches.firstIndex { $0.due > due } ?? batches.endIndex)
  }
}

/// A router may delay its acknowledgment: FRR does so for a second in OSPFv2 and for three in OSPFv3. To a duplicate it answers at once
/// (RFC 2328 section 13.5, table 19). So what says that a prefix is gone is sent once more, long before RxmtInterval, and whoever waits
/// for the acknowledgment (a linger, a shutdown) waits no longer than that.
///
/// A router that has taken the instance before late, because it was busy, discards the withdrawal as one that came within MinLSArrival, and
/// the first retransmission with it. So a withdrawal for whose acknowledgment somebody waits is sent again until MinLSArrival is over for a router
/// that is late by as much as that.
extension Router {
  /// Sends the database copy of an LSA once more in a moment.
  func retransmitEarly(_ identity: LSAIdentity, at now: Instant) {
    earlyRetransmissions.append(.init(identity: identity), due: now + ProtocolConstants.earlyRetransmissionDelays[0])
  }

  /// Sends the answer to an LSA of our own once more when MinLSArrival is over. Whoever got that LSA by flooding, from a router that was
  /// cut off and came back with it, has it no longer than we, and discards an answer that comes at once (section 13 step 5a).
  func retransmitAnswer(_ identity: LSAIdentity, at now: Instant) {
    answerRetransmissions.appendOnce(
      identity, due: now + configuration.pacing.minLSArrival + ProtocolConstants.earlyRetransmissionDelays[0])
  }

  /// Sends what is due to each neighbor that has not acknowledged it, and to nobody else.
  func retransmitDueEarly(at now: Instant) {
    var budget = ProtocolConstants.earlyRetransmissionBurst
    var repeated: [NeighborReference: ListedLSAs] = [:]
    while budget > 0, let retransmissions = earlyRetransmissions.popDue(at: now) ?? answerRetransmissions.popDue(at: now) {
      for retransmission in retransmissions.prefix(budget) {
        retransmitToSilentNeighbors(retransmission, &repeated, at: now)
      }
      earlyRetransmissions.postpone(Array(retransmissions.dropFirst(budget)), to: now + ProtocolConstants.retransmissionPause)
      budget -= retransmissions.count
    }
    let neighbors = repeated.sorted { ($0.key.interface.name, $0.key.address) < ($1.key.interface.name, $1.key.address) }
    for (neighbor, lsas) in neighbors { sink.append(.note(.updatesRetransmitted(neighbor, lsas, isEarly: true))) }
  }

  private func retransmitToSilentNeighbors(
    _ retransmission: EarlyRetransmissions.Retransmission, _ repeated: inout [NeighborReference: ListedLSAs], at now: Instant
  ) {
    let identity = retransmission.identity
    guard let database = database(of: identity.scope), let slot = database.slot(of: identity.key),
      database[slot].retransmissions > 0
    else { return }
    for interface in interfaces where self.database(for: identity.key.lsType, on: interface) === database {
      for neighbor in interface.neighbors where neighbor.awaitsAcknowledgment(of: identity.key) {
        enqueue(slot, of: database, to: neighbor, at: now)
        repeated[neighbor.reference, default: ListedLSAs()].append(identity.key)
      }
    }
    let next = retransmission.round + 1
    guard next < ProtocolConstants.earlyRetransmissionDelays.count, isAwaitedWithdrawal(identity) else { return }
    earlyRetransmissions.append(
      .init(identity: identity, round: next), due: now + ProtocolConstants.earlyRetransmissionDelays[next])
  }

  /// Whether somebody waits for the acknowledgment of a withdrawal that the LSA says.
  func isAwaitedWithdrawal(_ identity: LSAIdentity) -> Bool {
    (origination.waiting[identity] ?? []).contains { origination.pendingChanges[$0]?.isAnnouncement == false }
  }
}
