import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import Configuration

@Suite("The lines of the router blocks")
struct RouterCommandsTests {
  private func section(_ lines: String...) throws -> RouterSection {
    try #require(try configuration("router ospf\n" + lines.joined(separator: "\n")).ospf)
  }

  private func section6(_ lines: String...) throws -> RouterSection {
    try #require(try configuration("router ospf6\n" + lines.joined(separator: "\n")).ospf6)
  }

  @Test("the router ID is understood in every spelling that Quagga or FRR had")
  func routerID() throws {
    let expected = RouterID("198.51.100.2")
    #expect(try section("ospf router-id 198.51.100.2").routerID == expected)
    #expect(try section("router-id 198.51.100.2").routerID == expected)
    #expect(try section6("ospf6 router-id 198.51.100.2").routerID == expected)
    #expect(try section6("router-id 198.51.100.2").routerID == expected)
    #expect(try configuration("router-id 198.51.100.2").routerID == expected)
    #expect(try configuration("ip router-id 198.51.100.2").routerID == expected)
    #expect(try section("router-id 198.51.100.2", "no router-id").routerID == nil)
  }

  @Test("`network` takes an area in either notation, and clears the bits after the prefix")
  func network() throws {
    let networks = try section("network 10.1.2.3/8 area 1", "network 192.0.2.0/24 area 0.0.0.2").networks
    #expect(networks.map { "\($0.prefix) \($0.area)" } == ["10.0.0.0/8 0.0.0.1", "192.0.2.0/24 0.0.0.2"])
    #expect(try section("network 10.0.0.0/8 area 0", "no network 10.0.0.0/8 area 0").networks.isEmpty)
  }

  @Test("`passive-interface` is kept with the interface")
  func passiveInterface() throws {
    let parsed = try configuration(
      """
      router ospf
       passive-interface default
       passive-interface eth0
       passive-interface eth1 192.0.2.1
       no passive-interface eth2
      """)
    #expect(parsed.ospf?.isPassiveByDefault == true)
    #expect(parsed.interface("eth0")?.ospf.isPassive == true)
    #expect(parsed.interface("eth1")?.ospf.isPassive == nil)
    #expect(parsed.interface("eth1")?.ospfByAddress[try ipv4("192.0.2.1")]?.isPassive == true)
    #expect(parsed.interface("eth2")?.ospf.isPassive == false)
    #expect(try section("passive-interface default", "no passive-interface default").isPassiveByDefault == false)
  }

  @Test("an area is a stub area or an NSSA, with whatever options")
  func areas() throws {
    let areas = try section(
      "area 1 stub", "area 2 stub no-summary", "area 0.0.0.3 nssa", "area 4 nssa no-summary", "area 5 nssa translate-always",
      "area 6 nssa default-information-originate metric 5", "area 7 stub", "no area 7 stub", "no area 2 stub no-summary"
    ).areas
    let expected: [UInt32: AreaConfiguration] = [1: .stub, 2: .stub, 3: .nssa, 4: .nssa, 5: .nssa, 6: .nssa]
    #expect(areas == Dictionary(uniqueKeysWithValues: expected.map { (AreaID(rawValue: $0), $1) }))
    #expect(try section6("area 1 stub", "area 2 nssa").areas.count == 2)
  }

  @Test("`neighbor` may be said on one line or on several")
  func neighbor() throws {
    let neighbors = try section(
      "neighbor 192.0.2.1", "neighbor 192.0.2.2 priority 5 poll-interval 30", "neighbor 192.0.2.3 poll-interval 1m",
      "neighbor 192.0.2.3 priority 1", "neighbor 192.0.2.4", "no neighbor 192.0.2.4"
    ).neighbors
    #expect(
      neighbors == [
        try ipv4("192.0.2.1"): NeighborStatement(),
        try ipv4("192.0.2.2"): NeighborStatement(priority: 5, pollInterval: .seconds(30)),
        try ipv4("192.0.2.3"): NeighborStatement(priority: 1, pollInterval: .seconds(60)),
      ])
  }

  @Test("RFC 6987 and RFC 8770: each word of the stub router policy")
  func stubRouter() throws {
    #expect(try section("max-metric router-lsa administrative").maxMetric == .always)
    #expect(try section("max-metric router-lsa several-uplinks").maxMetric == .withSeveralUplinks)
    #expect(try section("max-metric router-lsa never").maxMetric == .never)
    #expect(try section("max-metric router-lsa never", "no max-metric router-lsa never").maxMetric == nil)
    #expect(try section("host-router").isHostRouter)
    #expect(try section6("stub-router administrative").isHostRouter)
    #expect(try section6("stub-router administrative", "no host-router").isHostRouter == false)
  }

  @Test("LSA timers are in milliseconds, as in FRR")
  func timers() throws {
    let section = try section("timers throttle lsa all 3000", "timers lsa min-arrival 500")
    #expect(section.minLSInterval == .seconds(3))
    #expect(section.minLSArrival == .milliseconds(500))
    #expect(try self.section("timers throttle lsa all 2s").minLSInterval == .seconds(2))
  }

  @Test("`max-lsa` as IOS and EOS spell it, the time in minutes, in both versions")
  func maximumLSAs() throws {
    let limited = try section("max-lsa 12000 ignore-time 6")
    #expect(limited.maximumLSAs == 12_000)
    #expect(limited.ignoreTime == .seconds(360))
    #expect(try section6("max-lsa 12000 ignore-time 90s").ignoreTime == .seconds(90))
    #expect(try section("max-lsa 12000", "no max-lsa").maximumLSAs == nil)
    #expect(throws: ConfigurationErrors.self) { try section("max-lsa 0") }
    #expect(throws: ConfigurationErrors.self) { try section("max-lsa 12000 warning-only") }
  }

  @Test("`interface IF area A` inside `router ospf6` sets the interface's area, and without `area` it begins a block")
  func ospf6InterfaceArea() throws {
    let parsed = try configuration(
      """
      router ospf6
       interface eth0 area 0.0.0.1
       interface eth1 area 2
       no interface eth1 area 2
      interface eth0
       ipv6 ospf6 cost 5
      """)
    #expect(parsed.interface("eth0")?.ospf6.area == AreaID(rawValue: 1))
    #expect(parsed.interface("eth0")?.ospf6.cost == 5)
    #expect(parsed.interface("eth1")?.ospf6.area == nil)
  }

  @Test("`no router ospf` takes the block back")
  func noRouter() throws {
    #expect(try configuration("router ospf\n router-id 1.1.1.1\nno router ospf\n").ospf == nil)
  }

  @Test(
    "a bad line names the word, its place and what was expected",
    arguments: [
      (
        "network 10.0.0.0 0.255.255.255 area 0",
        "2:10: bad value '10.0.0.0 0.255.255.255'; expected '10.0.0.0/8', which is how it is written here"
      ),
      ("network 10.0.0.0/33 area 0", "2:10: bad value '10.0.0.0/33'; expected an IPv4 prefix, as 192.0.2.0/24"),
      ("network 10.0.0.0/8", "2:20: the line ends too early; expected 'area'"),
      ("network 10.0.0.0/8 aera 0", "2:21: unknown word 'aera'; expected 'area'; nearest known word: 'area'"),
      ("router-id 0.0.0.0", "2:12: bad value '0.0.0.0'; expected a router ID, as 192.0.2.1"),
      ("area 0 stub", "2:7: '0': the backbone is neither a stub area nor an NSSA"),
      (
        "area 1 stubb",
        "2:9: unknown word 'stubb'; expected 'stub', 'nssa', 'authentication', 'virtual-link', 'range', 'default-cost', "
          + "'filter-list', 'export-list', 'import-list', 'shortcut' or 'flood-reduction'; nearest known word: 'stub'"
      ),
      ("area 1 authentication md5", "2:24: unexpected word 'md5'; expected the end of the line"),
      ("area 1 virtual-link 10.0.0.1", "2:9: 'virtual-link' is not supported: this router is never an area border router"),
      ("max-metric router-lsa on-startup", "2:34: the line ends too early; expected seconds from 5 to 86400"),
      ("max-metric router-lsa on-shutdown 101", "2:36: bad value '101'; expected seconds from 5 to 100"),
      ("summary-address 10.0.0.0/8", "2:2: 'summary-address' is not supported: each prefix is advertised as it is"),
      (
        "max-metric router-lsa allways",
        "2:24: unknown word 'allways'; expected 'administrative', 'never', 'on-shutdown', 'on-startup' or 'several-uplinks'"
      ),
      (
        "neighbor 192.0.2.1 proirity 5",
        "2:21: unknown word 'proirity'; expected 'priority' or 'poll-interval'; nearest known word: 'priority'"
      ),
      ("timers throttle lsa", "2:21: the line ends too early; expected 'all'"),
      ("passive-interface", "2:19: the line ends too early; expected the name of an interface, at most 15 octets without '/'"),
    ])
  func badLines(line: String, message: String) {
    #expect(errors("router ospf\n \(line)\n") == ["test.conf:\(message)"])
  }

  @Test("one area cannot be two things, and one network cannot be in two areas")
  func conflicts() {
    #expect(
      errors("router ospf\n area 1 stub\n area 1 nssa\n")
        == ["test.conf:3:7: '1': the area is a stub area already, at test.conf:2:7"])
    #expect(
      errors("router ospf\n network 10.0.0.0/8 area 1\n network 10.0.0.0/8 area 2\n")
        == ["test.conf:3:10: '10.0.0.0/8': the network is in area 0.0.0.1 already, at test.conf:2:10"])
  }

  @Test(
    "a VRF and a misspelt protocol are refused, and their blocks not read",
    arguments: [
      (
        "router ospf vrf red",
        "1:1: 'router ospf vrf red' is not supported: VRFs; run one daemon in each network namespace"
      ),
      (
        "router osfp",
        "1:8: unknown word 'osfp'; expected 'babel', 'bgp', 'eigrp', 'igmp', 'isis', 'openfabric', 'ospf', 'ospf6', "
          + "'pim', 'pim6', 'rip' or 'ripng'; nearest known word: 'ospf'"
      ),
    ])
  func refusedBlocks(line: String, message: String) {
    #expect(errors("\(line)\n match whatever\n neighbor x\n!\n no such line\nhostname x\n") == ["test.conf:\(message)"])
  }

  @Test("the number of the only instance gives it a name, and is told once for each version")
  func oneInstance() throws {
    let text = """
      interface eth0
       ip ospf 1 area 0
       ip ospf cost 5
       no ip ospf 1 area 0
       ip ospf 1 ar 1
       ipv6 ospf6 1 area 2
      router ospf 1
       ospf router-id 192.0.2.1
      router ospf6 1

      """
    let parsed = try parse(text)
    #expect(parsed.configuration.interface("eth0")?.ospf.area == AreaID(rawValue: 1))
    #expect(parsed.configuration.interface("eth0")?.ospf.cost == 5)
    #expect(parsed.configuration.interface("eth0")?.ospf6.area == AreaID(rawValue: 2))
    #expect(parsed.configuration.ospf?.routerID?.description == "192.0.2.1")
    #expect(parsed.configuration.ospf6 != nil)
    #expect(
      parsed.notices.filter { $0.reason.contains("only gives it a name") }.map { "\($0.location.line): \($0.kind.rawValue)" } == [
        "2: without effect", "6: without effect",
      ])
  }

  @Test(
    "several instances are refused, where the second one is named",
    arguments: [
      ("router ospf 1\nrouter ospf 2\n", "2:13: '2' is not supported", "test.conf:1:1"),
      ("router ospf\nrouter ospf 2\n", "2:13: '2' is not supported", "test.conf:1:1"),
      ("router ospf 2\nrouter ospf\n", "2:1: 'router ospf' is not supported", "test.conf:1:1"),
      ("interface eth0\n ip ospf 1 area 0\nrouter ospf 2\n", "3:13: '2' is not supported", "test.conf:2:2"),
      ("router ospf 1\ninterface eth0\n ip ospf 2 area 0\n", "3:10: '2' is not supported", "test.conf:1:1"),
    ])
  func severalInstances(text: String, message: String, other: String) {
    let all = errors(text)
    #expect(all.count == 1)
    #expect(all[0].hasPrefix("test.conf:\(message): there is one instance of each version, and another one is at \(other)"))
  }
}
