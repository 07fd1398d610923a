import OSPFWire

/// RFC 2328 section 13.6: retransmitting LSAs.
extension Router {
  /// Puts an LSA that is being sent on a neighbor's retransmission list.
  func addRetransmission(
    of key: LSAKey, _ slot: Int, of database: LinkStateDatabase, to neighbor: Neighbor, at now: Instant
  ) {
    guard let exchange = neighbor.exchange else { return }
    guard exchange.retransmissions.count < configuration.limits.retransmissionListLength else {
      return sink.report(.limitReached(.retransmissionList, interface: neighbor.interface.reference))
    }
    exchange.retransmissions.add(key, slot, of: database, at: now)
    if exchange.retransmissionTimer == nil {
      exchange.retransmissionTimer = now + retransmissionInterval(of: neighbor.interface)
    }
  }

  /// RxmtInterval and a little more, so that routers that have begun together do not go on together: on a network where all
  /// retransmissions cross in the same instant an LSA that is being flushed can go round without end.
  private func retransmissionInterval(of interface: Interface) -> Duration {
    let interval = interface.settings.rxmtInterval
    return interval + .nanoseconds(Int64.random(in: 0...interval.nanoseconds / 50, using: &random))
  }

  /// Takes an LSA off a neighbor's retransmission list.
  func removeRetransmission(of key: LSAKey, to neighbor: Neighbor) {
    guard let exchange = neighbor.exchange else { return }
    let database = database(for: key.lsType, on: neighbor.interface)
    let isLast = exchange.retransmissions.remove(key, from: database)
    if exchange.retransmissions.isEmpty { exchange.retransmissionTimer = nil }
    guard isLast, let database, let slot = database.slot(of: key) else { return }
    guard isSelfOriginated(key) || database.isStoredAtMaxAge(slot) else { return }
    noteAcknowledged(LSAIdentity(scope: database.scope, key: key))
  }

  /// Takes an LSA off every retransmission list, because a newer instance takes its place.
  func removeRetransmissions(of key: LSAKey, from database: LinkStateDatabase) {
    guard let slot = database.slot(of: key), database[slot].retransmissions > 0 else { return }
    for interface in interfaces where self.database(for: key.lsType, on: interface) === database {
      for neighbor in interface.neighbors { _ = neighbor.exchange?.retransmissions.remove(key, from: database) }
    }
  }

  /// Sends again what has waited for RxmtInterval, to this neighbor alone.
  func retransmit(to neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    exchange.retransmissionTimer = nil
    guard neighbor.state >= .exchange else { return }
    let interval = neighbor.interface.settings.rxmtInterval
    var budget = ProtocolConstants.retransmissionBurst * neighbor.interface.packetCapacity
    let pause = retransmissionInterval(of: neighbor.interface)
    var next: Instant?
    var repeated = ListedLSAs()
    for place in exchange.retransmissions.places {
      let (key, sent) = exchange.retransmissions[place]
      let due = sent + interval
      guard due <= now else {
        next = next.map { min($0, due) } ?? due
        continue
      }
      guard budget > 0 else {
        next = now + ProtocolConstants.retransmissionPause
        break
      }
      guard let database = database(for: key.lsType, on: neighbor.interface), let slot = database.slot(of: key) else { continue }
      exchange.retransmissions.noteSent(place, at: now)
      budget -= database.length(slot)
      enqueue(slot, of: database, to: neighbor, at: now)
      repeated.append(key)
      next = next.map { min($0, now + pause) } ?? now + pause
    }
    exchange.retransmissionTimer = next
    if repeated.count > 0 { sink.append(.note(.updatesRetransmitted(neighbor.reference, repeated, isEarly: false))) }
  }
}
