import ControlAPI
import Diagnosis
import Testing

@Suite("What keeps an interface from hearing anybody")
struct InterfaceDiagnosisTests {
  /// The one finding, of whatever kind it is.
  private func only(_ made: HandMade) throws -> Finding {
    let findings = made.findings
    try #require(findings.count == 1, "\(findings)")
    return findings[0]
  }

  @Test("A device that does not exist, or is configured for two versions, is said once")
  func absent() throws {
    var made = HandMade.lonely
    made.reports.interfaces[0].state = .absent
    made.reports.interfaces[0].up = false
    var other = made.reports.interfaces[0]
    other.protocol = .ospfV3
    made.reports.interfaces.append(other)
    let finding = try only(made)
    #expect(finding.kind == .interfaceAbsent)
    #expect(finding.severity == .error)
    #expect(finding.subject == "interface eth0")
  }

  @Test("Switched off and without carrier are two different things")
  func down() throws {
    var made = HandMade.lonely
    made.reports.interfaces[0].up = false
    made.host.devices["eth0"]?.isUp = false
    #expect(try only(made).kind == .interfaceDown)
    #expect(try only(made).advice == "`ip link set eth0 up`")
    made.host.devices["eth0"]?.isUp = true
    #expect(try only(made).kind == .interfaceNoCarrier)
  }

  @Test("An interface that stays away because of a flood says whose, and for how long; one that is back says nothing")
  func databaseOverflow() throws {
    var made = HandMade.lonely
    made.reports.interfaces[0].databaseOverflow = DatabaseOverflowReport(
      limit: "link state advertisements", routerID: "192.0.2.1", address: "10.0.0.1", count: 3, holdOffSeconds: 240)
    let finding = try only(made)
    #expect(finding.kind == .databaseOverflow && finding.severity == .error)
    #expect(finding.message.contains("192.0.2.1 (10.0.0.1)") && finding.message.contains("3 times"))
    made.reports.interfaces[0].databaseOverflow?.holdOffSeconds = nil
    #expect(!made.findings.map(\.kind).contains(.databaseOverflow))
  }

  @Test("Packets of one address from two stations: a replaced router is a warning, two in turn are an error, long ago is neither")
  func stations() {
    var made = HandMade()
    let change = LinkLayerChangeReport(
      address: "10.0.0.1", linkLayerAddress: "02:00:00:00:00:2a", former: "02:00:00:00:00:01", contested: false, count: 1,
      ageSeconds: 60)
    made.reports.interfaces[0].linkLayerChanges = [change]
    #expect(made.findings.map(\.kind) == [.linkLayerSourceChanged] && made.findings[0].severity == .warning)
    #expect(made.findings[0].message.contains("02:00:00:00:00:2a") && made.findings[0].message.contains("02:00:00:00:00:01"))
    made.reports.interfaces[0].linkLayerChanges?[0].contested = true
    #expect(made.findings.map(\.severity) == [.error])
    made.reports.interfaces[0].linkLayerChanges?[0].ageSeconds = 7200
    #expect(made.findings.isEmpty)
  }

  @Test("A passive interface is no mistake; when there is no other, there is nobody to talk to")
  func passive() throws {
    var made = HandMade.lonely
    made.reports.interfaces[0].passive = true
    #expect(made.findings.map(\.kind) == [.noOSPF, .interfacePassive])
    #expect(made.findings.map(\.severity) == [.error, .note])
    var active = HandMade().reports.interfaces[0]
    active.interface = "eth1"
    active.state = .loopback
    made.reports.interfaces.append(active)
    #expect(made.findings.map(\.kind) == [.noOSPF, .interfacePassive])
  }

  @Test(
    "OSPFv3 without a link-local address: none, tentative, or found elsewhere",
    arguments: [
      (nil, "no link-local address"),
      (HostFacts.IPv6DeviceAddress(.linkLocal, device: "eth0", isTentative: true), "is tentative"),
      (HostFacts.IPv6DeviceAddress(.linkLocal, device: "eth0", isTentative: true, isDuplicate: true), "another host"),
    ] as [(HostFacts.IPv6DeviceAddress?, String)])
  func linkLocal(address: HostFacts.IPv6DeviceAddress?, words: String) throws {
    var made = HandMade.lonely
    made.reports.interfaces[0].protocol = .ospfV3
    made.reports.interfaces[0].address = "::"
    made.host.ipv6Addresses = [address].compactMap(\.self)
    let finding = try only(made)
    #expect(finding.kind == .noLinkLocalAddress)
    #expect(finding.message.contains(words))
  }

  @Test("Nothing heard at all: how long, how many Hellos went out, and whether the device receives anything else")
  func nothingHeard() throws {
    var made = HandMade.lonely
    let finding = try only(made)
    #expect(finding.kind == .nothingHeard)
    #expect(finding.severity == .error)
    #expect(finding.message.contains("60 min ago"))
    #expect(finding.message.contains("301 Hellos were sent"))
    #expect(finding.message.contains("100 packets of other kinds"))
    #expect(finding.advice.contains("tcpdump -ni eth0 ip proto 89"))
    made.host.devices["eth0"]?.receivedPackets = 0
    #expect(try only(made).message.contains("no packet of any kind"))
  }

  @Test("A daemon that has only just been started is not yet deaf")
  func notYetHeard() throws {
    var made = HandMade.lonely
    made.reports.status.uptimeSeconds = 39
    #expect(try only(made).kind == .notYetHeard)
    #expect(!made.diagnosis.isWell)
  }

  @Test("A network that has fallen silent: since when, and with whom the adjacency was")
  func fallenSilent() throws {
    var made = HandMade.lonely
    made.reports.interfaces[0].reception = ReceptionReport(
      lastHeardSeconds: 200, adjacencyLossCount: 1,
      lastAdjacencyLoss: .init(routerID: "192.0.2.1", address: "10.0.0.1", reason: "dead timer expired", ageSeconds: 160))
    let finding = try only(made)
    #expect(finding.kind == .fallenSilent)
    #expect(finding.message.contains("For 3 min"))
    #expect(finding.message.contains("192.0.2.1 (10.0.0.1) ended 2 min ago: dead timer expired"))
  }

  @Test("No Designated Router, because everybody has priority 0")
  func priorityZero() throws {
    var made = HandMade()
    made.reports.interfaces[0].designatedRouter = nil
    made.reports.neighbors[0].state = .twoWay
    made.reports.neighbors[0].priority = 0
    made.reports.neighbors[0].role = .drOther
    let finding = try only(made)
    #expect(finding.kind == .noDesignatedRouter)
    #expect(finding.message.contains("192.0.2.1 (10.0.0.1)"))
    var eligible = made
    eligible.reports.neighbors[0].priority = 1
    #expect(!eligible.findings.contains { $0.kind == .noDesignatedRouter })
    made.reports.interfaces[0].networkType = .pointToPoint
    #expect(!made.findings.contains { $0.kind == .noDesignatedRouter })
  }

  @Test("State Waiting is a note")
  func waiting() throws {
    var made = HandMade()
    made.reports.interfaces[0].designatedRouter = nil
    made.reports.interfaces[0].priority = 1
    made.reports.interfaces[0].state = .waiting
    made.reports.neighbors[0].state = .twoWay
    #expect(made.findings.map(\.kind) == [.electionPending])
  }

  @Test("One router ID at two addresses is said while it lasts")
  func duplicate() throws {
    var made = HandMade()
    made.reports.interfaces[0].reception.duplicateRouterID = .init(
      routerID: "192.0.2.1", addresses: ["10.0.0.1", "10.0.0.9"], ageSeconds: 3)
    let finding = try only(made)
    #expect(finding.kind == .duplicateRouterID)
    #expect(finding.message.contains("from 10.0.0.1 and from 10.0.0.9"))
    made.reports.interfaces[0].reception.duplicateRouterID?.ageSeconds = 41
    #expect(made.findings.isEmpty)
  }

  @Test("Three adjacencies lost, the last not long ago, are a warning; two are not, and old ones are not", arguments: [2, 3])
  func flapping(count: UInt64) throws {
    var made = HandMade()
    made.reports.interfaces[0].reception.adjacencyLossCount = count
    made.reports.interfaces[0].reception.lastAdjacencyLoss = .init(
      routerID: "192.0.2.1", address: "10.0.0.1", reason: "dead timer expired", ageSeconds: 100)
    #expect(made.findings.map(\.kind) == (count == 3 ? [.adjacencyFlapping] : []))
    made.reports.interfaces[0].reception.lastAdjacencyLoss?.ageSeconds = 1000
    #expect(made.findings.isEmpty)
  }

  @Test("An address that another host on the link has too explains the silence, and is said beside neighbors as well")
  func addressConflict() throws {
    let conflict = HostFacts.AddressConflict(device: "eth0", address: "10.0.0.2", hardwareAddress: "02:00:5e:00:53:01")
    var silent = HandMade.lonely
    silent.host.addressConflicts = [conflict]
    let finding = try #require(silent.findings.first { $0.kind == .addressConflict })
    #expect(finding.severity == .error && finding.subject == "interface eth0 (OSPFv2)")
    #expect(finding.message.contains("10.0.0.2") && finding.message.contains("02:00:5e:00:53:01"))
    #expect(!silent.findings.contains { [.nothingHeard, .fallenSilent, .notYetHeard].contains($0.kind) })
    var heard = HandMade()
    heard.host.addressConflicts = [conflict]
    #expect(heard.findings.map(\.kind) == [.addressConflict])
    for other in [
      HostFacts.AddressConflict(device: "eth1", address: "10.0.0.2", hardwareAddress: "02:00:5e:00:53:01"),
      HostFacts.AddressConflict(device: "eth0", address: "10.0.0.3", hardwareAddress: "02:00:5e:00:53:01"),
    ] {
      heard.host.addressConflicts = [other]
      #expect(heard.findings.isEmpty)
    }
  }

  @Test("A network of many hosts without authentication is worth knowing, a point-to-point link is not")
  func noAuthentication() {
    var made = HandMade()
    made.reports.interfaces[0].authentication = .none
    #expect(made.findings.map(\.kind) == [.noAuthentication])
    #expect(made.diagnosis.isWell)
    made.reports.interfaces[0].networkType = .pointToPoint
    #expect(!made.findings.contains { $0.kind == .noAuthentication })
  }
}
