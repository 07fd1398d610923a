import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import Configuration

@Suite("graceful-restart, as FRR spells it")
struct GracefulRestartTests {
  private func statements(_ lines: String...) throws -> GracefulRestartStatements {
    let both = ["router ospf", "router ospf6"].map { "\($0)\n" + lines.map { " \($0)\n" }.joined() }.joined()
    let parsed = try parse(both)
    #expect(parsed.notices.isEmpty)
    let (first, second) = (parsed.configuration.ospf?.gracefulRestart, parsed.configuration.ospf6?.gracefulRestart)
    #expect(first == second)
    let rendered = try configuration(parsed.configuration.rendered())
    #expect(rendered == parsed.configuration)
    return try #require(first)
  }

  @Test("Without a line a node restarts gracefully and helps everybody, with the periods of FRR")
  func defaults() throws {
    let none = try statements()
    #expect(none.isEnabled && none.gracePeriod == nil && none.helped == .everybody && none.hasStrictLSAChecking)
    #expect(GracefulRestartStatements.defaultGracePeriod == .seconds(120))
    #expect(try statements("graceful-restart helper enable") == none)
    #expect(try statements("graceful-restart helper strict-lsa-checking") == none)
  }

  @Test("Its own restart")
  func own() throws {
    // Without a line it restarts gracefully when told to, with this line after a crash as well.
    #expect(try statements("graceful-restart").gracePeriod == GracefulRestartStatements.defaultGracePeriod)
    #expect(try statements("graceful-restart grace-period 60").gracePeriod == .seconds(60))
    #expect(try statements("graceful-restart grace-period 60", "no graceful-restart grace-period").gracePeriod == nil)
    #expect(try !statements("graceful-restart grace-period 60", "no graceful-restart").isEnabled)
    #expect(try statements("no graceful-restart", "graceful-restart").isEnabled)
  }

  @Test("Helping others")
  func helper() throws {
    #expect(try statements("no graceful-restart helper enable").helped == .nobody)
    #expect(
      try statements("graceful-restart helper enable 10.0.0.2", "graceful-restart helper enable 10.0.0.1").helped
        == .only([RouterID(rawValue: 0x0A00_0001), RouterID(rawValue: 0x0A00_0002)]))
    #expect(
      try statements("graceful-restart helper enable 10.0.0.2", "no graceful-restart helper enable 10.0.0.2").helped == .nobody)
    #expect(try !statements("no graceful-restart helper strict-lsa-checking").hasStrictLSAChecking)
    #expect(try !statements("graceful-restart helper lsa-check-disable").hasStrictLSAChecking)
    #expect(try statements("graceful-restart helper planned-only").helpsOnlyPlanned)
    #expect(try statements("graceful-restart helper supported-grace-time 300").longestGracePeriod == .seconds(300))
  }

  @Test("What the engine is told")
  func resolved() throws {
    let text = """
      router ospf
       ospf router-id 1.1.1.1
       graceful-restart helper enable 10.0.0.1
       graceful-restart helper planned-only
       no graceful-restart helper strict-lsa-checking
       graceful-restart helper supported-grace-time 300
      """
    let policy = try #require(try configuration(text).routerConfiguration(of: .ospfv2, links: [])).gracefulRestart
    #expect(
      policy
        == GracefulRestartPolicy(
          helped: .only([RouterID(rawValue: 0x0A00_0001)]), hasStrictLSAChecking: false, helpsOnlyPlanned: true,
          longestGracePeriod: .seconds(300)))
  }

  @Test(
    "What is out of range is refused",
    arguments: [
      "graceful-restart grace-period 0", "graceful-restart grace-period 1801", "graceful-restart helper supported-grace-time 9",
      "graceful-restart helper enable here", "graceful-restart period 5",
    ])
  func refused(line: String) {
    #expect(throws: ConfigurationErrors.self) { try parse("router ospf\n \(line)\n") }
  }
}
