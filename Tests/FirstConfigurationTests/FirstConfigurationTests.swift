import Configuration
import FirstConfiguration
import OSPFProtocol
import OSPFWire
import Testing

@Suite("The first configuration")
struct FirstConfigurationTests {
  static let node = IPv4Address(10, 0, 0, 2)
  static let router = IPv4Address(10, 0, 0, 1)
  static let routerLinkLocal = "fe80::1"

  private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  private static func links() throws -> [Link] {
    [
      Link(
        index: 1, name: "lo", mtu: 65536, isUp: true, isLoopback: true,
        addresses: [LinkAddress(address: .v4(IPv4Address(127, 0, 0, 1)), prefixLength: 8)]),
      Link(
        index: 2, name: "eth0", mtu: 1500, isUp: true,
        addresses: [
          LinkAddress(address: .v4(node), prefixLength: 24), LinkAddress(address: try address("fe80::2"), prefixLength: 64),
        ]),
      Link(
        index: 3, name: "eth1", mtu: 1500, isUp: true,
        addresses: [LinkAddress(address: .v4(IPv4Address(10, 1, 0, 2)), prefixLength: 24)]),
    ]
  }

  /// A router's OSPFv2 Hello on eth0.
  private static func hello(
    source: IPv4Address = router, area: UInt32 = 0, hello: UInt16 = 1, dead: UInt32 = 4, options: Options = .externalRouting,
    designatedRouter: UInt32 = 0, priority: UInt8 = 1, authentication: (type: UInt16, field: UInt64) = (0, 0),
    prefixLength: Int = 24, destination: String = "224.0.0.5"
  ) throws -> HeardHello {
    HeardHello(
      interfaceIndex: 2, source: .v4(source), destination: try address(destination),
      header: PacketHeader(
        type: .hello, routerID: RouterID(rawValue: source.rawValue), areaID: AreaID(rawValue: area),
        extent: .v2(authenticationType: authentication.type, authentication: authentication.field)),
      hello: Hello(
        attachment: .networkMask(IPv4Prefix.mask(prefixLength)), helloInterval: hello, options: options, priority: priority,
        routerDeadInterval: dead, designatedRouter: DesignatedRouterID(rawValue: designatedRouter),
        backupDesignatedRouter: .none, neighbors: []))
  }

  private static func helloV3(
    instanceID: UInt8 = 0, options: Options = [.v6, .externalRouting, .router]
  ) throws -> HeardHello {
    HeardHello(
      interfaceIndex: 2, source: try address(routerLinkLocal), destination: try address("ff02::5"),
      header: PacketHeader(
        type: .hello, routerID: RouterID(rawValue: router.rawValue), areaID: .backbone,
        extent: .v3(instanceID: instanceID, reserved: 0)),
      hello: Hello(
        attachment: .interfaceID(7), helloInterval: 1, options: options, priority: 1, routerDeadInterval: 4,
        designatedRouter: .none, backupDesignatedRouter: .none, neighbors: []))
  }

  /// The text for these Hellos, which the dialect must read without an error.
  private static func text(
    _ hellos: [HeardHello], gateways: [HostView.Gateway] = [], interface: String? = nil, addresses: [String] = [],
    router: RouterKind? = nil
  ) throws -> String {
    let host = HostView(links: try links(), gateways: gateways, reception: .listened(seconds: 10, hellos))
    let request = FirstConfigurationRequest(
      interface: interface, addresses: try addresses.map(address), router: router)
    let text = try FirstConfiguration(for: host, request).text
    _ = try Configuration.parse([SourceFile(path: "first.conf", text: text)])
    return text
  }

  /// The lines of the text that are no comments.
  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { !$0.drop { $0 == " " }.hasPrefix("!") }
  }

  @Test("What a Hello says becomes lines: a point-to-point link with its timers")
  func pointToPoint() throws {
    let text = try Self.text([Self.hello()], addresses: ["192.0.2.53"])
    #expect(
      Self.lines(text) == [
        "interface eth0", " ip ospf area 0.0.0.0", " ip ospf network point-to-point", " ip ospf hello-interval 1",
        " ip ospf dead-interval 4", "router ospf", " ospf router-id 10.0.0.2", "anycast service first", " address 192.0.2.53",
      ])
  }

  @Test("A network with a Designated Router keeps the default type")
  func broadcast() throws {
    let text = try Self.text([Self.hello(area: 5, hello: 10, dead: 40, designatedRouter: Self.router.rawValue)])
    #expect(
      Self.lines(text).prefix(4) == [
        "interface eth0", " ip ospf area 0.0.0.5", " ip ospf hello-interval 10", " ip ospf dead-interval 40",
      ])
  }

  @Test("Both versions that are heard are configured, with the Instance ID")
  func bothVersions() throws {
    let lines = Self.lines(try Self.text([Self.hello(), Self.helloV3(instanceID: 3)], addresses: ["2001:db8::53"]))
    #expect(lines.contains(" ipv6 ospf6 instance-id 3"))
    #expect(lines.contains(" ipv6 ospf6 network point-to-point"))
    #expect(lines.contains("router ospf6") && lines.contains(" ospf6 router-id 10.0.0.2"))
    #expect(lines.contains(" address 2001:db8::53"))
  }

  @Test(
    "The kind of area is that of the router's options",
    arguments: [(Options(), [" area 0.0.0.1 stub"]), (.nssa, [" area 0.0.0.1 nssa"]), (.externalRouting, [])])
  func areaKind(options: Options, expected: [String]) throws {
    let lines = Self.lines(try Self.text([Self.hello(area: 1, options: options)], addresses: ["192.0.2.53"]))
    #expect(lines.filter { $0.hasPrefix(" area") } == expected)
    #expect(lines.contains(" advertise stub") == (options == Options()))
  }

  @Test("Fast Hellos are met by fast Hellos")
  func fastHellos() throws {
    let lines = Self.lines(try Self.text([Self.hello(hello: 0, dead: 1)]))
    #expect(lines.contains(" ip ospf dead-interval minimal hello-multiplier 4"))
  }

  @Test("A key cannot be heard: its lines are comments that name it")
  func authentication() throws {
    let digests = try Self.text([Self.hello(authentication: (2, 7 << 40 | 16 << 32))])
    #expect(digests.contains(" ! ip ospf message-digest-key 7 md5 KEY\n"))
    let password = try Self.text([Self.hello(authentication: (1, 0))])
    #expect(password.contains(" ! ip ospf authentication-key KEY\n"))
    let sha = try Self.text([Self.hello(authentication: (2, 7 << 40 | 32 << 32))])
    #expect(sha.contains("under key 7: a key chain with that key is needed, its cryptographic-algorithm hmac-sha-256"))
  }

  @Test("Another subnet than the router's, and a second router that says something else, are told")
  func remarks() throws {
    let text = try Self.text([
      Self.hello(prefixLength: 16), Self.hello(source: IPv4Address(10, 0, 0, 9), area: 9),
    ])
    #expect(text.contains(" ! the router is 10.0.0.1/16, and eth0 has 10.0.0.2/24: "))
    #expect(text.contains(" ! 10.0.0.9 says something else: router ID 10.0.0.9, area 0.0.0.9, "))
  }

  @Test("When nothing is heard the device of the default gateway is taken, and that nothing is known is said")
  func nothingHeard() throws {
    let text = try Self.text([], gateways: [.init(interfaceIndex: 3, address: .v4(IPv4Address(10, 1, 0, 1)))])
    #expect(Self.lines(text) == ["interface eth1", " ip ospf area 0.0.0.0", "router ospf", " ospf router-id 10.1.0.2"])
    #expect(text.contains("! No Hello of a router was heard in 10 s"))
    #expect(text.contains(" ! nothing was heard here: area, timers and network type are the defaults"))
  }

  @Test("Without a router and without a gateway everything is a comment")
  func nothingKnown() throws {
    #expect(Self.lines(try Self.text([])) == [])
  }

  @Test("A device that does not exist is an error that names those that do")
  func unknownDevice() throws {
    let host = HostView(links: try Self.links(), gateways: [], reception: .impossible(reason: "that needs root"))
    #expect {
      try FirstConfiguration(for: host, .init(interface: "eth7"))
    } throws: {
      "\($0)" == "there is no device eth7; there are lo, eth0, eth1"
    }
  }

  @Test("The router ID is never an anycast address, nor one that a router has")
  func routerID() throws {
    let text = try Self.text([Self.hello()], addresses: ["10.0.0.2"])
    #expect(text.contains(" ! ospf router-id A.B.C.D\n"))
    #expect(text.contains(" ! 10.0.0.2 is an address of eth0: an anycast address belongs on lo"))
  }

  @Test("Every vendor's lines have the area and the timers", arguments: RouterKind.allCases)
  func routers(kind: RouterKind) throws {
    let text = try Self.text([Self.hello(area: 1, options: .nssa), Self.helloV3()], router: kind)
    let router = try #require(text.range(of: "(\(kind.rawValue))").map { text[$0.upperBound...] })
    #expect(router.contains("0.0.0.1") && router.contains("4") && router.contains("INTERFACE"))
    #expect(router.contains("ROUTER-ID") || kind == .bird)
    #expect(router.contains("nssa"))
    #expect(RouterKind(named: kind.rawValue.lowercased()) == kind)
  }
}

extension StringProtocol {
  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
