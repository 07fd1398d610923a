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
    #expect(try cautions("router ospf\n redistribute connected\n").contains { $0.contains("no interface is in an area") })
    #expect(try cautions("router ospf\n").isEmpty, "there is nothing to advertise")
  }

  @Test("nothing but passive interfaces")
  func allPassive() throws {
    let text = "interface eth0\n ip ospf area 0\nrouter ospf\n passive-interface "
    #expect(try cautions(text + "eth0\n" + checked).contains { $0.contains("every interface in an area is passive") })
    #expect(try cautions(text + "default\n" + checked).contains { $0.contains("every interface in an area is passive") })
    #expect(try cautions(text + "default\n no passive-interface eth0\n" + checked).isEmpty)
    #expect(
      try cautions("interface lo\n ip ospf area 0\nrouter ospf\n" + checked)
        .contains { $0.contains("every interface in an area is passive") })
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
    #expect(try cautions(text.replacing("eth0", with: "lo")).isEmpty, "nothing is sent there")
    let keyed = text.replacing(" ip ospf area 0\n", with: " ip ospf area 0\n ip ospf message-digest-key 1 md5 secret\n")
    #expect(try cautions(keyed).isEmpty)
    let own = text.replacing(" ip ospf area 0\n", with: " ip ospf area 0\n ip ospf authentication null\n")
    #expect(try cautions(own).isEmpty)
    #expect(
      try cautions("interface eth0\n ip ospf area 0\nrouter ospf\n area 0 authentication\n")
        .contains { $0.contains("'authentication-key': its password is empty") })
  }

  @Test("a network type of one version alone, and what routers are hardly told on such a device")
  func networkType() throws {
    func doubts(_ lines: String..., device: String = "eth0", router: String = "") throws -> [String] {
      try cautions("interface \(device)\n" + lines.map { " \($0)\n" }.joined() + router).filter { !$0.contains(": router ospf") }
    }
    #expect(try doubts("ip ospf area 0", "ip ospf network point-to-point").isEmpty)
    #expect(try doubts("ipv6 ospf6 area 0", "ipv6 ospf6 network point-to-point").isEmpty)
    let both = ["ip ospf area 0", "ipv6 ospf6 area 0"]
    #expect(try doubts(both[0], both[1], "ip ospf network point-to-point", "ipv6 ospf6 network point-to-point").isEmpty)
    #expect(
      try doubts(both[0], both[1], "ip ospf network point-to-point").map { $0.prefix(80) } == [
        "4: ip ospf network point-to-point: without 'ipv6 ospf6 network' the other versio"
      ])
    #expect(
      try doubts(both[0], both[1], "ipv6 ospf6 network point-to-point").map { $0.prefix(80) } == [
        "4: ipv6 ospf6 network point-to-point: without 'ip ospf network' the other versio"
      ])
    #expect(try doubts(both[0], both[1], "ip ospf network point-to-point", device: "gre1").isEmpty)
    #expect(try doubts(both[0], both[1], "ip ospf network point-to-point", device: "lo").isEmpty)
    #expect(try doubts(both[0], both[1], "ip ospf network broadcast").isEmpty, "what the other version is anyway")
    #expect(try doubts("ip ospf network broadcast").isEmpty)
    #expect(try doubts("ip ospf network broadcast", device: "wg0").count == 1)
    #expect(try doubts("ip ospf network point-to-multipoint").count == 1)
    #expect(try doubts("ip ospf area 0", "ip ospf network non-broadcast").count == 1)
    #expect(try doubts("ip ospf network non-broadcast", router: "router ospf\n neighbor 10.0.0.1\n").isEmpty)
  }

  @Test(
    "a check of what the unit hides from the daemon",
    arguments: [
      ("file /tmp/maintenance absent", "the unit of the package hides /tmp from the daemon, so that the check passes always"),
      ("file /home/admin/up exists", "the unit of the package hides /home from the daemon, so that the check never passes"),
      ("file /var/tmp/x absent", "the unit of the package hides /var/tmp from the daemon, so that the check passes always"),
      ("exec /root/bin/probe", "the unit of the package hides /root from the daemon, so that the program is not found"),
      ("https https://www.example.net/ ca /tmp/ca.pem", "so that the certificate cannot be verified"),
    ])
  func hiddenPath(check: String, reason: String) throws {
    #expect(try cautions(service("check \(check)")).filter { $0.contains(reason) && $0.contains("check \(check)") }.count == 1)
  }

  @Test(
    "a check of a file that the daemon sees",
    arguments: ["file /run/maintenance absent", "file /tmpfs/x exists", "exec /usr/bin/true"])
  func visiblePath(check: String) throws {
    #expect(try !cautions(service("check \(check)")).contains { $0.contains("hides") })
  }
}
