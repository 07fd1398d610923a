import ControlAPI
import FoundationEssentials
import LabHarness
import Testing

extension LabTests {
  @Suite("Services come and go at run time")
  struct RuntimeServiceTests {
    private static let socket = "control.sock"

    /// A router and a node with the usual service, which has no check here.
    private func started(_ lab: Lab, _ software: RouterSoftware) async throws -> (uplink: Uplink, daemon: AnycastDaemon) {
      let uplink = try await Uplink(lab, software)
      try await uplink.router.start(.init(routerID: Uplink.routerID))
      let daemon = try await AnycastDaemon(on: uplink.node, configuration: Self.configuration.text)
      try await uplink.awaitService()
      return (uplink, daemon)
    }

    private static let configuration = NodeConfiguration(services: [.init(lines: [])])

    @Test("One is announced, kept over a restart, kept over a reload, and withdrawn; another one is gone after the restart")
    func life() async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await started(lab, .bird)
        let audit = try await PacketAudit(of: uplink.node)
        let gateway = [uplink.nodeGateway.ipv4]
        let kept = try await daemon.control("service", "add", "kept", "address 198.18.0.1", "--persist")
        #expect(kept.output.hasPrefix("service kept added, and kept over restarts\n"), "\(kept)")
        #expect(kept.output.contains("without 'check' it is advertised"), "\(kept)")
        let lines = try uplink.node.write(" description x\n address 198.18.0.2\n", to: "passing.conf")
        let passing = try await daemon.control("service", "add", "passing", "--file", lines)
        #expect(passing.output.hasPrefix("service passing added, until the next start\n"), "\(passing)")
        try await uplink.router.awaitRoute("198.18.0.1", via: gateway)
        try await uplink.router.awaitRoute("198.18.0.2", via: gateway)
        #expect(try await daemon.control("service", "list").output.contains("over restarts"))

        let refused = try await daemon.control("service", "add", "other", "adress 198.18.0.3")
        #expect(!refused.status.isSuccess)
        #expect(refused.errorOutput.contains("other:1:1: unknown word 'adress'"), "\(refused)")
        let taken = try await daemon.control("service", "add", "other", "address \(Uplink.serviceAddress)")
        #expect(taken.errorOutput.contains("service 'dns' has \(Uplink.serviceAddress)/32 already"), "\(taken)")

        #expect(try await daemon.control("reload").status.isSuccess)
        #expect(try await daemon.services().map(\.name) == ["dns", "kept", "passing"])
        #expect(try await daemon.services().map(\.origin) == [.configuration, .persistent, .runtime])
        try await audit.finish([.ospfV2])

        let restarted = try await daemon.control("restart", "--graceful")
        #expect(restarted.status.isSuccess, "\(restarted)\n\(daemon.log)")
        #expect(try await daemon.services().map(\.name) == ["dns", "kept", "passing"])
        #expect(try await daemon.services().map(\.origin) == [.configuration, .persistent, .runtime])
        try await uplink.router.awaitRoute("198.18.0.2", via: gateway)

        _ = try await daemon.end(.kill)
        let second = try await AnycastDaemon(on: uplink.node, configuration: Self.configuration.text)
        try await uplink.router.awaitRoute("198.18.0.1", via: gateway)
        try await uplink.router.awaitRoute("198.18.0.2", via: [])
        #expect(try await second.services().map(\.name) == ["dns", "kept"])
        #expect(try await second.control("service", "remove", "kept").output == "service kept removed\n")
        try await uplink.router.awaitRoute("198.18.0.1", via: [])
        _ = try await second.end(.terminate)
        let third = try await AnycastDaemon(on: uplink.node, configuration: Self.configuration.text)
        #expect(try await third.services().map(\.name) == ["dns"])
      }
    }

    @Test("The example of a speaker makes the node's services those of its list")
    func speaker() async throws {
      try await Lab.with { lab in
        let (uplink, daemon) = try await started(lab, .bird)
        let script =
          #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
          + "/scripts/package/examples/speaker"
        func speak(_ list: String) async throws -> CommandResult {
          let file = try uplink.node.write(list, to: "list")
          return try await uplink.node.attempt([
            "env", "ANYCAST_SOCKET=\(uplink.node.directory)/\(Self.socket)", "bash", "-c", "exec '\(script)' <'\(file)'",
          ])
        }
        _ = try await daemon.control("service", "add", "mine", "address 198.18.0.9")
        #expect(try await speak("# nothing yet\nweb 80 198.18.0.1 2001:db8:ffff::1\nssh 22 198.18.0.2\n").status.isSuccess)
        #expect(try await daemon.services().map(\.name) == ["dns", "mine", "k8s.web", "k8s.ssh"])
        let second = try await speak("web 81 198.18.0.1\nbad 80 \(Uplink.serviceAddress)\n")
        #expect(!second.status.isSuccess)
        #expect(second.errorOutput.contains("service 'dns' has \(Uplink.serviceAddress)/32 already"), "\(second)")
        #expect(try await daemon.services().map(\.name) == ["dns", "mine", "k8s.web"])
        #expect(try await daemon.services().last?.addresses.map(\.address) == ["198.18.0.1"])
        #expect(try await speak("").status.isSuccess)
        #expect(try await daemon.services().map(\.name) == ["dns", "mine"])
      }
    }

    /// The build for tests is ten times slower than the one for use; 10,000 are in the tests in virtual time.
    private static let many = 300

    @Test("300 are added one after the other, announced, and removed; the adjacency stays")
    func many() async throws {
      try await Lab.with(.whole) { lab in
        let (uplink, daemon) = try await started(lab, .frr)
        let count = Self.many
        let socket = uplink.node.directory + "/" + Self.socket
        // One connection for all of them: one after the other, each when the one before was answered.
        func ask(_ method: String, _ body: (Int) -> String) async throws {
          let requests = (0..<count).map { number in
            "url = \"http://localhost/v1/services/s\(number)\"\nrequest = \"\(method)\"\ndata = \"\(body(number))\"\noutput = \"/dev/null\"\n"
              + "write-out = \"%{http_code}\\n\"\nunix-socket = \"\(socket)\"\n"
          }
          let file = try uplink.node.write(requests.joined(separator: "next\n"), to: "requests")
          let answers = try await uplink.node.execute("curl", "--silent", "--config", file).split(separator: "\n")
          #expect(answers.count { $0 == "200" } == count)
        }
        let start = ContinuousClock.now
        try await ask("PUT") { "address 10.77.\($0 / 256).\($0 % 256)\\naddress-mode none" }
        let added = ContinuousClock.now
        func awaitAnnounced(_ wanted: Int) async throws {
          try await eventually("\(wanted) routes", within: .seconds(240), state: { daemon.log }) {
            try await uplink.router.host.routes(.ipv4).count { $0.destination.hasPrefix("10.77.") } == wanted
          }
        }
        try await awaitAnnounced(count)
        let announced = ContinuousClock.now
        try await ask("DELETE") { _ in "" }
        let removed = ContinuousClock.now
        try await awaitAnnounced(0)
        print(
          "\(count) services: added in \(added - start), announced \(announced - added) later, removed in \(removed - announced)")
        #expect(try await daemon.services().map(\.name) == ["dns"])
        let seen = try await uplink.router.neighbors(.ospfV2) + uplink.router.neighbors(.ospfV3)
        #expect(try await uplink.router.isFull(with: Uplink.nodeID), "\(seen)\n\(daemon.log)")
        let neighbors = try await daemon.neighbors()
        #expect(neighbors.allSatisfy { $0.state == .full }, "\(neighbors)\n\(daemon.log)")
      }
    }
  }
}
