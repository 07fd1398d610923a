import ConfigurationTestSupport
import Testing

@testable import Configuration

@Suite("Blocks and lines of other daemons")
struct ForeignBlockTests {
  private static let bgp = [
    "router bgp 65001", " bgp router-id 192.0.2.99", " neighbor 192.0.2.9 remote-as 65002", " address-family ipv4 unicast",
    "  network 10.0.0.0/8", "  redistribute ospf", " exit-address-family", "exit",
  ]

  private let own = ["interface eth0", " ip ospf area 0", " ip ospf cost 7", "router ospf", " ospf router-id 192.0.2.1"]

  @Test(
    "a block is left out whole with one notice, whatever is in it, and changes nothing of ours",
    arguments: [
      bgp,
      [
        "mpls ldp", " router-id 192.0.2.99", " address-family ipv4", "  interface eth9", "  exit", " exit-address-family", "exit",
      ],
      ["vrf red", " ip route 10.0.0.0/8 192.0.2.9", " ip router-id 192.0.2.99", " vni 5", "exit-vrf"],
      ["segment-routing", " traffic-eng", "  segment-list x", "   index 1 mpls label 5", "  exit", " exit", "exit"],
      ["nexthop-group x", " nexthop 192.0.2.9"], ["rpki", " rpki polling_period 100", "exit"],
      ["router isis 1", " net 49.0001.0000.0000.0001.00", " hostname dynamic", " redistribute ipv4 ospf level-2"],
      ["router rip", " network 10.0.0.0/8", " default-information originate"], ["router eigrp 1", " network 10.0.0.0/8"],
      ["router pim6", " join-prune-interval 5"], ["pbr-map x seq 5", " match src-ip 10.0.0.0/8", " set nexthop 192.0.2.9"],
    ])
  func leftOut(block: [String]) throws {
    let plain = try configuration(own.joined(separator: "\n"))
    for lines in [block + own, own + block] {
      let parsed = try parse(lines.joined(separator: "\n"))
      #expect(parsed.configuration == plain)
      #expect(parsed.notices.map(\.line) == [block[0]])
      #expect(parsed.notices.map(\.lineCount) == [block.count])
      #expect(parsed.notices.map(\.kind) == [.withoutEffect])
    }
  }

  @Test("the notice says how many lines there are, and what that costs")
  func notice() throws {
    #expect(
      try notices(Self.bgp.joined(separator: "\n")) == [
        "test.conf:1:1: 'router bgp 65001' with its block of 8 lines: without effect: BGP is spoken by another program; the routes "
          + "that it puts into the kernel are for 'redistribute kernel'"
      ])
  }

  @Test("without indentation a block goes on until something that is known outside of it, as in FRR")
  func flat() throws {
    let lines = ["mpls ldp", "router-id 192.0.2.99", "address-family ipv4", "discovery transport-address 192.0.2.9"] + own
    let parsed = try parse(lines.map { $0.drop { $0 == " " } }.joined(separator: "\n"))
    #expect(try parsed.configuration == configuration(own.joined(separator: "\n")))
    #expect(parsed.notices.map(\.lineCount) == [4])
  }

  @Test("below an indented block a line that nobody knows is an error, and not a line of the block")
  func misspeltAfterBlock() {
    #expect(errors("router bgp 1\n neighbor x\nruoter ospf\n").count == 1)
  }

  @Test("a block inside of an interface leaves the interface open")
  func linkParameters() throws {
    let parsed = try parse("interface eth0\n link-params\n  enable\n  metric 5\n exit-link-params\n ip ospf cost 9\n")
    #expect(parsed.configuration.interface("eth0")?.ospf.cost == 9)
    #expect(parsed.notices.map(\.lineCount) == [4])
  }

  @Test("`vrf default` is no VRF; an interface of a VRF is left out, and its OSPF lines are refused")
  func vrf() throws {
    #expect(try configuration("router ospf vrf default\n router-id 192.0.2.1\n").ospf?.routerID != nil)
    #expect(try configuration("interface eth0 vrf default\n ip ospf cost 3\n").interface("eth0")?.ospf.cost == 3)
    #expect(try configuration("interface eth0 vrf red\n ip address 10.0.0.1/24\n description x\n") == Configuration())
    #expect(
      errors("interface eth0 vrf red\n ip ospf cost 3\n").map { String($0.prefix { $0 != ";" }) }
        == ["test.conf:2:2: 'ip ospf cost 3' is not supported: VRFs"])
    #expect(errors("router ospf6 vrf red\n area 0 stub\n").count == 1)
  }

  @Test("a configuration of BIRD is recognised, and told what reads it")
  func bird() {
    for text in ["router id 192.0.2.1;\nprotocol device {\n}\n", "# x\nprotocol ospf v2 {\n area 0 {\n };\n}\n"] {
      #expect(errors(text).count == 1)
      #expect(errors(text).allSatisfy { $0.contains("configuration of BIRD") && $0.contains("import") })
    }
    #expect(!errors("protocol\n").contains { $0.contains("BIRD") })
  }

  @Test(
    "lines of FRR that stand alone are read",
    arguments: [
      "no route-map x optimization", "route-map x optimization", "ipv6 router-id 2001:db8::1", "terminal paginate",
      "default link-detect on", "mac access-list x permit any", "ip community-list standard x permit 1:2", "ip multicast-routing",
      "bgp as-path access-list x permit .*",
    ])
  func singleLines(line: String) throws {
    let parsed = try parse(line + "\n")
    #expect(parsed.configuration == Configuration())
    #expect(parsed.notices.count == 1)
  }
}

@Suite("Words that are shortened, as in FRR")
struct ShortenedWordTests {
  @Test("a beginning that no other word has stands for the word")
  func accepted() throws {
    let parsed = try configuration(
      """
      int eth0
       desc uplink
       ip ospf hello 5
       ip ospf dead 20
       ipv6 ospf area 0
       ipv6 ospf net point-to-point
       no shut
      rou ospf
       net 10.0.0.0/8 area 0
       redis conn metric 5
      """)
    let interface = try #require(parsed.interface("eth0"))
    #expect(interface.description == "uplink")
    #expect(interface.ospf.helloInterval == .seconds(5) && interface.ospf.deadInterval == .interval(.seconds(20)))
    #expect(interface.ospf6.area == .backbone && interface.ospf6.networkType == .pointToPoint)
    #expect(parsed.ospf?.networks.count == 1)
    #expect(parsed.ospf?.redistribution.sources[.connected]?.terms.metric == 5)
  }

  @Test("a beginning of several words is refused with all of them")
  func ambiguous() {
    #expect(
      errors("interface eth0\n ip ospf a 0\n") == [
        "test.conf:2:10: 'a' is short for several words; expected 'area', 'authentication' or 'authentication-key'"
      ])
  }

  @Test("what is written out comes before what is short for something in the block")
  func exactFirst() throws {
    let parsed = try configuration("interface eth0\n ip ospf cost 5\nip route 10.0.0.0/8 Null0\n")
    #expect(parsed.staticRoutes.count == 1)
    #expect(errors("address 192.0.2.1\n") == ["test.conf:1:1: 'address' belongs inside 'anycast service'"])
  }

  @Test("the blocks of services know no short words")
  func services() {
    #expect(errors("anycast service x\n address 192.0.2.1\n che tcp port 53\n").count == 1)
    #expect(errors("anycast service x\n address 192.0.2.1\n check tcp por 53\n").count == 1)
  }

  @Test("a suggestion is made only where a word is near, or another program's word is known")
  func suggestions() {
    #expect(errors(service("check ping 192.0.2.1")).allSatisfy { $0.hasSuffix("nearest known word: 'icmp'") })
    #expect(!errors("frobnicate\n")[0].contains("nearest"))
    #expect(
      errors("router ospf\n network 192.0.2.0 0.0.0.255 area 0\n")[0].contains("'192.0.2.0/24'"))
    #expect(errors("router ospf\n network 192.0.2.0 255.255.255.0 area 0\n")[0].contains("'192.0.2.0/24'"))
    #expect(errors("router ospf\n network 192.0.2.0 0.0.255.1 area 0\n")[0].contains("no mask of a prefix"))
  }
}
