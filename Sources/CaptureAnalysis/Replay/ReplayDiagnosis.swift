import OSPFProtocol
import OSPFWire

/// What a replay says about the played router and one other router.
public struct ReplayVerdict: Sendable {
  /// The other router.
  public let router: RecordedRouter
  /// The state that the engine reached with it, at the end.
  public let state: NeighborState
  /// The highest state that the engine reached with it.
  public let highestState: NeighborState
  /// The state that the recorded router reached with it, at the end of the recording.
  public let recordedState: NeighborState
  /// Why the adjacency is not Full, in sentences; empty when it is.
  public let reasons: [String]
  /// When it was Full and was lost, and why.
  public let losses: [AdjacencyLoss]
  /// What the node has noted to have sent it again because no answer had come.
  public let sentAgain: [Repetition]

  /// Packets of one type that were sent again.
  public struct Repetition: Sendable {
    public let packetType: PacketType
    public let count: Int
    /// The last time, counted from the recording's first packet.
    public let last: Duration
  }
}

/// Why adjacencies fail.
extension Replay {
  /// The verdict about each other router.
  public var verdicts: [ReplayVerdict] {
    others.map { router in
      let changes = events.compactMap { event -> NeighborState? in
        guard case .neighborStateChanged(let neighbor, _, let to, _) = event.event, isReference(neighbor, to: router) else {
          return nil
        }
        return to
      }
      let state = neighbor(router)?.state ?? .down
      return ReplayVerdict(
        router: router, state: state, highestState: changes.max() ?? .down,
        recordedState: recordedStates(of: router).state, reasons: state == .full ? [] : reasons(for: router, state),
        losses: losses(of: router), sentAgain: repetitions(to: router))
    }
  }

  private func repetitions(to router: RecordedRouter) -> [ReplayVerdict.Repetition] {
    var times: [PacketType: [Duration]] = [:]
    for note in recording.notes.all where note.time >= start {
      guard case .noted(instance, let repeated) = note.fact else { continue }
      switch repeated {
      case .descriptionRetransmitted(let neighbor, _) where router.isMeant(by: neighbor):
        times[.databaseDescription, default: []].append(note.time - start)
      case .requestsRetransmitted(let neighbor, _) where router.isMeant(by: neighbor):
        times[.linkStateRequest, default: []].append(note.time - start)
      case .updatesRetransmitted(let neighbor, _, _) where router.isMeant(by: neighbor):
        times[.linkStateUpdate, default: []].append(note.time - start)
      default: break
      }
    }
    return times.sorted { $0.key.rawValue < $1.key.rawValue }.map { type, times in
      ReplayVerdict.Repetition(packetType: type, count: times.count, last: times.max() ?? .zero)
    }
  }

  func isReference(_ neighbor: NeighborReference, to router: RecordedRouter) -> Bool { router.isMeant(by: neighbor) }

  /// The played router on the interface on which another one is.
  private func own(to router: RecordedRouter) -> RecordedRouter { interface(to: router)?.router ?? played }

  /// The refusals of a router's packets, the most frequent ones first.
  private func refusals(of router: RecordedRouter) -> [Refusal] {
    var counts: [Refusal: Int] = [:]
    let index = interface(to: router)?.definition.index
    for case .packetRefused(_, index, let source, let reason) in events.map(\.event) where source == router.address {
      counts[reason, default: 0] += 1
    }
    return counts.sorted { ($0.value, $1.key.kind.rawValue) > ($1.value, $0.key.kind.rawValue) }.map(\.key)
  }

  /// What explains the most comes first, and is all that is said when it explains everything.
  private func reasons(for router: RecordedRouter, _ state: NeighborState) -> [String] {
    if router.routerID == played.routerID {
      return ["both have the router ID \(played.routerID): \(played.address) and \(router.address)"]
    }
    if let reason = authenticationReason(router) { return [reason] }
    guard router.hello != nil else { return ["the capture has no Hello of \(router)"] }
    let refusals = refusals(of: router).filter(\.explainsFailure).map { "its packets are refused: \($0.sentence)" }
    if !refusals.isEmpty { return refusals }
    switch state {
    case .down, .attempt: return ["it fell silent: no Hello came within RouterDeadInterval"]
    case .`init`: return [oneWayReason(router)]
    case .twoWay: return ["neither is Designated Router or Backup Designated Router of the network: 2-Way is expected"]
    case .exStart, .exchange: return [exchangeReason(router, state)]
    case .loading: return ["it did not answer every Link State Request with an instance of the LSA that it described"]
    case .full: return []
    }
  }

  private func authenticationReason(_ router: RecordedRouter) -> String? {
    let ours = own(to: router).authentication
    let refused = notedRefusals(of: router).filter { $0.kind.isAboutAuthentication }
    // A forger's packets explain nothing, as long as those of the router itself are taken.
    let lastTaken = recording.packets.last { recording.isPacket($0, of: router) && !refusedFrames.contains($0.frame) }
    if let last = refused.last, lastTaken.map({ $0.datagram.timestamp - start < last.time }) ?? true {
      return "the node has refused \(refused.count) of its packets, the last at \(CaptureTime.seconds(last.time)) s: "
        + "\(last.kind.words). The keys are not in the recording"
    }
    guard !isHeard(router) else { return nil }
    if case .simplePassword = router.authentication, case .simplePassword = ours { return "the simple passwords differ" }
    return "the authentication is \(router.authentication.words) there and \(ours.words) here"
  }

  /// It is heard, and does not say that it hears: everything that a Hello says agrees, or it would have been refused here.
  private func oneWayReason(_ router: RecordedRouter) -> String {
    var reason = "its Hellos do not list \(played.routerID): it does not hear it, or refuses its packets"
    if own(to: router).authentication.hasSecret {
      reason += ". Both authenticate alike; whether the keys are equal cannot be seen"
    }
    return reason
  }

  private func exchangeReason(_ router: RecordedRouter, _ state: NeighborState) -> String {
    let noted = interface(to: router)?.recorded.flatMap {
      UInt16(exactly: $0.definition.settings.announcedMTU ?? $0.definition.mtu)
    }
    if let theirs = router.interfaceMTU, let ours = noted ?? own(to: router).interfaceMTU, theirs < ours {
      return "the interface MTU is \(theirs) there and \(ours) here: it refuses Database Descriptions that say more than its own"
    }
    switch lastFailureOfExchange(with: router) {
    case .seqNumberMismatch: return "its Database Descriptions contradict each other, and the exchange begins anew without end"
    case .badLSReq: return "it requests an LSA that it was not told of, and the exchange begins anew without end"
    default: break
    }
    guard exchange(of: router).isBegun else {
      return "it begins no database exchange in the recording, which may have begun after the last one"
    }
    if state == .exchange { return "its Database Descriptions end before it has described its whole database" }
    return "its Database Descriptions never get beyond the first one: those of \(played.routerID) do not reach it, or are refused"
  }

  /// What made the engine begin an exchange anew the last time.
  private func lastFailureOfExchange(with router: RecordedRouter) -> NeighborEvent? {
    for case .neighborStateChanged(let neighbor, let from, .exStart, let cause) in events.reversed().map(\.event) {
      if isReference(neighbor, to: router), from > .exStart { return cause }
    }
    return nil
  }

  /// The states through which the recorded router that the engine plays took a router.
  public func recordedStates(of router: RecordedRouter) -> RecordedNeighborStates {
    guard let instance, interface(to: router)?.recorded != nil else {
      return RecordedNeighborStates(recording, of: router, at: own(to: router))
    }
    return RecordedNeighborStates(
      noted: recording.notes.changes(of: router, instance), of: router, at: own(to: router), since: start)
  }
}

extension Refusal {
  /// Whether a refusal of this kind keeps routers from becoming adjacent. The others happen on the way to Full, too.
  fileprivate var explainsFailure: Bool {
    switch self {
    case .neighborStateTooLow, .unknownNeighbor, .destinationNotForUs, .interfaceNotActive, .limit: false
    default: true
    }
  }
}
