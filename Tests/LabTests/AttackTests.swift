import ControlAPI
import FoundationEssentials
import Testing

extension LabTests {
  @Suite("A third host on the segment forges packets (scripts/attack, with scapy)")
  struct AttackTests {
    /// What became of an attack: a line of `scripts/attack`.
    struct Outcome: Decodable {
      var attack: String
      var version: Int
      var sent: Int
      var alive: Bool
      var answered: Int?
      var secondsUntilFull: Double?
      var privateKilobytes: Int?
    }

    /// A node, its router and an attacker on one switch.
    private struct Scene {
      let lab: Lab
      let router: any LabRouter
      let routerGateway: Gateway
      let node: Host
      let nodeGateway: Gateway
      let attacker: Host

      init(_ lab: Lab, _ software: RouterSoftware = .frr) async throws {
        self.lab = lab
        let bridge = try await lab.networkSwitch()
        let routerHost: Host
        (routerHost, routerGateway) = try await Self.host(lab, "router", on: bridge, number: 1)
        (node, nodeGateway) = try await Self.host(lab, "node", on: bridge, number: 2)
        (attacker, _) = try await Self.host(lab, "attacker", on: bridge, number: 3)
        router = software.router(on: routerHost)
      }

      private static func host(_ lab: Lab, _ name: String, on bridge: Host, number: Int) async throws -> (Host, Gateway) {
        let host = try await lab.host(name)
        try await lab.connect(host, "eth0", to: bridge)
        return (host, try await host.address(number: number))
      }

      /// Runs the catalogue against the daemon.
      func attack(_ daemon: AnycastDaemon, _ protocolName: ProtocolName, _ more: [String] = []) async throws -> [Outcome] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let mac = try await node.execute("cat", "/sys/class/net/eth0/address").filter { !$0.isWhitespace }
        let status = try await daemon.status()
        let output = try await attacker.execute(
          [
            "/usr/bin/python3", root + "/scripts/attack", "--version", protocolName == .ospfV2 ? "2" : "3", "--router-id",
            Uplink.routerID,
            "--router-address", routerGateway.source(protocolName), "--node-id", Uplink.nodeID, "--node-address",
            nodeGateway.source(protocolName), "--node-mac", mac, "--node-namespace", node.namespace, "--socket",
            node.directory + "/control.sock", "--process", "\(status.processID)",
          ] + more)
        return try output.split(separator: "\n").map { try decoded(Outcome.self, from: String($0)) }
      }
    }

    /// The daemon's own Hellos, and what an exchange of databases takes, beside what an attack draws from it.
    private static let ordinaryPackets = 400

    private func verify(_ outcomes: [Outcome], from memory: Int) {
      for outcome in outcomes {
        #expect(outcome.alive, "\(outcome)")
        #expect(outcome.secondsUntilFull != nil, "the adjacency is back: \(outcome)")
        #expect(outcome.answered ?? 0 <= outcome.sent + Self.ordinaryPackets, "nothing is amplified: \(outcome)")
        #expect((outcome.privateKilobytes ?? 0) << 10 <= memory + 32 << 20, "memory is bounded: \(outcome)")
      }
    }

    @Test(
      "Every attack of the catalogue: alive, memory bounded, the adjacency back, nothing amplified",
      arguments: ProtocolName.allCases)
    func catalogue(protocolName: ProtocolName) async throws {
      try await Lab.with { lab in
        let scene = try await Scene(lab)
        try await scene.router.start(.init(routerID: Uplink.routerID))
        _ = try await DNSServer(on: scene.node)
        let daemon = try await AnycastDaemon(on: scene.node, configuration: NodeConfiguration().text)
        try await scene.router.awaitService(via: [scene.nodeGateway], within: .seconds(90))
        let outcomes = try await scene.attack(daemon, protocolName)
        #expect(outcomes.count == 18, "\(outcomes.map(\.attack))")
        verify(outcomes, from: try daemon.privateMemory())
        for outcome in outcomes { print(outcome) }
        // A router that has lost the thread of an exchange needs RxmtInterval; where it takes longer, the log says what for.
        if outcomes.contains(where: { $0.secondsUntilFull ?? .infinity > 10 }) { print(daemon.log) }
        #expect(try await daemon.end(.terminate).isSuccess)
      }
    }

    @Test("Authenticated Hellos that are replayed are refused, and the adjacency stays", arguments: ProtocolName.allCases)
    func replay(protocolName: ProtocolName) async throws {
      try await Lab.with { lab in
        // BIRD has authentication in both versions in every Debian.
        let scene = try await Scene(lab, .bird)
        var interface = RouterSetup.Interface(authentication: .md5([(id: 1, key: "sekret")]), trailer: RouterSetup.Trailer())
        try await scene.router.start(.init(routerID: Uplink.routerID, interfaces: [interface]))
        _ = try await DNSServer(on: scene.node)
        var configuration = NodeConfiguration()
        interface.priority = 0
        configuration.interfaces = [interface]
        let daemon = try await AnycastDaemon(on: scene.node, configuration: configuration.text)
        try await scene.router.awaitService(via: [scene.nodeGateway], within: .seconds(90))
        let outcomes = try await scene.attack(daemon, protocolName, ["--replay"])
        #expect(outcomes.count == 1 && outcomes[0].sent >= 50)
        verify(outcomes, from: try daemon.privateMemory())
        #expect(outcomes.first?.secondsUntilFull ?? 1 < 0.5, "it was Full all the time")
        try await daemon.awaitLog("refused", "sequence number")
      }
    }
  }
}
