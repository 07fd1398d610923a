import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Redistribution
import Testing

@testable import Configuration

@Suite("Lines about routes from outside of OSPF")
struct RedistributionCommandsTests {
  private func section(_ lines: String...) throws -> RouterSection {
    try #require(try configuration("router ospf\n" + lines.joined(separator: "\n")).ospf)
  }

  @Test("`redistribute` takes its words in any order, the last line of a kind counts, and `no` takes it back")
  func redistribute() throws {
    let section = try section(
      "redistribute connected", "redistribute connected route-map m metric-type 1 metric 5", "redistribute kernel metric 0",
      "redistribute static metric-type 2", "redistribute kernel", "no redistribute static metric-type 2")
    #expect(Set(section.redistribution.sources.keys) == [.connected, .kernel])
    #expect(section.redistribution.sources[.connected]?.terms == ExternalTerms(metric: 5, metricType: .type1, routeMap: "m"))
    #expect(section.redistribution.sources[.kernel]?.terms == ExternalTerms())
    let section6 = try configuration("router ospf6\n redistribute connected metric 4 route-map m\n").ospf6
    #expect(section6?.redistribution.sources[.connected]?.terms == ExternalTerms(metric: 4, routeMap: "m"))
  }

  @Test("`default-information originate` with its words in any order")
  func defaultInformation() throws {
    #expect(try section("default-information originate").redistribution.defaultInformation?.isAlways == false)
    let full = try section("default-information originate always metric 5 metric-type 1 route-map m").redistribution
      .defaultInformation
    #expect(full?.isAlways == true)
    #expect(full?.terms == ExternalTerms(metric: 5, metricType: .type1, routeMap: "m"))
    #expect(
      try section("default-information originate metric 5 always").redistribution.defaultInformation
        == full.map {
          DefaultInformation(isAlways: $0.isAlways, terms: ExternalTerms(metric: 5), origin: $0.origin)
        })
    #expect(
      try section("default-information originate", "no default-information originate always").redistribution.defaultInformation
        == nil)
  }

  @Test("`default-metric` and `distribute-list`, and their undoing")
  func others() throws {
    let section = try section("default-metric 7", "distribute-list a out connected", "distribute-list 10 out kernel")
    #expect(section.redistribution.defaultMetric == 7)
    #expect(section.redistribution.distributeLists.mapValues(\.accessList) == [.connected: "a", .kernel: "10"])
    let undone = try self.section(
      "default-metric 7", "no default-metric 7", "distribute-list a out connected", "no distribute-list b out connected",
      "no distribute-list a out connected")
    #expect(undone == RouterSection())
  }

  @Test(
    "a bad line names the word, its place and what was expected",
    arguments: [
      ("redistribute", "2:14: the line ends too early; expected 'connected', 'kernel' or 'static'"),
      (
        "redistribute conected",
        "2:15: unknown word 'conected'; expected 'connected', 'kernel' or 'static'; nearest known word: 'connected'"
      ),
      ("redistribute connected metric 16777215", "2:32: bad value '16777215'; expected a metric from 0 to 16777214"),
      ("redistribute connected metric-type 3", "2:37: unknown word '3'; expected '1' or '2'"),
      (
        "redistribute connected route-mp m",
        "2:25: unknown word 'route-mp'; expected 'metric', 'metric-type' or 'route-map'; nearest known word: 'route-map'"
      ),
      (
        "default-information originate alwys",
        "2:32: unknown word 'alwys'; expected 'metric', 'metric-type', 'route-map' or 'always'; nearest known word: 'always'"
      ),
      ("default-information", "2:21: the line ends too early; expected 'originate'"),
      ("default-metric x", "2:17: bad value 'x'; expected a metric from 0 to 16777214"),
      ("distribute-list x in connected", "2:20: unknown word 'in'; expected 'out'"),
      (
        "distribute-list x out conected",
        "2:24: unknown word 'conected'; expected 'connected', 'kernel' or 'static'; nearest known word: 'connected'"
      ),
    ])
  func badLines(line: String, message: String) { #expect(errors("router ospf\n \(line)\n") == ["test.conf:\(message)"]) }

  @Test("ospf6d has no distribute lists")
  func ospf6() {
    #expect(
      errors("router ospf6\n distribute-list x out connected\n") == [
        "test.conf:2:2: 'distribute-list' belongs inside 'router ospf'"
      ])
  }

  @Test("`ip route` in each spelling says which routes are static, and that none is installed")
  func staticRoutes() throws {
    let parsed = try parse(
      """
      ip route 10.0.0.0/8 192.0.2.1
      ip route 11.0.0.0 255.0.0.0 eth0 tag 5 200
      ip route 12.0.0.0/8 blackhole
      ip route 12.0.0.0/8 192.0.2.7
      ip route 13.0.0.0/8 reject
      no ip route 13.0.0.0/8 reject
      ipv6 route 2001:db8::/32 Null0 tag 9
      """)
    #expect(
      parsed.configuration.rendered() == """
        ip route 10.0.0.0/8 192.0.2.1
        ip route 11.0.0.0/8 eth0 200 tag 5
        ip route 12.0.0.0/8 blackhole
        ipv6 route 2001:db8::/32 Null0 tag 9
        !

        """)
    #expect(parsed.notices.map(\.location.line) == [1, 2, 3, 4, 5, 7])
    #expect(parsed.notices.allSatisfy { $0.kind == .changedMeaning && $0.reason.hasPrefix("no route is installed") })
    #expect(
      errors("ip route 10.0.0.0\n") == ["test.conf:1:18: the line ends too early; expected a subnet mask, as 255.255.255.0"])
    #expect(
      errors("ip route 10.0.0.0/8\n") == [
        "test.conf:1:20: the line ends too early; expected a next hop, a device, 'Null0', 'blackhole' or 'reject'"
      ])
    #expect(
      errors("ipv6 route 10.0.0.0/8 Null0\n") == [
        "test.conf:1:12: bad value '10.0.0.0/8'; expected an IPv6 prefix, as 2001:db8::/32"
      ])
  }

  @Test("`max-metric router-lsa` for a time is told to be for ever")
  func maxMetric() throws {
    let parsed = try parse("router ospf\n max-metric router-lsa on-startup 60\n max-metric router-lsa on-shutdown 20\n")
    #expect(parsed.configuration.ospf == RouterSection())
    #expect(parsed.notices.map(\.kind) == [.changedMeaning, .changedMeaning])
  }
}

@Suite("Notices about filters and areas")
struct FilterNoticeTests {
  private func notes(_ text: String) throws -> [String] {
    try parse(text).notices.filter { $0.kind != .caution }.map(\.description)
  }

  @Test("names that nothing defines are told, with what that means")
  func undefined() throws {
    #expect(
      try notes(
        """
        router ospf
         redistribute connected route-map nope
         redistribute kernel route-map m
         distribute-list nope out kernel
        route-map m permit 10
         match ip address nope
         call nope
        route-map m permit 20
         match ip address prefix-list nope
        """) == [
          "test.conf:2:2: 'redistribute connected route-map nope': undefined name: there is no route-map nope: nothing passes",
          "test.conf:4:2: 'distribute-list nope out kernel': undefined name: there is no access list nope: everything passes",
          "test.conf:5:1: 'route-map m permit 10': undefined name: there is no IPv4 access list nope: nothing matches the entry",
          "test.conf:5:1: 'route-map m permit 10': undefined name: there is no route-map nope: nothing is called",
          "test.conf:8:1: 'route-map m permit 20': undefined name: there is no IPv4 prefix list nope: nothing matches the entry",
        ])
  }

  @Test("what nothing refers to is told once for each list")
  func unused() throws {
    #expect(
      try notes(
        """
        access-list vty permit 127.0.0.0/8
        access-list vty deny any
        ip prefix-list p permit any
        route-map m permit 10
        router ospf
         distribute-list d out connected
         redistribute static
        """) == [
          "test.conf:1:1: 'access-list vty permit 127.0.0.0/8': without effect: nothing refers to access list vty",
          "test.conf:3:1: 'ip prefix-list p permit any': without effect: nothing refers to prefix list p",
          "test.conf:4:1: 'route-map m permit 10': without effect: nothing refers to route-map m",
          "test.conf:6:2: 'distribute-list d out connected': without effect: "
            + "there is no 'redistribute connected' that it could filter",
          "test.conf:7:2: 'redistribute static': without effect: "
            + "no 'ip route' line names a route; those of the kernel are for 'redistribute kernel'",
        ])
  }

  @Test("a route-map that ospfd or ospf6d reads in its own way is told")
  func families() throws {
    let told = try notes(
      """
      ipv6 access-list a permit any
      ipv6 prefix-list p permit any
      route-map m permit 10
       match ipv6 address a
      route-map m permit 20
       match ipv6 address prefix-list p
       set metric +5
      route-map m permit 30
       call m
      router ospf
       redistribute connected route-map m
      router ospf6
       redistribute connected route-map m
      """)
    #expect(
      told == [
        "test.conf:3:1: 'route-map m permit 10': without effect: its lists are of the other family, and for 'router ospf' its "
          + "other lines alone decide, as in Quagga and FRR",
        "test.conf:3:1: 'route-map m permit 10': changed meaning: 'match ipv6 address a' filters; FRR's ospf6d passes over it",
        "test.conf:5:1: 'route-map m permit 20': without effect: its lists are of the other family, and for 'router ospf' its "
          + "other lines alone decide, as in Quagga and FRR",
        "test.conf:5:1: 'route-map m permit 20': changed meaning: the metric is relative to 20, as in ospfd; "
          + "FRR's ospf6d passes over the sign",
        "test.conf:8:1: 'route-map m permit 30': without effect: 'call m' goes in a circle, and is not followed",
      ])
  }

  @Test("route-maps that call each other in a circle are told, where the circle closes")
  func circles() throws {
    let told = try notes(
      """
      route-map a permit 10
       call b
      route-map b permit 10
       call a
      router ospf
       redistribute connected route-map a
      """)
    #expect(
      told == ["test.conf:3:1: 'route-map b permit 10': without effect: 'call a' goes in a circle, and is not followed"])
  }

  @Test("redistribution into nothing but stub areas is told")
  func stubAreas() throws {
    let text =
      "interface eth0\n ip ospf area 1\nrouter ospf\n area 1 stub\n redistribute connected\n default-information originate\n"
    #expect(try notes(text).count == 2)
    #expect(try notes(text).allSatisfy { $0.hasSuffix("every area is a stub area, which no AS-external-LSA enters") })
  }

  @Test("a host prefix or a loopback in an area of its own is told, with what becomes of it")
  func lonelyAreas() throws {
    let text = "router ospf\n network 10.0.0.0/24 area 0\n network 192.0.2.1/32 area 0.0.0.1\n"
    #expect(
      try notes(text) == [
        "test.conf:3:10: 'network 192.0.2.1/32 area 0.0.0.1': changed meaning: where nothing else is in area 0.0.0.1, the address "
          + "becomes a stub link in area 0.0.0.0 with the same metric; Quagga would be an area border router and originate a "
          + "summary-LSA there"
      ])
    #expect(try notes(text + " network 10.9.0.0/24 area 1\n").isEmpty)
    #expect(try notes("router ospf\n network 192.0.2.1/32 area 0.0.0.1\n").isEmpty)
    let six = "interface eth0\n ipv6 ospf6 area 0\ninterface lo\n ipv6 ospf6 area 1\nrouter ospf6\n"
    #expect(try notes(six).map { $0.hasPrefix("test.conf:4:2: 'ipv6 ospf6 area 0.0.0.1': changed meaning") } == [true])
  }

  @Test(
    "routes of other daemons are redistributed by nobody here, which is told with care",
    arguments: ["bgp", "local", "table 10", "ospf 2", "isis route-map x", "rip metric 5"])
  func foreignRoutes(source: String) throws {
    for block in ["router ospf", "router ospf6"] {
      let parsed = try parse("\(block)\n redistribute \(source)\n no redistribute \(source)\n")
      let notices = parsed.notices.filter { $0.location.line == 2 }
      #expect(notices.map(\.kind) == [.caution])
      #expect(
        notices.allSatisfy { $0.reason.hasPrefix("nothing is redistributed by it: the daemon that has such routes is another") })
      #expect(parsed.configuration.ospf?.redistribution.sources ?? [:] == [:])
    }
  }
}
