import AnycastPolicy
import Configuration
import ProbeTestSupport
import Testing

@testable import HealthChecks

@Suite("ntp checks", .timeLimit(.minutes(5)))
struct NTPProbeTests {
  private func ask(
    maxStratum: Int = 15, _ answers: @escaping @Sendable ([UInt8]) -> [[UInt8]]
  ) async throws -> Verdict {
    try await withDatagramServer({ request, _ in answers(request) }) { port in
      await probe(.ntp(NTPCheck(port: port, maxStratum: maxStratum)))
    }
  }

  @Test("A server whose clock is synchronized passes, up to the stratum that is wanted")
  func stratum() async throws {
    for stratum in 1...15 as ClosedRange<UInt8> {
      #expect(try await ask { [HandMadeNTP.answer(to: $0, stratum: stratum)] } == .passing(detail: nil))
    }
    #expect(try await ask(maxStratum: 3) { [HandMadeNTP.answer(to: $0, stratum: 3)] } == .passing(detail: nil))
    #expect(
      try await ask(maxStratum: 3) { [HandMadeNTP.answer(to: $0, stratum: 4)] }
        == .failing(reason: "127.0.0.1: stratum 4, at most 3 wanted"))
  }

  @Test("A server whose clock is not synchronized fails: stratum 16, leap indicator 3, kiss-o'-death")
  func unsynchronized() async throws {
    let reason = Verdict.failing(reason: "127.0.0.1: the server's clock is not synchronized")
    #expect(try await ask { [HandMadeNTP.answer(to: $0, stratum: 16)] } == reason)
    #expect(try await ask { [HandMadeNTP.answer(to: $0, leapIndicator: 3)] } == reason)
    #expect(
      try await ask { [HandMadeNTP.answer(to: $0, stratum: 0, referenceID: Array("RATE".utf8))] }
        == .failing(reason: "127.0.0.1: answered with a kiss-o'-death packet, RATE"))
  }

  @Test("Packets that answer something else, or are malformed, are passed over; the right one after them counts")
  func hostile() async throws {
    let verdict = try await ask { request in
      let right = HandMadeNTP.answer(to: request)
      var late = right
      late[24] ^= 1
      return [
        [], Array(right.dropLast()), late, HandMadeNTP.answer(to: request, mode: 5), request,
        [UInt8](repeating: 4, count: 60_000), right,
      ]
    }
    #expect(verdict == .passing(detail: nil))
  }

  @Test("An answer to the question of the probe before is none")
  func late() async throws {
    try await withDatagramServer({ request, _ in
      var other = HandMadeNTP.answer(to: request)
      other[31] ^= 1
      return [other]
    }) { port in
      try await expectTimeout(
        of: .ntp(NTPCheck(port: port)), saying: "127.0.0.1: no answer, but an NTP packet with another Origin Timestamp")
    }
  }
}
