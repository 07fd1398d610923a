import ControlAPI
import LabHarness
import PacketCapture
import Testing

extension LabTests {
  @Suite("Keys with lifetimes change by themselves, beside routers whose keys do the same")
  struct KeyLifetimeTests {
    private static let day = 86_400

    private func interface(_ keys: [RouterSetup.LimitedKey]) -> RouterSetup.Interface {
      .init(authentication: .lifetimes(keys))
    }

    private func setup(_ keys: [RouterSetup.LimitedKey]) -> RouterSetup {
      RouterSetup(routerID: Uplink.routerID, interfaces: [interface(keys)])
    }

    private func configuration(_ keys: [RouterSetup.LimitedKey]) -> String {
      NodeConfiguration(interfaces: [interface(keys)], services: [.init(lines: [])]).text
    }

    /// The first key is sent with until `change`, the second one from then until `end`. Both are accepted before and after.
    private func keys(change: Int, end: Int) -> [RouterSetup.LimitedKey] {
      let past = change - Self.day
      return [
        .init(id: 1, key: "the-old-key", send: past...change, accept: past...end + Self.day),
        .init(id: 2, key: "the-new-key", send: change...end, accept: past...end + Self.day),
      ]
    }

    /// The two releases that have key chains with lifetimes in both versions.
    private func peer(_ software: RouterSoftware) async throws -> Peer {
      let peers = try await Peer.all().filter { $0.software == software }
      return try #require(software == .frr ? peers.last : peers.first)
    }

    @Test(
      "The rollover disturbs no adjacency; with no key in force nothing is sent, and the log says so",
      arguments: RouterSoftware.allCases)
    func rollover(software: RouterSoftware) async throws {
      let peer = try await peer(software)
      try await Lab.with { lab in
        let uplink = try await Uplink(lab) { peer.router(on: $0) }
        let audit = try await PacketAudit(of: uplink.node)
        let distant = keys(change: CalendarText.now + Self.day, end: CalendarText.now + 2 * Self.day)
        try await uplink.router.start(setup(distant))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration(distant))
        try await uplink.awaitService()
        #expect(try await sendingKeys(daemon) == [1, 1])
        let changes = try await daemon.neighbors().map(\.stateChangeCount)

        let change = CalendarText.now + 8
        let end = change + 12
        let near = keys(change: change, end: end)
        _ = try uplink.node.write(configuration(near), to: "anycast-ospfd.conf")
        daemon.signal(.terminalClosed)
        if let bird = uplink.router as? BIRDRouter { try await bird.reconfigure(setup(near)) }
        if let frr = uplink.router as? FRRRouter {
          let lines = interface(near).authentication?.keyLines("eth0") ?? []
          for protocolName in ProtocolName.allCases { try await frr.configure(protocolName, lines) }
        }
        try await eventually("the second key is sent with", state: { daemon.log }) { try await sendingKeys(daemon) == [2, 2] }
        // Longer than RouterDeadInterval: the neighbor takes what comes with the second key.
        try await eventually("the second key has been sent with for a while") { CalendarText.now >= change + 7 }
        #expect(try await daemon.neighbors().map(\.stateChangeCount) == changes, "\(daemon.log)")
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
        let refusals = daemon.log.split(separator: "\n").filter { $0.contains("refused") }
        #expect(!refusals.contains { $0.contains("digest") || $0.contains("key") }, "\(refusals)")

        try await eventually("nothing is sent any more") { try await sendingKeys(daemon) == [] }
        for protocolName in ProtocolName.allCases {
          try await daemon.awaitLog("no key is in force", uplink.nodeGateway.source(protocolName))
        }
        try await uplink.router.awaitNoService()
        try await eventually("the router has no neighbor") { try await !uplink.router.isFull(with: Uplink.nodeID) }
        let sent = try await audit.sent()
        for datagram in sent { #expect(isAuthenticated(datagram), "\(datagram)") }
        #expect(Set(sent.compactMap(keyID)) == [1, 2])
        let last = sent.map(\.timestamp).max() ?? .zero
        // The calendar is read once a second.
        #expect(last < .seconds(end + 2))
      }
    }

    /// The keys that are sent with now, one for each OSPF interface that has one.
    private func sendingKeys(_ daemon: AnycastDaemon) async throws -> [Int] {
      try await daemon.interfaces().flatMap { $0.authenticationKeys.filter(\.sending).map(\.id) }
    }

    /// A digest follows the packet, and OSPFv2 says which.
    private func isAuthenticated(_ datagram: CapturedDatagram) -> Bool {
      let bytes = datagram.bytes
      guard bytes.count > 24, bytes.count > Int(bytes[2]) << 8 | Int(bytes[3]) else { return false }
      return bytes[0] == 3 || (bytes[14] == 0 && bytes[15] == 2)
    }

    /// The Key ID in the header of OSPFv2, the Security Association ID in the trailer of OSPFv3.
    private func keyID(_ datagram: CapturedDatagram) -> Int? {
      let bytes = datagram.bytes
      let length = bytes.count > 24 ? Int(bytes[2]) << 8 | Int(bytes[3]) : .max
      if bytes.first == 2 { return bytes.count > 24 ? Int(bytes[18]) : nil }
      return bytes.count > length + 8 ? Int(bytes[length + 6]) << 8 | Int(bytes[length + 7]) : nil
    }
  }
}
