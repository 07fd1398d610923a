import ConfigurationTestSupport
import OSPFWire
import Testing

@testable import Configuration

@Suite struct FleetLines {
  @Test("`fleet members` lists router IDs, on one line or several, and `no` takes some or all of them back")
  func members() throws {
    let first = try #require(RouterID("198.51.100.1"))
    let second = try #require(RouterID("198.51.100.2"))
    #expect(try configuration("fleet members 198.51.100.1 198.51.100.2\n").fleetMembers == [first, second])
    #expect(try configuration("fleet members 198.51.100.1\nfleet members 198.51.100.2\n").fleetMembers == [first, second])
    #expect(
      try configuration("fleet members 198.51.100.1 198.51.100.2\nno fleet members 198.51.100.1\n").fleetMembers == [second])
    #expect(try configuration("fleet members 198.51.100.1\nno fleet members\n").fleetMembers.isEmpty)
  }

  @Test("what is no router ID is refused at its place, and a line without any too")
  func refused() {
    #expect(errors("fleet members ns2\n").map { $0.hasPrefix("test.conf:1:15: ") } == [true])
    #expect(errors("fleet members\n").count == 1)
  }

  @Test("`fleet hostname` is the name that every instance tells")
  func hostname() throws {
    let parsed = try configuration("fleet hostname ns1.example.net\nrouter ospf\n ospf router-id 198.51.100.1\n")
    #expect(parsed.hostname == "ns1.example.net")
    #expect(parsed.routerConfiguration(of: .ospfv2, links: [])?.hostname == "ns1.example.net")
    #expect(try configuration(parsed.rendered()) == parsed)
    #expect(try configuration("fleet hostname ns1\nno fleet hostname\n").hostname == nil)
    #expect(errors("fleet hostname n\u{FC}rnberg\n").map { $0.hasPrefix("test.conf:1:16: bad value") } == [true])
  }

  @Test("`on-last-drain` says what happens to the only node's drain, and is part of the native form")
  func lastDrain() throws {
    #expect(try configuration("").lastDrain == .warn)
    let parsed = try configuration("on-last-drain refuse\n")
    #expect(parsed.lastDrain == .refuse)
    #expect(try configuration(parsed.rendered()) == parsed)
    #expect(try configuration("on-last-drain refuse\nno on-last-drain\n").lastDrain == .warn)
    #expect(errors("on-last-drain never\n") == ["test.conf:1:15: unknown word 'never'; expected 'refuse' or 'warn'"])
  }

  @Test("the members are part of the native form")
  func rendering() throws {
    let parsed = try configuration("fleet members 198.51.100.2 198.51.100.1\n")
    #expect(parsed.rendered().hasPrefix("fleet members 198.51.100.1 198.51.100.2\n"))
    #expect(try configuration(parsed.rendered()) == parsed)
  }

  @Test("Who may use the control socket is read, written and taken back")
  func control() throws {
    let parsed = try configuration("control group operators\ncontrol others read-only\n")
    #expect(parsed.controlGroup == "operators" && parsed.othersMayRead)
    #expect(parsed.rendered().hasPrefix("control group operators\n!\ncontrol others read-only\n!\n"))
    let undone = try configuration(
      "control group operators\ncontrol others read-only\nno control group\nno control others read-only\n")
    #expect(undone.controlGroup == nil && !undone.othersMayRead)
    #expect(throws: ConfigurationErrors.self) { try configuration("control others write\n") }
  }
}
