import OSPFProtocol
import OSPFWire
import PacketCapture

/// An engine in virtual time: what it sends and reports is collected with the time at which it did.
struct VirtualRouter {
  /// The engine.
  private(set) var router: Router
  /// Whether it has ended for a graceful restart, and is heard of no more until the next run begins.
  private(set) var hasCeased = false
  /// The time since the beginning.
  var elapsed: Duration { now - begin }
  /// What has been sent since the last `takeSent`.
  private var sent: [Transmission] = []
  /// Every event, with its time.
  private(set) var events: [(time: Duration, event: Event)] = []

  private let sink = OutputSink()
  private let begin: Instant
  private var now: Instant
  private var turns = 0

  /// What ends a replay of which no end is in sight.
  struct Exhausted: Error {}
  private static let turnLimit = 1_000_000

  /// Starts an engine whose interfaces come up before the beginning, each as much as its `lead` says.
  init(
    _ configuration: RouterConfiguration, _ interfaces: [(definition: InterfaceDefinition, lead: Duration)],
    restart: GracefulRestart? = nil
  ) {
    let earliest = interfaces.map(\.lead).max() ?? .zero
    now = .zero
    begin = now + earliest
    router = Router(configuration: configuration, seed: 1, restart: restart, at: now, sink: sink)
    for lead in Set(interfaces.map(\.lead)).sorted(by: >) {
      // Nobody is heard yet: no timer of the engine matters but those that begin here.
      now = max(now, begin + (.zero - lead))
      router.advance(to: now)
      router.setInterfaces(interfaces.filter { $0.lead >= lead }.map(\.definition), at: now)
    }
    collect()
  }

  /// The node tells its neighbors that it restarts.
  mutating func prepareRestart(gracePeriod: Duration, timeout: Duration) {
    guard !hasCeased else { return }
    _ = router.prepareRestart(gracePeriod: gracePeriod, reason: .softwareRestart, timeout: timeout, at: now)
    collect()
  }

  /// The next run begins, without interfaces. It advertises what it will have to withdraw.
  mutating func resume(_ restart: GracefulRestart, advertising prefixes: [IPPrefix]) {
    hasCeased = false
    router = Router(configuration: router.configuration, seed: 1, restart: restart, at: now, sink: sink)
    advertise(prefixes)
  }

  /// Prefixes are advertised, and no others any more.
  mutating func advertise(_ prefixes: [IPPrefix]) {
    guard !hasCeased else { return }
    router.advertise(prefixes.map { Advertisement(prefix: $0, kind: .external(metric: 20, type: .type2, tag: 0)) }, at: now)
    collect()
  }

  /// The node's interfaces have become other ones.
  mutating func setInterfaces(_ definitions: [InterfaceDefinition]) {
    guard !hasCeased else { return }
    router.setInterfaces(definitions, at: now)
    collect()
  }

  /// Areas have become of another kind.
  mutating func setAreas(_ areas: [AreaID: AreaConfiguration]) {
    guard !hasCeased else { return }
    var configuration = router.configuration
    configuration.areas = areas
    router.apply(configuration, at: now)
    collect()
  }

  /// BFD says what it knows of a path.
  mutating func setPath(_ peer: BFDPeer, isUp: Bool) {
    guard !hasCeased else { return }
    if isUp { router.bfdSessionUp(peer, at: now) } else { router.bfdSessionDown(peer, at: now) }
    collect()
  }

  /// Somebody ends the adjacencies with a router.
  mutating func clear(_ routerID: RouterID) {
    _ = router.clearNeighbors(routerID, at: now)
    collect()
  }

  /// The instant of the engine's next timer, as the time since the beginning.
  var nextDeadline: Duration? { hasCeased ? nil : router.nextDeadline.map { $0 - begin } }

  /// Lets time pass up to `time`, which is not beyond the next deadline.
  mutating func advance(to time: Duration) throws(Exhausted) {
    turns += 1
    guard turns < Self.turnLimit else { throw Exhausted() }
    now = max(now, begin + time)
    guard !hasCeased else { return }
    router.advance(to: now)
    collect()
  }

  /// Gives the engine a packet.
  mutating func receive(_ datagram: Datagram) {
    guard !hasCeased else { return }
    router.receive(datagram, at: now)
    collect()
  }

  /// What was sent since the last call, in order.
  mutating func takeSent() -> [Transmission] {
    defer { sent = [] }
    return sent
  }

  /// The state of a neighbor; Down when the engine has none.
  func state(of neighbor: RecordedRouter) -> NeighborState { snapshot(of: neighbor)?.state ?? .down }

  /// A neighbor at this instant.
  func snapshot(of neighbor: RecordedRouter) -> NeighborSnapshot? {
    router.neighborSnapshots(at: now).first { neighbor.isMeant(by: $0.reference) }
  }

  /// The database at this instant.
  var database: [LSASnapshot] { router.databaseSnapshot(at: now) }

  private mutating func collect() {
    for output in sink.drain() {
      switch output {
      case .transmit(let transmission): sent.append(transmission)
      case .event(let event):
        events.append((elapsed, event))
        if case .gracefulRestart(.prepared) = event { hasCeased = true }
      case .joinGroup, .leaveGroup, .reserveSequenceNumbers, .note: break
      }
    }
  }
}
