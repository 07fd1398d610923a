import ControlAPI
import Diagnosis
import Testing

@Suite("How far an adjacency has come, and what it waits for")
struct NeighborDiagnosisTests {
  private func neighbor(
    _ state: NeighborStateName, age: Double, _ change: (inout NeighborReport) -> Void = { _ in }
  ) -> HandMade {
    var made = HandMade()
    made.reports.services = []
    made.reports.checks = []
    made.reports.neighbors[0].state = state
    made.reports.neighbors[0].stateAgeSeconds = age
    change(&made.reports.neighbors[0])
    return made
  }

  @Test(
    "What a state means depends on how long it lasts",
    arguments: [
      (.`init`, 19, .neighborForming), (.`init`, 21, .oneWay), (.exStart, 9, .neighborForming), (.exStart, 11, .exchangeStuck),
      (.exchange, 11, .exchangeStuck), (.loading, 9, .neighborForming), (.loading, 11, .loadingStuck),
      (.attempt, 1, .neighborUnreachable),
    ] as [(NeighborStateName, Double, Finding.Kind)])
  func states(state: NeighborStateName, age: Double, kind: Finding.Kind) {
    let findings = neighbor(state, age: age).findings.filter { !$0.subject.hasPrefix("interface") }
    #expect(findings.map(\.kind) == [kind])
    #expect(findings.map(\.severity) == [kind == .neighborForming ? .warning : .error])
  }

  @Test("One-way: our router ID and our address are named, for whoever looks at the other end")
  func oneWay() throws {
    let finding = try #require(neighbor(.`init`, age: 100).findings.first)
    #expect(finding.message.contains("our router ID 192.0.2.2"))
    #expect(finding.advice.contains("301 Hellos from 10.0.0.2"))
    #expect(finding.advice.contains("224.0.0.5"))
  }

  @Test("A smaller MTU there is known from its Database Description; it is at once the cause")
  func smallerMTU() throws {
    let finding = try #require(neighbor(.exStart, age: 1) { $0.mtu = 1400 }.findings.first)
    #expect(finding.kind == .mtuMismatch)
    #expect(finding.message.contains("its interface MTU is 1400, and ours is 1500. It refuses"))
    #expect(finding.advice.contains("`ip link set eth0 mtu 1400`"))
  }

  @Test("A larger MTU there is the cause when it is refused here, and not when it is ignored")
  func largerMTU() throws {
    var made = neighbor(.exStart, age: 11) { $0.mtu = 9000 }
    #expect(made.findings.map(\.kind) == [.exchangeStuck])
    made.reports.interfaces[0].reception.refusals = [
      RefusalReport(
        source: "10.0.0.1", kind: .mtuMismatch, reason: "", theirs: "9000", ours: "1480", count: 1, firstSeconds: 1,
        lastSeconds: 1)
    ]
    #expect(made.findings.map(\.kind) == [.mtuMismatch])
    #expect(made.findings.first?.message.contains("is 9000, and ours is 1480. We refuse") == true)
  }

  @Test("Without any Database Description, unicasts are suspected; with one of equal MTU, the path is")
  func exchange() {
    #expect(neighbor(.exStart, age: 60).findings.first?.message.contains("unicasts are lost") == true)
    #expect(neighbor(.exchange, age: 60) { $0.mtu = 1500 }.findings.first?.advice.contains("-s 1472 10.0.0.1") == true)
    #expect(neighbor(.exchange, age: 1) { ($0.mtu, $0.stateChangeCount) = (1500, 21) }.findings.map(\.kind) == [.exchangeStuck])
  }

  @Test("2-Way between two that are neither Designated Router nor backup is as it should be")
  func twoWay() {
    let made = neighbor(.twoWay, age: 60) { $0.role = .drOther }
    #expect(made.findings.map(\.kind) == [.twoWayExpected])
    #expect(made.findings.first?.message.contains("10.0.0.1") == true)
    #expect(made.diagnosis.isWell)
  }

  @Test("Two views of who is Designated Router are a warning when they last")
  func dispute() {
    #expect(neighbor(.full, age: 79) { $0.designatedRouter = "10.0.0.7" }.findings.isEmpty)
    let made = neighbor(.full, age: 81) { $0.designatedRouter = "10.0.0.7" }
    #expect(made.findings.map(\.kind) == [.designatedRouterDisputed])
    #expect(made.findings.first?.message.contains("takes 10.0.0.7 for the Designated Router, and here it is 10.0.0.1") == true)
  }

  @Test("A neighbor of another interface or instance is not this one's")
  func elsewhere() {
    var made = neighbor(.`init`, age: 100) { $0.interface = "eth1" }
    #expect(made.findings.map(\.kind) == [.nothingHeard])
    made = neighbor(.`init`, age: 100) { $0.protocol = .ospfV3 }
    #expect(made.findings.map(\.kind) == [.nothingHeard])
  }
}
