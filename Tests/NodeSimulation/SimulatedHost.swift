import AnycastNode
import AnycastPolicy
import BFDProtocol
import Configuration
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A host that a node runs on: its kernel, its disk, its servers, and the process, which may end at any instant.
final class SimulatedHost: Station, NodeHost {
  let number: UInt8
  unowned let agenda: Agenda
  unowned let lan: SimulatedLAN
  unowned let witness: Witness
  private(set) var port = 0

  // The process.
  private(set) var node: AnycastNode?
  private(set) var deadline: Instant?
  private(set) var sink = NodeSink()
  private var bfd: SimulatedBFD?
  /// Which process it is: what was begun by an earlier one does not come back to this one.
  private(set) var process = 0
  /// Whether this process goes on where the one before has ended, and has not done so yet.
  private(set) var isRestoring = false
  /// When that was over.
  private(set) var restoredAt: Instant?
  var assignments: [Int: CheckAssignment] = [:]

  // What its operator wants.
  var metrics: [SimulatedService: Int] = [:]
  var linger = 1
  var configured = Set(SimulatedService.configured)
  /// The versions of OSPF that its configuration leaves out.
  var disabled: Set<ProtocolInstance> = []
  /// What the process has not yet written, in order.
  private var pendingWrites: [(SimulatedHost) -> Void] = []
  var bfdMode = NodeBFD.none
  var isBFDShutDown = false
  /// Whether the node restarts gracefully after a crash as well.
  var recoversFromCrashes = false
  /// The drains that an operator wants...
  private(set) var wantsDrained: Set<SimulatedService> = []
  /// ...and was told are in force.
  private(set) var drained: Set<SimulatedService> = []
  /// Whether there is the service that is added while the daemon runs.
  private(set) var hasAdded = false
  private var addedMetrics: [String: Int] = [:]

  var kernel = SimulatedKernel()
  private var disk = SimulatedDisk()
  var servers: [SimulatedService: SimulatedServer] = [:]
  /// How long the kernel and the disk take at most.
  var slowest = Duration.milliseconds(5)

  init(number: UInt8, agenda: Agenda, lan: SimulatedLAN, witness: Witness) {
    self.number = number
    self.agenda = agenda
    self.lan = lan
    self.witness = witness
    for service in SimulatedService.allCases {
      servers[service] = SimulatedServer()
      metrics[service] = 20
    }
    port = lan.attach(self)
  }

  var routerID: RouterID { RouterID(rawValue: UInt32(number)) }
  var protocols: [ProtocolInstance] { lan.scenario.protocols }

  var configuration: Configuration {
    get throws {
      let services = SimulatedService.configured.filter(configured.contains).map {
        "anycast service \($0.name)\n" + $0.lines(protocols, metric: metrics[$0] ?? 20, linger: linger)
      }
      let restart = recoversFromCrashes ? " graceful-restart grace-period 60\n" : " graceful-restart\n"
      var text = "interface eth0\n" + lan.scenario.interfaceLines(bfd: bfdMode, without: disabled)
      text += "bfd\n profile slow\n  transmit-interval 1000\n  receive-interval 1000\n" + (isBFDShutDown ? "  shutdown\n" : "")
      for kind in protocols where !disabled.contains(kind) {
        text +=
          kind.version == .v2
          ? "router ospf\n ospf router-id 0.0.0.\(number)\n" : "router ospf6\n ospf6 router-id 0.0.0.\(number)\n"
        text += restart
      }
      return try Configuration.parse([SourceFile(path: "node.conf", text: text + services.joined())]).configuration
    }
  }

  // MARK: - The process

  func start() throws {
    guard node == nil else { return }
    process += 1
    sink = NodeSink()
    kernel.busyUntil = agenda.now
    disk.busyUntil = agenda.now
    // What an operator was not answered may be forgotten.
    wantsDrained = drained
    let configuration = try configuration
    var services = RuntimeServices(beside: configuration)
    if let text = disk.added { try services.put(added(text, isPersistent: true, configuration)) }
    hasAdded = disk.added != nil
    if let text = disk.added { metrics[.added] = addedMetrics[text] }
    let restart = disk.takeRestart(at: agenda.now)
    bfd = SimulatedBFD(seed: UInt64(number) &* 1000 &+ UInt64(process), agenda) {
      [unowned lan, port] octets, source, destination in
      lan.sendBFD(octets, from: source, to: destination, port: port)
    } onChange: { [weak self] event in
      guard case .sessionStateChanged(let key, let old, let new, let cause, let diagnostic) = event else { return }
      self?.call { $0.bfdSessionChanged(key, from: old, to: new, event: cause, diagnostic: diagnostic, at: $1) }
    }
    let node = AnycastNode(
      configuration: configuration, services: services, drains: disk.drains, reservedSequenceNumbers: disk.sequenceNumbers,
      restart: restart, seed: UInt64(number) &* 1000 &+ UInt64(process), wallClock: agenda.now.nanoseconds / 1_000_000_000,
      at: agenda.now, sink: sink)
    self.node = node
    // It goes on where it was, and says so at once.
    isRestoring = restart != nil && !node.advertisements.isEmpty
    witness.processStarted(self, goesOn: isRestoring)
    absorb()
    tellLinks()
    tellRoutes()
  }

  /// Ends without a word, with the disk and the kernel as they are.
  func crash() {
    guard node != nil else { return }
    disk.lastBeat = agenda.now + (.zero - agenda.random.duration(.zero...(.seconds(2))))
    endProcess()
    witness.crashed(self)
  }

  private func endProcess() {
    process += 1
    node = nil
    bfd = nil
    deadline = nil
    isRestoring = false
    kernel.sockets = [:]
    assignments = [:]
    pendingWrites = []
  }

  func leave() { call { $0.leave(at: $1) } }

  /// The process tells its neighbors that it will be back, ends, and is started again after a while.
  func restartGracefully(after gap: Duration) {
    call { node, now in
      do throws(GracefulRestartRefusal) {
        try node.restartGracefully(at: now)
        disk.gap = gap
      } catch {
        agenda.tell("host \(number) does not restart: \(error)")
      }
    }
  }

  func advance() {
    bfd?.advance()
    if let deadline = node?.nextDeadline, deadline <= agenda.now { call { $0.advance(to: $1) } } else { updateDeadline() }
  }

  func reload() throws {
    let configuration = try configuration
    call { node, now in
      // What `--check` foretells is what is done, once: done again it would say that there was nothing to do.
      let foretold = node.transition(to: configuration, at: now).messages
      guard let done = node.apply(configuration, at: now)?.messages, done != foretold else { return }
      agenda.note("host \(number) reloads: \(done), foretold: \(foretold)")
    }
  }

  /// An operator drains or undrains, and is answered when that is stored.
  func setDrain(_ service: SimulatedService, _ isDrained: Bool) {
    guard node != nil, configured.contains(service) else { return }
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

  /// A service is added or changed while the daemon runs, or removed.
  func setAdded(_ isWanted: Bool, metric: Int, isPersistent: Bool) throws {
    guard let node, node.state == .running || node.state == .suspended, isWanted || hasAdded else { return }
    metrics[.added] = metric
    let text = SimulatedService.added.lines(protocols, metric: metric, linger: linger)
    addedMetrics[text] = metric
    let service = try added(text, isPersistent: isPersistent, node.fileConfiguration)
    hasAdded = isWanted
    call { node, now in
      do throws(RuntimeServiceError) {
        if isWanted {
          _ = try node.putService(service, at: now)
        } else {
          _ = try node.removeService(service.configuration.name, at: now)
        }
      } catch {
        agenda.note("host \(number): the service cannot be added or removed: \(error)")
      }
    }
  }

  private func added(_ text: String, isPersistent: Bool, _ configuration: Configuration) throws -> RuntimeService {
    let parsed = try configuration.parseService(SimulatedService.added.name, SourceFile(path: "added", text: text))
    return RuntimeService(configuration: parsed.service, text: text, isPersistent: isPersistent)
  }

  func settle() {
    witness.look(at: self)
    updateDeadline()
  }

  private func updateDeadline() {
    deadline = node?.nextDeadline
    if let own = bfd?.deadline { deadline = min(deadline ?? own, own) }
  }

  func carryOut(_ effect: NodeEffect) {
    switch effect {
    case .transmit(let transmission, let instance):
      let socket = SocketID(instance: instance, interfaceIndex: transmission.interfaceIndex)
      if kernel.sockets[socket] != nil, transmission.interfaceIndex == kernel.uplink { lan.send(transmission, from: port) }
    case .holdSockets(let wanted, let request): hold(wanted, request)
    case .holdAddresses(let wanted, let request): hold(wanted, request)
    case .holdRoutes(let wanted, let request): hold(wanted, request)
    case .holdSessions(let wanted): bfd?.hold(wanted)
    case .runChecks(let checks): run(checks)
    case .storeDrains(let drains): store(drains)
    case .storeService(_, let text): write { $0.disk.added = text }
    case .reserveSequenceNumbers(let kind, let end, isNewRun: true): disk.sequenceNumbers[kind] = end
    case .reserveSequenceNumbers(let kind, let end, isNewRun: false): write { $0.disk.sequenceNumbers[kind] = end }
    case .memoryChanged: write { $0.disk.remember($0.node?.memory(at: $0.agenda.now), at: $0.agenda.now) }
    case .event(let event): heed(event)
    case .ended:
      finishWrites()
      disk.remember(nil, at: agenda.now)
      endProcess()
      witness.left(self)
    case .restart(let memory):
      finishWrites()
      disk.handOver(memory, at: agenda.now)
      endProcess()
      witness.ceased(self)
      agenda.after(disk.gap) { [weak self] in try? self?.start() }
    case .watchRoutes, .countTraffic, .runCommand, .record: break
    }
  }

  private func heed(_ event: NodeEvent) {
    guard case .router(let kind, let event, _) = event else { return }
    switch event {
    case .gracefulRestart(let event):
      agenda.tell("host \(number), \(kind): \(event)")
      guard case .ended = event, let node,
        !node.instanceSnapshots(at: agenda.now).contains(where: { $0.kind != kind && $0.restart == .restoring })
      else { return }
      isRestoring = false
      restoredAt = agenda.now
    case .neighborStateChanged(let neighbor, let from, let to, let cause):
      if from == .full || to == .full {
        agenda.tell("host \(number), \(kind): \(neighbor.routerID) \(from) to \(to) by \(cause)")
      }
    default: break
    }
  }

  /// Lets the process do something later, if it still runs then.
  func later(_ delay: Duration, _ action: @escaping (SimulatedHost) -> Void) {
    agenda.after(delay) { [weak self, process] in
      guard let self, self.process == process else { return }
      action(self)
    }
  }

  // MARK: - The disk

  /// Writes something when the disk has come to it, if the process still runs then.
  private func write(_ body: @escaping (SimulatedHost) -> Void) {
    disk.busyUntil = max(disk.busyUntil, agenda.now) + agenda.random.duration(.microseconds(50)...slowest)
    pendingWrites.append(body)
    later(disk.busyUntil - agenda.now) { host in
      guard !host.pendingWrites.isEmpty else { return }
      host.pendingWrites.removeFirst()(host)
    }
  }

  /// A process that ends in order ends when everything is written.
  private func finishWrites() {
    while !pendingWrites.isEmpty { pendingWrites.removeFirst()(self) }
  }

  private func store(_ drains: [StoredDrain]) {
    write { host in
      host.disk.drains = drains
      let names = Set(drains.compactMap(\.service))
      host.drained.formUnion(host.wantsDrained.filter { names.contains($0.name) })
    }
  }

  // MARK: - Packets

  func listens(to destination: IPAddress) -> Bool {
    for (socket, groups) in kernel.sockets where socket.interfaceIndex == kernel.uplink {
      let version = socket.instance.version
      if (version == .v2) == (destination.v4 != nil) {
        return groups.contains(destination) || destination == Scenario.address(number, version)
      }
    }
    return false
  }

  func receive(_ bytes: [UInt8], from source: IPAddress, to destination: IPAddress, hasRightChecksum: Bool) {
    guard let uplink = kernel.uplink else { return }
    let datagram = Datagram(
      interfaceIndex: uplink, source: source, destination: destination, bytes: bytes, hasRightChecksum: hasRightChecksum)
    call { node, now in
      node.receive(datagram, through: source.v4 == nil ? .ospfv3 : .ospfv2, at: now)
      node.finishTurn(at: now)
    }
  }

  func watches(_ address: IPAddress) -> Bool {
    bfd != nil && kernel.uplink != nil && protocols.contains { Scenario.address(number, $0.version) == address }
  }

  func receiveBFD(_ octets: [UInt8], from source: IPAddress, to destination: IPAddress) {
    guard let uplink = kernel.uplink else { return }
    bfd?.receive(octets, from: source, to: destination, interfaceIndex: uplink)
    updateDeadline()
  }
}
