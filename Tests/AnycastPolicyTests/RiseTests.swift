import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("The rise metric")
struct RiseTests {
  private func bench(
    checks: [CheckConfiguration] = [.dns()], drain: DrainMetric? = nil, metric: UInt32 = 500
  ) throws -> PolicyBench {
    var service = try ServiceConfiguration.dns(checks: checks, drain: drain)
    service.rise = RiseMetric(metric: metric, duration: .seconds(30))
    return PolicyBench([service])
  }

  private func metrics(_ bench: PolicyBench) -> [UInt32] { bench.advertised.map(\.kind.metric) }

  @Test("A service that comes up is advertised with the rise metric for its time, and then with its own")
  func comesUp() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass)
    #expect(metrics(bench) == [500])
    bench.pass(.milliseconds(29_999))
    #expect(metrics(bench) == [500])
    bench.pass(.milliseconds(1))
    #expect(metrics(bench) == [20])
    bench.pass(.seconds(1000))
    #expect(metrics(bench) == [20])
  }

  @Test("Every return begins anew: after a failure, and after a drain that has withdrawn the service")
  func returns() throws {
    let bench = try bench()
    try bench.record("dns", .pass, .pass)
    bench.pass(.seconds(60))
    try bench.record("dns", .fail, .fail, .fail)
    #expect(metrics(bench) == [])
    try bench.record("dns", .pass, .pass)
    #expect(metrics(bench) == [500])
    bench.pass(.seconds(60))
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    bench.perform { $0.undrainAll(at: $1) }
    #expect(metrics(bench) == [500])
  }

  @Test("A failure in the middle does not let an old rise end the new one early")
  func interrupted() throws {
    let bench = try bench(checks: [.dns(rise: 1, fall: 1)])
    try bench.record("dns", .pass)
    bench.pass(.seconds(20))
    try bench.record("dns", .fail, .pass)
    bench.pass(.milliseconds(29_999))
    #expect(metrics(bench) == [500])
    bench.pass(.milliseconds(1))
    #expect(metrics(bench) == [20])
  }

  @Test("A drain that was ended while its metric was advertised has withdrawn nothing, and is followed by no rise")
  func drainMetric() throws {
    let bench = try bench(drain: DrainMetric(metric: 900, duration: .seconds(30)))
    try bench.record("dns", .pass, .pass)
    bench.pass(.seconds(60))
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    #expect(metrics(bench) == [900])
    bench.perform { $0.undrainAll(at: $1) }
    #expect(metrics(bench) == [20])
  }

  @Test("Of the metrics that apply the greatest is advertised; a rise metric below the own one changes nothing")
  func greatest() throws {
    let rising = try bench(drain: DrainMetric(metric: 900, duration: .seconds(30)))
    try rising.record("dns", .pass, .pass)
    try rising.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    #expect(metrics(rising) == [900])
    let small = try bench(metric: 5)
    try small.record("dns", .pass, .pass)
    #expect(metrics(small) == [20])
  }

  @Test("A reload that brings a rise metric leaves what is advertised already as it is")
  func reload() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    bench.pass(.seconds(60))
    var service = try ServiceConfiguration.dns(checks: [])
    service.rise = RiseMetric(metric: 500, duration: .seconds(30))
    bench.perform { $0.apply([service], at: $1) }
    #expect(metrics(bench) == [20])
  }

  @Test("Each address has a time of its own")
  func eachAddress() throws {
    var service = try ServiceConfiguration.dns(["192.0.2.1", "192.0.2.2"], checks: [])
    service.rise = RiseMetric(metric: 500, duration: .seconds(30))
    let bench = PolicyBench([service])
    bench.pass(.seconds(10))
    try bench.perform { policy, now throws(DrainError) in try policy.drain("192.0.2.2", at: now) }
    bench.perform { $0.undrainAll(at: $1) }
    bench.pass(.seconds(20))
    #expect(metrics(bench) == [20, 500])
    bench.pass(.seconds(10))
    #expect(metrics(bench) == [20, 20])
  }
}
