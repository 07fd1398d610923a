import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("A path that fails is noticed long before the dead interval is over")
  struct FailureDetectionTests {
    /// In seconds: nobody waits for it in these tests.
    private static let longDeadInterval = 600

    private static func interface(priority: Int = 1, interval: Int? = 100) -> RouterSetup.Interface {
      var interface = RouterSetup.Interface(
        networkType: .pointToPoint, routerDeadInterval: longDeadInterval, priority: priority)
      interface.bfdInterval = interval
      return interface
    }

    /// A router and a node with an announced service, and their sessions.
    private func watched(
      _ lab: Lab, _ software: RouterSoftware, lines: String = ""
    ) async throws -> (uplink: Uplink, daemon: AnycastDaemon) {
      let uplink = try await Uplink(lab, software)
      try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [Self.interface()]))
      _ = try await DNSServer(on: uplink.node)
      var configuration = NodeConfiguration()
      configuration.interfaces = [Self.interface(priority: 0)]
      let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text + lines)
      try await uplink.awaitService()
      try await awaitSessions(daemon)
      return (uplink, daemon)
    }

    /// One for each version.
    private func awaitSessions(_ daemon: AnycastDaemon) async throws {
      try await eventually("two sessions of BFD are up", state: { daemon.log }) {
        let sessions = try await daemon.bfdSessions()
        return sessions.count == 2 && sessions.allSatisfy { $0.state == .up && $0.remoteState == .up }
      }
    }

    @Test(
      "BFD: a cut link ends adjacencies and routes on both sides; when it is mended they come back",
      arguments: RouterSoftware.allCases)
    func cut(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await watched(lab, software)
        let session = try #require(try await daemon.bfdSessions().first)
        #expect(session.transmitIntervalSeconds == 0.1)
        #expect(abs((session.detectionTimeSeconds ?? 0) - 0.3) < 0.001)
        #expect(session.local.detectMultiplier == 3 && session.remote?.detectMultiplier == 3)
        try await uplink.node.cutEverything()
        try await daemon.awaitLog("BFD with", "Up -> Down", "no packet within the detection time")
        try await eventually("no adjacency is left", state: { daemon.log }) { try await daemon.neighbors().isEmpty }
        try await uplink.router.awaitNoService()
        try await uplink.node.execute("nft", "flush", "ruleset")
        try await uplink.awaitService(within: .seconds(120))
        try await awaitSessions(daemon)
      }
    }

    @Test("BFD: TERM leaves in order, and says AdminDown last", arguments: RouterSoftware.allCases)
    func terminate(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await watched(lab, software)
        #expect(try await daemon.end(.terminate).isSuccess, "\(daemon.log)")
        try await uplink.router.awaitNoService()
        #expect(try await !uplink.router.isFull(with: Uplink.nodeID))
      }
    }

    @Test(
      "BFD: a router that takes its session down administratively takes no adjacency down; both sides say so in the same words")
    func administrativelyDown() async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await watched(lab, .frr)
        func tell(_ command: String) async throws {
          try await Shell.run(
            "vtysh",
            ["--vty_socket", uplink.router.host.directory, "-d", "bfdd"]
              + ["configure terminal", "bfd", "profile lab", command].flatMap { ["-c", $0] })
        }
        func shown() async throws -> Set<String> {
          let output = try await daemon.control("show", "bfd", "peers").output
          return Set(output.split(separator: "\n").map { $0.filter { !$0.isWhitespace } })
        }
        #expect(
          try await shown().isSuperset(of: ["Status:up", "Diagnostics:ok", "Detect-multiplier:3", "Receiveinterval:100ms"]))
        try await tell("shutdown")
        try await daemon.awaitLog("BFD with", "Up -> Down", "the neighbor is administratively down")
        try await throughout(.seconds(3), "the adjacencies stay") {
          try await daemon.neighbors().map(\.state) == [.full, .full]
        }
        try await uplink.awaitService()
        let down = try await shown()
        #expect(down.isSuperset(of: ["Status:down", "Diagnostics:neighborsignaledsessiondown"]), "\(down)")
        try await tell("no shutdown")
        try await awaitSessions(daemon)
        #expect(try await daemon.neighbors().map(\.stateChangeCount).allSatisfy { $0 < 10 })
      }
    }

    @Test(
      "BFD: a node that restarts gracefully ends its sessions before, and keeps its adjacencies",
      arguments: RouterSoftware.allCases)
    func gracefulRestart(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(
          .init(routerID: Uplink.routerID, interfaces: [Self.interface()], helpsRestarts: true))
        _ = try await DNSServer(on: uplink.node)
        var configuration = NodeConfiguration()
        configuration.interfaces = [Self.interface(priority: 0)]
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.awaitService()
        try await awaitSessions(daemon)
        let result = try await daemon.control("restart", "--graceful")
        #expect(result.status.isSuccess, "\(result.output)\(result.errorOutput)\n\(daemon.log)")
        try await awaitSessions(daemon)
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
      }
    }

    @Test("BFD: a router without it holds nothing back, and a strict interface waits for it")
    func strict() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(
          .init(routerID: Uplink.routerID, interfaces: [Self.interface(interval: nil)], protocols: [.ospfV2]))
        _ = try await DNSServer(on: uplink.node)
        var configuration = NodeConfiguration()
        configuration.interfaces = [Self.interface(priority: 0)]
        configuration.protocols = [.ospfV2]
        configuration.services[0].addresses = [Uplink.serviceAddress]
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [uplink.nodeGateway.ipv4])
        #expect(try await daemon.bfdSessions().map(\.state) == [.down])
        #expect(try await daemon.end(.terminate).isSuccess)
        let text = configuration.text + "interface eth0\n ip ospf bfd strict\n!\n"
        let second = try await AnycastDaemon(on: uplink.node, configuration: text)
        try await eventually("the neighbor is there", state: { second.log }) { try await second.neighbors().count == 1 }
        try await throughout(.seconds(5), "the neighbor stays in Init") {
          try await second.neighbors().map(\.state) == [.`init`]
        }
      }
    }

    @Test("BFD: sessions hold under load, as scripts/soak-bfd measures it for longer")
    func soak() async throws {
      let result = try await Shell.attempt(
        "env", ["BENCH_PROGRAMS=" + AnycastDaemon.programs, Peer.root + "/scripts/soak-bfd", "--smoke"])
      print(result.output)
      #expect(result.status.isSuccess, "\(result.errorOutput)")
      #expect(result.output.split(separator: "\n").count { $0.contains("anycast-ospfd went down 0 times") } == 2)
    }

    @Test("Fast Hellos: `dead-interval minimal hello-multiplier` becomes Full with FRR, and a silent side is gone in a second")
    func fastHellos() async throws {
      try await Lab.with { lab in
        var interface = RouterSetup.Interface(networkType: .pointToPoint)
        interface.helloMultiplier = 5
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [interface], protocols: [.ospfV2]))
        _ = try await DNSServer(on: uplink.node)
        var configuration = NodeConfiguration()
        configuration.interfaces = [interface]
        configuration.protocols = [.ospfV2]
        configuration.services[0].addresses = [Uplink.serviceAddress]
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [uplink.nodeGateway.ipv4])
        #expect(try await daemon.interfaces().first?.deadIntervalSeconds == 1)
        try await uplink.node.cutEverything()
        try await daemon.awaitLog("Full -> Down", "dead timer expired")
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [])
      }
    }
  }
}

extension Host {
  /// Drops every packet, in both directions, and leaves the device up.
  fileprivate func cutEverything() async throws {
    let rules = """
      table inet cut {
        chain input { type filter hook input priority 0; policy drop; }
        chain output { type filter hook output priority 0; policy drop; }
      }
      """
    try await execute(["nft", "-f", "-"], input: rules)
  }
}
