import ControlAPI
import FoundationEssentials
import LabHarness
import Testing

extension LabTests {
  @Suite("What happened is known afterwards")
  struct FlightRecorderTests {
    private func recordings(_ uplink: Uplink) -> [String] {
      let directory = uplink.node.directory + "/state/recordings"
      return ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted().map { "\(directory)/\($0)" }
    }

    private func decoded(_ path: String, _ uplink: Uplink) async throws -> String {
      let result = try await uplink.node.attempt([AnycastDaemon.programs + "/anycastctl", "decode", path])
      #expect(result.status.isSuccess, "\(result)")
      return result.output
    }

    @Test("A recording is written on command and when an adjacency is lost, and decode and replay read it; support packs it all")
    func record() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration(services: [.init(lines: [])]).text)
        try await uplink.awaitService()
        let asked = try await daemon.control("record")
        let path = String(asked.output.split(separator: "\n").last ?? "")
        #expect(asked.status.isSuccess && path.hasSuffix("-asked.pcapng"), "\(asked)")
        let text = try await decoded(path, uplink)
        #expect(text.contains("Hello") && text.contains("event: ") && text.contains("Full"), "\(text)")
        // The timers, and the configuration by the digest of what `check` prints.
        #expect(text.contains("HelloInterval 1 s, RouterDeadInterval "), "\(text)")
        let digest = try await uplink.node.execute(
          "sh", "-c",
          "\(AnycastDaemon.programs)/anycast-ospfd check --config \(uplink.node.directory)/anycast-ospfd.conf | grep -v '^! ' | sha256sum"
        )
        #expect(text.contains("configuration in force: SHA-256 \(digest.prefix(64))"), "\(text) \(digest)")
        let replay = try await uplink.node.attempt(
          [AnycastDaemon.programs + "/anycastctl", "replay", path, "--as", Uplink.nodeID])
        #expect(replay.output.contains(Uplink.routerID), "\(replay)")

        let bundle = uplink.node.directory + "/support.tar"
        let support = try await daemon.control("support", "--output", bundle)
        #expect(support.status.isSuccess && support.output.contains("recordings/"), "\(support)")
        let list = try await uplink.node.execute("tar", "-tf", bundle)
        for name in ["status.json", "database.json", "configuration.conf", "doctor.txt", "history.json", "fleet.json"] {
          #expect(list.contains("support/\(name)\n"), "\(list)")
        }
        #expect(!list.contains(".failed"), "\(list)")

        try await uplink.router.kill()
        try await eventually("the loss is recorded", state: { daemon.log }) {
          recordings(uplink).contains { $0.hasSuffix("-adjacency-lost.pcapng") }
        }
        let lost = try #require(recordings(uplink).last { $0.hasSuffix("-adjacency-lost.pcapng") })
        #expect(try await decoded(lost, uplink).contains("event: "))
        // The file says whom to play, and why it was written.
        let why = try await uplink.node.attempt([AnycastDaemon.programs + "/anycastctl", "replay", lost])
        #expect(why.output.contains("The engine plays \(Uplink.nodeID) in OSPFv2."), "\(why)")
        #expect(why.output.contains(": dead timer expired.\n    Why: no Hello of it was taken for "), "\(why)")
        #expect(!why.output.contains("the engine does not lose it then"), "\(why)")
      }
    }

    @Test("A planned drain begins and ends at its time")
    func plannedDrain() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration(services: [.init(lines: [])]).text)
        try await uplink.awaitService()
        #expect(try await daemon.control("drain", "dns", "--at", "+2s", "--for", "8s").status.isSuccess)
        #expect(try await daemon.control("status").output.contains("drain of dns planned for "))
        try await daemon.awaitService("dns", .drained)
        try await uplink.router.awaitNoService()
        try await uplink.awaitService()
      }
    }
  }
}
