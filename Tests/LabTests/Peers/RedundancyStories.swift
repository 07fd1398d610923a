import ControlAPI
import LabHarness

extension PeerTelling {
  private static let services = [PeerService.external(53), .stub(54)]

  /// A node with two uplinks to two routers, a third router behind both, and the client behind that one.
  func uplinks() async throws {
    let node = try await forwardingHost("node")
    let core = try await router("core")
    var routers: [any LabRouter] = []
    var gateways: [Gateway] = []
    for number in 1...2 {
      let router = try await router("router\(number)")
      try await lab.connect(router.host, "eth0", node, "eth\(number)")
      try await router.host.address(network: number, number: 1)
      try await node.address("eth\(number)", network: number, number: 2)
      try await lab.connect(router.host, "eth1", core.host, "eth\(number)")
      gateways.append(try await router.host.address("eth1", network: number + 2, number: 1))
      try await core.host.address("eth\(number)", network: number + 2, number: 2)
      routers.append(router)
    }
    try await node.defaultRoutes(via: [(1, 1), (2, 1)])
    let client = try await client(behind: core.host, "eth9")

    _ = try await AnycastDaemon(
      on: node,
      configuration: NodeConfiguration(
        interfaces: [interface("eth1", priority: 0), interface("eth2", priority: 0)],
        services: Self.services.map(\.configuration)
      ).text)
    for (number, router) in routers.enumerated() {
      try await router.start(
        .init(routerID: "192.0.2.\(10 + number)", interfaces: [interface("eth0"), interface("eth1")]))
    }
    try await core.start(
      .init(routerID: "192.0.2.20", interfaces: ["eth1", "eth2", "eth9"].map { interface($0) }))
    await tell(.twoUplinks) {
      for service in Self.services {
        try await core.awaitRoutes(to: service, via: gateways)
        try await client.awaitAnswer(of: service)
      }
    }
    await tell(.lostUplink) {
      try await routers[0].host.ip("link", "set", "eth0", "down")
      for service in Self.services {
        try await core.awaitRoutes(to: service, via: [gateways[1]])
        try await client.awaitAnswer(of: service)
      }
    }
  }

  /// Two routers and three nodes on one network, a third router behind both routers, and the client behind that one.
  func sharedNetwork() async throws {
    let bridge = try await lab.networkSwitch()
    let core = try await router("core")
    var routers: [any LabRouter] = []
    var gateways: [Gateway] = []
    for number in 1...2 {
      let router = try await router("router\(number)")
      try await lab.connect(router.host, "eth0", to: bridge)
      try await router.host.address(number: number)
      try await lab.connect(router.host, "eth1", core.host, "eth\(number)")
      gateways.append(try await router.host.address("eth1", network: number, number: 1))
      try await core.host.address("eth\(number)", network: number, number: 2)
      routers.append(router)
    }
    let client = try await client(behind: core.host, "eth9")
    var nodes: [Gateway] = []
    var daemons: [AnycastDaemon] = []
    for number in 3...5 {
      let node = try await lab.host("node\(number)")
      try await lab.connect(node, "eth0", to: bridge)
      nodes.append(try await node.address(number: number))
      // Their answers go through the router that stays.
      try await node.defaultRoutes(via: [(0, 2)])
      daemons.append(
        try await AnycastDaemon(
          on: node,
          configuration: NodeConfiguration(
            routerID: "192.0.2.\(number)", interfaces: [interface("eth0", .broadcast, priority: 0)],
            services: Self.services.map(\.configuration)
          ).text))
    }
    for (number, router) in routers.enumerated() {
      try await router.start(
        .init(
          routerID: "192.0.2.\(number + 1)",
          interfaces: [interface("eth0", .broadcast, priority: 200 - 100 * number), interface("eth1")]))
    }
    try await core.start(
      .init(routerID: "192.0.2.20", interfaces: ["eth1", "eth2", "eth9"].map { interface($0) }))
    await tell(.sharedNetwork) {
      for service in Self.services {
        for router in routers { try await router.awaitRoutes(to: service, via: nodes) }
        try await core.awaitRoutes(to: service, via: gateways)
        try await client.awaitAnswer(of: service)
      }
      try await awaitDesignatedRouter("192.0.2.1", daemons)
    }
    await tell(.lostDesignatedRouter) {
      try await routers[0].kill()
      for device in ["eth0", "eth1"] { try await routers[0].host.ip("link", "set", device, "down") }
      try await awaitDesignatedRouter("192.0.2.2", daemons)
      for service in Self.services {
        try await routers[1].awaitRoutes(to: service, via: nodes)
        try await core.awaitRoutes(to: service, via: [gateways[1]])
        try await client.awaitAnswer(of: service)
      }
    }
  }

  /// Waits until every node is Full with a router, and takes it for the Designated Router of both versions.
  private func awaitDesignatedRouter(_ routerID: String, _ daemons: [AnycastDaemon]) async throws {
    for daemon in daemons {
      try await eventually("\(routerID) is the Designated Router of \(daemon.host.name)", state: { daemon.log }) {
        let full = try await daemon.neighbors().filter { $0.routerID == routerID && $0.state == .full && $0.role == .dr }
        return Set(full.map(\.protocol)) == Set(ProtocolName.allCases)
      }
    }
  }
}
