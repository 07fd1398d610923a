import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 6987, stub router advertisement, and RFC 8770, the H-bit: how a node with several uplinks keeps transit traffic away.
@Suite struct StubRouter {
  private func configuration(_ maxMetric: StubRouterPolicy.MaxMetric, hostBit: Bool = false) -> RouterConfiguration {
    .bench(stubRouter: StubRouterPolicy(maxMetric: maxMetric, hostBit: hostBit))
  }

  private func metrics(_ bench: Bench, _ type: RouterLink.LinkType) throws -> [UInt16] {
    try bench.routerLSA().links.filter { $0.type == type }.map(\.metric)
  }

  @Test("RFC 6987 3: with several uplinks links to routers cost MaxLinkMetric, stub links and host prefixes what they cost")
  func severalUplinks() throws {
    let between = try Between(.ospfv2, configuration(.withSeveralUplinks))
    between.bench.advertise([.stub(.service, metric: 3)])
    between.bench.run(for: .seconds(6))
    #expect(try metrics(between.bench, .transit) == [0xFFFF])
    #expect(try metrics(between.bench, .pointToPoint) == [0xFFFF])
    #expect(try metrics(between.bench, .stub).sorted() == [3, 10])
  }

  @Test("with one uplink the configured cost is advertised, because there is nothing to be in transit between")
  func oneUplink() throws {
    let pair = try Pair(.ospfv2, .broadcast, configuration(.withSeveralUplinks))
    #expect(try metrics(pair.bench, .transit) == [10])
  }

  @Test("when the second uplink goes away the cost comes back")
  func uplinkLost() throws {
    let between = try Between(.ospfv2, configuration(.withSeveralUplinks))
    between.bench.changeInterface(1) { $0.isUp = false }
    between.bench.run(for: .seconds(6))
    #expect(try metrics(between.bench, .transit) == [10])
  }

  @Test("RFC 6987 3: always means also with one uplink, never means never")
  func policies() throws {
    let always = try Pair(.ospfv2, .pointToPoint, configuration(.always))
    #expect(try metrics(always.bench, .pointToPoint) == [0xFFFF])
    #expect(try metrics(always.bench, .stub) == [10])
    let never = try Between(.ospfv2, configuration(.never))
    #expect(try metrics(never.bench, .transit) + metrics(never.bench, .pointToPoint) == [10, 10])
  }

  @Test("RFC 8770 2: the H-bit is set in the router-LSA where it is configured")
  func hostBit() throws {
    #expect(try Bench(configuration(.never, hostBit: true)).routerLSA().flags == .host)
    #expect(try Bench(configuration(.never)).routerLSA().flags.isEmpty)
  }

  @Test("a changed policy is advertised without disturbing the adjacency")
  func changed() throws {
    let pair = try Pair(.ospfv2, .broadcast, configuration(.never))
    pair.bench.apply(configuration(.always, hostBit: true))
    pair.bench.run(for: .seconds(6))
    #expect(try metrics(pair.bench, .transit) == [0xFFFF])
    #expect(try pair.bench.routerLSA().flags == .host)
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
  }

  @Test("RFC 8770 3: beside the H-bit links to routers always cost MaxLinkMetric, with one uplink too")
  func hostBitMetric() throws {
    let pair = try Pair(.ospfv2, .pointToPoint, configuration(.never, hostBit: true))
    #expect(try metrics(pair.bench, .pointToPoint) == [0xFFFF])
    #expect(try metrics(pair.bench, .stub) == [10])
  }

  @Test("RFC 8770 5, RFC 7770 2.4: a host router says in a Router Information LSA that it knows the H-bit")
  func routerInformation() throws {
    let key = LSAKey(lsType: .opaqueArea, linkStateID: "4.0.0.0", advertisingRouter: "2.2.2.2")
    let bench = Bench(configuration(.never, hostBit: true))
    #expect(bench.databaseCopy(key)?.scope == .area(.backbone))
    #expect(try bench.body(key) == .opaque([0, 1, 0, 4, 0x01, 0, 0, 0]))
    bench.apply(configuration(.never))
    bench.run(for: .seconds(10))
    #expect(bench.databaseCopy(key) == nil)
  }

  @Test(
    "RFC 8770 6: a type 2 route through a host router to another one has the worst metric; what ends here keeps its own",
    arguments: [true, false])
  func type2Metrics(hostBit: Bool) throws {
    let bench = Bench(configuration(.never, hostBit: hostBit))
    var through = Advertisement.external(.otherService, metric: 30)
    through.nextHop = .v4("192.0.2.9")
    var comparable = Advertisement.external("203.0.113.3/32", metric: 40, type: .type1)
    comparable.nextHop = .v4("192.0.2.9")
    bench.advertise([.external(.service, metric: 20), through, comparable])
    let metrics = try [service, otherService, "203.0.113.3/32"].map {
      try bench.body(.external($0, from: "2.2.2.2", .ospfv2)).externalMetric
    }
    #expect(metrics == [20, hostBit ? 0xFF_FFFE : 30, 40])
  }
}
