import AnycastPolicy
import Configuration
import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Redistribution
import Testing

/// What is redistributed, in one line each. The cases marked with FRR were run with FRR 8.4.4, whose LSAs were the same.
@Suite("Redistribution")
struct RedistributionPolicyTests {
  /// The routes of a node: addresses on `lo`, a second network, routes of the kernel.
  private let routes: [(RouteSource, String, String?)] = [
    (.connected, "10.0.0.0/24", "e0"), (.connected, "10.1.0.0/24", "e1"), (.connected, "192.0.2.1/32", "lo"),
    (.connected, "192.0.2.2/32", "lo"), (.connected, "127.0.0.0/8", "lo"), (.kernel, "198.51.100.0/24", "e0"),
    (.kernel, "198.51.102.0/24", nil), (.connected, "2001:db8::1/128", "lo"), (.connected, "fe80::/64", "e0"),
    (.kernel, "2001:db8:7::/48", "e1"),
  ]

  private func outcome(
    _ text: String, of instance: ProtocolInstance = .ospfv2, more: [RedistributionCandidate] = []
  ) throws -> RedistributionOutcome {
    let configuration = try configuration(text)
    let candidates = try routes.map { source, prefix, interface in
      RedistributionCandidate(source: source, prefix: try #require(IPPrefix(prefix)), interface: interface)
    }
    let uplink = Link(
      index: 2, name: "e0", mtu: 1500, isUp: true,
      addresses: [LinkAddress(address: .v4(IPv4Address(10, 0, 0, 1)), prefixLength: 24)])
    let loopback = Link(
      index: 1, name: "lo", mtu: 65536, isUp: true, isLoopback: true,
      addresses: [
        LinkAddress(address: .v4(IPv4Address(192, 0, 2, 1)), prefixLength: 32),
        LinkAddress(address: .v4(IPv4Address(192, 0, 2, 65)), prefixLength: 26),
      ])
    let interfaces = configuration.interfaceDefinitions(of: instance, links: [loopback, uplink])
    let policy = try #require(RedistributionPolicy(configuration, of: instance, interfaces: interfaces))
    return policy.outcome(for: candidates + more)
  }

  /// `PREFIX METRIC/TYPE tag TAG`
  private func advertised(
    _ lines: String, of instance: ProtocolInstance = .ospfv2, more: [RedistributionCandidate] = []
  ) throws -> [String] {
    try outcome(lines, of: instance, more: more).advertisements.map { advertisement in
      guard case .external(let metric, let type, let tag) = advertisement.kind else { return "no external" }
      return "\(advertisement.prefix) \(metric)/\(type.rawValue)" + (tag == 0 ? "" : " tag \(tag)")
    }
  }

  private func reasons(_ lines: String, more: [RedistributionCandidate] = []) throws -> [String: String] {
    let filtered = try outcome(lines, more: more).filtered
    return Dictionary(uniqueKeysWithValues: filtered.map { ("\($0.route.prefix)", $0.reason) })
  }

  private func route(
    _ source: RouteSource, _ prefix: String, _ interface: String?, tag: UInt32 = 0
  ) throws -> RedistributionCandidate {
    RedistributionCandidate(source: source, prefix: try #require(IPPrefix(prefix)), interface: interface, tag: tag)
  }

  private let network = "router ospf\n network 10.0.0.0/24 area 0\n"

  @Test("FRR: connected networks with metric 20 of type 2, without those that OSPF has itself")
  func connected() throws {
    #expect(
      try advertised(network + " redistribute connected\n") == ["10.1.0.0/24 20/2", "192.0.2.1/32 20/2", "192.0.2.2/32 20/2"])
    #expect(
      try advertised(network + " network 192.0.2.1/32 area 0\n redistribute connected\n") == [
        "10.1.0.0/24 20/2", "192.0.2.2/32 20/2",
      ])
    #expect(
      try reasons(network + " redistribute connected\n") == [
        "10.0.0.0/24": "OSPF advertises 10.0.0.0/24 itself, as the network of e0 (10.0.0.1)"
      ])
  }

  @Test("FRR: a connected part of an OSPF network is its own, a route of the kernel to a part of one is not")
  func partsOfNetworks() throws {
    let more = [try route(.connected, "10.0.0.200/32", "e1"), try route(.kernel, "10.0.0.128/25", "e1")]
    let lines = try advertised(network + " redistribute connected\n redistribute kernel\n", more: more)
    #expect(!lines.contains("10.0.0.200/32 20/2"))
    #expect(lines.contains("10.0.0.128/25 20/2"))
  }

  @Test("FRR: the network of a loopback's address, which is advertised as a host, is not redistributed")
  func loopbackSubnet() throws {
    let more = [try route(.connected, "192.0.2.64/26", "lo")]
    #expect(
      try advertised(network + " redistribute connected\n", more: more).contains("192.0.2.64/26 20/2"))
    #expect(
      try !advertised(network + " network 192.0.2.64/26 area 0\n redistribute connected\n", more: more)
        .contains("192.0.2.64/26 20/2"))
  }

  @Test("FRR: routes of the kernel, those to nowhere included; nothing that is not asked for")
  func kernel() throws {
    #expect(try advertised(network + " redistribute kernel\n") == ["198.51.100.0/24 20/2", "198.51.102.0/24 20/2"])
    #expect(try outcome(network) == RedistributionOutcome())
  }

  @Test(
    "the kernel's routes are watched for those who ask for them, and for a default route that must be there",
    arguments: [
      ("redistribute connected", false), ("redistribute kernel", true), ("redistribute static", true),
      ("default-information originate", true), ("default-information originate always", false),
      ("default-information originate always route-map m", true),
    ])
  func watched(line: String, isWatched: Bool) throws {
    #expect(try configuration(network + " \(line)\n").redistributesKernelRoutes == isWatched)
  }

  @Test("OSPFv3 takes the IPv6 routes, also those of its own interfaces, as FRR's ospf6d does; link-local ones never")
  func ospf6() throws {
    let text =
      "interface lo\n ipv6 ospf6 area 0\nrouter ospf6\n redistribute connected\n redistribute kernel metric 50 metric-type 1\n"
    #expect(try advertised(text, of: .ospfv3) == ["2001:db8::1/128 20/2", "2001:db8:7::/48 50/1"])
  }

  @Test("FRR: the metric of a route-map comes before that of `redistribute`, and that before `default-metric`")
  func metrics() throws {
    let only = "route-map m permit 10\n match interface lo\n"
    func lines(_ map: String, _ redistribute: String) throws -> [String] {
      try advertised("\(only)\(map)\(network) default-metric 7\n redistribute connected\(redistribute) route-map m\n")
        .filter { $0.hasPrefix("192.0.2.2") }
    }
    #expect(try lines("", "") == ["192.0.2.2/32 7/2"])
    #expect(try lines("", " metric 100 metric-type 1") == ["192.0.2.2/32 100/1"])
    #expect(try lines(" set metric 5\n set metric-type type-1\n set tag 77\n", " metric 100") == ["192.0.2.2/32 5/1 tag 77"])
    #expect(try lines(" set metric +5\n", " metric 100") == ["192.0.2.2/32 25/2"])
    #expect(try lines(" set metric -5\n", "") == ["192.0.2.2/32 15/2"])
    #expect(try lines(" set metric -50\n", "") == ["192.0.2.2/32 0/2"])
    #expect(try lines(" set metric +16777214\n", "") == ["192.0.2.2/32 16777214/2"])
  }

  @Test("FRR: a distribute list filters by its access list; one that is not defined permits everything, an empty one nothing")
  func distributeList() throws {
    let lines = network + " redistribute connected\n distribute-list a out connected\n distribute-list b out kernel\n"
    #expect(try advertised("access-list a permit 192.0.2.2/32\n" + lines) == ["192.0.2.2/32 20/2"])
    #expect(try advertised(lines).count == 3)
    #expect(try advertised("access-list a remark nothing yet\n" + lines).isEmpty)
    #expect(
      try advertised("access-list a permit 192.0.2.0 0.0.0.255\naccess-list a deny any\n" + lines) == [
        "192.0.2.1/32 20/2", "192.0.2.2/32 20/2",
      ])
  }

  @Test("what is filtered out names the rule in the words of the file, and its place")
  func distributeListReasons() throws {
    let lines = network + " redistribute connected\n distribute-list a out connected\n"
    #expect(
      try reasons("access-list a  deny   10.1.0.0/24\naccess-list a permit 192.0.2.1/32\n" + lines).filter {
        $0.key != "10.0.0.0/24"
      } == [
        "10.1.0.0/24": "'access-list a  deny   10.1.0.0/24' (test.conf:1:1) denies it",
        "192.0.2.2/32": "access list a of 'distribute-list a out connected' (test.conf:6:2) has no rule that permits it",
      ])
  }

  @Test("what is filtered out is advertised all the same where OSPF or a service has it, and not where a list denies it")
  func advertisedOtherwise() throws {
    let text =
      "access-list a deny 10.1.0.0/24\naccess-list a permit any\n\(network) redistribute connected\n"
      + " distribute-list a out connected\n" + service()
    let filtered = try outcome(text).filtered
    #expect(filtered.filter(\.isAdvertisedOtherwise).map(\.route.prefix.description) == ["10.0.0.0/24", "192.0.2.1/32"])
    #expect(filtered.filter { !$0.isAdvertisedOtherwise }.map(\.route.prefix.description) == ["10.1.0.0/24"])
  }

  @Test("FRR: a route-map denies what nothing permits, what names an undefined list, and everything when it is not defined")
  func routeMapDenies() throws {
    let lines = network + " redistribute connected route-map m\n"
    #expect(try advertised(lines).isEmpty)
    #expect(try reasons(lines)["192.0.2.1/32"] == "route-map m is not defined, which denies everything")
    for match in ["ip address nope", "ip address prefix-list nope", "interface nope", "tag 5"] {
      #expect(try advertised("route-map m permit 10\n match \(match)\n" + lines).isEmpty)
    }
    #expect(
      try reasons("route-map m permit 10\n match interface nope\n" + lines)["192.0.2.1/32"]
        == "no entry of route-map m permits it")
    let denied = "access-list a permit host 192.0.2.1\nroute-map m deny 10\n match ip address a\nroute-map m permit 20\n" + lines
    #expect(try advertised(denied) == ["10.1.0.0/24 20/2", "192.0.2.2/32 20/2"])
    #expect(try reasons(denied)["192.0.2.1/32"] == "'route-map m deny 10' (test.conf:2:1) denies it")
  }

  @Test("every line of an entry must match")
  func allMatch() throws {
    let text =
      "access-list a permit any\nip prefix-list p permit 192.0.2.0/24 ge 32\nroute-map m permit 10\n match ip address a\n"
      + " match ip address prefix-list p\n match interface lo\n" + network + " redistribute connected route-map m\n"
    #expect(try advertised(text) == ["192.0.2.1/32 20/2", "192.0.2.2/32 20/2"])
  }

  @Test("FRR: lists of the other family are passed over")
  func otherFamily() throws {
    let text = "route-map m permit 10\n match ipv6 address prefix-list nope\n" + network + " redistribute connected route-map m\n"
    #expect(try advertised(text).count == 3)
    let both = "ipv6 prefix-list p permit any\n" + text + "router ospf6\n redistribute connected route-map m\n"
    #expect(try advertised(both, of: .ospfv3).isEmpty)
  }

  @Test("FRR: after `on-match` the next entry must match too, unless there is none")
  func onMatch() throws {
    func lines(_ map: String) throws -> [String] { try advertised(map + network + " redistribute connected route-map m\n") }
    let first = "route-map m permit 10\n set metric 7\n"
    #expect(try lines(first + " on-match next\n").allSatisfy { $0.hasSuffix("7/2") })
    #expect(try lines(first + " on-match next\n").count == 3)
    #expect(try lines(first + " on-match next\nroute-map m permit 20\n match interface nope\n").isEmpty)
    #expect(try lines(first + " on-match goto 99\nroute-map m permit 20\n set metric 8\n").allSatisfy { $0.hasSuffix("7/2") })
    #expect(
      try lines(first + " on-match goto 30\nroute-map m deny 20\nroute-map m permit 30\n set tag 9\n").allSatisfy {
        $0.hasSuffix("7/2 tag 9")
      })
    #expect(
      try lines(
        first + " on-match goto 25\nroute-map m deny 20\nroute-map m permit 30\n match interface lo\n set tag 9\n") == [
          "192.0.2.1/32 7/2 tag 9", "192.0.2.2/32 7/2 tag 9",
        ])
  }

  @Test("FRR: what one entry has set stays when the next one sets something else")
  func merged() throws {
    let text =
      "route-map m permit 10\n match interface e1\n set metric 7\n set metric-type type-1\n on-match next\n"
      + "route-map m permit 20\n set tag 9\n" + network + " redistribute connected route-map m\n"
    #expect(try advertised(text).contains("10.1.0.0/24 7/1 tag 9"))
  }

  @Test("FRR: a called route-map changes what was changed before, and may deny; one that is not defined is not called")
  func call() throws {
    func lines(_ map: String) throws -> [String] { try advertised(map + network + " redistribute connected route-map m\n") }
    let caller = "route-map m permit 10\n set metric 3\n set tag 4\n call n\n"
    #expect(try lines(caller) == ["10.1.0.0/24 3/2 tag 4", "192.0.2.1/32 3/2 tag 4", "192.0.2.2/32 3/2 tag 4"])
    let called = "route-map n permit 10\n match interface lo\n set metric 30\n"
    #expect(try lines(caller + called) == ["192.0.2.1/32 30/2 tag 4", "192.0.2.2/32 30/2 tag 4"])
    #expect(try lines("route-map m permit 10\n call m\n").count == 3)
  }

  @Test("FRR: a default route with `default-information originate` alone, with metric 10, or 1 with `always`")
  func defaultRoute() throws {
    let kernel = try route(.kernel, "0.0.0.0/0", "e0", tag: 3)
    #expect(try advertised(network + " default-information originate\n").isEmpty)
    #expect(
      try advertised(network + " default-information originate\n default-metric 33\n", more: [kernel]) == ["0.0.0.0/0 10/2 tag 3"]
    )
    #expect(try advertised(network + " default-information originate always\n") == ["0.0.0.0/0 1/2"])
    #expect(
      try advertised(network + " default-information originate metric 5 always metric-type 1\n") == ["0.0.0.0/0 5/1"])
    #expect(!(try advertised(network + " redistribute kernel\n", more: [kernel]).contains { $0.hasPrefix("0.0.0.0/0") }))
    #expect(
      try reasons(network + " redistribute kernel\n", more: [kernel])["0.0.0.0/0"]
        == "the default route is advertised by 'default-information originate' alone")
  }

  @Test("FRR: a route-map is asked about the default route, with `always` too")
  func defaultRouteMap() throws {
    let kernel = try route(.kernel, "0.0.0.0/0", "e1")
    let line = network + " default-information originate always route-map m\n"
    #expect(try advertised(line).isEmpty)
    #expect(try advertised("route-map m deny 10\n" + line).isEmpty)
    #expect(try advertised("route-map m permit 10\n set metric 44\n set tag 9\n" + line) == ["0.0.0.0/0 44/2 tag 9"])
    #expect(try advertised("route-map m permit 10\n match interface e1\n" + line).isEmpty)
    #expect(try advertised("route-map m permit 10\n match interface e1\n" + line, more: [kernel]) == ["0.0.0.0/0 1/2"])
  }

  @Test("a static route is one of the kernel that an `ip route` line names, or one to nowhere")
  func staticRoutes() throws {
    let text =
      "ip route 198.51.100.0/24 10.0.0.2 tag 5\nip route 203.0.113.0 255.255.255.0 Null0 250\nip route 10.99.0.0/16 10.0.0.9\n"
      + network
    #expect(try advertised(text + " redistribute static metric 3\n") == ["198.51.100.0/24 3/2 tag 5", "203.0.113.0/24 3/2"])
    #expect(try advertised(text + " redistribute kernel\n") == ["198.51.102.0/24 20/2"])
  }

  @Test("of several routes to one prefix the connected one counts, redistributed or not")
  func selection() throws {
    let more = [try route(.kernel, "10.1.0.0/24", "e0")]
    #expect(try !advertised(network + " redistribute kernel\n", more: more).contains("10.1.0.0/24 20/2"))
    #expect(
      try advertised(network + " redistribute connected\n redistribute kernel metric 9\n", more: more).contains(
        "10.1.0.0/24 20/2"))
  }

  @Test("what belongs to a service is its own business, whatever is redistributed")
  func services() throws {
    let text = network + " redistribute connected\nanycast service dns\n address 192.0.2.1\n address 10.1.0.5/24\n"
    #expect(try advertised(text) == ["192.0.2.2/32 20/2"])
    #expect(try reasons(text)["192.0.2.1/32"] == "it belongs to service dns")
  }

  @Test("a tag of the route is kept, and can be matched")
  func tags() throws {
    let more = [try route(.kernel, "203.0.113.0/24", "e0", tag: 42)]
    #expect(
      try advertised("route-map m permit 10\n match tag 42\n" + network + " redistribute kernel route-map m\n", more: more) == [
        "203.0.113.0/24 20/2 tag 42"
      ])
  }

  @Test(
    "what zebra never hands on is never redistributed: loopback, link-local and multicast prefixes",
    arguments: ["169.254.0.0/16", "169.254.7.7/32", "127.0.0.0/8", "127.0.0.5/32", "224.0.0.0/4", "239.1.1.1/32"])
  func martians(prefix: String) throws {
    for source in [RouteSource.connected, .kernel] {
      let lines = network + " redistribute connected\n redistribute kernel\n"
      let outcome = try outcome(lines, more: [try route(source, prefix, "e1")])
      #expect(try outcome == self.outcome(lines))
    }
    #expect(
      try advertised(network + " redistribute kernel\n", more: [try route(.kernel, "169.253.0.0/16", "e1")]).contains(
        "169.253.0.0/16 20/2"))
  }

  @Test("FRR: `set min-metric` and `set max-metric` bound what was configured elsewhere")
  func metricBounds() throws {
    func metric(_ bounds: String, _ metric: Int) throws -> [String] {
      try advertised(
        "route-map m permit 10\n match interface lo\n\(bounds)\(network) redistribute connected metric \(metric) route-map m\n")
    }
    #expect(try metric(" set min-metric 50\n", 5).allSatisfy { $0.hasSuffix(" 50/2") })
    #expect(try metric(" set min-metric 50\n", 60).allSatisfy { $0.hasSuffix(" 60/2") })
    #expect(try metric(" set max-metric 50\n", 60).allSatisfy { $0.hasSuffix(" 50/2") })
    #expect(try metric(" set max-metric 50\n set metric 70\n", 5).allSatisfy { $0.hasSuffix(" 50/2") })
  }

  @Test("without the router block there is no policy")
  func noSection() throws {
    #expect(RedistributionPolicy(try configuration("router ospf\n"), of: .ospfv3, interfaces: []) == nil)
  }

  @Test("an access list's prefix covers its parts, and no prefix that it is a part of")
  func widerPrefix() throws {
    let lines = network + " redistribute kernel route-map m\nroute-map m permit 10\n match ip address a\n"
    let more = [try route(.kernel, "172.16.0.0/12", "e1"), try route(.kernel, "172.16.0.0/24", "e1")]
    #expect(
      try advertised(lines + "access-list a permit 172.16.0.0/16\n", more: more) == ["172.16.0.0/24 20/2"])
  }

  @Test("the protocol number of static routes is that of rtnetlink(7)")
  func staticProtocol() {
    #expect(KernelRoute.staticProtocol == 4)
  }
}
