import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 sections 4.4.3.4 to 4.4.3.7: AS-external-LSAs and NSSA-LSAs, and what only border routers originate.
@Suite struct OSPFv3ExternalLSAs {
  private func external(_ bench: Bench, _ key: LSAKey) throws -> OSPFv3ASExternalLSA {
    switch try bench.body(key) {
    case .asExternalV3(let lsa), .nssaV3(let lsa): return lsa
    default: throw TestFailure("\(key.summary) is no external LSA")
    }
  }

  private func externals(_ bench: Bench) -> [LSASnapshot] {
    bench.router.databaseSnapshot(at: bench.now).filter { $0.header.key.lsType == .asExternalV3 && $0.header.lsAge < 3600 }
  }

  @Test(
    "RFC 5340 4.4.3.6: an AS-external-LSA says prefix, metric, type and tag, and forwards to us",
    arguments: ProtocolInstance.ofOSPFv3)
  func contents(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise([.external(.service, metric: 77, type: .type1, tag: 4711), .external(.otherService, metric: 0xFFFFFE)])
    let first = try external(bench, .external(service, from: "2.2.2.2", instance))
    #expect(first == OSPFv3ASExternalLSA(isType2: false, metric: 77, prefix: OSPFv3Prefix(instance.prefix(service)), tag: 4711))
    let second = try external(bench, .external(otherService, from: "2.2.2.2", instance))
    #expect(second == OSPFv3ASExternalLSA(isType2: true, metric: 0xFFFFFE, prefix: OSPFv3Prefix(instance.prefix(otherService))))
    #expect(externals(bench).allSatisfy { $0.scope == .autonomousSystem })
  }

  @Test("RFC 2328 B LSInfinity: a metric of LSInfinity or more is never advertised", arguments: [UInt32(0xFFFFFF), .max])
  func infinity(metric: UInt32) throws {
    let bench = Bench(.ospfv3)
    bench.advertise([.external(.service, metric: metric)])
    #expect(try external(bench, .external(service, from: "2.2.2.2", .ospfv3)).metric == 0xFFFFFE)
  }

  @Test(
    "RFC 5340 4.4.3.6: each prefix keeps its own Link State ID whatever comes and goes beside it, after a restart too",
    arguments: ProtocolInstance.ofOSPFv3)
  func linkStateIDs(instance: ProtocolInstance) throws {
    let many = (0..<50).map { Advertisement.external(IPPrefix(host: .v4(IPv4Address(198, 18, 0, UInt8($0))))) }
    let pair = try Pair(instance)
    pair.bench.advertise(many + [.external(.service)])
    let key = try pair.bench.only(
      externals(pair.bench).filter {
        try self.external(pair.bench, $0.header.key).prefix == OSPFv3Prefix(instance.prefix(service))
      },
      "LSAs of the service"
    ).header.key
    #expect(Set(externals(pair.bench).map(\.header.key.linkStateID)).count == 51)
    #expect(!externals(pair.bench).contains { $0.header.key.linkStateID.rawValue == 0 })
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.bench.advertise([.external(.otherService), .external(.service)])
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.flooded(key).isEmpty)
    let restarted = Bench(instance)
    restarted.advertise([.external(.service)])
    #expect(externals(restarted).map(\.header.key) == [key])
  }

  @Test(
    "RFC 5340 4.4.3.6: prefixes with one address and different lengths are LSAs of their own",
    arguments: ProtocolInstance.ofOSPFv3)
  func lengths(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise([.external("10.0.0.0/8"), .external("10.0.0.0/16"), .external("10.0.0.0/24")])
    let prefixes = try externals(bench).map { try external(bench, $0.header.key).prefix }
    #expect(Set(prefixes).count == 3)
    #expect(Set(externals(bench).map(\.header.key.linkStateID)).count == 3)
  }

  @Test("a default route is a prefix of length 0", arguments: ProtocolInstance.ofOSPFv3)
  func defaultRoute(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise([.external(instance.addressFamily == .ipv4 ? "0.0.0.0/0" : "::/0")])
    #expect(try externals(bench).map { try external(bench, $0.header.key).prefix.length } == [0])
    #expect(externals(bench).allSatisfy { $0.header.key.linkStateID.rawValue != 0 }, "some take 0 for the router-LSA's own")
  }

  // MARK: NSSA

  private let nssa = RouterConfiguration.bench(areas: ["0.0.0.1": .nssa])

  @Test(
    "RFC 5340 4.4.3.7: in an NSSA it is an NSSA-LSA of the area with the P-bit and a global forwarding address",
    arguments: ProtocolInstance.ofOSPFv3)
  func nssa(instance: ProtocolInstance) throws {
    let bench = Bench(instance, nssa, interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service, metric: 7, type: .type1, tag: 9)])
    let key = LSAKey.nssaExternal(service, from: "2.2.2.2", instance)
    let lsa = try external(bench, key)
    let own =
      instance.addressFamily == .ipv6 ? instance.globalAddress("192.0.2.2") : IPv6Address(high: 0xC000_0202_0000_0000, low: 0)
    #expect(lsa.forwardingAddress == own)
    #expect(lsa.flags == [.forwardingAddress, .tag])
    #expect(lsa.prefix.options == .propagate)
    #expect(lsa.metric == 7 && lsa.tag == 9)
    #expect(bench.databaseCopy(key)?.scope == .area("0.0.0.1"))
    #expect(externals(bench).isEmpty)
    bench.run(for: .seconds(3))
    #expect(try bench.routerLSAv3(area: "0.0.0.1").flags == .asBoundary)
  }

  @Test(
    "RFC 3101 2.3: an address of a loopback is preferred, and without any address the P-bit and the F-bit are clear",
    arguments: ProtocolInstance.ofOSPFv3)
  func forwardingAddress(instance: ProtocolInstance) throws {
    let key = LSAKey.nssaExternal(service, from: "2.2.2.2", instance)
    let both = Bench(instance, nssa, interfaces: [.bench(area: "0.0.0.1"), .loopback("198.51.100.9", area: "0.0.0.1")])
    both.advertise([.external(.service)])
    let loopback =
      instance.addressFamily == .ipv6 ? instance.globalAddress("198.51.100.9") : IPv6Address(high: 0xC633_6409_0000_0000, low: 0)
    #expect(try external(both, key).forwardingAddress == loopback)
    let none = Bench(
      instance, nssa, interfaces: [.bench("203.0.113.77", length: 32, area: "0.0.0.1", type: .pointToPoint, isUnnumbered: true)])
    none.advertise([.external(.service)])
    #expect(try external(none, key).forwardingAddress == nil)
    #expect(try external(none, key).flags == .type2)
    #expect(try external(none, key).prefix.options == [])
  }

  @Test(
    "RFC 3101 2.4: beside a normal area the P-bit is clear, because the AS-external-LSA says the same",
    arguments: ProtocolInstance.ofOSPFv3)
  func both(instance: ProtocolInstance) throws {
    let between = try Between(instance, nssa, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    between.bench.advertise([.external(.service)])
    between.bench.run(for: .seconds(6))
    let nssaKey = LSAKey.nssaExternal(service, from: "2.2.2.2", instance)
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    #expect(between.left.learned[nssaKey] != nil && between.left.learned[key] == nil)
    #expect(between.right.learned[nssaKey] == nil && between.right.learned[key] != nil)
    #expect(try external(between.bench, nssaKey).prefix.options == [])
  }

  @Test(
    "RFC 5340 4.4.3.6: where all areas are stub areas an external is advertised nowhere", arguments: ProtocolInstance.ofOSPFv3)
  func stubArea(instance: ProtocolInstance) {
    let bench = Bench(instance, .bench(areas: ["0.0.0.1": .stub]), interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(6))
    let types = Set(bench.router.databaseSnapshot(at: bench.now).map(\.header.key.lsType))
    #expect(types == [.link, .routerV3, .intraAreaPrefix])
    #expect(bench.events.contains(.notAdvertisable(instance.prefix(service))))
  }

  // MARK: What only others originate

  @Test(
    "RFC 5340 4.4.3.4, 4.4.3.5: inter-area LSAs are kept and flooded in their area, and none is made",
    arguments: ProtocolInstance.ofOSPFv3
  )
  func interArea(instance: ProtocolInstance) throws {
    let lsas = LSAs(instance)
    let prefix = lsas.summary("198.18.0.0/24", from: "9.9.9.9")
    let router = lsas.make(
      .interAreaRouter, id: "0.0.0.7", from: "9.9.9.9",
      body: .interAreaRouter(InterAreaRouterLSA(options: instance.options(.normal), metric: 5, destinationRouterID: "8.8.8.8")))
    let same = try Between(instance)
    same.left.sendUpdate([prefix, router])
    for lsa in [prefix, router] { #expect(same.right.learned[lsas.key(lsa)] != nil) }
    let other = try Between(instance, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    other.left.sendUpdate([prefix, router])
    other.bench.run(for: .seconds(6))
    for lsa in [prefix, router] { #expect(other.right.learned[lsas.key(lsa)] == nil) }
    let own = other.bench.router.databaseSnapshot(at: other.bench.now).filter(\.isSelfOriginated).map(\.header.key.lsType)
    #expect(Set(own) == [.link, .routerV3, .intraAreaPrefix])
  }

  @Test("A.4.7: the Link State ID of a prefix that is gone is free for another one")
  func freedNumber() {
    let bench = Bench(.ospfv3IPv4)
    let ids = (["203.0.113.0/24", "203.0.113.0/25"] as [IPv4Prefix]).map { prefix in
      bench.advertise([.external(.v4(prefix))])
      let copies = bench.router.databaseSnapshot(at: bench.now).filter { $0.header.key.lsType == .asExternalV3 }
      bench.run(for: .seconds(10))
      bench.advertise([])
      bench.run(for: .seconds(20))
      return copies.map(\.header.key.linkStateID)
    }
    #expect(ids == [["203.0.113.0"], ["203.0.113.0"]])
  }
}
