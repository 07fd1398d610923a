import ControlAPI
import FoundationEssentials
import LabHarness
import Testing

extension LabTests {
  @Suite("A host that has too little: no disk, few descriptors")
  struct ScarcityTests {
    /// Puts a file in the place of the daemon's state directory.
    private func spoilDirectory(of host: Host) async throws {
      try await host.execute(["sh", "-c", "rm -rf '\(host.directory)/state' && touch '\(host.directory)/state'"])
    }

    private func mendDirectory(of host: Host) async throws {
      try await host.execute(["rm", "\(host.directory)/state"])
    }

    private func isMended(_ daemon: AnycastDaemon) async throws -> Bool { try await daemon.status().standingProblems == nil }

    @Test("Services are advertised all the same, a crash is cleaned up, and everything says so until it is mended")
    func noDirectory() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        _ = try await DNSServer(on: uplink.node)
        try await spoilDirectory(of: uplink.node)
        let first = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text)
        try await uplink.awaitService()
        let status = try await first.status()
        let standing = Set((status.standingProblems ?? []).map(\.name))
        #expect(standing.isSuperset(of: [.stateDirectoryNotLocked, .addressJournalNotWritten]), "\(standing)")
        #expect(status.health?.state == .warning)
        #expect(try await first.control("doctor").output.contains("The address journal cannot be written"))
        #expect(first.log.split(separator: "\n").count { $0.contains("the address journal cannot be written") } == 1)
        let drain = try await first.control("drain", "dns", "--for", "1s")
        #expect(drain.status.isSuccess && drain.output.contains("a restart forgets it"), "\(drain)")
        try await uplink.awaitService()

        // What one life has added without a journal is known to the next one by its mark.
        _ = try await first.end(.kill)
        #expect(try await uplink.node.hasServiceAddress())
        let second = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text)
        try await second.awaitLog("left by an earlier run, and taken over")
        try await uplink.awaitService()

        try await eventually("what is acknowledged is no warning", state: { second.log }) {
          _ = try await second.control("acknowledge")
          return try await second.status().health?.state == .ok
        }
        #expect(try await !isMended(second))
        try await mendDirectory(of: uplink.node)
        try await eventually("everything is written", state: { second.log }) { try await isMended(second) }
        try await second.awaitLog("mended: the address journal cannot be written")

        // The disk goes while it runs.
        try await spoilDirectory(of: uplink.node)
        #expect(try await second.control("drain", "dns").status.isSuccess)
        try await uplink.router.awaitNoService()
        #expect(try await second.control("undrain", "dns").status.isSuccess)
        try await uplink.awaitService()
        #expect(try await !isMended(second))
        #expect(try await second.end(.terminate).isSuccess)
        #expect(try await !uplink.node.hasServiceAddress())
      }
    }

    @Test("With few descriptors it says so and leaves, or holds its routes whoever connects to the control socket")
    func fewDescriptors() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let file = try uplink.node.write(NodeConfiguration().text, to: "few.conf")
        for limit in [20, 28] {
          let refused = try await uplink.node.attempt([
            "prlimit", "--nofile=\(limit)", AnycastDaemon.programs + "/anycast-ospfd", "run", "--config", file, "--socket",
            uplink.node.directory + "/few.sock", "--state-directory", uplink.node.directory + "/few",
          ])
          #expect(!refused.status.isSuccess && refused.errorOutput.contains("\(limit) open files are too few"), "\(refused)")
        }
        _ = try await DNSServer(on: uplink.node)
        let daemon = try await AnycastDaemon(
          on: uplink.node, configuration: NodeConfiguration().text, launcher: ["prlimit", "--nofile=72"])
        try await uplink.awaitService()
        let clients = try await uplink.node.start(
          "clients",
          [
            "python3", "-c",
            """
            import socket, time
            held = []
            end = time.time() + 15
            while time.time() < end:
                client = socket.socket(socket.AF_UNIX)
                client.settimeout(1)
                try:
                    client.connect("\(uplink.node.directory)/control.sock")
                except OSError:
                    pass
                held = (held + [client])[-200:]
                time.sleep(0.01)
            """,
          ])
        let host = uplink.router.host
        try await throughout(.seconds(12), "the routes stay") {
          let gateways = [
            try await host.gateways(to: Uplink.serviceAddress), try await host.gateways(to: Uplink.serviceAddress6),
          ]
          let isAnswering = try await daemon.control("status").status.isSuccess
          return isAnswering && gateways == [[uplink.nodeGateway.ipv4], [uplink.nodeGateway.ipv6]]
        }
        #expect(clients.isRunning)
        #expect(try await daemon.end(.terminate).isSuccess)
      }
    }
  }
}
