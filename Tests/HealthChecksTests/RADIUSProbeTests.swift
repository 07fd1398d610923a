import AnycastPolicy
import Configuration
import ProbeTestSupport
import Testing

@testable import HealthChecks

@Suite("radius checks", .timeLimit(.minutes(5)))
struct RADIUSProbeTests {
  private func ask(_ answers: @escaping @Sendable ([UInt8]) -> [[UInt8]]) async throws -> Verdict {
    try await withDatagramServer({ request, _ in answers(request) }) { port in
      await probe(.radius(RADIUSCheck(port: port, secret: "xyzzy")))
    }
  }

  @Test("A server that knows the secret passes, with a Message-Authenticator or without, on either port")
  func passes() async throws {
    #expect(try await ask { [HandMadeRADIUS.answer(to: $0, secret: "xyzzy")] } == .passing(detail: nil))
    #expect(
      try await ask { [HandMadeRADIUS.answer(to: $0, secret: "xyzzy", hasMessageAuthenticator: false)] }
        == .passing(detail: nil))
    #expect(try await ask { [HandMadeRADIUS.answer(to: $0, code: 5, secret: "xyzzy")] } == .passing(detail: nil))
  }

  @Test("A server that rejects fails")
  func rejects() async throws {
    #expect(
      try await ask { [HandMadeRADIUS.answer(to: $0, code: 3, secret: "xyzzy")] }
        == .failing(reason: "127.0.0.1: answered with code 3, expected Access-Accept or Accounting-Response"))
  }

  @Test("Forged and malformed packets are passed over, the longest there can be too; the right one after them counts")
  func hostile() async throws {
    let verdict = try await ask { request in
      let right = HandMadeRADIUS.answer(to: request, secret: "xyzzy")
      var otherID = right
      otherID[1] ^= 1
      return [
        [], Array(right.dropLast()), otherID, HandMadeRADIUS.answer(to: request, secret: "wrong"),
        HandMadeRADIUS.answer(to: request, secret: "xyzzy", spoilsMessageAuthenticator: true),
        [UInt8](repeating: 2, count: 60_000), request, right,
      ]
    }
    #expect(verdict == .passing(detail: nil))
  }

  @Test("A wrong secret is named at the timeout")
  func wrongSecret() async throws {
    try await withDatagramServer({ request, _ in [HandMadeRADIUS.answer(to: request, secret: "other")] }) { port in
      try await expectTimeout(
        of: .radius(RADIUSCheck(port: port, secret: "xyzzy")),
        saying: "127.0.0.1: no answer, but a RADIUS packet whose Response Authenticator is wrong: is the secret right?")
    }
  }

  @Test("A server that says nothing fails at the timeout, one that is not there at once")
  func silent() async throws {
    try await withDatagramServer({ _, _ in [] }) { port in
      try await expectTimeout(of: .radius(RADIUSCheck(port: port, secret: "xyzzy")), saying: "127.0.0.1: no answer")
    }
    #expect(
      await probe(.radius(RADIUSCheck(port: closedPort, secret: "xyzzy")))
        == .failing(reason: "127.0.0.1: connection refused"))
  }
}
