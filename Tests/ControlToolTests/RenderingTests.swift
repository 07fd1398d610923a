import ControlAPI
import Diagnosis
import Testing

@testable import anycastctl

@Suite("What anycastctl prints")
struct RenderingTests {
  private static let neighbor = NeighborReport(
    protocol: .ospfV2, addressFamily: .ipv4, routerID: "10.0.0.1", priority: 1, state: .full, role: .dr, deadSeconds: 34.512,
    address: "10.0.12.1", interface: "eth0", interfaceAddress: "10.0.12.2", area: "0.0.0.0",
    designatedRouter: "10.0.12.1", backupDesignatedRouter: nil, stateAgeSeconds: 3725, stateChangeCount: 6,
    retransmissionCount: 0, requestCount: 12, summaryCount: 3)

  @Test("Neighbors stand in aligned columns, numbers to the right")
  func neighbors() {
    var other = Self.neighbor
    other.routerID = "198.51.100.200"
    other.state = .twoWay
    other.role = .drOther
    other.deadSeconds = nil
    (other.protocol, other.addressFamily) = (.ospfV3, .ipv4)
    #expect(
      NeighborsCommand.render([Self.neighbor, other]) == """
        Neighbor ID     Pri  State          In state  Dead time  Address    Interface  Our address  RXmtL  RqstL  DBsmL  Protocol
        10.0.0.1          1  Full/DR           1h02m    34.512s  10.0.12.1  eth0       10.0.12.2        0     12      3  OSPFv2
        198.51.100.200    1  2-Way/DROther     1h02m          -  10.0.12.1  eth0       10.0.12.2        0     12      3  OSPFv3 for IPv4
        """)
  }

  @Test("A reload tells what is different and what comes of it; a dry run prints the difference before that")
  func reload() {
    let report = ReloadReport(messages: ["service web added"], difference: ["@@ -1,0 +2,1 @@", "+anycast service web"])
    #expect(ReloadCommand.render(report, dryRun: false) == "service web added")
    #expect(
      ReloadCommand.render(report, dryRun: true) == """
        @@ -1,0 +2,1 @@
        +anycast service web

        service web added
        """)
    let nothing = ReloadReport(messages: ["nothing is different"], difference: [])
    #expect(ReloadCommand.render(nothing, dryRun: true) == "nothing is different")
  }

  @Test(
    "--ipv4 and --ipv6 show the instances of one family, and without them all are shown",
    arguments: [([], [true, true]), (["--ipv4"], [true, false]), (["--ipv6"], [false, true])] as [([String], [Bool])])
  func families(arguments: [String], shown: [Bool]) throws {
    let options = try FamilyOptions.parse(arguments)
    #expect(AddressFamilyName.allCases.map(options.shows) == shown)
    #expect(throws: (any Error).self) { try FamilyOptions.parse(["--ipv4", "--ipv6"]) }
  }

  private func advertiser(_ routerID: String, reachable: Bool, isThisNode: Bool = false) -> FleetReport.Advertiser {
    FleetReport.Advertiser(
      routerID: routerID, isThisNode: isThisNode, isMember: routerID != "198.51.100.9", kind: .external, metric: 20,
      metricType: 2, tag: 0, forwardingAddress: nil, area: nil, ageSeconds: 312, isReachable: reachable,
      cost: reachable ? 20 : nil, links: reachable ? 1 : nil, areaBorderRouter: nil, isPreferred: isThisNode)
  }

  @Test("The history is a line for each change, and a table of how available services were")
  func history() {
    func event(_ seconds: Int64, _ from: String, _ to: String) -> EventReport {
      EventReport(
        time: Timestamp(millisecondsSince1970: 1_763_696_332_000 + seconds * 1000), level: .notice, kind: .serviceStateChanged,
        message: "service dns: \(from) -> \(to): timeout", service: "dns", from: from, to: to)
    }
    let report = HistoryReport(
      records: [event(0, "down", "up"), event(300, "up", "down"), event(360, "down", "up")], unreadableLines: 1)
    let now = Timestamp(millisecondsSince1970: 1_763_696_332_000 + 1_000_000)
    let answer = HistoryCommand.answer(report, name: "dns", since: 800, now: now)
    #expect(
      HistoryCommand.text(answer, width: nil) == """
        2025-11-21T03:43:52.000Z  service dns: up -> down: timeout
        2025-11-21T03:44:52.000Z  service dns: down -> up: timeout

        1 line of the history cannot be read.

        Service  Available      Of  Last resort  Withdrawals  To withdraw  To return
        dns       92.500 %  13m20s            -            1            -      1m00s
        """)
    #expect(HistoryCommand.answer(report, name: "198.51.100.1", since: 800, now: now).records.isEmpty)
    #expect(HistoryCommand.answer(report, name: nil, since: 100, now: now).availability.map(\.availabilityPercent) == [100])
  }

  @Test("The fleet is a table for each prefix: who is preferred, who is dead, who is a stranger, and whether this node is alone")
  func fleet() {
    var report = FleetReport(
      protocol: .ospfV2, addressFamily: .ipv4, service: "dns", prefix: "192.0.2.53/32", externals: .all,
      advertisers: [
        advertiser("198.51.100.2", reachable: true, isThisNode: true), advertiser("198.51.100.9", reachable: false),
      ])
    #expect(
      FleetCommand.text(report) == """
        dns 192.0.2.53/32: advertised by 2 nodes, 1 reachable
             Router ID     As           Metric  Tag    Age  Path
          *  198.51.100.2  external  20 type 2    0  5m12s  this node
             198.51.100.9  external  20 type 2    0  5m12s  unreachable
          This node is the only one that can be reached: it is the sole advertiser.
          198.51.100.9 is not one of the configured fleet members.
        """)
    report.advertisers[1].isReachable = true
    report.externals = .ownNSSA
    #expect(!FleetCommand.text(report).contains("sole advertiser"))
    #expect(FleetCommand.text(report).contains("This node is in an NSSA"))
    #expect(FleetCommand.matches(report, "192.0.2.53"))
    #expect(FleetCommand.matches(report, "dns"))
    #expect(!FleetCommand.matches(report, "192.0.2.5"))
  }

  @Test("What is redistributed, and the rule that keeps a route from it, stand beside the services")
  func redistribution() {
    let denied = RedistributionReport(
      protocol: .ospfV2, addressFamily: .ipv4, prefix: "192.0.2.9/32", source: "connected", interface: "lo", advertised: false,
      withheldReason: "access list x at ospfd.conf:7 denies it")
    let advertised = RedistributionReport(
      protocol: .ospfV3, addressFamily: .ipv6, prefix: "2001:db8::9/128", source: nil, interface: nil, advertised: true,
      metric: 20, metricType: 2, tag: 0, acknowledged: true)
    #expect(
      RedistributionCommand.table([denied, advertised]) == """
        Redistributed    From                 Protocol  Advertised
        192.0.2.9/32     connected lo         OSPFv2    no
            access list x at ospfd.conf:7 denies it
        2001:db8::9/128  default-information  OSPFv3    yes, metric 20 type 2
        """)
    #expect(RedistributionCommand.table([]).isEmpty)
  }

  @Test("BFD sessions are shown with their timers, and without a neighbor there are none")
  func bfd() {
    var session = BFDSessionReport(
      interface: "eth0", address: "10.0.0.1", localAddress: "10.0.0.2", state: .up, stateAgeSeconds: 75,
      diagnostic: .none, localDiscriminator: 7, remoteDiscriminator: 9,
      local: .init(detectMultiplier: 3, transmitIntervalSeconds: 0.05, receiveIntervalSeconds: 0.05))
    session.remoteState = .up
    session.transmitIntervalSeconds = 0.05
    session.detectionTimeSeconds = 0.15
    session.upCount = 1
    #expect(
      BFDCommand.render([session]) == """
        Neighbor  Interface      State  In state  Transmit  Detection  Ups  Downs  Remote  Diagnostic
        10.0.0.1  eth0:10.0.0.2  Up        1m15s      50ms      150ms    1      0  Up      No Diagnostic
        """)
    #expect(BFDCommand.render([]).hasPrefix("no BFD sessions"))
  }

  @Test("Nothing to show is said in words")
  func empty() {
    #expect(NeighborsCommand.render([]).hasPrefix("no neighbors"))
    #expect(InterfacesCommand.render([]) == "no OSPF interfaces")
    #expect(ServicesCommand.render([]) == "no services are configured")
    #expect(ChecksCommand.render([]) == "no checks are configured")
    #expect(DatabaseCommand.render([]) == "the link state database is empty")
  }

  @Test("The database is divided by scope and type, and marks what is our own")
  func database() {
    var router = LSAReport(
      protocol: .ospfV2, addressFamily: .ipv4, scope: .area, area: "0.0.0.0", interface: nil, lsType: 1, lsTypeName: "router-LSA",
      linkStateID: "10.0.0.2", advertisingRouter: "10.0.0.2", ageSeconds: 9, options: "E",
      sequenceNumber: "0x80000003", checksum: "0x1a2b", length: 36, selfOriginated: true, body: LSABodyReport())
    router.body?.links = [.init(type: "transit", linkID: "10.0.12.1", linkData: "10.0.12.2", metric: 10)]
    var external = router
    external.scope = .autonomousSystem
    external.area = nil
    external.lsType = 5
    external.lsTypeName = "AS-external-LSA"
    external.linkStateID = "192.0.2.1"
    external.advertisingRouter = "10.0.0.1"
    external.selfOriginated = false
    var body = LSABodyReport()
    body.prefix = "192.0.2.1/32"
    body.metric = 20
    body.metricType = 2
    external.body = body
    #expect(
      DatabaseCommand.render([router, external]) == """
        OSPFv2 router-LSA (type 1), area 0.0.0.0

          Link State ID  Advertising Router  Age  Sequence number  Checksum  Content
        * 10.0.0.2       10.0.0.2              9  0x80000003       0x1a2b    1 link

        OSPFv2 AS-external-LSA (type 5), autonomous system

          Link State ID  Advertising Router  Age  Sequence number  Checksum  Content
          192.0.2.1      10.0.0.1              9  0x80000003       0x1a2b    192.0.2.1/32, E2 metric 20
        """)
  }

  @Test("A service's addresses each have a line, with the reason why one is not advertised")
  func services() {
    let since = Timestamp.now.advanced(bySeconds: -90061)
    let service = ServiceReport(
      name: "dns", description: nil, state: .down, reason: "check dns failed 3 times: timeout", since: since,
      addresses: ["192.0.2.1", "192.0.2.2"].map { address in
        ServiceAddressReport(
          address: address, prefix: address + "/32", advertised: false, metric: nil, withheldReason: "check dns failed",
          acknowledged: false, present: true, drain: nil)
      }, addressMode: .always, device: "lo", passingChecks: 0, checkCount: 1, require: "all", drain: nil)
    #expect(
      ServicesCommand.render([service]) == """
        Service  State  Since  Checks  Prefix        On device  Metric  Advertised
        dns      down   1d01h     0/1  192.0.2.1/32  lo              -  no
                                       192.0.2.2/32  lo              -  no
            check dns failed 3 times: timeout
        """)
  }

  @Test("A check's last verdict stands in its own word, and a service that is held down says until when")
  func degradedAndDamped() throws {
    let check = CheckReport(
      service: "dns", number: 1, kind: "exec", summary: "exec /bin/check", state: .degraded, lastPassed: true,
      lastVerdict: .degraded, lastResult: "one upstream of two", lastFinishedAt: .now, lastDurationSeconds: 0.002,
      nextProbeSeconds: 1, consecutivePasses: 0, consecutiveFailures: 0, intervalSeconds: 1, timeoutSeconds: 0.5, rise: 2, fall: 3
    )
    #expect(
      ChecksCommand.render([check]) == """
        Service  Check  State     Passes  Failures  Rise/fall  Every  Last    Took
        dns          1  degraded       0         0        2/3     1s    0s  0.002s
            exec /bin/check
            degraded: one upstream of two
        """)
    let service = ServiceReport(
      name: "dns", description: nil, state: .damped, reason: "held down for 1m after 5 changes of state", since: .now,
      addresses: [], addressMode: .always, device: "lo", passingChecks: 1, checkCount: 1, require: "all",
      heldDownUntil: Timestamp(millisecondsSince1970: 0), drain: nil)
    #expect(
      ServicesCommand.render([service]).contains(
        "held down for 1m after 5 changes of state until 1970-01-01T00:00:00.000Z"))
  }

  @Test("The addresses of a DNS name that are a service's are drained together; the others are named, and none is an error")
  func dnsName() throws {
    let addresses = ["192.0.2.1", "2001:db8::1"].map { address in
      ServiceAddressReport(
        address: address, prefix: address, advertised: true, metric: 20, withheldReason: nil, acknowledged: true, present: true,
        drain: nil)
    }
    let service = ServiceReport(
      name: "dns", description: nil, state: .up, reason: "", since: .now, addresses: addresses, addressMode: .always,
      device: "lo", passingChecks: 0, checkCount: 0, require: "all", drain: nil)
    let found = try DrainTarget.ours(
      among: ["2001:db8::1", "198.51.100.7", "192.0.2.1"], of: "ns.example.net", [service])
    #expect(found.addresses == ["2001:db8::1", "192.0.2.1"])
    #expect(found.notes == ["ns.example.net is also 198.51.100.7, which is no address of a service here"])
    #expect(throws: ControlClientError.self) {
      try DrainTarget.ours(among: ["198.51.100.7"], of: "ns.example.net", [service])
    }
    // A name that no resolver is needed for.
    #expect(NameLookup.lookUp("192.0.2.1") == ["192.0.2.1"])
    #expect(NameLookup.lookUp("2001:db8::1") == ["2001:db8::1"])
    #expect(NameLookup.lookUp("no such name").isEmpty)
  }

  @Test("A drain is of something, or of everything, and not of both")
  func drainArguments() async throws {
    func target(_ arguments: [String]) async throws -> DrainTarget { try await DrainCommand.asyncParse(arguments).target }
    #expect(try await target(["dns"]).name == "dns")
    #expect(try await target(["--all"]).all)
    await #expect(throws: (any Error).self) { try await target([]) }
    await #expect(throws: (any Error).self) { try await target(["dns", "--all"]) }
  }

  @Test("The doctor says the worst first, each with its advice below, and is glad when there is nothing but notes")
  func doctor() {
    let silent = Observation(daemon: .failure(DaemonSilence(reason: "no daemon listens")), host: HostFacts())
    let lines = DoctorCommand.render(Diagnosis(silent)).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("error: daemon: The daemon cannot be asked") == true)
    #expect(lines.last?.hasPrefix("  -> Nothing is advertised") == true)

    let status = StatusReport(
      version: "1", processID: 1, state: .running, startedAt: .now, uptimeSeconds: 60, configurationFiles: [],
      configurationLoadedAt: .now, instances: [], services: [:])
    let loopback = InterfaceReport(
      protocol: .ospfV2, addressFamily: .ipv4, interface: "lo", index: 1, address: nil, subnet: nil, area: "0.0.0.0",
      state: .loopback, networkType: .broadcast, cost: 1, priority: 0, mtu: nil, up: true, passive: false,
      helloIntervalSeconds: 10, deadIntervalSeconds: 40, retransmitIntervalSeconds: 5, helloDueSeconds: nil,
      designatedRouter: nil, backupDesignatedRouter: nil, neighborCount: 0, adjacencyCount: 0,
      packetsReceived: PacketCounts(), packetsSent: PacketCounts(), packetsRefused: 0)
    var reports = DaemonReports(status: status, interfaces: [loopback], neighbors: [], services: [], checks: [])
    let idle = Diagnosis(Observation(daemon: .success(reports), host: HostFacts()))
    #expect(DoctorCommand.render(idle).hasPrefix("error: daemon: Every OSPF interface is absent"))

    reports.status.instances = [
      InstanceReport(
        protocol: .ospfV2, addressFamily: .ipv4, routerID: "192.0.2.1", areas: [], interfaceCount: 1, neighborCount: 0,
        adjacencyCount: 0, lsaCount: 0, advertisements: [])
    ]
    reports.interfaces = [Self.heardInterface(loopback)]
    reports.neighbors = [Self.neighbor]
    reports.neighbors[0].interface = "lo"
    var host = HostFacts()
    host.notLookedAt = [("packet filters", "nft cannot be run")]
    let well = DoctorCommand.render(Diagnosis(Observation(daemon: .success(reports), host: host))).split(separator: "\n")
    #expect(well.first == "Everything is well.")
    #expect(well.contains { $0.hasPrefix("  interface lo (OSPFv2): Full with 10.0.0.1 (10.0.12.1)") })
    #expect(well.last == "note: host: packet filters could not be looked at: nft cannot be run.")
  }

  /// The same interface, taking part.
  private static func heardInterface(_ interface: InterfaceReport) -> InterfaceReport {
    var interface = interface
    interface.state = .drOther
    interface.address = "10.0.12.2"
    interface.designatedRouter = "10.0.12.1"
    return interface
  }

  @Test(
    "A duration is a number with a unit, and seconds without one",
    arguments: [("500ms", 0.5), ("90", 90), ("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86400)])
  func durations(text: String, seconds: Double) {
    #expect(SpokenDuration(argument: text)?.seconds == seconds)
  }

  @Test("What is no duration is refused", arguments: ["", "s", "0s", "-5s", "5x", "5 m", "1h30m", "1e9s", "٣s"])
  func noDurations(text: String) {
    #expect(SpokenDuration(argument: text) == nil)
  }
}
