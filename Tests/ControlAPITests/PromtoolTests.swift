import FoundationEssentials
import Subprocess
import Testing

@testable import ControlAPI

@Suite("What Prometheus's own tool says of the metrics and of the alerts", .timeLimit(.minutes(2)))
struct PromtoolTests {
  private func promtool(_ arguments: [String], input: String = "", in directory: String? = nil) async throws -> (Bool, String) {
    let result = try await Subprocess.run(
      .name("promtool"), arguments: Arguments(arguments), workingDirectory: directory.map { .init($0) }, input: .string(input),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return (result.terminationStatus.isSuccess, result.standardOutput + result.standardError)
  }

  @Test("promtool check metrics has nothing to complain about")
  func metrics() async throws {
    let handler = ScriptedHandler()
    handler.metrics.setChecks([7: ("dns", 1)])
    handler.metrics.noteProbe(assignment: 7, verdict: .passing, seconds: 0.02)
    handler.metrics.noteLoopDelay(0.0001)
    handler.metrics.noteRefusal(.areaMismatch)
    var status = Samples.status
    status.health = HealthReport(status: status, interfaces: [], neighbors: [], services: [], at: .now)
    status.instances[0].lsaCounts = ["router-LSA": 2]
    let interface = InterfaceReport(
      protocol: .ospfV2, addressFamily: .ipv4, interface: "eth0\"\n", index: 2, address: "10.0.0.2", subnet: "10.0.0.2/24",
      area: "0.0.0.0", state: .drOther, networkType: .broadcast, cost: 10, priority: 0, mtu: 1500, up: true, passive: false,
      helloIntervalSeconds: 10, deadIntervalSeconds: 40, retransmitIntervalSeconds: 5, helloDueSeconds: 3,
      designatedRouter: nil, backupDesignatedRouter: nil, neighborCount: 1, adjacencyCount: 1,
      packetsReceived: PacketCounts(hello: 300), packetsSent: PacketCounts(hello: 301), packetsRefused: 0)
    var second = interface
    second.address = "10.0.1.2"
    let text = NodeMetrics(
      status: status, interfaces: [interface, second], neighbors: [Samples.neighbor], services: [Samples.service],
      checks: [Samples.check], bfd: [Samples.bfdSession], fleet: [Samples.fleet], tally: handler.metrics.current
    ).text
    for line in ["anycast_bfd_session_up{iface=", "anycast_fleet_advertisers_reachable{protocol=\"OSPFv2\",service=\"dns\","] {
      #expect(text.contains(line), "\(line)")
    }
    // Two OSPF interfaces of one device are one series.
    #expect(text.contains("direction=\"received\",type=\"hello\"} 600"))
    let (isWell, words) = try await promtool(["check", "metrics"], input: text)
    #expect(isWell, "\(words)")
    #expect(words.isEmpty, "\(words)")
  }

  @Test("Each thing has so many series as the documentation says, and there is an end to them")
  func cardinality() {
    func count(_ services: Int = 0, checks: Int = 0, neighbors: Int = 0, bfd: Int = 0, fleet: Int = 0) -> Int {
      let recorder = MetricsRecorder()
      recorder.setChecks(Dictionary(uniqueKeysWithValues: (0..<checks).map { ($0, ("s\($0)", 1)) }))
      for check in 0..<checks { recorder.noteProbe(assignment: check, verdict: .passing, seconds: 1) }
      let text = NodeMetrics(
        status: Samples.status, interfaces: [],
        neighbors: (0..<neighbors).map { number in
          var neighbor = Samples.neighbor
          neighbor.routerID = "10.0.\(number / 256).\(number % 256)"
          return neighbor
        },
        services: (0..<services).map { number in
          var service = Samples.service
          service.name = "s\(number)"
          return service
        },
        checks: (0..<checks).map { number in
          var check = Samples.check
          check.service = "s\(number)"
          return check
        }, bfd: Array(repeating: Samples.bfdSession, count: bfd), fleet: Array(repeating: Samples.fleet, count: fleet),
        tally: recorder.current
      ).text
      return text.split(separator: "\n").count { !$0.hasPrefix("#") }
    }
    let none = count()
    #expect(count(1) - none == 15)
    #expect(count(checks: 1) - none == 20)
    #expect(count(neighbors: 1) - none == 4)
    #expect(count(neighbors: 5000) - none == 4 * 128)
    #expect(5...6 ~= count(bfd: 1) - none)
    #expect(count(fleet: 1) - none == 3)
    #expect(count(10_000, checks: 10_000) <= MetricsText.seriesLimit + 16)
  }

  @Test("The alert rules are right, fire where they should, and name only metrics that there are")
  func rules() async throws {
    let directory = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/scripts/package/prometheus"
    let (isWell, words) = try await promtool(["test", "rules", "anycast-ospfd.rules.test.yml"], in: directory)
    #expect(isWell, "\(words)")
    let rules = try String(contentsOfFile: directory + "/anycast-ospfd.rules.yml", encoding: .utf8)
    let text = NodeMetrics(
      status: Samples.status, interfaces: [], neighbors: [Samples.neighbor], services: [Samples.service], checks: [Samples.check],
      tally: MetricsRecorder().current
    ).text
    // Those of interfaces are not in a text without any.
    let known = text + "anycast_ospf_adjacencies anycast_ospf_interface_up anycast_ospf_kernel_drops_total"
    for word in Set(rules.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.filter { $0.hasPrefix("anycast_") }) {
      #expect(known.contains(word), "\(word)")
    }
  }
}
