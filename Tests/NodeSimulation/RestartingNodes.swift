import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// Nodes in a quiet network whose routers all help, restarted gracefully one after the other: at no instant may anybody notice.
final class RestartingNodes {
  private let agenda: Agenda
  private let lan: SimulatedLAN
  private let witness: Witness

  init(seed: UInt64, isTold: Bool) {
    agenda = Agenda(seed: seed &+ 0x7265_7374, isTold: isTold)
    var scenario = Scenario.random(&agenda.random)
    let isPointToPoint = agenda.random.chance(30)
    if isPointToPoint { scenario.networkType = .pointToPoint }
    // Where packets overtake each other, a Hello does so with the grace-LSA before it, and a Database Description is taken for one of a
    // new exchange: that is as if the packet before it had been lost.
    scenario.hasOrder = true
    if agenda.random.chance(20) { scenario.latency = .milliseconds(1)...(.milliseconds(80)) }
    lan = SimulatedLAN(agenda, scenario)
    witness = Witness(agenda, lan)
    for number in 1...(isPointToPoint ? 1 : UInt8.random(in: 1...3, using: &agenda.random)) {
      let router = SimulatedRouter(number: number, agenda: agenda, lan: lan)
      router.onChange = { [unowned witness] in witness.isStirred = true }
      witness.routers.append(router)
    }
    for number in 1...(isPointToPoint ? 1 : UInt8.random(in: 1...3, using: &agenda.random)) {
      let host = SimulatedHost(number: 100 + number, agenda: agenda, lan: lan, witness: witness)
      if scenario.hasBFD { host.bfdMode = agenda.random.chance(50) ? .monitor : .none }
      host.recoversFromCrashes = true
      witness.hosts.append(host)
    }
    agenda.tell("\(scenario)")
  }

  /// Restarts the nodes, and returns what was wrong.
  func violations() throws -> [String] {
    for router in witness.routers { agenda.after(agenda.random.duration(.zero...(.seconds(3)))) { router.start() } }
    for host in witness.hosts {
      host.setAddresses(of: .present, isPresent: true)
      agenda.after(agenda.random.duration(.zero...(.seconds(5)))) { try? host.start() }
    }
    agenda.run(until: agenda.now + .seconds(50), lan.stations) {}
    for host in witness.hosts { try host.setAdded(true, metric: 20, isPersistent: true) }
    agenda.run(until: agenda.now + .seconds(10), lan.stations) {}
    let routes = witness.routers.map(\.routes)
    expectAllRoutes()
    for round in 1...Int.random(in: 1...4, using: &agenda.random) {
      guard let host = witness.hosts.randomElement(using: &agenda.random) else { break }
      let before = witness.routers.map { $0.database(of: host.routerID) }
      restart(host)
      // Some are restarted again as soon as that is allowed.
      let pause = agenda.random.chance(30) ? Duration.seconds(12) : .seconds(30)
      agenda.run(until: agenda.now + agenda.random.duration(pause...(pause + .seconds(3))), lan.stations) {
        guard witness.isStirred else { return }
        for (router, known) in zip(witness.routers, routes) where router.routes != known {
          agenda.note("restart \(round) of host \(host.number): router \(router.number) has other routes than before")
        }
        witness.sendPackets()
      }
      if host.node == nil || host.isRestoring { agenda.note("restart \(round) of host \(host.number) does not end") }
      for (router, known) in zip(witness.routers, before) where router.database(of: host.routerID) != known {
        agenda.note("restart \(round) of host \(host.number): router \(router.number) has other LSAs of it than before")
      }
    }
    for router in witness.routers where router.graceLSAs() > 0 {
      agenda.note("in the end router \(router.number) has grace-LSAs")
    }
    return agenda.violations
  }

  private func expectAllRoutes() {
    for router in witness.routers {
      for host in witness.hosts {
        for service in SimulatedService.allCases {
          for kind in lan.scenario.protocols
          where router.routes[IPPrefix(host: service.address(kind.version))]?[host.routerID] == nil {
            agenda.note("before any restart router \(router.number) has no route to \(service) of host \(host.number)")
          }
        }
      }
    }
  }

  private func restart(_ host: SimulatedHost) {
    // A crash is noticed by BFD, and is no restart.
    if !lan.scenario.hasBFD, agenda.random.chance(25) {
      host.crash()
      agenda.after(agenda.random.duration(.milliseconds(10)...(.seconds(3)))) { try? host.start() }
    } else {
      host.restartGracefully(after: agenda.random.duration(.milliseconds(10)...(.seconds(6))))
    }
  }
}
