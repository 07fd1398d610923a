import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("A degraded service stays advertised, and is less preferred")
struct DegradedTests {
  private func bench(
    checks: [CheckConfiguration] = [.dns()], require: Requirement = .all, degradedMetric: UInt32? = 500,
    metrics: [String: UInt32] = [:], drain: DrainMetric? = nil
  ) throws -> PolicyBench {
    var service = try ServiceConfiguration.dns(["192.0.2.1", "2001:db8::1"], checks: checks, require: require, drain: drain)
    service.degradedMetric = degradedMetric
    for (text, metric) in metrics { service.addressMetrics[try #require(IPAddress(text))] = metric }
    return PolicyBench([service])
  }

  @Test("The metric is raised after fall degraded verdicts, and falls back after rise passing ones")
  func metric() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass, .degraded, .degraded)
    #expect(bench.advertised.map(\.kind.metric) == [20, 20])
    try bench.record("dns", .degraded)
    #expect(bench.advertised.map(\.kind.metric) == [500, 500])
    #expect(bench.serviceLines.last == "dns: up -> degraded: check dns is degraded: slow")
    try bench.record("dns", .pass)
    #expect(bench.advertised.map(\.kind.metric) == [500, 500])
    try bench.record("dns", .pass)
    #expect(bench.advertised.map(\.kind.metric) == [20, 20])
    #expect(try bench.service("dns").state == .up)
  }

  @Test("A service that was never passing rises degraded")
  func risesDegraded() throws {
    let bench = try bench()
    try bench.record("dns", .degraded)
    #expect(bench.advertised.isEmpty)
    try bench.record("dns", .degraded)
    #expect(bench.advertised.map(\.kind.metric) == [500, 500])
    #expect(try bench.service("dns").checks.map(\.state) == [.degraded])
  }

  @Test("Failures withdraw a degraded service; degraded and failing in turn never do")
  func failing() throws {
    let bench = try bench()
    try bench.record("dns", .degraded, .degraded, .fail, .fail, .degraded, .fail, .fail, .degraded)
    #expect(bench.prefixes.count == 2)
    try bench.record("dns", .fail, .fail, .fail)
    #expect(bench.prefixes.isEmpty)
    #expect(try bench.service("dns").state == .down)
  }

  @Test("A service that has failed rises degraded, and not sooner than one that passes")
  func risesDegradedAfterFailures() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail, .degraded)
    #expect(bench.prefixes.isEmpty)
    try bench.record("dns", .degraded)
    #expect(bench.advertised.map(\.kind.metric) == [500, 500])
  }

  @Test("Without a degraded metric the state is said and the metric stays")
  func withoutMetric() throws {
    let bench = try bench(degradedMetric: nil)
    try bench.record("dns", .degraded, .degraded)
    #expect(bench.advertised.map(\.kind.metric) == [20, 20])
    #expect(try bench.service("dns").state == .degraded)
  }

  @Test("A service of which enough checks pass without reservation is not degraded")
  func requirement() throws {
    let bench = try bench(checks: [.dns(), .tcp()], require: .any)
    try bench.record("dns", check: 0, .degraded, .degraded)
    #expect(try bench.service("dns").state == .degraded)
    try bench.record("dns", check: 1, .pass, .pass)
    #expect(try bench.service("dns").state == .up)
    #expect(bench.advertised.map(\.kind.metric) == [20, 20])
    try bench.record("dns", check: 1, .fail, .fail, .fail)
    #expect(try bench.service("dns").state == .degraded)
    #expect(bench.advertised.map(\.kind.metric) == [500, 500])
  }

  @Test("Each address has its own metric, and being degraded or drained lowers none of them")
  func addressMetrics() throws {
    let bench = try bench(
      metrics: ["192.0.2.1": 10, "2001:db8::1": 600], drain: DrainMetric(metric: 550, duration: .seconds(10)))
    try bench.record("dns", .pass, .pass)
    #expect(bench.advertised.map(\.kind.metric) == [10, 600])
    try bench.record("dns", .degraded, .degraded, .degraded)
    #expect(bench.advertised.map(\.kind.metric) == [500, 600])
    try bench.perform { try $0.drain("dns", at: $1) }
    #expect(bench.advertised.map(\.kind.metric) == [550, 600])
    bench.pass(.seconds(10))
    #expect(bench.prefixes.isEmpty)
  }
}
