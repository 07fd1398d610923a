import LabHarness
import Subprocess
import Testing

extension LabTests {
  @Suite("What happens beside routing when a service changes state")
  struct ReactionTests {
    @Test("on-change runs a command for each state, and one that hangs or is missing changes nothing about the announcement")
    func onChange() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let node = uplink.node
        // The command runs as nobody, and may write nowhere else.
        let told = node.directory + "/told"
        _ = try node.write("", to: "told")
        try await node.execute("chmod", "666", told)
        let script = try node.write(
          "#!/bin/sh\necho \"$SERVICE $OLD_STATE $NEW_STATE $ADDRESSES $(id -un)\" >>\(told)\n", to: "tell")
        try await node.execute("chmod", "755", script)
        _ = try node.write("", to: "healthy")
        let check = "check exec /usr/bin/test -e \(node.directory)/healthy interval 200ms timeout 150ms rise 1 fall 1"
        var configuration = NodeConfiguration()
        configuration.services = [
          .init(lines: [check, "on-change exec \(script)"]),
          .init(name: "hangs", addresses: ["192.0.2.61"], lines: [check, "on-change exec /bin/sleep 1000"]),
          .init(name: "missing", addresses: ["192.0.2.62"], lines: [check, "on-change exec /no/such/program"]),
        ]
        let daemon = try await AnycastDaemon(on: node, configuration: configuration.text)
        try await uplink.awaitService()
        for address in ["192.0.2.61", "192.0.2.62"] {
          try await uplink.router.awaitRoute(address, via: [uplink.nodeGateway.ipv4])
        }
        try await daemon.awaitLog("service missing: on-change /no/such/program", "cannot run")
        try await node.execute("rm", node.directory + "/healthy")
        try await uplink.router.awaitNoService()
        for address in ["192.0.2.61", "192.0.2.62"] { try await uplink.router.awaitRoute(address, via: []) }
        #expect(try await daemon.control("drain", "--all").status.isSuccess)
        let who = "\(Uplink.serviceAddress) \(Uplink.serviceAddress6) nobody"
        try await eventually("the command was told of every change", state: { daemon.log }) {
          let lines = try await node.execute("cat", told).split(separator: "\n").map(String.init)
          // It is draining in between while the withdrawal is not yet acknowledged.
          return lines.prefix(2) == ["dns down up \(who)", "dns up down \(who)"]
            && lines.last?.hasSuffix("drained \(who)") == true
        }
        #expect(try await daemon.end(.terminate).isSuccess)
      }
    }

    @Test("Fifty checks that hang make no Hello late")
    func hellos() async throws {
      try await Lab.with(.whole) { lab in
        let uplink = try await Uplink(lab, .frr)
        let node = uplink.node
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        var configuration = NodeConfiguration()
        configuration.services = [.init(lines: [])]
        let daemon = try await AnycastDaemon(on: node, configuration: configuration.text)
        try await daemon.awaitFull(with: Uplink.routerID)

        let idle = try await Self.latestHello(of: node, from: uplink.nodeGateway.ipv4)
        configuration.services.append(
          .init(
            name: "hangs", addresses: ["192.0.2.61"],
            lines: (0..<50).map { "check exec /bin/sleep \(1000 + $0) interval 1s timeout 900ms" }))
        _ = try node.write(configuration.text, to: "anycast-ospfd.conf")
        daemon.signal(.terminalClosed)
        try await daemon.awaitLog("service hangs: configured")
        let hanging = try await Self.latestHello(of: node, from: uplink.nodeGateway.ipv4)
        print("Hellos later than HelloInterval by at most \(idle) ms without checks, \(hanging) ms while 50 hang")
        // The daemon has nothing to wait for; what is left is this machine's scheduling, which the first figure knows.
        #expect(hanging <= max(500, 4 * idle))
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
      }
    }

    /// How much later than a second after the one before a Hello was sent, at most, in milliseconds, over twenty of them.
    private static func latestHello(of host: Host, from source: String) async throws -> Double {
      // The octet after the 20 of an IPv4 header without options is OSPF's version, the one after that the packet's type.
      let times = try await host.execute(
        "tshark", "-n", "-i", "eth0", "-f", "ip proto 89 and src host \(source) and ip[21] = 1", "-c", "20", "-T", "fields", "-e",
        "frame.time_epoch"
      ).split(separator: "\n").compactMap { Double($0) }
      guard times.count >= 10 else { throw LabError("only \(times.count) Hellos were seen") }
      return zip(times, times.dropFirst()).map { ($1 - $0 - 1) * 1000 }.max() ?? 0
    }
  }
}
