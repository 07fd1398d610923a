import OSPFWire

/// Leaving: everything of our own is flushed, and the neighbors are told.
struct Departure {
  /// Nothing is flushed, because the router will be back.
  var isRestart = false
  /// When to leave even without all acknowledgments.
  var deadline: Instant?
  /// Nothing is left to be done.
  var isDone = false
}

extension Router {
  /// Flushes everything self-originated, waits at most `patience` for the acknowledgments, says goodbye with a Hello that lists
  /// no neighbor, and reports `.departed`. Nothing is sent afterwards.
  public func shutDown(at now: Instant, patience: Duration) {
    guard departure == nil else { return }
    turn(at: now) {
      setAdvertisements([])
      departure = Departure(deadline: now + patience)
    }
  }

  /// Leaves when every neighbor has acknowledged that our LSAs are gone.
  func departIfAcknowledged(at now: Instant) {
    guard let departure, !departure.isDone else { return }
    if departure.isRestart {
      if hasAnnouncedRestart { depart(acknowledged: true, at: now) }
      return
    }
    let isFlushed = origination.records.allSatisfy { identity, record in
      guard record.current == nil, !record.isWrapping, let database = database(of: identity.scope),
        let slot = database.slot(of: identity.key)
      else { return record.current == nil && !record.isWrapping }
      return database[slot].retransmissions == 0
    }
    if isFlushed { depart(acknowledged: true, at: now) }
  }

  /// Patience is over: what waits for its pacing is flushed now, unacknowledged.
  func departIfOverdue(at now: Instant) {
    guard let departure, !departure.isDone, departure.deadline.isDue(at: now) else { return }
    if !departure.isRestart {
      for (identity, record) in origination.records where record.current != nil { act(on: identity, at: now) }
    }
    depart(acknowledged: false, at: now)
  }

  private func depart(acknowledged: Bool, at now: Instant) {
    let isRestart = departure?.isRestart == true
    departure = Departure(isRestart: isRestart, deadline: nil, isDone: true)
    transmitPending(at: now)
    for interface in interfaces {
      if interface.activity?.acknowledgmentTimer != nil { sendDelayedAcknowledgments(on: interface) }
      if !isRestart { sendGoodbye(on: interface, at: now) }
      process(.interfaceDown, on: interface, at: now)
    }
    sink.report(isRestart ? .gracefulRestart(.prepared(acknowledged: acknowledged)) : .departed(acknowledged: acknowledged))
  }
}
