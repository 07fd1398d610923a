import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// One thing that happens to the network while it is disturbed.
enum Disturbance {
  case start(host: Int)
  case crash(host: Int)
  case leave(host: Int)
  case restart(host: Int, gracePeriod: Duration)
  case advertise(host: Int, [Advertisement])
  case link(host: Int, interface: Int, isUp: Bool)
  case cost(host: Int, interface: Int, UInt16)
  case partition(segment: Int, sides: [Int: Int])
  case heal(segment: Int)
  case faults(segment: Int, VirtualSegment.Faults)
  /// OSPFv3: the link-local address of an interface is another one.
  case anotherLinkLocal(host: Int, interface: Int, generation: UInt64)
  /// OSPFv3: duplicate address detection begins: there is no link-local address.
  case noLinkLocal(host: Int, interface: Int)
  /// OSPFv3: duplicate address detection has finished.
  case settleLinkLocal(host: Int, interface: Int)

  /// Lets it happen.
  func apply(to network: VirtualNetwork) {
    switch self {
    case .start(let host): if network.hosts[host].router == nil { network.start(host) }
    case .crash(let host): network.crash(host)
    case .leave(let host): network.leave(host, timeout: .seconds(3))
    case .restart(let host, let gracePeriod): network.prepareRestart(host, gracePeriod: gracePeriod)
    case .advertise(let host, let advertisements): network.advertise(host, advertisements)
    case .link(let host, let interface, let isUp): network.changeInterface(host, interface) { $0.isUp = isUp }
    case .cost(let host, let interface, let cost): network.changeInterface(host, interface) { $0.settings.cost = cost }
    case .partition(let segment, let sides): network.segments[segment].sides = sides
    case .heal(let segment): network.segments[segment].sides = [:]
    case .faults(let segment, let faults): network.segments[segment].faults = faults
    case .anotherLinkLocal(let host, let interface, let generation):
      network.changeInterface(host, interface) { $0.setLinkLocal(host: host, generation: generation) }
    case .noLinkLocal(let host, let interface): network.changeInterface(host, interface) { $0.setLinkLocal(nil) }
    case .settleLinkLocal(let host, let interface):
      network.changeInterface(host, interface) { $0.settleLinkLocal(host: host) }
    }
  }
}

extension InterfaceDefinition {
  mutating func setLinkLocal(_ linkLocal: IPv6Address?) {
    guard case .ipv6(_, let addresses) = addressing else { return }
    addressing = .ipv6(linkLocal: linkLocal, addresses: addresses)
  }

  /// A link-local address that no other interface has.
  mutating func setLinkLocal(host: Int, generation: UInt64) {
    setLinkLocal(IPv6Address(high: 0xFE80 << 48, low: 0xFFFF << 48 | UInt64(host) << 32 | UInt64(index) << 16 | generation))
  }

  /// Gives an OSPFv3 interface that has no link-local address one: the one that it had at first, which is the one that others know
  /// where neighbors are configured.
  mutating func settleLinkLocal(host: Int) {
    guard case .ipv6(nil, let addresses) = addressing, let own = addresses.lazy.compactMap(\.address.v4).first else { return }
    setLinkLocal(ProtocolInstance.ospfv3.address(own).v6)
  }
}

/// Everything that happens to the network, in the order of time.
struct DisturbancePlan {
  /// What happens, and how long after the beginning.
  private(set) var steps: [(after: Duration, what: Disturbance)] = []
  /// How long the network is disturbed.
  let length: Duration

  init(_ topology: Topology, _ random: inout SplitMix64) {
    length = .seconds(20) + topology.timers.dead * 2
    let network = topology.network
    for host in network.hosts.indices {
      add(.start(host: host), random.duration(.zero...(.seconds(5))))
      add(.advertise(host: host, advertisements(host, &random)), .zero)
    }
    for segment in network.segments.indices { add(.faults(segment: segment, faults(&random)), .zero) }
    for _ in 0..<Int.random(in: 3...12, using: &random) { addRandom(network, &random) }
    if network.instance.version == .v3 {
      for _ in 0..<Int.random(in: 0...4, using: &random) { addLinkLocalChange(network, &random) }
    }
    // With a generator of its own, so that the rest of a seed's run stays what it was.
    var restarts = random
    for _ in 0..<Int.random(in: 0...3, using: &restarts) { addRestart(network, &restarts) }
    steps.sort { $0.after < $1.after }
  }

  private mutating func add(_ what: Disturbance, _ after: Duration) { steps.append((after, what)) }

  private mutating func addRandom(_ network: VirtualNetwork, _ random: inout SplitMix64) {
    let host = Int.random(in: network.hosts.indices, using: &random)
    let segment = Int.random(in: network.segments.indices, using: &random)
    let interface = Int.random(in: network.hosts[host].interfaces.indices, using: &random)
    let begin = random.duration(.seconds(2)...length)
    let end = begin + random.duration(.milliseconds(100)...length)
    switch Int.random(in: 0..<100, using: &random) {
    case ..<15:
      add(.crash(host: host), begin)
      add(.start(host: host), end)
    case ..<25:
      add(.leave(host: host), begin)
      add(.start(host: host), end + .seconds(3))
    case ..<60: add(.advertise(host: host, advertisements(host, &random)), begin)
    case ..<72:
      add(.link(host: host, interface: interface, isUp: false), begin)
      add(.link(host: host, interface: interface, isUp: true), end)
    case ..<78: add(.cost(host: host, interface: interface, UInt16.random(in: 1...1000, using: &random)), begin)
    case ..<92:
      let sides = network.hosts.indices.map { ($0, Int.random(in: 0...1, using: &random)) }
      add(.partition(segment: segment, sides: Dictionary(uniqueKeysWithValues: sides)), begin)
      add(.heal(segment: segment), end)
    default: add(.faults(segment: segment, faults(&random)), begin)
    }
  }

  private mutating func addRestart(_ network: VirtualNetwork, _ random: inout SplitMix64) {
    let host = Int.random(in: network.hosts.indices, using: &random)
    let begin = random.duration(.seconds(2)...length)
    add(.restart(host: host, gracePeriod: random.duration(.seconds(1)...(.seconds(20)))), begin)
    add(.start(host: host), begin + random.duration(.milliseconds(1100)...(.seconds(10))))
  }

  private mutating func addLinkLocalChange(_ network: VirtualNetwork, _ random: inout SplitMix64) {
    let host = Int.random(in: network.hosts.indices, using: &random)
    let interface = Int.random(in: network.hosts[host].interfaces.indices, using: &random)
    let begin = random.duration(.zero...length)
    let end = begin + random.duration(.milliseconds(1)...(.seconds(10)))
    let isConfigured = !network.hosts[host].interfaces[interface].settings.neighbors.isEmpty
    switch Int.random(in: 0..<100, using: &random) {
    case ..<40 where !isConfigured:
      let generation = UInt64.random(in: 1...0xFFFF, using: &random)
      add(.anotherLinkLocal(host: host, interface: interface, generation: generation), begin)
    case ..<70:
      add(.noLinkLocal(host: host, interface: interface), begin)
      add(.settleLinkLocal(host: host, interface: interface), end)
    default:
      // The device comes up, and its address only afterwards.
      add(.link(host: host, interface: interface, isUp: false), begin)
      add(.noLinkLocal(host: host, interface: interface), begin)
      add(.link(host: host, interface: interface, isUp: true), begin + (end - begin) / 2)
      add(.settleLinkLocal(host: host, interface: interface), end)
    }
  }

  private func faults(_ random: inout SplitMix64) -> VirtualSegment.Faults {
    let slowest: [Duration] = [.milliseconds(2), .milliseconds(50), .milliseconds(400), .milliseconds(1500)]
    return VirtualSegment.Faults(
      loss: random.chance(70) ? Int.random(in: 0...30, using: &random) : 0,
      duplication: random.chance(50) ? Int.random(in: 0...20, using: &random) : 0,
      delay: .microseconds(100)...(slowest.randomElement(using: &random) ?? .milliseconds(2)))
  }

  /// Some of the host's own prefixes and some anycast ones that other hosts advertise too.
  private func advertisements(_ host: Int, _ random: inout SplitMix64) -> [Advertisement] {
    var result: [Advertisement] = []
    for number in 0..<UInt8(4) where random.chance(40) {
      let prefix = IPPrefix(
        host: .v4(number < 2 ? IPv4Address(203, 0, 113, number + 1) : IPv4Address(203, UInt8(host + 1), 113, number)))
      if random.chance(70) {
        result.append(
          .external(prefix, metric: UInt32.random(in: 1...1000, using: &random), type: random.chance(50) ? .type1 : .type2))
      } else {
        result.append(.stub(prefix, metric: UInt16.random(in: 0...1000, using: &random)))
      }
    }
    return result
  }
}
