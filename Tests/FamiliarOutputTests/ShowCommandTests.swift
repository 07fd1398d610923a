import ControlAPI
import Testing

@testable import FamiliarOutput

@Suite("The words of show")
struct ShowCommandTests {
  @Test(
    "Words may be abbreviated, and all may be one argument",
    arguments: [
      (["ip", "ospf", "neighbor"], "ip ospf neighbor"), (["i", "o"], nil),
      (["ip", "o", "nei", "det", "j"], "ip ospf neighbor detail json"),
      (["ip ospf data ext"], "ip ospf database external"),
      (["ipv6", "o", "d", "as-e", "de"], "ipv6 ospf6 database as-external detail"),
      (["ru"], "running-config"), (["ip", "ospf", "database", "opaque"], nil),
    ] as [([String], String?)])
  func abbreviations(words: [String], meaning: String?) throws {
    guard let meaning else {
      #expect(throws: ShowError.self) { try ShowCommand(words) }
      return
    }
    #expect(try ShowCommand(words) == ShowCommand([meaning]))
  }

  @Test(
    "What is not understood is named, with the nearest word or what was expected",
    arguments: [
      (
        "ip ospf nieghbor",
        "unknown word 'nieghbor' (did you mean 'neighbor'?), expected neighbor, interface, database, vrf or json"
      ),
      ("ip opsf", "unknown word 'opsf' (did you mean 'ospf'?), expected ospf"),
      ("ip", "the command is not complete: expected ospf"),
      ("i", "'i' is ambiguous: ip or ipv6"),
      ("ip ospf database external adv-router", "the command is not complete: expected A.B.C.D"),
      ("ip ospf database external adv-router x", "unknown word 'x', expected A.B.C.D"),
      ("ip ospf neighbor eth0 eth1", "unknown word 'eth1'"),
      ("ip ospf route", "this daemon computes no routes"),
      ("ipv6 ospf6 route", "this daemon computes no routes"),
      ("running-config json", "'show running-config' is a text, and no JSON"),
    ])
  func errors(words: String, sentence: String) {
    let error = #expect(throws: ShowError.self) { try ShowCommand([words]) }
    #expect(error?.description.hasPrefix(sentence) ?? false, "\(String(describing: error))")
  }

  @Test("An interface that is not there: the nearest name in text, the key of FRR in JSON")
  func unknownInterface() throws {
    let state = try RecordedNode.state()
    let error = #expect(throws: ShowError.self) { try ShowCommand(["ip ospf interface etj0"]).answer(state) }
    #expect(error?.description == "no OSPF interface is called 'etj0' (did you mean 'eth0'?)")
    #expect(try JSONTree(ShowCommand(["ip ospf interface x json"]).answer(state)) == JSONTree(#"{"noSuchIface": true}"#))
    #expect(try JSONTree(ShowCommand(["ipv6 ospf6 interface x json"]).answer(state)) == JSONTree(#"{"noSuchInterface": "x"}"#))
  }

  @Test("Without the instance there is nothing to show")
  func noInstance() throws {
    var state = try RecordedNode.state()
    state.status.instances = []
    #expect(try ShowCommand(["ip ospf neighbor"]).answer(state) == "% OSPF instance not found")
    #expect(try ShowCommand(["ipv6 ospf6 neighbor"]).answer(state) == "% OSPFv3 instance not found")
    #expect(try ShowCommand(["ip ospf neighbor json"]).answer(state) == "{}")
  }

  @Test("OSPFv3 for IPv4 is shown where it is the only one of OSPFv3")
  func ipv4OverOSPFv3() throws {
    var state = try RecordedNode.state()
    let question = try ShowCommand(["ipv6 ospf6 neighbor"])
    let answer = try question.answer(state)
    state.status.instances[1].addressFamily = .ipv4
    #expect(try question.answer(state).split(separator: "\n").count == 1)
    for position in state.neighbors.indices { state.neighbors[position].addressFamily = .ipv4 }
    for position in state.interfaces.indices { state.interfaces[position].addressFamily = .ipv4 }
    #expect(try question.answer(state) == answer)
  }

  @Test("The configuration has the header of vtysh, unless it is not wanted")
  func runningConfiguration() throws {
    let text = "router ospf\n!\n"
    #expect(
      try ShowCommand(["running-config"]).answer(configuration: text)
        == "Building configuration...\n\nCurrent configuration:\n!\nrouter ospf\n!\nend")
    #expect(try ShowCommand(["running-config no-header"]).answer(configuration: text) == "router ospf\n!\nend")
    #expect(try ShowCommand(["ip ospf"]).answer(configuration: text) == nil)
  }

  @Test(
    "Times are written as ospfd and ospf6d write them",
    arguments: [
      (0, "0.000s", "00:00:00"), (-1, "0.000s", "00:00:00"), (3.4194, "3.419s", "00:00:03"), (60, "1m00s", "00:01:00"),
      (3723.9, "1h02m03s", "01:02:03"), (93784, "1d02h03m", "1d02:03:04"), (788_645, "1w2d03h", "9d03:04:05"),
    ] as [(Double, String, String)])
  func times(seconds: Double, ospf: String, ospf6: String) {
    #expect(Clock.ospf(seconds) == ospf)
    #expect(Clock.ospf6(seconds) == ospf6)
  }

  @Test(
    "Authentication, as FRR 8.4.4 says it",
    arguments: [
      (.simplePassword, "  Simple password authentication enabled", "simple password", "authenticationSimplePassword"),
      (.md5, "  Cryptographic authentication enabled\n  Algorithm:MD5", "message digest", "authenticationMessageDigest"),
    ] as [(AuthenticationName, String, String, String)])
  func authentication(kind: AuthenticationName, lines: String, area: String, key: String) throws {
    var state = try RecordedNode.state()
    state.interfaces[0].authentication = kind
    let interface = try ShowCommand(["ip ospf interface eth0"]).answer(state)
    #expect(interface.hasSuffix("Adjacent neighbor count is 1\n\(lines)\n"))
    #expect(try ShowCommand(["ip ospf interface eth0 json"]).answer(state).contains("\"authentication\":\"\(key)\""))
    let instance = try ShowCommand(["ip ospf"]).answer(state)
    #expect(instance.contains("   Area has \(area) authentication\n") && instance.contains("   Area has no authentication\n"))
    #expect(try ShowCommand(["ip ospf json"]).answer(state).contains("\"authentication\":\"\(key)\""))
  }

  @Test("States that the recording has not: a neighbor in 2-Way, and one that is silent; a passive interface")
  func otherStates() throws {
    var state = try RecordedNode.state()
    state.neighbors[0].state = .twoWay
    state.neighbors[0].role = .drOther
    state.neighbors[0].deadSeconds = nil
    state.neighbors[3].state = .twoWay
    state.neighbors[4].state = .exchange
    state.interfaces[0].passive = true
    let neighbors = try ShowCommand(["ip ospf neighbor"]).answer(state)
    #expect(neighbors.contains("192.0.2.1         1 2-Way/DROther   4m55s            inactive 10.0.0.1        eth0:10.0.0.2"))
    let neighbors6 = try ShowCommand(["ipv6 ospf6 neighbor"]).answer(state)
    #expect(neighbors6.contains("  Twoway/BDR  ") && neighbors6.contains("ExChange/PointToPoint"))
    let interface = try ShowCommand(["ip ospf interface eth0"]).answer(state)
    #expect(interface.contains("    No Hellos (Passive interface)\n") && interface.contains("memberships: <None>\n"))
  }
}
