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
    handler.metrics.noteProbe(service: "dns", check: 1, verdict: .passing, seconds: 0.02)
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
      checks: [Samples.check], tally: handler.metrics.current
    ).text
    // Two OSPF interfaces of one device are one series.
    #expect(text.contains("direction=\"received\",type=\"hello\"} 600"))
    let (isWell, words) = try await promtool(["check", "metrics"], input: text)
    #expect(isWell, "\(words)")
    #expect(words.isEmpty, "\(words)")
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
