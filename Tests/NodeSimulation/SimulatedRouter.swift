import BFDProtocol
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A router of the network: the engine once for each version, and the routes that follow from what is in its databases.
final class SimulatedRouter: Station {
  static let interfaceIndex: UInt32 = 9

  /// The engine of one version.
  private final class Engine {
    let kind: ProtocolInstance
    let router: Router
    let sink: OutputSink
    var groups: Set<IPAddress> = []
    var deadline: Instant?
    /// The routes, as they were at a generation of the database.
    var routes: [IPPrefix: [RouterID: UInt32]] = [:]
    var generation: UInt64?

    init(_ kind: ProtocolInstance, _ router: Router, _ sink: OutputSink) {
      self.kind = kind
      self.router = router
      self.sink = sink
    }
  }

  let number: UInt8
  /// Whether it helps its neighbors to restart.
  let helps: Bool
  private unowned let agenda: Agenda
  private unowned let lan: SimulatedLAN
  private(set) var port = 0
  private var engines: [Engine] = []
  private var bfd: SimulatedBFD?
  private var bfdPeers: Set<BFDPeer> = []
  private var starts: UInt64 = 0
  private(set) var deadline: Instant?
  /// Until when it has no time for OSPF, and what has arrived meanwhile.
  private(set) var busyUntil = Instant.zero
  private var backlog: [() -> Void] = []
  /// The external routes: for each prefix the reachable routers that advertise it, with the metric.
  private(set) var routes: [IPPrefix: [RouterID: UInt32]] = [:]
  /// Called when the routes have changed.
  var onChange: () -> Void = {}

  init(number: UInt8, agenda: Agenda, lan: SimulatedLAN, helps: Bool = true) {
    self.number = number
    self.agenda = agenda
    self.lan = lan
    self.helps = helps
    port = lan.attach(self)
  }

  var routerID: RouterID { RouterID(rawValue: UInt32(number)) }
  var isRunning: Bool { !engines.isEmpty }

  /// Begins, with what it has left before where it restarts gracefully.
  func start(restoring states: [ProtocolInstance: GracefulRestart] = [:]) {
    guard engines.isEmpty else { return }
    starts += 1
    if lan.scenario.hasBFD {
      bfd = SimulatedBFD(seed: UInt64(number) &* 1000 &+ starts, agenda) { [unowned lan, port] octets, source, destination in
        lan.sendBFD(octets, from: source, to: destination, port: port)
      } onChange: { [weak self] event in
        self?.sessionChanged(event)
      }
    }
    for kind in lan.scenario.protocols {
      let sink = OutputSink()
      let configuration = RouterConfiguration(
        version: kind.version, routerID: routerID, stubRouter: StubRouterPolicy(maxMetric: .never),
        gracefulRestart: GracefulRestartPolicy(helped: helps ? .everybody : .nobody))
      let router = Router(
        configuration: configuration, seed: UInt64(number) &* 1000 &+ starts,
        sequenceNumbers: SequenceNumberReservation(wallClock: agenda.now.nanoseconds / 1_000_000_000),
        restart: states[kind], at: agenda.now, sink: sink)
      let engine = Engine(kind, router, sink)
      engines.append(engine)
      let definition = lan.scenario.interface(number, kind.version)
      call(engine) { $0.setInterfaces([definition], at: $1) }
    }
  }

  /// Ends without a word.
  func crash() {
    engines = []
    bfd = nil
    bfdPeers = []
    backlog = []
    busyUntil = .zero
    deadline = nil
    routes = [:]
    onChange()
  }

  /// It tells its neighbors that it restarts, ends a second later, and is there again after a while.
  func restartGracefully(gracePeriod: Duration, after gap: Duration) {
    var states: [ProtocolInstance: GracefulRestart] = [:]
    for engine in engines {
      call(engine) { router, now in
        let state = router.prepareRestart(
          gracePeriod: gracePeriod, reason: .softwareRestart, timeout: .milliseconds(900), at: now)
        states[engine.kind] = GracefulRestart(
          state: state, gracePeriod: gracePeriod - .seconds(1) - gap, reason: .softwareRestart, announcedAge: .seconds(1) + gap)
      }
    }
    agenda.after(.seconds(1)) { [weak self] in
      self?.crash()
      self?.agenda.after(gap) { [weak self] in
        self?.start(restoring: states.filter { $0.value.gracePeriod > .zero })
      }
    }
  }

  /// It has no time for OSPF for a while, as in a long calculation; BFD has a process of its own.
  func beBusy(for length: Duration) {
    busyUntil = max(busyUntil, agenda.now + length)
    updateDeadline()
    agenda.after(length) { [weak self] in self?.workOffBacklog() }
  }

  /// Whether it is adjacent with a router, which then waits for its acknowledgments.
  func isAdjacent(with routerID: RouterID) -> Bool {
    engines.contains { engine in
      engine.router.neighborSnapshots(at: agenda.now).contains { $0.reference.routerID == routerID && $0.state == .full }
    }
  }

  private func workOffBacklog() {
    guard agenda.now >= busyUntil else { return }
    let packets = backlog
    backlog = []
    for packet in packets { packet() }
  }

  func advance() {
    for engine in engines where agenda.now >= busyUntil && engine.deadline.map({ $0 <= agenda.now }) ?? false {
      call(engine) { $0.advance(to: $1) }
    }
    bfd?.advance()
    updateDeadline()
  }

  func listens(to destination: IPAddress) -> Bool { engine(of: destination).map { hears(destination, $0) } ?? false }

  private func engine(of address: IPAddress) -> Engine? {
    engines.first { ($0.kind.version == .v2) == (address.v4 != nil) }
  }

  private func hears(_ destination: IPAddress, _ engine: Engine) -> Bool {
    engine.groups.contains(destination) || destination == Scenario.address(number, engine.kind.version)
  }

  func receive(_ bytes: [UInt8], from source: IPAddress, to destination: IPAddress, hasRightChecksum: Bool) {
    guard agenda.now >= busyUntil else {
      return backlog.append { [unowned self] in
        receive(bytes, from: source, to: destination, hasRightChecksum: hasRightChecksum)
      }
    }
    guard let engine = engine(of: destination) else { return }
    let datagram = Datagram(
      interfaceIndex: Self.interfaceIndex, source: source, destination: destination, bytes: bytes,
      hasRightChecksum: hasRightChecksum)
    call(engine) { $0.receive(datagram, at: $1) }
  }

  private func call(_ engine: Engine, _ body: (Router, Instant) -> Void) {
    body(engine.router, agenda.now)
    for output in engine.sink.drain() {
      switch output {
      case .transmit(let transmission): lan.send(transmission, from: port)
      case .joinGroup(_, let group): engine.groups.insert(group)
      case .leaveGroup(_, let group): engine.groups.remove(group)
      case .event(.gracefulRestart(let event)): agenda.tell("router \(number), \(engine.kind): \(event)")
      case .event(.neighborStateChanged(let neighbor, let from, let to, let cause)):
        if from == .full || to == .full {
          agenda.tell("router \(number), \(engine.kind): \(neighbor.routerID) \(from) to \(to) by \(cause)")
        }
      case .reserveSequenceNumbers, .event, .note: break
      }
    }
    engine.deadline = engine.router.nextDeadline
    updateDeadline()
    holdSessions()
    if engine.generation != engine.router.databaseGeneration { updateRoutes(of: engine) }
  }

  private func updateDeadline() {
    deadline = bfd?.deadline
    for engine in engines {
      guard let own = engine.deadline.map({ max($0, busyUntil) }) else { continue }
      deadline = min(deadline ?? own, own)
    }
  }

  // MARK: - BFD

  func watches(_ address: IPAddress) -> Bool {
    bfd != nil && engines.contains { Scenario.address(number, $0.kind.version) == address }
  }

  func receiveBFD(_ octets: [UInt8], from source: IPAddress, to destination: IPAddress) {
    bfd?.receive(octets, from: source, to: destination, interfaceIndex: Self.interfaceIndex)
    updateDeadline()
  }

  private func holdSessions() {
    guard let bfd else { return }
    let wanted = engines.reduce(into: Set<BFDPeer>()) { $0.formUnion($1.router.bfdPeers) }
    guard wanted != bfdPeers else { return }
    bfdPeers = wanted
    let keys = wanted.map { SessionKey(interfaceIndex: $0.interfaceIndex, local: $0.localAddress, remote: $0.address) }
    let parameters = SessionParameters(desiredMinTxInterval: .seconds(1), requiredMinRxInterval: .seconds(1))
    bfd.hold(keys.sorted { $0.remote < $1.remote }.map { SessionDefinition(key: $0, parameters: parameters) })
  }

  private func sessionChanged(_ event: SessionSetEvent) {
    guard case .sessionStateChanged(let key, let old, let new, let cause, _) = event, let engine = engine(of: key.local) else {
      return
    }
    let peer = BFDPeer(interfaceIndex: key.interfaceIndex, localAddress: key.local, address: key.remote)
    if new == .up {
      call(engine) { $0.bfdSessionUp(peer, at: $1) }
    } else if old == .up, cause == .detectionTimeExpired || cause == .receivedDown {
      agenda.tell("router \(number): the session with \(key.remote) goes down")
      call(engine) { $0.bfdSessionDown(peer, at: $1) }
    }
  }

  // MARK: - What is in the databases

  /// The LSAs that a router has originated: what they say, apart from their age and number. Grace-LSAs do not count.
  func database(of originator: RouterID) -> Set<[UInt8]> {
    var contents: Set<[UInt8]> = []
    for engine in engines {
      for lsa in engine.router.databaseSnapshot(at: agenda.now)
      where lsa.header.key.advertisingRouter == originator && lsa.header.lsAge < 3600 && !isGraceLSA(lsa.header.key, engine.kind)
      {
        contents.insert(Array(lsa.bytes[2..<12] + lsa.bytes[18...]))
      }
    }
    return contents
  }

  /// How many grace-LSAs are there of whoever speaks the version still.
  func graceLSAs(of speaks: (RouterID, ProtocolInstance) -> Bool = { _, _ in true }) -> Int {
    engines.reduce(0) { sum, engine in
      sum
        + engine.router.databaseSnapshot(at: agenda.now).count {
          $0.header.lsAge < 3600 && isGraceLSA($0.header.key, engine.kind) && speaks($0.header.key.advertisingRouter, engine.kind)
        }
    }
  }

  /// RFC 3623 appendix A, RFC 5187 section 2.1.
  private func isGraceLSA(_ key: LSAKey, _ kind: ProtocolInstance) -> Bool {
    kind.version == .v2
      ? key.lsType.rawValue == 9 && key.linkStateID.rawValue >> 24 == 3 : key.lsType.rawValue == 0x000B
  }

  private func updateRoutes(of engine: Engine) {
    engine.generation = engine.router.databaseGeneration
    engine.routes = externalRoutes(of: engine)
    let all = engines.reduce(into: [:]) { $0.merge($1.routes) { first, _ in first } }
    guard all != routes else { return }
    routes = all
    onChange()
  }

  /// What a network is known by: the Link State ID and, in OSPFv3, the Designated Router.
  private struct NetworkID: Hashable {
    let linkStateID: UInt32
    let designatedRouter: RouterID?
  }

  private func externalRoutes(of engine: Engine) -> [IPPrefix: [RouterID: UInt32]] {
    var links: [RouterID: (networks: Set<NetworkID>, routers: Set<RouterID>)] = [:]
    var attached: [NetworkID: Set<RouterID>] = [:]
    var externals: [(prefix: IPPrefix, originator: RouterID, metric: UInt32)] = []
    for lsa in engine.router.databaseSnapshot(at: agenda.now) where lsa.header.lsAge < 3600 {
      let originator = lsa.header.key.advertisingRouter
      let linkStateID = lsa.header.key.linkStateID.rawValue
      switch try? LSABody.decode(lsa.bytes.span.bytes, version: engine.kind.version) {
      case .router(let body)?:
        for link in body.links where link.type == .transit {
          links[originator, default: ([], [])].networks.insert(NetworkID(linkStateID: link.linkID, designatedRouter: nil))
        }
        for link in body.links where link.type == .pointToPoint {
          links[originator, default: ([], [])].routers.insert(RouterID(rawValue: link.linkID))
        }
      case .routerV3(let body)?:
        for link in body.links where link.type == .transit {
          links[originator, default: ([], [])].networks.insert(
            NetworkID(linkStateID: link.neighborInterfaceID, designatedRouter: link.neighborRouterID))
        }
        for link in body.links where link.type == .pointToPoint {
          links[originator, default: ([], [])].routers.insert(link.neighborRouterID)
        }
      case .network(let body)?:
        attached[NetworkID(linkStateID: linkStateID, designatedRouter: nil)] = Set(body.attachedRouters)
      case .networkV3(let body)?:
        attached[NetworkID(linkStateID: linkStateID, designatedRouter: originator)] = Set(body.attachedRouters)
      case .asExternal(let body)?:
        guard let route = body.routes.first else { continue }
        externals.append((IPPrefix(host: .v4(IPv4Address(rawValue: linkStateID))), originator, route.metric))
      case .asExternalV3(let body)?:
        externals.append((.v6(body.prefix.ipv6), originator, body.metric))
      default: break
      }
    }
    guard let own = links[routerID] else { return [:] }
    var routes: [IPPrefix: [RouterID: UInt32]] = [:]
    for external in externals {
      guard let its = links[external.originator] else { continue }
      // RFC 2328 section 16.1 step 2b: a link counts only with a link back.
      let isReachable =
        own.networks.intersection(its.networks).contains { network in
          attached[network].map { $0.contains(routerID) && $0.contains(external.originator) } ?? false
        } || own.routers.contains(external.originator) && its.routers.contains(routerID)
      guard isReachable else { continue }
      routes[external.prefix, default: [:]][external.originator] = external.metric
    }
    return routes
  }
}
