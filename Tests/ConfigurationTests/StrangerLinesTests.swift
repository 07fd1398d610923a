import Configuration
import OSPFProtocol
import OSPFWire
import Testing

@Suite("Lines that keep strangers out")
struct StrangerLinesTests {
  private let link = Link(
    index: 2, name: "eth0", mtu: 1500, isUp: true,
    addresses: [
      LinkAddress(address: .v4(IPv4Address(192, 0, 2, 2)), prefixLength: 24),
      LinkAddress(address: .v6(IPv6Address(high: 0xFE80_0000_0000_0000, low: 2)), prefixLength: 64),
    ])

  private func parsed(_ lines: String) throws -> ParsedConfiguration {
    try Configuration.parse([
      SourceFile(
        path: "c",
        text: "interface eth0\n ip ospf area 0\n ipv6 ospf6 area 0\n\(lines)router ospf\n router-id 1.1.1.1\nrouter ospf6\n"
          + " ospf6 router-id 1.1.1.1\n")
    ])
  }

  private func settings(_ lines: String, _ instance: ProtocolInstance) throws -> InterfaceSettings {
    try #require(try parsed(lines).configuration.interfaceDefinitions(of: instance, links: [link]).first).settings
  }

  @Test(
    "ttl-security as IOS spells it, in both versions",
    arguments: [("ip ospf", .ospfv2), ("ipv6 ospf6", .ospfv3)] as [(String, ProtocolInstance)])
  func ttlSecurity(words: String, instance: ProtocolInstance) throws {
    #expect(try settings(" \(words) ttl-security\n", instance).hasTTLSecurity)
    #expect(try settings(" \(words) ttl-security hops 1\n", instance).hasTTLSecurity)
    #expect(try !settings(" \(words) ttl-security disable\n", instance).hasTTLSecurity)
    #expect(try !settings(" \(words) ttl-security\n no \(words) ttl-security\n", instance).hasTTLSecurity)
    #expect(throws: ConfigurationErrors.self) { try parsed(" \(words) ttl-security hops 2\n") }
  }

  @Test("neighbor-filter as FRR spells it: the rules about single addresses in their order, and nobody without a list")
  func neighborFilter() throws {
    let list = """
      exit
      ip prefix-list R seq 5 deny 192.0.2.9/32
      ip prefix-list R seq 10 permit 192.0.2.0/28 le 32
      ip prefix-list R seq 15 permit 192.0.2.0/24
      ipv6 prefix-list R seq 5 permit fe80::1/128

      """
    let filter = try #require(try settings(" ip ospf neighbor-filter R\n" + list, .ospfv2).neighborFilter)
    let admitted = (0...20).filter { filter.admits(.v4(IPv4Address(192, 0, 2, $0))) }
    #expect(admitted == Array(0...8) + Array(10...15))
    let filter6 = try #require(try settings(" ipv6 ospf6 neighbor-filter R\n" + list, .ospfv3).neighborFilter)
    #expect(filter6.admits(.v6(IPv6Address(high: 0xFE80_0000_0000_0000, low: 1))))
    #expect(!filter6.admits(.v6(IPv6Address(high: 0xFE80_0000_0000_0000, low: 3))))

    let both = try parsed(" ip ospf neighbor-filter R\n ipv6 ospf6 neighbor-filter R\n" + list)
    #expect(!both.notices.contains { $0.reason.hasPrefix("nothing refers to") })

    let undefined = try parsed(" ip ospf neighbor-filter NONE\n")
    #expect(undefined.notices.contains { $0.kind == .undefinedName && $0.reason.contains("no neighbor is accepted") })
    #expect(try settings(" ip ospf neighbor-filter NONE\n", .ospfv2).neighborFilter == NeighborFilter([]))
    let ofAddress = try parsed(" ip ospf neighbor-filter NONE 192.0.2.2\n")
    #expect(ofAddress.notices.map(\.line).contains("ip ospf neighbor-filter NONE 192.0.2.2"))
  }

  @Test("What is written back means the same")
  func roundTrip() throws {
    let lines =
      " ip ospf ttl-security\n ip ospf neighbor-filter R\n ipv6 ospf6 ttl-security\nexit\nip prefix-list R permit 192.0.2.1/32\n"
    let configuration = try parsed(lines).configuration
    let again = try Configuration.parse([SourceFile(path: "r", text: configuration.rendered(showingSecrets: true))]).configuration
    #expect(again.interfaces == configuration.interfaces)
  }

  @Test("A network of many hosts without authentication is told, once for both versions")
  func noAuthentication() throws {
    func told(_ lines: String) throws -> [String] { try parsed(lines).configuration.unprotectedNetworks.map(\.description) }
    let both = try told("")
    #expect(both.count == 1 && both.first?.hasPrefix("interface eth0: OSPFv2 and OSPFv3 without authentication") == true)
    #expect(try told(" ip ospf network point-to-point\n ipv6 ospf6 network point-to-point\n").isEmpty)
    let one = try told(" ip ospf authentication message-digest\n ip ospf message-digest-key 1 md5 x\n")
    #expect(one.count == 1 && one.first?.hasPrefix("interface eth0: OSPFv3 without") == true)
    #expect(try told(" ip ospf passive\n ipv6 ospf6 passive\n").isEmpty)
  }
}
