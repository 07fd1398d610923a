import AnycastNode
import Configuration
import OSPFProtocol
import OSPFWire
import Testing

@Suite("What a reload would do, found out without doing it")
struct TransitionTests {
  private static let text = """
    interface eth0
     ip ospf area 0
     ip ospf cost 10
    interface eth1
     ip ospf area 0
    router ospf
     ospf router-id 192.0.2.2
    anycast service dns
     address 192.0.2.53
    """

  private static let links = [
    link(2, "eth0", IPv4Address(10, 0, 0, 2)), link(3, "eth1", IPv4Address(10, 0, 1, 2)),
  ]

  private static func link(_ index: UInt32, _ name: String, _ address: IPv4Address) -> Link {
    Link(index: index, name: name, mtu: 1500, isUp: true, addresses: [.init(address: .v4(address), prefixLength: 24)])
  }

  private static let routerID = RouterID(rawValue: IPv4Address(192, 0, 2, 2).rawValue)

  private func plan(
    from old: String = text, to new: String, running routerIDs: [ProtocolInstance: RouterID] = [.ospfv2: routerID]
  ) throws -> Transition {
    func parse(_ text: String) throws -> Configuration {
      try Configuration.parse([SourceFile(path: "test.conf", text: text)]).configuration
    }
    return Transition(
      from: RunningState(configuration: try parse(old), links: Self.links, routerIDs: routerIDs), to: try parse(new))
  }

  /// The text with a line in the place of another.
  private func text(with line: String, inPlaceOf old: String) -> String {
    let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { $0 == old ? line : String($0) }.joined(separator: "\n")
  }

  @Test("Nothing is different: there is nothing to do")
  func nothing() throws {
    let plan = try plan(to: "! a comment\n" + Self.text)
    #expect(plan.messages == [])
    #expect(plan.difference == [])
  }

  @Test("What takes every router or every service away is named as that, for a file may have been cut short")
  func totalLoss() throws {
    #expect(try plan(to: "").totalLoss?.contains("no router") == true)
    #expect(try plan(to: NodeBench.header).totalLoss?.contains("no service") == true)
    #expect(try plan(to: Self.text).totalLoss == nil)
    #expect(try plan(from: "", to: "", running: [:]).totalLoss == nil)
    #expect(try plan(from: NodeBench.header, to: NodeBench.header).totalLoss == nil)
  }

  @Test("A service alone touches no interface")
  func service() throws {
    let plan = try plan(to: Self.text + "\nanycast service web\n address 192.0.2.80\n")
    #expect(plan.messages == ["service web added"])
    #expect(plan.difference.contains("+anycast service web"))
    #expect(!plan.difference.contains { $0.hasPrefix("-") })
  }

  @Test("A cost changes in place: the adjacencies stay, and the other interface is not mentioned")
  func cost() throws {
    let plan = try plan(to: text(with: " ip ospf cost 20", inPlaceOf: " ip ospf cost 10"))
    #expect(plan.messages == ["interface eth0 changed", "OSPFv2 on eth0 (10.0.0.2) goes on, its adjacencies stay"])
    #expect(
      plan.difference == [
        "@@ -1,6 +1,6 @@", " interface eth0", "  ip ospf area 0.0.0.0", "- ip ospf cost 10", "+ ip ospf cost 20", " !",
        " interface eth1", "  ip ospf area 0.0.0.0",
      ])
  }

  @Test("Other intervals change in place, and the adjacencies stay only if the neighbors follow")
  func intervals() throws {
    let plan = try plan(to: text(with: " ip ospf hello-interval 5", inPlaceOf: " ip ospf cost 10"))
    #expect(
      plan.messages.contains(
        "OSPFv2 on eth0 (10.0.0.2) goes on, its adjacencies stay if its neighbors get the same intervals within the dead interval"
      ))
  }

  @Test("A key is added: the adjacencies stay if the neighbors have it, and it is not shown")
  func key() throws {
    let keys = " ip ospf authentication message-digest\n ip ospf message-digest-key 1 md5 xyzzy"
    let plan = try plan(to: text(with: keys, inPlaceOf: " ip ospf cost 10"))
    #expect(
      plan.messages.contains(
        "OSPFv2 on eth0 (10.0.0.2) goes on, its adjacencies stay if its neighbors get the same authentication within the dead "
          + "interval"))
    #expect(plan.difference.contains { $0.hasPrefix("+ ip ospf message-digest-key 1 md5") })
    #expect(!plan.difference.contains { $0.contains("xyzzy") })
  }

  @Test("What neighbors are made of makes an interface begin anew", arguments: ["network point-to-point", "area 1", "passive"])
  func restart(line: String) throws {
    let plan = try plan(to: text(with: " ip ospf \(line)", inPlaceOf: " ip ospf cost 10"))
    let effect = line == "passive" ? "ends, and its adjacencies with it" : "is restarted, its adjacencies begin anew"
    #expect(plan.messages.dropFirst() == ["OSPFv2 on eth0 (10.0.0.2) \(effect)"])
  }

  @Test("An interface comes and another one goes")
  func interfaces() throws {
    let without = Self.text.replacing("interface eth1\n ip ospf area 0\n", with: "")
    #expect(
      try plan(to: without).messages == ["interface eth1 removed", "OSPFv2 on eth1 (10.0.1.2) ends, and its adjacencies with it"])
    #expect(try plan(from: without, to: Self.text).messages == ["interface eth1 added", "OSPFv2 on eth1 (10.0.1.2) starts"])
  }

  @Test("An area becomes an NSSA: its adjacencies begin anew")
  func areaKind() throws {
    let old = Self.text.replacing("area 0\nrouter", with: "area 5\nrouter")
    let plan = try plan(from: old, to: old.replacing("router ospf", with: "router ospf\n area 5 nssa"))
    #expect(
      plan.messages == [
        "router ospf changed", "OSPFv2: area 0.0.0.5 becomes another kind of area, its adjacencies begin anew",
      ])
  }

  @Test("Another router ID: the router leaves, and another one follows")
  func routerID() throws {
    let plan = try plan(to: text(with: " ospf router-id 192.0.2.9", inPlaceOf: " ospf router-id 192.0.2.2"))
    #expect(
      plan.messages == [
        "router ospf changed",
        "OSPFv2 leaves as 192.0.2.2 and starts again as 192.0.2.9: what it advertises is withdrawn until its adjacencies are back",
      ])
  }

  @Test("A router ID that is no longer configured stays until the end")
  func derivedRouterID() throws {
    let plan = try plan(to: text(with: "", inPlaceOf: " ospf router-id 192.0.2.2"))
    #expect(
      plan.messages == [
        "router ospf changed",
        "OSPFv2 keeps the router ID 192.0.2.2, because none is configured; after a restart it would be 10.0.1.2",
      ])
  }

  @Test("A version comes and goes")
  func versions() throws {
    let without = Self.text.replacing("router ospf\n ospf router-id 192.0.2.2\n", with: "")
    #expect(
      try plan(to: without).messages
        == ["router ospf removed", "OSPFv2 leaves: what it advertises is flushed and its adjacencies end"])
    #expect(
      try plan(from: without, to: Self.text, running: [:]).messages
        == ["router ospf added", "OSPFv2 starts with router ID 192.0.2.2"])
  }

  @Test("A secret alone is different: that is said, and the secret is not shown")
  func secret() throws {
    let check = " check radius port 1812 secret %s"
    let old = Self.text + "\n" + check.replacing("%s", with: "first")
    let new = Self.text + "\n" + check.replacing("%s", with: "second")
    let plan = try plan(from: old, to: new)
    #expect(plan.messages == ["service dns changed", "what is different is a secret, which is not shown"])
    #expect(plan.difference == [])
  }
}
