import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// One seed's run: some nodes and routers on a network, everything that can happen to them, and then rest.
final class Simulation {
  /// How long nodes and network are disturbed.
  private static let disturbedTime = Duration.seconds(60)
  /// How long it takes until everything is at rest, most of the time...
  private static let restingTime = Duration.seconds(45)
  /// ...and how much longer at most: a service whose addresses were not served is tried again after up to
  /// forty seconds by then, twice that in the worst case.
  private static let longRestingTime = Duration.seconds(65)

  private let agenda: Agenda
  private let lan: SimulatedLAN
  private let meddler: Meddler
  private let witness: Witness

  init(seed: UInt64, isTold: Bool) {
    agenda = Agenda(seed: seed, isTold: isTold)
    lan = SimulatedLAN(agenda, .random(&agenda.random))
    meddler = Meddler(agenda, lan)
    witness = Witness(agenda, lan)
    let routerCount = [1, 1, 2, 2, 3][Int.random(in: 0..<5, using: &agenda.random)]
    let hostCount = [2, 2, 2, 3, 3, 4, 5][Int.random(in: 0..<7, using: &agenda.random)]
    for number in 1...routerCount {
      let router = SimulatedRouter(number: UInt8(number), agenda: agenda, lan: lan, helps: agenda.random.chance(70))
      router.onChange = { [unowned witness] in witness.isStirred = true }
      witness.routers.append(router)
    }
    for number in 1...hostCount {
      let host = SimulatedHost(number: 100 + UInt8(number), agenda: agenda, lan: lan, witness: witness)
      if lan.scenario.hasBFD, let mode = NodeBFD.allCases.randomElement(using: &agenda.random) { host.bfdMode = mode }
      host.recoversFromCrashes = agenda.random.chance(30)
      witness.hosts.append(host)
    }
    agenda.tell("\(lan.scenario)")
  }

  /// Lets everything happen, and returns what was wrong.
  func violations() throws -> [String] {
    for router in witness.routers { agenda.after(agenda.random.duration(.zero...(.seconds(3)))) { router.start() } }
    for host in witness.hosts {
      if agenda.random.chance(80) { host.setAddresses(of: .present, isPresent: true) }
      agenda.after(agenda.random.duration(.zero...(.seconds(5)))) { try? host.start() }
    }
    for _ in 0..<Int.random(in: 4...16, using: &agenda.random) {
      agenda.after(agenda.random.duration(.seconds(5)...Self.disturbedTime)) { [unowned self] in disturb() }
    }
    run(for: Self.disturbedTime + .seconds(20))
    try mend()
    run(for: Self.restingTime)
    if agenda.random.chance(20) || !witness.unrest.isEmpty { run(for: Self.longRestingTime) }
    for unrest in witness.unrest { agenda.note("in the end " + unrest) }
    for host in witness.hosts { host.leave() }
    run(for: .seconds(15))
    witness.expectNothingLeft()
    if witness.packets == 0 { agenda.note("the client has found no route") }
    return agenda.violations
  }

  private func run(for duration: Duration) {
    agenda.run(until: agenda.now + duration, lan.stations) { if witness.isStirred { witness.sendPackets() } }
    witness.sendPackets()
  }

  // MARK: - Faults

  private func disturb() {
    guard let host = witness.hosts.randomElement(using: &agenda.random),
      let service = SimulatedService.allCases.randomElement(using: &agenda.random)
    else { return }
    let length = agenda.random.duration(.milliseconds(10)...(.seconds(15)))
    let fault = Int.random(in: 0..<138, using: &agenda.random)
    agenda.tell("fault \(fault) of host \(host.number), \(service), for \(length)")
    switch fault {
    case ..<62: disturbServices(fault, host, service, length)
    case ..<92: operate(fault, host, service, length)
    default: disturbNetwork(fault, host, length)
    }
  }

  private func disturbServices(_ fault: Int, _ host: SimulatedHost, _ service: SimulatedService, _ length: Duration) {
    switch fault {
    case ..<20:
      host.servers[service]?.state = agenda.random.chance(50) ? .down : .hanging
      agenda.after(length) { host.servers[service]?.state = .up }
    case ..<28:
      host.servers[service]?.listening = .loopback
      agenda.after(length) { host.servers[service]?.listening = .everywhere }
    case ..<38:
      host.setAddresses(of: service, isPresent: false)
      if service == .present { agenda.after(length) { host.setAddresses(of: service, isPresent: true) } }
    case ..<42: host.loseRoutes()
    case ..<48:
      host.setServiceDevice(isPresent: false)
      agenda.after(length) { host.setServiceDevice(isPresent: true) }
    case ..<56:
      host.kernel.isRefusing = true
      agenda.after(length) { host.kernel.isRefusing = false }
    default:
      host.slowest = .seconds(2)
      agenda.after(length) { host.slowest = .milliseconds(5) }
    }
  }

  private func operate(_ fault: Int, _ host: SimulatedHost, _ service: SimulatedService, _ length: Duration) {
    switch fault {
    case ..<69: reload(host, service)
    case ..<73:
      let metric = Int.random(in: 1...100, using: &agenda.random)
      try? host.setAdded(agenda.random.chance(70), metric: metric, isPersistent: agenda.random.chance(60))
    case ..<81:
      host.setDrain(service, true)
      if agenda.random.chance(60) { agenda.after(length) { host.setDrain(service, false) } }
    case ..<85:
      host.call { $0.suspend(at: $1) }
      agenda.after(length) { host.call { $0.resume(at: $1) } }
    case ..<88:
      host.leave()
      agenda.after(length + .seconds(12)) { try? host.start() }
    default: host.restartGracefully(after: agenda.random.duration(.milliseconds(50)...(.seconds(3))))
    }
  }

  private func disturbNetwork(_ fault: Int, _ host: SimulatedHost, _ length: Duration) {
    switch fault {
    case ..<97:
      host.setLink(isUp: false)
      agenda.after(length) { host.setLink(isUp: true) }
    case ..<100:
      host.setUplink(isPresent: false)
      agenda.after(length) { host.setUplink(isPresent: true) }
    case ..<104:
      lan.change(host.port) { $0.loss = Int.random(in: 5...40, using: &self.agenda.random) }
      agenda.after(length) { [lan] in lan.change(host.port) { $0.loss = 0 } }
    case ..<107:
      for port in lan.ports.indices where agenda.random.chance(50) { lan.change(port) { $0.part = 1 } }
      agenda.after(length) { [lan] in lan.ports.indices.forEach { port in lan.change(port) { $0.part = 0 } } }
    case ..<111: host.failSockets(for: length)
    case ..<116:
      host.crash()
      agenda.after(length) { try? host.start() }
    case ..<119:
      // As the service manager does it.
      host.crash()
      agenda.after(.milliseconds(100)) { try? host.start() }
    case 130...:
      // Shorter than anybody's patience: it loses no adjacency, and hears of everything late.
      guard let router = witness.routers.randomElement(using: &agenda.random) else { return }
      for _ in 0..<3 {
        agenda.after(agenda.random.duration(.zero...(.seconds(20)))) { [agenda] in
          guard agenda.now > router.busyUntil + .seconds(5) else { return }
          router.beBusy(for: agenda.random.duration(.seconds(1)...(.milliseconds(3500))))
        }
      }
    case ..<125: for _ in 0..<10 { agenda.after(agenda.random.duration(.zero...length)) { [meddler] in meddler.meddle() } }
    default:
      guard let router = witness.routers.randomElement(using: &agenda.random) else { return }
      router.crash()
      witness.routerChangedAt = agenda.now
      agenda.after(length) { [witness, agenda] in
        router.start()
        witness.routerChangedAt = agenda.now
      }
    }
  }

  private func reload(_ host: SimulatedHost, _ service: SimulatedService) {
    switch Int.random(in: 0..<5, using: &agenda.random) {
    case 0 where service != .added: host.metrics[service] = Int.random(in: 1...100, using: &agenda.random)
    case 1: host.linger = Int.random(in: 1...3, using: &agenda.random)
    case 2 where lan.scenario.hasBFD: host.isBFDShutDown.toggle()
    case 3:
      // One version goes or comes back, where there are two.
      guard lan.scenario.protocols.count > 1, let kind = lan.scenario.protocols.randomElement(using: &agenda.random) else {
        return
      }
      if host.disabled.isEmpty { host.disabled.insert(kind) } else { host.disabled = [] }
    default:
      guard service != .added else { break }
      if host.configured.remove(service) == nil {
        host.configured.insert(service)
      } else {
        // Its drain goes with it.
        host.forgetDrain(service)
      }
    }
    try? host.reload()
  }

  /// Ends every fault; what the servers and the operators say stays as it is.
  private func mend() throws {
    agenda.tell("everything is mended")
    for port in lan.ports.indices {
      lan.change(port) {
        $0.loss = 0
        $0.part = 0
      }
    }
    for host in witness.hosts {
      host.setUplink(isPresent: true)
      host.setServiceDevice(isPresent: true)
      host.setLink(isUp: true)
      host.kernel.isRefusing = false
      host.slowest = .milliseconds(5)
      host.call { $0.resume(at: $1) }
      for service in SimulatedService.allCases {
        host.servers[service] = SimulatedServer(state: agenda.random.chance(80) ? .up : .down)
      }
      try host.start()
      if host.isBFDShutDown {
        host.isBFDShutDown = false
        try host.reload()
      }
    }
    for router in witness.routers where !router.isRunning {
      router.start()
      witness.routerChangedAt = agenda.now
    }
  }
}
