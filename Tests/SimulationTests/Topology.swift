import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// What a seed builds: hosts, networks, the kind of area and the timers.
struct Topology {
  let network: VirtualNetwork
  let area: AreaConfiguration
  let timers: Timers

  /// The timers that all interfaces share.
  struct Timers {
    var hello: Duration
    var dead: Duration
    var rxmt: Duration
  }

  static let areaID: AreaID = "0.0.0.1"

  /// Chooses everything with `random`.
  init(_ instance: ProtocolInstance, seed: UInt64, _ random: inout SplitMix64) {
    network = VirtualNetwork(instance, seed: seed)
    let roll = Int.random(in: 0..<100, using: &random)
    area = roll < 60 ? .normal : roll < 80 ? .nssa : .stub
    timers = Topology.timers(&random)
    let hostCount = random.chance(70) ? Int.random(in: 3...4, using: &random) : Int.random(in: 5...10, using: &random)
    for number in 1...hostCount { addHost(UInt32(number), &random) }
    switch Int.random(in: 0..<100, using: &random) {
    case ..<35: connectAll(.broadcast, &random)
    case ..<55: connectInPairs(&random)
    case ..<85: connectMixed(&random)
    case ..<93: connectAll(.nonBroadcast, &random)
    default: connectAll(.pointToMultipoint, &random)
    }
    if instance.version == .v3 { addPrefixes(&random) }
  }

  private static func timers(_ random: inout SplitMix64) -> Timers {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: Timers(hello: .seconds(10), dead: .seconds(40), rxmt: .seconds(5))
    case 1: Timers(hello: .seconds(5), dead: .seconds(20), rxmt: .seconds(3))
    default: Timers(hello: .seconds(2), dead: .seconds(8), rxmt: .seconds(2))
    }
  }

  private func addHost(_ number: UInt32, _ random: inout SplitMix64) {
    // Router IDs are in no order, so that every host is master to some and slave to others.
    let routerID = RouterID(rawValue: 0x0A00_0000 | UInt32.random(in: 1...0xFFFF, using: &random) << 8 | number)
    _ = network.addHost(
      RouterConfiguration(
        version: .v2, routerID: routerID, areas: [Topology.areaID: area],
        stubRouter: StubRouterPolicy(maxMetric: .never)))
  }

  private func settings(_ random: inout SplitMix64, mustBeEligible: Bool) -> InterfaceSettings {
    let priority: UInt8 = mustBeEligible || random.chance(60) ? UInt8.random(in: 1...3, using: &random) : 0
    return InterfaceSettings(
      area: Topology.areaID, helloInterval: timers.hello, routerDeadInterval: timers.dead, rxmtInterval: timers.rxmt,
      priority: priority, cost: UInt16.random(in: 1...100, using: &random), pollInterval: timers.hello * 2)
  }

  private func addSegment(_ type: NetworkType, _ hosts: [Int], _ random: inout SplitMix64) {
    let number = UInt32(network.segments.count)
    let subnet = IPv4Prefix(IPv4Address(rawValue: 0xC612_0000 | number << 8), length: 24)
    let segment = network.addSegment(VirtualSegment(type, subnet))
    for (position, host) in hosts.enumerated() {
      // On a non-broadcast network only eligible routers speak first, and both ends of the configuration call all priority 1.
      let mustBeEligible = position == 0 || type == .nonBroadcast
      network.attach(host, to: segment, settings(&random, mustBeEligible: mustBeEligible))
    }
    if type == .nonBroadcast || type == .pointToMultipoint { network.configureNeighbors(on: segment) }
  }

  private func connectAll(_ type: NetworkType, _ random: inout SplitMix64) {
    addSegment(type, network.hosts.indices.shuffled(using: &random), &random)
  }

  /// A tree of point-to-point links, and perhaps a link more that closes a ring.
  private func connectInPairs(_ random: inout SplitMix64) {
    for host in 1..<network.hosts.count {
      addSegment(.pointToPoint, [Int.random(in: 0..<host, using: &random), host], &random)
    }
    if random.chance(60), network.hosts.count > 3 { addSegment(.pointToPoint, [0, network.hosts.count - 1], &random) }
  }

  /// Two broadcast networks that share a host or two, and a point-to-point link.
  private func connectMixed(_ random: inout SplitMix64) {
    let hosts = network.hosts.indices.shuffled(using: &random)
    let middle = Int.random(in: 1..<hosts.count - 1, using: &random)
    addSegment(.broadcast, Array(hosts[...middle]), &random)
    addSegment(.broadcast, Array(hosts[middle...]), &random)
    if random.chance(50), let first = hosts.first, let last = hosts.last {
      addSegment(.pointToPoint, [first, last], &random)
    }
  }

  /// In OSPFv3 routers on one link may each have prefixes of their own, and the same prefix may be on several routers and links.
  private func addPrefixes(_ random: inout SplitMix64) {
    for host in network.hosts.indices {
      for interface in network.hosts[host].interfaces.indices {
        let numbers = (0..<UInt8(3)).filter { _ in random.chance(25) }
        network.changeInterface(host, interface) { definition in
          guard case .ipv6(let linkLocal, let addresses) = definition.addressing else { return }
          definition.addressing = .ipv6(
            linkLocal: linkLocal, addresses: addresses + numbers.flatMap { Topology.addresses($0, host: host) })
        }
      }
    }
  }

  private static func addresses(_ number: UInt8, host: Int) -> [InterfaceAddress] {
    let v4 = IPv4Address(198, 51, number, UInt8(host + 1))
    let v6 = IPv6Address(high: 0x2001_0DB8_00FF_0000 | UInt64(number), low: UInt64(host + 1))
    return [
      InterfaceAddress(address: .v4(v4), prefix: .v4(IPv4Prefix(v4, length: 24))),
      InterfaceAddress(address: .v6(v6), prefix: .v6(IPv6Prefix(v6, length: 64))),
    ]
  }
}
