import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import Configuration

@Suite("OSPF interfaces from configuration and kernel")
struct InterfaceDefinitionTests {
  private func link(
    _ addresses: String..., named name: String = "eth0", index: UInt32 = 2, isLoopback: Bool = false,
    isPointToPoint: Bool = false
  ) throws -> Link {
    let addresses = try addresses.map { text -> LinkAddress in
      let parts = text.split(separator: " ")
      let prefix = try #require(IPPrefix(parts[parts.count - 1]))
      let addresses = try parts.filter { $0 != "peer" }.map { try ip(String($0.prefix { $0 != "/" })) }
      let peer = addresses.count == 2 ? addresses.last : nil
      return LinkAddress(address: addresses[0], prefixLength: prefix.length, peer: peer)
    }
    return Link(
      index: index, name: name, mtu: 1500, isUp: true, isLoopback: isLoopback, isPointToPoint: isPointToPoint,
      addresses: addresses)
  }

  /// One line for each definition: name, address, subnet, area, and what is out of the ordinary.
  private func definitions(_ text: String, _ links: Link..., of instance: ProtocolInstance = .ospfv2) throws -> [String] {
    try configuration(text).interfaceDefinitions(of: instance, links: links).map { definition in
      var words = [definition.name]
      switch definition.addressing {
      case .ipv4(let address, let subnet, let isUnnumbered):
        words += ["\(address)", "\(subnet)"] + (isUnnumbered ? ["unnumbered"] : [])
      case .ipv6(let linkLocal, let addresses):
        words += [linkLocal?.description ?? "-"] + addresses.map { "\($0.address)@\($0.prefix)" }
      }
      words.append("area \(definition.settings.area)")
      if definition.settings.networkType != .broadcast { words.append(definition.settings.networkType.rawValue) }
      if definition.settings.isPassive { words.append("passive") }
      if definition.isLoopback { words.append("loopback") }
      return words.joined(separator: " ")
    }
  }

  @Test("`network` enables the interfaces with an address in it, and the longest match says the area")
  func networks() throws {
    let text = "router ospf\n network 10.0.0.0/8 area 0\n network 10.1.0.0/16 area 1\n network 10.1.2.0/24 area 2\n"
    #expect(
      try definitions(
        text, link("10.9.0.1/24", named: "a", index: 1), link("10.1.9.1/24", named: "b", index: 2),
        link("10.1.2.1/25", named: "c", index: 3),
        link("192.0.2.1/24", named: "d", index: 4)) == [
          "a 10.9.0.1 10.9.0.0/24 area 0.0.0.0", "b 10.1.9.1 10.1.9.0/24 area 0.0.0.1", "c 10.1.2.1 10.1.2.0/25 area 0.0.0.2",
        ])
  }

  @Test(
    "what the configuration does not say is as in RFC 2328 appendix C.3, but for the priority", arguments: [OSPFVersion.v2, .v3])
  func defaults(version: OSPFVersion) throws {
    let instance: ProtocolInstance = version == .v2 ? .ospfv2 : .ospfv3
    let text = "interface eth0\n ip ospf area 0\n ipv6 ospf6 area 0\nrouter ospf\nrouter ospf6\n"
    let found = try configuration(text).interfaceDefinitions(of: instance, links: [link("10.0.0.1/24", "fe80::1/64")])
    let definition = try #require(found.first)
    #expect(found.count == 1 && definition.mtu == 1500 && definition.isUp && !definition.isLoopback)
    let settings = definition.settings
    #expect(settings.networkType == .broadcast)
    #expect(settings.helloInterval == .seconds(10) && settings.routerDeadInterval == .seconds(40))
    #expect(settings.rxmtInterval == .seconds(5) && settings.pollInterval == .seconds(120))
    #expect(settings.infTransDelay == 1 && settings.cost == 10 && settings.priority == 0)
    #expect(!settings.mtuIgnore && !settings.isPassive && !settings.suppressesPrefix && !settings.hasTTLSecurity)
    #expect(settings.neighbors.isEmpty && settings.instanceID == 0 && settings.announcedMTU == nil)
    #expect(settings.authentication == .null && !settings.demandsIncreasingSequenceNumbers && settings.bfd == .none)
  }

  @Test("as in Quagga, a network that is longer than the subnet matches by the address")
  func hostNetwork() throws {
    let text = "router ospf\n network 10.0.0.1/32 area 0\n"
    #expect(try definitions(text, link("10.0.0.1/24")) == ["eth0 10.0.0.1 10.0.0.0/24 area 0.0.0.0"])
    #expect(try definitions(text, link("10.0.0.2/24")).isEmpty)
  }

  @Test("`ip ospf area` comes before every network, and covers every subnet of the device")
  func interfaceArea() throws {
    let text = "interface eth0\n ip ospf area 5\nrouter ospf\n network 10.0.0.0/8 area 0\n"
    #expect(
      try definitions(text, link("10.0.0.1/24", "192.0.2.1/24")) == [
        "eth0 10.0.0.1 10.0.0.0/24 area 0.0.0.5", "eth0 192.0.2.1 192.0.2.0/24 area 0.0.0.5",
      ])
    let one = "interface eth0\n ip ospf area 5 192.0.2.1\n ip ospf cost 7 192.0.2.1\nrouter ospf\n"
    #expect(try definitions(one, link("10.0.0.1/24", "192.0.2.1/24")) == ["eth0 192.0.2.1 192.0.2.0/24 area 0.0.0.5"])
  }

  @Test(
    "FRR: a loopback or a passive interface in an area without uplinks is in those of the uplinks, where FRR makes a summary-LSA")
  func lonelyAreas() throws {
    let lo = try link("192.0.2.1/32", named: "lo", index: 1, isLoopback: true)
    let text =
      "interface d\n ip ospf passive\n ip ospf cost 7\nrouter ospf\n network 10.0.0.0/24 area 0\n network 10.2.0.0/24 area 2\n"
      + " network 192.0.2.1/32 area 1\n network 10.3.0.0/24 area 3\n"
    let uplink = try link("10.0.0.1/24"), passive = try link("10.3.0.1/24", named: "d", index: 4)
    #expect(
      try definitions(text, lo, uplink, passive) == [
        "lo 192.0.2.1 192.0.2.1/32 area 0.0.0.0 loopback", "eth0 10.0.0.1 10.0.0.0/24 area 0.0.0.0",
        "d 10.3.0.1 10.3.0.0/24 area 0.0.0.0 passive",
      ])
    #expect(
      try definitions(text, lo, uplink, link("10.2.0.1/24", named: "eth1", index: 3)) == [
        "lo 192.0.2.1 192.0.2.1/32 area 0.0.0.0 loopback", "lo 192.0.2.1 192.0.2.1/32 area 0.0.0.2 loopback",
        "eth0 10.0.0.1 10.0.0.0/24 area 0.0.0.0", "eth1 10.2.0.1 10.2.0.0/24 area 0.0.0.2",
      ])
    #expect(try definitions(text, lo) == ["lo 192.0.2.1 192.0.2.1/32 area 0.0.0.1 loopback"])
    let six = "interface eth0\n ipv6 ospf6 area 0\ninterface lo\n ipv6 ospf6 area 1\nrouter ospf6\n"
    #expect(
      try definitions(six, link("::1/128", "2001:db8::1/128", named: "lo", index: 1, isLoopback: true), uplink, of: .ospfv3) == [
        "lo - 2001:db8::1@2001:db8::1/128 area 0.0.0.0 loopback", "eth0 - 10.0.0.1@10.0.0.0/24 area 0.0.0.0",
      ])
  }

  @Test("without `router ospf` there is no OSPFv2 interface")
  func noRouter() throws {
    #expect(try definitions("interface eth0\n ip ospf area 0\n", link("10.0.0.1/24")).isEmpty)
  }

  @Test("a secondary address in the same subnet makes no second interface")
  func secondary() throws {
    #expect(
      try definitions("router ospf\n network 0.0.0.0/0 area 0\n", link("10.0.0.1/24", "10.0.0.2/24", "10.0.1.1/24")) == [
        "eth0 10.0.0.1 10.0.0.0/24 area 0.0.0.0", "eth0 10.0.1.1 10.0.1.0/24 area 0.0.0.0",
      ])
  }

  @Test("the address of a service makes no interface, on a loopback or elsewhere")
  func serviceAddresses() throws {
    let text = "router ospf\n network 0.0.0.0/0 area 0\n" + service()
    #expect(
      try definitions(
        text, link("127.0.0.1/8", "192.0.2.1/32", "198.51.100.2/32", named: "lo", index: 1, isLoopback: true),
        link("192.0.2.1/24", "192.0.2.9/24")) == [
          "lo 198.51.100.2 198.51.100.2/32 area 0.0.0.0 loopback", "eth0 192.0.2.9 192.0.2.0/24 area 0.0.0.0",
        ])
  }

  @Test("RFC 2328 9.1: the addresses of a loopback are host routes, 127.0.0.0/8 apart")
  func loopback() throws {
    #expect(
      try definitions(
        "router ospf\n network 0.0.0.0/0 area 0\n", link("127.0.0.1/8", "10.255.0.1/24", named: "lo", index: 1, isLoopback: true))
        == ["lo 10.255.0.1 10.255.0.1/32 area 0.0.0.0 loopback"])
  }

  @Test("RFC 2328 12.4.1: a loopback costs nothing, in either version, unless it is told otherwise")
  func loopbackCost() throws {
    let links = [
      try link("10.255.0.1/32", "2001:db8::1/128", named: "lo", index: 1, isLoopback: true), try link("10.0.0.1/24"),
    ]
    func costs(_ lines: String, _ instance: ProtocolInstance) throws -> [UInt16] {
      let area = " ip ospf area 0\n ipv6 ospf6 area 0\n"
      return try configuration("interface lo\n\(area)\(lines)interface eth0\n\(area)router ospf\nrouter ospf6\n")
        .interfaceDefinitions(of: instance, links: links).map(\.settings.cost)
    }
    #expect(try costs("", .ospfv2) == [0, 10])
    #expect(try costs("", .ospfv3) == [0, 10])
    #expect(try costs(" ip ospf cost 7\n", .ospfv2) == [7, 10])
  }

  @Test("a point-to-point device is a point-to-point network unless it is told otherwise")
  func pointToPointDevice() throws {
    let text = "router ospf\n network 10.0.0.0/8 area 0\n"
    #expect(
      try definitions(text, link("10.0.0.1/30", named: "tun0", isPointToPoint: true))
        == ["tun0 10.0.0.1 10.0.0.0/30 area 0.0.0.0 point-to-point"])
    #expect(
      try definitions(
        text + "interface tun0\n ip ospf network broadcast\n", link("10.0.0.1/30", named: "tun0", isPointToPoint: true))
        == ["tun0 10.0.0.1 10.0.0.0/30 area 0.0.0.0"])
  }

  @Test("with a peer the subnet is the peer's, and the network statement is matched with the peer, as in Quagga")
  func peer() throws {
    let device = try link("10.0.0.1 peer 10.0.0.2/32", named: "tun0", isPointToPoint: true)
    #expect(
      try definitions("router ospf\n network 10.0.0.2/32 area 0\n", device)
        == ["tun0 10.0.0.1 10.0.0.2/32 area 0.0.0.0 point-to-point"])
    #expect(try definitions("router ospf\n network 10.0.0.1/32 area 0\n", device).isEmpty)
  }

  @Test("a /32 address on a point-to-point network is borrowed: the interface is unnumbered")
  func unnumbered() throws {
    let text = "interface eth0\n ip ospf area 0\n ip ospf network point-to-point\nrouter ospf\n"
    #expect(
      try definitions(text, link("198.51.100.2/32"))
        == ["eth0 198.51.100.2 198.51.100.2/32 unnumbered area 0.0.0.0 point-to-point"])
    #expect(
      try definitions("interface eth0\n ip ospf area 0\nrouter ospf\n", link("198.51.100.2/32"))
        == ["eth0 198.51.100.2 198.51.100.2/32 area 0.0.0.0"])
    #expect(
      try definitions(
        text.replacing("eth0", with: "lo"), link("198.51.100.2/32", named: "lo", index: 1, isLoopback: true))
        == ["lo 198.51.100.2 198.51.100.2/32 area 0.0.0.0 point-to-point loopback"], "a loopback's is its own")
  }

  @Test("passive by default, apart from what is said not to be, by interface and by address")
  func passive() throws {
    let text = """
      router ospf
       network 0.0.0.0/0 area 0
       passive-interface default
       no passive-interface b
       no passive-interface c 10.0.3.1
      """
    #expect(
      try definitions(
        text, link("10.0.1.1/24", named: "a", index: 1), link("10.0.2.1/24", named: "b", index: 2),
        link("10.0.3.1/24", "10.0.4.1/24", named: "c", index: 3)) == [
          "a 10.0.1.1 10.0.1.0/24 area 0.0.0.0 passive", "b 10.0.2.1 10.0.2.0/24 area 0.0.0.0",
          "c 10.0.3.1 10.0.3.0/24 area 0.0.0.0", "c 10.0.4.1 10.0.4.0/24 area 0.0.0.0 passive",
        ])
  }

  @Test("the parameters of an address come before those of its interface")
  func addressParameters() throws {
    let text =
      "interface eth0\n ip ospf cost 5\n ip ospf cost 6 10.0.1.1\n ip ospf priority 1\nrouter ospf\n network 0.0.0.0/0 area 0"
    let settings = try configuration(text).interfaceDefinitions(of: .ospfv2, links: [link("10.0.0.1/24", "10.0.1.1/24")])
      .map(\.settings)
    #expect(settings.map(\.cost) == [5, 6])
    #expect(settings.map(\.priority) == [1, 1])
  }

  @Test("neighbors belong to the non-broadcast interface on whose subnet they are")
  func neighbors() throws {
    let text = """
      interface eth0
       ip ospf network non-broadcast
      router ospf
       network 0.0.0.0/0 area 0
       neighbor 10.0.0.1
       neighbor 10.0.0.3 priority 5 poll-interval 30
       neighbor 10.0.0.2 poll-interval 60
       neighbor 10.0.1.2 poll-interval 5
      """
    let definitions = try configuration(text).interfaceDefinitions(
      of: .ospfv2, links: [link("10.0.0.1/24"), link("10.0.1.1/24", named: "eth1", index: 3)])
    let settings = definitions.map(\.settings)
    #expect(
      settings.first?.neighbors == [
        ConfiguredNeighbor(address: try ip("10.0.0.2")), ConfiguredNeighbor(address: try ip("10.0.0.3"), priority: 5),
      ])
    #expect(settings.first?.pollInterval == .seconds(30))
    #expect(settings.last?.neighbors == [])
  }

  @Test("what the kernel says of the device is in the definition")
  func kernelFacts() throws {
    var device = try link("10.0.0.1/24")
    device.mtu = 9000
    device.isUp = false
    let definition = try #require(
      try configuration("router ospf\n network 10.0.0.0/8 area 0").interfaceDefinitions(of: .ospfv2, links: [device]).first)
    #expect(definition.mtu == 9000)
    #expect(!definition.isUp)
    #expect(definition.index == 2)
  }

  @Test("OSPFv3: one interface for each device, with its link-local address and the others of both families, not services'")
  func ospf6() throws {
    let text = "interface eth0\n ipv6 ospf6 area 1\n ipv6 ospf6 passive\nrouter ospf6\n" + service("address 2001:db8::53")
    let device = try link("192.0.2.9/24", "2001:db8::1/64", "2001:db8::53/128", "2001:db8:1::1/64", "fe80::1/64")
    #expect(
      try definitions(text, device, link("fe80::2/64", named: "eth1", index: 3), of: .ospfv3) == [
        "eth0 fe80::1 192.0.2.9@192.0.2.0/24 2001:db8::1@2001:db8::/64 2001:db8:1::1@2001:db8:1::/64 area 0.0.0.1 passive"
      ])
  }

  @Test("OSPFv3: an address whose duplicate address detection has not finished is not there yet")
  func tentative() throws {
    var device = try link("fe80::1/64", "2001:db8::1/64")
    for index in device.addresses.indices { device.addresses[index].isTentative = true }
    #expect(
      try definitions("interface eth0\n ipv6 ospf6 area 0\nrouter ospf6\n", device, of: .ospfv3) == ["eth0 - area 0.0.0.0"])
  }

  @Test(
    "RFC 5838: the Instance ID decides the address family, and 'address-family ipv4 unicast' adds the one for IPv4",
    arguments: [
      ("", [0], []), (" ipv6 ospf6 instance-id 5\n", [5], []), (" ipv6 ospf6 instance-id 200\n", [200], []),
      (" ipv6 ospf6 instance-id 64\n", [], [64]), (" ipv6 ospf6 address-family ipv4 unicast\n", [0], [64]),
      (" ipv6 ospf6 address-family ipv4 unicast instance-id 95\n ipv6 ospf6 instance-id 31\n", [31], [95]),
    ] as [(String, [UInt8], [UInt8])])
  func addressFamilies(lines: String, ipv6: [UInt8], ipv4: [UInt8]) throws {
    let parsed = try configuration("interface eth0\n ipv6 ospf6 area 0\n\(lines)router ospf6\n router-id 1.1.1.1\n")
    let device = try link("fe80::1/64", "192.0.2.9/24")
    #expect(parsed.interfaceDefinitions(of: .ospfv3, links: [device]).map(\.settings.instanceID) == ipv6)
    #expect(parsed.interfaceDefinitions(of: .ospfv3IPv4, links: [device]).map(\.settings.instanceID) == ipv4)
    #expect(parsed.isConfigured(.ospfv3) == !ipv6.isEmpty)
    #expect(parsed.isConfigured(.ospfv3IPv4) == !ipv4.isEmpty)
    #expect(parsed.routerConfiguration(of: .ospfv3IPv4, links: [device])?.addressFamily == (ipv4.isEmpty ? nil : .ipv4))
  }
}

@Suite("Routers from configuration and kernel")
struct RouterResolutionTests {
  private func link(
    _ name: String, _ address: String, length: Int = 24, index: UInt32 = 2, isLoopback: Bool = false
  ) throws -> Link {
    Link(
      index: index, name: name, mtu: 1500, isUp: true, isLoopback: isLoopback,
      addresses: [LinkAddress(address: try ip(address), prefixLength: length)])
  }

  private func routerID(_ text: String, _ version: OSPFVersion, _ links: Link...) throws -> String? {
    try configuration(text).routerID(version: version, links: links)?.description
  }

  @Test("the configured router ID wins, that of the block before that of the top level")
  func configured() throws {
    let device = try link("eth0", "10.0.0.1")
    #expect(try routerID("router ospf\n router-id 1.1.1.1\n network 0.0.0.0/0 area 0\n", .v2, device) == "1.1.1.1")
    #expect(try routerID("router-id 2.2.2.2\nrouter ospf\n router-id 1.1.1.1\n", .v2, device) == "1.1.1.1")
    #expect(try routerID("router-id 2.2.2.2\nrouter ospf\n", .v2, device) == "2.2.2.2")
    #expect(try routerID("router ospf\n router-id 1.1.1.1\nrouter ospf6\n", .v3, device) == "1.1.1.1")
    #expect(try routerID("router-id 2.2.2.2\n", .v2, device) == nil)
  }

  @Test("else it is the highest address of the OSPF interfaces, a loopback's only when there is no other, a service's never")
  func highest() throws {
    let text = "router ospf\n network 10.0.0.0/8 area 0\nanycast service x\n address 10.200.0.1\n"
    let low = try link("eth0", "10.0.0.1")
    let high = try link("eth1", "10.0.1.1", index: 3)
    let service = try link("eth2", "10.200.0.1", length: 32, index: 4)
    let other = try link("eth3", "192.0.2.1", index: 5)
    let loopback = try link("lo", "10.255.0.1", length: 32, index: 1, isLoopback: true)
    #expect(try routerID(text, .v2, low, high, service, other, loopback) == "10.0.1.1")
    #expect(try routerID(text, .v2, loopback, service) == "10.255.0.1")
    #expect(try routerID(text, .v2, service, other) == nil)
  }

  @Test("OSPFv3 takes the IPv4 addresses of its devices")
  func ospf6() throws {
    let text = "interface eth0\n ipv6 ospf6 area 0\nrouter ospf6\n"
    #expect(try routerID(text, .v3, link("eth0", "10.0.0.1"), link("eth1", "10.0.1.1", index: 3)) == "10.0.0.1")
  }

  @Test("a router's configuration has its areas, its policy and its timers")
  func routerConfiguration() throws {
    let text = """
      router ospf
       router-id 1.1.1.1
       area 1 nssa
       max-metric router-lsa administrative
       host-router
       timers throttle lsa all 3000
       timers lsa min-arrival 500
       max-lsa 12000 ignore-time 6
      """
    var expected = RouterConfiguration(version: .v2, routerID: try #require(RouterID("1.1.1.1")))
    expected.areas = [AreaID(rawValue: 1): .nssa]
    expected.stubRouter = StubRouterPolicy(maxMetric: .always, hostBit: true)
    expected.pacing.minLSInterval = .seconds(3)
    expected.pacing.minLSArrival = .milliseconds(500)
    expected.limits.linkStateAdvertisements = 12_000
    expected.limits.overflowHoldOff = .seconds(360)
    #expect(try configuration(text).routerConfiguration(of: .ospfv2, links: []) == expected)
    #expect(try configuration(text).routerConfiguration(of: .ospfv3, links: []) == nil)
  }

  @Test(
    "whether externals may come from an instance follows from its services and its redistribution",
    arguments: [
      ("", false),
      ("anycast service a\n address 192.0.2.1", true),
      ("anycast service a\n address 192.0.2.1\n advertise stub", false),
      ("anycast service a\n address 2001:db8::1", false),
      ("anycast service a\n address 192.0.2.1\n shutdown", false),
    ])
  func mayOriginateExternals(service: String, expected: Bool) throws {
    let router = "router ospf\n ospf router-id 1.1.1.1\n"
    let plain = try configuration(router + "!\n" + service).routerConfiguration(of: .ospfv2, links: [])
    #expect(plain?.mayOriginateExternals == expected)
    for line in ["redistribute static", "default-information originate"] {
      let redistributing = try configuration(router + " \(line)\n!\n" + service).routerConfiguration(of: .ospfv2, links: [])
      #expect(redistributing?.mayOriginateExternals == true)
    }
  }

  @Test("RFC 2328 13(5a): LSAs never go out sooner than receivers take them, whatever the throttle says")
  func throttle() throws {
    let parsed = try configuration("router ospf\n router-id 1.1.1.1\n timers throttle lsa all 0\n")
    #expect(parsed.routerConfiguration(of: .ospfv2, links: [])?.pacing.minLSInterval == .seconds(1))
  }

  @Test("without a router ID there is no router yet")
  func noRouterID() throws {
    #expect(try configuration("router ospf\n").routerConfiguration(of: .ospfv2, links: []) == nil)
  }
}
