import LabHarness
import Subprocess
import Synchronization
import Testing

extension LabTests {
  @Suite("Checks of real servers", .serialized)
  struct CheckedServersTests {
    private func awaitRoutes(of servers: [CheckedServer], _ uplink: Uplink) async throws {
      for server in servers { try await uplink.router.awaitRoute(server.address, via: [uplink.nodeGateway.ipv4]) }
    }

    private func awaitNoRoutes(of servers: [CheckedServer], _ uplink: Uplink) async throws {
      for server in servers { try await uplink.router.awaitRoute(server.address, via: []) }
    }

    @Test(
      """
      BIND, unbound, FreeRADIUS, syslog-ng, squid, nginx and chrony, each started after the daemon, stopped, continued, killed and \
      started again: its own route follows, and no other
      """)
    func servers() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        let node = uplink.node
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let origin = try await CheckedServer.nginx(on: uplink.router.host, at: uplink.routerGateway.ipv4)
        _ = try await origin.start(on: uplink.router.host)
        let servers = [
          try CheckedServer.bind(on: node, at: "192.0.2.51", except: ["192.0.2.52"]),
          try .unbound(on: node, at: "192.0.2.52"),
          try .freeradius(on: node, at: "192.0.2.54"),
          try .syslogNG(on: node, at: "192.0.2.55"),
          try .squid(on: node, at: "192.0.2.56", origin: uplink.routerGateway.ipv4),
          try await .nginx(on: node, at: "192.0.2.57"),
          try .chrony(on: node, at: "192.0.2.58"),
        ]
        var configuration = NodeConfiguration()
        configuration.services = servers.map { .init(name: $0.name, addresses: [$0.address], lines: $0.checks) }
        let daemon = try await AnycastDaemon(on: node, configuration: configuration.text)
        // Every server binds its address, and finds it, because the daemon adds it before it checks anything.
        try await eventually("the addresses are there") {
          let addresses = try await node.ip("address", "show", "dev", "lo")
          return servers.allSatisfy { addresses.contains("\($0.address)/32") }
        }
        var processes: [String: BackgroundProcess] = [:]
        for server in servers { processes[server.name] = try await server.start(on: node) }
        try await eventually("all services are up", state: { "\((try? await daemon.control("checks").output) ?? "")" }) {
          try await daemon.services().allSatisfy { $0.state == .up }
        }
        try await awaitRoutes(of: servers, uplink)

        // Half of them at a time, so that the others show that no route follows another's server.
        let odd = servers.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let even = servers.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        for (disturbed, others) in [(odd, even), (even, odd)] {
          for server in disturbed { processes[server.name]?.signal(.suspend) }
          try await awaitNoRoutes(of: disturbed, uplink)
          try await awaitRoutes(of: others, uplink)
          for server in disturbed { processes[server.name]?.signal(.resume) }
          try await awaitRoutes(of: servers, uplink)
          for server in disturbed { processes[server.name]?.signal(.kill) }
          try await awaitNoRoutes(of: disturbed, uplink)
          try await awaitRoutes(of: others, uplink)
          for server in disturbed { processes[server.name] = try await server.start(on: node) }
          try await awaitRoutes(of: servers, uplink)
        }

        _ = try node.write("", to: "maintenance")
        try await uplink.router.awaitRoute("192.0.2.57", via: [])
        try await node.execute("rm", "\(node.directory)/maintenance")
        try await awaitRoutes(of: servers, uplink)
        let shown = try await daemon.control("checks").output + daemon.log
        #expect(shown.contains("radius") && !shown.contains("shared in the lab"))
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
      }
    }
  }
}
