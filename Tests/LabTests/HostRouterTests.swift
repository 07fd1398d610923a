import LabHarness
import Testing

extension LabTests {
  @Suite("A node that says that it is not for transit")
  struct HostRouterTests {
    @Test(
      "H-bit set and R-bit clear: what is advertised as a stub prefix is still reached, in both families",
      arguments: RouterSoftware.allCases)
    func stubPrefixes(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let configuration = NodeConfiguration(
          routerLines: [.ospfV2: ["host-router"], .ospfV3: ["stub-router administrative"]],
          services: [.init(advertise: "stub metric 5", lines: [])])
        _ = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.awaitService()
        try await audit.finish()
      }
    }
  }
}
