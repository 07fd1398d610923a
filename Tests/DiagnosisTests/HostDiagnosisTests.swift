import ControlAPI
import Diagnosis
import OSPFWire
import Testing

@Suite("What of the host stands in the way")
struct HostDiagnosisTests {
  @Test("A daemon without its capabilities; CAP_NET_ADMIN only where it keeps addresses")
  func capabilities() {
    var made = HandMade()
    made.host.capabilities = .init(netRaw: false, netAdmin: false)
    #expect(made.findings.map(\.kind) == [.missingCapability, .missingCapability])
    made.reports.services[0].addressMode = .present
    #expect(made.findings.count == 1)
    #expect(made.findings.first?.message.contains("CAP_NET_RAW") == true)
  }

  @Test(
    "The groups that an interface must be a member of depend on its state",
    arguments: [.drOther, .dr, .backup] as [InterfaceStateName])
  func membership(state: InterfaceStateName) {
    var made = HandMade()
    made.reports.interfaces[0].state = state
    #expect(made.findings.contains { $0.kind == .multicastMembershipMissing } == (state != .drOther))
    made.host.groups = ["eth0": ["224.0.0.5", "224.0.0.6"]]
    #expect(made.findings.isEmpty)
    made.host.groups = ["eth1": ["224.0.0.5", "224.0.0.6"]]
    #expect(made.findings.first?.message.contains("224.0.0.5") == true)
    made.host.groups = nil
    #expect(made.findings.isEmpty)
  }

  @Test("Strict reverse path filtering matters where the way back is another one")
  func reversePath() {
    var made = HandMade()
    #expect(made.findings.isEmpty)
    made.host.defaultRouteDevices = ["mgmt0"]
    #expect(made.findings.map(\.kind) == [.reversePathFilter])
    #expect(made.findings.first?.message.contains("default route leads through mgmt0") == true)
    made.host.devices["eth0"]?.reversePathFilter = 2
    #expect(made.findings.isEmpty)
    made.host.devices["eth0"]?.reversePathFilter = 1
    made.host.defaultRouteDevices = []
    #expect(made.findings.isEmpty)
  }

  @Test("ARP matters where a service's IPv4 address is on a LAN's device")
  func arp() {
    var made = HandMade()
    made.reports.services[0].device = "eth0"
    #expect(made.findings.map(\.kind) == [.arpExposed])
    #expect(made.findings.first?.message.contains("arp_ignore is 0 and arp_announce 0") == true)
    made.host.devices["eth0"]?.arpIgnore = 8
    made.host.devices["eth0"]?.arpAnnounce = 2
    #expect(made.findings.isEmpty)
    made.host.devices["eth0"]?.arpIgnore = 0
    made.host.devices["eth0"]?.answersARP = false
    #expect(made.findings.isEmpty)
  }

  @Test("Another process with a raw socket for OSPF is named; ours and unknown ones are not")
  func otherSpeaker() {
    var made = HandMade()
    made.host.rawSockets?.append(.init(inode: 8))
    #expect(made.findings.isEmpty)
    let ospfd = HostFacts.Process(id: 99, name: "ospfd")
    made.host.rawSockets?.append(.init(inode: 9, owner: ospfd))
    made.host.rawSockets?.append(.init(inode: 10, owner: ospfd))
    #expect(made.findings.map(\.kind) == [.otherOSPFSpeaker])
    #expect(made.findings.first?.message.contains("ospfd (process 99)") == true)
  }

  @Test("A filter that drops OSPF is an error, and a warning where a neighbor is heard all the same")
  func filter() {
    let rule = PacketFilter.Rule(title: "the rule with handle 4", conditions: [.ipProtocol([89])], verdict: .drop)
    let chain = PacketFilter.Chain(title: "chain input of table inet cut", hook: .input, families: [.ipv4], rules: [rule])
    var made = HandMade()
    made.host.packetFilters = [PacketFilter(chains: ["input": chain])]
    #expect(made.findings.map(\.kind) == [.packetFilterDrops])
    #expect(made.findings.map(\.severity) == [.warning])
    made.reports.neighbors = []
    #expect(made.findings.contains { $0.kind == .packetFilterDrops && $0.severity == .error })
    // The silence names what may be its cause.
    #expect(made.findings.contains { $0.kind == .nothingHeard && $0.advice.contains("the rule with handle 4 of chain input") })
  }
}

@Suite("The diagnosis as a whole")
struct DiagnosisTests {
  @Test("When everything is well there is nothing but a summary of what was looked at")
  func well() {
    let diagnosis = HandMade().diagnosis
    #expect(diagnosis.findings.isEmpty)
    #expect(diagnosis.isWell)
    #expect(
      diagnosis.summary == [
        "interface eth0 (OSPFv2): Full with 192.0.2.1 (10.0.0.1) for 50 min",
        "service dns: up (check dns passes), 192.0.2.53/32 advertised and acknowledged",
        "host: looked at capabilities, raw sockets, multicast groups, listening sockets, packet filters, rp_filter, ARP settings",
      ])
  }

  @Test("The worst comes first, and each thing once")
  func order() {
    var made = HandMade()
    made.reports.services.append(made.reports.services[0])
    made.reports.status.instances[0].adjacencyCount = 0
    made.host.capabilities = .init(netRaw: true, netAdmin: false)
    made.host.notLookedAt = [("packet filters", "nft cannot be run")]
    made.reports.interfaces[0].passive = true
    let severities = made.findings.map(\.severity)
    #expect(severities == Finding.Severity.allCases.flatMap { severity in severities.filter { $0 == severity } })
    #expect(Set(severities).count > 1)
    #expect(Set(made.findings).count == made.findings.count)
    #expect(made.findings.contains { $0.kind == .notLookedAt && $0.severity == .note })
  }

  @Test("A daemon that cannot be asked is itself the finding, and so is one that is suspended or leaving")
  func daemon() {
    let silent = Diagnosis(Observation(daemon: .failure(DaemonSilence(reason: "no daemon listens")), host: HostFacts()))
    #expect(silent.findings.map(\.kind) == [.daemonUnreachable])
    #expect(!silent.isWell)
    var made = HandMade()
    made.reports.status.state = .suspended
    #expect(made.findings.map(\.kind) == [.daemonSuspended])
    made.reports.status.state = .leaving
    #expect(made.findings.map(\.kind) == [.daemonLeaving])
  }

  @Test("A router-LSA that is fought over is another router with our router ID", arguments: [(2, false), (3, true)])
  func floodWar(count: Int, isSaid: Bool) {
    var made = HandMade()
    made.reports.status.instances[0].floodWar = FloodWarReport(lsa: "network-LSA 192.0.2.1", count: count)
    #expect(made.findings.map(\.kind) == (isSaid ? [.floodWar] : []))
    #expect(!isSaid || made.findings.first?.message.contains("192.0.2.2") == true)
  }

  @Test("Routes that a rule keeps from being redistributed are a note that names the rules, five of them at most")
  func filtered() {
    var made = HandMade()
    made.reports.redistribution = (1...7).map { number in
      RedistributionReport(
        protocol: .ospfV2, addressFamily: .ipv4, prefix: "10.\(number).0.0/16", source: "kernel", interface: "eth0",
        advertised: false, withheldReason: "distribute-list 7 denies it")
    }
    #expect(made.findings.map(\.kind) == [.routesFiltered])
    #expect(made.diagnosis.isWell)
    let message = made.findings.first?.message ?? ""
    #expect(message.hasPrefix("7 routes are not redistributed: 10.1.0.0/16: distribute-list 7 denies it; "))
    #expect(message.hasSuffix("10.5.0.0/16: distribute-list 7 denies it; 2 more routes."))
  }

  @Test("No OSPF at all")
  func noOSPF() {
    var made = HandMade.lonely
    made.reports.interfaces = []
    made.reports.status.instances = []
    #expect(made.findings.map(\.kind) == [.noOSPF])
  }

  @Test("The keys and the names in JSON are stable")
  func json() throws {
    let finding = Finding(.error, .mtuMismatch, subject: "neighbor", message: "m", advice: "a")
    let text = String(buffer: try JSONCoding.encode(finding))
    #expect(text == #"{"advice":"a","kind":"mtuMismatch","message":"m","severity":"error","subject":"neighbor"}"#)
  }
}
