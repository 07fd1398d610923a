import OSPFWire

/// RFC 2328 section 10.3: the neighbor state machine.
extension Router {
  func process(_ event: NeighborEvent, of neighbor: Neighbor, at now: Instant) {
    if isExpectedOfHelped(event, neighbor, at: now) { return }
    switch (neighbor.state, event) {
    case (.down, .start):
      enter(.attempt, neighbor, event, at: now)
      startInactivityTimer(of: neighbor, at: now)
      neighbor.pollTimer = nil
      sendHello(to: neighbor, at: now)

    case (.down, .helloReceived), (.attempt, .helloReceived):
      startInactivityTimer(of: neighbor, at: now)
      neighbor.pollTimer = nil
      enter(.`init`, neighbor, event, at: now)

    case (.`init`, .helloReceived), (.twoWay, .helloReceived), (.exStart, .helloReceived), (.exchange, .helloReceived),
      (.loading, .helloReceived), (.full, .helloReceived):
      startInactivityTimer(of: neighbor, at: now)

    case (.`init`, .twoWayReceived):
      guard !awaitsBFDSession(neighbor) else { return }
      neighbor.interface.activity?.neighborChangePending = true
      if shouldBeAdjacent(to: neighbor) {
        startExchange(with: neighbor, event, at: now)
      } else {
        enter(.twoWay, neighbor, event, at: now)
      }

    case (.exStart, .negotiationDone):
      enter(.exchange, neighbor, event, at: now)
      gatherSummary(for: neighbor, at: now)

    case (.exchange, .exchangeDone):
      enter(neighbor.exchange?.requests.isEmpty == false ? .loading : .full, neighbor, event, at: now)

    case (.loading, .loadingDone):
      enter(.full, neighbor, event, at: now)

    case (.twoWay, .adjOK):
      if shouldBeAdjacent(to: neighbor) { startExchange(with: neighbor, event, at: now) }

    case (.exStart, .adjOK), (.exchange, .adjOK), (.loading, .adjOK), (.full, .adjOK):
      guard !shouldBeAdjacent(to: neighbor) else { return }
      endExchange(with: neighbor)
      enter(.twoWay, neighbor, event, at: now)

    case (.exchange, .seqNumberMismatch), (.loading, .seqNumberMismatch), (.full, .seqNumberMismatch),
      (.exchange, .badLSReq), (.loading, .badLSReq), (.full, .badLSReq):
      startExchange(with: neighbor, event, at: now)

    case (.twoWay, .oneWayReceived), (.exStart, .oneWayReceived), (.exchange, .oneWayReceived),
      (.loading, .oneWayReceived), (.full, .oneWayReceived):
      endExchange(with: neighbor)
      enter(.`init`, neighbor, event, at: now)
      neighbor.interface.activity?.neighborChangePending = true

    case (_, .killNbr), (_, .llDown), (_, .inactivityTimer), (_, .bfdSessionDown):
      takeDown(neighbor, event, at: now)

    // Already as the event says.
    case (.`init`, .oneWayReceived), (.twoWay, .twoWayReceived), (.exStart, .twoWayReceived),
      (.exchange, .twoWayReceived), (.loading, .twoWayReceived), (.full, .twoWayReceived):
      break

    // Not in the table: nothing happens.
    case (.down, .twoWayReceived), (.down, .negotiationDone), (.down, .exchangeDone), (.down, .badLSReq),
      (.down, .loadingDone), (.down, .adjOK), (.down, .seqNumberMismatch), (.down, .oneWayReceived),
      (.attempt, .start), (.attempt, .twoWayReceived), (.attempt, .negotiationDone), (.attempt, .exchangeDone),
      (.attempt, .badLSReq), (.attempt, .loadingDone), (.attempt, .adjOK), (.attempt, .seqNumberMismatch),
      (.attempt, .oneWayReceived),
      (.`init`, .start), (.`init`, .negotiationDone), (.`init`, .exchangeDone), (.`init`, .badLSReq),
      (.`init`, .loadingDone), (.`init`, .adjOK), (.`init`, .seqNumberMismatch),
      (.twoWay, .start), (.twoWay, .negotiationDone), (.twoWay, .exchangeDone), (.twoWay, .badLSReq),
      (.twoWay, .loadingDone), (.twoWay, .seqNumberMismatch),
      (.exStart, .start), (.exStart, .exchangeDone), (.exStart, .badLSReq), (.exStart, .loadingDone),
      (.exStart, .seqNumberMismatch),
      (.exchange, .start), (.exchange, .negotiationDone), (.exchange, .loadingDone),
      (.loading, .start), (.loading, .negotiationDone), (.loading, .exchangeDone),
      (.full, .start), (.full, .negotiationDone), (.full, .exchangeDone), (.full, .loadingDone):
      break
    }
  }

  /// Section 10.4: whether to become adjacent.
  private func shouldBeAdjacent(to neighbor: Neighbor) -> Bool {
    let interface = neighbor.interface
    guard interface.electsDesignatedRouter else { return true }
    if interface.state == .dr || interface.state == .backup { return true }
    let identity = rules.identity(of: neighbor)
    guard identity != .none else { return false }
    return identity == interface.designatedRouter || identity == interface.backupDesignatedRouter
  }

  /// State ExStart, from the beginning or once more: a new DD sequence number, and a claim to be master.
  func startExchange(with neighbor: Neighbor, _ event: NeighborEvent, at now: Instant) {
    endExchange(with: neighbor)
    neighbor.exchange = Exchange()
    enter(.exStart, neighbor, event, at: now)
    neighbor.ddSequenceNumber &+= 1
    sendDescription(to: neighbor, flags: [.initialize, .more, .master], headers: [], at: now)
  }

  /// Everything that belongs to an adjacency is forgotten.
  private func endExchange(with neighbor: Neighbor) {
    guard let exchange = neighbor.exchange else { return }
    for key in exchange.retransmissions.keys.reversed() { removeRetransmission(of: key, to: neighbor) }
    neighbor.formerFirstSequenceNumber = exchange.firstSequenceNumber ?? neighbor.formerFirstSequenceNumber
    neighbor.exchange = nil
  }

  private func takeDown(_ neighbor: Neighbor, _ event: NeighborEvent, at now: Instant) {
    endHelp(neighbor, .neighborGone, at: now)
    endExchange(with: neighbor)
    neighbor.inactivityTimer = nil
    neighbor.hearsUs = false
    neighbor.sequenceNumbers = ReceivedSequenceNumbers()
    let interface = neighbor.interface
    if neighbor.state >= .twoWay { interface.activity?.neighborChangePending = true }
    enter(.down, neighbor, event, at: now)
    let mayComeBack = event == .inactivityTimer || event == .bfdSessionDown
    guard neighbor.isConfigured, interface.isActive, mayComeBack else {
      interface.neighbors.removeAll { $0 === neighbor && !neighbor.isConfigured }
      return
    }
    // A configured neighbor that is dead is polled, more slowly (section 9.5.1).
    neighbor.pollTimer = now + interface.settings.pollInterval
  }

  private func startInactivityTimer(of neighbor: Neighbor, at now: Instant) {
    neighbor.inactivityTimer = now + neighbor.interface.settings.routerDeadInterval
  }

  private func enter(_ state: NeighborState, _ neighbor: Neighbor, _ event: NeighborEvent, at now: Instant) {
    let former = neighbor.state
    guard state != former else { return }
    neighbor.state = state
    neighbor.stateSince = now
    neighbor.stateChangeCount += 1
    if former.isExchanging { exchangingNeighborCount -= 1 }
    if state.isExchanging { exchangingNeighborCount += 1 }
    if former == .full || state == .full { origination.isDirty = true }
    neighbor.linkBackTimer = state == .full ? now + ProtocolConstants.linkBackPatience : nil
    if former == .full, neighbor.help == nil { neighbor.interface.history.noteLoss(of: neighbor.reference, event, at: now) }
    sink.report(.neighborStateChanged(neighbor: neighbor.reference, from: former, to: state, cause: event))
  }
}

extension NeighborState {
  /// Exchange or Loading: the states that keep MaxAge LSAs in the database (section 14).
  var isExchanging: Bool { self == .exchange || self == .loading }
}
