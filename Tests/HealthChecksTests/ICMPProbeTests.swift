import AnycastPolicy
import Configuration
import OSPFWire
import Testing

@testable import HealthChecks

@Suite("icmp checks", .timeLimit(.minutes(5)))
struct ICMPProbeTests {
  @Test("A host that answers passes", arguments: ["127.0.0.1", "::1"])
  func answers(address: String) async throws {
    let address = try #require(IPAddress(address))
    #expect(await probe(.icmp(ICMPCheck(address: address))) == .passing(detail: nil))
  }

  @Test("Many echoes at once are not taken for each other's")
  func parallel() async throws {
    let addresses = try (1...40).map { try #require(IPAddress("127.0.0.\($0)")) }
    let verdicts = await withTaskGroup(of: Verdict.self) { group in
      for address in addresses { group.addTask { await probe(.icmp(ICMPCheck(address: address))) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(verdicts == Array(repeating: .passing(detail: nil), count: 40))
  }

  @Test("An address that nobody can be reached at fails and says why")
  func unreachable() async throws {
    let address = try #require(IPAddress("255.255.255.255"))
    let verdict = await probe(.icmp(ICMPCheck(address: address)))
    #expect(verdict == .failing(reason: "255.255.255.255: permission denied"))
  }
}
