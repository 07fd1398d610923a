import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// One seed's run: some nodes and routers on a network, everything that can happen to them, and then rest.
final class Simulation {
  static let helloInterval: Int64 = 2
  static let deadInterval: Int64 = 8
  static let subnet = IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24)
  /// How long nodes and network are disturbed.
  private static let disturbedTime = Duration.seconds(60)
  /// How long it takes at most until everything is at rest: a service whose addresses were not served is tried again after up to
  /// forty seconds by then, twice that in the worst case.
  private static let restingTime = Duration.seconds(110)

  private let agenda: Agenda
  private let lan: SimulatedLAN
  let witness: Witness

  init(seed: UInt64) {
    agenda = Agenda(seed: seed)
    lan = SimulatedLAN(agenda)
    witness = Witness(agenda, lan)
    let routerCount = UInt8(Int.random(in: 1...2, using: &agenda.random))
    let hostCount = UInt8(Int.random(in: 2...4, using: &agenda.random))
    witness.routers = (1...routerCount).map { SimulatedRouter(number: $0, agenda: agenda, lan: lan) }
    witness.hosts = (1...hostCount).map { SimulatedHost(number: 100 + $0, agenda: agenda, lan: lan, witness: witness) }
    for router in witness.routers { router.onChange = { [witness] in witness.isStirred = true } }
  }

  func run() throws {
    for router in witness.routers { agenda.after(agenda.random.duration(.zero...(.seconds(3)))) { router.start() } }
    for host in witness.hosts {
      if agenda.random.chance(80) { host.setAddress(SimulatedService.present.address, isPresent: true) }
      agenda.after(agenda.random.duration(.zero...(.seconds(5)))) { try? host.start() }
    }
    for _ in 0..<Int.random(in: 4...16, using: &agenda.random) {
      agenda.after(agenda.random.duration(.seconds(5)...Self.disturbedTime)) { [unowned self] in disturb() }
    }
    run(for: Self.disturbedTime + .seconds(20))
    try mend()
    run(for: Self.restingTime)
    witness.expectRest()
    for host in witness.hosts { host.leave() }
    run(for: .seconds(15))
    witness.expectNothingLeft()
  }

  /// Lets time pass, and a client send whenever something has changed.
  private func run(for duration: Duration) {
    let end = agenda.now + duration
    while true {
      let deadlines = witness.routers.compactMap(\.deadline) + witness.hosts.compactMap(\.deadline)
      let deadline = deadlines.min()
      let next = [agenda.next, deadline].compactMap { $0 }.min()
      guard let next, next <= end else { break }
      if let deadline, deadline <= (agenda.next ?? deadline) {
        agenda.advance(to: deadline)
        for router in witness.routers where router.deadline.map({ $0 <= agenda.now }) ?? false { router.advance() }
        for host in witness.hosts where host.deadline.map({ $0 <= agenda.now }) ?? false { host.advance() }
      } else {
        agenda.step()
      }
      if witness.isStirred { witness.sendPackets() }
    }
    agenda.advance(to: end)
    witness.sendPackets()
  }

  // MARK: - Faults

  private func disturb() {
    guard let host = witness.hosts.randomElement(using: &agenda.random),
      let service = SimulatedService.allCases.randomElement(using: &agenda.random)
    else { return }
    let length = agenda.random.duration(.milliseconds(10)...(.seconds(15)))
    let fault = Int.random(in: 0..<100, using: &agenda.random)
    witness.tell("fault \(fault) of host \(host.number), \(service), for \(length)")
    switch fault {
    case ..<20:
      host.servers[service]?.state = agenda.random.chance(50) ? .down : .hanging
      agenda.after(length) { host.servers[service]?.state = .up }
    case ..<28:
      host.servers[service]?.listening = .loopback
      agenda.after(length) { host.servers[service]?.listening = .everywhere }
    case ..<38:
      host.setAddress(service.address, isPresent: false)
      if service == .present { agenda.after(length) { host.setAddress(service.address, isPresent: true) } }
    case ..<42: host.loseRoutes()
    case ..<48:
      host.setLink(isUp: false)
      agenda.after(length) { host.setLink(isUp: true) }
    case ..<52:
      lan.change(host.port) { $0.loss = Int.random(in: 5...40, using: &self.agenda.random) }
      agenda.after(length) { [lan] in lan.change(host.port) { $0.loss = 0 } }
    case ..<56: host.failSockets(for: length)
    case ..<62:
      host.isRefusing = true
      agenda.after(length) { host.isRefusing = false }
    case ..<66:
      host.slowest = .seconds(2)
      agenda.after(length) { host.slowest = .milliseconds(5) }
    case ..<72: reload(host, service)
    case ..<80:
      host.setDrain(service, true)
      if agenda.random.chance(60) { agenda.after(length) { host.setDrain(service, false) } }
    case ..<84:
      host.call { $0.suspend(at: $1) }
      agenda.after(length) { host.call { $0.resume(at: $1) } }
    case ..<89:
      host.leave()
      agenda.after(length + .seconds(12)) { try? host.start() }
    case ..<96:
      host.crash()
      agenda.after(length) { try? host.start() }
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
    switch Int.random(in: 0..<3, using: &agenda.random) {
    case 0: host.metrics[service] = Int.random(in: 1...100, using: &agenda.random)
    case 1: host.linger = Int.random(in: 1...3, using: &agenda.random)
    default:
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
    for host in witness.hosts {
      host.setLink(isUp: true)
      lan.change(host.port) { $0.loss = 0 }
      host.isRefusing = false
      host.slowest = .milliseconds(5)
      host.call { $0.resume(at: $1) }
      for service in SimulatedService.allCases {
        host.servers[service] = SimulatedServer(state: agenda.random.chance(80) ? .up : .down)
      }
      try host.start()
    }
    for router in witness.routers where router.router == nil {
      router.start()
      witness.routerChangedAt = agenda.now
    }
  }
}
