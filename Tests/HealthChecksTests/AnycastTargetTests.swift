import AnycastPolicy
import NIOCore
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

@Suite("A probe asks this node, never another one that has the same address")
struct AnycastTargetTests {
  private func assignment(_ kind: CheckKind, targets: [String], addresses: [String] = ["127.0.0.1"]) -> CheckAssignment {
    CheckAssignment(
      number: 1, service: "dns", addresses: addresses.compactMap { IPAddress($0) }, targets: targets.compactMap { IPAddress($0) },
      configuration: CheckConfiguration(kind: kind))
  }

  private func verdict(
    _ assignment: CheckAssignment, isOnHost: @escaping @Sendable (IPAddress) -> Bool
  ) async -> Verdict {
    await assignment.makeProbe(on: testGroup.next(), commandUser: .unprivileged(), isOnHost: isOnHost).run()
  }

  @Test("An address of the service that is not on this host fails, whoever answers there")
  func elsewhere() async throws {
    try await withListener { port in
      let check = assignment(.tcp(address: nil, ports: [port]), targets: ["127.0.0.1"])
      #expect(await verdict(check) { _ in true } == .passing(detail: nil))
      #expect(
        await verdict(check) { _ in false }
          == .failing(reason: "127.0.0.1 is not on this host, where only this node would answer"))
    }
  }

  @Test("An address that goes while it is being asked does not pass")
  func leaving() async throws {
    try await withListener { port in
      let questions = Mutex(0)
      let result = await verdict(assignment(.tcp(address: nil, ports: [port]), targets: ["127.0.0.1"])) { _ in
        questions.withLock { questions in
          questions += 1
          return questions == 1
        }
      }
      #expect(result.isFailing)
    }
  }

  @Test("Another target than the service's own addresses may be anywhere")
  func other() async throws {
    try await withListener { port in
      let check = assignment(.tcp(address: nil, ports: [port]), targets: ["127.0.0.1"], addresses: ["192.0.2.1"])
      #expect(await verdict(check) { _ in false } == .passing(detail: nil))
    }
  }

  @Test("A check that has nobody to ask fails, and says whom it would ask")
  func nobody() async {
    let check = assignment(.tcp(address: nil, ports: [53]), targets: [], addresses: ["192.0.2.1", "2001:db8::1"])
    #expect(await verdict(check) { _ in true } == .failing(reason: "not on this host: 192.0.2.1, 2001:db8::1"))
  }
}
