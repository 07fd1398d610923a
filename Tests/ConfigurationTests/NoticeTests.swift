import ConfigurationTestSupport
import Testing

@testable import Configuration

@Suite("Notices: no line is skipped in silence")
struct NoticeTests {
  @Test(
    "a line of the top level without effect is told with its reason",
    arguments: [
      "hostname node1", "log stdout", "log timestamp precision 6", "debug ospf packet all", "no debug ospf packet all",
      "service integrated-vtysh-config", "banner motd default", "frr version 8.4.4", "frr defaults traditional", "agentx",
      "line vty", "table 10", "no ip forwarding", "domainname example.net", "zebra nexthop-group keep 1",
    ])
  func topLevel(line: String) throws {
    let parsed = try parse(line + "\n")
    #expect(parsed.configuration == Configuration())
    #expect(parsed.notices.map(\.line) == [line])
    #expect(parsed.notices.map(\.kind) == [.withoutEffect])
    #expect(parsed.notices.allSatisfy { !$0.reason.isEmpty && $0.location.line == 1 && $0.location.column == 1 })
  }

  @Test(
    "a secret is not repeated",
    arguments: ["password geheim", "enable password 8 geheim", "username x password geheim", "no password geheim"])
  func secrets(line: String) throws {
    let parsed = try parse(line + "\n")
    #expect(parsed.notices.count == 1)
    #expect(parsed.notices.allSatisfy { !$0.description.contains("geheim") })
  }

  @Test("a key is not repeated, neither in a notice nor in an error", arguments: ["", "no "])
  func keys(negation: String) throws {
    for line in ["ip ospf authentication-key geheim", "ip ospf message-digest-key 1 md5 geheim"] {
      let text = "interface eth0\n \(negation)\(line)\n"
      let told = errors(text).isEmpty ? try notices(text) : errors(text)
      #expect(told.count == 1)
      #expect(told.allSatisfy { !$0.contains("geheim") })
    }
  }

  @Test("the lines of `line vty` are told one by one")
  func lineVTY() throws {
    let lines = try parse("line vty\n exec-timeout 0 0\n no login\n access-class vty\n!\n").notices.map(\.line)
    #expect(lines == ["line vty", "exec-timeout 0 0", "no login", "access-class vty"])
  }

  @Test(
    "a line of an interface without effect, or with another one, leaves the interface as it was",
    arguments: [
      ("ip address 192.0.2.1/24", ConfigurationNotice.Kind.changedMeaning), ("ipv6 address 2001:db8::1/64", .changedMeaning),
      ("shutdown", .changedMeaning), ("no shutdown", .withoutEffect), ("bandwidth 1000", .withoutEffect),
      ("link-detect", .withoutEffect), ("no link-detect", .withoutEffect), ("multicast", .withoutEffect),
      ("ipv6 nd suppress-ra", .withoutEffect), ("ip pim", .withoutEffect), ("ip router isis 1", .withoutEffect),
      ("mpls enable", .withoutEffect), ("vrrp 1 version 3", .withoutEffect), ("ip igmp version 2", .withoutEffect),
      ("no ip ospf bfd", .withoutEffect), ("no ip ospf cost", .withoutEffect),
      ("no ip ospf authentication", .withoutEffect),
    ])
  func interface(line: String, kind: ConfigurationNotice.Kind) throws {
    let parsed = try parse("interface eth0\n \(line)\n")
    #expect(parsed.configuration.interfaces == [InterfaceConfiguration(name: "eth0")])
    #expect(parsed.notices.map(\.kind) == [kind])
    #expect(parsed.notices.map(\.line) == [line])
  }

  @Test(
    "a line of `router ospf` without effect leaves the block as it was",
    arguments: [
      "log-adjacency-changes", "log-adjacency-changes detail", "no log-adjacency-changes", "timers throttle spf 0 50 5000",
      "area 1 range 10.0.0.0/8", "area 1 default-cost 5", "capability opaque", "maximum-paths 8", "refresh timer 10",
      "compatible rfc1583", "distance 110", "distance ospf external 120", "ospf abr-type cisco",
      "no redistribute connected", "no redistribute bgp", "no default-information originate", "no default-metric",
      "no distribute-list x out connected", "distribute-list x out bgp", "no max-metric router-lsa on-startup",
      "no area 1 range 10.0.0.0/8",
    ])
  func router(line: String) throws {
    let parsed = try parse("router ospf\n \(line)\n")
    #expect(parsed.configuration.ospf == RouterSection())
    #expect(parsed.notices.map(\.line) == [line])
    #expect(parsed.notices.map(\.kind) == [.withoutEffect])
  }

  @Test("a throttle below MinLSArrival is taken as one second, and said so")
  func throttle() throws {
    #expect(
      try notices("router ospf\n timers throttle lsa all 100\n") == [
        "test.conf:2:2: 'timers throttle lsa all 100': changed meaning: "
          + "1s is kept between two originations of an LSA, because receivers discard what comes sooner"
      ])
    #expect(try notices("router ospf\n timers throttle lsa all 1000\n").isEmpty)
  }

  @Test("a reference bandwidth is remembered, and that it changes no cost is said")
  func referenceBandwidth() throws {
    let parsed = try parse("router ospf\n auto-cost reference-bandwidth 10000\n")
    #expect(parsed.configuration.ospf?.referenceBandwidth == 10000)
    #expect(parsed.notices.map(\.kind) == [.changedMeaning])
  }

  @Test("options of areas that are for area border routers are told")
  func areaOptions() throws {
    let parsed = try parse("router ospf\n area 1 stub no-summary\n area 2 nssa no-summary translate-never\n area 3 nssa\n")
    #expect(parsed.notices.map(\.location.line) == [2, 3])
  }

  @Test("an address that no router block can advertise is told where it stands")
  func addressWithoutRouter() throws {
    #expect(
      try notices(
        "router ospf\n network 10.0.0.0/8 area 0\nanycast service x\n address 192.0.2.1\n address 2001:db8::1\n check tcp port 53\n"
      )
        == [
          "test.conf:5:10: 'address 2001:db8::1/128': without effect: without 'router ospf6' nothing advertises it"
        ])
  }

  @Test("an external advertisement that no area carries is told")
  func externalIntoStubAreas() throws {
    let text = "interface eth0\n ip ospf area 1\nrouter ospf\n area 1 stub\n"
    #expect(
      try notices(text + service("check tcp port 53")) == [
        "test.conf:6:10: 'address 192.0.2.1/32': without effect: every area of 'router ospf' is a stub area, "
          + "which no AS-external-LSA enters; write 'advertise stub'"
      ])
    let ospf6 = "interface eth0\n ipv6 ospf6 area 1\nrouter ospf6\n area 1 stub\n"
    #expect(
      try notices(ospf6 + "anycast service x\n address 2001:db8::1\n check tcp port 53\n").map(\.description) == [
        "test.conf:6:10: 'address 2001:db8::1/128': without effect: every area of 'router ospf6' is a stub area, "
          + "which no AS-external-LSA enters; write 'advertise stub'"
      ])
    #expect(try notices(text + service("advertise stub", "check tcp port 53")).isEmpty)
    #expect(try notices(text + "network 10.0.0.0/8 area 2\n" + service("check tcp port 53")).isEmpty)
  }

  @Test("a network that is said twice is told")
  func repeatedNetwork() throws {
    #expect(
      try notices("router ospf\n network 10.0.0.0/8 area 0\n network 10.0.0.0/8 area 0\n") == [
        "test.conf:3:2: 'network 10.0.0.0/8 area 0': without effect: the same as at test.conf:2:10"
      ])
  }

  @Test("what other routers make of a clear R-bit is told")
  func clearRBit() throws {
    for line in ["stub-router administrative", "host-router"] {
      let parsed = try parse("router ospf6\n \(line)\n")
      #expect(parsed.notices.map(\.kind) == [.caution])
      #expect(parsed.configuration.ospf6?.isHostRouter == true)
    }
    #expect(try notices("router ospf\n host-router\n").isEmpty)
  }

  @Test("lines with effect give no notice")
  func silence() throws {
    #expect(try notices(example).map { String($0.prefix { $0 != "'" }) } == ["test.conf:6:2: ", "test.conf:14:2: "])
  }
}

@Suite("A check that only another node could answer is told")
struct CheckTargetNoticeTests {
  private func cautions(_ lines: String) throws -> [String] {
    try parse("anycast service dns\n address 192.0.2.1\n\(lines)\n").notices.filter { $0.kind == .caution }.map(\.line)
  }

  @Test(
    "in address-mode none the service's addresses are on no device",
    arguments: ["check tcp port 53", "check tcp 192.0.2.1 port 53", "check dns name www.example.net"])
  func none(check: String) throws {
    #expect(try cautions(" address-mode none\n \(check)").count == 1)
    #expect(try cautions(" address-mode none\n install-route via 10.0.0.9\n \(check)").count == 1)
  }

  @Test("in address-mode healthy the address is there only after the check has passed")
  func healthy() throws {
    #expect(try cautions(" address-mode healthy\n check tcp 192.0.2.1 port 53").count == 1)
    #expect(try cautions(" address-mode healthy\n check tcp port 53").isEmpty)
  }

  @Test(
    "a check of something on this host is none",
    arguments: ["check tcp 10.0.0.9 port 53", "check exec /bin/true", "check file /run/up exists", "check systemd dns.service"])
  func other(check: String) throws {
    #expect(try cautions(" address-mode none\n \(check)").isEmpty)
    #expect(try cautions(" \(check)").isEmpty)
  }
}
