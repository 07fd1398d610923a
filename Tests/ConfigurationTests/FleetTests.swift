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

  @Test("the members are part of the native form")
  func rendering() throws {
    let parsed = try configuration("fleet members 198.51.100.2 198.51.100.1\n")
    #expect(parsed.rendered().hasPrefix("fleet members 198.51.100.1 198.51.100.2\n"))
    #expect(try configuration(parsed.rendered()) == parsed)
  }
}
