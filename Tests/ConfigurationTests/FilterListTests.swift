import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Redistribution
import Testing

@testable import Configuration

/// Which of some prefixes an access list or a prefix list permits.
private func permitted(_ text: String, _ candidates: String...) throws -> [String] {
  let filters = try configuration(text).filters
  return try candidates.filter { candidate in
    let prefix = try #require(IPPrefix(candidate))
    let name = ListName("x", family: prefix.family)
    return filters.accessLists[name]?.permits(prefix) ?? filters.prefixLists[name]?.permits(prefix) ?? false
  }
}

/// An access list or a prefix list as it is printed.
private func printed(_ text: String) throws -> [String] {
  try configuration(text).rendered().split(separator: "\n").map(String.init).filter { $0 != "!" }
}

@Suite("Access lists")
struct AccessListTests {
  @Test("a prefix permits itself and its parts, and with `exact-match` itself alone")
  func prefix() throws {
    #expect(
      try permitted("access-list x permit 192.0.2.0/24\n", "192.0.2.0/24", "192.0.2.1/32", "192.0.0.0/16", "198.51.100.0/24")
        == ["192.0.2.0/24", "192.0.2.1/32"])
    #expect(
      try permitted("access-list x permit 192.0.2.0/24 exact-match\n", "192.0.2.0/24", "192.0.2.1/32") == ["192.0.2.0/24"])
    #expect(
      try permitted(
        "ipv6 access-list x permit 2001:db8::/32\n", "2001:db8::/32", "2001:db8::1/128", "2001:db9::/32", "10.0.0.0/8")
        == ["2001:db8::/32", "2001:db8::1/128"])
    #expect(
      try permitted("ipv6 access-list x permit 2001:db8::/32 exact-match\n", "2001:db8::/32", "2001:db8::1/128")
        == ["2001:db8::/32"])
  }

  @Test("a wildcard mask says which bits do not matter, and the length of the prefix does not matter at all")
  func wildcard() throws {
    #expect(
      try permitted(
        "access-list x permit 192.0.2.77 0.0.0.255\n", "192.0.2.1/32", "192.0.2.0/24", "192.0.2.0/23", "192.0.3.1/32")
        == ["192.0.2.1/32", "192.0.2.0/24", "192.0.2.0/23"])
    #expect(
      try permitted("access-list x permit 10.0.0.1 0.255.0.0\n", "10.9.0.1/32", "10.9.0.2/32") == ["10.9.0.1/32"])
  }

  @Test("one host has three spellings", arguments: ["host 192.0.2.1", "192.0.2.1", "192.0.2.1 0.0.0.0"])
  func host(spelling: String) throws {
    #expect(try permitted("access-list x permit \(spelling)\n", "192.0.2.1/32", "192.0.2.2/32") == ["192.0.2.1/32"])
    #expect(try printed("access-list x permit \(spelling)\n") == ["access-list x seq 5 permit 192.0.2.1"])
  }

  @Test("the extended form looks at the address and at the subnet mask")
  func extended() throws {
    #expect(
      try permitted(
        "access-list x permit ip 198.51.0.0 0.0.255.255 255.255.255.0 0.0.0.0\n", "198.51.100.0/24", "198.51.100.0/25",
        "198.52.100.0/24") == ["198.51.100.0/24"])
    #expect(
      try permitted("access-list x permit ip any host 255.255.255.255\n", "10.0.0.1/32", "10.0.0.0/31") == ["10.0.0.1/32"])
    #expect(try permitted("access-list x permit ip host 10.0.0.0 any\n", "10.0.0.0/8", "10.0.0.0/9", "11.0.0.0/8").count == 2)
  }

  @Test("the first rule that matches decides, and what none matches is denied")
  func order() throws {
    let text =
      "access-list x deny 192.0.2.1/32\naccess-list x permit 192.0.2.0/24\naccess-list x deny any\naccess-list x permit any\n"
    #expect(try permitted(text, "192.0.2.1/32", "192.0.2.2/32", "10.0.0.1/32") == ["192.0.2.2/32"])
    #expect(try permitted("access-list x deny 192.0.2.1/32\n", "192.0.2.2/32") == [])
    #expect(try permitted("access-list x remark nothing but words\n", "192.0.2.2/32") == [])
  }

  @Test("rules without a number get FRR's, rules with one go to their place, and a number is used once")
  func sequence() throws {
    #expect(
      try printed(
        """
        access-list x permit 10.0.0.0/8
        access-list x seq 7 deny any
        access-list x permit 11.0.0.0/8
        access-list x seq 3 permit 12.0.0.0/8 exact-match
        access-list x seq 7 permit any
        access-list x remark why it is so
        """) == [
          "access-list x remark why it is so", "access-list x seq 3 permit 12.0.0.0/8 exact-match",
          "access-list x seq 5 permit 10.0.0.0/8", "access-list x seq 7 permit any", "access-list x seq 10 permit 11.0.0.0/8",
        ])
    #expect(
      errors("access-list x seq 4294967295 permit any\naccess-list x permit 10.0.0.0/8\n") == [
        "test.conf:2:1: 'access-list': no sequence number is left after the last rule's; write 'seq N'"
      ])
  }

  @Test("`no` takes away a rule by what it says or by its number, the remark, or the whole list")
  func undo() throws {
    let text = "access-list x remark why\naccess-list x permit 10.0.0.0/8\naccess-list x deny any\n"
    #expect(
      try printed(text + "no access-list x permit 10.0.0.0/8\n") == ["access-list x remark why", "access-list x seq 10 deny any"])
    #expect(
      try printed(text + "no access-list x seq 10\n") == ["access-list x remark why", "access-list x seq 5 permit 10.0.0.0/8"])
    #expect(
      try printed(text + "no access-list x seq 10 deny any\nno access-list x remark\n") == [
        "access-list x seq 5 permit 10.0.0.0/8"
      ])
    #expect(try configuration(text + "no access-list x\n") == Configuration())
    #expect(
      try notices("no access-list x\n") == [
        "test.conf:1:1: 'no access-list x': without effect: there is nothing above that it undoes"
      ])
  }

  @Test("lists of IPv4 and of IPv6 have names of their own")
  func families() throws {
    let filters = try configuration("access-list x permit any\nipv6 access-list x deny any\n").filters
    #expect(filters.accessLists[ListName("x", family: .ipv4)]?.rules.map(\.isPermit) == [true])
    #expect(filters.accessLists[ListName("x", family: .ipv6)]?.rules.map(\.isPermit) == [false])
  }

  @Test(
    "a bad line names the word, its place and what was expected",
    arguments: [
      ("access-list", "1:12: the line ends too early; expected a name"),
      ("access-list x", "1:14: the line ends too early; expected 'seq', 'permit', 'deny' or 'remark'"),
      (
        "access-list x prmit any",
        "1:15: unknown word 'prmit'; expected 'seq', 'permit', 'deny' or 'remark'; nearest known word: 'permit'"
      ),
      ("access-list x seq 0 permit any", "1:19: bad value '0'; expected a sequence number from 1 to 4294967295"),
      (
        "access-list x permit 10.0.0.0/33",
        "1:22: bad value '10.0.0.0/33'; expected 'any', 'host', 'ip', an address with a wildcard mask or an IPv4 prefix, "
          + "as 192.0.2.0/24"
      ),
      ("access-list x permit host any", "1:27: bad value 'any'; expected an IPv4 address"),
      ("access-list x permit 10.0.0.0 255", "1:31: bad value '255'; expected a wildcard mask, as 0.0.0.255"),
      ("access-list x permit ip any", "1:28: the line ends too early; expected 'any', 'host' or an IPv4 address"),
      ("access-list x permit any exact-match", "1:26: unexpected word 'exact-match'; expected the end of the line"),
      ("access-list x permit 10.0.0.0/8 exact", "1:33: unexpected word 'exact'; expected the end of the line"),
      (
        "ipv6 access-list x permit 10.0.0.0/8",
        "1:27: bad value '10.0.0.0/8'; expected 'any' or an IPv6 prefix, as 2001:db8::/32"
      ),
      (
        "access-lst x permit any",
        "1:1: unknown word 'access-lst'; expected a command of 'the top level'; nearest known word: 'access-list'"
      ),
    ])
  func badLines(line: String, message: String) { #expect(errors(line + "\n") == ["test.conf:\(message)"]) }
}

@Suite("Prefix lists")
struct PrefixListTests {
  @Test("without bounds it is the prefix alone, `ge` and `le` bound the length of its parts")
  func bounds() throws {
    let candidates = ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "11.0.0.0/8")
    func permits(_ range: String) throws -> [String] {
      try permitted(
        "ip prefix-list x seq 5 permit 10.0.0.0/8\(range)\n", candidates.0, candidates.1, candidates.2, candidates.3, candidates.4
      )
    }
    #expect(try permits("") == ["10.0.0.0/8"])
    #expect(try permits(" le 24") == ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24"])
    #expect(try permits(" ge 16") == ["10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32"])
    #expect(try permits(" ge 16 le 24") == ["10.1.0.0/16", "10.1.2.0/24"])
    #expect(try permits(" le 24 ge 24") == ["10.1.2.0/24"])
    #expect(try permitted("ip prefix-list x permit any\n", "0.0.0.0/0", "10.1.2.3/32").count == 2)
    #expect(try permitted("ip prefix-list x permit 0.0.0.0/0\n", "0.0.0.0/0", "10.1.2.3/32") == ["0.0.0.0/0"])
    #expect(
      try permitted(
        "ipv6 prefix-list x permit 2001:db8::/32 ge 64 le 128\n", "2001:db8::/32", "2001:db8::1/128", "2001:db9::1/128")
        == ["2001:db8::1/128"])
  }

  @Test("the lowest sequence number comes first, and what nothing matches is denied")
  func order() throws {
    let text = "ip prefix-list x seq 10 permit any\nip prefix-list x seq 5 deny 10.0.0.0/8 le 32\n"
    #expect(try permitted(text, "10.1.0.0/16", "11.0.0.0/8") == ["11.0.0.0/8"])
    #expect(try permitted("ip prefix-list x description only words\n", "11.0.0.0/8") == [])
  }

  @Test("the native form has numbers, clears the bits after the length, and keeps the description")
  func form() throws {
    #expect(
      try printed(
        "ip prefix-list x description my hosts\nip prefix-list x permit 10.1.2.3/8 ge 24\nip prefix-list x deny any\n"
          + "ipv6 prefix-list x permit any\nip prefix-list sequence-number\n")
        == [
          "ip prefix-list x description my hosts", "ip prefix-list x seq 5 permit 10.0.0.0/8 ge 24",
          "ip prefix-list x seq 10 deny 0.0.0.0/0 le 32", "ipv6 prefix-list x seq 5 permit ::/0 le 128",
        ])
  }

  @Test(
    "a bad line names the word, its place and what was expected",
    arguments: [
      ("ip prefix-list x permit 10.0.0.0", "1:25: bad value '10.0.0.0'; expected 'any' or an IPv4 prefix, as 192.0.2.0/24"),
      ("ip prefix-list x permit 10.0.0.0/8 gt 9", "1:36: unknown word 'gt'; expected 'ge' or 'le'; nearest known word: 'ge'"),
      ("ip prefix-list x permit 10.0.0.0/8 ge 7", "1:39: bad value '7'; expected a prefix length from 8 to 32"),
      ("ip prefix-list x permit 10.0.0.0/8 le 33", "1:39: bad value '33'; expected a prefix length from 8 to 32"),
      (
        "ip prefix-list x permit 10.0.0.0/8 ge 24 le 16",
        "1:1: 'ip prefix-list': 'ge 24' and 'le 16' leave no length"
      ),
      (
        "ipv6 prefix-list x permit 10.0.0.0/8", "1:27: bad value '10.0.0.0/8'; expected 'any' or an IPv6 prefix, as 2001:db8::/32"
      ),
      (
        "ip prefix-lst x permit any",
        "1:4: unknown word 'prefix-lst'; expected 'as-path', 'community-list', 'extcommunity-list', 'forwarding', 'igmp', "
          + "'import-table', 'large-community-list', 'load-share', 'mroute', 'msdp', 'multicast', 'multicast-routing', 'nhrp', 'nht', "
          + "'pim', 'prefix-list', 'protocol', 'rip', 'route', 'router-id', 'ssmpingd' or 'table'; nearest known word: 'prefix-list'"
      ),
    ])
  func badLines(line: String, message: String) { #expect(errors(line + "\n") == ["test.conf:\(message)"]) }

  @Test("a rule that is there under two numbers already is told to be the same as the first")
  func sameAsFirst() throws {
    let line = "permit 10.0.0.0/8"
    let told = try notices("ip prefix-list x seq 5 \(line)\nip prefix-list x seq 10 \(line)\nip prefix-list x \(line)\n")
    #expect(told.contains { $0.hasPrefix("test.conf:3:1:") && $0.hasSuffix("(test.conf:1:1)") }, "\(told)")
  }
}

@Suite("Lists in several files")
struct SharedListTests {
  private func parse(_ texts: String...) throws(ConfigurationErrors) -> ParsedConfiguration {
    try Configuration.parse(texts.enumerated().map { SourceFile(path: "\($0.offset).conf", text: $0.element) })
  }

  @Test("the same line in two files is one rule, a different one goes on with the list, and both are told")
  func goesOn() throws {
    let parsed = try parse(
      "access-list x permit 10.0.0.0/8\n", "access-list x permit 10.0.0.0/8\naccess-list x permit any\naccess-list x deny any\n")
    #expect(parsed.configuration.filters.accessLists[ListName("x", family: .ipv4)]?.rules.count == 3)
    #expect(
      parsed.notices.filter { $0.location.path == "1.conf" }.map(\.description) == [
        "1.conf:1:1: 'access-list x permit 10.0.0.0/8': without effect: "
          + "the same as 'access-list x permit 10.0.0.0/8' (0.conf:1:1)",
        "1.conf:2:1: 'access-list x permit any': changed meaning: "
          + "it goes on where 0.conf stopped: all files share their lists, while each daemon of Quagga had its own",
      ])
  }

  @Test("two files cannot give one number to different rules, nor one route-map entry two meanings")
  func conflicts() {
    let numbered = [
      SourceFile(path: "a", text: "ip prefix-list x seq 5 permit any\n"),
      SourceFile(path: "b", text: "ip prefix-list x seq 5 deny any\n"),
    ]
    #expect(
      errors(numbered) == [
        "b:1:1: 'ip prefix-list': there is 'ip prefix-list x seq 5 permit any' (a:1:1) already; "
          + "all files share their lists, so give one of the two another name"
      ])
    let entries = [
      SourceFile(path: "a", text: "route-map m permit 10\n set metric 5\nroute-map n permit 10\n"),
      SourceFile(path: "b", text: "route-map m permit 10\n set metric 6\n set tag 7\nroute-map n deny 10\n"),
    ]
    #expect(
      errors(entries) == [
        "b:2:2: 'set metric': there is a different 'set metric' for the same entry at a:2:2; "
          + "all files share their route-maps, so give one of the two another name",
        "b:4:1: 'route-map': there is 'route-map n permit 10' (a:3:1) already; "
          + "all files share their route-maps, so give one of the two another name",
      ])
  }

  @Test("one route-map in ospfd's file and in ospf6d's is for both versions")
  func bothFamilies() throws {
    let parsed = try parse(
      "ip prefix-list p permit any\nroute-map m permit 10\n match ip address prefix-list p\nrouter ospf\n redistribute connected route-map m\n",
      "ipv6 prefix-list p permit any\nroute-map m permit 10\n match ipv6 address prefix-list p\n"
        + "router ospf6\n redistribute connected route-map m\n")
    #expect(parsed.notices.filter { $0.kind != .withoutEffect && $0.kind != .caution }.isEmpty)
    let entry = try #require(parsed.configuration.filters.routeMaps["m"]?[10])
    #expect(entry.match.prefixLists == [.ipv4: "p", .ipv6: "p"])
  }
}
