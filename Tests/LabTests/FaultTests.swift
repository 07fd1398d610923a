import ControlAPI
import LabHarness
import Subprocess
import Testing

extension LabTests {
  @Suite("Faults of the host while the daemon runs")
  struct FaultTests {
    /// A router and a node with an announced service.
    private func announced(_ lab: Lab, routerDeadInterval: Int = 4) async throws -> (uplink: Uplink, daemon: AnycastDaemon) {
      let uplink = try await Uplink(lab, .frr)
      let interface = RouterSetup.Interface(routerDeadInterval: routerDeadInterval)
      try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [interface]))
      _ = try await DNSServer(on: uplink.node)
      var configuration = NodeConfiguration()
      configuration.interfaces = [interface]
      configuration.interfaces[0].priority = 0
      let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
      try await uplink.awaitService()
      return (uplink, daemon)
    }

    private func isFull(_ daemon: AnycastDaemon) async throws -> Bool {
      try await Set(daemon.neighbors().filter { $0.state == .full }.map(\.protocol)) == Set(ProtocolName.allCases)
    }

    private func changes(_ daemon: AnycastDaemon) async throws -> [Int] {
      try await daemon.neighbors().map { Int($0.stateChangeCount) }
    }

    @Test("Stopped for less than the dead interval it loses nothing; for longer, everything is back seconds after it goes on")
    func stopped() async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await announced(lab, routerDeadInterval: 10)
        let before = try await changes(daemon)
        daemon.signal(.suspend)
        try await Task.sleep(for: .seconds(3))
        daemon.signal(.resume)
        #expect(try await isFull(daemon))
        #expect(try await changes(daemon) == before)
        daemon.signal(.suspend)
        try await uplink.router.awaitNoService()
        daemon.signal(.resume)
        try await uplink.awaitService(within: .seconds(30))
        #expect(try await isFull(daemon))
      }
    }

    @Test("A packet filter that forbids what it sends is said once, and when it is gone everything is back")
    func forbidden() async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await announced(lab)
        try await uplink.node.execute(
          ["nft", "-f", "-"],
          input: "table inet cut { chain output { type filter hook output priority 0; meta l4proto 89 drop; }; }\n")
        try await uplink.router.awaitNoService()
        try await daemon.awaitLog("not sent: a packet filter")
        #expect(daemon.log.split(separator: "\n").count { $0.contains("not sent: a packet filter") } <= 6)
        try await uplink.node.execute("nft", "delete", "table", "inet", "cut")
        try await uplink.awaitService(within: .seconds(60))
      }
    }

    @Test("A device that is renamed, or goes to another namespace, and comes back is taken up again")
    func device() async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await announced(lab)
        let (node, elsewhere) = (uplink.node, try await lab.host("elsewhere"))

        try await node.ip("link", "set", "eth0", "down")
        try await node.ip("link", "set", "eth0", "name", "eth9")
        try await eventually("eth0 is absent", state: { daemon.log }) {
          try await daemon.interfaces().allSatisfy { $0.state == .absent }
        }
        try await node.ip("address", "flush", "dev", "eth9")
        try await node.ip("link", "set", "eth9", "name", "eth0", "up")
        _ = try await node.address(number: 2)
        try await uplink.awaitService()

        try await node.ip("link", "set", "eth0", "netns", elsewhere.namespace)
        try await eventually("eth0 is absent", state: { daemon.log }) {
          try await daemon.interfaces().allSatisfy { $0.state == .absent }
        }
        try await elsewhere.ip("link", "set", "eth0", "netns", node.namespace)
        try await node.ip("link", "set", "eth0", "up")
        _ = try await node.address(number: 2)
        try await uplink.awaitService()
        #expect(daemon.isRunning)
      }
    }
  }
}
