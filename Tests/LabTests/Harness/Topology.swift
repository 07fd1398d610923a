import ControlAPI
import LabHarness

/// What routers forward to: an address of each family.
struct Gateway: Hashable, Sendable {
  var ipv4: String
  /// Link-local.
  var ipv6: String

  /// The address that packets of a protocol come from.
  func source(_ protocolName: ProtocolName) -> String {
    switch protocolName {
    case .ospfV2: ipv4
    case .ospfV3: ipv6
    }
  }
}

extension Host {
  /// Gives a device its addresses on network number `network`: 10.0.network.number and 2001:db8:0:network::number. The link-local
  /// one is the kernel's.
  @discardableResult
  func address(_ device: String = "eth0", network: Int = 0, number: Int) async throws -> Gateway {
    let ipv4 = "10.0.\(network).\(number)"
    try await ip("address", "add", ipv4 + "/24", "dev", device)
    try await ip("address", "add", "2001:db8:0:\(network)::\(number)/64", "dev", device)
    return Gateway(ipv4: ipv4, ipv6: try await linkLocalAddress(of: device))
  }
}

/// What most tests are made of: one router and one node on one network, 10.0.0.0/24 and 2001:db8:0:0::/64.
struct Uplink: Sendable {
  let lab: Lab
  let router: any LabRouter
  let node: Host
  /// What the node's neighbors forward to.
  let nodeGateway: Gateway
  /// The router's own addresses on the network.
  let routerGateway: Gateway

  static let routerID = "192.0.2.1"
  static let nodeID = "192.0.2.2"
  static let serviceAddress = "192.0.2.53"
  static let serviceAddress6 = "2001:db8:ffff::53"

  /// Lays the cable and gives the addresses; starts nothing.
  init(_ lab: Lab, _ software: RouterSoftware, mtu: Int = 1500) async throws {
    try await self.init(lab, mtu: mtu, makeRouter: software.router)
  }

  /// The same with a router that `makeRouter` makes of its machine.
  init(_ lab: Lab, mtu: Int = 1500, makeRouter: (Host) -> any LabRouter) async throws {
    self.lab = lab
    let routerHost = try await lab.host("router")
    node = try await lab.host("node")
    try await lab.connect(routerHost, "eth0", node, "eth0", mtu: mtu)
    routerGateway = try await routerHost.address(number: 1)
    nodeGateway = try await node.address(number: 2)
    router = makeRouter(routerHost)
  }

  /// Waits until the router reaches both addresses of the usual service through the node.
  func awaitService(within limit: Duration = .seconds(90)) async throws {
    try await router.awaitService(via: [nodeGateway], within: limit)
  }
}

/// A configuration of the daemon, written line by line.
struct NodeConfiguration: Sendable {
  var routerID = Uplink.nodeID
  var interfaces = [RouterSetup.Interface(priority: 0)]
  var areaKinds: [String: RouterSetup.AreaKind] = [:]
  /// What it speaks, on the same interfaces with the same timers.
  var protocols = ProtocolName.allCases
  /// Whether OSPFv3 carries IPv4 as well (RFC 5838).
  var carriesIPv4OverOSPFv3 = false
  /// More lines of `router ospf` and of `router ospf6`.
  var routerLines: [ProtocolName: [String]] = [:]
  var services = [Service()]

  /// One `anycast service` block.
  struct Service: Sendable {
    var name = "dns"
    var addresses = [Uplink.serviceAddress, Uplink.serviceAddress6]
    var advertise = "external metric-type 2 metric 20"
    var lines = ["check dns name www.example.net type A interval 500ms timeout 400ms rise 2 fall 2"]
  }

  /// The text of the file.
  var text: String {
    let services = services.map { service in
      let addresses = service.addresses.map { " address \($0)\n" }.joined()
      let lines = service.lines.map { " \($0)\n" }.joined()
      return "anycast service \(service.name)\n\(addresses) advertise \(service.advertise)\n\(lines)!\n"
    }
    let bfd = interfaces.lazy.compactMap(\.bfdInterval).first.map(FRRRouter.bfd) ?? ""
    return protocols.map(routing).joined() + bfd + services.joined()
  }

  /// The dialect is FRR's.
  private func routing(_ protocolName: ProtocolName) -> String {
    let families = interfaces.map { "interface \($0.device)\n ipv6 ospf6 address-family ipv4 unicast\n!\n" }.joined()
    let lines = routerLines[protocolName, default: []].map { " \($0)\n" }.joined()
    return FRRRouter.interfaces(interfaces, protocolName)
      + (carriesIPv4OverOSPFv3 && protocolName == .ospfV3 ? families : "")
      + FRRRouter.instance(routerID, areaKinds, protocolName) + lines + "!\n"
  }
}
