import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("What keeps two routers apart is named in the log, with both values")
  struct MismatchTests {
    @Test("A HelloInterval that differs", arguments: RouterSoftware.allCases)
    func hello(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(helloInterval: 5, routerDeadInterval: 20), node: .init(helloInterval: 1, routerDeadInterval: 20),
        words: ["HelloInterval", "5 s", "1 s"])
    }

    @Test("A RouterDeadInterval that differs", arguments: RouterSoftware.allCases)
    func dead(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(routerDeadInterval: 7), node: .init(routerDeadInterval: 4),
        words: ["RouterDeadInterval", "7 s", "4 s"])
    }

    @Test("An area that differs", arguments: RouterSoftware.allCases)
    func area(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(area: "0.0.0.0"), node: .init(area: "0.0.0.9"), words: ["area", "0.0.0.0", "0.0.0.9"])
    }

    @Test("A stub area on one side", arguments: RouterSoftware.allCases)
    func areaKind(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(area: "0.0.0.9"), node: .init(area: "0.0.0.9"), nodeKinds: ["0.0.0.9": .stub],
        words: ["E-bit", "set", "clear"])
    }

    @Test("A stub area on one side and an NSSA on the other", arguments: RouterSoftware.allCases)
    func nssa(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(area: "0.0.0.9"), routerKinds: ["0.0.0.9": .nssa], node: .init(area: "0.0.0.9"),
        nodeKinds: ["0.0.0.9": .stub], words: ["N-bit", "set", "clear"])
    }

    @Test("OSPFv2: a network mask that differs", arguments: RouterSoftware.allCases)
    func mask(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(), node: .init(), protocols: [.ospfV2], words: ["mask", "255.255.255.128", "255.255.255.0"]
      ) { uplink in
        let address = uplink.routerGateway.ipv4
        try await uplink.router.host.ip("address", "delete", "\(address)/24", "dev", "eth0")
        try await uplink.router.host.ip("address", "add", "\(address)/25", "dev", "eth0")
      }
    }

    @Test("OSPFv3: an Instance ID that differs", arguments: RouterSoftware.allCases)
    func instanceID(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(instanceID: 7), node: .init(instanceID: 3), protocols: [.ospfV3],
        words: ["Instance ID", "7 there", "3 here"])
    }

    @Test("An MTU that differs", arguments: RouterSoftware.allCases)
    func mtu(software: RouterSoftware) async throws {
      try await expectLog(software, router: .init(), node: .init(), words: ["MTU", "1500", "1400"]) { uplink in
        try await uplink.node.ip("link", "set", "eth0", "mtu", "1400")
      }
    }

    @Test(
      "Network types that differ are Full on both sides, with no route: said once in the log, by status, and by the doctor",
      arguments: RouterSoftware.allCases, RouterSetup.NetworkKind.allCases)
    func networkType(software: RouterSoftware, kind: RouterSetup.NetworkKind) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let other: RouterSetup.NetworkKind = kind == .broadcast ? .pointToPoint : .broadcast
        try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [.init(networkType: other)]))
        let configuration = NodeConfiguration(interfaces: [.init(networkType: kind, priority: 0)], services: [])
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await daemon.awaitFull(with: Uplink.routerID)
        try await daemon.awaitLog("no route leads over the adjacency", uplink.routerGateway.source(.ospfV2))
        try await daemon.awaitLog("no route leads over the adjacency", uplink.routerGateway.source(.ospfV3))
        #expect(daemon.log.split(separator: "\n").count { $0.contains("no route leads over the adjacency") } == 2)
        let status = try await daemon.control("status", "--exit-code")
        #expect(status.output.hasPrefix("PROBLEM: "))
        #expect(status.output.contains("the network types differ"))
        let doctor = try await daemon.control("doctor").output
        for command in ["ip ospf", "ipv6 ospf6"] {
          #expect(doctor.contains("`\(command) network \(other.rawValue)` under `interface eth0` here"), "\(doctor)")
          #expect(doctor.contains("`\(command) network \(kind.rawValue)` under the interface there"), "\(doctor)")
        }
      }
    }

    /// Starts both sides, and waits for the line in the daemon's log, one for each protocol. The adjacency must not come.
    private func expectLog(
      _ software: RouterSoftware, router: RouterSetup.Interface, routerKinds: [String: RouterSetup.AreaKind] = [:],
      node: RouterSetup.Interface, nodeKinds: [String: RouterSetup.AreaKind] = [:],
      protocols: [ProtocolName] = ProtocolName.allCases, words: [String],
      prepare: @escaping @Sendable (Uplink) async throws -> Void = { _ in }
    ) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await prepare(uplink)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(
          .init(routerID: Uplink.routerID, interfaces: [router], areaKinds: routerKinds, protocols: protocols))
        let configuration = NodeConfiguration(
          interfaces: [node], areaKinds: nodeKinds, protocols: protocols, services: [])
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        for protocolName in protocols { try await daemon.awaitLog(words + [uplink.routerGateway.source(protocolName)]) }
        #expect(try await !daemon.neighbors().contains { $0.state == .full })
        try await audit.finish(protocols)
      }
    }
  }
}
