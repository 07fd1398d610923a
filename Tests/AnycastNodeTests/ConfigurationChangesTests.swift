import Configuration
import Testing

@testable import AnycastNode

@Suite("The difference that a reload makes, in sentences")
struct ConfigurationChangesTests {
  private func parse(_ text: String) throws -> Configuration {
    try Configuration.parse([SourceFile(path: "test.conf", text: text)]).configuration
  }

  @Test("The same configuration in other words changes nothing")
  func nothing() throws {
    let one = try parse("interface eth0\n ip ospf area 0\nrouter ospf\n ospf router-id 10.0.0.2\n")
    let other = try parse("! a comment\nrouter ospf\n router-id 10.0.0.2\ninterface eth0\n ip ospf area 0.0.0.0\n")
    #expect(other.changes(since: one) == [])
  }

  @Test("What is added, changed and removed is named")
  func changes() throws {
    let old = try parse(
      """
      interface eth0
       ip ospf area 0
      interface eth1
       ip ospf area 0
      router ospf
       ospf router-id 10.0.0.2
      anycast service dns
       address 192.0.2.1
      """)
    let new = try parse(
      """
      interface eth0
       ip ospf area 0
       ip ospf cost 20
      interface eth2
       ip ospf area 0
      router ospf
       ospf router-id 10.0.0.3
      anycast service dns
       address 192.0.2.1
      anycast service web
       address 192.0.2.80
      """)
    #expect(
      new.changes(since: old) == [
        "router ospf changed", "interface eth0 changed", "interface eth2 added", "interface eth1 removed",
        "service web added",
      ])
    #expect(old.changes(since: new).contains("service web removed"))
  }

  @Test("Lists, route-maps and static routes are a part of it")
  func filters() throws {
    let redistribution = "router ospf\n ospf router-id 10.0.0.2\n redistribute kernel route-map M\n"
    let old = try parse(
      redistribution + """
        access-list services permit 192.0.2.0/24
        ip prefix-list P seq 5 permit 192.0.2.0/24 ge 32
        route-map M permit 10
         match ip address services
        ip route 203.0.113.0/24 Null0
        """)
    let new = try parse(
      redistribution + """
        access-list services permit 192.0.2.0/25
        ip prefix-list P seq 5 permit 192.0.2.0/24 ge 31
        ipv6 prefix-list P seq 5 permit 2001:db8::/32
        route-map M permit 10
         match ip address services
         set metric 5
        ip route 203.0.113.0/25 Null0
        """)
    #expect(
      new.changes(since: old) == [
        "access-list services changed", "prefix-list P changed", "prefix-list P (IPv6) added", "route-map M changed",
        "static routes changed",
      ])
    #expect(old.changes(since: new).contains("prefix-list P (IPv6) removed"))
  }

  @Test("What stands in another line, and means the same, is no change")
  func moved() throws {
    let old = try parse("access-list a permit 192.0.2.0/24\nip route 203.0.113.0/24 Null0\n")
    let new = try parse("! moved\n\nip route 203.0.113.0/24 Null0\naccess-list a permit 192.0.2.0/24\n")
    #expect(new.changes(since: old) == [])
  }

  @Test("Keys and key chains are named when they change, and never shown")
  func keys() throws {
    let old = try parse("key chain k\n key 1\n  key-string geheim\n")
    let new = try parse("key chain k\n key 1\n  key-string anders\ninterface eth0\n ip ospf authentication-key geheim\n")
    #expect(new.changes(since: old) == ["interface eth0 added", "key chain k changed"])
  }
}
