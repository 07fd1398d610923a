import OSPFWire

/// LSAs that are to be sent once more, turn by turn in the order of their time.
struct EarlyRetransmissions {
  private var batches: [(due: Instant, identities: [LSAIdentity])] = []

  /// When the first ones are due.
  var due: Instant? { batches.first?.due }

  mutating func append(_ identity: LSAIdentity, due: Instant) {
    if batches.last?.due == due {
      batches[batches.count - 1].identities.append(identity)
    } else {
      batches.append((due, [identity]))
    }
  }

  mutating func popDue(at now: Instant) -> [LSAIdentity]? {
    guard let due, due <= now else { return nil }
    return batches.removeFirst().identities
  }

  /// Puts back what was too much for one go.
  mutating func postpone(_ identities: [LSAIdentity], to due: Instant) {
    guard !identities.isEmpty else { return }
    batches.insert((due, identities), at: batches.firstIndex { $0.due > due } ?? batches.endIndex)
  }
}

/// A router may delay its acknowledgment: FRR does so for a second in OSPFv2 and for three in OSPFv3. To a duplicate it answers at once
/// (RFC 2328 section 13.5, table 19). So what says that a prefix is gone is sent once more, long before RxmtInterval, and whoever waits
/// for the acknowledgment (a linger, a shutdown) waits no longer than that.
extension Router {
  /// Sends the database copy of an LSA once more in a moment.
  func retransmitEarly(_ identity: LSAIdentity, at now: Instant) {
    earlyRetransmissions.append(identity, due: now + ProtocolConstants.earlyRetransmissionDelay)
  }

  /// Sends what is due to each neighbor that has not acknowledged it, and to nobody else.
  func retransmitDueEarly(at now: Instant) {
    var budget = ProtocolConstants.earlyRetransmissionBurst
    while budget > 0, let identities = earlyRetransmissions.popDue(at: now) {
      for identity in identities.prefix(budget) { retransmitToSilentNeighbors(identity, at: now) }
      earlyRetransmissions.postpone(Array(identities.dropFirst(budget)), to: now + ProtocolConstants.retransmissionPause)
      budget -= identities.count
    }
  }

  private func retransmitToSilentNeighbors(_ identity: LSAIdentity, at now: Instant) {
    guard let database = database(of: identity.scope), let slot = database.slot(of: identity.key),
      database[slot].retransmissions > 0
    else { return }
    for interface in interfaces where self.database(for: identity.key.lsType, on: interface) === database {
      for neighbor in interface.neighbors where neighbor.awaitsAcknowledgment(of: identity.key) {
        enqueue(slot, of: database, to: neighbor, at: now)
      }
    }
  }

  /// Whether somebody waits for the acknowledgment of a withdrawal that the LSA says.
  func isAwaitedWithdrawal(_ identity: LSAIdentity) -> Bool {
    (origination.waiting[identity] ?? []).contains { origination.pendingChanges[$0]?.isAnnouncement == false }
  }
}
