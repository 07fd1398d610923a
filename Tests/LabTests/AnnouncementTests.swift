import LabHarness
import Testing

extension LabTests {
  @Suite("A healthy service is announced, an unhealthy one is withdrawn")
  struct AnnouncementTests {
    /// One way to connect, and one way to advertise.
    struct ProtocolInstance: Sendable, CustomTestStringConvertible {
      var software: RouterSoftware
      var networkType: RouterSetup.NetworkKind
      var advertise: String

      var testDescription: String { "\(software), \(networkType.rawValue), \(advertise)" }

      static let all = RouterSoftware.allCases.flatMap { software in
        RouterSetup.NetworkKind.allCases.flatMap { networkType in
          ["external metric-type 2 metric 20", "stub metric 5"].map {
            ProtocolInstance(software: software, networkType: networkType, advertise: $0)
          }
        }
      }
    }

    @Test("Both routes follow the DNS server: announced, killed, restored", arguments: ProtocolInstance.all)
    func route(instance: ProtocolInstance) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, instance.software)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(
          .init(routerID: Uplink.routerID, interfaces: [.init(networkType: instance.networkType)]))
        let dns = try await DNSServer(on: uplink.node)
        let daemon = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(
            interfaces: [.init(networkType: instance.networkType, priority: 0)],
            services: [.init(advertise: instance.advertise)]
          ).text)
        try await uplink.router.awaitFull(with: Uplink.nodeID)
        try await uplink.awaitService()
        #expect(try await uplink.router.host.serviceIdentities() == ["node", "node"])

        try await dns.kill()
        try await uplink.router.awaitNoService()
        try await daemon.awaitService("dns", .down)
        #expect(try await uplink.router.isFull(with: Uplink.nodeID), "the adjacencies stay")

        _ = try await DNSServer(on: uplink.node)
        try await uplink.awaitService()
        #expect(try await uplink.router.host.serviceIdentities() == ["node", "node"])
        try await audit.finish()
      }
    }

    @Test("In an NSSA the service is a type 7 LSA that the router believes", arguments: RouterSoftware.allCases)
    func nssa(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        let area = "0.0.0.1"
        try await uplink.router.start(
          .init(routerID: Uplink.routerID, interfaces: [.init(area: area)], areaKinds: [area: .nssa]))
        let dns = try await DNSServer(on: uplink.node)
        _ = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(
            interfaces: [.init(priority: 0, area: area)], areaKinds: [area: .nssa]
          ).text)
        try await uplink.awaitService()
        #expect(try await uplink.router.host.serviceIdentities() == ["node", "node"])
        let lsas = try await uplink.router.lsas(from: Uplink.nodeID)
        #expect(lsas.contains { $0.lsType == 7 && $0.linkStateID == Uplink.serviceAddress })
        #expect(lsas.contains { $0.lsType == 0x2007 })
        #expect(!lsas.contains { $0.isExternal })
        try await dns.kill()
        try await uplink.router.awaitNoService()
        try await audit.finish()
      }
    }

    @Test("In a stub area the service is a stub link and an intra-area prefix", arguments: RouterSoftware.allCases)
    func stubArea(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        let area = "0.0.0.2"
        try await uplink.router.start(
          .init(routerID: Uplink.routerID, interfaces: [.init(area: area)], areaKinds: [area: .stub]))
        let dns = try await DNSServer(on: uplink.node)
        _ = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(
            interfaces: [.init(priority: 0, area: area)], areaKinds: [area: .stub],
            services: [.init(advertise: "stub metric 5")]
          ).text)
        try await uplink.awaitService()
        #expect(try await uplink.router.host.serviceIdentities() == ["node", "node"])
        try await dns.kill()
        try await uplink.router.awaitNoService()
        try await audit.finish()
      }
    }

    @Test("A drained service is withdrawn while the adjacencies stay, and comes back", arguments: RouterSoftware.allCases)
    func drain(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        _ = try await DNSServer(on: uplink.node)
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text)
        try await uplink.awaitService()
        #expect(try await daemon.control("drain", "dns", "--reason", "maintenance").status.isSuccess)
        try await uplink.router.awaitNoService()
        try await daemon.awaitService("dns", .drained)
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
        #expect(try await daemon.control("undrain", "dns").status.isSuccess)
        try await uplink.awaitService()
      }
    }
  }
}
