import ControlAPI
import Testing

@testable import anycastctl

@Suite("What anycastctl prints fits the terminal, and says in its first line whether the node is healthy")
struct GlanceTests {
  private static let longName = "a-service-with-a-rather-long-name"

  private var services: [ServiceReport] {
    let reason = "check tcp port 443 failed 12 times: 2001:db8:ffff:a000:fdc0::3b5 port 443: connection refused by the other side"
    return [
      ServiceReport(
        name: Self.longName, description: nil, state: .down, reason: reason, since: .now,
        addresses: ["192.0.2.1", "2001:db8:ffff:a000:fdc0::3b5"].map { address in
          ServiceAddressReport(
            address: address, prefix: "\(address)/\(address.contains(":") ? 128 : 32)", advertised: false, metric: nil,
            withheldReason: reason, acknowledged: false, present: false, drain: nil)
        }, addressMode: .healthy, device: "lo", passingChecks: 0, checkCount: 1, require: "all", drain: nil)
    ]
  }

  private var interface: InterfaceReport {
    InterfaceReport(
      protocol: .ospfV3, addressFamily: .ipv4, interface: "enp175s0f1np1", index: 2, address: "fe80::3eec:efff:fe12:3456",
      subnet: nil, area: "0.0.0.0", state: .pointToPoint, networkType: .pointToMultipoint, cost: 10, priority: 0, mtu: 1500,
      up: true, passive: false, helloIntervalSeconds: 10, deadIntervalSeconds: 40, retransmitIntervalSeconds: 5,
      helloDueSeconds: 3,
      designatedRouter: nil, backupDesignatedRouter: nil, neighborCount: 1, adjacencyCount: 1, packetsReceived: PacketCounts(),
      packetsSent: PacketCounts(), packetsRefused: 0)
  }

  private var neighbor: NeighborReport {
    NeighborReport(
      protocol: .ospfV3, addressFamily: .ipv4, routerID: "198.51.100.200", priority: 1, state: .full, role: .none,
      deadSeconds: 34.5,
      address: "fe80::3eec:efff:fe12:9999", interface: "enp175s0f1np1", interfaceAddress: "fe80::3eec:efff:fe12:3456",
      area: "0.0.0.0", designatedRouter: nil, backupDesignatedRouter: nil, stateAgeSeconds: 3725, stateChangeCount: 6,
      retransmissionCount: 0, requestCount: 12, summaryCount: 3)
  }

  private var status: StatusReport {
    var status = StatusReport(
      version: "1", processID: 42, state: .running, startedAt: .now, uptimeSeconds: 3600,
      configurationFiles: ["/etc/anycast-ospfd/anycast-ospfd.conf"], configurationLoadedAt: .now,
      instances: [
        InstanceReport(
          protocol: .ospfV3, addressFamily: .ipv4, routerID: "198.51.100.2", areas: ["0.0.0.0"], interfaceCount: 1,
          neighborCount: 1,
          adjacencyCount: 1, lsaCount: 7, advertisements: [])
      ], services: ["down": 1])
    status.health = HealthReport(
      status: status, interfaces: [interface], neighbors: [neighbor], services: services, at: .now)
    return status
  }

  private func expectFits(_ text: String, _ width: Int = 80) {
    for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
  }

  @Test("At 80 columns nothing is wider, and what matters is still there")
  func eighty() {
    let shown = ServicesCommand.render(services, width: 80)
    expectFits(shown)
    #expect(shown.contains("2001:db8:ffff:a000:fdc0::3b5/128"))
    #expect(shown.split(separator: "failed").count == 2)
    expectFits(InterfacesCommand.render([interface], width: 80))
    expectFits(NeighborsCommand.render([neighbor], width: 80))
    let screen = StatusScreen(status: status, interfaces: [interface], neighbors: [neighbor], services: services)
    let terminal = Terminal(isTerminal: true, columns: 80) { $0 == "NO_COLOR" ? "1" : nil }
    expectFits(screen.text(terminal, width: terminal.width))
    #expect(screen.text(terminal, width: 80).hasPrefix("PROBLEM: \(Self.longName)"))
    // Without a terminal nothing is left out.
    #expect(InterfacesCommand.render([interface]).contains("Hello due"))
  }

  @Test("The first line is the verdict, with names and reasons")
  func firstLine() {
    let screen = StatusScreen(status: status, interfaces: [interface], neighbors: [neighbor], services: services)
    let pipe = Terminal(isTerminal: false, columns: nil) { _ in nil }
    let first = screen.text(pipe, width: nil).prefix { $0 != "\n" }
    #expect(first.hasPrefix("PROBLEM: \(Self.longName) down 0 s (check tcp port 443 failed 12 times"))
  }

  @Test("Colour is for terminals of people who want it")
  func color() {
    func terminal(_ isTerminal: Bool, _ environment: [String: String]) -> Terminal {
      Terminal(isTerminal: isTerminal, columns: 100) { environment[$0] }
    }
    #expect(terminal(true, [:]).colored("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
    #expect(terminal(true, ["NO_COLOR": ""]).hasColor)
    #expect(!terminal(true, ["NO_COLOR": "1"]).hasColor)
    #expect(!terminal(true, ["TERM": "dumb"]).hasColor)
    #expect(!terminal(false, [:]).hasColor)
    #expect(terminal(true, [:]).width == 100)
    #expect(Terminal(isTerminal: false, columns: nil) { $0 == "COLUMNS" ? "72" : nil }.width == 72)
    #expect(Terminal(isTerminal: false, columns: nil) { _ in nil }.width == nil)
  }

  @Test("Sentences are broken between words, and what follows stands further in")
  func sentences() {
    let text = """
      error: service radius: Check 1 has failed 8 times in a row.
        -> Try by hand what it probes: `nc -vz 192.0.2.9 1812`.
      fits
      """
    #expect(Table.fitted(text, width: nil) == text)
    #expect(
      Table.fitted(text, width: 40) == """
        error: service radius: Check 1 has
          failed 8 times in a row.
          -> Try by hand what it probes: `nc
            -vz 192.0.2.9 1812`.
        fits
        """)
  }

  @Test("Columns of least use go first, and notes are wrapped below their rows")
  func table() {
    var table = Table("Name", ">Least", ">Less", leastUseful: ["Least", "Less"])
    table.add("something", "1", "2", notes: ["a reason that is longer"])
    #expect(table.text(width: 80) == "Name       Least  Less\nsomething      1     2\n    a reason that is longer")
    #expect(table.text(width: 16) == "Name       Less\nsomething     2\n    a reason\n    that is\n    longer")
    #expect(table.text(width: 10).hasPrefix("Name\nsomething\n"))
    // A row that is too wide without anything to leave out has its name on a line of its own.
    var stacked = Table("Name", "Second", ">Third")
    stacked.add("a name that is long", "b", "7")
    #expect(stacked.text(width: 24) == "Name\n  Second  Third\na name that is long\n  b           7")
  }

  @Test("The words of clear are those of vtysh")
  func clear() throws {
    #expect(try ClearCommand.request(["ip", "ospf", "process"]) == ClearRequest(protocol: .ospfV2))
    #expect(
      try ClearCommand.request(["ipv6 ospf6 neighbor 192.0.2.1"]) == ClearRequest(protocol: .ospfV3, routerID: "192.0.2.1"))
    for words in [["ip"], ["ip", "ospf"], ["ip", "bgp", "process"], ["ip", "ospf", "process", "x"]] {
      #expect(throws: (any Error).self) { try ClearCommand.request(words) }
    }
  }
}
