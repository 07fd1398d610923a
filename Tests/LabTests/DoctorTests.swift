import ControlAPI
import Diagnosis
import LabHarness
import Subprocess
import Testing

extension LabTests {
  @Suite("anycastctl doctor names what is wrong, with the values, and nothing when all is well")
  struct DoctorTests {
    @Test("One classic mistake after the other, over both versions of OSPF", arguments: RouterSoftware.allCases)
    func classics(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let dns = try await DNSServer(on: uplink.node)
        let patient = Patient(
          uplink: uplink, daemon: try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text))
        try await patient.expectWell()
        try await services(patient, dns)
        try await patient.expectWell()
        try await silences(patient)
        try await disagreements(patient)
        try await exchange(patient)
      }
    }

    @Test("A router with our own address: the doctor names the address and whose hardware address answers for it")
    func addressConflict() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        let configuration = NodeConfiguration(protocols: [.ospfV2], services: [])
        let patient = Patient(uplink: uplink, daemon: try await AnycastDaemon(on: uplink.node, configuration: configuration.text))
        let router = uplink.router.host
        try await router.ip("address", "delete", "\(uplink.routerGateway.ipv4)/24", "dev", "eth0")
        try await router.ip("address", "add", "\(uplink.nodeGateway.ipv4)/24", "dev", "eth0")
        try await uplink.router.start(.init(routerID: Uplink.routerID, protocols: [.ospfV2]))
        let hardwareAddress = try await router.execute("cat", "/sys/class/net/eth0/address").filter { !$0.isWhitespace }
        try await patient.expect(.addressConflict, uplink.nodeGateway.ipv4, hardwareAddress, "interface eth0 (OSPFv2)")
        #expect(try await patient.daemon.neighbors().isEmpty)
        try await uplink.router.kill()
        try await router.ip("address", "delete", "\(uplink.nodeGateway.ipv4)/24", "dev", "eth0")
        try await router.ip("address", "add", "\(uplink.routerGateway.ipv4)/24", "dev", "eth0")
        try await uplink.router.start(.init(routerID: Uplink.routerID, protocols: [.ospfV2]))
        try await patient.expectWell()
      }
    }

    /// What keeps a service from being advertised, the adjacency apart.
    private func services(_ patient: Patient, _ dns: DNSServer) async throws {
      try await dns.kill()
      try await patient.expect(.checkFailing, "dns name www.example.net", "not advertised")
      try await patient.expect(.nothingListens, "UDP port 53", Uplink.serviceAddress)
      try await patient.expect(.nothingListens, "UDP port 53", Uplink.serviceAddress6)
      _ = try await DNSServer(on: patient.uplink.node)
      #expect(try await patient.daemon.control("drain", "dns", "--reason", "maintenance").status.isSuccess)
      try await patient.expect(.serviceDrained, "maintenance", "undrain dns")
      #expect(try await patient.daemon.control("undrain", "dns").status.isSuccess)

      var configuration = NodeConfiguration()
      configuration.interfaces.append(.init(device: "eth9", priority: 0))
      configuration.services.append(
        .init(name: "absent", addresses: ["192.0.2.54", "2001:db8::54"], lines: ["address-mode present"]))
      try patient.reload(configuration)
      try await patient.expect(.interfaceAbsent, "eth9")
      try await patient.expect(.addressMissing, "192.0.2.54", "lo", "address-mode present")
      try await patient.expect(.addressMissing, "2001:db8::54/128", "lo", "address-mode present")
      try patient.reload(NodeConfiguration())
    }

    /// One side does not hear the other.
    private func silences(_ patient: Patient) async throws {
      let rule = "table inet cut { chain input { type filter hook input priority 0; meta l4proto 89 counter drop; }; }"
      let (node, router) = (patient.uplink.node, patient.uplink.router.host)
      try await node.execute(["nft", "-f", "-"], input: rule)
      try await patient.expectBoth(.packetFilterDrops, "chain input of table inet cut", "arrive on eth0")
      try await patient.expectBoth(.fallenSilent, "eth0", Uplink.routerID, "dead timer expired", "table inet cut")
      try await patient.expect(.advertisedToNobody, "192.0.2.53/32", "2001:db8:ffff::53/128")
      try await router.execute(["nft", "-f", "-"], input: rule)
      try await node.execute("nft", "delete", "table", "inet", "cut")
      try await patient.expectBoth(.oneWay, isFromRouter: true, Uplink.nodeID)
      try await router.execute("nft", "delete", "table", "inet", "cut")
    }

    /// The two sides say different things.
    private func disagreements(_ patient: Patient) async throws {
      try patient.reload(NodeConfiguration(interfaces: [.init(helloInterval: 2, priority: 0)]))
      try await patient.expectBoth(.helloIntervalMismatch, isFromRouter: true, "1 s there", "2 s here")
      try patient.reload(NodeConfiguration(interfaces: [.init(routerDeadInterval: 7, priority: 0)]))
      try await patient.expectBoth(.routerDeadIntervalMismatch, isFromRouter: true, "4 s there", "7 s here")
      try patient.reload(NodeConfiguration(interfaces: [.init(priority: 0, area: "0.0.0.9")]))
      try await patient.expectBoth(.areaMismatch, isFromRouter: true, "0.0.0.0 there", "0.0.0.9 here")
    }

    /// The two sides hear each other, and do not get further.
    private func exchange(_ patient: Patient) async throws {
      let (node, router) = (patient.uplink.node, patient.uplink.router)
      try await node.ip("link", "set", "eth0", "mtu", "1400")
      try patient.reload(NodeConfiguration())
      try await patient.expectBoth(.mtuMismatch, isFromRouter: true, "is 1500, and ours is 1400", "We refuse")
      try await node.ip("link", "set", "eth0", "mtu", "1500")
      try await patient.expectWell()
      try await router.kill()
      try await router.start(.init(routerID: Uplink.routerID, interfaces: [.init(priority: 0)]))
      try await patient.expectBoth(.noDesignatedRouter, isFromRouter: true, "priority 0")
      try await router.kill()
      try await router.start(.init(routerID: Uplink.nodeID))
      try await patient.expectBoth(.duplicateRouterID, isFromRouter: true, "uses our own router ID")
    }

    /// Whom the doctor looks at.
    private struct Patient {
      let uplink: Uplink
      let daemon: AnycastDaemon

      func reload(_ configuration: NodeConfiguration) throws {
        _ = try uplink.node.write(configuration.text, to: "anycast-ospfd.conf")
        daemon.signal(.terminalClosed)
      }

      /// Waits until the doctor finds nothing.
      func expectWell() async throws {
        try await eventually("the doctor finds nothing", state: { await report }) {
          let result = try await daemon.control("doctor")
          return result.status.isSuccess && result.output.hasPrefix("Everything is well.")
        }
      }

      /// Waits until the doctor finds something of a kind and says it with every one of `words`.
      func expect(_ kind: Finding.Kind, _ words: String...) async throws { try await expect(kind, words) }

      /// The same for each version of OSPF; `isFromRouter` adds the router's address to the words.
      func expectBoth(_ kind: Finding.Kind, isFromRouter: Bool = false, _ words: String...) async throws {
        for protocolName in ProtocolName.allCases {
          let sources = isFromRouter ? [uplink.routerGateway.source(protocolName)] : []
          try await expect(kind, words + sources + ["(\(protocolName.rawValue))"])
        }
      }

      private func expect(_ kind: Finding.Kind, _ words: [String]) async throws {
        try await eventually("the doctor finds \(kind) with \(words)", state: { await report }) {
          let result = try await daemon.control("doctor", "--json")
          guard result.status == .exited(1) else { return false }
          return try decoded([Finding].self, from: result.output).contains { finding in
            finding.kind == kind && finding.severity != .note
              && words.allSatisfy { "\(finding.subject) \(finding.message) \(finding.advice)".contains($0) }
          }
        }
      }

      private var report: String {
        get async { "the doctor says: \((try? await daemon.control("doctor"))?.output ?? "nothing")\n\(daemon.log.suffix(3000))" }
      }
    }
  }
}
