import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("OSPFv3 packets have authentication trailers as BIRD and FRR make them (RFC 7166)")
  struct TrailerTests {
    private func setup(_ trailer: RouterSetup.Trailer?) -> RouterSetup {
      RouterSetup(routerID: Uplink.routerID, interfaces: [RouterSetup.Interface(trailer: trailer)], protocols: [.ospfV3])
    }

    /// The node's configuration with more lines in the block of the interface.
    private func configuration(_ lines: String) -> String {
      NodeConfiguration(
        protocols: [.ospfV3], services: [.init(addresses: [Uplink.serviceAddress6], lines: [])]
      ).text + "interface eth0\n\(lines)!\n"
    }

    /// A router and a node, and the service of the node at the router, also after the node has crashed and come back.
    private func expectService(_ software: RouterSoftware, _ trailer: RouterSetup.Trailer, _ lines: String) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(setup(trailer))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration(lines))
        try await uplink.router.awaitRoute(Uplink.serviceAddress6, via: [uplink.nodeGateway.ipv6])
        #expect(!daemon.log.contains("refused"), "\(daemon.log)")
        #expect(try await daemon.interfaces().flatMap(\.authenticationKeys).map(\.id) == [trailer.id])
        _ = try await daemon.end(.kill)
        let successor = try await AnycastDaemon(on: uplink.node, configuration: configuration(lines))
        try await eventually("the router is Full again", within: .seconds(30), state: { successor.log }) {
          try await successor.neighbors().contains { $0.state == .full }
        }
      }
    }

    @Test("BIRD, with each algorithm", arguments: ["hmac-sha-1", "hmac-sha-256", "hmac-sha-384", "hmac-sha-512"])
    func bird(algorithm: String) async throws {
      let trailer = RouterSetup.Trailer(algorithm: algorithm)
      try await expectService(.bird, trailer, trailer.line)
    }

    @Test("FRR 8.4, which has the octets behind the key in the order of the machine")
    func frr() async throws {
      let trailer = RouterSetup.Trailer()
      try await expectService(
        .frr, trailer, trailer.line + " ipv6 ospf6 authentication protocol-id little-endian\n")
    }

    @Test("FRR 8.4 without that line is refused, and the refusal says which line is missing")
    func frrOrder() async throws {
      try await expectLog(.frr, RouterSetup.Trailer(), RouterSetup.Trailer().line, ["protocol-id little-endian"])
    }

    @Test("A trailer on one side alone, and another key, are told and no key is shown", arguments: RouterSoftware.allCases)
    func mismatch(software: RouterSoftware) async throws {
      try await expectLog(software, RouterSetup.Trailer(), "", ["an authentication trailer follows the packet"])
      try await expectLog(software, nil, RouterSetup.Trailer().line, ["no authentication trailer follows the packet"])
      try await expectLog(
        software, RouterSetup.Trailer(key: "geheim"), RouterSetup.Trailer().line, ["digest is wrong", "key with ID 30"])
    }

    private func expectLog(
      _ software: RouterSoftware, _ trailer: RouterSetup.Trailer?, _ lines: String, _ words: [String]
    ) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(setup(trailer))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration(lines))
        try await daemon.awaitLog(words)
        #expect(try await daemon.neighbors().isEmpty)
        #expect(!daemon.log.contains("geheim") && !daemon.log.contains("sekret"))
      }
    }
  }
}
