import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("The command that is run at each change of a service's state")
struct ChangeCommandTests {
  private static let command = ["/usr/local/bin/tell", "a b"]

  private func bench(_ addresses: [String] = ["192.0.2.1"]) throws -> PolicyBench {
    var service = try ServiceConfiguration.dns(addresses, checks: [.dns(rise: 1, fall: 1)])
    service.onChange = Self.command
    return PolicyBench([service])
  }

  private func changes(_ bench: PolicyBench) -> [ServiceChange] {
    bench.outputs.compactMap { if case .runCommand(let change) = $0 { change } else { nil } }
  }

  @Test("Each change is told with the service, its addresses, both states and the reason, after the advertisements")
  func told() throws {
    let bench = try bench(["192.0.2.1", "2001:db8::1"])
    try bench.record("dns", .pass, .pass, .fail)
    let addresses = try ["192.0.2.1", "2001:db8::1"].map { try #require(IPAddress($0)) }
    #expect(
      changes(bench) == [
        ServiceChange(
          command: Self.command, service: "dns", addresses: addresses, from: .down, to: .up, reason: "check dns passes"),
        ServiceChange(
          command: Self.command, service: "dns", addresses: addresses, from: .up, to: .down,
          reason: "check dns failed once: timeout after 500ms"),
      ])
    let withdrawn = try #require(bench.outputs.lastIndex(of: .advertise([])))
    let told = try #require(bench.outputs.lastIndex { if case .runCommand = $0 { true } else { false } })
    #expect(withdrawn < told)
  }

  @Test("Drains, suspension, shutdown and removal are changes too, and a service without the command tells nobody")
  func everyChange() throws {
    let bench = try bench()
    try bench.record("dns", .pass)
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", reason: "kernel", at: now) }
    try bench.acknowledge("192.0.2.1/32")
    bench.perform { $0.suspend(at: $1) }
    bench.perform { $0.apply([], at: $1) }
    #expect(changes(bench).map(\.to) == [.up, .draining, .drained, .suspended, .down])
    #expect(changes(bench).map(\.from) == [.down, .up, .draining, .drained, .suspended])
    #expect(changes(bench).last?.reason == "no longer configured")

    let leaving = try self.bench()
    try leaving.record("dns", .pass)
    leaving.perform { $0.shutDown(at: $1) }
    #expect(changes(leaving).last?.reason == "shutting down")

    let silent = PolicyBench([try .dns(checks: [])])
    #expect(changes(silent).isEmpty)
  }
}
