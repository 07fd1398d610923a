import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct NotSoStubbyArea {
  private let configuration = RouterConfiguration.bench(areas: ["0.0.0.1": .nssa])
  private let key = LSAKey.nssaExternal(service, from: "2.2.2.2", .ospfv2)

  private func external(_ bench: Bench) throws -> (header: LSAHeader, body: ASExternalLSA) {
    let copy = try #require(bench.databaseCopy(key))
    guard case .nssaExternal(let body) = try LSABody.decode(copy.bytes.rawSpan, version: .v2) else {
      throw TestFailure("not a type 7 LSA: \(copy)")
    }
    return (copy.header, body)
  }

  @Test("RFC 3101 2.4: an external in an NSSA is a type 7 LSA of the area, and there is no type 5 LSA")
  func type7() throws {
    let bench = Bench(configuration, interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service, metric: 7, type: .type1, tag: 9)])
    let (_, body) = try external(bench)
    #expect(bench.databaseCopy(key)?.scope == .area("0.0.0.1"))
    #expect(body.networkMask == "255.255.255.255")
    #expect(body.routes.first?.metric == 7 && body.routes.first?.isType2 == false && body.routes.first?.tag == 9)
    #expect(!bench.router.databaseSnapshot(at: bench.now).contains { $0.header.key.lsType == .asExternal })
  }

  @Test("RFC 3101 2.4: the P-bit is set, so that the border router translates, and the E-bit is clear")
  func propagate() throws {
    let bench = Bench(configuration, interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service)])
    let options = Options(rawValue: UInt32(try external(bench).header.options))
    #expect(options.contains(.nssa))
    #expect(!options.contains(.externalRouting))
  }

  @Test("RFC 3101 2.3: the forwarding address is one of ours in the NSSA and never 0.0.0.0 with the P-bit")
  func forwardingAddress() throws {
    let bench = Bench(configuration, interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service)])
    #expect(try external(bench).body.routes.first?.forwardingAddress == "192.0.2.2")
  }

  @Test("RFC 3101 2.3: an address of a loopback in the NSSA is preferred to that of a link")
  func loopbackForwardingAddress() throws {
    let bench = Bench(configuration, interfaces: [.bench(area: "0.0.0.1"), .loopback("198.51.100.9", area: "0.0.0.1")])
    bench.advertise([.external(.service)])
    #expect(try external(bench).body.routes.first?.forwardingAddress == "198.51.100.9")
  }

  @Test("RFC 3101 2.3: when the interface with the forwarding address goes away another one takes its place")
  func forwardingAddressChanges() throws {
    let bench = Bench(
      configuration,
      interfaces: [.bench(area: "0.0.0.1"), .bench("198.51.100.2", name: "eth1", index: 3, area: "0.0.0.1")])
    bench.advertise([.external(.service)])
    #expect(try external(bench).body.routes.first?.forwardingAddress == "192.0.2.2")
    bench.changeInterface(0) { $0.isUp = false }
    bench.run(for: .seconds(6))
    #expect(try external(bench).body.routes.first?.forwardingAddress == "198.51.100.2")
  }

  @Test("RFC 3101 2.3: without any address to forward to the P-bit is clear")
  func noForwardingAddress() throws {
    let bench = Bench(
      configuration, interfaces: [.bench("203.0.113.77", length: 32, area: "0.0.0.1", type: .pointToPoint, isUnnumbered: true)])
    bench.advertise([.external(.service)])
    let (header, body) = try external(bench)
    #expect((header.options & 0x08 != 0) == (body.routes.first?.forwardingAddress != .unspecified))
  }

  @Test("RFC 3101 2.2: type 7 LSAs are flooded through the NSSA and not beyond it")
  func scope() throws {
    let lsa = LSAs.v2.nssaExternal(service, from: "9.9.9.9", forwardingAddress: "192.0.2.9")
    let inside = try Between(.ospfv2, configuration, leftArea: "0.0.0.1", rightArea: "0.0.0.1")
    inside.left.sendUpdate([lsa])
    #expect(inside.bench.flooded(LSAs.v2.key(lsa)).count == 1)
    for outsideArea: AreaID in ["0.0.0.2", "0.0.0.3"] {
      let outside = try Between(
        .ospfv2,
        .bench(areas: ["0.0.0.1": .nssa, "0.0.0.3": .nssa]), leftArea: "0.0.0.1", rightArea: outsideArea)
      outside.left.sendUpdate([lsa])
      #expect(outside.bench.databaseCopy(LSAs.v2.key(lsa))?.scope == .area("0.0.0.1"))
      #expect(outside.bench.flooded(LSAs.v2.key(lsa)).isEmpty)
    }
  }

  @Test("RFC 3101 2.4: a router in an NSSA and a normal area advertises type 7 there and type 5 here, and leaves the P-bit clear")
  func both() throws {
    let between = try Between(.ospfv2, configuration, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    between.bench.advertise([.external(.service)])
    between.bench.run(for: .seconds(6))
    #expect(between.left.learned[key] != nil)
    #expect(between.right.learned[.external(service, from: "2.2.2.2", .ospfv2)] != nil)
    #expect(between.left.learned[.external(service, from: "2.2.2.2", .ospfv2)] == nil)
    #expect(between.right.learned[key] == nil)
    #expect(try external(between.bench).header.options & 0x08 == 0)
  }

  @Test("RFC 3101: withdrawing flushes the type 7 LSA")
  func withdrawal() throws {
    let pair = try Pair(.ospfv2, .broadcast, configuration, area: "0.0.0.1")
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(6))
    pair.bench.forget()
    pair.bench.advertise([])
    #expect(pair.bench.flooded(key).first?.header.lsAge == 3600)
    pair.bench.run(for: .seconds(2))
    #expect(pair.bench.databaseCopy(key) == nil)
    #expect(pair.bench.events.contains(.withdrawalAcknowledged(.service)))
  }

  @Test("RFC 3101 2.5: Database Descriptions carry the N-bit too, and never the E-bit")
  func descriptionOptions() throws {
    let bench = Bench(configuration, interfaces: [.bench(area: "0.0.0.1")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    let options = try neighbor.lastDescription().options
    #expect(!options.contains(.externalRouting))
    #expect(options.contains(.nssa))
  }

  /// The forwarding address of the type 7 LSA of a route whose next hop is an IPv4 address, in the words of the instance. The NSSA is
  /// 192.0.2.0/24, and 198.51.100.0/24 a normal area.
  private func forwardingAddress(_ instance: ProtocolInstance, to nextHop: IPv4Address) throws -> IPAddress? {
    let bench = Bench(
      instance, configuration, interfaces: [.bench(area: "0.0.0.1"), .bench("198.51.100.2", name: "eth1", index: 3)])
    var advertisement = Advertisement.external(.service)
    advertisement.nextHop = instance.routedAddress(nextHop)
    bench.advertise([advertisement])
    switch try bench.body(.nssaExternal(service, from: "2.2.2.2", instance)) {
    case .nssaExternal(let lsa): return lsa.routes.first.map { .v4($0.forwardingAddress) }
    case .nssaV3(let lsa):
      guard let address = lsa.forwardingAddress else { return nil }
      return instance.addressFamily == .ipv6 ? .v6(address) : .v4(IPv4Address(rawValue: UInt32(address.high >> 32)))
    default: throw TestFailure("not a type 7 LSA")
    }
  }

  @Test(
    "RFC 3101 2.3: a next hop in the NSSA is the forwarding address of the type 7 LSA, one in another area is not",
    arguments: ProtocolInstance.allCases)
  func nextHopInTheArea(instance: ProtocolInstance) throws {
    #expect(try forwardingAddress(instance, to: "192.0.2.9") == instance.routedAddress("192.0.2.9"))
    #expect(try forwardingAddress(instance, to: "198.51.100.9") == instance.routedAddress("192.0.2.2"))
  }
}
