import Glibc
import Subprocess
import Testing

extension LabTests {
  @Suite("Daemon, router and link may stop and start", .serialized)
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
      try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress], within: .seconds(90))
      return (uplink, daemon, audit)
    }

    /// Ten times longer, in seconds, than a test waits for a route to go that has to go at once.
    private static let longDeadInterval = 600

    @Test("TERM: the route is gone at once, not when the dead interval is over", arguments: RouterSoftware.allCases)
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
        try await uplink.router.awaitNoRoute(Uplink.serviceAddress)
        #expect(try await !uplink.router.isFull(with: Uplink.nodeID), "the last Hello says goodbye")
        #expect(try await !uplink.node.ip("address", "show", "dev", "lo").contains(Uplink.serviceAddress))
        try await audit.finish()
      }
    }

    @Test(
      "KILL: the route is gone within the dead interval; a restart takes over its own old LSAs",
      arguments: RouterSoftware.allCases)
    func killAndRestart(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        _ = try await daemon.end(.kill)
        try await uplink.router.awaitNoRoute(Uplink.serviceAddress)
        let old = try await uplink.router.database().filter { $0.advertisingRouter == Uplink.nodeID }
        #expect(!old.isEmpty, "the router still has the LSAs of the first life")
        let second = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress], within: .seconds(90))
        try await throughout(.seconds(8), "the route stays") {
          try await uplink.router.host.gateways(to: Uplink.serviceAddress) == [Uplink.nodeAddress]
        }
        for lsa in try await uplink.router.database() where lsa.advertisingRouter == Uplink.nodeID {
          guard let before = old.first(where: { $0.lsType == lsa.lsType && $0.linkStateID == lsa.linkStateID }) else { continue }
          #expect(lsa.sequenceNumber >= before.sequenceNumber, "never behind what the router already has")
        }
        // The first life's address was left on the device; the second one knows it for its own and takes it along.
        #expect(try await second.end(.terminate).isSuccess)
        #expect(try await !uplink.node.ip("address", "show", "dev", "lo").contains(Uplink.serviceAddress))
        try await audit.finish()
      }
    }

    @Test("KILL and a service that is gone: the restart flushes the old LSA of the address", arguments: RouterSoftware.allCases)
    func restartWithoutService(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        _ = try await daemon.end(.kill)
        var configuration = NodeConfiguration()
        configuration.services[0].lines.append("shutdown")
        let second = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await second.awaitFull(with: Uplink.routerID)
        try await uplink.router.awaitNoRoute(Uplink.serviceAddress)
        try await eventually("the old LSA is flushed") {
          try await !uplink.router.database().contains {
            $0.lsType == 5 && $0.linkStateID == Uplink.serviceAddress && $0.age < 3600
          }
        }
        try await audit.finish()
      }
    }

    @Test("The router is restarted: adjacency and route come back", arguments: RouterSoftware.allCases)
    func routerRestart(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        try await uplink.router.kill()
        try await uplink.router.host.ip("route", "flush", "proto", software == .frr ? "ospf" : "bird")
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress], within: .seconds(120))
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
        try await uplink.router.awaitNoRoute(Uplink.serviceAddress)
        try await uplink.node.ip("link", "set", "eth0", "up")
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress], within: .seconds(90))
        #expect(daemon.isRunning)
        // tcpdump ends with the link; what it has seen until then is judged.
        try await audit.finish()
      }
    }

    @Test("TSTP: every service is withdrawn while the adjacency stays; CONT: they come back", arguments: RouterSoftware.allCases)
    func suspend(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        daemon.signal(Signal(rawValue: SIGTSTP))
        try await uplink.router.awaitNoRoute(Uplink.serviceAddress)
        try await daemon.awaitService("dns", "suspended")
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
        daemon.signal(.resume)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress])
        try await audit.finish()
      }
    }

    @Test("HUP: a service that is added is announced, and the adjacency stays", arguments: RouterSoftware.allCases)
    func reload(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let (uplink, daemon, audit) = try await announced(lab, software)
        let changes = try await daemon.neighbors().map(\.stateChangeCount)
        var configuration = NodeConfiguration()
        configuration.services.append(.init(name: "second", addresses: ["192.0.2.54"], lines: []))
        _ = try uplink.node.write(configuration.text, to: "anycast-ospfd.conf")
        daemon.signal(.terminalClosed)
        try await uplink.router.awaitRoute("192.0.2.54", via: [Uplink.nodeAddress])
        #expect(try await daemon.neighbors().map(\.stateChangeCount) == changes)
        _ = try uplink.node.write("interface eth0\n ip osfp area 0\n", to: "anycast-ospfd.conf")
        daemon.signal(.terminalClosed)
        try await daemon.awaitLog("anycast-ospfd.conf:2", "osfp")
        #expect(try await uplink.router.host.gateways(to: "192.0.2.54") == [Uplink.nodeAddress])
        try await audit.finish()
      }
    }
  }
}
