import ControlAPI
import FoundationEssentials
import LabHarness
import PacketCapture
import Synchronization
import Testing

extension LabTests {
  /// The lab itself, without the daemon: what these prove, the others rely on.
  @Suite("The lab does what the tests rely on")
  struct HarnessTests {
    @Test("FRR and BIRD become adjacent and install each other's externals", arguments: RouterSetup.NetworkKind.allCases)
    func routers(networkType: RouterSetup.NetworkKind) async throws {
      try await Lab.with { lab in
        let hosts = (try await lab.host("frr"), try await lab.host("bird"))
        try await lab.connect(hosts.0, "eth0", hosts.1, "eth0")
        let gateways = (try await hosts.0.address(number: 1), try await hosts.1.address(number: 2))
        let frr = FRRRouter(host: hosts.0)
        let bird = BIRDRouter(host: hosts.1)
        let interface = RouterSetup.Interface(networkType: networkType)
        let frrSetup = RouterSetup(
          routerID: "192.0.2.1", interfaces: [interface], externals: ["203.0.113.1/32", "2001:db8:7::1/128"])
        let birdSetup = RouterSetup(
          routerID: "192.0.2.2", interfaces: [interface], externals: ["203.0.113.2/32", "2001:db8:7::2/128"])
        try await frr.start(frrSetup)
        try await bird.start(birdSetup)
        try await frr.awaitFull(with: "192.0.2.2")
        try await bird.awaitFull(with: "192.0.2.1")
        try await frr.awaitRoute("203.0.113.2", via: [gateways.1.ipv4])
        try await frr.awaitRoute("2001:db8:7::2", via: [gateways.1.ipv6])
        try await bird.awaitRoute("203.0.113.1", via: [gateways.0.ipv4])
        try await bird.awaitRoute("2001:db8:7::1", via: [gateways.0.ipv6])
        for protocolName in ProtocolName.allCases {
          try await eventually("the databases of \(protocolName.rawValue) are the same") {
            let keys = try await [frr.database(protocolName), bird.database(protocolName)].map { lsas in
              // FRR does not list an intra-area-prefix-LSA without prefixes, which BIRD originates.
              Set(
                lsas.filter { $0.age < 3600 && $0.lsType != 0x2009 }
                  .map { "\($0.lsType) \($0.linkStateID) \($0.advertisingRouter)" })
            }
            return keys[0] == keys[1]
          }
        }
        #expect(try await frr.lsas(from: "192.0.2.2").count(where: \.isExternal) == 2)
        try await bird.kill()
        try await frr.awaitRoute("203.0.113.2", via: [])
        try await frr.awaitRoute("2001:db8:7::2", via: [])
        try await bird.start(birdSetup)
        try await frr.awaitRoute("203.0.113.2", via: [gateways.1.ipv4])
        try await frr.awaitRoute("2001:db8:7::2", via: [gateways.1.ipv6])
      }
    }

    @Test("The packets of a real router pass the audit, and none does that is changed")
    func audit() async throws {
      try await Lab.with { lab in
        let hosts = (try await lab.host("a"), try await lab.host("b"))
        try await lab.connect(hosts.0, "eth0", hosts.1, "eth0")
        try await hosts.0.address(number: 1)
        try await hosts.1.address(number: 2)
        let audit = try await PacketAudit(of: hosts.0)
        let routers = (BIRDRouter(host: hosts.0), BIRDRouter(host: hosts.1))
        try await routers.0.start(.init(routerID: "192.0.2.1"))
        try await routers.1.start(.init(routerID: "192.0.2.2"))
        try await routers.1.awaitFull(with: "192.0.2.1")
        try await audit.finish()
        let (packets, _) = try CaptureReader.read(path: audit.file)
        for ipv6 in [false, true] {
          let packet = try #require(packets.first { ($0.source.v6 != nil) == ipv6 && $0.bytes[1] == 4 })
          #expect(try await complaints(about: packet, hosts.0).isEmpty)
          for change in Self.changes {
            var changed = packet
            change.apply(&changed)
            let complaints = try await complaints(about: changed, hosts.0)
            #expect(complaints.contains { $0.contains(change.complaint) }, "\(change.complaint): \(complaints)")
          }
        }
      }
    }

    /// What is done to a Link State Update, and a word of what the audit has to say of it.
    private static let changes: [(complaint: String, apply: @Sendable (inout CapturedDatagram) -> Void)] = [
      // The router ID, which only the packet's checksum protects.
      ("incorrect", { $0.bytes[7] ^= 1 }),
      // The end of the last LSA.
      ("checksum of an LSA", { $0.bytes[$0.bytes.count - 1] ^= 1 }),
      ("TTL", { $0.ttl = 2 }),
      // One LSA more than there are.
      ("tshark complains", { $0.bytes[($0.bytes[0] == 2 ? 24 : 16) + 3] += 1 }),
    ]

    /// What the audit says of a recording of one packet.
    private func complaints(about packet: CapturedDatagram, _ host: Host) async throws -> [String] {
      let file = host.directory + "/changed.pcap"
      let writer = try CaptureWriter(path: file)
      try writer.write(packet)
      try writer.close()
      return try await PacketAudit.complaints(about: file, [])
    }

    @Test("A DNS server says which node it is, until it is killed")
    func dns() async throws {
      try await Lab.with { lab in
        let host = try await lab.host("node1")
        let server = try await DNSServer(on: host)
        try await host.ip("address", "add", Uplink.serviceAddress + "/32", "dev", "lo")
        try await host.ip("address", "add", Uplink.serviceAddress6 + "/128", "dev", "lo", "nodad")
        try await eventually("the server answers") { try await host.serviceIdentities() == ["node1", "node1"] }
        try await server.kill()
        #expect(try await host.serviceIdentities() == [nil, nil])
      }
    }

    @Test("Nothing of a lab is left when its test has thrown")
    func removal() async throws {
      struct Thrown: Error {}
      let made = Mutex((namespace: "", directory: ""))
      await #expect(throws: LabError.self) {
        try await Lab.with { lab in
          let host = try await lab.host("a")
          made.withLock { $0 = (host.namespace, host.directory) }
          _ = try await host.start("sleeper", ["sleep", "1000"])
          throw Thrown()
        }
      }
      let (namespace, directory) = made.withLock { $0 }
      #expect(!namespace.isEmpty)
      #expect(try await !Shell.run("ip", ["netns", "list"]).contains(namespace))
      #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test("A lab whose process was killed is removed all the same")
    func guardian() async throws {
      let name = "\(Guardian.prefix)\(UInt32.random(in: 4_000_000...4_999_999))-a"
      try await Shell.run("ip", ["netns", "add", name])
      try await Guardian.removeLeftovers()
      #expect(try await !Shell.run("ip", ["netns", "list"]).contains(name))
    }

    @Test("The Fletcher checksums of recorded LSAs are right, and wrong when an octet changes")
    func checksums() throws {
      let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
      let recorded = try CaptureReader.read(path: root + "/captures/frr-bird-broadcast.pcap").datagrams.map(\.bytes)
      let updates = recorded.filter { $0.count > 60 && $0[1] == 4 }
      #expect(!updates.isEmpty)
      for update in updates {
        #expect(LSAChecksums.areCorrect(in: update))
        for index in 30..<48 {
          var changed = update
          changed[index] ^= 1
          #expect(!LSAChecksums.areCorrect(in: changed))
        }
      }
    }
  }
}
