import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("OSPFv2 packets are authenticated as Quagga, FRR and BIRD do it")
  struct AuthenticationTests {
    private typealias Keys = RouterSetup.PacketAuthentication

    private func setup(_ authentication: Keys?, routerDeadInterval: Int = 4) -> RouterSetup {
      let interface = RouterSetup.Interface(routerDeadInterval: routerDeadInterval, authentication: authentication)
      return RouterSetup(routerID: Uplink.routerID, interfaces: [interface], protocols: [.ospfV2])
    }

    private func configuration(_ authentication: Keys?, routerDeadInterval: Int = 4) -> String {
      NodeConfiguration(
        interfaces: [.init(routerDeadInterval: routerDeadInterval, priority: 0, authentication: authentication)],
        protocols: [.ospfV2],
        services: [.init(addresses: [Uplink.serviceAddress], lines: [])]
      ).text
    }

    private func awaitService(_ uplink: Uplink) async throws {
      try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [uplink.nodeGateway.ipv4])
    }

    /// A router and a node with the same keys, and the service of the node at the router.
    private func expectService(_ software: RouterSoftware, _ authentication: Keys) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(setup(authentication))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration(authentication))
        try await awaitService(uplink)
        #expect(!daemon.log.contains("refused"))
      }
    }

    @Test("A simple password", arguments: RouterSoftware.allCases)
    func simplePassword(software: RouterSoftware) async throws { try await expectService(software, .simple("sekret")) }

    @Test("Keyed MD5", arguments: RouterSoftware.allCases)
    func md5(software: RouterSoftware) async throws { try await expectService(software, .md5([(5, "sixteen-octets..")])) }

    @Test("HMAC-SHA-256 of a key chain (RFC 5709)")
    func hmacSHA256() async throws { try await expectService(.bird, .hmac(id: 5, algorithm: "hmac-sha-256", key: "a-key")) }

    @Test("A node that crashes and comes back goes on with its sequence numbers", arguments: RouterSoftware.allCases)
    func restart(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let keys = Keys.md5([(5, "sekret")])
        try await uplink.router.start(setup(keys))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration(keys))
        try await awaitService(uplink)
        _ = try await daemon.end(.kill)
        let successor = try await AnycastDaemon(on: uplink.node, configuration: configuration(keys))
        try await successor.awaitLog("service dns", "up")
        try await eventually("the router is Full again", within: .seconds(30), state: { successor.log }) {
          try await successor.neighbors().contains { $0.state == .full }
        }
        try await awaitService(uplink)
      }
    }

    private static let oldKey = (id: 1, key: "the-old-key"), newKey = (id: 2, key: "the-new-key")

    @Test("BIRD and the node accept both keys, then send with the new one, then forget the old one: no packet is refused")
    func rollover() async throws {
      let old = Self.oldKey, new = Self.newKey
      try await rollover(.bird, routerDeadInterval: 4) { daemon, router in
        let bird = try #require(router as? BIRDRouter)
        // BIRD sends with the key that stands first.
        for (its, ours) in [([old, new], [new, old]), ([old, new], [old, new]), ([new, old], [new]), ([new], [new])] {
          try await reload(daemon, configuration(.md5(ours)))
          try await bird.reconfigure(setup(.md5(its)))
          try await awaitHellos(daemon, 8)
        }
        #expect(!daemon.log.contains("refused"))
      }
    }

    @Test("FRR accepts no key but its last one: it is changed on both sides within RouterDeadInterval")
    func rolloverOfFRR() async throws {
      let old = Self.oldKey, new = Self.newKey
      try await rollover(.frr, routerDeadInterval: 20) { daemon, router in
        let frr = try #require(router as? FRRRouter)
        try await reload(daemon, configuration(.md5([new, old]), routerDeadInterval: 20))
        try await frr.configure(.ospfV2, "interface eth0", "ip ospf message-digest-key \(new.id) md5 \(new.key)")
        try await reload(daemon, configuration(.md5([new]), routerDeadInterval: 20))
        try await frr.configure(.ospfV2, "interface eth0", "no ip ospf message-digest-key \(old.id)")
        try await awaitHellos(daemon, 24)
      }
    }

    /// A change of keys that disturbs no adjacency.
    private func rollover(
      _ software: RouterSoftware, routerDeadInterval: Int,
      _ change: @Sendable @escaping (AnycastDaemon, any LabRouter) async throws -> Void
    ) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(setup(.md5([Self.oldKey]), routerDeadInterval: routerDeadInterval))
        let daemon = try await AnycastDaemon(
          on: uplink.node, configuration: configuration(.md5([Self.oldKey]), routerDeadInterval: routerDeadInterval))
        try await awaitService(uplink)
        let changes = try await daemon.neighbors().map(\.stateChangeCount)
        try await change(daemon, uplink.router)
        #expect(try await daemon.neighbors().map(\.stateChangeCount) == changes, "\(daemon.log)")
        #expect(try await uplink.router.isFull(with: Uplink.nodeID, in: [.ospfV2]))
      }
    }

    @Test("A wrong key is named by its ID in the log and never shown", arguments: RouterSoftware.allCases)
    func wrongKey(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .md5([(5, "geheim")]), node: .md5([(5, "verborgen")]), words: ["md5 digest is wrong", "key with ID 5"])
    }

    @Test("An unknown key ID is named in the log", arguments: RouterSoftware.allCases)
    func unknownKey(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .md5([(7, "geheim")]), node: .md5([(5, "geheim")]), words: ["key ID is 7", "no such key here"])
    }

    @Test("A wrong password is told and never shown", arguments: RouterSoftware.allCases)
    func wrongPassword(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .simple("geheim"), node: .simple("verborge"), words: ["simple password is another one"])
    }

    @Test("Authentication on one side alone is told with both types", arguments: RouterSoftware.allCases)
    func oneSide(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .md5([(5, "geheim")]), node: nil, words: ["authentication type is cryptographic there and null here"])
    }

    private func expectLog(_ software: RouterSoftware, router: Keys?, node: Keys?, words: [String]) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(setup(router))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration(node))
        try await daemon.awaitLog(words + [uplink.routerGateway.ipv4])
        #expect(try await daemon.neighbors().isEmpty)
        #expect(!daemon.log.contains("geheim") && !daemon.log.contains("verborge"))
      }
    }

    private func reload(_ daemon: AnycastDaemon, _ configuration: String) async throws {
      let before = daemon.log.count
      _ = try daemon.host.write(configuration, to: "anycast-ospfd.conf")
      daemon.signal(.terminalClosed)
      try await eventually("the daemon has read its configuration again", state: { daemon.log }) {
        daemon.log.dropFirst(before).contains("configuration")
      }
    }

    /// Waits for more Hellos than fit into RouterDeadInterval.
    private func awaitHellos(_ daemon: AnycastDaemon, _ count: UInt64) async throws {
      func received() async throws -> UInt64 {
        try await daemon.interfaces().reduce(0) { $0 + $1.packetsReceived.hello }
      }
      let before = try await received()
      try await eventually("\(count) Hellos have come", within: .seconds(60), state: { daemon.log }) {
        try await received() >= before + count
      }
    }
  }
}
