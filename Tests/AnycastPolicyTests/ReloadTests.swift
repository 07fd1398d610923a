import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("A reload")
struct ReloadTests {
  @Test("An unchanged check keeps its verdicts, wherever it stands in the block, and the service stays up")
  func keepsVerdicts() throws {
    let bench = PolicyBench([try .dns(checks: [.dns(), .tcp()])])
    try bench.record("dns", check: 0, .pass, .pass)
    try bench.record("dns", check: 1, .pass, .pass, .fail)
    var changed = try ServiceConfiguration.dns(checks: [.tcp(), .dns()])
    changed.description = "recursive resolver"
    let before = bench.outputs.count
    bench.perform { $0.apply([changed], at: $1) }
    #expect(bench.outputs.count == before)
    #expect(try bench.service("dns").checks.map(\.consecutiveFailures) == [1, 0])
  }

  @Test("A changed check must rise again, and with it the service")
  func changedCheck() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass)
    let changed = try ServiceConfiguration.dns(checks: [.dns(rise: 1)])
    bench.perform { $0.apply([changed], at: $1) }
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("A service that is removed is withdrawn, and its address removed after acknowledgment and linger")
  func removedService() throws {
    let bench = PolicyBench([try .dns(checks: []), try .dns(["192.0.2.2"], checks: [], name: "ntp")])
    let remaining = try ServiceConfiguration.dns(["192.0.2.2"], checks: [], name: "ntp")
    bench.perform { $0.apply([remaining], at: $1) }
    #expect(bench.prefixes == ["192.0.2.2/32"])
    #expect(bench.events.contains(.serviceRemoved(service: "dns")))
    try bench.acknowledge("192.0.2.1/32")
    #expect(try bench.isOnDevice("192.0.2.1"))
    bench.pass(.seconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
    #expect(try bench.isOnDevice("192.0.2.2"))
  }

  @Test("An address that is added to a healthy service is advertised when the checks have risen with it; the others stay")
  func addedAddress() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass)
    let grown = try ServiceConfiguration.dns(["192.0.2.1", "192.0.2.2"])
    bench.perform { $0.apply([grown], at: $1) }
    #expect(try bench.isOnDevice("192.0.2.2"))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .pass, .fail, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(try bench.service("dns").addresses[1].withheldReason == "new, and not yet checked often enough")
    bench.perform { $0.apply([grown], at: $1) }
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
    try bench.record("dns", .fail, .fail)
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
  }

  @Test("An address that is added to a service whose checks probe something else is advertised at once")
  func addedAddressWithFixedTarget() throws {
    let check = CheckConfiguration.dns(server: IPAddress("127.0.0.1"))
    let bench = PolicyBench([try .dns(checks: [check])])
    try bench.record("dns", .pass, .pass)
    let grown = try ServiceConfiguration.dns(["192.0.2.1", "192.0.2.2"], checks: [check])
    bench.perform { $0.apply([grown], at: $1) }
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
  }

  @Test("A changed metric is advertised without a withdrawal")
  func changedMetric() throws {
    var service = try ServiceConfiguration.dns(checks: [])
    let bench = PolicyBench([service])
    service.advertise = .external(metric: 5, type: .type1, tag: 1)
    let before = bench.outputs.count
    bench.perform { $0.apply([service], at: $1) }
    let expected = Advertisement(prefix: service.addresses[0].prefix, kind: service.advertise)
    #expect(bench.outputs[before...] == [.advertise([expected])])
  }

  @Test(
    "A service that was shut down is not announced before its checks have risen again, on a device or not",
    arguments: [AddressMode.always, .none])
  func shutdownAndBack(mode: AddressMode) throws {
    let service = try ServiceConfiguration.dns(mode: mode)
    let bench = PolicyBench([service])
    try bench.record("dns", .pass, .pass)
    var shutdown = service
    shutdown.isShutdown = true
    bench.perform { $0.apply([shutdown], at: $1) }
    #expect(bench.prefixes == [])
    // A probe that was under way.
    try bench.record("dns", .pass)
    bench.pass(.seconds(3_600))
    bench.perform { $0.apply([service], at: $1) }
    try bench.record("dns", .pass)
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("A drain outlives a reload, unless its service is gone")
  func drainOutlivesReload() throws {
    let service = try ServiceConfiguration.dns(checks: [])
    let bench = PolicyBench([service])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    bench.perform { $0.apply([service], at: $1) }
    #expect(bench.prefixes == [])
    bench.perform { $0.apply([], at: $1) }
    bench.perform { $0.apply([service], at: $1) }
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("Other checks, or another mode, are tried at once after a trial that has failed; other words are not")
  func endsTrial() throws {
    let service = try ServiceConfiguration.dns(mode: .healthy, checks: [.dns(rise: 2, fall: 2)])
    var described = service
    described.description = "recursive resolver"
    for (changed, isTried) in [(described, false), (try .dns(mode: .healthy, checks: [.dns(rise: 1, fall: 2)]), true)] {
      let bench = PolicyBench([service])
      let isHeld = { bench.events.contains { if case .addressesNotServed = $0 { true } else { false } } }
      while !isHeld() { try bench.record("dns", bench.onDevices.isEmpty ? .pass : .fail) }
      bench.perform { $0.apply([changed], at: $1) }
      try bench.record("dns", .pass, .pass)
      #expect(!bench.onDevices.isEmpty == isTried)
    }
  }

  @Test("An address that is still to be proven is not proven by a reload")
  func unprovenStays() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass)
    var grown = try ServiceConfiguration.dns(["192.0.2.1", "192.0.2.2"])
    bench.perform { $0.apply([grown], at: $1) }
    try bench.record("dns", .pass)
    grown.description = "recursive resolver"
    bench.perform { $0.apply([grown], at: $1) }
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
  }

  @Test("A service that is shut down is down, drained or not")
  func shutdownOfDrained() throws {
    var service = try ServiceConfiguration.dns(checks: [])
    let bench = PolicyBench([service])
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    service.isShutdown = true
    bench.perform { $0.apply([service], at: $1) }
    #expect(try bench.service("dns").state == .down)
    #expect(try bench.service("dns").reason == "shutdown in the configuration")
  }

  @Test("A new address must be checked as often as its checks have to rise")
  func risesWithAddress() throws {
    let bench = PolicyBench([try .dns(checks: [.dns(rise: 3)])])
    try bench.record("dns", .pass, .pass, .pass)
    let grown = try ServiceConfiguration.dns(["192.0.2.1", "192.0.2.2"], checks: [.dns(rise: 3)])
    bench.perform { $0.apply([grown], at: $1) }
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
  }

  @Test("Another address mode ends the wait after a trial that has failed")
  func modeEndsTrial() throws {
    let checks = [CheckConfiguration.dns(rise: 2, fall: 2)]
    let bench = PolicyBench([try .dns(mode: .healthy, checks: checks)])
    let isHeld = { bench.events.contains { if case .addressesNotServed = $0 { true } else { false } } }
    while !isHeld() { try bench.record("dns", bench.onDevices.isEmpty ? .pass : .fail) }
    let changed = try ServiceConfiguration.dns(mode: .always, checks: checks)
    bench.perform { $0.apply([changed], at: $1) }
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("A changed linger holds for an address that is there already")
  func changedLinger() throws {
    var service = try ServiceConfiguration.dns(mode: .healthy, checks: [])
    let bench = PolicyBench([service])
    service.linger = .seconds(10)
    bench.perform { $0.apply([service], at: $1) }
    try bench.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.milliseconds(9_999))
    #expect(try bench.isOnDevice("192.0.2.1"))
    bench.pass(.milliseconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
  }

  @Test("The removal of a service that was down is no change of its state")
  func removedWhileDown() throws {
    let bench = PolicyBench([try .dns()])
    bench.perform { $0.apply([], at: $1) }
    #expect(bench.events.contains(.serviceRemoved(service: "dns")))
    #expect(bench.serviceLines.isEmpty)
  }
}
