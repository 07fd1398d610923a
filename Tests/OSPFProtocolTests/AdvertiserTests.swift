import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// Who advertises a prefix, and whether a walk over confirmed links leads there (RFC 2328 section 16.1).
@Suite struct AdvertiserTests {
  private static let prefix: IPv4Prefix = "203.0.113.1/32"

  /// A router-LSA with a point-to-point link, cost 10, to each of `neighbors`, one to the network whose Designated Router is 8.8.8.8 at
  /// 198.51.100.8 where it is on that, and stub links.
  private func router(
    _ instance: ProtocolInstance, _ router: RouterID, to neighbors: [RouterID], isOnNetwork: Bool = false,
    flags: RouterLSA.Flags = [], stubs: [IPv4Prefix] = []
  ) -> [[UInt8]] {
    let lsas = LSAs(instance)
    switch instance.version {
    case .v2:
      var links = neighbors.map { RouterLink(linkID: $0.rawValue, linkData: 1, type: .pointToPoint, metric: 10) }
      if isOnNetwork {
        links.append(RouterLink(linkID: IPv4Address("198.51.100.8").rawValue, linkData: 1, type: .transit, metric: 10))
      }
      let prefixes = stubs.map {
        RouterLink(linkID: $0.address.rawValue, linkData: $0.mask.rawValue, type: .stub, metric: 5)
      }
      return [
        lsas.make(
          .router, id: LinkStateID(rawValue: router.rawValue), from: router, sequence: .initial.advanced(by: 1),
          body: .router(RouterLSA(flags: flags, links: links + prefixes)))
      ]
    case .v3:
      var links = neighbors.map {
        OSPFv3RouterLink(type: .pointToPoint, metric: 10, interfaceID: 1, neighborInterfaceID: 1, neighborRouterID: $0)
      }
      if isOnNetwork {
        links.append(
          OSPFv3RouterLink(type: .transit, metric: 10, interfaceID: 2, neighborInterfaceID: 8, neighborRouterID: "8.8.8.8"))
      }
      // A host is one whose H-bit is set in OSPFv2, and whose R-bit is clear in OSPFv3.
      let options = flags.contains(.host) ? instance.options(.normal).subtracting(.router) : instance.options(.normal)
      let own = LSAKey.router(router, instance)
      let prefixes = stubs.map { IntraAreaPrefixLSA.Entry(prefix: OSPFv3Prefix(instance.prefix($0)), metric: 5) }
      return [
        lsas.make(
          .routerV3, id: LinkStateID(rawValue: 0), from: router, sequence: .initial.advanced(by: 1),
          body: .routerV3(OSPFv3RouterLSA(flags: flags.subtracting(.host), options: options, links: links))),
        lsas.make(
          .intraAreaPrefix, id: LinkStateID(rawValue: 1), from: router,
          body: .intraAreaPrefix(IntraAreaPrefixLSA(referenced: own, prefixes: prefixes))),
      ]
    }
  }

  /// An engine that is Full with 3.3.3.3 over a point-to-point link of cost 10 that both ends confirm.
  private func bench(
    _ instance: ProtocolInstance, _ lsas: [[UInt8]] = [], kind: AreaConfiguration = .normal, beyond: [RouterID] = [],
    flags: RouterLSA.Flags = []
  ) throws -> Bench {
    let area: AreaID = kind == .normal ? .backbone : "0.0.0.1"
    let bench = Bench(
      instance, .bench(areas: kind == .normal ? [:] : [area: kind]), interfaces: [.bench(area: area, type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceID = 1
    try neighbor.bringToFull(router(instance, "3.3.3.3", to: ["2.2.2.2"] + beyond, flags: flags) + lsas)
    bench.run(for: .seconds(10))
    return bench
  }

  private func found(_ bench: Bench) -> [PrefixAdvertiser] {
    bench.router.advertisers(of: [bench.instance.prefix(Self.prefix)], at: bench.now)
  }

  @Test(
    "an advertiser that two-way links lead to is reachable, with cost and number of links", arguments: ProtocolInstance.allCases)
  func reachable(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let bench = try bench(
      instance,
      router(instance, "8.8.8.8", to: ["3.3.3.3"]) + [
        lsas.external(Self.prefix, from: "8.8.8.8", metric: 7, tag: 99), lsas.external("198.51.100.0/24", from: "8.8.8.8"),
      ], beyond: ["8.8.8.8"])
    let only = try #require(found(bench).first)
    #expect(found(bench).count == 1)
    #expect(only.routerID == "8.8.8.8")
    #expect(only.reachability == .intraArea(cost: 20, links: 1))
    #expect(only.isPreferred)
    guard case .external(let route) = only.kind else { throw TestFailure("\(only)") }
    #expect(route.metric == 7)
    #expect(route.type == .type2)
    #expect(route.tag == 99)
    #expect(route.forwardingAddress == nil)
  }

  @Test(
    "the forwarding address is of the instance's family (RFC 5838 section 2.5)", arguments: ProtocolInstance.allCases)
  func forwardingAddress(instance: ProtocolInstance) throws {
    let external = LSAs(instance).nssaExternal(Self.prefix, from: "3.3.3.3", forwardingAddress: "192.0.2.9")
    let only = try #require(found(try bench(instance, [external], kind: .nssa)).first)
    guard case .nssaExternal(let route) = only.kind else { throw TestFailure("\(only)") }
    #expect(route.forwardingAddress == instance.routedAddress("192.0.2.9"))
  }

  @Test(
    "RFC 2328 16.1(2b): an advertiser whose link nobody confirms, or that has no router-LSA, is unreachable",
    arguments: ProtocolInstance.allCases)
  func dead(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let bench = try bench(
      instance,
      router(instance, "8.8.8.8", to: ["3.3.3.3"]) + [
        lsas.external(Self.prefix, from: "8.8.8.8"), lsas.external(Self.prefix, from: "9.9.9.9", metric: 1),
      ])
    #expect(found(bench).map(\.routerID) == ["8.8.8.8", "9.9.9.9"])
    #expect(found(bench).allSatisfy { $0.reachability == .unreachable && !$0.isPreferred })
  }

  @Test(
    "the default route, the shortest external LSA that there is, is found too", arguments: [ProtocolInstance.ospfv2, .ospfv3])
  func defaultRoute(instance: ProtocolInstance) throws {
    let everything: IPv4Prefix = "0.0.0.0/0"
    let prefix: IPPrefix = instance.version == .v2 ? .v4(everything) : .v6(IPv6Prefix(.unspecified, length: 0))
    let lsas = LSAs(instance)
    let external =
      instance.version == .v2
      ? lsas.external(everything, from: "3.3.3.3")
      : lsas.make(
        .asExternalV3, id: LinkStateID(rawValue: 1), from: "3.3.3.3",
        body: .asExternalV3(OSPFv3ASExternalLSA(isType2: true, metric: 1, prefix: OSPFv3Prefix(prefix), tag: nil)))
    let bench = try bench(instance, [external])
    #expect(bench.router.advertisers(of: [prefix], at: bench.now).map(\.routerID) == ["3.3.3.3"])
  }

  @Test("RFC 8770 5, RFC 5340 4.8.1: nothing is reached through a host", arguments: ProtocolInstance.allCases)
  func host(instance: ProtocolInstance) throws {
    let bench = try bench(
      instance,
      router(instance, "8.8.8.8", to: ["3.3.3.3"]) + [
        LSAs(instance).external(Self.prefix, from: "8.8.8.8"), LSAs(instance).external(Self.prefix, from: "3.3.3.3"),
      ], beyond: ["8.8.8.8"], flags: .host)
    #expect(found(bench).map(\.reachability) == [.intraArea(cost: 10, links: 2), .unreachable])
  }

  @Test(
    "an advertiser in another area is reachable through an area border router that says so", arguments: ProtocolInstance.allCases)
  func otherArea(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let external = lsas.external(Self.prefix, from: "9.9.9.9")
    let summary = lsas.routerSummary(of: "9.9.9.9", from: "3.3.3.3", metric: 30)
    let border = try bench(instance, [external, summary], flags: .areaBorder)
    #expect(found(border).map(\.reachability) == [.interArea(areaBorder: "3.3.3.3", cost: 40)])
    let internalRouter = try bench(instance, [external, summary])
    #expect(found(internalRouter).map(\.reachability) == [.unreachable], "only an area border router may say it")
  }

  @Test(
    "RFC 2328 16.4: of two area border routers the one that is nearer in all counts, not the one that is nearer to us",
    arguments: ProtocolInstance.allCases)
  func nearerBorder(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let border = try bench(
      instance,
      router(instance, "8.8.8.8", to: ["3.3.3.3"], flags: .areaBorder) + [
        lsas.external(Self.prefix, from: "9.9.9.9"), lsas.routerSummary(of: "9.9.9.9", from: "3.3.3.3", metric: 30),
        lsas.routerSummary(of: "9.9.9.9", from: "8.8.8.8", metric: 5),
      ], beyond: ["8.8.8.8"], flags: .areaBorder)
    #expect(found(border).map(\.reachability) == [.interArea(areaBorder: "8.8.8.8", cost: 25)])
  }

  @Test(
    "RFC 2328 16.4: stub prefixes are preferred to type 1 and these to type 2; with equal type 2 metrics the nearer advertiser",
    arguments: ProtocolInstance.allCases)
  func preference(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    func preferred(_ more: [[UInt8]], stubs: [IPv4Prefix] = []) throws -> [RouterID] {
      let bench = try bench(
        instance, router(instance, "8.8.8.8", to: ["3.3.3.3"], stubs: stubs) + more, beyond: ["8.8.8.8"])
      return found(bench).filter(\.isPreferred).map(\.routerID)
    }
    let near = lsas.external(Self.prefix, from: "3.3.3.3", metric: 20)
    #expect(try preferred([near, lsas.external(Self.prefix, from: "8.8.8.8", metric: 20)]) == ["3.3.3.3"])
    #expect(try preferred([near, lsas.external(Self.prefix, from: "8.8.8.8", metric: 19)]) == ["8.8.8.8"])
    #expect(try preferred([near], stubs: [Self.prefix]) == ["8.8.8.8"])
    let cheap = lsas.external(Self.prefix, from: "3.3.3.3", metric: 1)
    #expect(try preferred([cheap, type1(instance, from: "8.8.8.8", metric: 100)]) == ["8.8.8.8"])
    #expect(try preferred([type1(instance, from: "3.3.3.3", metric: 1)], stubs: [Self.prefix]) == ["8.8.8.8"])
  }

  /// An external LSA of the prefix whose metric adds to the path's cost.
  private func type1(_ instance: ProtocolInstance, from router: RouterID, metric: UInt32) -> [UInt8] {
    let key = LSAKey.external(Self.prefix, from: router, instance)
    let body: LSABody =
      switch instance.version {
      case .v2:
        .asExternal(ASExternalLSA(networkMask: Self.prefix.mask, routes: [.init(isType2: false, metric: metric)]))
      case .v3:
        .asExternalV3(
          OSPFv3ASExternalLSA(isType2: false, metric: metric, prefix: OSPFv3Prefix(instance.prefix(Self.prefix)), tag: nil))
      }
    return LSAs(instance).make(key.lsType, id: key.linkStateID, from: router, body: body)
  }

  @Test("our own advertisement is one of them, at no cost", arguments: ProtocolInstance.allCases)
  func ourselves(instance: ProtocolInstance) throws {
    let bench = try bench(instance)
    bench.advertise([.external(.v4(Self.prefix), metric: 33)])
    bench.run(for: .seconds(1))
    #expect(found(bench).map(\.routerID) == ["2.2.2.2"])
    #expect(found(bench).first?.reachability.cost == 0)
  }

  @Test("what cannot be seen is said: a stub area has no externals, an NSSA only its own", arguments: ProtocolInstance.allCases)
  func visibility(instance: ProtocolInstance) throws {
    #expect(try bench(instance).router.externalVisibility == .all)
    #expect(try bench(instance, kind: .stub).router.externalVisibility == .none)
    let nssa = try bench(
      instance, [LSAs(instance).nssaExternal(Self.prefix, from: "3.3.3.3", forwardingAddress: "192.0.2.3")], kind: .nssa)
    #expect(nssa.router.externalVisibility == .ownNSSA)
    let only = try #require(found(nssa).first)
    guard case .nssaExternal(let route) = only.kind else { throw TestFailure("\(only)") }
    #expect(route.forwardingAddress != nil)
    #expect(only.area == "0.0.0.1")
    #expect(only.reachability == .intraArea(cost: 10, links: 1))
  }

  @Test("an LSA at MaxAge advertises nothing", arguments: ProtocolInstance.allCases)
  func flushed(instance: ProtocolInstance) throws {
    let pair = try bench(instance, [LSAs(instance).external(Self.prefix, from: "3.3.3.3")])
    #expect(found(pair).count == 1)
    pair.run(for: .seconds(3700))
    #expect(found(pair).isEmpty)
  }

  @Test(
    "an LSA at MaxAge that stays because a neighbor has not acknowledged it advertises nothing either",
    arguments: ProtocolInstance.allCases)
  func flushedUnacknowledged(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceID = 1
    let external = LSAs(instance).external(Self.prefix, from: "3.3.3.3", age: 3500)
    try neighbor.bringToFull(router(instance, "3.3.3.3", to: ["2.2.2.2"]) + [external])
    #expect(found(bench).count == 1)
    neighbor.automatic.remove(.acknowledgments)
    bench.run(for: .seconds(100))
    #expect(bench.databaseCopy(LSAs(instance).key(external))?.header.lsAge == 3600)
    #expect(found(bench).isEmpty)
  }

  @Test("another prefix of the same length is not taken for it", arguments: ProtocolInstance.allCases)
  func otherPrefix(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let externals = ([Self.prefix, "203.0.113.2/32"] as [IPv4Prefix]).map { lsas.external($0, from: "3.3.3.3") }
    let bench = try bench(instance, externals)
    #expect(found(bench).map(\.prefix) == [instance.prefix(Self.prefix)])
  }

  @Test(
    "RFC 2328 16.1(2b): a link that its far end does not confirm leads nowhere", arguments: ProtocolInstance.allCases)
  func oneWay(instance: ProtocolInstance) throws {
    let bench = try bench(
      instance, router(instance, "8.8.8.8", to: []) + [LSAs(instance).external(Self.prefix, from: "8.8.8.8")],
      beyond: ["8.8.8.8"])
    #expect(found(bench).map(\.reachability) == [.unreachable])
  }

  @Test(
    "RFC 2328 16.1: an advertiser is reached through a transit network, whose own links cost nothing",
    arguments: ProtocolInstance.allCases)
  func transitNetwork(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceID = 1
    try neighbor.bringToFull(
      router(instance, "3.3.3.3", to: ["2.2.2.2"], isOnNetwork: true) + router(instance, "8.8.8.8", to: [], isOnNetwork: true) + [
        lsas.network("198.51.100.8", from: "8.8.8.8", attached: ["8.8.8.8", "3.3.3.3"]),
        lsas.external(Self.prefix, from: "8.8.8.8"),
      ])
    #expect(found(bench).map(\.reachability) == [.intraArea(cost: 20, links: 1)])
  }

  @Test(
    "RFC 5340 4.8.1: the links of all router-LSAs of a router count, as if they were in one", arguments: ProtocolInstance.ofOSPFv3
  )
  func severalRouterLSAs(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let more = lsas.make(
      .routerV3, id: LinkStateID(rawValue: 1), from: "3.3.3.3",
      body: .routerV3(
        OSPFv3RouterLSA(
          flags: [], options: instance.options(.normal),
          links: [
            OSPFv3RouterLink(
              type: .pointToPoint, metric: 10, interfaceID: 2, neighborInterfaceID: 1, neighborRouterID: "8.8.8.8")
          ])))
    let bench = try bench(
      instance, [more] + router(instance, "8.8.8.8", to: ["3.3.3.3"]) + [lsas.external(Self.prefix, from: "8.8.8.8")])
    #expect(found(bench).map(\.reachability) == [.intraArea(cost: 20, links: 1)])
  }

  @Test("a host of its own kind, we reach others all the same", arguments: ProtocolInstance.allCases)
  func weAreAHost(instance: ProtocolInstance) throws {
    let configuration = RouterConfiguration.bench(stubRouter: StubRouterPolicy(maxMetric: .never, hostBit: true))
    let bench = Bench(instance, configuration, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceID = 1
    try neighbor.bringToFull(
      router(instance, "3.3.3.3", to: ["2.2.2.2"]) + [LSAs(instance).external(Self.prefix, from: "3.3.3.3")])
    bench.run(for: .seconds(10))
    #expect(found(bench).count == 1 && found(bench).allSatisfy { $0.reachability != .unreachable })
  }

  @Test("RFC 2328 16.4: of two areas that lead to an advertiser the nearer one counts", arguments: ProtocolInstance.allCases)
  func nearerArea(instance: ProtocolInstance) throws {
    for costs in [[UInt16(10), 30], [30, 10]] {
      let bench = Bench(
        instance,
        interfaces: [
          .bench(type: .pointToPoint) { $0.cost = costs[0] },
          .bench("198.51.100.2", name: "eth1", index: 3, area: "0.0.0.1", type: .pointToPoint) { $0.cost = costs[1] },
        ])
      for (position, address) in [(0, "192.0.2.3"), (1, "198.51.100.3")] as [(Int, IPv4Address)] {
        let neighbor = HandMadeNeighbor(bench, "3.3.3.3", address, interface: position)
        neighbor.interfaceID = 1
        let external = LSAs(instance).external(Self.prefix, from: "3.3.3.3")
        try neighbor.bringToFull(router(instance, "3.3.3.3", to: ["2.2.2.2"]) + [external])
      }
      bench.run(for: .seconds(10))
      #expect(found(bench).map(\.reachability.cost) == [10], "\(costs)")
    }
  }
}
