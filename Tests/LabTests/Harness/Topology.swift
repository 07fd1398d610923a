/// What most tests are made of: one router and one node on one network, 10.0.0.0/24.
struct Uplink: Sendable {
  let lab: Lab
  let router: any LabRouter
  let node: Host

  static let routerID = "192.0.2.1"
  static let nodeID = "192.0.2.2"
  static let routerAddress = "10.0.0.1"
  static let nodeAddress = "10.0.0.2"
  static let serviceAddress = "192.0.2.53"

  /// Lays the cable and gives the addresses; starts nothing.
  init(_ lab: Lab, _ software: RouterSoftware, mtu: Int = 1500) async throws {
    self.lab = lab
    let routerHost = try await lab.host("router")
    node = try await lab.host("node")
    try await lab.connect(routerHost, "eth0", node, "eth0", mtu: mtu)
    try await routerHost.ip("address", "add", "\(Self.routerAddress)/24", "dev", "eth0")
    try await node.ip("address", "add", "\(Self.nodeAddress)/24", "dev", "eth0")
    router = software.router(on: routerHost)
  }
}

/// A configuration of the daemon, written line by line.
struct NodeConfiguration: Sendable {
  var routerID = Uplink.nodeID
  var interfaces = [RouterSetup.Interface(priority: 0)]
  var areaKinds: [String: RouterSetup.AreaKind] = [:]
  /// Whether OSPFv3 is spoken as well, on the same interfaces with the same timers.
  var speaksOSPFv3 = false
  /// Whether OSPFv3 carries IPv4 as well (RFC 5838), and OSPFv2 is not spoken.
  var carriesIPv4OverOSPFv3 = false
  /// More lines of `router ospf`.
  var routerLines: [String] = []
  /// More lines of `router ospf6`.
  var router6Lines: [String] = []
  var services = [Service()]

  /// One `anycast service` block.
  struct Service: Sendable {
    var name = "dns"
    var addresses = [Uplink.serviceAddress]
    var advertise = "external metric-type 2 metric 20"
    var lines = ["check dns name www.example.net type A interval 500ms timeout 400ms rise 2 fall 2"]
  }

  /// The text of the file.
  var text: String {
    let ospfv2 = interfaces.map { interface in
      """
      interface \(interface.device)
       ip ospf area \(interface.area)
       ip ospf network \(interface.networkType.rawValue)
       ip ospf hello-interval \(interface.helloInterval)
       ip ospf dead-interval \(interface.routerDeadInterval)
       ip ospf priority \(interface.priority)
       ip ospf cost \(interface.cost)
      !

      """
    }
    let areas = areaKinds.filter { $0.value != .normal }.map { " area \($0.key) \($0.value.rawValue)\n" }
    let router = "router ospf\n ospf router-id \(routerID)\n" + (areas + routerLines.map { " \($0)\n" }).joined() + "!\n"
    let services = services.map { service in
      let addresses = service.addresses.map { " address \($0)\n" }.joined()
      let lines = service.lines.map { " \($0)\n" }.joined()
      return "anycast service \(service.name)\n\(addresses) advertise \(service.advertise)\n\(lines)!\n"
    }
    return (carriesIPv4OverOSPFv3 ? "" : ospfv2.joined() + router) + (speaksOSPFv3 ? ospfv3 : "") + services.joined()
  }

  private var ospfv3: String {
    let interfaces = interfaces.map { interface in
      """
      interface \(interface.device)
       ipv6 ospf6 area \(interface.area)
       ipv6 ospf6 network \(interface.networkType.rawValue)
       ipv6 ospf6 hello-interval \(interface.helloInterval)
       ipv6 ospf6 dead-interval \(interface.routerDeadInterval)
       ipv6 ospf6 priority \(interface.priority)
       ipv6 ospf6 cost \(interface.cost)
      \(carriesIPv4OverOSPFv3 ? " ipv6 ospf6 address-family ipv4 unicast" : "!")
      !

      """
    }
    return interfaces.joined() + "router ospf6\n ospf6 router-id \(routerID)\n" + router6Lines.map { " \($0)\n" }.joined() + "!\n"
  }
}
