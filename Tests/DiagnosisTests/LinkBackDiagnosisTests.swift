import ControlAPI
import Diagnosis
import OSPFWire
import Testing

@Suite("The doctor and adjacencies over which no route leads")
struct LinkBackDiagnosisTests {
  private func made(
    _ ours: NetworkTypeName, _ theirs: LinkDescriptionName?, age: Double = 3000, _ version: ProtocolName = .ospfV2
  ) -> HandMade {
    var made = HandMade()
    made.reports.interfaces[0].networkType = ours
    made.reports.interfaces[0].protocol = version
    made.reports.neighbors[0].protocol = version
    made.reports.status.instances[0].protocol = version
    made.reports.neighbors[0].linkBackMissing = theirs
    made.reports.neighbors[0].stateAgeSeconds = age
    return made
  }

  @Test(
    "Network types that differ are an error, with the configuration line for either side",
    arguments: [
      (.pointToPoint, .transitNetwork, "network broadcast", "network point-to-point"),
      (.pointToMultipoint, .transitNetwork, "network broadcast", "network point-to-multipoint"),
      (.broadcast, .pointToPoint, "network point-to-point", "network broadcast"),
      (.nonBroadcast, .pointToPoint, "network point-to-point", "network non-broadcast"),
    ] as [(NetworkTypeName, LinkDescriptionName, String, String)])
  func types(ours: NetworkTypeName, theirs: LinkDescriptionName, here: String, there: String) throws {
    for (version, command) in [(ProtocolName.ospfV2, "ip ospf"), (.ospfV3, "ipv6 ospf6")] {
      let diagnosis = made(ours, theirs, version).diagnosis
      #expect(!diagnosis.isWell)
      let finding = try #require(diagnosis.findings.first { $0.kind == .linkBackMissing })
      #expect(finding.severity == .error)
      #expect(finding.advice.contains("`\(command) \(here)` under `interface eth0` here"))
      #expect(finding.advice.contains("`\(command) \(there)` under the interface there"))
    }
  }

  @Test("What describes nothing, or not us, is an error; what is only just Full, or fits, is none")
  func others() {
    #expect(made(.broadcast, .nothing).findings.map(\.kind).contains(.linkBackMissing))
    #expect(made(.broadcast, .networkWithoutUs).findings.map(\.kind).contains(.linkBackMissing))
    #expect(made(.broadcast, .nothing, age: 10).diagnosis.isWell)
    #expect(made(.pointToPoint, nil).diagnosis.isWell)
  }
}

@Suite("The doctor and what it used to miss, or to get wrong")
struct MissedDiagnosisTests {
  @Test("A reload that failed is an error with file and line until one succeeds")
  func reload() throws {
    var made = HandMade()
    made.reports.status.failedReload = FailedReloadReport(
      at: .now, errors: ["a.conf:3:1: unknown word 'rooter'", "a.conf:7:1: x"])
    let finding = try #require(made.findings.first)
    #expect(finding.kind == .reloadFailed)
    #expect(finding.message.contains("a.conf:3:1: unknown word 'rooter' (and 1 more error)"))
  }

  @Test("A service that waits for its server with `address-mode healthy` is told that nothing listens where it is asked")
  func healthyListener() throws {
    var made = HandMade()
    made.reports.services[0].addressMode = .healthy
    made.reports.services[0].state = .down
    made.reports.services[0].addresses[0].present = false
    made.reports.services[0].addresses[0].advertised = false
    made.reports.checks[0].state = .failing
    made.host.listeners = []
    let finding = try #require(made.findings.first { $0.kind == .nothingListens })
    #expect(finding.message.contains("127.0.0.1"))
    for address in ["127.0.0.1", "0.0.0.0"] as [IPAddress] {
      made.host.listeners = [.init(.udp, address, port: 53)]
      #expect(!made.findings.contains { $0.kind == .nothingListens })
    }
    made.host.listeners = [.init(.udp, "192.0.2.99", port: 53)]
    #expect(made.findings.contains { $0.kind == .nothingListens })
  }

  @Test("An address of a service within the subnet of a LAN is answered for by ARP, on whatever device it is")
  func addressOnLAN() {
    var made = HandMade()
    made.reports.interfaces[0].deviceAddresses = ["192.0.2.2/24", "2001:db8::2/64"]
    #expect(made.findings.map(\.kind) == [.arpExposed])
    made.host.devices["eth0"]?.arpIgnore = 1
    #expect(made.diagnosis.isWell)
    made.host.devices["eth0"]?.arpIgnore = 0
    made.reports.interfaces[0].deviceAddresses = ["198.51.100.2/24"]
    #expect(made.diagnosis.isWell)
  }

  @Test("The address of a service beside that of the uplink, each with an OSPF interface, is a note and no silence of the router")
  func hostBesideSubnet() throws {
    var made = HandMade()
    var host = made.reports.interfaces[0]
    (host.address, host.subnet, host.designatedRouter) = ("192.0.2.53", "192.0.2.53/32", nil)
    made.reports.interfaces.append(host)
    #expect(made.diagnosis.isWell)
    let note = try #require(made.findings.first { $0.kind == .nothingHeard })
    #expect(note.severity == .note)
    #expect(note.message.contains("the routers are in 10.0.0.2/24"))
  }

  @Test("A router that was restarted waits for the election: no unicast is lost")
  func restartedRouter() {
    var made = HandMade()
    made.reports.neighbors[0].state = .exStart
    made.reports.neighbors[0].stateAgeSeconds = 25
    made.reports.neighbors[0].designatedRouter = nil
    #expect(made.findings.contains { $0.kind == .neighborForming && $0.severity == .note })
    #expect(!made.findings.contains { $0.kind == .exchangeStuck })
    made.reports.neighbors[0].stateAgeSeconds = 60
    #expect(made.findings.contains { $0.kind == .exchangeStuck })
  }

  @Test(
    "A rule of this host that drops the unicasts of the exchange is named",
    arguments: [
      (
        #"[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"10.0.0.1"}},"#, "input",
        "arrive from it"
      ),
      (
        #"[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"daddr"}},"right":"10.0.0.1"}},"#, "output",
        "leave for it"
      ),
      (#"[{"match":{"op":"!=","left":{"meta":{"key":"pkttype"}},"right":"multicast"}},"#, "input", "arrive from it"),
    ])
  func unicastDrop(match: String, hook: String, direction: String) throws {
    var made = HandMade()
    made.reports.neighbors[0].state = .exStart
    made.reports.neighbors[0].stateAgeSeconds = 25
    made.host.packetFilters = [
      try PacketFilter(
        nftables: """
          {"nftables":[{"chain":{"family":"inet","table":"filter","name":"c","hook":"\(hook)","policy":"accept"}},
          {"rule":{"family":"inet","table":"filter","chain":"c","handle":9,"expr":\(match){"drop":null}]}}]}
          """)
    ]
    let finding = try #require(made.findings.first { $0.kind == .packetFilterDrops })
    #expect(finding.message.contains("the rule with handle 9 of chain c of table inet filter"))
    #expect(finding.message.contains("drops the unicasts that \(direction)"))
  }

  @Test("Two of our own interfaces on one link are told so, and not as two routers with one name")
  func ownInterfaces() throws {
    var made = HandMade.lonely
    var other = made.reports.interfaces[0]
    (other.interface, other.index, other.address) = ("eth1", 3, "10.0.0.3")
    made.reports.interfaces.append(other)
    made.reports.interfaces[0].reception.refusals = [
      RefusalReport(
        source: "10.0.0.3", kind: .ownRouterID, reason: "10.0.0.3 uses our own router ID", theirs: nil, ours: nil, count: 9,
        firstSeconds: 90, lastSeconds: 1)
    ]
    let finding = try #require(made.findings.first { $0.subject == "interface eth0 (OSPFv2)" })
    #expect(finding.kind == .sameLink)
    #expect(finding.message.contains("our own eth1"))
  }

  @Test("Another OSPF daemon is stopped by its unit, which is not always called as its processes are")
  func unit() throws {
    #expect(KernelTables.unit(cgroup: "0::/system.slice/frr.service\n") == "frr")
    #expect(KernelTables.unit(cgroup: "0::/system.slice/system-bird.slice/bird@a.service/x\n") == "bird@a")
    #expect(KernelTables.unit(cgroup: "0::/user.slice\n") == nil)
    var made = HandMade()
    made.host.rawSockets = [.init(inode: 8, owner: .init(id: 43, name: "ospfd", unit: "frr"))]
    #expect(made.findings.first?.advice.contains("systemctl disable --now frr") == true)
    made.host.rawSockets = [.init(inode: 8, owner: .init(id: 43, name: "ospfd"))]
    #expect(made.findings.first?.advice.contains("systemctl") == false)
  }

  @Test("An advertisement whose acknowledgment is on its way is not called acknowledged")
  func unacknowledged() {
    var made = HandMade()
    made.reports.services[0].addresses[0].acknowledged = false
    made.reports.services[0].since = .now
    #expect(made.diagnosis.isWell)
    #expect(made.diagnosis.summary.contains { $0.contains("192.0.2.53/32 advertised, the acknowledgment on its way") })
    #expect(!made.diagnosis.summary.contains { $0.contains("advertised and acknowledged") })
  }

  @Test("The advice for a failing check is the line that tries it, for the address that fails")
  func byHand() throws {
    var made = HandMade()
    made.reports.services[0].state = .down
    made.reports.checks[0].state = .failing
    made.reports.checks[0].lastResult = "192.0.2.54: no answer"
    made.reports.checks[0].commandLines = ["dig @192.0.2.53 www.example.net A", "dig @192.0.2.54 www.example.net A"]
    let finding = try #require(made.findings.first { $0.kind == .checkFailing })
    #expect(finding.advice.hasPrefix("Try by hand what it probes: `dig @192.0.2.54 www.example.net A`. "))
  }
}
