import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 section 4.4.3.9: intra-area-prefix-LSAs.
@Suite struct OSPFv3IntraAreaPrefixLSAs {
  // MARK: Those that belong to our router-LSA

  @Test(
    "RFC 5340 4.4.3.9: the prefixes of stub and point-to-point links belong to the router-LSA and cost what the link costs",
    arguments: ProtocolInstance.ofOSPFv3)
  func ownLinks(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench { $0.cost = 7 }, .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint),
        .bench("203.0.113.130", length: 26, name: "eth2", index: 4) { $0.isPassive = true },
      ])
    let lsa = try bench.prefixLSA(.ownPrefixes)
    #expect(lsa.referenced == .router("2.2.2.2", instance))
    #expect(
      try bench.prefixes(.ownPrefixes) == [
        bench.entry("192.0.2.0/24", cost: 7), bench.entry("198.51.100.0/24", cost: 10),
        bench.entry("203.0.113.128/26", cost: 10),
      ])
  }

  @Test(
    "RFC 5340 4.4.3.9: an address of a loopback or a point-to-multipoint interface is a host with the LA-bit at no cost",
    arguments: ProtocolInstance.ofOSPFv3)
  func localAddresses(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [.loopback("203.0.113.9", length: 24), .bench("198.51.100.2", index: 3, type: .pointToMultipoint)])
    let hosts = [IPv4Address("203.0.113.9"), "198.51.100.2"].map { address in
      "\(IPPrefix(host: instance.routedAddress(address))) cost 0 options 2"
    }
    #expect(try bench.prefixes(.ownPrefixes) == Set(hosts))
  }

  @Test("a configured cost of a loopback is the metric of its prefixes", arguments: ProtocolInstance.ofOSPFv3)
  func loopbackCost(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.loopback("203.0.113.9", cost: 300)])
    #expect(try bench.prefixes(.ownPrefixes).allSatisfy { $0.contains("cost 300") })
  }

  @Test(
    "RFC 5340 4.4.3.9: with a transit link its prefixes are the Designated Router's to say", arguments: ProtocolInstance.ofOSPFv3)
  func transit(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    #expect(try bench.prefixes(.ownPrefixes) == [bench.entry("192.0.2.0/24", cost: 10)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    #expect(bench.databaseCopy(.ownPrefixes) == nil)
    #expect(bench.databaseCopy(.networkPrefixes) == nil)
    neighbor.fallSilent()
    bench.run(for: .seconds(50))
    #expect(try bench.prefixes(.ownPrefixes) == [bench.entry("192.0.2.0/24", cost: 10)])
  }

  @Test(
    "RFC 5340 C.7: a service's prefix has no LA-bit, which border routers would copy, and its own metric, in every area",
    arguments: ProtocolInstance.ofOSPFv3)
  func services(instance: ProtocolInstance) throws {
    let between = try Between(instance, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    let key = LSAKey.stub(from: "2.2.2.2", instance)
    between.bench.advertise([.stub(.service, metric: 5), .stub("203.0.113.64/26", metric: 6)])
    for neighbor in [between.left, between.right] {
      guard case .intraAreaPrefix(let lsa)? = try neighbor.learned[key].map(instance.body) else { throw TestFailure("not there") }
      #expect(lsa.referenced == .router("2.2.2.2", instance))
      #expect(lsa.prefixes.map(\.metric) == [5, 6])
      #expect(lsa.prefixes.map(\.prefix.options) == [[], []])
      #expect(
        lsa.prefixes.map(\.prefix) == [
          OSPFv3Prefix(instance.prefix(service)), OSPFv3Prefix(instance.prefix("203.0.113.64/26")),
        ])
    }
    between.bench.run(for: .seconds(10))
    between.bench.advertise([])
    between.bench.run(for: .seconds(10))
    #expect(between.bench.databaseCopy(key) == nil)
  }

  @Test(
    "in an NSSA the forwarding address is a host prefix of the router, in no other area", arguments: ProtocolInstance.ofOSPFv3,
    [AreaConfiguration.nssa, .stub, .normal])
  func forwardingAddress(instance: ProtocolInstance, kind: AreaConfiguration) throws {
    let pair = try Pair(instance, .broadcast, .bench(areas: ["0.0.0.1": kind]), area: "0.0.0.1")
    let address: IPAddress = instance.routedAddress("192.0.2.2")
    let expected: Set<String> = kind == .nssa ? ["\(IPPrefix(host: address)) cost 0 options 2"] : []
    #expect(try pair.bench.prefixes(.ownPrefixes) == expected)
  }

  @Test(
    "many services are spread over several LSAs, and one that comes or goes changes only its own",
    arguments: ProtocolInstance.ofOSPFv3)
  func manyServices(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let advertisements = (0..<100).map { Advertisement.stub(IPPrefix(host: .v4(IPv4Address(198, 18, 0, UInt8($0))))) }
    pair.bench.advertise(advertisements)
    pair.bench.run(for: .seconds(10))
    let keys = pair.neighbor.learned.keys.filter { $0.lsType == .intraAreaPrefix && $0.advertisingRouter == "2.2.2.2" }
    #expect(keys.filter { $0.linkStateID >= "0.0.16.0" }.count == 3)
    pair.bench.forget()
    pair.bench.advertise(Array(advertisements.dropFirst()))
    pair.bench.run(for: .seconds(3))
    #expect(Set(pair.bench.sent.flatMap(\.updatedHeaders).map(\.key)) == [.stub(from: "2.2.2.2", instance)])
    pair.bench.forget()
    pair.bench.advertise(Array(advertisements.dropFirst()) + [.stub(.service)])
    pair.bench.run(for: .seconds(3))
    #expect(Set(pair.bench.sent.flatMap(\.updatedHeaders).map(\.key)) == [.stub(from: "2.2.2.2", instance)])
  }

  @Test("an LSA has room for 48 services, and the next one begins another", arguments: ProtocolInstance.ofOSPFv3)
  func roomForServices(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    for (count, expected) in [(48, [48]), (49, [48, 1])] {
      bench.advertise((0..<count).map { .stub(IPPrefix(host: .v4(IPv4Address(198, 18, 0, UInt8($0))))) })
      bench.run(for: .seconds(10))
      let lsas = bench.router.databaseSnapshot(at: bench.now).filter {
        $0.header.key.lsType == .intraAreaPrefix && $0.header.key.linkStateID >= "0.0.16.0"
      }
      #expect(try lsas.map { try bench.prefixLSA($0.header.key).prefixes.count } == expected)
    }
  }

  // MARK: Those that belong to our network-LSA

  @Test(
    "RFC 5340 4.4.3.9: the Designated Router says the prefixes of all link-LSAs once and at no cost",
    arguments: [ProtocolInstance.ospfv3])
  func union(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    let lsas = LSAs(instance)
    #expect(try elected.bench.prefixes(.networkPrefixes) == [elected.bench.entry("192.0.2.0/24", cost: 0)])
    elected.backup.sendUpdate([
      lsas.link(3, from: "3.3.3.3", prefixes: [OSPFv3Prefix(instance.prefix("192.0.2.0/24")), "2001:db8:33::/48"]),
      lsas.link(4, from: "4.4.4.4", prefixes: ["2001:db8:33::/48", "2001:db8:44::/48"]),
    ])
    elected.bench.run(for: .seconds(6))
    let lsa = try elected.bench.prefixLSA(.networkPrefixes)
    #expect(lsa.referenced == .network("192.0.2.2", from: "2.2.2.2", instance))
    #expect(lsa.prefixes.count == 3)
    #expect(
      try elected.bench.prefixes(.networkPrefixes) == [
        elected.bench.entry("192.0.2.0/24", cost: 0), "2001:db8:33::/48 cost 0 options 0", "2001:db8:44::/48 cost 0 options 0",
      ])
  }

  @Test("RFC 5340 4.4.3.9: prefixes with the NU-bit or the LA-bit and link-local ones are left out, other options are gathered")
  func prefixOptions() throws {
    let elected = try Elected(.ospfv3)
    let lsas = LSAs(.ospfv3)
    let shared: OSPFv3Prefix = "2001:db8:33::/48"
    elected.backup.sendUpdate([
      lsas.link(
        3, from: "3.3.3.3",
        prefixes: [
          shared.with(.propagate), OSPFv3Prefix("2001:db8:1::/48").with(.noUnicast),
          OSPFv3Prefix("2001:db8:2::1/128").with(.localAddress),
          "fe80::/64",
        ]),
      lsas.link(4, from: "4.4.4.4", prefixes: [shared.with(.down)]),
    ])
    elected.bench.run(for: .seconds(6))
    #expect(
      try elected.bench.prefixes(.networkPrefixes) == [
        elected.bench.entry("192.0.2.0/24", cost: 0), "2001:db8:33::/48 cost 0 options 24",
      ])
  }

  @Test("RFC 5340 4.4.3.9: a link-LSA counts when its router is Full and its Link State ID is the neighbor's Interface ID")
  func foreignLinkLSAs() throws {
    let elected = try Elected(.ospfv3)
    let lsas = LSAs(.ospfv3)
    elected.backup.sendUpdate([
      lsas.link(8, from: "3.3.3.3", prefixes: ["2001:db8:1::/48"]), lsas.link(9, from: "9.9.9.9", prefixes: ["2001:db8:2::/48"]),
    ])
    elected.bench.run(for: .seconds(6))
    #expect(try elected.bench.prefixes(.networkPrefixes) == [elected.bench.entry("192.0.2.0/24", cost: 0)])
    // The neighbor has that Interface ID now.
    elected.backup.interfaceID = 8
    elected.backup.sendHello()
    elected.bench.run(for: .seconds(6))
    #expect(try elected.bench.prefixes(.networkPrefixes).contains("2001:db8:1::/48 cost 0 options 0"))
  }

  @Test("RFC 5340 4.4.3: a link-LSA that changes, is flushed or grows too old changes what the Designated Router says")
  func changes() throws {
    let elected = try Elected(.ospfv3)
    let lsas = LSAs(.ospfv3)
    let prefix = "2001:db8:33::/48 cost 0 options 0"
    elected.backup.sendUpdate([lsas.link(3, from: "3.3.3.3", age: 3500, prefixes: ["2001:db8:33::/48"])])
    elected.bench.run(for: .seconds(6))
    #expect(try elected.bench.prefixes(.networkPrefixes).contains(prefix))
    elected.bench.run(for: .seconds(120))
    #expect(try !elected.bench.prefixes(.networkPrefixes).contains(prefix))
    let again = lsas.link(3, from: "3.3.3.3", sequence: .initial.advanced(by: 1), prefixes: ["2001:db8:33::/48"])
    elected.backup.sendUpdate([again])
    elected.bench.run(for: .seconds(6))
    #expect(try elected.bench.prefixes(.networkPrefixes).contains(prefix))
    elected.backup.sendUpdate([LSAs.aged(again, to: 3600)])
    elected.bench.run(for: .seconds(6))
    #expect(try !elected.bench.prefixes(.networkPrefixes).contains(prefix))
  }

  @Test("RFC 5340 A.4.1: bits of a prefix after its length mean nothing")
  func padding() throws {
    let elected = try Elected(.ospfv3)
    let dirty = OSPFv3Prefix(length: 36, options: [], words: [0x2001_0DB8, 0xF123_4567])
    elected.backup.sendUpdate([LSAs(.ospfv3).link(3, from: "3.3.3.3", prefixes: [dirty, "2001:db8:f000::/36"])])
    elected.bench.run(for: .seconds(6))
    let lsa = try elected.bench.prefixLSA(.networkPrefixes)
    #expect(lsa.prefixes.map(\.prefix).filter { $0.length == 36 } == ["2001:db8:f000::/36"])
  }

  @Test(
    "RFC 5340 A.4.1: a link-LSA with a malformed prefix is refused, as FRR and BIRD refuse it", arguments: [UInt8(129), 255])
  func malformed(length: UInt8) throws {
    let elected = try Elected(.ospfv3)
    var body: [UInt8] = [1, 0, 0, 0x13] + IPv6Address("fe80::3").octets
    body += [0, 0, 0, 1, length, 0, 0, 0] + Array(repeating: 0x20, count: 16)
    let lsa = LSAs(.ospfv3).make(.link, id: "0.0.0.3", from: "3.3.3.3", body: .opaque(body))
    elected.backup.sendUpdate([lsa])
    elected.bench.run(for: .seconds(6))
    #expect(elected.bench.databaseCopy(LSAs(.ospfv3).key(lsa))?.bytes.dropFirst(2) != lsa.dropFirst(2))
    #expect(elected.bench.refusals.count == 1)
    #expect(try elected.bench.prefixes(.networkPrefixes) == [elected.bench.entry("192.0.2.0/24", cost: 0)])
    #expect(elected.bench.state(of: "3.3.3.3") == .full)
  }

  @Test(
    "RFC 5340 4.4.3.9: whoever is Designated Router no longer flushes what it said of the network",
    arguments: ProtocolInstance.ofOSPFv3)
  func stepsDown(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    #expect(elected.bench.databaseCopy(.networkPrefixes) != nil)
    elected.bench.changeInterface { $0.settings.priority = 0 }
    elected.bench.run(for: .seconds(6))
    #expect(elected.bench.databaseCopy(.networkPrefixes) == nil)
    #expect(elected.bench.flooded(.networkPrefixes).first?.header.lsAge == 3600)
  }
}
