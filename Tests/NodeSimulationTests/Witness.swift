import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

@testable import AnycastNode

/// Sees everything at every instant, knows what is true, and notes where that is not what must hold.
final class Witness {
  private struct Place: Hashable {
    let host: UInt8
    let service: SimulatedService
  }

  private let agenda: Agenda
  private let lan: SimulatedLAN
  var hosts: [SimulatedHost] = []
  var routers: [SimulatedRouter] = []
  private(set) var violations: [String] = []
  /// How many packets a client has sent, as far as routes led somewhere.
  private(set) var packets = 0
  /// Something has changed that may matter to a client.
  var isStirred = false

  /// Since when the address, or the process where there is none, has been there without a break.
  private var since: [Place: Instant] = [:]
  /// How often in succession a probe has passed that began after that.
  private var passes: [Place: Int] = [:]
  private var advertised: Set<Place> = []
  private var withdrawnAt: [Place: Instant] = [:]
  private var vanishedAt: [Place: Instant] = [:]
  private var crashedAt: [UInt8: Instant] = [:]
  private var disturbedAt: [UInt8: Instant] = [:]
  /// Hosts whose last process may have left LSAs behind.
  private var unflushed: Set<UInt8> = []
  /// When a router was last started or ended.
  var routerChangedAt: Instant?

  init(_ agenda: Agenda, _ lan: SimulatedLAN) {
    self.agenda = agenda
    self.lan = lan
  }

  private func note(_ text: String) {
    tell(text)
    guard violations.count < 5 else { return }
    violations.append("\(Double(agenda.now.nanoseconds) / 1e9) s: \(text)")
  }

  /// Tells a person who looks into one seed what happens.
  func tell(_ text: @autoclosure () -> String) {
    if Seeds.isSingle { print("\(Double(agenda.now.nanoseconds) / 1e9) s: \(text())") }
  }

  private func isRecent(_ time: Instant?, _ length: Duration) -> Bool { time.map { agenda.now - $0 <= length } ?? false }

  // MARK: - What happens

  func processStarted(_ host: SimulatedHost) {
    // What it could not flush is believed again until it hears of it.
    if unflushed.remove(host.number) != nil { crashedAt[host.number] = agenda.now }
    for service in SimulatedService.allCases {
      let place = Place(host: host.number, service: service)
      since[place] = agenda.now
      passes[place] = 0
      advertised.remove(place)
      withdrawnAt[place] = nil
    }
  }

  func crashed(_ host: SimulatedHost) {
    crashedAt[host.number] = agenda.now
    unflushed.insert(host.number)
    for service in SimulatedService.allCases { advertised.remove(Place(host: host.number, service: service)) }
    isStirred = true
  }

  /// A process has left in order; in times of trouble nobody may have heard that.
  func left(_ host: SimulatedHost) {
    if !isQuiet { unflushed.insert(host.number) }
    isStirred = true
  }

  func linkChanged(_ host: SimulatedHost) {
    disturbedAt[host.number] = agenda.now
    isStirred = true
  }

  func addressCame(_ address: IPAddress, _ host: SimulatedHost) {
    tell("\(address) comes to host \(host.number)")
    guard let place = place(address, host) else { return }
    since[place] = agenda.now
    passes[place] = 0
    vanishedAt[place] = nil
  }

  func addressVanished(_ address: IPAddress, _ host: SimulatedHost) {
    tell("\(address) vanishes from host \(host.number)")
    guard let place = place(address, host) else { return }
    vanishedAt[place] = agenda.now
    isStirred = true
  }

  func addressRemoved(_ address: IPAddress, _ host: SimulatedHost) {
    tell("\(address) is removed from host \(host.number)")
    guard let place = place(address, host) else { return }
    checkRemoval(place, host)
  }

  func routeRemoved(_ route: ServiceRoute, _ host: SimulatedHost) {
    guard let service = SimulatedService.allCases.first(where: { $0.prefix == route.prefix }) else { return }
    checkRemoval(Place(host: host.number, service: service), host)
  }

  func routeVanished(_ route: ServiceRoute, _ host: SimulatedHost) {
    guard let service = SimulatedService.allCases.first(where: { $0.prefix == route.prefix }) else { return }
    vanishedAt[Place(host: host.number, service: service)] = agenda.now
    isStirred = true
  }

  /// A probe has passed that began at an instant, and asked these targets.
  func passed(_ service: SimulatedService, _ targets: [IPAddress], _ host: SimulatedHost, since begin: Instant) {
    let place = Place(host: host.number, service: service)
    guard service == .routed || targets.contains(service.address), let since = since[place], begin >= since else { return }
    passes[place, default: 0] += 1
  }

  private func place(_ address: IPAddress, _ host: SimulatedHost) -> Place? {
    SimulatedService.allCases.first { $0.address == address }.map { Place(host: host.number, service: $0) }
  }

  /// What somebody who asks a target from a host is answered: the address of a service that the host lacks is another node's.
  func answer(
    at target: IPAddress, of service: SimulatedService, from host: SimulatedHost, _ server: SimulatedServer
  ) -> Bool {
    guard target == service.address else { return server.state == .up }
    if host.onLoopback.contains(target) { return server.servesAddress }
    return hosts.contains { $0 !== host && $0.onLoopback.contains(target) && $0.servers[service]?.servesAddress == true }
  }

  // MARK: - What must hold of a node

  /// Invariants 1 and 5, whenever the node has had a turn.
  func look(at host: SimulatedHost) {
    guard let node = host.node else { return }
    let prefixes = Set(node.advertisements.map(\.prefix))
    for service in SimulatedService.allCases {
      let place = Place(host: host.number, service: service)
      guard prefixes.contains(service.prefix) else {
        if advertised.remove(place) != nil {
          tell("\(service) is withdrawn by host \(host.number)")
          withdrawnAt[place] = agenda.now
          isStirred = true
        }
        continue
      }
      if host.drained.contains(service) { note("host \(host.number): \(service) is drained and advertised") }
      guard advertised.insert(place).inserted else { continue }
      tell("\(service) is advertised by host \(host.number)")
      isStirred = true
      if passes[place, default: 0] < SimulatedService.rise {
        note("host \(host.number): \(service) is advertised after \(passes[place, default: 0]) probes that passed")
      }
      // What somebody else has taken away the node learns a moment later.
      if !hasWhatItTakes(host, service), !isRecent(vanishedAt[place], .milliseconds(100)) {
        note("host \(host.number): \(service) is advertised without its address or route")
      }
    }
  }

  private func hasWhatItTakes(_ host: SimulatedHost, _ service: SimulatedService) -> Bool {
    service == .routed
      ? host.routes.contains { $0.prefix == service.prefix } : host.onLoopback.contains(service.address)
  }

  /// Invariant 3: the withdrawal was acknowledged or waited for, and the linger is over.
  private func checkRemoval(_ place: Place, _ host: SimulatedHost) {
    if advertised.contains(place) {
      return note("host \(host.number): the address or route of \(place.service) is removed while it is advertised")
    }
    guard let withdrawn = withdrawnAt[place] else { return }
    let passed = agenda.now - withdrawn
    if passed < .seconds(1) { note("host \(host.number): \(place.service) is removed \(passed) after its withdrawal") }
    guard passed < .seconds(5), isQuiet else { return }
    for router in routers where router.routes[place.service.prefix]?[host.routerID] != nil {
      note("host \(host.number): \(place.service) is removed before \(router.address) knows of its withdrawal")
    }
  }

  /// Whether nobody has crashed and no link was in trouble lately. Whoever was cut off keeps an LSA that its originator has flushed in
  /// the meantime, and brings it to life again for a moment when it comes back: so it does not matter whose link it was.
  private var isQuiet: Bool {
    let length = Duration.seconds(Simulation.deadInterval + 10)
    return !crashedAt.values.contains { isRecent($0, length) } && !disturbedAt.values.contains { isRecent($0, length) }
      && !isRecent(routerChangedAt, length) && lan.ports.indices.allSatisfy { lan.isSound($0, for: length) }
  }

  // MARK: - The client

  /// Invariant 2: a client behind each router sends to every service. Its packets must not arrive where the address or route is missing.
  func sendPackets() {
    isStirred = false
    for router in routers {
      for service in SimulatedService.allCases {
        guard let ways = router.routes[service.prefix], let best = ways.values.min() else { continue }
        for host in hosts where ways[host.routerID] == best && lan.ports[host.port].isConnected {
          packets += 1
          guard !hasWhatItTakes(host, service), isQuiet else { continue }
          // Somebody else has taken it away: the withdrawal takes a moment, and may have to wait for MinLSArrival.
          guard !isRecent(vanishedAt[Place(host: host.number, service: service)], .milliseconds(1500)) else { continue }
          note("a packet from \(router.address) to \(service) arrives at host \(host.number), which lacks the address or route")
        }
      }
    }
  }

  // MARK: - In the end

  /// Invariant 4, when everything has come to rest.
  func expectRest() {
    for host in hosts {
      guard host.node != nil, let configuration = try? host.configuration else {
        note("host \(host.number) does not run")
        continue
      }
      for service in SimulatedService.allCases { expectRest(of: service, on: host, configuration.services.map(\.name)) }
    }
  }

  private func expectRest(of service: SimulatedService, on host: SimulatedHost, _ configured: [String]) {
    guard let server = host.servers[service] else { return }
    let isConfigured = configured.contains(service.name)
    let isThere = service != .present || host.onLoopback.contains(service.address)
    let serves = service == .routed ? server.state == .up : server.servesAddress
    let isWanted = isConfigured && serves && isThere && !host.drained.contains(service) && host.node?.state == .running
    for router in routers {
      let metric = router.routes[service.prefix]?[host.routerID]
      let wanted = isWanted ? UInt32(host.metrics[service] ?? 20) : nil
      if metric != wanted {
        note(
          "in the end \(router.address) has metric \(metric.map { "\($0)" } ?? "none") for \(service) of host \(host.number), not "
            + (wanted.map { "\($0)" } ?? "none"))
      }
    }
    let wantsIt: Bool? =
      switch service {
      case .always: isConfigured
      case .healthy, .routed: isWanted
      case .present: nil
      }
    if let wantsIt, hasWhatItTakes(host, service) != wantsIt {
      note("in the end host \(host.number) \(wantsIt ? "lacks" : "still has") the address or route of \(service)")
    }
  }

  /// Nothing is left behind where a process has left.
  func expectNothingLeft() {
    for host in hosts {
      if host.node != nil { note("host \(host.number) has not left") }
      let left = host.onLoopback.subtracting([SimulatedService.present.address])
      if !left.isEmpty || !host.routes.isEmpty {
        note("host \(host.number) has left \(left) and \(host.routes.count) routes behind")
      }
      for router in routers {
        for (prefix, ways) in router.routes where ways[host.routerID] != nil {
          note("\(router.address) still has a route to \(prefix) of host \(host.number), which has left")
        }
      }
    }
  }
}
