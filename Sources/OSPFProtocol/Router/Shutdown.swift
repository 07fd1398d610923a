import OSPFWire

/// Leaving: everything of our own is flushed, and the neighbors are told.
struct Shutdown {
  /// Nothing is flushed, because the router will be back.
  var isRestart = false
  /// When to leave even without all acknowledgments.
  var deadline: Instant?
  /// Nothing is left to be done.
  var isDone = false
}

extension Router {
  /// Flushes everything self-originated, waits at most `timeout` for the acknowledgments, says goodbye with a Hello that lists
  /// no neighbor, and reports `.departed`. Nothing is sent afterwards.
  public func shutDown(at now: Instant, timeout: Duration) {
    guard shutdown == nil else { return }
    turn(at: now) {
      setAdvertisements([])
      shutdown = Shutdown(deadline: now + timeout)
    }
  }

  /// Leaves when every neighbor has acknowledged that our LSAs are gone.
  func finishShutdownIfAcknowledged(at now: Instant) {
    guard let shutdown, !shutdown.isDone else { return }
    if shutdown.isRestart {
      if areGraceLSAsAcknowledged { finishShutdown(acknowledged: true, at: now) }
      return
    }
    let isFlushed = origination.records.allSatisfy { identity, record in
      guard record.current == nil, !record.isWrapping, let database = database(of: identity.scope),
        let slot = database.slot(of: identity.key)
      else { return record.current == nil && !record.isWrapping }
      return database[slot].retransmissions == 0
    }
    if isFlushed, areGraceLSAsAcknowledged { finishShutdown(acknowledged: true, at: now) }
  }

  /// The time is up: what waits for its pacing is flushed now, unacknowledged.
  func finishShutdownIfOverdue(at now: Instant) {
    guard let shutdown, !shutdown.isDone, shutdown.deadline.isDue(at: now) else { return }
    if !shutdown.isRestart {
      for (identity, record) in origination.records where record.current != nil { act(on: identity, at: now) }
    }
    finishShutdown(acknowledged: false, at: now)
  }

  private func finishShutdown(acknowledged: Bool, at now: Instant) {
    let isRestart = shutdown?.isRestart == true
    shutdown = Shutdown(isRestart: isRestart, deadline: nil, isDone: true)
    transmitPending(at: now)
    for interface in interfaces {
      if interface.activity?.acknowledgmentTimer != nil { sendDelayedAcknowledgments(on: interface) }
      if !isRestart { sendGoodbye(on: interface, at: now) }
      process(.interfaceDown, on: interface, at: now)
    }
    sink.report(isRestart ? .gracefulRestart(.prepared(acknowledged: acknowledged)) : .departed(acknowledged: acknowledged))
  }
}
