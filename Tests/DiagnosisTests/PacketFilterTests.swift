import Diagnosis
import OSPFWire
import Testing

@Suite("What becomes of an OSPF packet in a packet filter")
struct PacketFilterTests {
  private static let hello = PacketFilter.Probe(.input, .ipv4, device: "eth0", destination: "224.0.0.5")

  /// A ruleset with one base chain and one chain that it may jump to, as `nft -j list ruleset` prints it.
  private func ruleset(
    _ rules: [String], sub: [String] = [], policy: String = "accept", family: String = "inet", hook: String = "input"
  ) throws -> PacketFilter {
    func lines(_ chain: String, _ rules: [String], from handle: Int) -> [String] {
      rules.enumerated().map { position, expression in
        #"{"rule":{"family":"\#(family)","table":"f","chain":"\#(chain)","handle":\#(handle + position),"expr":[\#(expression)]}}"#
      }
    }
    let head = [
      #"{"metainfo":{"version":"1.0.6","json_schema_version":1}}"#, #"{"table":{"family":"\#(family)","name":"f","handle":1}}"#,
      #"{"set":{"family":"\#(family)","name":"protos","table":"f","type":"inet_proto","handle":3,"elem":["gre","ospf"]}}"#,
      #"{"chain":{"family":"\#(family)","table":"f","name":"in","handle":1,"type":"filter","hook":"\#(hook)","prio":0,"policy":"\#(policy)"}}"#,
      #"{"chain":{"family":"\#(family)","table":"f","name":"sub","handle":2}}"#,
    ]
    let objects = head + lines("in", rules, from: 10) + lines("sub", sub, from: 20)
    return try PacketFilter(nftables: #"{"nftables":[\#(objects.joined(separator: ","))]}"#)
  }

  private static func match(_ left: String, _ right: String, _ relation: String = "==") -> String {
    #"{"match":{"op":"\#(relation)","left":\#(left),"right":\#(right)}}"#
  }
  private static let l4proto = #"{"meta":{"key":"l4proto"}}"#
  private static func field(_ header: String, _ name: String) -> String {
    #"{"payload":{"protocol":"\#(header)","field":"\#(name)"}}"#
  }
  private static let drop = #"{"drop":null}"#
  private static let accept = #"{"accept":null}"#

  @Test(
    "A rule drops it when every condition certainly holds",
    arguments: [
      (match(l4proto, #""ospf""#), true), (match(l4proto, "89"), true), (match(l4proto, #""tcp""#), false),
      (match(l4proto, #""ospf""#, "!="), false), (match(l4proto, #""tcp""#, "!="), true),
      (match(l4proto, #"{"range":[80,90]}"#), true), (match(field("ip", "protocol"), #"{"set":["esp","ospf"]}"#), true),
      (match(field("ip", "protocol"), #""@protos""#), true), (match(field("ip6", "nexthdr"), #""ospf""#), true),
      (match(field("ip", "daddr"), #""224.0.0.5""#), true), (match(field("ip", "daddr"), #""224.0.0.6""#), false),
      (match(field("ip", "daddr"), #"{"prefix":{"addr":"224.0.0.0","len":4}}"#), true),
      (match(#"{"meta":{"key":"iifname"}}"#, #""eth0""#), true), (match(#"{"meta":{"key":"iifname"}}"#, #""eth*""#), true),
      (match(#"{"meta":{"key":"iifname"}}"#, #""eth1""#), false), (match(#"{"meta":{"key":"oifname"}}"#, #""eth0""#), false),
      (match(#"{"meta":{"key":"pkttype"}}"#, #""multicast""#), true), (match(#"{"meta":{"key":"pkttype"}}"#, #""host""#), false),
      (match(#"{"meta":{"key":"nfproto"}}"#, #""ipv6""#), false), (match(field("udp", "dport"), "53"), false),
      (match(field("ip", "saddr"), #""10.0.0.1""#), false), (match(#"{"ct":{"key":"state"}}"#, #""established""#, "in"), false),
      (#"{"limit":{"rate":1}}"#, false), (#"{"counter":{"packets":0,"bytes":0}}"#, true),
    ])
  func conditions(condition: String, isDropped: Bool) throws {
    let filter = try ruleset(["\(condition),\(Self.drop)"])
    #expect(filter.drops(Self.hello) == (isDropped ? ["the rule with handle 10 of chain in of table inet f"] : []))
  }

  @Test("A rule that accepts it comes first; one for something else does not save it")
  func order() throws {
    let dropsOSPF = "\(Self.match(Self.l4proto, #""ospf""#)),\(Self.drop)"
    #expect(try ruleset(["\(Self.match(Self.l4proto, #""ospf""#)),\(Self.accept)", dropsOSPF]).drops(Self.hello).isEmpty)
    #expect(
      try ruleset(["\(Self.match(Self.field("tcp", "dport"), "22")),\(Self.accept)", dropsOSPF]).drops(Self.hello).count == 1)
  }

  @Test("The policy drops what nothing accepts; a rule that may accept it leaves that open, one for answers does not")
  func policy() throws {
    #expect(try ruleset([], policy: "drop").drops(Self.hello) == ["the policy of chain in of table inet f"])
    let answers = "\(Self.match(#"{"ct":{"key":"state"}}"#, #"["established","related"]"#, "in")),\(Self.accept)"
    #expect(try ruleset([answers], policy: "drop").drops(Self.hello).count == 1)
    let trusted = "\(Self.match(Self.field("ip", "saddr"), #""10.0.0.1""#)),\(Self.accept)"
    #expect(try ruleset([trusted], policy: "drop").drops(Self.hello).isEmpty)
    #expect(try ruleset([trusted, Self.drop]).drops(Self.hello).isEmpty)
    // Who names OSPF means it.
    #expect(try ruleset([trusted, "\(Self.match(Self.l4proto, "89")),\(Self.drop)"]).drops(Self.hello).count == 1)
  }

  @Test("Chains are followed there and back, and not without end")
  func chains() throws {
    let jump = #"{"jump":{"target":"sub"}}"#
    #expect(try ruleset([jump], sub: [Self.drop]).drops(Self.hello) == ["the rule with handle 20 of chain sub of table inet f"])
    #expect(try ruleset([jump, Self.drop], sub: [#"{"return":null}"#]).drops(Self.hello).count == 1)
    #expect(try ruleset([jump, Self.drop], sub: [Self.accept]).drops(Self.hello).isEmpty)
    #expect(try ruleset([#"{"goto":{"target":"sub"}}"#, Self.drop], sub: []).drops(Self.hello).isEmpty)
    #expect(try ruleset([jump], sub: [jump]).drops(Self.hello).isEmpty)
  }

  @Test("A verdict map decides as its entries say")
  func verdictMap() throws {
    let map = #"{"vmap":{"key":\#(Self.l4proto),"data":{"set":[["tcp",{"accept":null}],["ospf",{"drop":null}]]}}}"#
    #expect(try ruleset([map]).drops(Self.hello).count == 1)
    #expect(try ruleset([map.replacing("ospf", with: "gre")]).drops(Self.hello).isEmpty)
  }

  @Test("Only chains of the packet's direction and version count")
  func hooks() throws {
    #expect(try ruleset([Self.drop], hook: "output").drops(Self.hello).isEmpty)
    #expect(try ruleset([Self.drop], hook: "prerouting").drops(Self.hello).count == 1)
    #expect(try ruleset([Self.drop], family: "ip6").drops(Self.hello).isEmpty)
    #expect(try ruleset([Self.drop], family: "bridge").drops(Self.hello).isEmpty)
    let leaving = PacketFilter.Probe(.output, .ipv6, device: "eth0", destination: "ff02::5")
    #expect(try ruleset([Self.drop], family: "ip6", hook: "output").drops(leaving).count == 1)
  }

  @Test("What is no ruleset is an error, and an empty one drops nothing")
  func nonsense() throws {
    #expect(throws: (any Error).self) { try PacketFilter(nftables: "no json") }
    #expect(try PacketFilter(nftables: #"{"nftables":[{"metainfo":{}},{"rule":7},{"chain":null}]}"#).drops(Self.hello).isEmpty)
  }

  @Test(
    "The older iptables",
    arguments: [
      ("-p ospf -j DROP", true), ("-p 89 -j REJECT --reject-with icmp-port-unreachable", true), ("-p tcp -j DROP", false),
      ("! -p tcp -j DROP", true), ("-i eth0 -p ospf -j DROP", true), ("-i eth1 -j DROP", false), ("-i eth+ -j DROP", true),
      ("! -i lo -j DROP", true), ("-d 224.0.0.0/4 -j DROP", true), ("-d 10.0.0.2/32 -j DROP", false),
      (#"-p ospf -m comment --comment "no routing here" -j DROP"#, true), ("-s 10.0.0.1/32 -j DROP", false),
      ("-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", false), ("-p ospf -m limit --limit 1/sec -j DROP", false),
      ("-p ospf -j OTHER", true), ("-j LOG --log-prefix x", false), ("-o eth0 -p ospf -j DROP", false),
    ])
  func iptables(rule: String, isDropped: Bool) {
    let text = """
      # Generated by iptables-save v1.8.9
      *filter
      :INPUT ACCEPT [0:0]
      :OTHER - [0:0]
      -A INPUT \(rule)
      -A OTHER -j DROP
      COMMIT
      """
    let expected =
      rule.contains("OTHER") ? "the rule `-A OTHER -j DROP` of chain OTHER" : "the rule `-A INPUT \(rule)` of chain INPUT"
    #expect(
      PacketFilter(iptables: text, .ipv4).drops(Self.hello) == (isDropped ? ["\(expected) of iptables's table filter"] : []))
    #expect(PacketFilter(iptables: text, .ipv6).drops(Self.hello).isEmpty)
  }

  @Test("The policy of an iptables chain")
  func iptablesPolicy() {
    let text =
      "*filter\n:INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-A INPUT -p tcp -j ACCEPT\nCOMMIT"
    #expect(PacketFilter(iptables: text, .ipv4).drops(Self.hello) == ["the policy of chain INPUT of iptables's table filter"])
  }
}
