import AnycastNode
import ControlAPI
import OSPFProtocol
import OSPFWire
import Testing

@testable import anycast_ospfd

@Suite("What a neighbor can make happen often is counted, not repeated")
struct ReportLimiterTests {
  private let reason = LimitedReason.refusal(.helloIntervalMismatch)
  private var key: ReportLimiter.Key { ReportLimiter.Key(report(""), reason: reason) }

  private func report(
    _ message: String, protocol: ProtocolName = .ospfV3, family: AddressFamilyName = .ipv6, interface: String = "eth0"
  ) -> EventReport {
    EventReport(
      time: .now, level: .warning, kind: .packetRefused, message: message, protocol: `protocol`, addressFamily: family,
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
    let otherReason = limiter.admits(.init(reports[0], reason: .refusal(.areaMismatch)), reports[0], at: instant(0))
    #expect(otherReason)
    let again = limiter.admits(.init(reports[0], reason: reason), reports[0], at: instant(0))
    #expect(!again)
  }

  @Test("Whatever forged packets claim to be, they are one line, and one window")
  func forgedSources() throws {
    var limiter = ReportLimiter()
    let interface = InterfaceReference(name: "eth0", address: .v4(IPv4Address(10, 0, 0, 1)), area: .backbone)
    let admitted = (1...1_000).count { number in
      let forged = UInt32(number) << 8
      let event = NodeEvent.router(
        .ospfv2,
        .duplicateRouterID(
          routerID: RouterID(rawValue: forged), interface: interface, source: .v4(IPv4Address(rawValue: forged)), other: nil),
        device: nil)
      guard let reason = LimitedReason(event) else { return true }
      return limiter.admits(.init(event.report, reason: reason), event.report, at: instant(0))
    }
    #expect(admitted == 1)
    #expect(limiter.advance(to: instant(60)).count == 1)
  }

  @Test("Of a crowd of strangers a hundred changes are told in a minute; what becomes Full, or was, is always told")
  func crowd() throws {
    var limiter = ReportLimiter()
    func change(_ number: Int, _ from: NeighborState, _ to: NeighborState) -> NodeEvent {
      let interface = InterfaceReference(name: "eth0", address: .v4(IPv4Address(10, 0, 0, 1)), area: .backbone)
      let neighbor = NeighborReference(
        routerID: RouterID(rawValue: UInt32(number)), address: .v4(IPv4Address(rawValue: UInt32(number))), interface: interface)
      return .router(.ospfv2, .neighborStateChanged(neighbor: neighbor, from: from, to: to, cause: .twoWayReceived), device: nil)
    }
    func isTold(_ event: NodeEvent, at seconds: Int) -> Bool {
      guard let reason = LimitedReason(event) else { return true }
      return limiter.admits(.init(event.report, reason: reason), event.report, at: instant(seconds))
    }
    let told = (1...2_000).count { isTold(change($0, .`init`, .exStart), at: 0) }
    #expect(told == 100)
    let isFullTold = isTold(change(3_000, .loading, .full), at: 1)
    #expect(isFullTold)
    let isLossTold = isTold(change(3_000, .full, .down), at: 2)
    #expect(isLossTold)
    let summaries = limiter.advance(to: instant(60))
    #expect(summaries.count == 1)
    #expect(summaries.first?.message.hasSuffix("(1900 times more in the last 60 s)") ?? false)
    let isGoingOnTold = isTold(change(4_000, .`init`, .exStart), at: 61)
    #expect(!isGoingOnTold)
  }
}
