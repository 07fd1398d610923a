import ControlAPI
import LabHarness
import Subprocess
import Testing

extension LabTests {
  @Suite("Two nodes serve two addresses, each the other's backup")
  struct PreferenceTests {
    /// A client, a router, and two nodes with the same two addresses and opposite metrics.
    private struct Site: Sendable {
      static let addresses = ["192.0.2.53", "192.0.2.54"]
      static let routerDeadInterval = 4

      let router: any LabRouter
      let client: Host
      let nodes: [Host]

      init(_ lab: Lab, _ software: RouterSoftware) async throws {
        let routerHost = try await lab.host("router")
        client = try await lab.host("client")
        nodes = [try await lab.host("node1"), try await lab.host("node2")]
        for (number, host) in ([client] + nodes).enumerated() {
          try await lab.connect(host, "eth0", routerHost, "to\(number)")
          try await routerHost.ip("address", "add", "10.0.\(number).1/24", "dev", "to\(number)")
          try await host.ip("address", "add", "10.0.\(number).2/24", "dev", "eth0")
          try await host.ip("route", "add", "default", "via", "10.0.\(number).1")
        }
        router = software.router(on: routerHost)
        try await router.start(
          .init(
            routerID: Uplink.routerID, interfaces: [Self.interface("to1"), Self.interface("to2")], protocols: [.ospfV2]))
      }

      private static func interface(_ device: String) -> RouterSetup.Interface {
        .init(device: device, networkType: .pointToPoint, routerDeadInterval: routerDeadInterval, priority: 0)
      }

      /// The node's configuration: its own address with the lower metric.
      func configuration(_ node: Int, mode: String = "always") -> String {
        let service = NodeConfiguration.Service(
          addresses: zip(Self.addresses, node == 0 ? [10, 100] : [100, 10]).map { "\($0) metric \($1)" },
          lines: [
            "address-mode \(mode)",
            "check exec /usr/bin/test -e \(flag(node)) interval 500ms timeout 400ms rise 2 fall 2",
          ])
        return NodeConfiguration(
          routerID: "192.0.2.\(node + 2)", interfaces: [Self.interface("eth0")], protocols: [.ospfV2], services: [service]
        ).text
      }

      /// The file that is there while the node's service is healthy.
      private func flag(_ node: Int) -> String { nodes[node].directory + "/healthy" }

      func setHealthy(_ node: Int, _ isHealthy: Bool) async throws {
        if isHealthy { _ = try nodes[node].write("", to: "healthy") } else { try await nodes[node].execute("rm", flag(node)) }
      }

      /// Starts the daemon of a node with a healthy service.
      func start(_ node: Int, mode: String = "always") async throws -> AnycastDaemon {
        try await setHealthy(node, true)
        return try await AnycastDaemon(on: nodes[node], configuration: configuration(node, mode: mode))
      }

      /// Waits until each address is reached through a node.
      func await(_ nodes: [Int], within limit: Duration = .seconds(90)) async throws {
        for (address, node) in zip(Self.addresses, nodes) {
          try await router.awaitRoute(address, via: ["10.0.\(node + 1).2"], within: limit)
        }
      }

      /// Waits until the router has the AS-external-LSAs of all nodes, so that the backup is there as well.
      func awaitBackups() async throws {
        try await eventually("both nodes announce both addresses") {
          try await router.database(.ospfV2).count { $0.isExternal && $0.age < 3600 } == 4
        }
      }

      /// Lets the client ping both addresses while something happens; returns how many pings of each were lost.
      func losses(
        _ name: String, awaiting nodes: [Int], while action: () async throws -> Void
      ) async throws -> [Int] {
        var clients: [PingClient] = []
        for address in Self.addresses {
          clients.append(try await PingClient(from: client, to: address, name: "\(name)-\(address)"))
        }
        for client in clients { try await client.awaitAnswers(10) }
        try await action()
        try await self.await(nodes)
        for client in clients { try await client.awaitAnswers(20) }
        var losses: [Int] = []
        for client in clients { losses.append(try await client.finish()) }
        print("pings at 10 Hz lost during \(name) beside \(router.host.name): \(losses)")
        return losses
      }
    }

    @Test(
      "A drain or a TERM of either node loses no ping, a KILL some until RouterDeadInterval is over",
      arguments: RouterSoftware.allCases)
    func failover(software: RouterSoftware) async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab, software)
        var daemons = [try await site.start(0), try await site.start(1)]
        try await site.await([0, 1])
        try await site.awaitBackups()

        for node in [0, 1] {
          let other = 1 - node
          let drained = try await site.losses("drain-\(node + 1)", awaiting: [other, other]) { () async throws in
            #expect(try await daemons[node].control("drain", "dns").status.isSuccess)
          }
          #expect(drained == [0, 0])
          #expect(try await daemons[node].neighbors().map(\.state) == [.full])
          let undrained = try await site.losses("undrain-\(node + 1)", awaiting: [0, 1]) { () async throws in
            #expect(try await daemons[node].control("undrain", "dns").status.isSuccess)
          }
          #expect(undrained == [0, 0])

          let terminated = try await site.losses("TERM-\(node + 1)", awaiting: [other, other]) {
            [daemon = daemons[node]] () async throws in
            #expect(try await daemon.end(.terminate).isSuccess)
          }
          #expect(terminated == [0, 0])
          daemons[node] = try await site.start(node)
          try await site.await([0, 1])
          try await site.awaitBackups()
        }

        // The machine that is gone says nothing any more, and answers nothing.
        let killed = try await site.losses("KILL-1", awaiting: [1, 1]) { [daemon = daemons[0]] in
          try await site.nodes[0].execute(
            ["nft", "-f", "-"],
            input: "table inet dead { chain output { type filter hook output priority 0; policy drop; }; }")
          _ = try await daemon.end(.kill)
        }
        // The router notices when RouterDeadInterval is over; after that it has two seconds to compute its routes anew.
        #expect(killed[0] > 0 && Double(killed[0]) * PingClient.interval <= Double(Site.routerDeadInterval) + 2)
        #expect(killed[1] == 0)
      }
    }

    @Test("With address-mode healthy the host itself reaches the service at the other node while its own is down")
    func ownHost() async throws {
      try await Lab.with { lab in
        let site = try await Site(lab, .frr)
        let daemon = try await site.start(0, mode: "healthy")
        _ = try await site.start(1)
        try await site.await([0, 1])
        let address = Site.addresses[0]
        #expect(try await site.nodes[0].ip("route", "get", address).contains("dev lo"))
        try await site.setHealthy(0, false)
        try await site.await([1, 1])
        try await eventually("the address is removed after the flush and linger", state: { daemon.log }) {
          try await !site.nodes[0].ip("address", "show", "dev", "lo").contains(address)
        }
        #expect(try await site.nodes[0].ip("route", "get", address).contains("via 10.0.1.1"))
        try await site.nodes[0].execute("ping", "-c", "1", "-W", "5", address)
        try await site.setHealthy(0, true)
        try await site.await([0, 1])
        #expect(try await site.nodes[0].ip("route", "get", address).contains("dev lo"))
      }
    }
  }
}
