import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Redistribution
import Testing

@testable import Configuration

@Suite("Route-maps")
struct RouteMapTests {
  private func entry(_ lines: String...) throws -> RouteMap.Entry {
    let text = "route-map m permit 10\n" + lines.map { " \($0)\n" }.joined()
    return try #require(try configuration(text).filters.routeMaps["m"]?[10])
  }

  @Test("each line of an entry is kept, and undone by `no` with or without its value")
  func lines() throws {
    let entry = try entry(
      "description for the resolvers", "match ip address 10", "match ip address prefix-list p4", "match ipv6 address a6",
      "match ipv6 address prefix-list p6", "match interface lo", "match tag 5", "set metric 7", "set metric-type type-1",
      "set tag 9", "call other", "on-match goto 30")
    #expect(entry.isPermit)
    #expect(entry.description == "for the resolvers")
    #expect(entry.match.accessLists == [.ipv4: "10", .ipv6: "a6"])
    #expect(entry.match.prefixLists == [.ipv4: "p4", .ipv6: "p6"])
    #expect(entry.match.interface == "lo")
    #expect(entry.match.tag == 5)
    #expect(entry.set.metric == .absolute(7))
    #expect(entry.set.metricType == .type1)
    #expect(entry.set.tag == 9)
    #expect(entry.call == "other")
    #expect(entry.continuation == .goto(30))
    let undone = try self.entry(
      "match ip address 10", "no match ip address", "match tag 5", "no match tag 5", "set metric 7", "no set metric",
      "call other", "no call", "on-match next", "no on-match next", "description x", "no description")
    #expect(undone == RouteMap.Entry(sequence: 10, isPermit: true, origin: RuleOrigin(text: "")))
  }

  @Test("spellings of IOS and of older versions mean the same")
  func spellings() throws {
    #expect(try entry("set metric-type 2").set.metricType == .type2)
    #expect(try entry("set metric-type type-2").set.metricType == .type2)
    #expect(try entry("continue").continuation == .next)
    #expect(try entry("continue 20").continuation == .goto(20))
    #expect(try entry("on-match next", "on-match goto 11").continuation == .goto(11))
    #expect(try entry("set metric +5").set.metric == .relative(5))
    #expect(try entry("set metric -5").set.metric == .relative(-5))
  }

  @Test("entries are in the order of their numbers, may be begun again, and be taken away")
  func entries() throws {
    let text = "route-map m permit 20\nroute-map m deny 10\n match tag 1\nroute-map m permit 10\n set tag 2\n"
    let map = try #require(try configuration(text).filters.routeMaps["m"])
    #expect(map.entries.map(\.sequence) == [10, 20])
    #expect(map[10]?.isPermit == true)
    #expect(map[10]?.match.tag == 1)
    #expect(map[10]?.set.tag == 2)
    #expect(try configuration(text + "no route-map m deny 10\n").filters.routeMaps["m"]?.entries.map(\.sequence) == [20])
    #expect(try configuration(text + "no route-map m\n") == Configuration())
    #expect(try notices("no route-map m\n").count == 1)
  }

  @Test("a metric that FRR reads in another way is told")
  func metricNotices() throws {
    #expect(try notices("route-map m permit 10\n set metric 0\n").contains { $0.contains("FRR takes the line for none") })
    #expect(try notices("route-map m permit 10\n set metric -21\n").contains { $0.contains("wraps around") })
    #expect(try notices("route-map m permit 10\n set metric -20\n").count == 1)
  }

  @Test("what is for BGP is told, and what cannot be known of a route is refused")
  func foreignLines() throws {
    let parsed = try parse(
      "route-map m permit 10\n set community 1:2\n set src 10.0.0.1\nrouter ospf\n redistribute connected route-map m\n")
    #expect(parsed.notices.prefix(2).map(\.line) == ["set community 1:2", "set src 10.0.0.1"])
    #expect(
      errors("route-map m permit 10\n match ip next-hop 5\n set forwarding-address ::1\n") == [
        "test.conf:2:2: 'match ip next-hop' is not supported: "
          + "nothing of the kind is known of a connected, kernel or static route",
        "test.conf:3:2: 'set forwarding-address' is not supported: an AS-external-LSA has no forwarding address here",
      ])
  }

  @Test(
    "a bad line names the word, its place and what was expected",
    arguments: [
      (
        "match ip adress x",
        "2:11: unknown word 'adress'; expected 'address', 'next-hop' or 'route-source'; nearest known word: 'address'"
      ),
      ("match ip address", "2:18: the line ends too early; expected a name"),
      ("match tag 0", "2:12: bad value '0'; expected a tag from 1 to 4294967295"),
      ("match interface", "2:17: the line ends too early; expected the name of an interface, at most 15 octets without '/'"),
      (
        "set metric 16777215",
        "2:13: bad value '16777215'; expected a metric from 0 to 16777214, or with a sign the difference to 20"
      ),
      ("set metric +", "2:13: bad value '+'; expected a metric from 0 to 16777214, or with a sign the difference to 20"),
      (
        "set metric-type type-3",
        "2:18: unknown word 'type-3'; expected 'type-1', 'type-2', '1' or '2'; nearest known word: 'type-1'"
      ),
      ("on-match goto 10", "2:16: '10': a route-map goes on behind the entry's own number, 10"),
      ("on-match gto 20", "2:11: unknown word 'gto'; expected 'goto' or 'next'; nearest known word: 'goto'"),
      ("set metrc 5", nil),
    ] as [(String, String?)])
  func badLines(line: String, message: String?) {
    let told = errors("route-map m permit 10\n \(line)\n")
    #expect(told.count == 1)
    if let message { #expect(told == ["test.conf:\(message)"]) }
  }

  @Test("a bad first line is one error, and the block is not read")
  func badBlock() {
    #expect(
      errors("route-map m premit 10\n match whatever\n!\n") == [
        "test.conf:1:13: unknown word 'premit'; expected 'permit' or 'deny'; nearest known word: 'permit'"
      ])
    #expect(errors("route-map m permit 0\n") == ["test.conf:1:20: bad value '0'; expected a sequence number from 1 to 65535"])
  }
}
