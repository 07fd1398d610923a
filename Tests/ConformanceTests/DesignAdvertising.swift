import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// What a daemon must know about its advertisements: whether everybody has heard.
@Suite struct Advertising {
  private func isAcknowledged(_ bench: Bench, _ prefix: IPPrefix) -> Bool? {
    bench.router.snapshot(at: bench.now).advertisements.first { $0.advertisement.prefix == prefix }?.isAcknowledged
  }

  @Test(
    "an announcement is reported as acknowledged when the last adjacent neighbor has acknowledged it", arguments: [true, false])
  func announcement(external: Bool) throws {
    let between = try Between()
    between.right.automatic.remove(.acknowledgments)
    between.bench.advertise([external ? .external(.service) : .stub(.service)])
    between.bench.run(for: .seconds(2))
    #expect(!between.bench.events.contains(.advertisementAcknowledged(.service)))
    #expect(isAcknowledged(between.bench, .service) == false)
    between.right.automatic.insert(.acknowledgments)
    between.bench.run(for: .seconds(6))
    #expect(between.bench.events.count { $0 == .advertisementAcknowledged(.service) } == 1)
    #expect(isAcknowledged(between.bench, .service) == true)
  }

  @Test("a withdrawal is reported as acknowledged when the last adjacent neighbor has acknowledged it", arguments: [true, false])
  func withdrawal(external: Bool) throws {
    let between = try Between()
    between.bench.advertise([external ? .external(.service) : .stub(.service)])
    between.bench.run(for: .seconds(10))
    between.right.automatic.remove(.acknowledgments)
    between.bench.forget()
    between.bench.advertise([])
    between.bench.run(for: .seconds(2))
    #expect(!between.bench.events.contains(.withdrawalAcknowledged(.service)))
    between.right.automatic.insert(.acknowledgments)
    between.bench.run(for: .seconds(6))
    #expect(between.bench.events.count { $0 == .withdrawalAcknowledged(.service) } == 1)
    #expect(isAcknowledged(between.bench, .service) == nil)
  }

  @Test("a silent neighbor that dies no longer holds the withdrawal up")
  func deadNeighbor() throws {
    let between = try Between()
    between.bench.advertise([.external(.service)])
    between.bench.run(for: .seconds(10))
    between.right.fallSilent()
    between.bench.forget()
    between.bench.advertise([])
    between.bench.run(for: .seconds(45))
    #expect(between.bench.events.contains(.withdrawalAcknowledged(.service)))
  }

  @Test("with nobody there to tell, a withdrawal is acknowledged at once")
  func alone() {
    let bench = Bench()
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(5))
    bench.forget()
    bench.advertise([])
    bench.run(for: .milliseconds(1))
    #expect(bench.events.contains(.withdrawalAcknowledged(.service)))
  }

  @Test("an external prefix that no area takes is reported, and a stub one is taken by a stub area")
  func notAdvertisable() {
    let bench = Bench(.bench(areas: ["0.0.0.1": .stub]), interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service), .stub(.otherService)])
    bench.run(for: .seconds(3))
    #expect(bench.events.contains(.notAdvertisable(.service)))
    #expect(!bench.events.contains(.notAdvertisable(.otherService)))
  }

  @Test("a prefix that changes from external to stub is in one of them at every time, and in the end in the router-LSA only")
  func kindChange() throws {
    let pair = try Pair()
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.bench.advertise([.stub(.service)])
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.databaseCopy(.external(service, from: "2.2.2.2")) == nil)
    #expect(try pair.bench.routerLSA().links.contains { $0.linkID == service.address.rawValue && $0.type == .stub })
  }

  @Test("a thousand services are announced at once and withdrawn at once")
  func thousand() throws {
    let pair = try Pair()
    pair.bench.advertise((0..<1000).map { .external(IPPrefix(host: .v4(IPv4Address(rawValue: 0xC612_0000 + UInt32($0))))) })
    let externals = { (packets: [SentPacket]) in
      packets.flatMap(\.updatedHeaders).filter { $0.key.lsType == .asExternal }
    }
    #expect(externals(pair.bench.sent).count == 1000)
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    pair.bench.forget()
    pair.bench.advertise([])
    #expect(externals(pair.bench.sent).count { $0.lsAge == 3600 } == 1000)
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.router.snapshot(at: pair.bench.now).lsaCount == 2)
  }

  @Test("a running router keeps its router ID: one with another name is another router")
  func newRouterID() throws {
    let pair = try Pair()
    pair.bench.apply(.bench("2.2.2.9"))
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.router.configuration.routerID == "2.2.2.2")
    #expect(pair.bench.sent.allSatisfy { $0.packet.header.routerID == "2.2.2.2" })
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
  }

  @Test("an area that becomes another kind loses its adjacencies, because both sides must agree")
  func areaKindChange() throws {
    let pair = try Pair(area: "0.0.0.1")
    pair.bench.apply(.bench(areas: ["0.0.0.1": .stub]))
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    pair.bench.forget()
    pair.bench.run(for: .seconds(11))
    #expect(try !pair.bench.lastHello().options.contains(.externalRouting))
    #expect(pair.bench.refusals.contains(.externalRoutingCapabilityMismatch(received: true, ours: false)))
  }

  @Test("a configuration that is the same disturbs nothing")
  func sameConfiguration() throws {
    let pair = try Pair()
    pair.bench.apply(.bench())
    pair.bench.run(for: .seconds(5))
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
    #expect(pair.bench.sent(.linkStateUpdate).isEmpty)
  }
}
