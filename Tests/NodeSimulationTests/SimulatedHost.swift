import AnycastNode
import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A host that a node runs on: its kernel, its disk, its servers, and the process, which may end at any instant.
final class SimulatedHost: SimulatedLAN.Station {
  let number: UInt8
  let address: IPAddress
  let agenda: Agenda
  let lan: SimulatedLAN
  private(set) var port = 0

  // The process.
  private(set) var node: AnycastNode?
  private var sink = NodeSink()
  /// Which process it is: what was begun by an earlier one does not come back to this one.
  private(set) var process = 0
  private(set) var isLeaving = false
  private(set) var assignments: [Int: CheckAssignment] = [:]
  var metrics: [SimulatedService: Int] = [:]
  var linger = 1
  var configured = Set(SimulatedService.allCases)
  /// The drains that an operator wants...
  private(set) var wantsDrained: Set<SimulatedService> = []
  /// ...and was told are in force.
  private(set) var drained: Set<SimulatedService> = []

  // The kernel.
  private(set) var onLoopback: Set<IPAddress> = []
  private(set) var routes: Set<ServiceRoute> = []
  private(set) var sockets: [SocketID: Set<IPAddress>] = [:]
  var isRefusing = false
  var slowest = Duration.milliseconds(5)
  private var kernelIsBusyUntil = Instant.zero
  private var socketsFail = false

  // The disk.
  private var journal: Set<IPAddress> = []
  private var storedDrains: [StoredDrain] = []
  private var diskIsBusyUntil = Instant.zero

  var servers: [SimulatedService: SimulatedServer] = [:]
  let witness: Witness

  init(number: UInt8, agenda: Agenda, lan: SimulatedLAN, witness: Witness) {
    self.number = number
    self.agenda = agenda
    self.lan = lan
    self.witness = witness
    address = .v4(IPv4Address(10, 0, 0, number))
    for service in SimulatedService.allCases {
      servers[service] = SimulatedServer()
      metrics[service] = 20
    }
    port = lan.attach(self)
  }

  var routerID: RouterID { RouterID(rawValue: UInt32(number)) }
  var deadline: Instant? { node?.nextDeadline }

  var configuration: Configuration {
    get throws {
      let services = SimulatedService.allCases.filter(configured.contains).map {
        $0.text(metric: metrics[$0] ?? 20, linger: linger)
      }
      let text = """
        interface eth0
         ip ospf area 0
         ip ospf hello-interval \(Simulation.helloInterval)
         ip ospf dead-interval \(Simulation.deadInterval)
        router ospf
         ospf router-id 0.0.0.\(number)

        """
      return try Configuration.parse([SourceFile(path: "node.conf", text: text + services.joined())]).configuration
    }
  }

  // MARK: - The process

  func start() throws {
    guard node == nil else { return }
    process += 1
    sink = NodeSink()
    isLeaving = false
    kernelIsBusyUntil = agenda.now
    diskIsBusyUntil = agenda.now
    // What an operator was not answered may be forgotten.
    wantsDrained = drained
    witness.processStarted(self)
    node = AnycastNode(
      configuration: try configuration, drains: storedDrains, seed: UInt64(number) &* 1000 &+ UInt64(process),
      wallClock: agenda.now.nanoseconds / 1_000_000_000, at: agenda.now, sink: sink)
    absorb()
    tellLinks()
  }

  /// Ends without a word, with the disk and the kernel as they are.
  func crash() {
    guard node != nil else { return }
    endProcess()
    witness.crashed(self)
  }

  private func endProcess() {
    process += 1
    node = nil
    sockets = [:]
    assignments = [:]
    isLeaving = false
  }

  func leave() {
    guard node != nil else { return }
    isLeaving = true
    call { $0.leave(at: $1) }
  }

  func advance() { call { $0.advance(to: $1) } }

  func reload() throws {
    let configuration = try configuration
    call { _ = $0.apply(configuration, at: $1) }
  }

  /// An operator drains or undrains, and is answered when that is stored.
  func setDrain(_ service: SimulatedService, _ isDrained: Bool) {
    guard configured.contains(service) else { return }
    guard node != nil else { return }
    if isDrained { wantsDrained.insert(service) } else { forgetDrain(service) }
    call { node, now in
      if isDrained {
        try? node.drain([service.name], for: nil, reason: nil, at: now)
      } else {
        try? node.undrain([service.name], at: now)
      }
    }
  }

  /// A drain goes with its service.
  func forgetDrain(_ service: SimulatedService) {
    wantsDrained.remove(service)
    drained.remove(service)
  }

  func call(_ body: (AnycastNode, Instant) -> Void) {
    guard let node else { return }
    body(node, agenda.now)
    absorb()
  }

  private func absorb() {
    var effects = sink.drain()
    while !effects.isEmpty {
      for effect in effects { carryOut(effect) }
      effects = sink.drain()
    }
    witness.look(at: self)
  }

  private func carryOut(_ effect: NodeEffect) {
    switch effect {
    case .transmit(let transmission, let instance):
      let socket = SocketID(instance: instance, interfaceIndex: transmission.interfaceIndex)
      if sockets[socket] != nil { lan.send(transmission, from: port) }
    case .holdSockets(let wanted, let request):
      // While sockets fail, those that are open stay open.
      let failures = wanted.keys.filter { socketsFail && sockets[$0] == nil }
      if sockets.isEmpty, failures.count < wanted.count { noteTrouble() }
      sockets = wanted.filter { !failures.contains($0.key) }
      let reasons = failures.map { ($0, SocketFailure.notOpened("no buffer space")) }
      node?.socketsApplied(request: request, failures: Dictionary(uniqueKeysWithValues: reasons), at: agenda.now)
    case .holdAddresses(let wanted, let request): hold(Set(wanted.map(\.address)), request)
    case .holdRoutes(let wanted, let request): hold(wanted, request)
    case .runChecks(let checks): run(checks)
    case .storeDrains(let drains): store(drains)
    case .ended:
      endProcess()
      witness.left(self)
    // No service is added at run time here.
    case .holdSessions, .watchRoutes, .reserveSequenceNumbers, .runCommand, .storeService, .memoryChanged, .restart, .event: break
    }
  }

  /// Lets something come back to the process that is running now, unless it has ended by then.
  private func later(_ delay: Duration, _ action: @escaping (SimulatedHost) -> Void) {
    agenda.after(delay) { [weak self, process] in
      guard let self, self.process == process else { return }
      action(self)
    }
  }

  // MARK: - The disk

  private func store(_ drains: [StoredDrain]) {
    diskIsBusyUntil = max(diskIsBusyUntil, agenda.now) + agenda.random.duration(.microseconds(50)...slowest)
    later(diskIsBusyUntil - agenda.now) { host in
      host.storedDrains = drains
      let names = Set(drains.compactMap(\.service))
      host.drained.formUnion(host.wantsDrained.filter { names.contains($0.name) })
    }
  }

  // MARK: - The kernel

  /// Requests are worked off one after the other, each when its time has come.
  private func kernelDelay() -> Duration {
    let begin = max(kernelIsBusyUntil, agenda.now)
    kernelIsBusyUntil = begin + agenda.random.duration(.microseconds(50)...slowest)
    return kernelIsBusyUntil - agenda.now
  }

  private func hold(_ wanted: Set<IPAddress>, _ request: Int) {
    later(kernelDelay()) { host in
      // An address is in the journal before it is on the device: a crash between the two is a crash after the first half.
      host.journal.formUnion(wanted.subtracting(host.onLoopback))
      host.later(host.agenda.random.duration(.microseconds(10)...(.milliseconds(1)))) { $0.finishHolding(wanted, request) }
    }
  }

  private func finishHolding(_ wanted: Set<IPAddress>, _ request: Int) {
    var failures: [DeviceAddress: String] = [:]
    for address in journal.subtracting(wanted).sorted() {
      guard !isRefusing else {
        failures[DeviceAddress(device: "lo", address: address)] = "refused"
        continue
      }
      if onLoopback.contains(address) {
        witness.addressRemoved(address, self)
        onLoopback.remove(address)
      }
      journal.remove(address)
    }
    for address in wanted.subtracting(onLoopback).sorted() {
      guard !isRefusing else {
        journal.remove(address)
        failures[DeviceAddress(device: "lo", address: address)] = "refused"
        continue
      }
      onLoopback.insert(address)
      witness.addressCame(address, self)
    }
    tellLinks()
    call { $0.addressesApplied(request: request, failures: failures, at: $1) }
  }

  private func hold(_ wanted: Set<ServiceRoute>, _ request: Int) {
    later(kernelDelay()) { host in
      var failures: [ServiceRoute: String] = [:]
      if host.isRefusing {
        for route in wanted.subtracting(host.routes) { failures[route] = "refused" }
      } else {
        for route in host.routes.subtracting(wanted) { host.witness.routeRemoved(route, host) }
        host.routes = wanted
      }
      host.tellRoutes()
      host.call { $0.routesApplied(request: request, failures: failures, at: $1) }
    }
  }

  /// The kernel tells of its devices a little later, and always how they are then.
  func tellLinks() {
    later(agenda.random.duration(.milliseconds(1)...(.milliseconds(50)))) { host in
      host.call { $0.setLinks(host.links, at: $1) }
    }
  }

  private func tellRoutes() {
    later(agenda.random.duration(.milliseconds(1)...(.milliseconds(50)))) { host in
      let routes = host.routes.map { KernelRoute(prefix: $0.prefix, protocolNumber: KernelRoute.serviceProtocol) }
      host.call { $0.setRoutes(Set(routes), at: $1) }
    }
  }

  private var links: [Link] {
    [
      Link(
        index: 1, name: "lo", mtu: 65536, isUp: true, isLoopback: true,
        addresses: onLoopback.sorted().map { LinkAddress(address: $0, prefixLength: 32) }),
      Link(
        index: SimulatedLAN.interfaceIndex, name: "eth0", mtu: 1500, isUp: lan.ports[port].isConnected,
        addresses: [LinkAddress(address: address, prefixLength: 24)]),
    ]
  }

  /// Somebody puts an address on the loopback device or takes it away.
  func setAddress(_ address: IPAddress, isPresent: Bool) {
    guard onLoopback.contains(address) != isPresent else { return }
    if isPresent {
      onLoopback.insert(address)
      witness.addressCame(address, self)
    } else {
      onLoopback.remove(address)
      witness.addressVanished(address, self)
    }
    tellLinks()
  }

  /// Somebody deletes our routes.
  func loseRoutes() {
    for route in routes { witness.routeVanished(route, self) }
    routes = []
    tellRoutes()
  }

  /// Its link is cut or mended.
  func setLink(isUp: Bool) {
    lan.change(port) { $0.isConnected = isUp }
    witness.linkChanged(self)
    tellLinks()
  }

  /// Every socket fails, and none can be opened for a while.
  func failSockets(for duration: Duration) {
    let lost = sockets.keys.sorted()
    sockets = [:]
    socketsFail = true
    noteTrouble()
    for socket in lost { call { $0.socketLost(socket, reason: "it failed", at: $1) } }
    agenda.after(duration) { [weak self] in self?.socketsFail = false }
  }

  /// It cannot be heard, or can be heard again.
  private func noteTrouble() {
    lan.change(port) { _ in }
    witness.linkChanged(self)
  }

  // MARK: - Packets

  func listens(to destination: IPAddress) -> Bool {
    sockets.values.contains { destination == address || $0.contains(destination) }
  }

  func receive(_ datagram: Datagram) {
    call { node, now in
      node.receive(datagram, through: .ospfv2, at: now)
      node.finishTurn(at: now)
    }
  }

  // MARK: - Checks

  private func run(_ checks: [CheckAssignment]) {
    let former = assignments
    assignments = Dictionary(uniqueKeysWithValues: checks.map { ($0.number, $0) })
    for check in checks where former[check.number] == nil {
      let isInPlaceOfAnother = former.values.contains { $0.service == check.service }
      let phase = isInPlaceOfAnother ? .zero : agenda.random.duration(.zero...(.seconds(1)))
      later(phase) { $0.probe(check.number) }
    }
  }

  private func probe(_ number: Int) {
    guard let check = assignments[number], let service = SimulatedService.allCases.first(where: { $0.name == check.service }),
      let server = servers[service]
    else { return }
    let begin = agenda.now
    let wasOnHost = check.anycastTargets.allSatisfy(onLoopback.contains)
    let answers = check.targets.map { witness.answer(at: $0, of: service, from: self, server) }
    let isHanging = server.state == .hanging
    let latency = isHanging ? .milliseconds(500) : agenda.random.duration(.milliseconds(1)...(.milliseconds(60)))
    later(latency) { host in
      guard host.assignments[number] != nil else { return }
      let isOnHost = wasOnHost && check.anycastTargets.allSatisfy(host.onLoopback.contains)
      let passes = !isHanging && !check.targets.isEmpty && answers.allSatisfy { $0 } && isOnHost
      let verdict = passes ? Verdict.passing(detail: nil) : .failing(reason: "no answer")
      if passes { host.witness.passed(service, check.targets, host, since: begin) }
      host.call {
        $0.record(
          ProbeOutcome(check: check, verdict: verdict, duration: latency, nextProbe: .seconds(1) - latency), at: $1)
      }
      host.later(.seconds(1) - latency) { $0.probe(number) }
    }
  }
}
