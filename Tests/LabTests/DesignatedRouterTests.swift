import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("On a broadcast network the node takes the part that its priority gives it")
  struct DesignatedRouterTests {
    /// A part, and the priorities by which the election gives it to the node.
    struct Part: Sendable, CustomTestStringConvertible {
      var state: InterfaceStateName
      var node: Int
      var frr: Int
      var bird: Int
      var designatedRouter: String

      var testDescription: String { state.rawValue }
    }

    static let parts = [
      Part(state: .dr, node: 200, frr: 100, bird: 1, designatedRouter: Bridge.nodeID),
      Part(state: .backup, node: 100, frr: 200, bird: 1, designatedRouter: Bridge.frrID),
      Part(state: .drOther, node: 0, frr: 1, bird: 200, designatedRouter: Bridge.birdID),
    ]

    @Test("RFC 2328 9.4: DR, Backup or DROther beside two routers, and everybody routes to the service", arguments: parts)
    func part(part: Part) async throws {
      try await Lab.with { lab in
        let bridge = try await Bridge(lab)
        let audit = try await PacketAudit(of: bridge.node)
        _ = try await DNSServer(on: bridge.node)
        let daemon = try await AnycastDaemon(
          on: bridge.node, configuration: NodeConfiguration(interfaces: [.init(priority: part.node)]).text)
        // All wait for RouterDeadInterval before they elect, and so elect together.
        try await bridge.startRouters(frrPriority: part.frr, birdPriority: part.bird)
        for router in [bridge.frr, bridge.bird] {
          try await router.awaitService(via: [bridge.nodeGateway])
          #expect(try await router.host.serviceIdentities() == ["node", "node"])
        }
        for (router, gateway) in bridge.beyond {
          try await router.awaitService(via: [gateway])
          try await router.awaitRoute("10.0.0.0/24", via: [gateway.ipv4])
          try await router.awaitRoute("2001:db8::/64", via: [gateway.ipv6])
        }
        try await eventually("the node is \(part.state)", state: { daemon.log }) {
          try await daemon.interfaces().filter { $0.interface == "eth0" }.map(\.state) == [part.state, part.state]
        }
        for protocolName in ProtocolName.allCases {
          for router in [bridge.frr, bridge.bird] {
            try await eventually("\(router.host.name) takes the node for \(part.state)") {
              try await router.neighbors(protocolName).contains {
                $0.routerID == Bridge.nodeID && $0.role == part.state.rawValue
              }
            }
          }
          let networkType = protocolName == .ospfV2 ? 2 : 0x2002
          try await eventually("the network-LSA of \(protocolName.rawValue) is the Designated Router's alone") {
            try await bridge.frr.database(protocolName).filter { $0.lsType == networkType && $0.age < 3600 }
              .map(\.advertisingRouter) == [part.designatedRouter]
          }
        }
        try await audit.finish()
      }
    }

    @Test("Three nodes on one bridge are three next hops, and two when one dies", arguments: RouterSoftware.allCases)
    func equalCost(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let bridge = try await lab.networkSwitch()
        let (routerHost, _) = try await Bridge.host(lab, "router", on: bridge, number: 1)
        let router = software.router(on: routerHost)
        try await router.start(.init(routerID: Uplink.routerID))
        var daemons: [AnycastDaemon] = []
        var audits: [PacketAudit] = []
        var gateways: [Gateway] = []
        for number in 2...4 {
          let (node, gateway) = try await Bridge.host(lab, "node\(number)", on: bridge, number: number)
          gateways.append(gateway)
          _ = try await DNSServer(on: node)
          audits.append(try await PacketAudit(of: node))
          let configuration = NodeConfiguration(routerID: "192.0.2.\(number)")
          daemons.append(try await AnycastDaemon(on: node, configuration: configuration.text))
        }
        try await router.awaitService(via: gateways)
        _ = try await daemons[1].end(.kill)
        try await router.awaitService(via: [gateways[0], gateways[2]])
        for audit in audits { try await audit.finish() }
      }
    }
  }
}

/// A bridge with FRR, BIRD and the node. Behind each of the two routers is one of the other software, which knows the network of
/// the bridge only from what its Designated Router says.
private struct Bridge: Sendable {
  let frr: any LabRouter
  let bird: any LabRouter
  let node: Host
  /// What the routers on the bridge forward to.
  let nodeGateway: Gateway
  /// The routers behind FRR and behind BIRD, and what they forward to.
  let beyond: [(router: any LabRouter, gateway: Gateway)]

  static let frrID = "192.0.2.1"
  static let nodeID = Uplink.nodeID
  static let birdID = "192.0.2.3"

  init(_ lab: Lab) async throws {
    let bridge = try await lab.networkSwitch()
    let (frrHost, _) = try await Self.host(lab, "frr", on: bridge, number: 1)
    let (birdHost, _) = try await Self.host(lab, "bird", on: bridge, number: 3)
    (node, nodeGateway) = try await Self.host(lab, "node", on: bridge, number: 2)
    frr = FRRRouter(host: frrHost)
    bird = BIRDRouter(host: birdHost)
    let (beyondFRR, gatewayFRR) = try await Self.neighbor(lab, of: frrHost, network: 1)
    let (beyondBIRD, gatewayBIRD) = try await Self.neighbor(lab, of: birdHost, network: 2)
    beyond = [(BIRDRouter(host: beyondFRR), gatewayFRR), (FRRRouter(host: beyondBIRD), gatewayBIRD)]
  }

  /// A machine on a bridge.
  static func host(_ lab: Lab, _ name: String, on bridge: Host, number: Int) async throws -> (Host, Gateway) {
    let host = try await lab.host(name)
    try await lab.connect(host, "eth0", to: bridge)
    return (host, try await host.address(number: number))
  }

  /// A machine behind another one, and what it forwards to.
  private static func neighbor(_ lab: Lab, of host: Host, network: Int) async throws -> (Host, Gateway) {
    let neighbor = try await lab.host("beyond-\(host.name)")
    try await lab.connect(host, "eth1", neighbor, "eth0")
    try await neighbor.address(network: network, number: 2)
    return (neighbor, try await host.address("eth1", network: network, number: 1))
  }

  func startRouters(frrPriority: Int, birdPriority: Int) async throws {
    let outward = RouterSetup.Interface(device: "eth1", networkType: .pointToPoint)
    try await frr.start(.init(routerID: Self.frrID, interfaces: [.init(priority: frrPriority), outward]))
    try await bird.start(.init(routerID: Self.birdID, interfaces: [.init(priority: birdPriority), outward]))
    for (index, (router, _)) in beyond.enumerated() {
      try await router.start(.init(routerID: "192.0.2.\(index + 10)", interfaces: [.init(networkType: .pointToPoint)]))
    }
  }
}
