import Testing

extension LabTests {
  @Suite("What keeps two routers apart is named in the log, with both values", .serialized)
  struct MismatchTests {
    @Test("A HelloInterval that differs", arguments: RouterSoftware.allCases)
    func hello(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(helloInterval: 5, routerDeadInterval: 20), node: .init(helloInterval: 1, routerDeadInterval: 20),
        words: ["HelloInterval", "5 s", "1 s", Uplink.routerAddress])
    }

    @Test("A RouterDeadInterval that differs", arguments: RouterSoftware.allCases)
    func dead(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(routerDeadInterval: 7), node: .init(routerDeadInterval: 4),
        words: ["RouterDeadInterval", "7 s", "4 s", Uplink.routerAddress])
    }

    @Test("An area that differs", arguments: RouterSoftware.allCases)
    func area(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(area: "0.0.0.0"), node: .init(area: "0.0.0.9"),
        words: ["area", "0.0.0.0", "0.0.0.9", Uplink.routerAddress])
    }

    @Test("A kind of area that differs", arguments: RouterSoftware.allCases)
    func areaKind(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(area: "0.0.0.9"), node: .init(area: "0.0.0.9"), nodeKinds: ["0.0.0.9": .stub],
        words: ["E-bit", "set", "clear", Uplink.routerAddress])
    }

    @Test("A network mask that differs", arguments: RouterSoftware.allCases)
    func mask(software: RouterSoftware) async throws {
      try await expectLog(
        software, router: .init(), node: .init(), words: ["mask", "255.255.255.128", "255.255.255.0", Uplink.routerAddress]
      ) { uplink in
        try await uplink.router.host.ip("address", "flush", "dev", "eth0")
        try await uplink.router.host.ip("address", "add", "\(Uplink.routerAddress)/25", "dev", "eth0")
      }
    }

    @Test("An MTU that differs", arguments: RouterSoftware.allCases)
    func mtu(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.node.ip("link", "set", "eth0", "mtu", "1400")
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let configuration = NodeConfiguration(services: [.init(lines: [])])
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await daemon.awaitLog("MTU", "1500", "1400", Uplink.routerAddress)
        #expect(try await !daemon.neighbors().contains { $0.state == "Full" })
        try await audit.finish()
      }
    }

    /// Starts both sides, and waits for the line in the daemon's log. The adjacency must not come.
    private func expectLog(
      _ software: RouterSoftware, router: RouterSetup.Interface, node: RouterSetup.Interface,
      nodeKinds: [String: RouterSetup.AreaKind] = [:], words: [String],
      prepare: (Uplink) async throws -> Void = { _ in }
    ) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await prepare(uplink)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [router]))
        let configuration = NodeConfiguration(interfaces: [node], areaKinds: nodeKinds, services: [])
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await daemon.awaitLog(words)
        #expect(try await !daemon.neighbors().contains { $0.state == "Full" })
        try await audit.finish()
      }
    }
  }
}
