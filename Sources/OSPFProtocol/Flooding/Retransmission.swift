import OSPFWire

/// RFC 2328 section 13.6: retransmitting LSAs.
extension Router {
  /// Puts an LSA that is being sent on a neighbor's retransmission list.
  func addRetransmission(
    of key: LSAKey, _ slot: Int, of database: LinkStateDatabase, to neighbor: Neighbor, at now: Instant
  ) {
    guard neighbor.retransmissions.count < configuration.limits.retransmissionListLength else {
      return sink.report(.limitReached(.retransmissionList, interface: neighbor.interface.reference))
    }
    if neighbor.retransmissions.updateValue(now, forKey: key) == nil {
      database.addRetransmission(slot)
    }
    if neighbor.retransmissionTimer == nil {
      neighbor.retransmissionTimer = now + retransmissionInterval(of: neighbor.interface)
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
    guard let position = neighbor.retransmissions.index(forKey: key) else { return }
    neighbor.retransmissions.swapAt(position, neighbor.retransmissions.count - 1)
    neighbor.retransmissions.removeLast()
    if neighbor.retransmissions.isEmpty { neighbor.retransmissionTimer = nil }
    guard let database = database(for: key.lsType, on: neighbor.interface), let slot = database.slot(of: key) else { return }
    guard database.removeRetransmissions(slot, 1), isSelfOriginated(key) || database.isStoredAtMaxAge(slot) else { return }
    everybodyHas(LSAIdentity(scope: database.scope, key: key))
  }

  /// Takes an LSA off every retransmission list, because a newer instance takes its place.
  func removeRetransmissions(of key: LSAKey, from database: LinkStateDatabase) {
    guard let slot = database.slot(of: key), database[slot].retransmissions > 0 else { return }
    for interface in interfaces {
      for neighbor in interface.neighbors {
        guard let position = neighbor.retransmissions.index(forKey: key),
          self.database(for: key.lsType, on: interface) === database
        else { continue }
        neighbor.retransmissions.swapAt(position, neighbor.retransmissions.count - 1)
        neighbor.retransmissions.removeLast()
      }
    }
    _ = database.removeRetransmissions(slot, .max)
  }

  /// Sends again what has waited for RxmtInterval, to this neighbor alone.
  func retransmit(to neighbor: Neighbor, at now: Instant) {
    neighbor.retransmissionTimer = nil
    guard neighbor.state >= .exchange else { return }
    let interval = neighbor.interface.settings.rxmtInterval
    var budget = ProtocolConstants.retransmissionBurst * neighbor.interface.packetCapacity
    let pause = retransmissionInterval(of: neighbor.interface)
    var next: Instant?
    for position in neighbor.retransmissions.values.indices {
      let due = neighbor.retransmissions.values[position] + interval
      guard due <= now else {
        next = next.map { min($0, due) } ?? due
        continue
      }
      guard budget > 0 else {
        next = now + ProtocolConstants.retransmissionPause
        break
      }
      let key = neighbor.retransmissions.keys[position]
      guard let database = database(for: key.lsType, on: neighbor.interface), let slot = database.slot(of: key) else { continue }
      neighbor.retransmissions.values[position] = now
      budget -= database[slot].bytes.count
      enqueue(slot, of: database, to: neighbor, at: now)
      next = next.map { min($0, now + pause) } ?? now + pause
    }
    neighbor.retransmissionTimer = next
  }
}
