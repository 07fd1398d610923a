import Configuration
import Testing

@testable import anycast_ospfd

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
}
