import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct RouterLSAOrigination {
  private func link(_ type: RouterLink.LinkType, _ id: IPv4Address, _ data: IPv4Address, _ metric: UInt16 = 10) -> RouterLink {
    RouterLink(linkID: id.rawValue, linkData: data.rawValue, type: type, metric: metric)
  }

  /// The stub link of the bench's network.
  private var stub: RouterLink { link(.stub, "192.0.2.0", "255.255.255.0") }

  @Test(
    "RFC 2328 12.4.1: the router-LSA has our router ID as Link State ID and Advertising Router, and begins at InitialSequenceNumber"
  )
  func header() throws {
    let bench = Bench(interfaces: [.bench(area: "0.0.0.3")])
    let copy = try bench.only(bench.router.databaseSnapshot(at: bench.now), "LSAs")
    #expect(copy.header.key == .router("2.2.2.2", .ospfv2))
    #expect(copy.scope == .area("0.0.0.3"))
    #expect(copy.header.sequenceNumber == .initial)
    #expect(copy.header.options & 0x02 != 0)
    #expect(copy.isSelfOriginated)
    let isChecksumRight = FletcherChecksum.verifies(copy.bytes.rawSpan)
    #expect(isChecksumRight)
    #expect(Int(copy.header.length) == copy.bytes.count)
  }

  @Test(
    "RFC 2328 12.1.2: the E-bit of an LSA's options is clear in a stub area and an NSSA",
    arguments: [AreaConfiguration.stub, .nssa])
  func options(kind: AreaConfiguration) throws {
    let bench = Bench(.bench(areas: ["0.0.0.3": kind]), interfaces: [.bench(area: "0.0.0.3")])
    #expect((bench.databaseCopy(.router("2.2.2.2", .ospfv2))?.header.options ?? 0xFF) & 0x02 == 0)
  }

  @Test("RFC 2328 12.4.1: each area gets a router-LSA with its own interfaces only, and B is clear because nothing is summarised")
  func areas() throws {
    let bench = Bench(interfaces: [.bench(area: "0.0.0.1"), .bench("198.51.100.2", name: "eth1", index: 3, area: "0.0.0.2")])
    #expect(try bench.routerLSA(area: "0.0.0.1").links == [stub])
    #expect(try bench.routerLSA(area: "0.0.0.2").links == [link(.stub, "198.51.100.0", "255.255.255.0")])
    #expect(try bench.routerLSA(area: "0.0.0.1").flags.isEmpty)
  }

  @Test("RFC 2328 12.4.1: an interface that is down contributes nothing")
  func down() throws {
    let pair = try Pair(.ospfv2, others: [.bench("198.51.100.2", name: "eth1", index: 3)])
    pair.bench.changeInterface(1) { $0.isUp = false }
    pair.bench.run(for: .seconds(6))
    #expect(try pair.bench.routerLSA().links.map(\.type) == [.transit])
  }

  @Test("RFC 2328 12.4.1.1: a numbered point-to-point link: type 1 to the Full neighbor, type 3 for the subnet")
  func pointToPoint() throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    #expect(try bench.routerLSA().links == [stub])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading()
    bench.run(for: .seconds(6))
    #expect(try bench.routerLSA().links == [stub])
    neighbor.automatic = .all
    neighbor.sendUpdate([LSAs.v2.router("3.3.3.3")])
    bench.run(for: .seconds(6))
    #expect(Set(try bench.routerLSA().links) == [link(.pointToPoint, "3.3.3.3", "192.0.2.2"), stub])
  }

  @Test("RFC 2328 12.4.1.1: an unnumbered link: the link data is the interface index, and there is no stub link")
  func unnumbered() throws {
    let bench = Bench(interfaces: [.bench("203.0.113.77", length: 32, index: 17, type: .pointToPoint, isUnnumbered: true)])
    try HandMadeNeighbor(bench, "3.3.3.3", "203.0.113.78").bringToFull()
    #expect(
      try bench.routerLSA().links == [
        RouterLink(linkID: RouterID("3.3.3.3").rawValue, linkData: 17, type: .pointToPoint, metric: 10)
      ])
  }

  @Test("RFC 2328 12.4.1.2: a waiting broadcast interface is a stub link")
  func waiting() throws {
    let bench = Bench(interfaces: [.bench(priority: 1)])
    #expect(try bench.routerLSA().links == [stub])
  }

  @Test("RFC 2328 12.4.1.2: with a full adjacency to the Designated Router the network is a transit link to its address")
  func transit() throws {
    let bench = Bench()
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToLoading()
    bench.run(for: .seconds(6))
    #expect(try bench.routerLSA().links == [stub])
    neighbor.automatic = .all
    neighbor.sendUpdate([LSAs.v2.router("3.3.3.3")])
    bench.run(for: .seconds(6))
    #expect(try bench.routerLSA().links == [link(.transit, "192.0.2.3", "192.0.2.2")])
  }

  @Test("RFC 2328 12.4.1.2: a full adjacency to the Backup alone leaves the network a stub link")
  func backupAlone() throws {
    let bench = Bench()
    let backup = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    let designatedRouter = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    for neighbor in [backup, designatedRouter] {
      neighbor.designatedRouter = "192.0.2.3"
      neighbor.backupDesignatedRouter = "192.0.2.4"
    }
    designatedRouter.startHellos()
    try backup.bringToFull()
    #expect(try bench.routerLSA().links == [stub])
  }

  @Test("RFC 2328 12.4.1.2: a Designated Router without a full neighbor has a stub link, with one a transit link to itself")
  func designatedRouter() throws {
    let bench = Bench(interfaces: [.bench(priority: 1)])
    bench.run(for: .seconds(41))
    #expect(try bench.interface().state == .dr)
    #expect(try bench.routerLSA().links == [stub])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.priority = 0
    neighbor.designatedRouter = "192.0.2.2"
    try neighbor.bringToFull()
    #expect(try bench.routerLSA().links == [link(.transit, "192.0.2.2", "192.0.2.2")])
    neighbor.fallSilent()
    bench.run(for: .seconds(50))
    #expect(try bench.routerLSA().links == [stub])
  }

  @Test("RFC 2328 12.4.1.4: point-to-multipoint: a host link of cost 0 for ourselves and type 1 for each Full neighbor")
  func pointToMultipoint() throws {
    let bench = Bench(
      interfaces: [
        .bench(type: .pointToMultipoint) {
          $0.neighbors = [ConfiguredNeighbor(address: .v4("192.0.2.3")), ConfiguredNeighbor(address: .v4("192.0.2.4"))]
        }
      ])
    let host = link(.stub, "192.0.2.2", "255.255.255.255", 0)
    #expect(try bench.routerLSA().links == [host])
    try HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").bringToFull()
    try HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4").bringToFull()
    #expect(
      Set(try bench.routerLSA().links) == [
        host, link(.pointToPoint, "3.3.3.3", "192.0.2.2"), link(.pointToPoint, "4.4.4.4", "192.0.2.2"),
      ])
  }

  @Test("a passive interface is a stub link")
  func passive() throws {
    let bench = Bench(interfaces: [
      .bench {
        $0.isPassive = true; $0.cost = 44
      }
    ])
    #expect(try bench.routerLSA().links == [link(.stub, "192.0.2.0", "255.255.255.0", 44)])
  }

  @Test("RFC 2328 12.4.1: a stub advertisement is a stub link with its own metric, in every area")
  func stubAdvertisement() throws {
    let bench = Bench(interfaces: [.bench(area: "0.0.0.1"), .bench("198.51.100.2", name: "eth1", index: 3, area: "0.0.0.2")])
    bench.advertise([.stub(.service, metric: 5), .stub("203.0.113.64/26", metric: 6)])
    bench.run(for: .seconds(6))
    for area: AreaID in ["0.0.0.1", "0.0.0.2"] {
      let links = Set(try bench.routerLSA(area: area).links)
      #expect(
        links.isSuperset(of: [
          link(.stub, "203.0.113.1", "255.255.255.255", 5), link(.stub, "203.0.113.64", "255.255.255.192", 6),
        ]))
    }
    bench.advertise([])
    bench.run(for: .seconds(12))
    #expect(try bench.routerLSA(area: "0.0.0.1").links == [stub])
  }

  @Test("RFC 2328 12.4.1: the E-bit of the router-LSA is set once we have advertised externals, except in a stub area")
  func asBoundary() throws {
    let bench = Bench(
      .bench(areas: ["0.0.0.1": .stub]),
      interfaces: [.bench(area: "0.0.0.1"), .bench("198.51.100.2", name: "eth1", index: 3, area: "0.0.0.2")])
    #expect(try bench.routerLSA(area: "0.0.0.2").flags.isEmpty)
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(6))
    #expect(try bench.routerLSA(area: "0.0.0.2").flags == .asBoundary)
    #expect(try bench.routerLSA(area: "0.0.0.1").flags.isEmpty)
    bench.forget()
    bench.advertise([])
    bench.run(for: .seconds(12))
    #expect(try bench.routerLSA(area: "0.0.0.2").flags == .asBoundary)
    #expect(bench.flooded(.router("2.2.2.2", .ospfv2)).isEmpty)
    bench.apply(.bench(areas: ["0.0.0.1": .stub]))
    bench.run(for: .seconds(12))
    #expect(try bench.routerLSA(area: "0.0.0.2").flags.isEmpty, "a new configuration begins anew")
  }

  @Test(
    "a router that may originate externals has the E-bit from the beginning, and services that come and go do not change its router-LSA",
    arguments: ProtocolInstance.allCases)
  func mayBeASBoundary(instance: ProtocolInstance) throws {
    var configuration = RouterConfiguration.bench()
    configuration.mayOriginateExternals = true
    let pair = try Pair(instance, .broadcast, configuration)
    let before = try pair.bench.body(.router("2.2.2.2", instance))
    switch before {
    case .router(let lsa): #expect(lsa.flags.contains(.asBoundary))
    case .routerV3(let lsa): #expect(lsa.flags.contains(.asBoundary))
    default: throw TestFailure("no router-LSA")
    }
    for advertisements in [[Advertisement.external(.service)], [], [.external(.otherService)], []] {
      pair.bench.advertise(advertisements)
      pair.bench.run(for: .seconds(10))
    }
    #expect(pair.bench.flooded(.router("2.2.2.2", instance)).isEmpty)
  }

  @Test("a router-LSA never has more links than an LSA can hold, and what is too much is an event")
  func tooManyLinks() throws {
    let bench = Bench()
    bench.advertise(
      (0..<6000).map { .stub(IPPrefix(host: .v4(IPv4Address(rawValue: 0xC612_0000 + UInt32($0))))) })
    bench.run(for: .seconds(6))
    let copy = try #require(bench.databaseCopy(.router("2.2.2.2", .ospfv2)))
    #expect((60_000...65_535).contains(copy.bytes.count))
    #expect(bench.events.contains { if case .limitReached(.routerLSASize, _) = $0 { true } else { false } })
    #expect(bench.events.contains { if case .notAdvertisable = $0 { true } else { false } })
  }
}
