import Testing

extension LabTests {
  @Suite("A node that says that it is not for transit", .serialized)
  struct HostRouterTests {
    @Test(
      "H-bit set and R-bit clear: what is advertised as a stub prefix is still reached, in both families",
      arguments: RouterSoftware.allCases)
    func stubPrefixes(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(.init(routerID: Uplink.routerID, speaksOSPFv3: true))
        var configuration = NodeConfiguration(speaksOSPFv3: true)
        configuration.routerLines = ["host-router"]
        configuration.router6Lines = ["stub-router administrative"]
        configuration.services = [
          .init(addresses: [Uplink.serviceAddress, DualStackTests.address6], advertise: "stub metric 5", lines: [])
        ]
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress], within: .seconds(90))
        try await eventually("a route to \(DualStackTests.address6)", within: .seconds(90), state: { daemon.log }) {
          try await uplink.router.host.hasIPv6Route(to: DualStackTests.address6)
        }
        try await audit.finish()
      }
    }
  }
}
