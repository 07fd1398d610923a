import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite("Engines on one network")
struct EnginesOnOneNetworkTests {
  private static let backbone = AreaID.backbone

  private func network(
    _ instance: ProtocolInstance, _ type: NetworkType, priorities: [UInt8],
    subnet: IPv4Prefix = IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24)
  ) -> VirtualNetwork {
    let network = VirtualNetwork(instance, seed: 7)
    let segment = network.addSegment(VirtualSegment(type, subnet))
    for (position, priority) in priorities.enumerated() {
      let host = network.addHost(
        RouterConfiguration(version: .v2, routerID: RouterID(rawValue: UInt32(position + 1) * 0x0101_0101)))
      network.attach(host, to: segment, InterfaceSettings(area: Self.backbone, networkType: type, priority: priority))
    }
    if type == .nonBroadcast || type == .pointToMultipoint { network.configureNeighbors(on: segment) }
    for host in network.hosts.indices { network.start(host) }
    return network
  }

  private func service(_ address: IPv4Address, _ kind: Advertisement.Kind) -> Advertisement {
    Advertisement(prefix: .v4(IPv4Prefix(address, length: 32)), kind: kind)
  }

  private func isExternal(_ lsa: LSASnapshot) -> Bool { [.asExternal, .asExternalV3].contains(lsa.header.key.lsType) }

  private func keys(_ network: VirtualNetwork, _ host: Int) -> [String] {
    network.database(host).map { "\($0.header.key) \($0.header.sequenceNumber) \($0.header.checksum)" }
  }

  @Test(
    "Two routers on a point-to-point link are Full within a second", arguments: ProtocolInstance.allCases,
    [NetworkType.pointToPoint, .pointToMultipoint])
  func pointToPoint(instance: ProtocolInstance, type: NetworkType) {
    let network = network(instance, type, priorities: [0, 0])
    network.run(for: .seconds(1))
    #expect(network.neighbors(0).map(\.state) == [.full])
    #expect(network.neighbors(1).map(\.state) == [.full])
    network.run(for: .seconds(3))
    #expect(keys(network, 0) == keys(network, 1))
    // In OSPFv3 each has a link-LSA and the prefix of the link as well.
    #expect(network.database(0).count == (instance.version == .v2 ? 2 : 6))
  }

  @Test(
    "Four routers on a broadcast network elect and become adjacent", arguments: ProtocolInstance.allCases,
    [NetworkType.broadcast, .nonBroadcast])
  func broadcast(instance: ProtocolInstance, type: NetworkType) {
    let network = network(instance, type, priorities: [1, 1, 0, 0])
    network.run(for: .seconds(120))
    let states = network.hosts.indices.map { network.interfaces($0)[0].state }
    #expect(states == [.backup, .dr, .drOther, .drOther])
    // Without multicast, routers that cannot be elected have nothing to say to each other (section 9.5.1).
    #expect(network.neighbors(2).map(\.state).sorted() == [type == .broadcast ? .twoWay : .down, .full, .full])
    #expect(Set(network.hosts.indices.map { keys(network, $0) }).count == 1)
    // In OSPFv3 each has a link-LSA as well, and the Designated Router the prefix of the link.
    #expect(network.database(0).count == (instance.version == .v2 ? 5 : 10))
  }

  @Test("A service is announced, acknowledged, withdrawn and gone", arguments: ProtocolInstance.allCases)
  func announcement(instance: ProtocolInstance) {
    let network = network(instance, .pointToPoint, priorities: [0, 0])
    network.run(for: .seconds(5))
    let dns = service(IPv4Address(192, 0, 2, 1), .external(metric: 20, type: .type2, tag: 0))
    let proxy = service(IPv4Address(192, 0, 2, 2), .stub(metric: 5))
    let prefixes = Set([dns, proxy].map { instance.translate($0).prefix })
    network.advertise(0, [dns, proxy])
    network.run(for: .seconds(2))
    #expect(network.database(1).contains { isExternal($0) })
    let settled = network.events.compactMap {
      if case .advertisementAcknowledged(let prefix) = $0.event { prefix } else { nil }
    }
    #expect(Set(settled) == prefixes)
    network.advertise(0, [])
    network.run(for: .seconds(3))
    #expect(!network.database(1).contains { isExternal($0) })
    let withdrawn = network.events.compactMap {
      if case .withdrawalAcknowledged(let prefix) = $0.event { prefix } else { nil }
    }
    #expect(Set(withdrawn) == prefixes)
    #expect(keys(network, 0) == keys(network, 1))
  }

  @Test(
    "A withdrawal reaches a router that took the announcement late, and discards what comes within MinLSArrival of that, long before RxmtInterval",
    arguments: ProtocolInstance.allCases, [60, 150, 400, 900])
  func withdrawalWithinMinLSArrival(instance: ProtocolInstance, lateness: Int) {
    let network = network(instance, .pointToPoint, priorities: [0, 0])
    network.run(for: .seconds(20))
    network.segments[0].faults.delay = .milliseconds(lateness) ... .milliseconds(lateness)
    network.advertise(0, [service(IPv4Address(192, 0, 2, 1), .external(metric: 20, type: .type2, tag: 0))])
    network.segments[0].faults = .none
    network.run(for: .milliseconds(950))
    #expect(network.database(1).contains { isExternal($0) })
    let withdrawal = network.now
    network.advertise(0, [])
    // What is left of the second after the announcement, the repetitions, and the way there and back.
    network.run(for: .milliseconds(1_250))
    #expect(!network.database(1).contains { isExternal($0) })
    let acknowledged = network.events.first { if case .withdrawalAcknowledged = $0.event { true } else { false } }
    #expect((acknowledged?.time).map { $0 - withdrawal < .milliseconds(1_250) } == true)
  }

  @Test(
    "A router that leaves takes everything that it said with it, and its neighbor knows at once",
    arguments: ProtocolInstance.allCases)
  func departure(instance: ProtocolInstance) {
    let network = network(instance, .pointToPoint, priorities: [0, 0])
    network.run(for: .seconds(5))
    network.advertise(0, [service(IPv4Address(192, 0, 2, 1), .external(metric: 20, type: .type2, tag: 0))])
    network.run(for: .seconds(5))
    network.leave(0, timeout: .seconds(3))
    network.run(for: .seconds(2))
    #expect(Set(network.database(1).map(\.header.key.advertisingRouter)) == [network.hosts[1].routerID])
    #expect(network.neighbors(1).allSatisfy { $0.state <= .`init` })
  }

  @Test(
    "A router that was killed and comes back is Full again over its own old LSAs, which it takes over or flushes",
    arguments: ProtocolInstance.allCases)
  func restart(instance: ProtocolInstance) {
    let network = network(instance, .pointToPoint, priorities: [0, 0])
    network.run(for: .seconds(5))
    let dns = service(IPv4Address(192, 0, 2, 1), .external(metric: 20, type: .type2, tag: 0))
    network.advertise(0, [dns])
    network.run(for: .seconds(20))
    network.crash(0)
    network.run(for: .seconds(60))
    network.advertise(0, [])
    network.start(0)
    network.run(for: .seconds(5))
    #expect(network.neighbors(0).map(\.state) == [.full])
    #expect(!network.database(1).contains { isExternal($0) })
    network.advertise(0, [dns])
    network.run(for: .seconds(3))
    #expect(network.database(1).contains { isExternal($0) })
    #expect(keys(network, 0) == keys(network, 1))
  }

  @Test(
    "A router that restarts gracefully is not missed: no LSA of anybody is another one afterwards, that of the Designated Router included",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToPoint, .broadcast])
  func gracefulRestart(instance: ProtocolInstance, type: NetworkType) {
    let network = network(instance, type, priorities: [0, 1])
    network.run(for: .seconds(60))
    network.advertise(0, [service(IPv4Address(192, 0, 2, 1), .external(metric: 20, type: .type2, tag: 0))])
    network.run(for: .seconds(20))
    let before = keys(network, 0)
    for host in [0, 1] {
      network.prepareRestart(host, gracePeriod: .seconds(60))
      network.run(for: .milliseconds(200))
      #expect(network.hosts[host].router == nil)
      network.run(for: .seconds(5))
      let atHelper = network.database(1 - host).filter { ![.opaqueLink, .grace].contains($0.header.key.lsType) }
      #expect(atHelper.map { "\($0.header.key) \($0.header.sequenceNumber) \($0.header.checksum)" } == before)
      network.start(host)
      network.run(for: .seconds(15))
      #expect(network.neighbors(0).map(\.state) == [.full])
      #expect(network.neighbors(1).map(\.state) == [.full])
      #expect(keys(network, 0) == before)
      #expect(keys(network, 1) == before)
      #expect(network.events.contains { $0.host == host && $0.event == .gracefulRestart(.ended(.completed)) })
    }
  }
}
