import ControlAPI
import FoundationEssentials
import LabHarness
import Testing

extension LabTests {
  @Suite("Two networks at once, many addresses, many LSAs, a bad line")
  struct ScaleTests {
    @Test("Hello 1 s and dead 4 s on one interface beside 10 s and 40 s on another", arguments: RouterSoftware.allCases)
    func timersPerInterface(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let node = try await lab.host("node")
        var routers: [any LabRouter] = []
        var audits: [PacketAudit] = []
        var gateways: [Gateway] = []
        let timers = [(hello: 1, dead: 4), (hello: 10, dead: 40)]
        for (index, timer) in timers.enumerated() {
          let host = try await lab.host("router\(index)")
          try await lab.connect(host, "eth0", node, "eth\(index)")
          try await host.address(network: index, number: 1)
          gateways.append(try await node.address("eth\(index)", network: index, number: 2))
          audits.append(try await PacketAudit(of: node, device: "eth\(index)"))
          let router = software.router(on: host)
          let interface = RouterSetup.Interface(helloInterval: timer.hello, routerDeadInterval: timer.dead)
          try await router.start(.init(routerID: "192.0.2.\(index + 10)", interfaces: [interface]))
          routers.append(router)
        }
        let interfaces = timers.enumerated().map { index, timer in
          RouterSetup.Interface(
            device: "eth\(index)", helloInterval: timer.hello, routerDeadInterval: timer.dead, priority: 0)
        }
        let configuration = NodeConfiguration(interfaces: interfaces, services: [.init(lines: [])])
        let daemon = try await AnycastDaemon(on: node, configuration: configuration.text)
        for (index, router) in routers.enumerated() {
          try await daemon.awaitFull(with: "192.0.2.\(index + 10)", within: .seconds(150))
          try await router.awaitService(via: [gateways[index]])
        }
        for audit in audits { try await audit.finish() }
      }
    }

    @Test("1,000 service addresses of each family are announced, and withdrawn together", arguments: RouterSoftware.allCases)
    func manyAddresses(software: RouterSoftware) async throws {
      try await Lab.with(.whole) { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        let addresses = (1...1000).flatMap { ["198.18.\($0 / 250).\($0 % 250)", "2001:db8:ffff:1::1:\($0)"] }
        let flag = uplink.node.directory + "/healthy"
        _ = try uplink.node.write("", to: "healthy")
        let service = NodeConfiguration.Service(
          addresses: addresses, lines: ["check exec /usr/bin/test -e \(flag) interval 500ms timeout 400ms rise 1 fall 2"])
        let daemon = try await AnycastDaemon(
          on: uplink.node, configuration: NodeConfiguration(services: [service]).text)
        @Sendable func awaitAnnounced(_ count: Int) async throws {
          try await eventually("\(count) routes of each family", within: .seconds(120), state: { daemon.log }) {
            let counts = (
              try await uplink.router.host.routes(.ipv4).count {
                $0.destination.hasPrefix("198.18.") && $0.gateways == [uplink.nodeGateway.ipv4]
              },
              try await uplink.router.host.routes(.ipv6).count {
                $0.destination.hasPrefix("2001:db8:ffff:1::1:") && $0.gateways == [uplink.nodeGateway.ipv6]
              }
            )
            return counts == (count, count)
          }
        }
        try await awaitAnnounced(1000)
        try await uplink.node.execute("rm", flag)
        try await awaitAnnounced(0)
        #expect(try await uplink.router.isFull(with: Uplink.nodeID))
        try await audit.finish()
      }
    }

    @Test("With 10% of all packets lost, a service is announced and withdrawn all the same", arguments: RouterSoftware.allCases)
    func loss(software: RouterSoftware) async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        try await uplink.router.host.lose(percent: 10)
        try await uplink.node.lose(percent: 10)
        // Four Hellos in a row get lost once in 10,000 times; two do every other minute.
        let interface = RouterSetup.Interface(routerDeadInterval: 8)
        try await uplink.router.start(
          .init(
            routerID: Uplink.routerID, interfaces: [interface],
            externals: (1...200).flatMap { ["203.0.113.\($0)/32", "2001:db8:7::\($0)/128"] }))
        let flag = uplink.node.directory + "/healthy"
        let service = NodeConfiguration.Service(
          lines: ["check exec /usr/bin/test -e \(flag) interval 500ms timeout 400ms rise 1 fall 2"])
        let daemon = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(interfaces: [.init(routerDeadInterval: 8, priority: 0)], services: [service]).text)
        for _ in 1...3 {
          _ = try uplink.node.write("", to: "healthy")
          try await uplink.awaitService(within: .seconds(120))
          try await uplink.node.execute("rm", flag)
          try await uplink.router.awaitNoService(within: .seconds(120))
        }
        try await eventually("the node has every external", within: .seconds(120), state: { daemon.log }) {
          let lsas = try await daemon.database().filter { $0.advertisingRouter == Uplink.routerID }
          return lsas.count { $0.lsType == 5 } == 200 && lsas.count { $0.lsType == 0x4005 } == 200
        }
        try await audit.finish()
      }
    }

    @Test("OSPFv2: a router floods 100,000 externals; the service comes and goes meanwhile", arguments: RouterSoftware.allCases)
    func flood(software: RouterSoftware) async throws {
      try await Lab.with(.whole) { lab in
        let uplink = try await Uplink(lab, software)
        let audit = try await PacketAudit(of: uplink.node)
        let externals = (0..<100_000).map { "100.\(64 + $0 / 65_536).\($0 / 256 % 256).\($0 % 256)/32" }
        let interface = RouterSetup.Interface(networkType: .pointToPoint, routerDeadInterval: 40)
        let dns = try await DNSServer(on: uplink.node)
        let daemon = try await AnycastDaemon(
          on: uplink.node,
          configuration: NodeConfiguration(
            interfaces: [interface], protocols: [.ospfV2], services: [.init(addresses: [Uplink.serviceAddress])]
          ).text)
        try await uplink.router.start(
          .init(routerID: Uplink.routerID, interfaces: [interface], externals: externals, protocols: [.ospfV2]))
        try await eventually("the node has every external", within: .seconds(400), state: { daemon.log }) {
          let instance = try await daemon.status().instances.first
          return (instance?.lsaCount ?? 0) >= externals.count && instance?.adjacencyCount == 1
        }
        try await uplink.router.awaitRoute(
          Uplink.serviceAddress, via: [uplink.nodeGateway.ipv4], within: .seconds(120))
        try await askForTheDatabase(daemon, lsaCount: externals.count)
        try await dns.kill()
        try await uplink.router.awaitRoute(Uplink.serviceAddress, via: [], within: .seconds(120))
        try await audit.finish([.ospfV2])
      }
    }

    /// Two ask for the whole database at once, and the daemon holds no more than some pieces of it.
    private func askForTheDatabase(_ daemon: AnycastDaemon, lsaCount: Int) async throws {
      let before = try daemon.privateMemory()
      let socket = daemon.host.directory + "/control.sock"
      let request = ["curl", "--silent", "--show-error", "--unix-socket", socket, "http://localhost/v1/database"]
      async let first = daemon.host.attempt(request + ["--output", daemon.host.directory + "/first.json"])
      async let second = daemon.host.attempt(request + ["--output", daemon.host.directory + "/second.json"])
      let results = try await [first, second]
      #expect(results.allSatisfy { $0.status.isSuccess })
      for name in ["first", "second"] {
        let answer = try Data(contentsOf: URL(filePath: daemon.host.directory + "/\(name).json"))
        #expect(try JSONDecoder().decode([LSAReport].self, from: answer).count { $0.lsType == 5 } == lsaCount + 1)
      }
      #expect(try daemon.privateMemory() - before < 32 << 20)
    }
  }
}
