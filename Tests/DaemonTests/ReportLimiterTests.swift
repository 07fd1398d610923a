import ControlAPI
import OSPFProtocol
import Testing

@testable import anycast_ospfd

@Suite("What a neighbor can make happen often is counted, not repeated")
struct ReportLimiterTests {
  private let key = ReportLimiter.Key(interface: "eth0", reason: "helloIntervalMismatch")

  private func report(_ message: String) -> EventReport {
    EventReport(time: .now, level: "warning", kind: "packetRefused", message: message, interface: "eth0")
  }

  private func instant(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

  @Test("The first report passes at once, those of the following minute become one summary of the last")
  func summary() {
    var limiter = ReportLimiter()
    let first = limiter.admits(key, report("first"), at: instant(0))
    #expect(first)
    let second = limiter.admits(key, report("second"), at: instant(1))
    #expect(!second)
    let third = limiter.admits(key, report("third"), at: instant(59))
    #expect(!third)
    #expect(limiter.nextDeadline == instant(60))
    let early = limiter.advance(to: instant(59))
    #expect(early.isEmpty)
    let summaries = limiter.advance(to: instant(60))
    #expect(summaries.map(\.message) == ["third (2 times more in the last 60 s)"])
    #expect(limiter.nextDeadline == instant(120))
  }

  @Test("What has stopped is forgotten, so that it is reported at once when it begins again")
  func forgetting() {
    var limiter = ReportLimiter()
    let first = limiter.admits(key, report("first"), at: instant(0))
    #expect(first)
    let summaries = limiter.advance(to: instant(60))
    #expect(summaries.isEmpty)
    #expect(limiter.nextDeadline == nil)
    let again = limiter.admits(key, report("again"), at: instant(61))
    #expect(again)
  }

  @Test("Another reason and another interface are reported on their own")
  func independence() {
    var limiter = ReportLimiter()
    let first = limiter.admits(key, report("first"), at: instant(0))
    #expect(first)
    let otherInterface = limiter.admits(.init(interface: "eth1", reason: key.reason), report("other interface"), at: instant(0))
    #expect(otherInterface)
    let otherReason = limiter.admits(.init(interface: "eth0", reason: "areaMismatch"), report("other reason"), at: instant(0))
    #expect(otherReason)
  }
}
