import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("RFC 3623 2: over a graceful restart the services go on as they were")
struct MemoryTests {
  private static let address = "192.0.2.1/32"

  /// The run after, two seconds later, on a host that has kept its addresses.
  private func successor(
    of bench: PolicyBench, _ services: [ServiceConfiguration], refusing refusal: String? = nil, keepsAddresses: Bool = true
  ) -> PolicyBench {
    PolicyBench(
      services, memory: PolicyMemory(services: bench.policy.memory(at: bench.now), age: .seconds(2), presumption: .seconds(120)),
      present: keepsAddresses ? bench.onDevices : [], refusal: refusal)
  }

  private func up(_ service: ServiceConfiguration) throws -> PolicyBench {
    let bench = PolicyBench([service])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == [Self.address])
    bench.pass(.seconds(100))
    return bench
  }

  @Test("What was advertised is from the first moment, and nobody is told that the service has come up")
  func goesOn() throws {
    var service = try ServiceConfiguration.dns()
    service.onChange = ["notify"]
    let bench = successor(of: try up(service), [service])
    #expect(bench.prefixes == [Self.address])
    #expect(bench.serviceLines.isEmpty)
    #expect(!bench.outputs.contains { if case .runCommand = $0 { true } else { false } })
    let snapshot = try bench.service("dns")
    #expect(snapshot.state == .up)
    #expect(snapshot.stateAge == .seconds(102))
    #expect(snapshot.reason == "check dns passes")
    #expect(snapshot.checks.map(\.state) == [.passing])
    #expect(try bench.isOnDevice("192.0.2.1"))
  }

  @Test("A check that fails as often as it must withdraws the service")
  func fails() throws {
    let service = try ServiceConfiguration.dns()
    let bench = successor(of: try up(service), [service])
    try bench.record("dns", .fail, .fail)
    #expect(bench.prefixes == [Self.address])
    try bench.record("dns", .fail)
    #expect(bench.prefixes.isEmpty)
    #expect(bench.serviceLines.count == 1)
  }

  @Test("A check that has not passed within the grace period counts no longer; one that has passed once goes on")
  func presumption() throws {
    let services = [
      try ServiceConfiguration.dns(), try ServiceConfiguration.dns(["192.0.2.2"], name: "silent"),
    ]
    let before = PolicyBench(services)
    for name in ["dns", "silent"] { try before.record(name, .pass, .pass) }
    let bench = successor(of: before, services)
    try bench.record("dns", .pass)
    try bench.record("silent", .fail)
    bench.pass(.seconds(117))
    #expect(bench.prefixes == [Self.address, "192.0.2.2/32"])
    bench.pass(.seconds(1))
    #expect(bench.prefixes == [Self.address])
    #expect(try bench.service("silent").state == .down)
    bench.pass(.seconds(1000))
    #expect(bench.prefixes == [Self.address])
  }

  @Test("What was down stays down until its checks rise")
  func down() throws {
    let service = try ServiceConfiguration.dns()
    let before = PolicyBench([service])
    try before.record("dns", .fail, .fail, .fail)
    let bench = successor(of: before, [service])
    #expect(bench.prefixes.isEmpty)
    #expect(try bench.service("dns").checks.map(\.state) == [.failing])
    try bench.record("dns", .pass)
    #expect(bench.prefixes.isEmpty)
    try bench.record("dns", .pass)
    #expect(bench.prefixes == [Self.address])
  }

  @Test("An address that the kernel has lost, and does not take again, is withdrawn after five seconds")
  func lostAddress() throws {
    let service = try ServiceConfiguration.dns()
    let bench = successor(of: try up(service), [service], refusing: "refused", keepsAddresses: false)
    #expect(bench.prefixes == [Self.address])
    bench.pass(.milliseconds(4999))
    #expect(bench.prefixes == [Self.address])
    bench.pass(.milliseconds(1))
    #expect(bench.prefixes.isEmpty)
  }

  @Test("An address that is there only because somebody else puts it there is withdrawn at once when it is not")
  func missingAddress() throws {
    let service = try ServiceConfiguration.dns(mode: .present)
    let present: Set<DeviceAddress> = [DeviceAddress(device: "lo", address: try #require(IPAddress("192.0.2.1")))]
    let before = PolicyBench([service], present: present)
    try before.record("dns", .pass, .pass)
    #expect(before.prefixes == [Self.address])
    #expect(successor(of: before, [service]).prefixes == [Self.address])
    #expect(successor(of: before, [service], keepsAddresses: false).prefixes.isEmpty)
  }

  @Test("An address that was not advertised must be proven as any other that comes")
  func newAddress() throws {
    let before = try up(.dns())
    let both = try ServiceConfiguration.dns(["192.0.2.1", "192.0.2.2"])
    let bench = successor(of: before, [both])
    #expect(bench.prefixes == [Self.address])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == [Self.address, "192.0.2.2/32"])
  }

  @Test("A service that is no longer configured is withdrawn, and so is one that is shut down")
  func removed() throws {
    let before = try up(.dns())
    #expect(successor(of: before, []).prefixes.isEmpty)
    var service = try ServiceConfiguration.dns()
    service.isShutdown = true
    #expect(successor(of: before, [service]).prefixes.isEmpty)
  }

  @Test(
    "What the kernel has for a service that is no longer configured stays until the withdrawal is acknowledged and the linger is over"
  )
  func removedHoldings() throws {
    let bench = successor(of: try up(.dns()), [])
    let address = DeviceAddress(device: "lo", address: try #require(IPAddress("192.0.2.1")))
    func held() -> Set<DeviceAddress>? {
      bench.outputs.compactMap { if case .holdAddresses(let set, _) = $0 { set } else { nil } }.last
    }
    #expect(held() == [address])
    try bench.acknowledge(Self.address)
    bench.pass(.milliseconds(999))
    #expect(held() == [address])
    bench.pass(.milliseconds(1))
    #expect(held() == [])
  }

  @Test("The same of a route")
  func removedRoute() throws {
    var service = try ServiceConfiguration.dns(mode: .none)
    service.installRoute = RouteTarget(device: "eth1")
    let before = PolicyBench([service])
    try before.record("dns", .pass, .pass)
    #expect(before.routes.count == 1)
    let bench = successor(of: before, [])
    #expect(bench.routes == before.routes)
    try bench.acknowledge(Self.address)
    bench.pass(.seconds(1))
    #expect(bench.routes.isEmpty)
  }

  @Test("What was withdrawn in the meantime is no longer taken to be there before the kernel says so")
  func trustEnds() throws {
    let service = try ServiceConfiguration.dns()
    let bench = successor(of: try up(service), [service], refusing: "refused", keepsAddresses: false)
    #expect(bench.prefixes == [Self.address])
    bench.perform { policy, now in policy.suspend(at: now) }
    bench.perform { policy, now in policy.resume(at: now) }
    try bench.record("dns", .pass, .pass, .pass)
    #expect(bench.prefixes.isEmpty)
  }

  @Test("The rise metric does not begin anew, and one that was under way ends when it would have")
  func rise() throws {
    var service = try ServiceConfiguration.dns()
    service.rise = RiseMetric(metric: 500, duration: .seconds(30))
    #expect(successor(of: try up(service), [service]).advertised.map(\.kind.metric) == [20])
    let before = PolicyBench([service])
    try before.record("dns", .pass, .pass)
    before.pass(.seconds(10))
    let bench = successor(of: before, [service])
    #expect(bench.advertised.map(\.kind.metric) == [500])
    bench.pass(.seconds(18))
    #expect(bench.advertised.map(\.kind.metric) == [20])
  }

  @Test("A service that is held down stays so for what is left of it")
  func damping() throws {
    var service = try ServiceConfiguration.dns(checks: [.dns(rise: 1, fall: 1)])
    service.damping = DampingConfiguration(limit: 1, window: .seconds(60), hold: .seconds(30), longestHold: .seconds(100))
    let before = PolicyBench([service])
    try before.record("dns", .pass, .fail, .pass)
    #expect(try before.service("dns").state == .damped)
    let bench = successor(of: before, [service])
    #expect(try bench.service("dns").state == .damped)
    #expect(bench.prefixes.isEmpty)
    // Its address is one that has come: it was not advertised before.
    try bench.record("dns", .pass)
    bench.pass(.seconds(27) - .milliseconds(1))
    #expect(bench.prefixes.isEmpty)
    bench.pass(.milliseconds(1))
    #expect(bench.prefixes == [Self.address])
  }

  @Test("A hold whose time was over when the next run began is none, and nobody is told of its end")
  func dampingIsOver() throws {
    var service = try ServiceConfiguration.dns(checks: [.dns(rise: 1, fall: 1)])
    service.damping = DampingConfiguration(limit: 1, window: .seconds(60), hold: .seconds(30), longestHold: .seconds(100))
    let before = PolicyBench([service])
    try before.record("dns", .pass, .fail, .pass)
    let memory = PolicyMemory(services: before.policy.memory(at: before.now), age: .seconds(30), presumption: .seconds(120))
    let bench = PolicyBench([service], memory: memory, present: before.onDevices)
    #expect(try bench.service("dns").heldDownFor == nil)
    #expect(!bench.events.contains(.serviceReleased(service: "dns")))
  }

  @Test("A drain goes on as a drain")
  func drained() throws {
    let service = try ServiceConfiguration.dns()
    let before = try up(service)
    try before.perform { policy, now throws(DrainError) in try policy.drain("dns", at: now) }
    try before.acknowledge(Self.address)
    #expect(try before.service("dns").state == .drained)
    let memory = PolicyMemory(services: before.policy.memory(at: before.now), age: .zero, presumption: .seconds(120))
    let bench = PolicyBench(
      [service], drains: before.policy.storedDrains(at: before.now), memory: memory, present: before.onDevices)
    #expect(bench.prefixes.isEmpty)
    #expect(try bench.service("dns").state == .drained)
    #expect(bench.serviceLines.isEmpty)
  }

  @Test("An address that the kernel has shown since is withdrawn at once when it goes")
  func trustEndsWithSight() throws {
    let service = try ServiceConfiguration.dns()
    let bench = successor(of: try up(service), [service])
    #expect(bench.prefixes == [Self.address])
    bench.refusal = "refused"
    bench.setDevices([])
    #expect(bench.prefixes.isEmpty)
  }

  @Test("A check that has failed as often as it must stays failing when the grace period ends")
  func failedMeanwhile() throws {
    let service = try ServiceConfiguration.dns()
    let bench = successor(of: try up(service), [service])
    try bench.record("dns", .fail, .fail, .fail)
    bench.pass(.seconds(200))
    #expect(try bench.service("dns").checks.map(\.state) == [.failing])
  }
}
