import FoundationEssentials
import PacketCapture
import Testing

extension LabTests {
  /// The lab itself, without the daemon: what these prove, the others rely on.
  @Suite("The lab does what the tests rely on", .serialized)
  struct HarnessTests {
    @Test("FRR and BIRD become adjacent and install each other's externals", arguments: RouterSetup.NetworkKind.allCases)
    func routers(networkType: RouterSetup.NetworkKind) async throws {
      try await Lab.with { lab in
        let hosts = (try await lab.host("frr"), try await lab.host("bird"))
        try await lab.connect(hosts.0, "eth0", hosts.1, "eth0")
        try await hosts.0.ip("address", "add", "10.0.0.1/24", "dev", "eth0")
        try await hosts.1.ip("address", "add", "10.0.0.2/24", "dev", "eth0")
        let frr = FRRRouter(host: hosts.0)
        let bird = BIRDRouter(host: hosts.1)
        let interface = RouterSetup.Interface(networkType: networkType)
        try await frr.start(.init(routerID: "192.0.2.1", interfaces: [interface], externals: ["203.0.113.1/32"]))
        try await bird.start(.init(routerID: "192.0.2.2", interfaces: [interface], externals: ["203.0.113.2/32"]))
        try await frr.awaitFull(with: "192.0.2.2")
        try await bird.awaitFull(with: "192.0.2.1")
        try await frr.awaitRoute("203.0.113.2", via: ["10.0.0.2"])
        try await bird.awaitRoute("203.0.113.1", via: ["10.0.0.1"])
        let keys = (try await frr.database(), try await bird.database())
        #expect(Set(keys.0.map(\.linkStateID)) == Set(keys.1.map(\.linkStateID)))
        #expect(keys.0.contains { $0.lsType == 5 && $0.linkStateID == "203.0.113.2" && $0.advertisingRouter == "192.0.2.2" })
        try await bird.kill()
        try await frr.awaitNoRoute("203.0.113.2")
        try await bird.start(.init(routerID: "192.0.2.2", interfaces: [interface], externals: ["203.0.113.2/32"]))
        try await frr.awaitRoute("203.0.113.2", via: ["10.0.0.2"])
      }
    }

    @Test("The packets of a real router pass the audit")
    func audit() async throws {
      try await Lab.with { lab in
        let hosts = (try await lab.host("a"), try await lab.host("b"))
        try await lab.connect(hosts.0, "eth0", hosts.1, "eth0")
        try await hosts.0.ip("address", "add", "10.0.0.1/24", "dev", "eth0")
        try await hosts.1.ip("address", "add", "10.0.0.2/24", "dev", "eth0")
        let audit = try await PacketAudit(of: hosts.0)
        let routers = (BIRDRouter(host: hosts.0), BIRDRouter(host: hosts.1))
        try await routers.0.start(.init(routerID: "192.0.2.1"))
        try await routers.1.start(.init(routerID: "192.0.2.2"))
        try await routers.1.awaitFull(with: "192.0.2.1")
        try await audit.finish()
      }
    }

    @Test("A DNS server says which node it is, until it is killed")
    func dns() async throws {
      try await Lab.with { lab in
        let host = try await lab.host("node1")
        let server = try await DNSServer(on: host)
        try await host.ip("address", "add", "192.0.2.53/32", "dev", "lo")
        try await eventually("the server answers") { try await host.identity(ofServerAt: "192.0.2.53") == "node1" }
        try await server.kill()
        #expect(try await host.identity(ofServerAt: "192.0.2.53") == nil)
      }
    }

    @Test("Nothing of a lab is left when its test has thrown")
    func removal() async throws {
      struct Thrown: Error {}
      var namespace = ""
      var directory = ""
      await #expect(throws: LabError.self) {
        try await Lab.with { lab in
          let host = try await lab.host("a")
          (namespace, directory) = (host.namespace, host.directory)
          _ = try await host.start("sleeper", ["sleep", "1000"])
          throw Thrown()
        }
      }
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
