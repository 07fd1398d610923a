import Testing

extension LabTests {
  @Suite("On a broadcast network the node takes the part that its priority gives it", .serialized)
  struct DesignatedRouterTests {
    /// Priorities, and what becomes of the two of them.
    struct Part: Sendable, CustomTestStringConvertible {
      var node: Int
      var router: Int
      var state: String

      var testDescription: String { state }
    }

    static let parts = [
      Part(node: 0, router: 1, state: "DROther"), Part(node: 200, router: 1, state: "DR"),
      Part(node: 1, router: 200, state: "Backup"),
    ]

    @Test("RFC 2328 9.4: DROther, DR or Backup, and announced as each", arguments: RouterSoftware.allCases, parts)
    func part(software: RouterSoftware, part: Part) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        _ = try await DNSServer(on: uplink.node)
        let daemon = try await AnycastDaemon(
          on: uplink.node, configuration: NodeConfiguration(interfaces: [.init(priority: part.node)]).text)
        // Both wait for RouterDeadInterval before they elect, and so elect together.
        try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [.init(priority: part.router)]))
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress], within: .seconds(90))
        try await eventually("the node is \(part.state)", state: { daemon.log }) {
          try await daemon.interfaces().contains { $0.interface == "eth0" && $0.state == part.state }
        }
        try await eventually("the router takes the node for \(part.state)") {
          try await uplink.router.neighbors().contains { $0.routerID == Uplink.nodeID && $0.role == part.state }
        }
        let networkLSAs = try await uplink.router.database().filter { $0.lsType == 2 && $0.age < 3600 }
        let designatedRouter = part.state == "DR" ? Uplink.nodeID : Uplink.routerID
        #expect(networkLSAs.map(\.advertisingRouter) == [designatedRouter])
        try await audit.finish()
      }
    }

    @Test("Three nodes on one bridge are three next hops, and two when one dies", arguments: RouterSoftware.allCases)
    func equalCost(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let bridge = try await lab.networkSwitch()
        let routerHost = try await lab.host("router")
        try await lab.connect(routerHost, "eth0", to: bridge)
        try await routerHost.ip("address", "add", "10.0.0.1/24", "dev", "eth0")
        let router = software.router(on: routerHost)
        try await router.start(.init(routerID: Uplink.routerID))
        var daemons: [AnycastDaemon] = []
        var audits: [PacketAudit] = []
        for number in 2...4 {
          let node = try await lab.host("node\(number)")
          try await lab.connect(node, "eth0", to: bridge)
          try await node.ip("address", "add", "10.0.0.\(number)/24", "dev", "eth0")
          _ = try await DNSServer(on: node)
          audits.append(try await PacketAudit(of: node))
          let configuration = NodeConfiguration(routerID: "192.0.2.\(number)")
          daemons.append(try await AnycastDaemon(on: node, configuration: configuration.text))
        }
        try await router.awaitRoute(
          Uplink.serviceAddress, via: ["10.0.0.2", "10.0.0.3", "10.0.0.4"], within: .seconds(90))
        _ = try await daemons[1].end(.kill)
        try await router.awaitRoute(Uplink.serviceAddress, via: ["10.0.0.2", "10.0.0.4"])
        for audit in audits { try await audit.finish() }
      }
    }
  }
}
