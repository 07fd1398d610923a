import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("A reload applies what is different, and leaves alone what is not")
  struct ReloadTests {
    /// How long a router of FRR has been adjacent with the node, and how often the adjacency has changed its state.
    private struct Adjacency {
      struct Neighbor: Decodable {
        var lastPrgrsvChangeMsec: Int
        var stateChangeCounter: Int
      }
      struct Neighbors: Decodable { var neighbors: [String: [Neighbor]] }
      struct Neighbor6: Decodable { var neighborStateDuration: String }

      var age: Duration
      /// Of OSPFv3, in whole seconds: more is not said.
      var age6: Duration
      var stateChangeCount: Int

      /// What the router says.
      init(_ router: FRRRouter) async throws {
        let answer = try decoded(Neighbors.self, from: try await router.show("neighbor detail json", .ospfV2))
        let neighbor = try #require(answer.neighbors[Uplink.nodeID]?.first)
        age = .milliseconds(neighbor.lastPrgrsvChangeMsec)
        stateChangeCount = neighbor.stateChangeCounter
        let answer6 = try decoded([String: Neighbor6].self, from: try await router.show("neighbor detail json", .ospfV3))
        let text = try #require(answer6["\(Uplink.nodeID)%eth0"]?.neighborStateDuration)
        age6 = .seconds(text.split(separator: ":").reduce(0) { $0 * 60 + (Int($1) ?? 0) })
      }
    }

    private struct External: Decodable {
      var linkStateId: String
      var metric: Int
    }

    /// The metrics with which FRR has the node's first address, and the first prefix of IPv6.
    private func metrics(_ router: FRRRouter) async throws -> [Int] {
      struct Answer: Decodable { var asExternalLinkStates: [External] }
      struct LSA6: Decodable {
        var prefix: String
        var metric: Int
      }
      struct Database6: Decodable { var lsa: [LSA6] }
      struct Answer6: Decodable { var asScopedLinkStateDb: [Database6] }
      let answer = try decoded(Answer.self, from: try await router.show("database external json", .ospfV2))
      let answer6 = try decoded(Answer6.self, from: try await router.show("database as-external detail json", .ospfV3))
      return answer.asExternalLinkStates.filter { $0.linkStateId == Uplink.serviceAddress }.map(\.metric)
        + answer6.asScopedLinkStateDb.flatMap(\.lsa).filter { $0.prefix == Uplink.serviceAddress6 + "/128" }.map(\.metric)
    }

    @Test("A service is added and metrics change while the adjacencies' age goes on; a dry run changes nothing")
    func serviceAndMetric() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        let router = FRRRouter(host: uplink.router.host)
        let audit = try await PacketAudit(of: uplink.node)
        try await router.start(.init(routerID: Uplink.routerID))
        _ = try await DNSServer(on: uplink.node)
        var configuration = NodeConfiguration()
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.awaitService()
        let before = try await Adjacency(router)
        let beginning = ContinuousClock.now
        let stateChanges = try await daemon.neighbors().map(\.stateChangeCount)
        #expect(try await metrics(router) == [20, 20])

        let addresses = ["192.0.2.54", "2001:db8:ffff::54"]
        configuration.services[0].advertise = "external metric-type 2 metric 77"
        configuration.services.append(.init(name: "second", addresses: addresses, lines: []))
        configuration.interfaces[0].cost = 30
        _ = try uplink.node.write(configuration.text, to: "anycast-ospfd.conf")

        let messages = [
          "interface eth0 changed", "service dns changed", "service second added",
          "OSPFv2 on eth0 (\(uplink.nodeGateway.ipv4)) goes on, its adjacencies stay",
          "OSPFv3 on eth0 goes on, its adjacencies stay",
        ]
        let dryRun = try await daemon.control("reload", "--dry-run")
        #expect(dryRun.status.isSuccess, "\(dryRun.errorOutput)")
        for line in ["- ip ospf cost 10", "+ ip ospf cost 30", "+anycast service second"] + messages {
          #expect(dryRun.output.split(separator: "\n").contains { $0 == line }, "\(line): \(dryRun.output)")
        }
        try await throughout(.seconds(2), "a dry run changes nothing") {
          let (services, metrics) = (try await daemon.services().map(\.name), try await metrics(router))
          return services == ["dns"] && metrics == [20, 20]
        }

        let reload = try await daemon.control("reload")
        #expect(reload.status.isSuccess, "\(reload.errorOutput)")
        #expect(reload.output.split(separator: "\n").map(String.init) == messages)
        try await router.awaitRoute(addresses[0], via: [uplink.nodeGateway.ipv4])
        try await router.awaitRoute(addresses[1], via: [uplink.nodeGateway.ipv6])
        try await eventually("the new metrics arrive") { try await metrics(router) == [77, 77] }
        try await eventually("the new cost arrives") {
          try await router.show("database router \(Uplink.nodeID)", .ospfV2).contains("TOS 0 Metric: 30")
        }
        let elapsed = ContinuousClock.now - beginning
        let after = try await Adjacency(router)
        #expect(after.age >= before.age + elapsed - .milliseconds(100), "the adjacency is as old as before, and older")
        #expect(after.age6 >= before.age6 + elapsed - .seconds(2))
        #expect(after.stateChangeCount == before.stateChangeCount)
        #expect(try await daemon.neighbors().map(\.stateChangeCount) == stateChanges)
        #expect(try await daemon.control("reload").output == "nothing is different\n")

        _ = try uplink.node.write("interface eth0\n ip osfp area 0\n", to: "anycast-ospfd.conf")
        for result in [try await daemon.control("reload", "--dry-run"), try await daemon.control("reload")] {
          #expect(!result.status.isSuccess)
          #expect(result.errorOutput.contains("anycast-ospfd.conf:2:5"), "\(result.errorOutput)")
        }
        #expect(try await daemon.services().count == 2)
        try await audit.finish()
      }
    }

    @Test(
      "Another router ID: the old router flushes what it advertised and leaves, and the new one follows",
      arguments: RouterSoftware.allCases)
    func routerID(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        _ = try await DNSServer(on: uplink.node)
        var configuration = NodeConfiguration()
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.awaitService()

        configuration.routerID = "192.0.2.3"
        _ = try uplink.node.write(configuration.text, to: "anycast-ospfd.conf")
        let reload = try await daemon.control("reload")
        #expect(reload.output.contains("OSPFv2 leaves as 192.0.2.2 and starts again as 192.0.2.3"), "\(reload)")
        #expect(reload.output.contains("OSPFv3 leaves as 192.0.2.2 and starts again as 192.0.2.3"))
        try await uplink.router.awaitFull(with: "192.0.2.3")
        try await uplink.awaitService()
        #expect(try await daemon.status().instances.map(\.routerID) == ["192.0.2.3", "192.0.2.3"])
        try await eventually("nothing of the old router is left") {
          try await uplink.router.lsas(from: Uplink.nodeID).allSatisfy { $0.age >= 3600 }
        }
        #expect(try await uplink.node.hasServiceAddress(), "the service itself has not been disturbed")
        try await audit.finish()
      }
    }

    @Test("Routing that is removed and comes back before it has left never runs twice")
    func removedAndBack() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        _ = try await DNSServer(on: uplink.node)
        var configuration = NodeConfiguration()
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: configuration.text)
        try await uplink.awaitService()

        // Nobody acknowledges what is flushed, so that leaving takes its time.
        try await uplink.router.host.cutOSPF()
        configuration.protocols = []
        _ = try uplink.node.write(configuration.text, to: "anycast-ospfd.conf")
        #expect(try await !daemon.control("reload").status.isSuccess, "a file without any router may have been cut short")
        #expect(try await daemon.control("reload", "--force").status.isSuccess)
        _ = try uplink.node.write(NodeConfiguration().text, to: "anycast-ospfd.conf")
        #expect(try await daemon.control("reload").status.isSuccess)
        let protocols = try await daemon.status().instances.map(\.protocol)
        #expect(protocols == ProtocolName.allCases, "those that leave, and none beside them")
        try await eventually("both have left and begun again", state: { daemon.log }) {
          let log = daemon.log.split(separator: "\n")
          return ProtocolName.allCases.allSatisfy { name in
            log.count { $0.contains("\(name.rawValue): router ID \(Uplink.nodeID)") } == 2
          }
        }
        #expect(try await daemon.status().instances.map(\.protocol) == ProtocolName.allCases)
        try await uplink.router.host.execute("nft", "delete", "table", "inet", "cut")
        try await uplink.awaitService()
      }
    }
  }
}
