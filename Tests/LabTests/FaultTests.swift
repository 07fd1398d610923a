import ControlAPI
import LabHarness
import Subprocess
import Synchronization
import Testing

extension LabTests {
  @Suite("Faults of the host while the daemon runs")
  struct FaultTests {
    /// A router and a node with an announced service.
    func announced(
      _ lab: Lab, routerDeadInterval: Int = 4, launcher: (Host) async throws -> [String] = { _ in [] }
    ) async throws -> (uplink: Uplink, daemon: AnycastDaemon) {
      let uplink = try await Uplink(lab, .frr)
      let interface = RouterSetup.Interface(networkType: .pointToPoint, routerDeadInterval: routerDeadInterval)
      try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [interface]))
      _ = try await DNSServer(on: uplink.node)
      var configuration = NodeConfiguration()
      configuration.interfaces = [interface]
      configuration.interfaces[0].priority = 0
      let daemon = try await AnycastDaemon(
        on: uplink.node, configuration: configuration.text, launcher: try await launcher(uplink.node))
      try await uplink.awaitService()
      return (uplink, daemon)
    }

    func isFull(_ daemon: AnycastDaemon) async throws -> Bool {
      try await Set(daemon.neighbors().filter { $0.state == .full }.map(\.protocol)) == Set(ProtocolName.allCases)
    }

    /// How often the states of the neighbors have changed.
    func changes(_ daemon: AnycastDaemon) async throws -> [Int] {
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

    @Test("A clock that is set by an hour either way ends no adjacency, no service, and no drain before its time")
    func clock() async throws {
      try await Lab.with { lab in
        let clock = Mutex<SteppedClock?>(nil)
        let (uplink, daemon) = try await announced(lab) { host in
          let made = try await SteppedClock(on: host)
          clock.withLock { $0 = made }
          return made.launcher
        }
        let stepped = try #require(clock.withLock { $0 })
        let before = try await changes(daemon)
        for seconds in [3600, -3600] {
          try stepped.step(to: seconds)
          try await throughout(.seconds(6), "routes and service stay") {
            let isReached = try await !uplink.router.host.gateways(to: Uplink.serviceAddress).isEmpty
            return try await daemon.services().allSatisfy { $0.state == .up } && isReached
          }
          #expect(try await changes(daemon) == before)
        }
        #expect(try await daemon.control("drain", "dns", "--for", "15s").status.isSuccess)
        try await uplink.router.awaitNoService()
        let line = try #require(daemon.log.split(separator: "\n").last { $0.contains("drain") })
        let logged = try decoded(Timestamp.self, from: "\"\(line.prefix { $0 != " " })\"")
        #expect((3_500_000...3_700_000).contains(Timestamp.now.millisecondsSince1970 - logged.millisecondsSince1970), "\(line)")
        try stepped.step(to: 0)
        try await throughout(.seconds(2), "the drain goes on") {
          try await daemon.services().allSatisfy { $0.state == .drained }
        }
        try await uplink.awaitService(within: .seconds(30))
        #expect(try await changes(daemon) == before)
      }
    }

    @Test("A device whose MTU changes loses no adjacency")
    func mtu() async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await announced(lab)
        let before = try await changes(daemon)
        for mtu in [1400, 1500] {
          try await uplink.node.ip("link", "set", "eth0", "mtu", "\(mtu)")
          try await eventually("the daemon knows it", state: { daemon.log }) {
            try await daemon.interfaces().allSatisfy { $0.mtu == mtu }
          }
        }
        #expect(try await isFull(daemon))
        #expect(try await changes(daemon) == before)
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
