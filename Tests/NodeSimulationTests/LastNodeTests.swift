import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// A few nodes of one service under the guard of the last node, and routers between them.
private final class GuardedFleet {
  let agenda: Agenda
  private let lan: SimulatedLAN
  let minimumNodes: Int
  private(set) var routers: [SimulatedRouter] = []
  private(set) var hosts: [GuardedHost] = []
  private(set) var violations: [String] = []
  /// Whether some node must be seen to serve at every instant.
  var mustServe = false

  init(seed: UInt64) throws {
    agenda = Agenda(seed: seed &+ 0x6C61_7374)
    lan = SimulatedLAN(agenda)
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

  func note(_ text: String) {
    tell(text)
    if violations.count < 5 { violations.append("\(Double(agenda.now.nanoseconds) / 1e9) s: \(text)") }
  }

  func tell(_ text: @autoclosure () -> String) {
    if Seeds.isSingle { print("\(Double(agenda.now.nanoseconds) / 1e9) s: \(text())") }
  }

  func run(for duration: Duration) {
    let end = agenda.now + duration
    while true {
      let deadline = (routers.compactMap(\.deadline) + hosts.compactMap(\.deadline)).min()
      guard let next = [agenda.next, deadline].compactMap({ $0 }).min(), next <= end else { break }
      if let deadline, deadline <= (agenda.next ?? deadline) {
        agenda.advance(to: deadline)
        for router in routers where router.deadline.map({ $0 <= agenda.now }) ?? false { router.advance() }
        for host in hosts where host.deadline.map({ $0 <= agenda.now }) ?? false { host.advance() }
      } else {
        agenda.step()
      }
      guard mustServe else { continue }
      for router in routers where (router.routes[GuardedHost.prefix] ?? [:]).isEmpty {
        note("router \(router.address) sees no node")
        mustServe = false
      }
    }
    agenda.advance(to: end)
  }

  func setServer(_ host: GuardedHost, isWell: Bool) {
    tell("server of \(host.number) \(isWell ? "is well" : "fails")")
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
      tell("crash of \(host.number)")
      host.crash()
    case ..<75: try host.start()
    case ..<85:
      let part = agenda.random.chance(60) ? 0 : 1
      tell("\(host.number) goes to part \(part)")
      lan.change(host.port) { $0.part = part }
    case ..<90:
      let part = agenda.random.chance(60) ? 0 : 1
      tell("router \(router.address) goes to part \(part)")
      lan.change(router.port) { $0.part = part }
    default:
      let loss = Int.random(in: 5...50, using: &agenda.random)
      tell("\(host.number) loses \(loss) %")
      lan.change(host.port) { $0.loss = loss }
    }
  }

  /// Packets are no longer lost. Who is dead, or in another part, stays so.
  func rest() {
    for port in lan.ports.indices { lan.change(port) { $0.loss = 0 } }
    run(for: .seconds(90))
  }

  /// In each part of the network, its routers see every node that is well, and of the others the fewest that make up the number.
  func expectRest(_ occasion: String) {
    for router in routers {
      let part = lan.ports[router.port].part
      let living = hosts.filter { $0.node != nil && lan.ports[$0.port].part == part }
      let well = living.filter(\.isWell)
      let rest = living.filter { !$0.isWell }.prefix(max(minimumNodes - well.count, 0))
      var expected: [RouterID: UInt32] = [:]
      for host in well { expected[host.routerID] = GuardedHost.metric }
      for host in rest { expected[host.routerID] = GuardedHost.lastResort }
      let seen = router.routes[GuardedHost.prefix] ?? [:]
      if seen != expected { note("\(occasion), router \(router.address) sees \(seen), not \(expected)") }
      for host in living {
        let state: ServiceState = host.isWell ? .up : rest.contains { $0 === host } ? .lastResort : .down
        if host.state != state { note("\(occasion), \(host.number) is \(host.state.map { "\($0)" } ?? "-"), not \(state)") }
      }
    }
  }
}

@Suite("The guard of the last node, from a seed")
struct LastNodeTests {
  @Test("In whatever order servers fail and recover, each router sees a node at every instant", arguments: Seeds.batches)
  func neverNobody(seeds: ArraySlice<UInt64>) throws {
    for seed in seeds {
      let fleet = try GuardedFleet(seed: seed)
      fleet.mustServe = true
      for _ in 0..<Int.random(in: 2...10, using: &fleet.agenda.random) {
        let areMany = fleet.agenda.random.chance(30)
        for host in fleet.hosts where areMany || fleet.agenda.random.chance(40) {
          fleet.setServer(host, isWell: fleet.agenda.random.chance(30))
        }
        fleet.run(for: fleet.agenda.random.duration(.milliseconds(10)...(.seconds(20))))
      }
      fleet.rest()
      fleet.expectRest("at rest")
      for violation in fleet.violations { Issue.record("NODE_SIMULATION_SEED=\(seed): \(violation)") }
    }
  }

  @Test(
    "Through crashes, partitions and loss: at rest nobody who is well is missing, and nobody who is not is there without need",
    arguments: Seeds.batches)
  func rest(seeds: ArraySlice<UInt64>) throws {
    for seed in seeds {
      let fleet = try GuardedFleet(seed: seed)
      for round in 1...Int.random(in: 1...4, using: &fleet.agenda.random) {
        for _ in 0..<Int.random(in: 1...8, using: &fleet.agenda.random) {
          try fleet.disturb()
          fleet.run(for: fleet.agenda.random.duration(.milliseconds(10)...(.seconds(10))))
        }
        fleet.rest()
        fleet.expectRest("at the \(round). rest")
      }
      for violation in fleet.violations { Issue.record("NODE_SIMULATION_SEED=\(seed): \(violation)") }
    }
  }
}

@Suite("Whether this node is the only one")
struct SoleServerTests {
  @Test("The question is answered from the database, and who waits to leave does so when another node serves")
  func leaving() throws {
    let fleet = try GuardedFleet(seed: 1)
    let dns = IPAddress.v4(IPv4Address(192, 0, 2, 53))
    let stays = try #require(fleet.hosts.first)
    func alone(_ names: [String] = []) -> [IPAddress]? { stays.node?.addressesServedHereOnly(names, at: fleet.agenda.now) }
    #expect(alone() == [])
    for host in fleet.hosts.dropFirst() { host.crash() }
    // Until the dead interval is over the routers believe in them as well.
    #expect(alone() == [])
    fleet.run(for: .seconds(20))
    #expect(alone() == [dns])
    #expect(alone(["dns"]) == [dns] && alone(["192.0.2.53"]) == [dns] && alone(["192.0.2.53/32"]) == [dns])
    #expect(alone(["web"]) == [])
    var waitsFor: [IPAddress] = []
    stays.call { waitsFor = $0.leaveWhenServedElsewhere(at: $1) }
    #expect(waitsFor == [dns])
    fleet.run(for: .seconds(60))
    #expect(stays.state == .up)
    try fleet.hosts[1].start()
    fleet.run(for: .seconds(30))
    #expect(stays.node == nil, "another node serves, and this one has left")
  }

  @Test("A node that is the last resort is no help: who serves beside it is the only one")
  func besideLastResort() throws {
    let fleet = try GuardedFleet(seed: 2)
    let stays = try #require(fleet.hosts.first)
    for host in fleet.hosts.dropFirst() { host.isWell = false }
    fleet.run(for: .seconds(60))
    #expect(stays.node?.addressesServedHereOnly(at: fleet.agenda.now) == [.v4(IPv4Address(192, 0, 2, 53))])
  }

  @Test("Without a neighbor nobody comes here, and nothing is asked")
  func withoutNeighbor() throws {
    let fleet = try GuardedFleet(seed: 3)
    let stays = try #require(fleet.hosts.first)
    for host in fleet.hosts.dropFirst() { host.crash() }
    for router in fleet.routers { router.crash() }
    fleet.run(for: .seconds(30))
    #expect(stays.node?.addressesServedHereOnly(at: fleet.agenda.now) == [])
  }
}
