import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 sections 4.4.3.2 and 4.4.3.3: router-LSAs and network-LSAs, which know no addresses.
@Suite struct OSPFv3RouterAndNetworkLSAs {
  private func link(
    _ type: RouterLink.LinkType, to router: RouterID, _ neighborInterfaceID: UInt32, interfaceID: UInt32 = 2,
    metric: UInt16 = 10
  ) -> OSPFv3RouterLink {
    OSPFv3RouterLink(
      type: type, metric: metric, interfaceID: interfaceID, neighborInterfaceID: neighborInterfaceID,
      neighborRouterID: router)
  }

  @Test(
    "RFC 5340 4.4.3.2: each area has a router-LSA with its own links, without addresses and with Link State ID 0",
    arguments: ProtocolInstance.ofOSPFv3)
  func areas(instance: ProtocolInstance) throws {
    let between = try Between(instance, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    #expect(try between.bench.routerLSAv3(area: "0.0.0.1").links == [link(.transit, to: "3.3.3.3", 3)])
    #expect(try between.bench.routerLSAv3(area: "0.0.0.2").links == [link(.pointToPoint, to: "4.4.4.4", 4, interfaceID: 3)])
    #expect(try between.bench.routerLSAv3(area: "0.0.0.1").flags.isEmpty)
  }

  @Test(
    "RFC 5340 4.4.3.2: a point-to-point link is there while the neighbor is Full, with both Interface IDs",
    arguments: ProtocolInstance.ofOSPFv3)
  func pointToPoint(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading()
    bench.run(for: .seconds(6))
    #expect(try bench.routerLSAv3().links.isEmpty)
    neighbor.automatic = .all
    neighbor.sendUpdate([LSAs(instance).router("3.3.3.3")])
    bench.run(for: .seconds(6))
    #expect(try bench.routerLSAv3().links == [link(.pointToPoint, to: "3.3.3.3", 3)])
    neighbor.fallSilent()
    bench.run(for: .seconds(50))
    #expect(try bench.routerLSAv3().links.isEmpty)
  }

  @Test("RFC 5340 4.4.3.2: a transit link names the Designated Router and its Interface ID", arguments: ProtocolInstance.ofOSPFv3)
  func transit(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    #expect(try trio.bench.routerLSAv3().links == [link(.transit, to: "3.3.3.3", 3)])
    let elected = try Elected(instance)
    #expect(try elected.bench.routerLSAv3().links == [link(.transit, to: "2.2.2.2", 2)])
  }

  @Test(
    "RFC 5340 4.4.3.2: a network without a Full neighbor, a loopback and a passive interface are no links",
    arguments: ProtocolInstance.ofOSPFv3)
  func noLinks(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(priority: 1), .loopback("203.0.113.9"), .bench("198.51.100.2", name: "eth1", index: 3) { $0.isPassive = true },
      ])
    bench.run(for: .seconds(50))
    #expect(try bench.interface().state == .dr)
    #expect(try bench.routerLSAv3().links.isEmpty)
  }

  @Test(
    "RFC 5340 4.4.3.2: a point-to-multipoint interface has a link to each Full neighbor", arguments: ProtocolInstance.ofOSPFv3)
  func pointToMultipoint(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .pointToMultipoint) {
          $0.neighbors = [ConfiguredNeighbor(address: .v4("192.0.2.3")), ConfiguredNeighbor(address: .v4("192.0.2.4"))]
        }
      ])
    try HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").bringToFull()
    try HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4").bringToFull()
    #expect(
      Set(try bench.routerLSAv3().links) == [
        link(.pointToPoint, to: "3.3.3.3", 3), link(.pointToPoint, to: "4.4.4.4", 4),
      ])
  }

  @Test(
    "RFC 5340 A.4.3: the E-bit is set once externals have been advertised, except in a stub area",
    arguments: ProtocolInstance.ofOSPFv3
  )
  func asBoundary(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance, .bench(areas: ["0.0.0.1": .stub]),
      interfaces: [.bench(area: "0.0.0.1"), .bench("198.51.100.2", name: "eth1", index: 3, area: "0.0.0.2")])
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(6))
    #expect(try bench.routerLSAv3(area: "0.0.0.2").flags == .asBoundary)
    #expect(try bench.routerLSAv3(area: "0.0.0.1").flags.isEmpty)
    bench.advertise([])
    bench.run(for: .seconds(12))
    #expect(try bench.routerLSAv3(area: "0.0.0.2").flags == .asBoundary)
  }

  @Test(
    "RFC 6987 3: with several uplinks links cost MaxLinkMetric and prefixes what they cost", arguments: ProtocolInstance.ofOSPFv3)
  func maxLinkMetric(instance: ProtocolInstance) throws {
    let configuration = RouterConfiguration.bench(stubRouter: StubRouterPolicy(maxMetric: .withSeveralUplinks))
    let between = try Between(instance, configuration)
    #expect(try between.bench.routerLSAv3().links.map(\.metric) == [0xFFFF, 0xFFFF])
    #expect(try between.bench.prefixes(.ownPrefixes) == [between.bench.entry("198.51.100.0/24", cost: 10)])
    let pair = try Pair(instance, .broadcast, configuration)
    #expect(try pair.bench.routerLSAv3().links.map(\.metric) == [10])
  }

  // MARK: Network-LSAs

  private let key = LSAKey(lsType: .networkV3, linkStateID: "0.0.0.2", advertisingRouter: "2.2.2.2")

  @Test(
    "RFC 5340 4.4.3.3: the network-LSA's Link State ID is the Designated Router's Interface ID",
    arguments: ProtocolInstance.ofOSPFv3)
  func networkLSA(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    guard case .networkV3(let lsa) = try elected.bench.body(key) else { throw TestFailure("no network-LSA") }
    #expect(lsa.attachedRouters.first == "2.2.2.2")
    #expect(Set(lsa.attachedRouters) == ["2.2.2.2", "3.3.3.3", "4.4.4.4"])
    #expect(elected.bench.databaseCopy(key)?.scope == .area(.backbone))
  }

  @Test(
    "RFC 5340 4.4.3.3: its options are what any link-LSA of a fully adjacent router says", arguments: ProtocolInstance.ofOSPFv3)
  func networkOptions(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    let lsas = LSAs(instance)
    elected.backup.sendUpdate([
      lsas.link(3, from: "3.3.3.3", options: .demandCircuits), lsas.link(9, from: "9.9.9.9", options: .authenticationTrailer),
    ])
    elected.bench.run(for: .seconds(6))
    guard case .networkV3(let lsa) = try elected.bench.body(key) else { throw TestFailure("no network-LSA") }
    #expect(lsa.options == instance.options(.normal).union(.demandCircuits))
  }

  @Test(
    "RFC 5340 4.6: a network-LSA of our own that we do not want is flushed, whatever its Link State ID",
    arguments: ProtocolInstance.ofOSPFv3)
  func staleNetworkLSA(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let stale = LSAs(instance).network("192.0.2.77", from: "2.2.2.2", attached: ["2.2.2.2", "3.3.3.3"])
    pair.neighbor.sendUpdate([stale])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.flooded(LSAs(instance).key(stale)).first?.header.lsAge == 3600)
    #expect(pair.bench.databaseCopy(LSAs(instance).key(stale)) == nil)
  }

  @Test(
    "RFC 5340 4.6: a Link State ID that is our address or Interface ID does not make another router's LSA ours",
    arguments: ProtocolInstance.ofOSPFv3)
  func othersNetworkLSA(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let other = LSAs(instance).network("192.0.2.2", from: "7.7.7.7", attached: ["7.7.7.7", "3.3.3.3"])
    pair.neighbor.sendUpdate([other])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.flooded(LSAs(instance).key(other)).isEmpty)
    #expect(pair.bench.databaseCopy(LSAs(instance).key(other)) != nil)
  }

  @Test(
    "RFC 5340 4.4.3.1: a router-LSA that another router has split is kept and flooded in all its parts, one of our own is not",
    arguments: ProtocolInstance.ofOSPFv3)
  func splitRouterLSA(instance: ProtocolInstance) throws {
    let between = try Between(instance)
    let body = LSABody.routerV3(OSPFv3RouterLSA(flags: [], options: instance.options(.normal), links: []))
    let parts = (0..<3).map {
      LSAs(instance).make(.routerV3, id: LinkStateID(rawValue: $0), from: "9.9.9.9", body: body)
    }
    let own = LSAs(instance).make(.routerV3, id: "0.0.0.1", from: "2.2.2.2", body: body)
    between.left.sendUpdate(parts + [own])
    for part in parts {
      #expect(between.bench.databaseCopy(LSAs(instance).key(part)) != nil)
      #expect(between.right.learned[LSAs(instance).key(part)] != nil)
    }
    between.bench.run(for: .seconds(6))
    #expect(between.bench.databaseCopy(LSAs(instance).key(own)) == nil)
  }
}
