import Testing

extension LabTests {
  @Suite("One service with an IPv4 and an IPv6 address, over OSPFv2 and OSPFv3", .serialized)
  struct DualStackTests {
    static let address6 = "2001:db8:ffff::53"

    /// One way to connect, and one way to advertise.
    struct Variant: Sendable, CustomTestStringConvertible {
      var software: RouterSoftware
      var networkType: RouterSetup.NetworkKind
      var advertise: String

      var testDescription: String { "\(software), \(networkType.rawValue), \(advertise)" }

      static let all = RouterSoftware.allCases.flatMap { software in
        [
          Variant(software: software, networkType: .broadcast, advertise: "external metric-type 2 metric 20"),
          Variant(software: software, networkType: .pointToPoint, advertise: "stub metric 5"),
        ]
      }
    }

    @Test("Both addresses follow the check together, and TERM takes both routes at once", arguments: Variant.all)
    func bothFamilies(variant: Variant) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, variant.software)
        for (host, address) in [(uplink.router.host, "2001:db8:0:1::1/64"), (uplink.node, "2001:db8:0:1::2/64")] {
          try await host.ip("address", "add", address, "dev", "eth0", "nodad")
        }
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(
          .init(
            routerID: Uplink.routerID, interfaces: [.init(networkType: variant.networkType)], speaksOSPFv3: true))
        let flag = uplink.node.directory + "/healthy"
        _ = try uplink.node.write("", to: "healthy")
        let service = NodeConfiguration.Service(
          addresses: [Uplink.serviceAddress, Self.address6], advertise: variant.advertise,
          lines: ["check exec /usr/bin/test -e \(flag) interval 500ms timeout 400ms rise 2 fall 2"])
        let daemon = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(
            interfaces: [.init(networkType: variant.networkType, priority: 0)], speaksOSPFv3: true, services: [service]
          ).text)
        func await6(_ isThere: Bool) async throws {
          try await eventually("\(isThere ? "a" : "no") route to \(Self.address6)", within: .seconds(90), state: { daemon.log }) {
            try await uplink.router.host.hasIPv6Route(to: Self.address6) == isThere
          }
        }
        try await await6(true)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress])

        try await uplink.node.execute("rm", flag)
        try await await6(false)
        try await uplink.router.awaitNoRoute(Uplink.serviceAddress)

        _ = try uplink.node.write("", to: "healthy")
        try await await6(true)
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [Uplink.nodeAddress])

        #expect(try await daemon.end(.terminate).isSuccess)
        try await await6(false)
        try await uplink.router.awaitNoRoute(Uplink.serviceAddress)
        try await audit.finish()
      }
    }
  }
}

extension Host {
  /// Whether the kernel has a route to exactly this address that a routing daemon put there.
  func hasIPv6Route(to address: String) async throws -> Bool {
    try await Shell.run("ip", ["-n", namespace, "-6", "route", "show", address + "/128"]).contains("dev eth0")
  }
}
