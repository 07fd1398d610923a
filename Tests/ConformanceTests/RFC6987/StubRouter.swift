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
}
