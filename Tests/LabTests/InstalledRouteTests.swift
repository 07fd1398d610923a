import LabHarness
import Subprocess
import Testing

extension LabTests {
  @Suite("A service that stands for a host behind the node")
  struct InstalledRouteTests {
    @Test("The kernel's route and the announcement come and go together, and a crash leaves no route for long")
    func route() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        let remote = try await lab.host("remote")
        try await lab.connect(uplink.node, "eth1", remote, "eth0")
        try await uplink.node.address("eth1", network: 1, number: 1)
        try await remote.address(network: 1, number: 2)
        try await remote.ip("address", "add", "\(Uplink.serviceAddress)/32", "dev", "lo")
        try await remote.ip("route", "add", "default", "via", "10.0.1.1")
        try await uplink.node.execute("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let dns = try await DNSServer(on: remote)
        let configuration = NodeConfiguration(services: [
          .init(
            addresses: [Uplink.serviceAddress],
            lines: [
              "address-mode none", "install-route via 10.0.1.2 dev eth1",
              "check dns name www.example.net type A server 10.0.1.2 interval 500ms timeout 400ms rise 2 fall 2",
            ])
        ])
        func installed() async throws -> Bool {
          try await uplink.node.ip("route", "show", "proto", "89").contains("\(Uplink.serviceAddress) via 10.0.1.2 dev eth1")
        }
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [uplink.nodeGateway.ipv4], within: .seconds(90))
        #expect(try await installed())
        #expect(try await uplink.router.host.identity(ofServerAt: Uplink.serviceAddress) == "remote")

        try await uplink.node.ip("link", "set", "eth1", "down")
        try await uplink.node.ip("link", "set", "eth1", "up")
        try await eventually("the route is back", state: { daemon.log }) { try await installed() }

        try await dns.kill()
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [])
        try await eventually("the route is gone") { try await !installed() }
        _ = try await DNSServer(on: remote)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [uplink.nodeGateway.ipv4])
        #expect(try await installed())

        _ = try await daemon.end(.kill)
        #expect(try await installed(), "nobody is left to remove it")
        var other = configuration
        other.services[0].lines.append("shutdown")
        let second = try await AnycastDaemon(on: uplink.node, configuration: other.text)
        try await eventually("the route is gone") { try await !installed() }
        #expect(try await second.end(.terminate).isSuccess)
        try await audit.finish()
      }
    }
  }
}
