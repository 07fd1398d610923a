import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("Verdicts make a service go up and down")
struct VerdictTests {
  @Test("A service is not advertised before its check has passed rise times in a row")
  func rise() throws {
    let bench = PolicyBench([try .dns(checks: [.dns(rise: 3)])])
    try bench.record("dns", .pass, .pass, .fail, .pass, .pass)
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(bench.serviceLines == ["dns: down -> up: check dns passes"])
  }

  @Test("A service is withdrawn when its check has failed fall times in a row, not sooner, and the log says why")
  func fall() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass, .fail, .fail, .pass, .fail, .fail)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .fail)
    #expect(bench.prefixes == [])
    #expect(bench.serviceLines.last == "dns: up -> down: check dns failed 3 times: timeout after 500ms")
    let check = try #require(bench.events.last { if case .checkStateChanged = $0 { true } else { false } })
    #expect(check.description == "dns: check dns: passing -> failing: timeout after 500ms")
  }

  @Test("A service without checks is up at once")
  func noChecks() throws {
    for require in [Requirement.all, .any] {
      let bench = PolicyBench([try .dns(checks: [], require: require)])
      #expect(bench.prefixes == ["192.0.2.1/32"])
      #expect(try bench.service("dns").state == .up)
      #expect(try bench.service("dns").reason == "no checks")
    }
  }

  @Test("A service that is shut down is never advertised, and its address is not added")
  func shutdown() throws {
    var service = try ServiceConfiguration.dns(checks: [])
    service.isShutdown = true
    let bench = PolicyBench([service])
    #expect(bench.prefixes == [])
    #expect(bench.onDevices == [])
    #expect(try bench.service("dns").reason == "shutdown in the configuration")
  }

  @Test(
    "The requirement says how many of three checks must pass",
    arguments: [(Requirement.all, 3), (.any, 1), (.atLeast(2), 2), (.atLeast(0), 1)])
  func requirement(require: Requirement, needed: Int) throws {
    let bench = PolicyBench([try .dns(checks: [.dns(), .tcp(53), .tcp(853)], require: require)])
    for check in 0..<3 {
      #expect(bench.prefixes.isEmpty == (check < needed))
      try bench.record("dns", check: check, .pass, .pass)
    }
    #expect(!bench.prefixes.isEmpty)
    for check in 0..<3 {
      #expect(!bench.prefixes.isEmpty == (3 - check >= needed))
      try bench.record("dns", check: check, .fail, .fail, .fail)
    }
    #expect(bench.prefixes == [])
  }

  @Test("Whom a check asks: an address of the service only where it is, any other one always")
  func targets() throws {
    let service = try ServiceConfiguration.dns()
    let own = try #require(IPAddress("192.0.2.1"))
    let other = try #require(IPAddress("203.0.113.9"))
    func targets(_ named: IPAddress?, present: Set<IPAddress>) -> [IPAddress] {
      service.targets(of: .dns(server: named), present: present)
    }
    #expect(targets(own, present: []) == [])
    #expect(targets(own, present: [own]) == [own])
    #expect(targets(other, present: []) == [other])
  }

  @Test("A service that is up says how many of its checks pass")
  func passing() throws {
    let bench = PolicyBench([try .dns(checks: [.dns(rise: 1), .tcp(53, rise: 1), .tcp(853, rise: 1)], require: .any)])
    try bench.record("dns", check: 0, .pass)
    #expect(try bench.service("dns").reason == "1 of 3 checks pass")
    try bench.record("dns", check: 1, .pass)
    try bench.record("dns", check: 2, .pass)
    #expect(try bench.service("dns").reason == "all 3 checks pass")
  }

  @Test("A service that has not been up yet says what its check has found, from the first failure")
  func firstFailure() throws {
    let bench = PolicyBench([try .dns()])
    #expect(try bench.service("dns").reason == "check dns has passed 0 of 2 times")
    try bench.record("dns", .fail)
    #expect(try bench.service("dns").reason == "check dns failed once: timeout after 500ms")
  }

  @Test("Checks of one kind are told apart in the reason")
  func labels() throws {
    let bench = PolicyBench([try .dns(checks: [.dns(rise: 1), .tcp(53, rise: 1), .tcp(853, rise: 1)])])
    for check in 0..<3 { try bench.record("dns", check: check, .pass) }
    try bench.record("dns", check: 2, .fail, .fail, .fail)
    #expect(
      bench.serviceLines.last
        == "dns: up -> down: 2 of 3 checks pass: check tcp port 853 failed 3 times: timeout after 500ms")
  }

  @Test("A verdict of a check that is not configured, or configured otherwise, is ignored")
  func foreignVerdict() throws {
    let bench = PolicyBench([try .dns(checks: [.dns(rise: 1)])])
    let former = try #require(bench.checks.first)
    let changed = try ServiceConfiguration.dns(checks: [.dns(rise: 1, fall: 1)])
    bench.perform { $0.apply([changed], at: $1) }
    var foreign = try #require(bench.checks.first)
    foreign.service = "ntp"
    for assignment in [former, foreign] {
      bench.perform {
        $0.record(ProbeOutcome(check: assignment, verdict: .pass, duration: .zero, nextProbe: .seconds(1)), at: $1)
      }
    }
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").checks[0].lastVerdict == nil)
  }

  @Test("The advertisement carries the service's metric, type and tag, IPv4 and IPv6 in one set ordered by prefix")
  func advertisement() throws {
    var service = try ServiceConfiguration.dns(["2001:db8::1", "192.0.2.9", "192.0.2.1"], checks: [])
    service.advertise = .external(metric: 77, type: .type1, tag: 9)
    let bench = PolicyBench([service])
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.9/32", "2001:db8::1/128"])
    #expect(bench.advertised.allSatisfy { $0.kind == .external(metric: 77, type: .type1, tag: 9) })
  }

  @Test("A prefix of two services is advertised once, for the first that is up, and the conflict is reported once")
  func conflict() throws {
    var second = try ServiceConfiguration.dns(checks: [], name: "backup")
    second.advertise = .external(metric: 5, type: .type2, tag: 0)
    let bench = PolicyBench([try .dns(checks: [.dns(rise: 1, fall: 1)]), second])
    #expect(bench.advertised.map(\.kind) == [second.advertise])
    try bench.record("dns", .pass, .pass)
    #expect(bench.advertised.count == 1)
    #expect(bench.advertised.first?.kind == .external(metric: 20, type: .type2, tag: 0))
    #expect(try bench.service("backup").addresses[0].withheldReason == "advertised for dns already")
    #expect(try bench.service("backup").addresses[0].conflictsWith == "dns")
    #expect(try bench.service("dns").addresses[0].conflictsWith == nil)
    bench.perform { $0.setPresentRoutes([], at: $1) }
    #expect(bench.events.count { if case .prefixConflict = $0 { true } else { false } } == 1)
  }

  @Test("What is not said has the value that the documentation tells")
  func defaults() {
    let check = CheckConfiguration(title: CheckTitle(keyword: "tcp", summary: "tcp port 53"), subject: TestSubject("tcp 53"))
    #expect(check.interval == .seconds(1) && check.timeout == .milliseconds(500) && check.jitter == .milliseconds(100))
    #expect(check.rise == 2 && check.fall == 3)
    let damping = DampingConfiguration(limit: 4, window: .seconds(60))
    #expect(damping.hold == .seconds(60) && damping.longestHold == .seconds(3600))
  }

  @Test("A suspension withdraws everything and forgets every verdict; after it the checks must rise again")
  func suspension() throws {
    let bench = PolicyBench([try .dns(), try .dns(["192.0.2.2"], checks: [], name: "plain")])
    try bench.record("dns", .pass, .pass)
    bench.perform { $0.suspend(at: $1) }
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").state == .suspended)
    try bench.record("dns", .pass, .pass, .pass)
    #expect(bench.prefixes == [])
    bench.perform { $0.resume(at: $1) }
    #expect(bench.prefixes == ["192.0.2.2/32"])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.2/32"])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
  }

  @Test("A check's snapshot tells its counts, its last verdict, and when it is next")
  func checkSnapshot() throws {
    let bench = PolicyBench([try .dns()])
    let unasked = try #require(try bench.service("dns").checks.first)
    #expect(unasked.consecutivePasses == 0 && unasked.consecutiveFailures == 0 && unasked.lastVerdict == nil)
    try bench.record("dns", .pass, .fail, .fail)
    bench.pass(.milliseconds(400))
    let check = try #require(try bench.service("dns").checks.first)
    #expect(check.state == .unknown)
    #expect(check.lastVerdict == .fail)
    #expect(check.consecutiveFailures == 2)
    #expect(check.consecutivePasses == 0)
    #expect(check.lastAge == .milliseconds(400))
    #expect(check.nextProbe == .milliseconds(600))
    #expect(check.lastDuration == .milliseconds(3))
    #expect(try bench.service("dns").reason == "check dns failed 2 times: timeout after 500ms")
  }
}
