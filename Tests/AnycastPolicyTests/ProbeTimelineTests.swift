import OSPFProtocol
import Testing

@testable import AnycastPolicy

@Suite("Failures and probes on one time line")
struct ProbeTimelineTests {
  /// A check whose probes begin at most an interval apart, against a service that works, hangs and refuses by turns.
  private struct Timeline {
    var generator: SplitMix64
    let check: CheckConfiguration
    /// Since when the service has been as it is.
    var since = Instant.zero
    var isWorking = true
    var hangs = false
    var nextTurn = Instant.zero

    mutating func turn(at now: Instant) {
      guard now >= nextTurn else { return }
      let works = Bool.random(using: &generator)
      if works != isWorking { since = nextTurn }
      isWorking = works
      hangs = Bool.random(using: &generator)
      nextTurn = nextTurn + .milliseconds(Int64.random(in: 1...9_000, using: &generator))
    }

    mutating func interval() -> Duration {
      check.interval - .milliseconds(Int64.random(in: 0...(check.jitter.nanoseconds / 1_000_000), using: &generator))
    }
  }

  @Test(
    "Withdrawn at the latest fall intervals and a timeout after the service has failed; announced again once it works",
    arguments: 1...60)
  func bounds(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed) &* 31)
    let interval = Int64.random(in: 100...2_000, using: &generator)
    let check = CheckConfiguration(
      title: CheckTitle(keyword: "tcp", summary: "tcp port 53"), subject: TestSubject("tcp \(53)"),
      interval: .milliseconds(interval),
      timeout: .milliseconds(Int64.random(in: 10...interval, using: &generator)),
      rise: Int.random(in: 1...4, using: &generator), fall: Int.random(in: 1...4, using: &generator))
    let bench = PolicyBench([try .dns(checks: [check])])
    var line = Timeline(generator: generator, check: check)
    var probe: (verdict: Verdict, ends: Instant)?
    var nextProbe = Instant.zero
    let downBound = check.interval * check.fall + check.timeout
    let upBound = check.interval * (check.rise + 1) + check.timeout
    while bench.now < .zero + .seconds(120) {
      line.turn(at: bench.now)
      if let ended = probe, bench.now >= ended.ends {
        try bench.report("dns", ended.verdict)
        probe = nil
      }
      if probe == nil, bench.now >= nextProbe {
        let duration = line.isWorking ? Duration.milliseconds(1) : line.hangs ? check.timeout : .milliseconds(1)
        probe = (line.isWorking ? .pass : .fail, bench.now + duration)
        nextProbe = bench.now + line.interval()
      }
      let age = bench.now - line.since
      if !line.isWorking, age > downBound { #expect(bench.prefixes.isEmpty, "seed \(seed): failing for \(age)") }
      if line.isWorking, age > upBound { #expect(!bench.prefixes.isEmpty, "seed \(seed): working for \(age)") }
      let next = [line.nextTurn, probe?.ends, probe == nil ? nextProbe : nil].compactMap { $0 }.filter { $0 > bench.now }.min()
      bench.pass((next ?? bench.now + .milliseconds(1)) - bench.now)
    }
  }
}
