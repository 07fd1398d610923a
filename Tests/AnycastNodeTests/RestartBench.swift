import AnycastPolicy
import BFDProtocol
import Configuration
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@testable import AnycastNode

/// A node, run after run, on a host whose kernel stays as it is, and its router, which is the engine once for each version. Packets
/// arrive after a millisecond.
final class RestartBench {
  private(set) var now = Instant(nanoseconds: 1_000_000_007)
  private(set) var node: AnycastNode
  private var sink = NodeSink()
  private var sockets: [SocketID: Set<IPAddress>] = [:]
  private(set) var addresses: Set<DeviceAddress> = []
  private(set) var checks: [CheckAssignment] = []
  private(set) var sessions: [SessionDefinition] = []
  private(set) var events: [NodeEvent] = []
  /// What the run that has ended last hands over.
  private(set) var handedOver: NodeMemory?
  private(set) var hasEnded = false
  private var routers: [ProtocolInstance: (router: Router, sink: OutputSink)] = [:]
  private(set) var routerEvents: [GracefulRestartEvent] = []
  private var undelivered: [(at: Instant, Direction, ProtocolInstance, Transmission)] = []
  private var runs: UInt64 = 0
  /// Called at every step of time.
  var onStep: (RestartBench) throws -> Void = { _ in }
  /// Whether the router's packets arrive.
  var isDeaf = false

  private enum Direction { case toNode, toRouter }

  static let nodeID: RouterID = "198.51.100.2"
  static let text = """
    interface eth0
     ip ospf area 0
     ip ospf network point-to-point
     ipv6 ospf6 area 0
     ipv6 ospf6 network point-to-point
    router ospf
     ospf router-id 198.51.100.2
     graceful-restart
    router ospf6
     ospf6 router-id 198.51.100.2
     graceful-restart
    anycast service dns
     address 192.0.2.53
     address 2001:db8::53
     check tcp port 53 rise 2 fall 3

    """

  init(_ text: String = text, helping: GracefulRestartPolicy = GracefulRestartPolicy()) throws {
    node = try Self.node(text, nil, run: 0, at: now, sink)
    for version in [ProtocolInstance.ospfv2, .ospfv3] {
      let routerSink = OutputSink()
      let router = Router(
        configuration: RouterConfiguration(version: version.version, routerID: "10.9.9.9", gracefulRestart: helping), seed: 77,
        at: now, sink: routerSink)
      routers[version] = (router, routerSink)
    }
    try start(text, restart: nil)
    for version in routers.keys {
      routers[version]?.router.setInterfaces([Self.uplink(version)], at: now)
    }
    try settle()
  }

  private static func uplink(_ instance: ProtocolInstance) -> InterfaceDefinition {
    let addressing: InterfaceDefinition.Addressing =
      instance == .ospfv2
      ? .ipv4(
        address: IPv4Address(10, 0, 0, 1), subnet: IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24), isUnnumbered: false)
      : .ipv6(linkLocal: IPv6Address(high: 0xFE80 << 48, low: 1), addresses: [])
    return InterfaceDefinition(
      name: "eth9", index: 9, addressing: addressing, settings: InterfaceSettings(area: .backbone, networkType: .pointToPoint))
  }

  private static func node(
    _ text: String, _ restart: NodeRestart?, run: UInt64, at now: Instant, _ sink: NodeSink
  ) throws -> AnycastNode {
    let configuration = try Configuration.parse([SourceFile(path: "test.conf", text: text)]).configuration
    return AnycastNode(
      configuration: configuration, restart: restart, seed: 1 + run, wallClock: 1_000_000 + Int64(run) * 1000, at: now, sink: sink
    )
  }

  // MARK: - Runs

  /// Begins the next run.
  func start(_ text: String = text, restart: NodeRestart?) throws {
    runs += 1
    sink = NodeSink()
    sockets = [:]
    sessions = []
    events = []
    hasEnded = false
    handedOver = nil
    node = try Self.node(text, restart, run: runs, at: now, sink)
    try perform { $0.setLinks(links, at: $1) }
  }

  /// Ends the run as a crash does. What was under way to it is lost.
  func crash() -> NodeMemory? {
    let memory = node.memory(at: now)
    endRun()
    return memory
  }

  private func endRun() {
    hasEnded = true
    sockets = [:]
    undelivered.removeAll { $0.1 == .toNode }
  }

  /// Tells the node to restart, waits until it hands over, and begins the next run after a while.
  func restart(_ text: String = text, gap: Duration = .seconds(2)) throws {
    try perform { try $0.restartGracefully(at: $1) }
    try run(for: .seconds(4)) { $0.handedOver != nil }
    let memory = try #require(handedOver)
    try run(for: gap)
    try start(text, restart: NodeRestart(memory: memory, age: gap, isPlanned: true))
  }

  /// The devices; the kernel has put nothing down.
  var links: [Link] {
    let loopback = addresses.map { LinkAddress(address: $0.address, prefixLength: $0.address.bitWidth) }
    return [
      Link(
        index: 1, name: "lo", mtu: 65536, isUp: true, isLoopback: true, addresses: loopback.sorted { $0.address < $1.address }),
      Link(
        index: 2, name: "eth0", mtu: 1500, isUp: true,
        addresses: [
          LinkAddress(address: .v4(IPv4Address(10, 0, 0, 2)), prefixLength: 24),
          LinkAddress(address: .v6(IPv6Address(high: 0xFE80 << 48, low: 2)), prefixLength: 64),
        ]),
    ]
  }

  func perform(_ body: (AnycastNode, Instant) throws -> Void) throws {
    try body(node, now)
    try settle()
  }

  /// A probe of each check ends.
  func check(_ verdict: Verdict) throws {
    for assignment in checks {
      try perform {
        $0.record(ProbeOutcome(check: assignment, verdict: verdict, duration: .milliseconds(1), nextProbe: .seconds(1)), at: $1)
      }
    }
  }

  // MARK: - Time

  func run(for duration: Duration, until isDone: (RestartBench) -> Bool = { _ in false }) throws {
    let end = now + duration
    while !isDone(self) {
      let deadlines =
        (hasEnded ? [] : [node.nextDeadline]) + routers.values.map(\.router.nextDeadline) + [undelivered.map(\.at).min()]
      guard let next = deadlines.compactMap({ $0 }).min(), next <= end else {
        now = end
        return
      }
      now = max(now, next)
      try deliverDue()
      for (router, _) in routers.values where router.nextDeadline.map({ $0 <= now }) ?? false { router.advance(to: now) }
      if !hasEnded { node.advance(to: now) }
      try settle()
      try onStep(self)
    }
  }

  private func deliverDue() throws {
    let due = undelivered.filter { $0.at <= now }
    undelivered.removeAll { $0.at <= now }
    for (_, direction, instance, transmission) in due {
      let index: UInt32 = direction == .toNode ? 2 : 9
      let datagram = Datagram(
        interfaceIndex: index, source: transmission.source, destination: transmission.destination, bytes: transmission.bytes)
      switch direction {
      case .toRouter: routers[instance]?.router.receive(datagram, at: now)
      case .toNode where !hasEnded && sockets[SocketID(instance: instance, interfaceIndex: 2)] != nil:
        node.receive(datagram, through: instance, at: now)
        node.finishTurn(at: now)
      case .toNode: break
      }
    }
  }

  /// Does what everybody wants, until nobody wants anything.
  private func settle() throws {
    var effects = sink.drain()
    while !effects.isEmpty {
      for effect in effects { carryOut(effect) }
      effects = sink.drain()
    }
    for (instance, (_, sink)) in routers {
      for output in sink.drain() {
        switch output {
        case .transmit(let transmission):
          if !isDeaf { undelivered.append((now + .milliseconds(1), .toNode, instance, transmission)) }
        case .event(.gracefulRestart(let event)): routerEvents.append(event)
        case .joinGroup, .leaveGroup, .reserveSequenceNumbers, .event, .note: break
        }
      }
    }
  }

  private func carryOut(_ effect: NodeEffect) {
    switch effect {
    case .transmit(let transmission, let instance):
      guard sockets[SocketID(instance: instance, interfaceIndex: 2)] != nil else { return }
      undelivered.append((now + .milliseconds(1), .toRouter, instance, transmission))
    case .holdSockets(let set, let request):
      sockets = set
      node.socketsApplied(request: request, failures: [:], at: now)
    case .holdAddresses(let set, let request):
      addresses = set
      node.setLinks(links, at: now)
      node.addressesApplied(request: request, failures: [:], at: now)
    case .holdRoutes(_, let request): node.routesApplied(request: request, failures: [:], at: now)
    case .runChecks(let assignments): checks = assignments
    case .holdSessions(let wanted): sessions = wanted
    case .event(let event): events.append(event)
    case .restart(let memory):
      handedOver = memory
      endRun()
    case .ended: endRun()
    case .watchRoutes, .countTraffic, .storeDrains, .storeService, .reserveSequenceNumbers, .runCommand, .memoryChanged, .record:
      break
    }
  }

  // MARK: - What is seen

  /// Whether the router has routes to the service in both versions: each says that it is adjacent with the node, and has what the node
  /// advertises.
  var isRouted: Bool { routers.keys.allSatisfy(hasRoute) }

  private func hasRoute(_ instance: ProtocolInstance) -> Bool {
    guard let router = routers[instance]?.router else { return false }
    var linksTo: [RouterID: Set<RouterID>] = [:]
    var hasPrefix = false
    for lsa in router.databaseSnapshot(at: now) where lsa.header.lsAge < 3600 {
      let originator = lsa.header.key.advertisingRouter
      switch try? LSABody.decode(lsa.bytes.span.bytes, version: instance.version) {
      case .router(let body):
        linksTo[originator] = Set(body.links.filter { $0.type == .pointToPoint }.map { RouterID(rawValue: $0.linkID) })
      case .routerV3(let body): linksTo[originator] = Set(body.links.map(\.neighborRouterID))
      case .asExternal, .asExternalV3: hasPrefix = hasPrefix || originator == Self.nodeID
      default: break
      }
    }
    let routerID: RouterID = "10.9.9.9"
    return hasPrefix && linksTo[routerID]?.contains(Self.nodeID) == true && linksTo[Self.nodeID]?.contains(routerID) == true
  }

  /// How the restarts of the instances stand.
  var restarts: [InstanceRestart] { node.instanceSnapshots(at: now).map(\.restart) }

  /// How they have ended.
  var outcomes: [GracefulRestartEvent.Outcome] {
    restarts.compactMap { if case .ended(let outcome, _) = $0 { outcome } else { nil } }
  }

  /// Whether every adjacency is Full, on both sides.
  var isFull: Bool {
    let states =
      node.instanceSnapshots(at: now).flatMap(\.neighbors).map(\.state)
      + routers.values.flatMap { $0.router.neighborSnapshots(at: now) }.map(\.state)
    return states == Array(repeating: .full, count: 4)
  }

  /// What was told of changes of the services.
  var serviceChanges: [String] {
    events.compactMap { event in
      guard case .policy(let event) = event, case .serviceStateChanged = event else { return nil }
      return "\(event)"
    }
  }
}
