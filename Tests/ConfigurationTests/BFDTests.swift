import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import Configuration

@Suite("Lines about BFD")
struct BFDTests {
  /// As vtysh of FRR 8.4.4 writes it.
  private static let written = """
    interface eth0
     ip ospf bfd
     ip ospf bfd profile fast
     ipv6 ospf6 bfd
    exit
    !
    bfd
     profile fast
      detect-multiplier 5
      transmit-interval 50
      receive-interval 60
      passive-mode
      minimum-ttl 254
      no echo-mode
     exit
     !
     peer 10.0.0.1 local-address 10.0.0.2 interface eth0
      profile slow
      receive-interval 100
     exit
     !
     peer fe80::1 interface eth0
      shutdown
     exit
     !
    exit
    !
    """

  private func parameters(
    _ text: String, _ peer: String, local: String = "10.0.0.2", interface: String = "eth0", _ version: OSPFVersion = .v2
  ) throws -> BFDParameters {
    try configuration(text).bfdParameters(interface: interface, version: version, local: ip(local), peer: ip(peer))
  }

  @Test("A file as vtysh writes it is read whole")
  func written() throws {
    let parsed = try parse(Self.written)
    let interface = try #require(parsed.configuration.interface("eth0"))
    #expect(interface.ospf.bfd?.profile == "fast")
    #expect(interface.ospf6.bfd == InterfaceBFD())
    let profile = try #require(parsed.configuration.bfd.profiles["fast"])
    #expect(profile.detectMultiplier == 5)
    #expect(profile.transmitInterval == .milliseconds(50))
    #expect(profile.receiveInterval == .milliseconds(60))
    #expect(profile.minimumTTL == 254)
    #expect(profile.isPassive == true)
    #expect(parsed.configuration.bfd.peers.count == 2)
  }

  @Test("The interface's profile holds, unless a peer line says otherwise, which goes before its own profile")
  func precedence() throws {
    #expect(try parameters(Self.written, "10.0.0.9").transmitInterval == .milliseconds(50))
    let named = try parameters(Self.written, "10.0.0.1")
    #expect(named.receiveInterval == .milliseconds(100))
    #expect(named.transmitInterval == nil, "the peer refers to a profile that is not there: the defaults")
    #expect(try parameters(Self.written, "10.0.0.1", local: "10.0.0.3").receiveInterval == .milliseconds(60))
    #expect(try parameters(Self.written, "fe80::1", local: "fe80::2", .v3).isShutDown == true)
    #expect(try parameters(Self.written, "fe80::1", local: "fe80::2", interface: "eth1", .v3) == BFDParameters())
  }

  @Test("Of two peer lines the one that says more counts")
  func precision() throws {
    let text = "bfd\n peer 10.0.0.1\n  detect-multiplier 2\n peer 10.0.0.1 interface eth0\n  detect-multiplier 4\n"
    #expect(try parameters(text, "10.0.0.1").detectMultiplier == 4)
    #expect(try parameters(text, "10.0.0.1", interface: "eth1").detectMultiplier == 2)
  }

  @Test("The old spelling: multiplier, receive interval, transmit interval")
  func numbers() throws {
    let own = try parameters("interface eth0\n ip ospf bfd 4 100 200\n", "10.0.0.1")
    #expect(own.detectMultiplier == 4)
    #expect(own.receiveInterval == .milliseconds(100))
    #expect(own.transmitInterval == .milliseconds(200))
  }

  @Test("The engine is told what a session means to the neighbors")
  func modes() throws {
    func mode(_ lines: String) throws -> BFDMode {
      try #require(try configuration("interface eth0\n\(lines)").interface("eth0")).ospf
        .settings(.v2, area: .backbone, defaultNetworkType: .broadcast).bfd
    }
    #expect(try mode(" ip ospf cost 1\n") == .none)
    #expect(try mode(" ip ospf bfd\n") == .monitor)
    #expect(try mode(" ip ospf bfd profile x\n ip ospf bfd strict hold-off 5\n") == .strict)
    #expect(try mode(" ip ospf bfd strict\n no ip ospf bfd strict\n") == .monitor)
    #expect(try mode(" ip ospf bfd strict\n no ip ospf bfd\n") == .none)
  }

  @Test("A session may be authenticated with the keys of a chain, whatever OSPF does with them")
  func authentication() throws {
    let text = """
      key chain lab
       key 2
        key-string new
       key 1
        key-string old
      bfd
       profile x
        authentication meticulous-keyed-sha1 key-chain lab
      """
    let configuration = try configuration(text)
    #expect(configuration.bfd.profiles["x"]?.authentication?.kind == .meticulousKeyedSHA1)
    #expect(configuration.bfdKeys(ofChain: "lab").map(\.id) == [2, 1])
    #expect(try notices(text) == [])
  }

  @Test("What is hardly meant is told")
  func notes() throws {
    let told = try notices(
      """
      interface eth0
       ip ospf bfd profile fsat
      bfd
       profile fast
        minimum-ttl 10
        echo-mode
        authentication keyed-md5 key-chain none
       peer 10.0.0.1
        profile nowhere
       peer 10.0.0.2
        authentication keyed-md5 key-chain nope
      """)
    #expect(
      told == [
        "test.conf:2:22: 'ip ospf bfd profile fsat': undefined name: there is no BFD profile fsat: the defaults hold",
        "test.conf:4:2: 'authentication keyed-md5 key-chain none': undefined name: no key chain none has a 'key-string': "
          + "no packet is accepted",
        "test.conf:5:3: 'minimum-ttl 10': changed meaning: over a single hop the TTL is 255 (RFC 5881 section 5); "
          + "a lower one is accepted of authenticated packets only",
        "test.conf:6:3: 'echo-mode': changed meaning: Echo packets are not sent; "
          + "Control packets are as often as their interval says",
        "test.conf:8:2: 'peer 10.0.0.1': changed meaning: the session begins when OSPF has this neighbor on an interface "
          + "with 'bfd', and ends with it",
        "test.conf:9:11: 'profile nowhere': undefined name: there is no BFD profile nowhere: the defaults hold",
        "test.conf:10:2: 'peer 10.0.0.2': changed meaning: the session begins when OSPF has this neighbor on an interface "
          + "with 'bfd', and ends with it",
        "test.conf:10:2: 'authentication keyed-md5 key-chain nope': undefined name: no key chain nope has a 'key-string': "
          + "no packet is accepted",
      ])
  }

  @Test("A peer counts also where a single address of an interface has sessions")
  func peerOfAddress() throws {
    let peer = "interface eth1\n ip ospf cost 5\nbfd\n peer 10.0.0.1\n"
    #expect(try parse("interface eth0\n ip ospf bfd 10.0.0.2\n" + peer).notices.map(\.kind) == [.changedMeaning])
    #expect(try parse("interface eth0\n ip ospf cost 5 10.0.0.2\n" + peer).notices.map(\.kind) == [.withoutEffect])
  }

  @Test(
    "A peer that is no OSPF neighbor's, over several hops or in a VRF, is left out with its lines",
    arguments: ["multihop", "vrf red"])
  func peersOfOthers(words: String) throws {
    let parsed = try parse("bfd\n peer 10.0.0.1 \(words)\n  detect-multiplier 9\n exit\n peer 10.0.0.2\n  shutdown\n")
    #expect(parsed.configuration.bfd.peers.keys.map(\.address.description) == ["10.0.0.2"])
    #expect(parsed.notices.first?.lineCount == 3)
  }

  @Test(
    "What cannot be honoured is refused",
    arguments: [
      ("bfd\n detect-multiplier 3\n", "test.conf:2:2: 'detect-multiplier'"),
      ("bfd\n profile x\n  detect-multiplier 0\n", "test.conf:3:21:"),
      ("bfd\n profile x\n  transmit-interval 1\n", "test.conf:3:21:"),
      ("interface eth0\n ip ospf bfd 1 100 100\n", "test.conf:2:14:"),
    ])
  func refused(text: String, beginning: String) {
    let told = errors(text)
    #expect(told.count == 1)
    #expect(told.first?.hasPrefix(beginning) == true, "\(told)")
  }
}
