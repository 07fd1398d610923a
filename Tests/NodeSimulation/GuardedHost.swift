import AnycastNode
import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A host with one service that the guard of the last node watches over. Its kernel does at once what it is asked for: what matters here
/// is what nodes know of each other.
final class GuardedHost: Station, NodeHost {
  static let prefix = IPPrefix(host: .v4(IPv4Address(192, 0, 2, 53)))
  static let metric: UInt32 = 20
  static let lastResort: UInt32 = 0xFF_FFFE

  private static let interfaceIndex: UInt32 = 2

  let number: UInt8
  private let address: IPAddress
  private let minimumNodes: Int
  /// Lines more of the service, and of the file.
  var serviceLines: [String] = []
  var fileLines: [String] = []
  unowned let agenda: Agenda
  private unowned let lan: SimulatedLAN
  private(set) var port = 0

  /// Whether the server answers.
  var isWell = true
  /// When within each second the server is asked.
  var phase = Duration.zero
  private(set) var node: AnycastNode?
  private(set) var sink = NodeSink()
  private var process: UInt64 = 0
  private var sockets: Set<SocketID> = []
  private var groups: Set<IPAddress> = []
  private var onLoopback: Set<IPAddress> = []
  private var assignments: [Int: CheckAssignment] = [:]

  init(number: UInt8, minimumNodes: Int, agenda: Agenda, lan: SimulatedLAN) {
    self.number = number
    self.minimumNodes = minimumNodes
    self.agenda = agenda
    self.lan = lan
    address = .v4(IPv4Address(10, 0, 0, number))
    port = lan.attach(self)
  }

  var routerID: RouterID { RouterID(rawValue: UInt32(number)) }
  private(set) var deadline: Instant?

  func start() throws {
    guard node == nil else { return }
    process += 1
    sink = NodeSink()
    let text = """
      interface eth0
       ip ospf area 0
       ip ospf hello-interval \(Scenario.helloInterval)
       ip ospf dead-interval \(Scenario.deadInterval)
      router ospf
       ospf router-id 0.0.0.\(number)
      \(fileLines.joined(separator: "\n"))
      anycast service dns
       address 192.0.2.53
       advertise external metric \(Self.metric)
       \(((minimumNodes > 0 ? ["minimum-nodes \(minimumNodes)"] : []) + serviceLines).joined(separator: "\n "))
       check tcp port 53 interval 1s timeout 500ms rise 2 fall 2

      """
    let configuration = try Configuration.parse([SourceFile(path: "node.conf", text: text)]).configuration
    node = AnycastNode(
      configuration: configuration, seed: UInt64(number) &* 1000 &+ process, wallClock: agenda.now.nanoseconds / 1_000_000_000,
      at: agenda.now, sink: sink)
    absorb()
    call { $0.setLinks(self.links, at: $1) }
  }

  /// Ends without a word.
  func crash() {
    node = nil
    known = nil
    deadline = nil
    process += 1
    sockets = []
    groups = []
    assignments = [:]
  }

  func advance() { call { $0.advance(to: $1) } }

  func listens(to destination: IPAddress) -> Bool { !sockets.isEmpty && (destination == address || groups.contains(destination)) }

  func receive(_ bytes: [UInt8], from source: IPAddress, to destination: IPAddress, hasRightChecksum: Bool) {
    let datagram = Datagram(
      interfaceIndex: Self.interfaceIndex, source: source, destination: destination, bytes: bytes,
      hasRightChecksum: hasRightChecksum)
    call { node, now in
      node.receive(datagram, through: .ospfv2, at: now)
      node.finishTurn(at: now)
    }
  }

  func watches(_ address: IPAddress) -> Bool { false }

  func receiveBFD(_ octets: [UInt8], from source: IPAddress, to destination: IPAddress) {}

  func settle() {
    known = nil
    deadline = node?.nextDeadline
  }

  func carryOut(_ effect: NodeEffect) {
    switch effect {
    case .transmit(let transmission, _): lan.send(transmission, from: port)
    case .holdSockets(let wanted, let request):
      sockets = Set(wanted.keys)
      groups = wanted.values.reduce(into: []) { $0.formUnion($1) }
      node?.socketsApplied(request: request, failures: [:], at: agenda.now)
    case .holdAddresses(let wanted, let request):
      onLoopback = Set(wanted.map(\.address))
      node?.setLinks(links, at: agenda.now)
      node?.addressesApplied(request: request, failures: [:], at: agenda.now)
    case .holdRoutes(_, let request): node?.routesApplied(request: request, failures: [:], at: agenda.now)
    case .runChecks(let checks):
      let former = assignments
      assignments = Dictionary(uniqueKeysWithValues: checks.map { ($0.number, $0) })
      for check in checks where former[check.number] == nil { later(phase) { $0.probe(check.number) } }
    case .holdSessions, .watchRoutes, .countTraffic, .storeDrains, .storeService, .reserveSequenceNumbers, .runCommand,
      .memoryChanged, .restart, .event, .record:
      break
    case .ended: crash()
    }
  }

  private func later(_ delay: Duration, _ action: @escaping (GuardedHost) -> Void) {
    agenda.after(delay) { [weak self, process] in
      guard let self, self.process == process else { return }
      action(self)
    }
  }

  private func probe(_ number: Int) {
    guard let check = assignments[number] else { return }
    let verdict = isWell ? Verdict.passing(detail: nil) : .failing(reason: "no answer")
    call { $0.record(ProbeOutcome(check: check, verdict: verdict, duration: .zero, nextProbe: .seconds(1)), at: $1) }
    later(.seconds(1)) { $0.probe(number) }
  }

  private var links: [Link] {
    [
      Link(
        index: 1, name: "lo", mtu: 65536, isUp: true, isLoopback: true,
        addresses: onLoopback.sorted().map { LinkAddress(address: $0, prefixLength: 32) }),
      Link(
        index: Self.interfaceIndex, name: "eth0", mtu: 1500, isUp: true,
        addresses: [LinkAddress(address: address, prefixLength: 24)]),
    ]
  }

  /// The service's state, as the node tells it: it stays what it is until the node is called.
  var state: ServiceState? {
    if let known { return known }
    known = .some(node?.serviceSnapshots(at: agenda.now).services.first?.state)
    return known ?? nil
  }
  private var known: ServiceState??
}
