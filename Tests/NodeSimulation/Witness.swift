import AnycastNode
import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// Sees everything at every instant, knows what is true, and notes where that is not what must hold.
final class Witness {
  /// An address of a service on a host.
  struct Place: Hashable {
    let host: UInt8
    let address: IPAddress
  }

  unowned let agenda: Agenda
  private unowned let lan: SimulatedLAN
  var hosts: [SimulatedHost] = []
  var routers: [SimulatedRouter] = []
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
  /// What each node last wanted to advertise.
  private var lastSeen: [UInt8: [Advertisement]] = [:]
  /// When a router was last started or ended.
  var routerChangedAt: Instant?

  init(_ agenda: Agenda, _ lan: SimulatedLAN) {
    self.agenda = agenda
    self.lan = lan
  }

  private func isRecent(_ time: Instant?, _ length: Duration) -> Bool { time.map { agenda.now - $0 <= length } ?? false }

  /// Every address of every service on a host.
  private func places(_ host: SimulatedHost) -> [(service: SimulatedService, place: Place)] {
    SimulatedService.allCases.flatMap { service in
      lan.scenario.protocols.map { (service, Place(host: host.number, address: service.address($0.version))) }
    }
  }

  // MARK: - What happens

  /// A process has begun. One that goes on where another has ended counts as the same.
  func processStarted(_ host: SimulatedHost, goesOn: Bool) {
    agenda.tell("host \(host.number) starts\(goesOn ? ", and goes on where it was" : "")")
    // What it could not flush is believed again until it hears of it.
    if unflushed.remove(host.number) != nil { crashedAt[host.number] = agenda.now }
    lastSeen[host.number] = nil
    if goesOn {
      // What was withdrawn before, the process that has ended would have removed in its time.
      for place in withdrawnAt.keys where place.host == host.number { withdrawnAt[place] = nil }
      return
    }
    for (_, place) in places(host) {
      since[place] = agenda.now
      passes[place] = 0
      advertised.remove(place)
      withdrawnAt[place] = nil
    }
  }

  func crashed(_ host: SimulatedHost) {
    agenda.tell("host \(host.number) crashes")
    crashedAt[host.number] = agenda.now
    unflushed.insert(host.number)
    isStirred = true
  }

  /// A process has left in order; in times of trouble nobody may have heard that.
  func left(_ host: SimulatedHost) {
    agenda.tell("host \(host.number) has left")
    if !isQuiet { unflushed.insert(host.number) }
    isStirred = true
  }

  /// A process has ended that will be back.
  func ceased(_ host: SimulatedHost) {
    agenda.tell("host \(host.number) ends, and will be back")
    unflushed.insert(host.number)
  }

  func linkChanged(_ host: SimulatedHost) {
    disturbedAt[host.number] = agenda.now
    isStirred = true
  }

  func addressCame(_ address: IPAddress, _ host: SimulatedHost) {
    agenda.tell("\(address) comes to host \(host.number)")
    let place = Place(host: host.number, address: address)
    since[place] = agenda.now
    passes[place] = 0
    vanishedAt[place] = nil
  }

  func addressVanished(_ address: IPAddress, _ host: SimulatedHost) {
    agenda.tell("\(address) vanishes from host \(host.number)")
    vanishedAt[Place(host: host.number, address: address)] = agenda.now
    isStirred = true
  }

  func addressRemoved(_ address: IPAddress, _ host: SimulatedHost) {
    agenda.tell("\(address) is removed from host \(host.number)")
    checkRemoval(Place(host: host.number, address: address), host)
  }

  func routeRemoved(_ route: ServiceRoute, _ host: SimulatedHost) {
    checkRemoval(Place(host: host.number, address: route.prefix.address), host)
  }

  func routeVanished(_ route: ServiceRoute, _ host: SimulatedHost) {
    vanishedAt[Place(host: host.number, address: route.prefix.address)] = agenda.now
    isStirred = true
  }

  /// A probe has passed that began at an instant, and asked these targets.
  func passed(_ service: SimulatedService, _ targets: [IPAddress], _ host: SimulatedHost, since begin: Instant) {
    for (its, place) in places(host) where its == service && (service == .routed || targets.contains(place.address)) {
      guard let since = since[place], begin >= since else { continue }
      passes[place, default: 0] += 1
    }
  }

  // MARK: - What must hold of a node

  /// Invariants 1 and 5, whenever the node has had a turn.
  func look(at host: SimulatedHost) {
    guard let node = host.node else { return }
    for service in host.drained {
      for kind in lan.scenario.protocols
      where advertised.contains(Place(host: host.number, address: service.address(kind.version))) {
        // What is still advertised is seen below to be withdrawn in the same turn, or not.
        guard node.advertisements.contains(where: { $0.prefix.address == service.address(kind.version) }) else { continue }
        agenda.note("host \(host.number): \(service) is drained and advertised")
      }
    }
    guard lastSeen[host.number] != node.advertisements else { return }
    lastSeen[host.number] = node.advertisements
    let prefixes = Set(node.advertisements.map(\.prefix))
    for (service, place) in places(host) {
      guard prefixes.contains(IPPrefix(host: place.address)) else {
        if advertised.remove(place) != nil {
          agenda.tell("\(place.address) is withdrawn by host \(host.number)")
          withdrawnAt[place] = agenda.now
          isStirred = true
        }
        continue
      }
      guard advertised.insert(place).inserted else { continue }
      agenda.tell("\(place.address) is advertised by host \(host.number)")
      isStirred = true
      if host.drained.contains(service) { agenda.note("host \(host.number): \(service) is drained and advertised") }
      if passes[place, default: 0] < SimulatedService.rise {
        agenda.note("host \(host.number): \(place.address) is advertised after \(passes[place, default: 0]) probes that passed")
      }
      // What somebody else has taken away the node learns a moment later.
      if !hasWhatItTakes(host, place.address), !isRecent(vanishedAt[place], .milliseconds(100)) {
        agenda.note("host \(host.number): \(place.address) is advertised without its address or route")
      }
    }
  }

  private func hasWhatItTakes(_ host: SimulatedHost, _ address: IPAddress) -> Bool {
    SimulatedService(address: address) == .routed
      ? host.kernel.routes.contains { $0.prefix.address == address } : host.kernel.addresses.contains { $0.address == address }
  }

  /// Invariant 3: the withdrawal was acknowledged or waited for, and the linger is over.
  private func checkRemoval(_ place: Place, _ host: SimulatedHost) {
    if advertised.contains(place) {
      return agenda.note("host \(host.number): \(place.address) or its route is removed while it is advertised")
    }
    guard let withdrawn = withdrawnAt[place] else { return }
    let passed = agenda.now - withdrawn
    if passed < .seconds(1) { agenda.note("host \(host.number): \(place.address) is removed \(passed) after its withdrawal") }
    guard passed < .seconds(5), isQuiet else { return }
    for router in routers
    where router.routes[IPPrefix(host: place.address)]?[host.routerID] != nil && !isLate(router, with: host) {
      agenda.note("host \(host.number): \(place.address) is removed before router \(router.number) knows of its withdrawal")
    }
  }

  /// Whether nobody has crashed and no link was in trouble lately. Whoever was cut off keeps an LSA that its originator has flushed in
  /// the meantime, and brings it to life again for a moment when it comes back: so it does not matter whose link it was.
  var isQuiet: Bool {
    let length = Duration.seconds(Scenario.deadInterval + 10)
    return !crashedAt.values.contains { isRecent($0, length) } && !disturbedAt.values.contains { isRecent($0, length) }
      && !isRecent(routerChangedAt, length) && lan.ports.indices.allSatisfy { lan.isSound($0, for: length) }
  }

  // MARK: - The client

  /// Invariant 2: a client behind each router sends to every service. Its packets must not arrive where the address or route is missing.
  func sendPackets() {
    isStirred = false
    for router in routers {
      for (prefix, ways) in router.routes {
        guard let best = ways.values.min() else { continue }
        for host in hosts where ways[host.routerID] == best && lan.ports[host.port].isConnected {
          packets += 1
          let address = prefix.address
          guard !hasWhatItTakes(host, address), isQuiet, !isBlind(host), !isLate(router, with: host) else { continue }
          // Somebody else has taken it away: the withdrawal takes a moment, and may have to wait for MinLSArrival, and for a router that is
          // busy.
          let vanished = vanishedAt[Place(host: host.number, address: address)]
          guard !isRecent(vanished.map { max($0, busyUntil) }, .milliseconds(1500)) else { continue }
          agenda.note("a packet from router \(router.number) to \(address) arrives at host \(host.number), which lacks it")
        }
      }
    }
  }

  /// Until when some router was busy: the others hear late of what the Designated Router has to pass on.
  private var busyUntil: Instant { routers.map(\.busyUntil).max() ?? .zero }

  /// Whether a router may be late with what it is told by another one: a node waits only for the acknowledgments of those that it is adjacent
  /// with.
  private func isLate(_ router: SimulatedRouter, with host: SimulatedHost) -> Bool {
    isRecent(busyUntil, .milliseconds(1500)) && !router.isAdjacent(with: host.routerID)
  }

  /// Whether a host restarts gracefully: nobody there can withdraw anything until its neighbors are back, and what was to be is done then.
  private func isBlind(_ host: SimulatedHost) -> Bool {
    host.node == nil || host.node?.state == .restarting || host.isRestoring || isRecent(host.restoredAt, .milliseconds(1500))
  }

  // MARK: - In the end

  /// Invariant 4: what is not yet as it must be when everything has come to rest.
  var unrest: [String] {
    var unrest: [String] = []
    for host in hosts {
      guard host.node != nil, let configuration = try? host.configuration else {
        unrest.append("host \(host.number) does not run")
        continue
      }
      var configured = Set(configuration.services.map(\.name))
      if host.hasAdded { configured.insert(SimulatedService.added.name) }
      for (service, place) in places(host) {
        unrest += self.unrest(of: service, place.address, on: host, configured.contains(service.name))
      }
    }
    // A version that was taken out of a configuration cannot take back what it has said: that ends with its grace period.
    let silent = hosts.filter { !$0.disabled.isEmpty }
    let left = routers.filter { router in
      router.graceLSAs { routerID, kind in !silent.contains { $0.routerID == routerID && $0.disabled.contains(kind) } } > 0
    }
    unrest += left.map { "router \($0.number) has grace-LSAs" }
    return unrest
  }

  private func unrest(
    of service: SimulatedService, _ address: IPAddress, on host: SimulatedHost, _ isConfigured: Bool
  ) -> [String] {
    guard let server = host.servers[service] else { return [] }
    var unrest: [String] = []
    let isThere = service != .present || hasWhatItTakes(host, address)
    let serves = service == .routed ? server.state == .up : server.servesAddress
    let isWanted = isConfigured && serves && isThere && !host.drained.contains(service) && host.node?.state == .running
    for router in routers {
      let metric = router.routes[IPPrefix(host: address)]?[host.routerID]
      let isSpoken = !host.disabled.contains(address.v4 == nil ? .ospfv3 : .ospfv2)
      let wanted = isWanted && isSpoken ? UInt32(host.metrics[service] ?? 20) : nil
      if metric != wanted {
        unrest.append(
          "router \(router.number) has metric \(metric.map { "\($0)" } ?? "none") for \(address) (\(service)) of host "
            + "\(host.number), not \(wanted.map { "\($0)" } ?? "none")")
      }
    }
    let wantsIt: Bool? =
      switch service {
      case .always: isConfigured
      case .healthy, .routed, .added: isWanted
      case .present: nil
      }
    if let wantsIt, hasWhatItTakes(host, address) != wantsIt {
      unrest.append("host \(host.number) \(wantsIt ? "lacks" : "still has") \(address) or its route (\(service))")
    }
    return unrest
  }

  /// Nothing is left behind where a process has left.
  func expectNothingLeft() {
    for host in hosts {
      if host.node != nil { agenda.note("host \(host.number) has not left") }
      let left = host.kernel.addresses.filter { SimulatedService(address: $0.address) != .present }
      if !left.isEmpty || !host.kernel.routes.isEmpty {
        agenda.note("host \(host.number) has left \(left.sorted()) and \(host.kernel.routes.count) routes behind")
      }
      for router in routers {
        for (prefix, ways) in router.routes where ways[host.routerID] != nil {
          agenda.note("router \(router.number) still has a route to \(prefix) of host \(host.number), which has left")
        }
      }
    }
  }
}
