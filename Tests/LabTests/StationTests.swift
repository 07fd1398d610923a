import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("A third host on the segment sends in the router's name")
  struct StationTests {
    @Test("One packet is one event, a thousand are two, and doctor, interfaces and metrics say so; so it is with our own address")
    func forged() async throws {
      try await Lab.with { lab in
        let bridge = try await lab.networkSwitch()
        let (router, node, attacker) = (try await lab.host("router"), try await lab.host("node"), try await lab.host("attacker"))
        for host in [router, node, attacker] { try await lab.connect(host, "eth0", to: bridge) }
        let routerGateway = try await router.address(number: 1)
        let nodeGateway = try await node.address(number: 2)
        _ = try await attacker.address(number: 3)
        let software = RouterSoftware.frr.router(on: router)
        try await software.start(.init(routerID: Uplink.routerID))
        let daemon = try await AnycastDaemon(on: node, configuration: NodeConfiguration().text)
        try await daemon.awaitFull(with: Uplink.routerID)
        #expect(try await daemon.interfaces().allSatisfy { $0.linkLayerChanges == [] })

        try await forge(routerGateway.ipv4, 1, from: attacker)
        try await daemon.awaitLog("eth0: packets of \(routerGateway.ipv4) come from")
        // The router's next Hello comes from where it always has: two stations.
        try await daemon.awaitLog("eth0: packets of \(routerGateway.ipv4)", "in turn: two stations send as one router")
        try await forge(routerGateway.ipv4, 1000, from: attacker)
        try await forge(nodeGateway.ipv4, 3, from: attacker)
        try await daemon.awaitLog("eth0: OSPF packets from our own address \(nodeGateway.ipv4) come from")
        let lines = daemon.log.split(separator: "\n").count { $0.contains("packets of \(routerGateway.ipv4)") }
        #expect(lines <= 4, "\(daemon.log)")

        let mac = try await attacker.execute("cat", "/sys/class/net/eth0/address").filter { !$0.isWhitespace }
        let reports = try await daemon.interfaces()
        let changes = reports.compactMap(\.linkLayerChanges).flatMap(\.self)
        #expect(
          changes.map(\.address) == [routerGateway.ipv4],
          "\(reports.map(\.protocol)) \(reports.map { $0.linkLayerChanges?.count ?? -1 })")
        #expect(changes.allSatisfy { $0.contested && [$0.linkLayerAddress, $0.former].contains(mac) })
        #expect(try await daemon.control("doctor").output.contains("two stations send as one router"))
      }
    }

    /// Sends empty OSPF packets from an address that is another's.
    private func forge(_ source: String, _ count: Int, from attacker: Host) async throws {
      try await attacker.execute([
        "/usr/bin/python3", "-c",
        """
        from scapy.all import Ether, IP, get_if_hwaddr, sendp
        packet = Ether(src=get_if_hwaddr("eth0"), dst="01:00:5e:00:00:05") / IP(src="\(source)", dst="224.0.0.5", proto=89, ttl=1) / (b"x" * 24)
        sendp(packet, iface="eth0", count=\(count), verbose=False)
        """,
      ])
    }
  }
}
