import LabHarness
import Subprocess
import Testing

extension LabTests {
  /// A black hole is a request that a router leads to a node which does not serve it.
  @Suite("A client along the routers' routes finds no black hole")
  struct BlackHoleTests {
    private typealias Counts = RequestClient.Counts

    private static let check = "check dns name www.example.net type A"
    private static let options = "interval 500ms timeout 400ms rise 2 fall 2"
    /// Requests that are watched in a state that is to stay: two seconds of them.
    private static let watched = 100

    /// A router with a client behind it and some nodes before it, each on a network of its own.
    private struct Site: Sendable {
      let router: any LabRouter
      let client: Host
      let nodes: [Host]

      init(_ lab: Lab, nodes count: Int) async throws {
        let routerHost = try await lab.host("router")
        client = try await lab.host("client")
        var nodes: [Host] = []
        for number in 1...count { nodes.append(try await lab.host("node\(number)")) }
        self.nodes = nodes
        for (number, host) in ([client] + nodes).enumerated() {
          try await lab.connect(host, "eth0", routerHost, "to\(number)")
          try await routerHost.ip("address", "add", "10.0.\(number).1/24", "dev", "to\(number)")
          try await host.ip("address", "add", "10.0.\(number).2/24", "dev", "eth0")
          try await host.ip("route", "add", "default", "via", "10.0.\(number).1")
        }
        // A lab says of every request what became of it.
        for host in [routerHost, client] + nodes {
          try await host.execute("sysctl", "-q", "-w", "net.ipv4.icmp_ratelimit=0")
        }
        // The kernel would tell of a missing route once a second.
        try await routerHost.execute(
          ["nft", "-f", "-"],
          input: """
            table ip unrouted {
              chain prerouting {
                type filter hook prerouting priority 0;
                ip daddr 192.0.2.0/24 fib daddr oif missing reject with icmp type host-unreachable
              }
            }

            """)
        router = RouterSoftware.frr.router(on: routerHost)
        try await router.start(
          .init(
            routerID: Uplink.routerID, interfaces: (1...count).map { Self.interface("to\($0)") }, protocols: [.ospfV2]))
      }

      private static func interface(_ device: String) -> RouterSetup.Interface {
        .init(device: device, networkType: .pointToPoint, priority: 0)
      }

      func configuration(_ node: Int, _ services: [NodeConfiguration.Service]) -> String {
        NodeConfiguration(
          routerID: "192.0.2.\(node + 2)", interfaces: [Self.interface("eth0")], protocols: [.ospfV2], services: services
        ).text
      }

      func start(_ node: Int, _ services: NodeConfiguration.Service...) async throws -> AnycastDaemon {
        try await AnycastDaemon(on: nodes[node], configuration: configuration(node, services))
      }

      /// Waits for the route to an address through these nodes, by their positions.
      func awaitRoute(_ address: String = Uplink.serviceAddress, via nodes: [Int]) async throws {
        try await router.awaitRoute(address, via: nodes.map { "10.0.\($0 + 1).2" })
      }
    }

    private func service(
      _ name: String = "dns", _ address: String = Uplink.serviceAddress, mode: String, check: String = check
    ) -> NodeConfiguration.Service {
      .init(name: name, addresses: [address], lines: ["address-mode \(mode)", "\(check) \(Self.options)"])
    }

    /// A server dies while it is announced: requests are refused until its node is withdrawn, and never again.
    private func expectNoHoleAfterKill(
      _ client: RequestClient, _ story: String, kill: () async throws -> Void, gone: () async throws -> Void
    ) async throws {
      let begin = ContinuousClock().now
      try await kill()
      try await gone()
      let end = ContinuousClock().now
      let during = try await client.counts(since: begin, until: end)
      print("\(story): \(during) until the route is gone")
      let after = try await client.awaitOutcome(.unreachable, Self.watched)
      #expect(after == [.unreachable: after[.unreachable, default: 0]], "\(story): \(after)")
    }

    /// From its announcement on every request to a service is answered.
    private func expectAnnouncement(
      _ client: RequestClient, _ story: String, announce: () async throws -> Void
    ) async throws {
      let begin = ContinuousClock().now
      try await announce()
      try await client.awaitOutcome(.answered, Self.watched)
      let counts = try await client.counts(since: begin)
      print("\(story): \(counts) with the announcement among them")
      // Before it the router had no route.
      #expect(counts[.refused, default: 0] == 0 && counts[.lost, default: 0] == 0, "\(story): \(counts)")
      let since = try await client.awaitOutcome(.answered, Self.watched)
      #expect(since == [.answered: since[.answered, default: 0]], "\(story): \(since)")
    }

    private func expectNoHoleAtTermination(_ daemon: AnycastDaemon, _ client: RequestClient) async throws {
      let begin = ContinuousClock().now
      #expect(try await daemon.end(.terminate).isSuccess)
      try await client.awaitOutcome(.unreachable, Self.watched)
      let counts = try await client.counts(since: begin)
      #expect(counts[.refused, default: 0] == 0 && counts[.lost, default: 0] == 0, "TERM: \(counts)")
    }

    @Test("`healthy` with a server that does not listen on the address, because it bound before the address came, or ceased to")
    func boundBefore() async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab, nodes: 1)
        let client = try RequestClient(from: site.client, to: Uplink.serviceAddress)
        let begin = ContinuousClock().now
        let bind = try CheckedServer.bind(on: site.nodes[0], at: Uplink.serviceAddress, except: [])
        let early = try await bind.start(on: site.nodes[0])
        let daemon = try await site.start(0, service(mode: "healthy"))
        try await site.router.awaitFull(with: "192.0.2.2", in: [.ospfV2])
        // The address came, the check failed with it, and the address went.
        try await daemon.awaitLog("dns", "its checks pass without its addresses and fail with them")
        try await client.awaitOutcome(.unreachable, Self.watched)
        let counts = try await client.counts(since: begin)
        #expect(counts == [.unreachable: counts[.unreachable, default: 0]], "\(counts)")

        early.signal(.kill)
        let server = try await DNSServer(on: site.nodes[0])
        try await expectAnnouncement(client, "a server on every address") { try await site.awaitRoute(via: [0]) }

        // The loopback goes on answering.
        try await expectNoHoleAfterKill(client, "a server that is not there any more") {
          try await server.kill()
          let other = try CheckedServer.bind(on: site.nodes[0], at: Uplink.serviceAddress, except: [Uplink.serviceAddress])
          _ = try await other.start(on: site.nodes[0])
        } gone: {
          try await site.awaitRoute(via: [])
        }
      }
    }

    @Test("`healthy` with a server that listens on the service's address alone, before that is there")
    func addressAlone() async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab, nodes: 1)
        let node = site.nodes[0]
        let client = try RequestClient(from: site.client, to: Uplink.serviceAddress)
        let unbound = try CheckedServer.unbound(on: node, at: Uplink.serviceAddress, bindsAbsentAddress: true)
        var server = try await unbound.start(on: node)
        let daemon = try await site.start(0, service(mode: "healthy"))
        try await expectAnnouncement(client, "a server on the absent address") { try await site.awaitRoute(via: [0]) }
        try await expectNoHoleAfterKill(client, "it is killed") {
          server.signal(.kill)
        } gone: {
          try await site.awaitRoute(via: [])
        }
        try await eventually("the address is removed", state: { daemon.log }) {
          try await !node.ip("address", "show", "dev", "lo").contains(Uplink.serviceAddress)
        }
        server = try await unbound.start(on: node)
        try await expectAnnouncement(client, "it is started again") { try await site.awaitRoute(via: [0]) }
        try await expectNoHoleAtTermination(daemon, client)
      }
    }

    @Test("`install-route`: the kernel's route to the server behind the node comes before the announcement and goes after it")
    func installedRoute() async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab, nodes: 1)
        let node = site.nodes[0]
        let remote = try await lab.host("remote")
        try await lab.connect(node, "eth1", remote, "eth0")
        try await node.ip("address", "add", "10.0.9.1/24", "dev", "eth1")
        try await remote.ip("address", "add", "10.0.9.2/24", "dev", "eth0")
        try await remote.ip("address", "add", "\(Uplink.serviceAddress)/32", "dev", "lo")
        try await remote.ip("route", "add", "default", "via", "10.0.9.1")
        try await remote.execute("sysctl", "-q", "-w", "net.ipv4.icmp_ratelimit=0")
        let client = try RequestClient(from: site.client, to: Uplink.serviceAddress)
        let server = try await DNSServer(on: remote)
        var service = service(mode: "none", check: "\(Self.check) server 10.0.9.2")
        service.lines.append("install-route via 10.0.9.2 dev eth1")
        let daemon = try await site.start(0, service)
        try await expectAnnouncement(client, "a server behind the node") { try await site.awaitRoute(via: [0]) }
        try await expectNoHoleAfterKill(client, "it is killed") {
          try await server.kill()
        } gone: {
          try await site.awaitRoute(via: [])
        }
        _ = try await DNSServer(on: remote)
        try await expectAnnouncement(client, "it is started again") { try await site.awaitRoute(via: [0]) }
        try await expectNoHoleAtTermination(daemon, client)
      }
    }

    @Test("A node on which nothing listens is never announced because another node answers its checks")
    func answeredByAnother() async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab, nodes: 2)
        let addresses = (51...53).map { "192.0.2.\($0)" }
        let clients = try addresses.map { try RequestClient(from: site.client, to: $0) }
        _ = try await DNSServer(on: site.nodes[0])
        let alive = addresses.enumerated().map { service("dns\($0.offset)", $0.element, mode: "always") }
        _ = try await AnycastDaemon(on: site.nodes[0], configuration: site.configuration(0, alive))
        for address in addresses { try await site.awaitRoute(address, via: [0]) }

        var routed = service("routed", addresses[2], mode: "none", check: "\(Self.check) server \(addresses[2])")
        routed.lines.append("install-route dev eth0")
        let dead = [
          service("unnamed", addresses[0], mode: "none"),
          service("named", addresses[1], mode: "healthy", check: "\(Self.check) server \(addresses[1])"), routed,
        ]
        let begin = ContinuousClock().now
        let daemon = try await AnycastDaemon(on: site.nodes[1], configuration: site.configuration(1, dead))
        try await site.router.awaitFull(with: "192.0.2.3", in: [.ospfV2])
        // The other node answers on the way that the checks would take.
        for address in addresses { #expect(try await site.nodes[1].identity(ofServerAt: address) == "node1") }
        try await eventually("every check has failed", state: { daemon.log }) {
          try await daemon.services().allSatisfy { $0.state == .down && $0.reason.contains("failed") }
        }
        for client in clients {
          try await client.awaitOutcome(.answered, Self.watched)
          let counts = try await client.counts(since: begin)
          #expect(counts == [.answered: counts[.answered, default: 0]], "\(client.address): \(counts)")
        }
        #expect(try await !site.router.database(.ospfV2).contains { $0.isExternal && $0.advertisingRouter == "192.0.2.3" })
        for address in addresses { try await site.awaitRoute(address, via: [0]) }
      }
    }

    @Test(
      "A service that flaps on one of two nodes loses no request, whoever puts the address there",
      arguments: ["healthy", "always"])
    func flap(mode: String) async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab, nodes: 2)
        let client = try RequestClient(from: site.client, to: Uplink.serviceAddress)
        for node in site.nodes {
          _ = try await DNSServer(on: node)
          _ = try node.write("", to: "healthy")
        }
        for (number, node) in site.nodes.enumerated() {
          var flapping = service(mode: mode)
          flapping.lines.append("check file \(node.directory)/healthy exists interval 200ms rise 1 fall 1")
          _ = try await site.start(number, flapping)
        }
        try await site.awaitRoute(via: [0, 1])
        try await client.awaitOutcome(.answered, Self.watched)
        let begin = ContinuousClock().now
        for _ in 0..<4 {
          try await site.nodes[1].execute("rm", "\(site.nodes[1].directory)/healthy")
          try await site.awaitRoute(via: [0])
          _ = try site.nodes[1].write("", to: "healthy")
          try await site.awaitRoute(via: [0, 1])
        }
        try await client.awaitOutcome(.answered, Self.watched)
        let counts = try await client.counts(since: begin)
        print("flap in mode \(mode): \(counts)")
        #expect(counts == [.answered: counts[.answered, default: 0]], "\(counts)")
      }
    }
  }
}
