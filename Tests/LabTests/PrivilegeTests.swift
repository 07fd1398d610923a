import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("What the running daemon may still do")
  struct PrivilegeTests {
    /// NET_RAW, NET_ADMIN, SYS_NICE, IPC_LOCK, NET_BIND_SERVICE, CHOWN, SETUID, SETGID, SETPCAP, KILL, SYS_RESOURCE, DAC_OVERRIDE.
    private static let kept: UInt64 = [13, 12, 23, 14, 10, 0, 7, 6, 8, 5, 24, 1].reduce(0) { $0 | 1 << UInt64($1) }

    private func expectLittle(_ daemon: AnycastDaemon) throws -> Int {
      let threads = try daemon.threadStatus()
      #expect(threads.count > 2)
      for thread in threads {
        let name = thread["Name"] ?? "?"
        #expect(thread["NoNewPrivs"] == "1", "\(name)")
        #expect(thread["Seccomp"] == "2", "\(name)")
        for set in ["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"] {
          let mask = UInt64(thread[set] ?? "", radix: 16)
          #expect(mask.map { $0 & ~Self.kept } == 0, "\(name): \(set) \(thread[set] ?? "")")
        }
        #expect(UInt64(thread["CapEff"] ?? "", radix: 16).map { $0 & (1 << 13 | 1 << 12) } == 1 << 13 | 1 << 12, "\(name)")
      }
      return Set(threads.compactMap { Int($0["Seccomp_filters"] ?? "") }).max() ?? 0
    }

    @Test(
      "Every thread of a daemon that root has started has given up what it does not need, and a graceful restart works all the same"
    )
    func running() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID, helpsRestarts: true))
        _ = try await DNSServer(on: uplink.node)
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text)
        try await uplink.awaitService()
        let filters = try expectLittle(daemon)
        let restarted = try await daemon.control("restart", "--graceful")
        #expect(restarted.status.isSuccess, "\(restarted)")
        try await eventually("the next run answers", state: { daemon.log }) {
          let status = try? await daemon.status()
          return status.map { $0.uptimeSeconds < 20 && $0.state == .running } ?? false
        }
        try await uplink.awaitService()
        #expect(try expectLittle(daemon) == filters)
        #expect(try await daemon.end(.terminate).isSuccess)
        #expect(try await !uplink.node.hasServiceAddress())
      }
    }
  }
}
