import ControlAPI
import FoundationEssentials
import LabHarness
import Testing

extension LabTests {
  @Suite("A router that floods more than there is room for")
  struct DatabaseLimitTests {
    private static let limit = 100
    private static let quietID = "192.0.2.3"

    /// A prefix of each family for each number.
    private static func prefixes(_ numbers: Range<Int>) -> [String] {
      numbers.flatMap { ["198.18.\($0).0/24", "2001:db8:f000:\($0)::/64"] }
    }

    private func routes(_ verb: String, _ numbers: Range<Int>, at router: Host) async throws {
      let lines = Self.prefixes(numbers).map { "route \(verb) blackhole \($0)\n" }.joined()
      try await Shell.run("ip", ["-n", router.namespace, "-batch", "-"], input: lines)
    }

    @Test(
      "A warning at four fifths; at the limit that adjacency goes down and nothing of it is left, the other stays, and it recovers"
    )
    func overflow() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        let quiet = try await quietRouter(beside: uplink)
        try await uplink.router.start(.init(routerID: Uplink.routerID, externals: Self.prefixes(0..<1)))
        let limit = "max-lsa \(Self.limit) ignore-time 5s"
        let configuration = NodeConfiguration(
          interfaces: [.init(priority: 0), .init(device: "eth1", priority: 0, area: "0.0.0.1")], areaKinds: ["0.0.0.1": .stub],
          routerLines: [.ospfV2: [limit], .ospfV3: [limit]], services: [.init(lines: [])])
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.awaitService()
        try await quiet.awaitFull(with: Uplink.nodeID)
        #expect(!daemon.log.contains("four fifths"))

        try await routes("add", 1..<75, at: uplink.router.host)
        for version in ["OSPFv2", "OSPFv3"] { try await daemon.awaitLog("\(version): four fifths of the limit of link state") }
        #expect(!daemon.log.contains("no room for"))
        try await uplink.awaitService()

        try await routes("add", 75..<175, at: uplink.router.host)
        for seconds in [5, 10] {
          for address in [uplink.routerGateway.ipv4, uplink.routerGateway.ipv6] {
            try await daemon.awaitLog("no room for", "(\(address))", "leaves the network for \(seconds) s")
          }
        }
        try await expectOverflow(daemon, uplink)
        #expect(try await quiet.isFull(with: Uplink.nodeID))

        // ospf6d keeps what it has flushed for a minute, and describes it: another one begins without.
        try await uplink.router.kill()
        try await routes("del", 75..<175, at: uplink.router.host)
        try await uplink.router.start(.init(routerID: Uplink.routerID, externals: Self.prefixes(0..<75)))
        try await daemon.awaitFull(with: Uplink.routerID)
        try await uplink.awaitService()
        try await daemon.awaitLog("eth0: tries again after the database had no room")
        try await eventually("the whole database is there", state: { daemon.log }) {
          let externals = try await daemon.database().filter { $0.advertisingRouter == Uplink.routerID && $0.isExternal }
          return ProtocolName.allCases.allSatisfy { name in externals.count { $0.protocol == name && $0.ageSeconds < 3600 } == 75
          }
        }
        #expect(try await quiet.isFull(with: Uplink.nodeID))
      }
    }

    /// A router in a stub area, to which none of that is flooded.
    private func quietRouter(beside uplink: Uplink) async throws -> any LabRouter {
      let host = try await uplink.lab.host("quiet")
      try await uplink.lab.connect(host, "eth0", uplink.node, "eth1")
      try await host.address(network: 1, number: 1)
      try await uplink.node.address("eth1", network: 1, number: 2)
      let router = RouterSoftware.frr.router(on: host)
      try await router.start(
        .init(routerID: Self.quietID, interfaces: [.init(area: "0.0.0.1")], areaKinds: ["0.0.0.1": .stub]))
      return router
    }

    /// Both versions stay away from the router, have nothing of it, and everything says so.
    private func expectOverflow(_ daemon: AnycastDaemon, _ uplink: Uplink) async throws {
      try await eventually("both versions stay away", state: { daemon.log }) {
        let held = try await daemon.interfaces().filter { $0.interface == "eth0" && $0.databaseOverflow?.holdOffSeconds != nil }
        return held.count == 2
      }
      let left = try await daemon.database().filter { $0.advertisingRouter == Uplink.routerID }
      #expect(left.isEmpty, "\(left)")
      #expect(try await daemon.neighbors().allSatisfy { $0.routerID == Self.quietID })
      let interfaces = try await daemon.control("interfaces").output
      #expect(interfaces.split(separator: "\n").count { $0.contains("database full") } == 2, "\(interfaces)")
      let status = try await daemon.status()
      #expect(status.health?.state == .problem, "\(status)")
      #expect(try await daemon.control("status").output.contains("floods more than the limit of link state advertisements"))
      #expect(try await daemon.control("doctor").output.contains("has flooded more than the limit of"))
      let history = try await daemon.control("history").output
      #expect(history.contains("no room for what neighbor \(Uplink.routerID)"), "\(history)")
      try await uplink.router.awaitNoService()
    }
  }
}

extension LSAReport {
  fileprivate var isExternal: Bool { lsType == 5 || lsType == 0x4005 }
}
