import ControlAPI
import LabHarness
import Subprocess
import Synchronization
import Testing

extension LabTests {
  @Suite("Three nodes of one service know of each other")
  struct FleetTests {
    /// Three routers in a triangle, two of FRR and one of BIRD, a node behind each, and a client behind the first.
    private final class Site: Sendable {
      static let address = Uplink.serviceAddress
      static let nodeIDs = ["192.0.2.11", "192.0.2.12", "192.0.2.13"]
      /// What each node's server answers, by which a client knows it; and what no server should.
      static let answers = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
      static let stale = "203.0.113.66"
      private static let software: [RouterSoftware] = [.frr, .bird, .frr]

      let routers: [any LabRouter]
      let nodes: [Host]
      let client: Host
      private let servers = Mutex<[Int: DNSServer]>([:])

      init(_ lab: Lab) async throws {
        client = try await lab.host("client")
        var hosts: [Host] = []
        var nodes: [Host] = []
        for number in 1...3 {
          hosts.append(try await lab.host("router\(number)"))
          nodes.append(try await lab.host("node\(number)"))
        }
        self.nodes = nodes
        for number in 0..<3 {
          // 10.0.1x.0/24 to the node, 10.0.2x.0/24 to the next router.
          try await Self.join(lab, hosts[number], "node", nodes[number], "eth0", network: 11 + number)
          try await nodes[number].ip("route", "add", "default", "via", "10.0.\(11 + number).1")
          let next = (number + 1) % 3
          try await Self.join(lab, hosts[number], "next", hosts[next], "before", network: 21 + number)
        }
        try await Self.join(lab, hosts[0], "client", client, "eth0", network: 31)
        try await client.ip("route", "add", "default", "via", "10.0.31.1")
        routers = zip(Self.software, hosts).map { $0.router(on: $1) }
        for (number, router) in routers.enumerated() {
          let devices = ["node", "next", "before"] + (number == 0 ? ["client"] : [])
          try await router.start(
            .init(routerID: "192.0.2.\(number + 1)", interfaces: devices.map(Self.interface), protocols: [.ospfV2]))
        }
      }

      private static func join(
        _ lab: Lab, _ a: Host, _ deviceA: String, _ b: Host, _ deviceB: String, network: Int
      ) async throws {
        try await lab.connect(a, deviceA, b, deviceB)
        try await a.ip("address", "add", "10.0.\(network).1/24", "dev", deviceA)
        try await b.ip("address", "add", "10.0.\(network).2/24", "dev", deviceB)
      }

      private static func interface(_ device: String) -> RouterSetup.Interface {
        .init(device: device, networkType: .pointToPoint, routerDeadInterval: 4, priority: 0)
      }

      /// Starts a DNS server and the daemon on a node, healthy, and waits until every router knows of all.
      func start(_ lines: [String]) async throws -> [AnycastDaemon] {
        var daemons: [AnycastDaemon] = []
        for (number, node) in nodes.enumerated() {
          try await serve(number, Self.answers[number])
          try await set(number, .healthy)
          let script = try node.write("read -r status <\(node.directory)/health\nexit $status\n", to: "check.sh")
          let service = NodeConfiguration.Service(
            addresses: [Self.address],
            lines: ["check exec /bin/sh \(script) interval 500ms timeout 400ms rise 2 fall 2"] + lines)
          let configuration = NodeConfiguration(
            routerID: Self.nodeIDs[number], interfaces: [Self.interface("eth0")], protocols: [.ospfV2], services: [service])
          daemons.append(try await AnycastDaemon(on: node, configuration: configuration.text))
        }
        for daemon in daemons { try await awaitFleet(daemon, Self.nodeIDs) }
        try await routers[0].awaitRoute(Self.address, via: ["10.0.11.2"])
        return daemons
      }

      /// What a node's check finds: the exit status of the command.
      enum Health: Int {
        case healthy = 0
        case failing = 1
        /// Its answers are wrong, which is worse than none.
        case wrong = 3
      }

      func set(_ node: Int, _ health: Health) async throws {
        // The check must never read half of it.
        let new = try nodes[node].write("\(health.rawValue)\n", to: "health.new")
        try await nodes[node].execute("mv", new, nodes[node].directory + "/health")
      }

      /// Lets a node's server answer something, the one before ended.
      func serve(_ node: Int, _ answer: String) async throws {
        try await servers.withLock { $0[node] }?.kill()
        let server = try await DNSServer(on: nodes[node], answer: answer)
        servers.withLock { $0[node] = server }
      }

      /// Waits until every router has the address of these nodes alone, and sends nothing to another one; returns when that was so.
      @discardableResult
      func awaitNodes(_ routerIDs: Set<String>) async throws -> ContinuousClock.Instant {
        try await eventually("the routers know \(routerIDs)") { try await tables().allSatisfy { $0 == routerIDs } }
        for (number, router) in routers.enumerated() where !routerIDs.contains(Self.nodeIDs[number]) {
          try await eventually("\(router.host.name) sends nothing to its node") {
            try await !router.host.gateways(to: Self.address).contains("10.0.\(11 + number).2")
          }
        }
        return ContinuousClock().now
      }

      /// Waits until a node sees exactly these that can be reached.
      func awaitFleet(_ daemon: AnycastDaemon, _ routerIDs: [String]) async throws {
        try await eventually("\(daemon.host.name) sees \(routerIDs)", within: .seconds(60), state: { daemon.log }) {
          try await daemon.fleet().map(\.reachableRouterIDs) == [Set(routerIDs)]
        }
      }

      /// Who has an AS-external-LSA for the address, as each router says.
      func tables() async throws -> [Set<String>] {
        var tables: [Set<String>] = []
        for router in routers {
          let lsas = try await router.database(.ospfV2).filter {
            $0.isExternal && $0.linkStateID == Self.address && $0.age < 3600
          }
          tables.append(Set(lsas.map(\.advertisingRouter)))
        }
        return tables
      }
    }

    /// When something was going on.
    private typealias Span = (begin: ContinuousClock.Instant, end: ContinuousClock.Instant)

    @Test("Every view is that of the routers; of nodes that are drained at once one is at a time, and no request is lost")
    func exclusive() async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab)
        let daemons = try await site.start(["tag state", "count traffic", "drain metric 1000 for 1s"])
        for table in try await site.tables() { #expect(table == Set(Site.nodeIDs)) }
        for daemon in daemons {
          let report = try #require(try await daemon.fleet().first)
          #expect(report.advertisers.map(\.routerID) == Site.nodeIDs)
          #expect(report.advertisers.map(\.tag) == [0x1000_0000, 0x1000_0000, 0x1000_0000])
          #expect(report.advertisers.map(\.state) == [.up, .up, .up])
        }
        let client = try RequestClient(from: site.client, to: Site.address)
        try await client.awaitOutcome(.answered, 10)
        let begin = ContinuousClock().now

        let spans = try await withThrowingTaskGroup(of: Span.self) { group in
          for daemon in daemons.prefix(2) {
            group.addTask {
              let drained = try await daemon.control("drain", "dns", "--exclusive", "--wait", "--timeout", "90s")
              #expect(drained.status.isSuccess, "\(drained.output)\(drained.errorOutput)")
              let end = ContinuousClock().now
              #expect(drained.output.contains("no more traffic: 0 packets per second and 0 connections"))
              #expect(try await daemon.services().first?.state == .drained)
              // The other one can only have begun when this one has ended.
              #expect(try await daemon.control("undrain", "dns").status.isSuccess)
              return (end, ContinuousClock().now)
            }
          }
          var spans: [Span] = []
          for try await span in group { spans.append(span) }
          return spans.sorted { $0.begin < $1.begin }
        }
        // Being told, being heard for 5 s and draining for 1 s come after the end of the one before.
        #expect(spans.count == 2 && spans[1].begin - spans[0].end > .seconds(5), "\(spans)")
        try await site.routers[0].awaitRoute(Site.address, via: ["10.0.11.2"])
        let counts = try await client.counts(since: begin)
        print("requests at 50 Hz during two exclusive drains: \(counts)")
        #expect(Set(counts.keys) == [.answered])

        _ = try await daemons[2].end(.kill)
        try await site.awaitFleet(daemons[0], Array(Site.nodeIDs.prefix(2)))
        let refused = try await daemons[0].control("drain", "dns", "--exclusive", "--timeout", "2s")
        #expect(!refused.status.isSuccess && refused.errorOutput.contains("192.0.2.13 is expected"), "\(refused.errorOutput)")
        #expect(try await daemons[0].services().first?.state == .up)
      }
    }

    @Test("With the guard a client is answered while one, two and all three nodes fail, and by nobody who has withdrawn")
    func guarded() async throws {
      try await Lab.with(.half) { lab in
        let site = try await Site(lab)
        let daemons = try await site.start(["tag state", "minimum-nodes 1"])
        let client = try RequestClient(from: site.client, to: Site.address)
        try await client.awaitOutcome(.answered, 10)
        let begin = ContinuousClock().now
        var wrong = [RequestClient.WrongAnswer(answer: Site.stale, since: begin)]
        // One fails and withdraws while others serve; of the other two one fails, and the last one before the first of them has withdrawn.
        try await site.set(0, .failing)
        try await site.awaitFleet(daemons[2], Array(Site.nodeIDs.dropFirst()))
        let others = Set(Site.nodeIDs.dropFirst())
        wrong.append(.init(answer: Site.answers[0], since: try await site.awaitNodes(others)))
        try await site.set(1, .failing)
        try await daemons[1].awaitService("dns", .down)
        try await site.set(2, .failing)
        try await eventually("one node is left", state: { daemons.map(\.log).joined() }) {
          var states: [ServiceStateName] = []
          for daemon in daemons { states += try await daemon.services().map(\.state) }
          // Who is down stays advertised as a last resort until the others have been seen for long enough.
          let isSettled = try await site.tables().allSatisfy { $0.count == 1 }
          return isSettled && states.count { $0 == .lastResort } == 1 && states.count { $0 == .down } == 2
        }
        let last = try #require(try await site.tables().first?.first)
        for daemon in daemons {
          let report = try #require(try await daemon.fleet().first)
          #expect(report.advertisers.map(\.state) == [.lastResort])
          #expect(report.advertisers.map(\.routerID) == [last])
        }
        for table in try await site.tables() { #expect(table == [last]) }
        let alone = try await site.awaitNodes([last])
        try await client.awaitOutcome(.answered, 25)
        #expect(Array(client.answers(since: alone).keys) == zip(Site.nodeIDs, Site.answers).filter { $0.0 == last }.map(\.1))
        // The first may have come back as the last resort; then it is no wrong answer.
        if last == Site.nodeIDs[0] { wrong.removeLast() }
        let counts = try await client.counts(since: begin, wrong: wrong)
        print("requests at 50 Hz while three nodes fail: \(counts)")
        #expect(Set(counts.keys) == [.answered])
        for node in 0..<3 { try await site.set(node, .healthy) }
        for daemon in daemons { try await daemon.awaitService("dns", .up) }
        for daemon in daemons { try await site.awaitFleet(daemon, Site.nodeIDs) }
        try await wrongAnswers(site, daemons, client)
      }
    }

    /// Nodes one after the other answer wrongly: none of them is the last resort, whatever its router ID, and rather nobody answers.
    private func wrongAnswers(_ site: Site, _ daemons: [AnycastDaemon], _ client: RequestClient) async throws {
      var wrong: [RequestClient.WrongAnswer] = []
      // The client is behind the first, whose router ID is the lowest.
      try await site.serve(0, Site.stale)
      try await site.set(0, .wrong)
      let begin = try await site.awaitNodes(Set(Site.nodeIDs.dropFirst()))
      wrong += [Site.stale, Site.answers[0]].map { .init(answer: $0, since: begin) }
      for node in 1...2 { try await site.set(node, .failing) }
      try await eventually("one of the others is the last resort", state: { daemons.map(\.log).joined() }) {
        var states: [ServiceStateName] = []
        for daemon in daemons { states += try await daemon.services().map(\.state) }
        return states.first == .down && states.count { $0 == .lastResort } == 1 && states.count { $0 == .down } == 2
      }
      try await client.awaitOutcome(.answered, 10)
      let counts = try await client.counts(since: begin, wrong: wrong)
      print("requests at 50 Hz while one node answers wrongly and two fail: \(counts)")
      #expect(Set(counts.keys) == [.answered])

      for node in 1...2 {
        try await site.serve(node, Site.stale)
        try await site.set(node, .wrong)
      }
      let empty = try await site.awaitNodes([])
      for daemon in daemons { #expect(try await daemon.services().map(\.state) == [.down]) }
      try await client.awaitOutcomes(25)
      let none = try await client.counts(since: empty)
      print("requests at 50 Hz while all three answer wrongly: \(none)")
      #expect(Set(none.keys).isDisjoint(with: [.answered, .refused]) && client.answers(since: empty).isEmpty)
      try await site.serve(2, Site.answers[2])
      try await site.set(2, .healthy)
      try await client.awaitOutcome(.answered, 10)
      #expect(Array(client.answers(since: empty).keys) == [Site.answers[2]])
    }
  }
}
