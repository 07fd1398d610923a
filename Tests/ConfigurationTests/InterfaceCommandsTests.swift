import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import Configuration

@Suite("The lines of an interface block")
struct InterfaceCommandsTests {
  private func parameters(_ lines: String...) throws -> InterfaceParameters {
    try configuration("interface eth0\n" + lines.joined(separator: "\n")).interface("eth0")?.ospf ?? InterfaceParameters()
  }

  /// What the lines of the next two tests set that both versions have.
  private func everything(_ networkType: NetworkType) -> InterfaceParameters {
    var parameters = InterfaceParameters()
    parameters.area = AreaID(rawValue: 1)
    parameters.helloInterval = .seconds(5)
    parameters.deadInterval = .interval(.seconds(20))
    parameters.rxmtInterval = .seconds(3)
    parameters.infTransDelay = 2
    parameters.priority = 7
    parameters.cost = 123
    parameters.networkType = networkType
    parameters.mtuIgnore = true
    parameters.isPassive = true
    return parameters
  }

  @Test("each `ip ospf` line sets its parameter")
  func everyLine() throws {
    let parameters = try parameters(
      "ip ospf area 0.0.0.1", "ip ospf hello-interval 5", "ip ospf dead-interval 20", "ip ospf retransmit-interval 3",
      "ip ospf transmit-delay 2", "ip ospf priority 7", "ip ospf cost 123", "ip ospf network point-to-point",
      "ip ospf mtu-ignore", "ip ospf passive")
    #expect(parameters == everything(.pointToPoint))
  }

  @Test("each `ipv6 ospf6` line sets its parameter")
  func everyOSPF6Line() throws {
    let interface = try configuration(
      """
      interface eth0
       ipv6 ospf6 area 1
       ipv6 ospf6 hello-interval 5
       ipv6 ospf6 dead-interval 20
       ipv6 ospf6 retransmit-interval 3
       ipv6 ospf6 transmit-delay 2
       ipv6 ospf6 priority 7
       ipv6 ospf6 cost 123
       ipv6 ospf6 network broadcast
       ipv6 ospf6 mtu-ignore
       ipv6 ospf6 passive
       ipv6 ospf6 instance-id 31
       ipv6 ospf6 address-family ipv4 unicast instance-id 65
       ipv6 ospf6 ifmtu 1400
      """
    ).interface("eth0")
    var expected = everything(.broadcast)
    expected.instanceID = 31
    expected.ipv4InstanceID = 65
    expected.announcedMTU = 1400
    #expect(interface?.ospf6 == expected)
    #expect(interface?.ospf == InterfaceParameters())
  }

  @Test("a line that ends in an address holds for that address alone")
  func trailingAddress() throws {
    let interface = try configuration(
      """
      interface eth0
       ip ospf cost 10
       ip ospf cost 20 192.0.2.1
       ip ospf area 1 192.0.2.1
       ip ospf passive 198.51.100.1
      """
    ).interface("eth0")
    #expect(interface?.ospf.cost == 10)
    #expect(interface?.ospf.area == nil)
    let address = try ipv4("192.0.2.1")
    let other = try ipv4("198.51.100.1")
    #expect(interface?.ospfByAddress[address]?.cost == 20)
    #expect(interface?.ospfByAddress[address]?.area == AreaID(rawValue: 1))
    #expect(interface?.ospfParameters(for: other).cost == 10)
    #expect(interface?.ospfParameters(for: other).isPassive == true)
  }

  @Test("`no` undoes a line, with its value or without, and removes the last line of an address")
  func undo() throws {
    let interface = try configuration(
      """
      interface eth0
       description uplink
       no description
       ip ospf cost 10
       no ip ospf cost
       ip ospf area 0.0.0.1
       no ip ospf area 0.0.0.1
       ip ospf hello-interval 3 192.0.2.1
       no ip ospf hello-interval 192.0.2.1
       ip ospf mtu-ignore
       no ip ospf mtu-ignore
      """
    ).interface("eth0")
    #expect(interface == InterfaceConfiguration(name: "eth0"))
  }

  @Test("`no ip ospf passive` is remembered, because it stands against `passive-interface default`")
  func notPassive() throws {
    #expect(try parameters("no ip ospf passive").isPassive == false)
  }

  @Test("Quagga's old spelling without `ip` means the same")
  func oldSpelling() throws {
    #expect(try parameters("ospf cost 17", "ospf hello-interval 2") == parameters("ip ospf cost 17", "ip ospf hello-interval 2"))
  }

  @Test("fast Hellos are an interval in milliseconds or a hello multiplier")
  func fastHellos() throws {
    let multiplied = try parameters("ip ospf dead-interval minimal hello-multiplier 4")
    let settings = multiplied.settings(.v2, area: .backbone, defaultNetworkType: .broadcast)
    #expect(settings.helloInterval == .milliseconds(250))
    #expect(settings.routerDeadInterval == .seconds(1))
    #expect(try parameters("ip ospf hello-interval 250ms").helloInterval == .milliseconds(250))
  }

  @Test(
    "as in FRR and IOS, a hello interval alone makes the dead interval four times as long in OSPFv2, and OSPFv3 keeps 40 s",
    arguments: [("1", 4), ("5", 20), ("60", 240), ("250ms", 1), ("300ms", 2), ("10", 40)])
  func impliedDeadInterval(hello: String, seconds: Int) throws {
    let parsed = try parse("interface eth0\n ip ospf hello-interval \(hello)\n")
    let settings = try #require(parsed.configuration.interface("eth0")).ospf
      .settings(.v2, area: .backbone, defaultNetworkType: .broadcast)
    #expect(settings.routerDeadInterval == .seconds(seconds))
    #expect(
      parsed.notices.map(\.description)
        == (seconds == 40
          ? []
          : [
            "test.conf:2:2: 'ip ospf hello-interval \(hello)': changed meaning: without 'dead-interval' the dead interval is four "
              + "times that, \(seconds)s, as in FRR and IOS; Quagga had 40s"
          ]))
    let both = try parameters("ip ospf hello-interval \(hello)", "ip ospf dead-interval 300")
    #expect(both.settings(.v2, area: .backbone, defaultNetworkType: .broadcast).routerDeadInterval == .seconds(300))
    let six = try parameters("ip ospf hello-interval 5")
    #expect(six.settings(.v3, area: .backbone, defaultNetworkType: .broadcast).routerDeadInterval == .seconds(40))
    #expect(try notices("interface eth0\n ipv6 ospf6 hello-interval 5\n").isEmpty)
  }

  @Test("a hello interval of one address has its own dead interval, as in FRR, whatever the interface's is")
  func deadIntervalOfAddress() throws {
    let interface = try #require(
      try configuration("interface eth0\n ip ospf dead-interval 300\n ip ospf hello-interval 3 192.0.2.1\n").interface("eth0"))
    let settings = interface.ospfParameters(for: try ipv4("192.0.2.1"))
      .settings(.v2, area: .backbone, defaultNetworkType: .broadcast)
    #expect(settings.helloInterval == .seconds(3) && settings.routerDeadInterval == .seconds(12))
    #expect(interface.ospfParameters(for: try ipv4("192.0.2.2")).deadInterval == .interval(.seconds(300)))
  }

  @Test("units are in the words, and a bare number means seconds")
  func units() throws {
    #expect(try parameters("ip ospf dead-interval 2m").deadInterval == .interval(.seconds(120)))
    #expect(try parameters("ip ospf retransmit-interval 1500ms").rxmtInterval == .milliseconds(1500))
  }

  @Test(
    "a value out of range names the word, its place and the range",
    arguments: [
      ("ip ospf cost 0", "test.conf:2:14: bad value '0'; expected a number from 1 to 65535"),
      ("ip ospf cost 65536", "test.conf:2:14: bad value '65536'; expected a number from 1 to 65535"),
      ("ip ospf transmit-delay 0", "test.conf:2:24: bad value '0'; expected whole seconds from 1 to 65535"),
      ("ip ospf cost -1", "test.conf:2:14: bad value '-1'; expected a number from 1 to 65535"),
      ("ip ospf priority 256", "test.conf:2:18: bad value '256'; expected a number from 0 to 255"),
      ("ip ospf area x", "test.conf:2:14: bad value 'x'; expected an area ID, as 0.0.0.0 or 0"),
      (
        "ip ospf hello-interval 1500ms",
        "test.conf:2:24: bad value '1500ms'; expected whole seconds from 1 to 65535, or 50ms to 999ms"
      ),
      ("ip ospf dead-interval 20 x", "test.conf:2:26: unexpected word 'x'; expected the end of the line"),
      ("ip ospf dead-interval 1500ms", "test.conf:2:23: bad value '1500ms'; expected whole seconds from 1 to 65535"),
      (
        "ip ospf dead-interval minimal hello-multiplier 0",
        "test.conf:2:48: bad value '0'; expected a number from 1 to 20"
      ),
      (
        "ip ospf retransmit-interval 0",
        "test.conf:2:29: bad value '0'; expected a duration from 1s to 65535s (a bare number means seconds)"
      ),
      ("ip ospf cost", "test.conf:2:13: the line ends too early; expected a number from 1 to 65535"),
      (
        "ip ospf network brodcast",
        "test.conf:2:17: unknown word 'brodcast'; expected 'broadcast', 'non-broadcast', 'point-to-point' or "
          + "'point-to-multipoint'; nearest known word: 'broadcast'"
      ),
      (
        "ipv6 ospf6 instance-id 256",
        "test.conf:2:24: bad value '256'; expected an Instance ID: 0 to 31 or 192 to 255 for IPv6, 64 to 95 for IPv4"
      ),
      (
        "ipv6 ospf6 instance-id 32",
        "test.conf:2:24: bad value '32'; expected an Instance ID: 0 to 31 or 192 to 255 for IPv6, 64 to 95 for IPv4"
      ),
      (
        "ipv6 ospf6 address-family ipv4 unicast instance-id 0",
        "test.conf:2:52: bad value '0'; expected a number from 64 to 95"
      ),
      ("ipv6 ospf6 cost 10 192.0.2.1", "test.conf:2:20: unexpected word '192.0.2.1'; expected the end of the line"),
    ])
  func badValues(line: String, message: String) {
    #expect(errors("interface eth0\n\(line)\n") == [message])
  }

  @Test("RFC 5838 2.1: two Instance IDs of one interface are not both for IPv4")
  func twoInstancesForIPv4() {
    let text = "interface eth0\n ipv6 ospf6 instance-id 64\n ipv6 ospf6 address-family ipv4 unicast\n"
    let told = errors(text)
    #expect(told.count == 1 && told[0].hasPrefix("test.conf:3:2: 'eth0': 'instance-id 64' makes it one for IPv4 already"))
    #expect(errors(text + " no ipv6 ospf6 address-family ipv4 unicast\n").isEmpty)
    #expect(errors(text.replacing("64", with: "5")).isEmpty)
  }

  @Test("a dead interval that is not longer than the hello interval is an error where it was said")
  func deadNotLongerThanHello() {
    #expect(
      errors("interface eth0\n ip ospf hello-interval 10\n ip ospf dead-interval 10\n") == [
        "test.conf:3:2: 'eth0': the dead interval of 10s is not longer than the hello interval of 10s"
      ])
    #expect(
      errors("interface eth0\n ipv6 ospf6 hello-interval 60\n") == [
        "test.conf:2:2: 'eth0': the dead interval of 40s is not longer than the hello interval of 60s"
      ])
    #expect(
      errors("interface eth0\n ip ospf hello-interval 10\n ip ospf dead-interval 5 192.0.2.1\n") == [
        "test.conf:3:2: 'eth0': the dead interval of 5s is not longer than the hello interval of 10s"
      ])
  }

  @Test("a single Hello in a minimal dead interval would not hold an adjacency")
  func helloMultiplierOfOne() {
    #expect(
      errors("interface eth0\n ip ospf dead-interval minimal hello-multiplier 1\n") == [
        "test.conf:2:2: 'eth0': the dead interval of 1s is not longer than the hello interval of 1s"
      ])
  }

  @Test("what may follow point-to-multipoint in FRR is told, and may be repeated after no")
  func pointToMultipointOptions() throws {
    let parsed = try parse(
      """
      interface eth0
       ip ospf network point-to-multipoint delay-reflood
      interface eth1
       ip ospf network point-to-multipoint non-broadcast 10.0.0.1
      interface eth2
       no ip ospf network point-to-multipoint non-broadcast
      """)
    #expect(parsed.configuration.interfaces.first?.ospf.networkType == .pointToMultipoint)
    #expect(parsed.configuration.interfaces[1].ospfByAddress.values.map(\.networkType) == [.pointToMultipoint])
    #expect(parsed.notices.filter { $0.location.line == 2 }.map(\.kind) == [.withoutEffect, .caution])
    #expect(parsed.notices.filter { $0.location.line == 4 }.map(\.kind) == [.changedMeaning])
    #expect(throws: (any Error).self) { try parse("interface eth0\n ip ospf network broadcast non-broadcast\n") }
  }
}
