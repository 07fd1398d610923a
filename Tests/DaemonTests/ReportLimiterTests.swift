import ControlAPI
import OSPFProtocol
import Testing

@testable import anycast_ospfd

@Suite("What a neighbor can make happen often is counted, not repeated")
struct ReportLimiterTests {
  private let reason = "helloIntervalMismatch"
  private var key: ReportLimiter.Key { ReportLimiter.Key(report(""), reason: reason) }

  private func report(
    _ message: String, protocol: ProtocolName = .ospfV3, family: AddressFamilyName = .ipv6, interface: String = "eth0"
  ) -> EventReport {
    EventReport(
      time: .now, level: "warning", kind: "packetRefused", message: message, protocol: `protocol`, addressFamily: family,
      interface: interface)
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

  @Test("Another reason, another interface and another instance are reported on their own")
  func independence() {
    var limiter = ReportLimiter()
    let reports = [
      report("first"), report("other interface", interface: "eth1"), report("other family", family: .ipv4),
      report("other version", protocol: .ospfV2, family: .ipv4),
    ]
    for report in reports {
      let isAdmitted = limiter.admits(.init(report, reason: reason), report, at: instant(0))
      #expect(isAdmitted, "\(report.message)")
    }
    let otherReason = limiter.admits(.init(reports[0], reason: "areaMismatch"), reports[0], at: instant(0))
    #expect(otherReason)
    let again = limiter.admits(.init(reports[0], reason: reason), reports[0], at: instant(0))
    #expect(!again)
  }
}
