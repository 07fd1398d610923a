import LabHarness
import Testing

extension LabTests {
  @Suite("RFC 5838: OSPFv3 carries IPv4 as well, and OSPFv2 is not spoken")
  struct AddressFamilyTests {
    @Test(
      "Both families of a service are announced to BIRD, follow the check, and leave at TERM",
      arguments: zip(
        RouterSetup.NetworkKind.allCases, ["external metric-type 2 metric 20", "stub metric 5"]))
    func bothFamilies(networkType: RouterSetup.NetworkKind, advertise: String) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .bird)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(
          .init(
            routerID: Uplink.routerID, interfaces: [.init(networkType: networkType)], carriesIPv4OverOSPFv3: true))
        let flag = uplink.node.directory + "/healthy"
        _ = try uplink.node.write("", to: "healthy")
        let service = NodeConfiguration.Service(
          advertise: advertise,
          lines: ["check exec /usr/bin/test -e \(flag) interval 500ms timeout 400ms rise 2 fall 2"])
        let daemon = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(
            interfaces: [.init(networkType: networkType, priority: 0)], protocols: [.ospfV3], carriesIPv4OverOSPFv3: true,
            services: [service]
          ).text)
        try await uplink.awaitService()
        let families = try await daemon.neighbors().map { "\($0.protocol.rawValue) \($0.addressFamily.rawValue) \($0.state)" }
        #expect(families == ["OSPFv3 IPv6 Full", "OSPFv3 IPv4 Full"])
        // Each instance hears the other's packets too; none of them is a mistake of anybody.
        #expect(!daemon.log.contains("refused"))

        try await uplink.node.execute("rm", flag)
        try await uplink.router.awaitNoService()
        _ = try uplink.node.write("", to: "healthy")
        try await uplink.awaitService()

        #expect(try await daemon.end(.terminate).isSuccess)
        try await uplink.router.awaitNoService()
        try await audit.finish([.ospfV3])
      }
    }
  }
}
