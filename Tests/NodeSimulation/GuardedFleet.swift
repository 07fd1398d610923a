import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A few nodes of one service under the guard of the last node, and routers between them.
final class GuardedFleet {
  let agenda: Agenda
  private let lan: SimulatedLAN
  let minimumNodes: Int
  private(set) var routers: [SimulatedRouter] = []
  private(set) var hosts: [GuardedHost] = []
  /// Whether some node must be seen to serve at every instant.
  var mustServe = false

  init(seed: UInt64, isTold: Bool = false) throws {
    agenda = Agenda(seed: seed &+ 0x6C61_7374, isTold: isTold)
    lan = SimulatedLAN(agenda, Scenario())
    minimumNodes = Int.random(in: 1...2, using: &agenda.random)
    routers = (1...2).map { SimulatedRouter(number: $0, agenda: agenda, lan: lan) }
    let count = UInt8(Int.random(in: 2...4, using: &agenda.random))
    hosts = (1...count).map { GuardedHost(number: 100 + $0, minimumNodes: minimumNodes, agenda: agenda, lan: lan) }
    // Some fleets are so alike that they ask their servers at the same instants.
    let isInStep = agenda.random.chance(40)
    for host in hosts where !isInStep { host.phase = agenda.random.duration(.zero...(.seconds(1))) }
    for router in routers { router.start() }
    for host in hosts { try host.start() }
    run(for: .seconds(40))
    expectRest("after the start")
  }

  func run(for duration: Duration) {
    agenda.run(until: agenda.now + duration, lan.stations) {
      guard mustServe else { return }
      for router in routers where (router.routes[GuardedHost.prefix] ?? [:]).isEmpty {
        agenda.note("router \(router.number) sees no node")
        mustServe = false
      }
    }
  }

  func setServer(_ host: GuardedHost, isWell: Bool) {
    agenda.tell("server of \(host.number) \(isWell ? "is well" : "fails")")
    host.isWell = isWell
  }

  /// What can happen to a network, for some seconds.
  func disturb() throws {
    guard let host = hosts.randomElement(using: &agenda.random), let router = routers.randomElement(using: &agenda.random) else {
      return
    }
    switch Int.random(in: 0..<100, using: &agenda.random) {
    case ..<40: setServer(host, isWell: agenda.random.chance(40))
    case ..<55:
      agenda.tell("crash of \(host.number)")
      host.crash()
    case ..<75: try host.start()
    case ..<85:
      let part = agenda.random.chance(60) ? 0 : 1
      agenda.tell("\(host.number) goes to part \(part)")
      lan.change(host.port) { $0.part = part }
    case ..<90:
      let part = agenda.random.chance(60) ? 0 : 1
      agenda.tell("router \(router.number) goes to part \(part)")
      lan.change(router.port) { $0.part = part }
    default:
      let loss = Int.random(in: 5...50, using: &agenda.random)
      agenda.tell("\(host.number) loses \(loss) %")
      lan.change(host.port) { $0.loss = loss }
    }
  }

  /// Packets are no longer lost. Who is dead, or in another part, stays so.
  func rest() {
    for port in lan.ports.indices { lan.change(port) { $0.loss = 0 } }
    run(for: .seconds(40))
    if agenda.random.chance(20) || !unrest.isEmpty { run(for: .seconds(50)) }
  }

  func expectRest(_ occasion: String) {
    for unrest in unrest { agenda.note("\(occasion), \(unrest)") }
  }

  /// What is not as it must be at rest: in each part of the network, its routers see every node that is well, and of the others the fewest
  /// that make up the number.
  private var unrest: [String] {
    var unrest: [String] = []
    for router in routers {
      let part = lan.ports[router.port].part
      let living = hosts.filter { $0.node != nil && lan.ports[$0.port].part == part }
      let well = living.filter(\.isWell)
      let rest = living.filter { !$0.isWell }.prefix(max(minimumNodes - well.count, 0))
      var expected: [RouterID: UInt32] = [:]
      for host in well { expected[host.routerID] = GuardedHost.metric }
      for host in rest { expected[host.routerID] = GuardedHost.lastResort }
      let seen = router.routes[GuardedHost.prefix] ?? [:]
      if seen != expected { unrest.append("router \(router.number) sees \(seen), not \(expected)") }
      for host in living {
        let state: ServiceState = host.isWell ? .up : rest.contains { $0 === host } ? .lastResort : .down
        if host.state != state { unrest.append("\(host.number) is \(host.state.map { "\($0)" } ?? "-"), not \(state)") }
      }
    }
    return unrest
  }

  // MARK: - Stories

  func violationsWhileServersFail() -> [String] {
    mustServe = true
    for _ in 0..<Int.random(in: 2...10, using: &agenda.random) {
      let areMany = agenda.random.chance(30)
      for host in hosts where areMany || agenda.random.chance(40) {
        setServer(host, isWell: agenda.random.chance(30))
      }
      run(for: agenda.random.duration(.milliseconds(10)...(.seconds(20))))
    }
    rest()
    expectRest("at rest")
    return agenda.violations
  }

  func violationsWhileTheNetworkBreaks() throws -> [String] {
    for round in 1...Int.random(in: 1...4, using: &agenda.random) {
      for _ in 0..<Int.random(in: 1...8, using: &agenda.random) {
        try disturb()
        run(for: agenda.random.duration(.milliseconds(10)...(.seconds(10))))
      }
      rest()
      expectRest("at the \(round). rest")
    }
    return agenda.violations
  }
}
