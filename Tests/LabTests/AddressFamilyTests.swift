import Testing

extension LabTests {
  @Suite("RFC 5838: OSPFv3 carries IPv4 as well, and OSPFv2 is not spoken", .serialized)
  struct AddressFamilyTests {
    @Test(
      "Both families of a service are announced to BIRD, follow the check, and leave at TERM",
      arguments: zip(
        RouterSetup.NetworkKind.allCases, ["external metric-type 2 metric 20", "stub metric 5"]))
    func bothFamilies(networkType: RouterSetup.NetworkKind, advertise: String) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .bird)
        for (host, address) in [(uplink.router.host, "2001:db8:0:1::1/64"), (uplink.node, "2001:db8:0:1::2/64")] {
          try await host.ip("address", "add", address, "dev", "eth0", "nodad")
        }
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(
          .init(
            routerID: Uplink.routerID, interfaces: [.init(networkType: networkType)], speaksOSPFv3: true,
            carriesIPv4OverOSPFv3: true))
        let flag = uplink.node.directory + "/healthy"
        _ = try uplink.node.write("", to: "healthy")
        let service = NodeConfiguration.Service(
          addresses: [Uplink.serviceAddress, DualStackTests.address6], advertise: advertise,
          lines: ["check exec /usr/bin/test -e \(flag) interval 500ms timeout 400ms rise 2 fall 2"])
        let daemon = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(
            interfaces: [.init(networkType: networkType, priority: 0)], speaksOSPFv3: true, carriesIPv4OverOSPFv3: true,
            services: [service]
          ).text)
        func awaitRoutes(_ areThere: Bool) async throws {
          try await uplink.router.awaitRoute(Uplink.serviceAddress, via: areThere ? [Uplink.nodeAddress] : [])
          try await eventually("\(areThere ? "a" : "no") route to \(DualStackTests.address6)", state: { daemon.log }) {
            try await uplink.router.host.hasIPv6Route(to: DualStackTests.address6) == areThere
          }
        }
        try await awaitRoutes(true)
        let families = try await daemon.neighbors().map { "\($0.protocol.rawValue) \($0.addressFamily.rawValue) \($0.state)" }
        #expect(families == ["OSPFv3 IPv6 Full", "OSPFv3 IPv4 Full"])
        // Each instance hears the other's packets too; none of them is a mistake of anybody.
        #expect(!daemon.log.contains("refused"))

        try await uplink.node.execute("rm", flag)
        try await awaitRoutes(false)
        _ = try uplink.node.write("", to: "healthy")
        try await awaitRoutes(true)

        #expect(try await daemon.end(.terminate).isSuccess)
        try await awaitRoutes(false)
        try await audit.finish()
      }
    }
  }
}
