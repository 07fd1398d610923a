import Glibc
import LabHarness
import Subprocess
import Testing

extension LabTests {
  @Suite("Daemon, router and link may stop and start")
  struct LifecycleTests {
    /// A router and a node with an announced service.
    private func announced(
      _ lab: Lab, _ software: RouterSoftware, _ configuration: NodeConfiguration = NodeConfiguration(),
      setup: RouterSetup = .init(routerID: Uplink.routerID)
    ) async throws -> (uplink: Uplink, daemon: AnycastDaemon, audit: PacketAudit) {
      let uplink = try await Uplink(lab, software)
      let audit = try await PacketAudit(of: uplink.node)
      try await uplink.router.start(setup)
      _ = try await DNSServer(on: uplink.node)
      let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
      try await uplink.awaitService()
      return (uplink, daemon, audit)
    }

    /// Ten times longer, in seconds, than a test waits for a route to go that has to go at once.
    private static let longDeadInterval = 600

    @Test("TERM: the routes are gone at once, not when the dead interval is over", arguments: RouterSoftware.allCases)
    func terminate(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        var configuration = NodeConfiguration()
        configuration.interfaces = [.init(networkType: .pointToPoint, routerDeadInterval: Self.longDeadInterval)]
        let (uplink, daemon, audit) = try await announced(
          lab, software, configuration,
          setup: .init(
            routerID: Uplink.routerID,
            interfaces: [.init(networkType: .pointToPoint, routerDeadInterval: Self.longDeadInterval)]))
        #expect(try await daemon.end(.terminate).isSuccess, "\(daemon.log)")
        try await uplink.router.awaitNoService()
        #expect(try await !uplink.router.isFull(with: Uplink.nodeID), "the last Hello says goodbye")
        #expect(try await !uplink.node.hasServiceAddress())
        try await audit.finish()
      }
    }

    @Test("No signal ends the daemon out of order, whichever thread it meets")
    func signalsAtOnce() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        var configuration = NodeConfiguration()
        // Subprocess waits for the commands in a thread that blocks nothing.
        configuration.services[0].lines = ["check exec /bin/true interval 100ms"]
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.awaitService()
        #expect(try daemon.threads(openTo: [SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGURG, SIGUSR2]) == [])
        for _ in 0..<500 { daemon.signal(.resume) }
        // As systemd does: what is stopped may go on and end.
        daemon.signal(.terminate)
        #expect(try await daemon.end(.resume).isSuccess, "\(daemon.log)")
        try await uplink.router.awaitNoService()
        #expect(try await !uplink.node.hasServiceAddress())
      }
    }

    @Test(
      "KILL: the routes are gone within the dead interval; a restart takes over its own old LSAs",
      arguments: RouterSoftware.allCases)
    func killAndRestart(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        _ = try await daemon.end(.kill)
        try await uplink.router.awaitNoService()
        let old = try await uplink.router.lsas(from: Uplink.nodeID)
        #expect(old.count(where: \.isExternal) == 2, "the router still has the LSAs of the first life")
        let second = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text)
        try await uplink.awaitService()
        let host = uplink.router.host
        try await throughout(.seconds(8), "the routes stay") {
          let gateways = [
            try await host.gateways(to: Uplink.serviceAddress), try await host.gateways(to: Uplink.serviceAddress6),
          ]
          return gateways == [[uplink.nodeGateway.ipv4], [uplink.nodeGateway.ipv6]]
        }
        for lsa in try await uplink.router.lsas(from: Uplink.nodeID) {
          guard let before = old.first(where: { $0.lsType == lsa.lsType && $0.linkStateID == lsa.linkStateID }) else { continue }
          #expect(lsa.sequenceNumber >= before.sequenceNumber, "never behind what the router already has")
        }
        // The first life's addresses were left on the device; the second one knows them for its own and takes them along.
        #expect(try await second.end(.terminate).isSuccess)
        #expect(try await !uplink.node.hasServiceAddress())
        try await audit.finish()
      }
    }

    @Test("KILL and a service that is gone: the restart flushes its old LSAs", arguments: RouterSoftware.allCases)
    func restartWithoutService(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        _ = try await daemon.end(.kill)
        var configuration = NodeConfiguration()
        configuration.services[0].lines.append("shutdown")
        let second = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await second.awaitFull(with: Uplink.routerID)
        try await uplink.router.awaitNoService()
        try await eventually("the old LSAs are flushed") {
          try await !uplink.router.lsas(from: Uplink.nodeID).contains { $0.isExternal }
        }
        try await audit.finish()
      }
    }

    @Test("The router is restarted: adjacencies and routes come back", arguments: RouterSoftware.allCases)
    func routerRestart(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        try await uplink.router.kill()
        for family in [IPFamily.ipv4, .ipv6] {
          try await uplink.router.host.ip(
            family.rawValue, "route", "flush", "proto", software == .frr ? "ospf" : "bird")
        }
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        try await uplink.awaitService(within: .seconds(120))
        try await daemon.awaitFull(with: Uplink.routerID)
        try await audit.finish()
      }
    }

    @Test("The link goes down and comes up, without a restart", arguments: RouterSoftware.allCases)
    func linkDown(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        try await uplink.node.ip("link", "set", "eth0", "down")
        try await eventually("the daemon has no neighbor", state: { daemon.log }) { try await daemon.neighbors().isEmpty }
        try await uplink.router.awaitNoService()
        try await uplink.node.ip("link", "set", "eth0", "up")
        try await uplink.awaitService()
        #expect(daemon.isRunning)
        // tcpdump ends with the link; what it has seen until then is judged.
        try await audit.finish()
      }
    }

    @Test("The address that gave the router ID goes, and its interface with it; both come back")
    func routerIDAddressGone() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID, protocols: [.ospfV2]))
        var configuration = NodeConfiguration(protocols: [.ospfV2], services: [])
        configuration.routerID = uplink.nodeGateway.ipv4
        let text = configuration.text.replacing(" ospf router-id \(uplink.nodeGateway.ipv4)\n", with: "")
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: text)
        let isFull = { try await daemon.neighbors().map(\.state) == [.full] }
        try await eventually("the adjacency is Full", state: { daemon.log }, isFull)
        #expect(try await daemon.status().instances.map(\.routerID) == [uplink.nodeGateway.ipv4])
        try await uplink.node.ip("address", "delete", "\(uplink.nodeGateway.ipv4)/24", "dev", "eth0")
        try await eventually("the interface is gone") { try await daemon.interfaces().isEmpty }
        try await uplink.node.ip("address", "add", "\(uplink.nodeGateway.ipv4)/24", "dev", "eth0")
        try await eventually("the adjacency is Full again", state: { daemon.log }, isFull)
      }
    }

    @Test("OSPFv3: the link-local address changes, and the routes follow it", arguments: RouterSoftware.allCases)
    func linkLocalAddressChange(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, _, audit) = try await announced(lab, software)
        let new = Gateway(ipv4: uplink.nodeGateway.ipv4, ipv6: "fe80::2")
        try await uplink.node.ip("address", "delete", "\(uplink.nodeGateway.ipv6)/64", "dev", "eth0")
        try await uplink.node.ip("address", "add", "\(new.ipv6)/64", "dev", "eth0")
        try await uplink.router.awaitService(via: [new])
        #expect(try await uplink.router.host.serviceIdentities() == ["node", "node"])
        try await audit.finish()
      }
    }

    @Test("TSTP: every service is withdrawn while the adjacencies stay; CONT: they come back", arguments: RouterSoftware.allCases)
    func suspend(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        daemon.signal(Signal(rawValue: SIGTSTP))
        try await uplink.router.awaitNoService()
        try await daemon.awaitService("dns", .suspended)
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
        daemon.signal(.resume)
        try await uplink.awaitService()
        try await audit.finish()
      }
    }

    @Test("HUP: a service that is added is announced, and the adjacencies stay", arguments: RouterSoftware.allCases)
    func reload(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        let changes = try await daemon.neighbors().map(\.stateChangeCount)
        var configuration = NodeConfiguration()
        let addresses = ["192.0.2.54", "2001:db8:ffff::54"]
        configuration.services.append(.init(name: "second", addresses: addresses, lines: []))
        _ = try uplink.node.write(configuration.text, to: "anycast-ospfd.conf")
        daemon.signal(.terminalClosed)
        try await uplink.router.awaitRoute(addresses[0], via: [uplink.nodeGateway.ipv4])
        try await uplink.router.awaitRoute(addresses[1], via: [uplink.nodeGateway.ipv6])
        #expect(try await daemon.neighbors().map(\.stateChangeCount) == changes)
        _ = try uplink.node.write("interface eth0\n ip osfp area 0\n", to: "anycast-ospfd.conf")
        daemon.signal(.terminalClosed)
        try await daemon.awaitLog("anycast-ospfd.conf:2", "osfp")
        #expect(try await uplink.router.host.gateways(to: addresses[0]) == [uplink.nodeGateway.ipv4])
        #expect(try await uplink.router.host.gateways(to: addresses[1]) == [uplink.nodeGateway.ipv6])
        try await audit.finish()
      }
    }
  }
}
