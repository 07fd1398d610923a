import OSPFWire

/// What the helper of a restarting neighbor remembers.
struct Help {
  /// When the grace period ends.
  var until: Instant
}

/// RFC 3623 section 3, RFC 5187: helping a neighbor to restart. While it is helped, a neighbor goes through the state machine as any
/// other, but our LSAs go on saying that it is Full, and it stays Designated Router if it was.
extension Router {
  /// A grace-LSA was installed, at MaxAge where its originator has finished.
  func noteGraceLSA(_ header: LSAHeader, _ slot: Int, of database: LinkStateDatabase, at now: Instant) {
    guard rules.isGraceLSA(header.key),
      let interface = interfaces.first(where: { $0.database === database }),
      let lsa = database.withLSA(slot, { try? GraceLSA.decode($0.extracting(droppingFirst: LSAHeader.size)) }),
      let neighbor = originator(of: lsa, header.key.advertisingRouter, on: interface)
    else { return }
    if header.isMaxAge { return endHelp(neighbor, .completed, at: now) }
    if let refusal = refusal(lsa, header, neighbor) {
      endHelp(neighbor, .refused, at: now)
      return sink.report(.gracefulRestart(.helpRefused(neighbor.reference, refusal)))
    }
    let period = Duration.seconds(Int64(lsa.gracePeriod) - Int64(header.lsAge))
    let isNew = neighbor.help == nil
    neighbor.help = Help(until: now + period)
    lastHelpEnds = max(lastHelpEnds ?? now, now + period)
    if isNew { sink.report(.gracefulRestart(.helping(neighbor.reference, gracePeriod: period, reason: lsa.reason))) }
  }

  private func originator(of lsa: GraceLSA, _ routerID: RouterID, on interface: Interface) -> Neighbor? {
    interface.neighbors.first {
      guard $0.routerID == routerID else { return false }
      guard rules.knowsNeighborsByAddress(on: interface), let address = lsa.interfaceAddress else { return true }
      return $0.address == .v4(address)
    }
  }

  /// Section 3.1: the conditions for entering helper mode. A neighbor that is helped already may ask for more time.
  private func refusal(_ lsa: GraceLSA, _ header: LSAHeader, _ neighbor: Neighbor) -> GracefulRestartEvent.HelpRefusal? {
    let policy = configuration.gracefulRestart
    if !policy.helps(neighbor.routerID) { return .notConfigured }
    if policy.helpsOnlyPlanned, !lsa.reason.isPlanned { return .notPlanned }
    if restoring != nil { return .restarting }
    if Int64(header.lsAge) >= Int64(lsa.gracePeriod) { return .expired }
    if .seconds(Int64(lsa.gracePeriod)) > policy.longestGracePeriod { return .tooLong }
    if neighbor.help != nil { return nil }
    if neighbor.state != .full { return .notAdjacent }
    // An LSA that is only refreshed counts as a change: what it said before is not known any more.
    let hasChanges = neighbor.exchange?.retransmissions.keys.contains { rules.isTopology($0.lsType) } ?? false
    return hasChanges && policy.hasStrictLSAChecking ? .changesUnderWay : nil
  }

  /// Section 3.2: from now on the neighbor is advertised as what it is.
  func endHelp(_ neighbor: Neighbor, _ outcome: GracefulRestartEvent.HelpOutcome, at now: Instant) {
    guard neighbor.help != nil else { return }
    neighbor.help = nil
    origination.isDirty = true
    neighbor.interface.activity?.neighborChangePending = true
    sink.report(.gracefulRestart(.helpEnded(neighbor.reference, outcome)))
  }

  /// Section 3.2 (3): what an LSA says has changed, and a neighbor that is in the middle of its restart cannot know.
  func noteTopologyChange(_ key: LSAKey, in database: LinkStateDatabase, at now: Instant) {
    databaseGeneration &+= 1
    guard let lastHelpEnds, now <= lastHelpEnds, configuration.gracefulRestart.hasStrictLSAChecking, rules.isTopology(key.lsType)
    else { return }
    for interface in interfaces {
      for neighbor in interface.neighbors where neighbor.help != nil && neighbor.routerID != key.advertisingRouter {
        guard self.database(for: key.lsType, on: interface) === database, rules.isAllowed(key.lsType, in: interface.area.kind)
        else { continue }
        endHelp(neighbor, .topologyChanged, at: now)
      }
    }
  }

  /// Whether the instance in a slot says something else than another one, refreshes apart.
  func differs(_ lsa: RawSpan, from slot: Int?, of database: LinkStateDatabase) -> Bool {
    guard let slot, !database.isStoredAtMaxAge(slot) else { return true }
    if lsa.uint16(at: 0) >= ProtocolConstants.maxAge { return true }
    return database.withLSA(slot) { $0.uint8(at: 2) != lsa.uint8(at: 2) || !$0.isEqual(to: lsa, from: LSAHeader.size) }
  }

  /// Whether an event of a neighbor that is helped means nothing: its silence is what it has announced.
  func isExpectedOfHelped(_ event: NeighborEvent, _ neighbor: Neighbor, at now: Instant) -> Bool {
    guard let help = neighbor.help else { return false }
    switch event {
    case .inactivityTimer:
      neighbor.inactivityTimer = max(help.until, now + .milliseconds(1))
      return true
    // RFC 5882 section 4.3.2: a session that shares fate with the control plane goes down with it.
    case .bfdSessionDown: return true
    case .helloReceived, .start, .twoWayReceived, .negotiationDone, .exchangeDone, .badLSReq, .loadingDone, .adjOK,
      .seqNumberMismatch, .oneWayReceived, .killNbr, .llDown:
      return false
    }
  }

  /// Section 3.2: a Designated Router or Backup that restarts stays it.
  func holdsElection(on interface: Interface) -> Bool {
    interface.neighbors.contains {
      let identity = rules.identity(of: $0)
      return $0.help != nil && (identity == interface.designatedRouter || identity == interface.backupDesignatedRouter)
    }
  }
}

extension GraceLSA.Reason {
  /// Whether the restart was known before it began (RFC 3623 section 5).
  fileprivate var isPlanned: Bool {
    switch self {
    case .softwareRestart, .softwareReload: true
    case .unknown, .switchover: false
    }
  }
}

extension Interface {
  /// The neighbors that our LSAs say we are fully adjacent with: those in state Full, and those that are helped to restart.
  var advertisedNeighbors: [Neighbor] { neighbors.filter { $0.state == .full || $0.help != nil } }
}
