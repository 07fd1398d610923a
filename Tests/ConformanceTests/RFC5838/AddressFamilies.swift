import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5838: IPv4 prefixes in OSPFv3.
@Suite struct AddressFamilies {
  @Test("RFC 5838 2.1: Instance IDs 0 to 31 and private ones are IPv6 unicast, 64 to 95 IPv4 unicast, and no other is for us")
  func instanceIDs() {
    for instanceID in UInt8.min...UInt8.max {
      let expected: AddressFamily? = instanceID <= 31 || instanceID >= 192 ? .ipv6 : (64...95).contains(instanceID) ? .ipv4 : nil
      #expect(AddressFamily(instanceID: instanceID) == expected)
    }
  }

  @Test("RFC 5838 2.2: for IPv4 the AF-bit is set in Hellos, Database Descriptions and LSAs, and the V6-bit is not")
  func options() throws {
    let elected = try Elected(.ospfv3IPv4)
    let bench = elected.bench
    bench.run(for: .seconds(10))
    let network = LSAKey(lsType: .networkV3, linkStateID: "0.0.0.2", advertisingRouter: "2.2.2.2")
    guard case .networkV3(let networkLSA) = try bench.body(network) else { throw TestFailure("no network-LSA") }
    let all = [
      try bench.lastHello().options, try bench.routerLSAv3().options, try bench.linkLSA().options, networkLSA.options,
    ]
    for options in all { #expect(options == [.addressFamilies, .router, .externalRouting]) }
    let (other, neighbor) = strangers(.ospfv3IPv4)
    try neighbor.bringToExStart()
    #expect(try neighbor.lastDescription().options == [.addressFamilies, .router, .externalRouting])
    #expect(other.undecodable.isEmpty)
  }

  @Test("RFC 5838 2.4: for IPv4 a Hello without the AF-bit is refused, whatever its V6-bit", arguments: [Options(), .v6])
  func hello(_ other: Options) throws {
    let (bench, neighbor) = strangers(.ospfv3IPv4)
    neighbor.options = [.externalRouting, .router, other]
    neighbor.sendHello()
    #expect(try bench.onlyRefusal() == .addressFamilyMismatch)
    #expect(neighbor.state == .down)
  }

  @Test(
    "RFC 5838 2.2: for IPv6 neither the AF-bit nor the V6-bit of a neighbor matters",
    arguments: [Options(), .v6, .addressFamilies])
  func helloForIPv6(_ other: Options) {
    let (bench, neighbor) = strangers(.ospfv3)
    neighbor.options = [.externalRouting, .router, other]
    neighbor.sendHello()
    #expect(bench.refusals.isEmpty)
    #expect(neighbor.state > .`init`)
  }

  @Test("RFC 5838 2.5: a link-LSA names the IPv4 address to forward to, and IPv4 prefixes")
  func linkLSA() throws {
    let lsa = try Bench(.ospfv3IPv4).linkLSA()
    #expect(lsa.linkLocalAddress == IPv6Address(high: 0xC000_0202_0000_0000, low: 0))
    #expect(lsa.prefixes == ["192.0.2.0/24"])
    #expect(lsa.prefixes.map(\.words.count) == [1])
  }

  @Test(
    "RFC 5838 2.3: prefixes of the other family are not advertised, and are said not to be", arguments: ProtocolInstance.ofOSPFv3)
  func otherFamily(instance: ProtocolInstance) throws {
    // The bench would translate it.
    let foreign: IPPrefix = instance.addressFamily == .ipv4 ? "2001:db8::53/128" : "192.0.2.53/32"
    let bench = Bench(instance)
    bench.router.advertise(
      [Advertisement(prefix: foreign, kind: .external(metric: 1, type: .type2, tag: 0))], at: bench.now)
    bench.run(for: .seconds(11))
    #expect(!bench.router.databaseSnapshot(at: bench.now).contains { $0.header.key.lsType == .asExternalV3 })
    #expect(bench.events.contains(.notAdvertisable(foreign)))
  }

  @Test("RFC 5838 2.3: the Designated Router leaves out prefixes of a link-LSA that are none of the family")
  func foreignLinkPrefixes() throws {
    let elected = try Elected(.ospfv3IPv4)
    elected.backup.sendUpdate([
      LSAs(.ospfv3IPv4).link(3, from: "3.3.3.3", prefixes: ["198.51.100.0/24", "2001:db8:1::/48"])
    ])
    elected.bench.run(for: .seconds(6))
    #expect(
      try elected.bench.prefixes(.networkPrefixes) == ["192.0.2.0/24 cost 0 options 0", "198.51.100.0/24 cost 0 options 0"])
  }

  @Test("an instance keeps its family while it runs")
  func keptFamily() throws {
    let pair = try Pair(.ospfv3IPv4)
    pair.bench.router.apply(RouterConfiguration(version: .v3, routerID: "2.2.2.2"), at: pair.bench.now)
    pair.bench.run(for: .seconds(10))
    #expect(try pair.bench.lastHello().options.contains(.addressFamilies))
    #expect(pair.neighbor.state == .full)
  }
}
