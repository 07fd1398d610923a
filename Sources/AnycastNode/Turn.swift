import AnycastPolicy
import OSPFProtocol
import OSPFWire

/// How a turn comes to its end: what the services want goes to the routers, what the routers have learned goes to the services, until
/// neither has anything more to say.
extension AnycastNode {
  /// How often that goes back and forth in one turn; what is left then is done by the next, at once.
  private static let roundsPerTurn = 16

  /// Ends a turn. All inputs do it themselves, except `receive`.
  public func finishTurn(at now: Instant) {
    guard state != .ended else { return }
    unfinishedTurn = now
    for _ in 0..<Self.roundsPerTurn {
      let hadPolicyOutputs = deliverPolicyOutputs(at: now)
      let hadRouterOutputs = deliverRouterOutputs(at: now)
      let hadDepartures = dropDeparted(at: now)
      let hasCounted = countOtherNodes(at: now)
      let hasCoordinated = coordinateDrains(at: now)
      if let deadline = policy.nextDeadline, deadline <= now {
        policy.advance(to: now)
      } else if !hadPolicyOutputs, !hadRouterOutputs, !hadDepartures, !hasCounted, !hasCoordinated {
        unfinishedTurn = nil
        break
      }
    }
    leaveIfServedElsewhere(at: now)
    askForSockets(atLeast: [:])
    askForSessions()
    askForCounters()
    // Where there is nothing to speak through, there is nothing to wait for.
    if state != .leaving, state != .restarting, !links.isEmpty, sockets.current.isEmpty { gate.canSpeak = true }
    gate.release(into: sink)
    reportMemoryChange()
    endIfLeft(at: now)
    restartIfPrepared(at: now)
  }

  /// Asks for the sockets that the instances need now, and for those of `former`.
  func askForSockets(atLeast former: [SocketID: Set<IPAddress>]) {
    var wanted = former
    for instance in instances { wanted.merge(instance.sockets) { first, second in first.union(second) } }
    guard let (set, request) = sockets.request(wanted) else { return }
    sink.append(.holdSockets(set, request: request))
  }

  // MARK: - From the services

  /// Delivers what the policy wants. Returns whether there was anything.
  private func deliverPolicyOutputs(at now: Instant) -> Bool {
    let outputs = policy.sink.drain()
    for output in outputs {
      switch output {
      case .advertise(let advertisements): advertise(advertisements, at: now)
      case .holdAddresses(let set, let request): gate.hold(set, request)
      case .holdRoutes(let set, let request): gate.hold(set, request)
      case .runChecks(let assignments): gate.run(assignments)
      case .drainsChanged: sink.append(.storeDrains(policy.storedDrains(at: now)))
      case .event(let event):
        if event.isToBeRemembered { noteMemoryChange() }
        sink.report(.policy(event))
      case .runCommand(let change): sink.append(.runCommand(change))
      case .finished: isPolicyFinished = true
      }
    }
    return !outputs.isEmpty
  }

  private func advertise(_ advertisements: [Advertisement], at now: Instant) {
    let remaining = Set(advertisements.map(\.prefix))
    let withdrawn = self.advertisements.map(\.prefix).filter { !remaining.contains($0) }
    self.advertisements = advertisements
    for instance in instances where !instance.isLeaving { advertise(through: instance, at: now) }
    // What no instance has to withdraw nobody has a route to.
    for prefix in withdrawn { noteWithdrawal(of: prefix, at: now) }
  }

  /// Whether a withdrawal is acknowledged: the one place that knows. Several instances may carry a prefix; the last one counts.
  ///
  /// What was advertised before a graceful restart is withdrawn by an instance that may have to begin first.
  private func noteWithdrawal(of prefix: IPPrefix, at now: Instant) {
    guard !instances.contains(where: { $0.router.isWithdrawing(prefix) }), restart?.memory.instances.isEmpty ?? true else {
      return
    }
    policy.withdrawalAcknowledged(prefix, at: now)
  }

  /// Whether an announcement is acknowledged by the neighbors of every instance that carries the prefix.
  private func noteAnnouncement(of prefix: IPPrefix, at now: Instant) {
    guard !instances.contains(where: { $0.router.isAnnouncing(prefix) }) else { return }
    policy.advertisementAcknowledged(prefix, at: now)
  }

  // MARK: - From the routers

  /// Delivers what the routers want. Returns whether there was anything.
  func deliverRouterOutputs(at now: Instant) -> Bool {
    var hadOutputs = false
    for instance in instances {
      for output in instance.drain() {
        hadOutputs = true
        deliver(output, of: instance, at: now)
      }
    }
    return hadOutputs
  }

  private func deliver(_ output: Output, of instance: NodeInstance, at now: Instant) {
    switch output {
    case .transmit(let transmission): sink.append(.transmit(transmission, instance.kind))
    case .joinGroup(let index, let group): instance.changeGroup(group, on: index, isMember: true)
    case .leaveGroup(let index, let group): instance.changeGroup(group, on: index, isMember: false)
    case .reserveSequenceNumbers(let end):
      reservedSequenceNumbers[instance.kind] = end
      sink.append(.reserveSequenceNumbers(instance.kind, before: end, isNewRun: false))
    case .event(let event): deliver(event, of: instance, at: now)
    case .note(let note): sink.append(.record(.noted(instance.kind, note)))
    }
  }

  private func deliver(_ event: OSPFProtocol.Event, of instance: NodeInstance, at now: Instant) {
    var device: String?
    switch event {
    case .packetRefused(_, _, _, .interfaceNotActive) where instance.isLeaving: return
    case .packetRefused(nil, let index, _, _): device = deviceName(index)
    case .withdrawalAcknowledged(let prefix): noteWithdrawal(of: prefix, at: now)
    case .advertisementAcknowledged(let prefix): noteAnnouncement(of: prefix, at: now)
    case .departed, .gracefulRestart(.prepared): instance.hasDeparted = true
    case .gracefulRestart(.ended(let outcome)): instance.restart = .ended(outcome, at: now)
    default: break
    }
    if event.isToBeRemembered { noteMemoryChange() }
    sink.report(.router(instance.kind, event, device: device))
  }
}
