import ConfigurationTestSupport
import Testing

@testable import Configuration

@Suite("Cautions: what cannot work, or is not safe")
struct CautionTests {
  private func cautions(_ text: String) throws -> [String] {
    try parse(text).notices.filter { $0.kind == .caution }.map { "\($0.location.line): \($0.line): \($0.reason)" }
  }

  private let checked = "anycast service dns\n address 192.0.2.1\n check tcp port 53\n"

  @Test("no interface in an area")
  func noInterface() throws {
    #expect(try cautions("router ospf\n" + checked).map { $0.prefix(40) } == ["1: router ospf: no interface is in an ar"])
    #expect(try cautions("router ospf\n network 10.0.0.0/8 area 0\n" + checked).isEmpty)
    #expect(try cautions("interface eth0\n ip ospf area 0\nrouter ospf\n" + checked).isEmpty)
    #expect(try cautions("router ospf6\n" + checked).contains { $0.contains("no interface is in an area") })
  }

  @Test("nothing but passive interfaces")
  func allPassive() throws {
    let text = "interface eth0\n ip ospf area 0\nrouter ospf\n passive-interface "
    #expect(try cautions(text + "eth0\n" + checked).contains { $0.contains("every interface in an area is passive") })
    #expect(try cautions(text + "default\n" + checked).contains { $0.contains("every interface in an area is passive") })
    #expect(try cautions(text + "default\n no passive-interface eth0\n" + checked).isEmpty)
    #expect(
      try cautions("router ospf\n network 10.0.0.0/8 area 0\n passive-interface default\n" + checked)
        .contains { $0.contains("every interface in an area is passive") })
    #expect(
      try cautions(
        "router ospf\n network 10.0.0.0/8 area 0\n passive-interface default\n no passive-interface eth0\n" + checked
      ).isEmpty)
  }

  @Test("a service that nothing checks, unless somebody else puts its address on the device")
  func noCheck() throws {
    let router = "router ospf\n network 10.0.0.0/8 area 0\n"
    #expect(try cautions(router + service()).map { $0.prefix(40) } == ["3: anycast service dns: without 'check' "])
    #expect(try cautions(router + service("address-mode present")).isEmpty)
    #expect(try cautions(router + service("shutdown")).isEmpty)
  }

  @Test("area authentication without a key")
  func areaAuthentication() throws {
    let text = "interface eth0\n ip ospf area 0\nrouter ospf\n area 0 authentication message-digest\n"
    #expect(try cautions(text).contains { $0.contains("eth0 is in the area and has no 'message-digest-key'") })
    let keyed = text.replacing(" ip ospf area 0\n", with: " ip ospf area 0\n ip ospf message-digest-key 1 md5 secret\n")
    #expect(try cautions(keyed).isEmpty)
    #expect(
      try cautions("interface eth0\n ip ospf area 0\nrouter ospf\n area 0 authentication\n")
        .contains { $0.contains("'authentication-key': its password is empty") })
  }

  @Test("a network type that is not the routers' default")
  func networkType() throws {
    #expect(try cautions("interface eth0\n ip ospf network point-to-point\n").count == 1)
    #expect(try cautions("interface eth0\n ipv6 ospf6 network point-to-point\n").count == 1)
    #expect(try cautions("interface eth0\n ip ospf network broadcast\n").isEmpty)
    #expect(try cautions("interface gre1\n ip ospf network point-to-point\n").isEmpty)
  }
}
