import ControlAPI
import FoundationEssentials
import LabHarness
import Testing

extension LabTests.AttackTests {
  private static let interface = RouterSetup.Interface(
    priority: 0, authentication: .md5([(id: 1, key: "sekret")]), trailer: RouterSetup.Trailer())

  @Test(
    "Under authentication: what is forged, and what the router said before either side began anew, is refused, as under FRR",
    arguments: ProtocolName.allCases)
  func underAuthentication(protocolName: ProtocolName) async throws {
    try await Lab.with { lab in
      let beside = try await Scene(lab, .frr, "frr-")
      let scene = try await Scene(lab)
      async let theirs = attackFRR(beside, protocolName)
      let ours = try await attackDaemon(scene, protocolName)
      #expect(ours.count == 8, "\(ours.map(\.attack))")
      for (our, their) in zip(ours, try await theirs) {
        print("OSPFv\(our.version), authenticated, \(our.attack)\n  anycast-ospfd: \(our.line)\n  FRR: \(their.line)")
        #expect(our.attack == their.attack)
        #expect(our.secondsUntilFull ?? 120 <= (their.secondsUntilFull ?? 120) + Self.chance, "\(our) and FRR \(their)")
        #expect(our.secondsAway ?? 120 <= (their.secondsAway ?? 120) + Self.chance, "\(our) and FRR \(their)")
      }
    }
  }

  private func attackDaemon(_ scene: Scene, _ protocolName: ProtocolName) async throws -> [Outcome] {
    _ = try await DNSServer(on: scene.node)
    var configuration = NodeConfiguration(interfaces: [Self.interface], protocols: [protocolName])
    configuration.services[0].addresses = [protocolName.serviceAddress]
    // FRR has the octets of the Cryptographic Protocol ID in the order of x86.
    let order = protocolName == .ospfV3 ? "interface eth0\n ipv6 ospf6 authentication protocol-id little-endian\n!\n" : ""
    let text = configuration.text + order
    let outcomes = try await attack(scene, protocolName) {
      try await scene.arguments(try await AnycastDaemon(on: scene.node, configuration: text))
    } kill: { arguments in
      let position = try #require(arguments.firstIndex(of: "--process"))
      try await scene.node.execute("kill", "-KILL", arguments[position + 1])
    }
    let log = try String(contentsOfFile: scene.node.directory + "/anycast-ospfd.log", encoding: .utf8)
    for outcome in outcomes {
      #expect(outcome.alive && outcome.sent > 0, "\(outcome)")
      // Nobody without the key can do anything.
      #expect(outcome.secondsUntilFull ?? 1 < 0.5 && outcome.secondsAway == 0, "\(outcome)\n\(log)")
    }
    let lines = log.split(separator: "\n").filter { $0.contains("refused") }
    for words in ["sequence number", "digest", protocolName == .ospfV2 ? "authentication" : "trailer"] {
      #expect(lines.contains { $0.contains(words) }, "\(words): \(lines.suffix(40))")
    }
    return outcomes
  }

  private func attackFRR(_ scene: Scene, _ protocolName: ProtocolName) async throws -> [Outcome] {
    let router = FRRRouter(host: scene.node)
    let address = protocolName.serviceAddress + (protocolName == .ospfV2 ? "/32" : "/128")
    let setup = RouterSetup(
      routerID: Uplink.nodeID, interfaces: [Self.interface], externals: [address], protocols: [protocolName])
    return try await attack(scene, protocolName) {
      try await router.start(setup)
      return try scene.frrArguments(protocolName)
    } kill: { _ in
      try await router.kill()
    }
  }

  /// The attacks, from before the first adjacency until both sides have begun anew.
  private func attack(
    _ scene: Scene, _ protocolName: ProtocolName, start: () async throws -> [String], kill: ([String]) async throws -> Void
  ) async throws -> [Outcome] {
    var interface = Self.interface
    interface.priority = 1
    let setup = RouterSetup(routerID: Uplink.routerID, interfaces: [interface], protocols: [protocolName])
    try await scene.router.start(setup)
    let file = scene.attacker.directory + "/before.pcap"
    async let recorded = scene.attack(protocolName, ["--record", file])
    var arguments = try await start()
    _ = try await recorded
    var outcomes = try await scene.attack(protocolName, arguments + ["--authenticated"])

    try await scene.router.kill()
    try await scene.router.start(setup)
    try await scene.router.awaitFull(with: Uplink.nodeID, in: [protocolName])
    outcomes += try await scene.attack(protocolName, arguments + ["--replay", file, "--name", "replay_router_restarted"])

    try await kill(arguments)
    // The router keeps the route of the run before until its SPF has run. Were the attack to begin before that, it would be blamed for the
    // loss.
    try await scene.router.awaitRoute(protocolName.serviceAddress, via: [])
    arguments = try await start()
    return outcomes
      + (try await scene.attack(protocolName, arguments + ["--replay", file, "--name", "replay_node_restarted"]))
  }
}

extension ProtocolName {
  fileprivate var serviceAddress: String {
    switch self {
    case .ospfV2: Uplink.serviceAddress
    case .ospfV3: Uplink.serviceAddress6
    }
  }
}
