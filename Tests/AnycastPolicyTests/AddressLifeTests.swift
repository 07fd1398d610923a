import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("The life of an address")
struct AddressLifeTests {
  @Test("In mode always the address is on the device before the first check, and stays while the service is down")
  func always() throws {
    let bench = PolicyBench([try .dns()])
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    bench.pass(.seconds(3_600))
    #expect(bench.prefixes == [])
    #expect(try bench.isOnDevice("192.0.2.1"))
  }

  @Test("In mode healthy the address is added when the checks pass at the loopback, and announced when they pass at the address")
  func healthyUp() throws {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    #expect(bench.onDevices == [])
    #expect(bench.checks.map(\.targets) == [[.v4(IPv4Address(127, 0, 0, 1))]])
    let early = try #require(bench.checks.first)
    try bench.record("dns", .pass, .pass)
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.prefixes == [])
    #expect(bench.checks.map(\.targets) == [[.v4(IPv4Address(192, 0, 2, 1))]])
    // A verdict that was under way when the address came.
    bench.perform {
      $0.record(ProbeOutcome(check: early, verdict: .pass, duration: .milliseconds(3), nextProbe: .seconds(1)), at: $1)
    }
    try bench.record("dns", .pass)
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("In mode healthy a check knows for which absent addresses the loopback is asked")
  func awaited() throws {
    let addresses = ["192.0.2.1", "192.0.2.2", "2001:db8::1"]
    let bench = PolicyBench([try .dns(addresses, mode: .healthy)])
    #expect(bench.checks.map { $0.awaited.map(\.description) } == [addresses])
    #expect(bench.checks.map { $0.targets.map(\.description) } == [["127.0.0.1", "::1"]])
    try bench.record("dns", .pass, .pass)
    #expect(bench.checks.map(\.awaited) == [[]])
    #expect(PolicyBench([try .dns(addresses)]).checks.map(\.awaited) == [[]])
  }

  @Test("A check that names an address of its service asks nobody while that is not on this host")
  func named() throws {
    let address = try #require(IPAddress("192.0.2.1"))
    let service = { (mode: AddressMode) in try ServiceConfiguration.dns(mode: mode, checks: [.dns(server: address)]) }
    #expect(PolicyBench([try service(.healthy)]).checks.map(\.targets) == [[]])
    #expect(PolicyBench([try service(.healthy)]).checks.map(\.awaited) == [[]], "the loopback is not asked for it either")
    let bench = PolicyBench([try service(.present)])
    #expect(bench.checks.map(\.targets) == [[]])
    bench.setDevices([DeviceAddress(device: "lo", address: address)])
    #expect(bench.checks.map(\.targets) == [[address]])
    #expect(PolicyBench([try service(.none)]).checks.map(\.targets) == [[address]])
  }

  @Test("In mode healthy a server that does not listen on the address is never announced, and tried less and less often")
  func healthyButNotThere() throws {
    let bench = PolicyBench([try .dns(mode: .healthy, checks: [.dns(rise: 2, fall: 2)])])
    for _ in 0..<600 { try bench.record("dns", bench.onDevices.isEmpty ? .pass : .fail) }
    #expect(!bench.outputs.contains { if case .advertise(let set) = $0 { !set.isEmpty } else { false } })
    let retries = bench.events.compactMap { event -> Duration? in
      if case .addressesNotServed(_, let retry) = event { retry } else { nil }
    }
    #expect(retries == [.seconds(10), .seconds(20), .seconds(40), .seconds(80), .seconds(160), .seconds(300)])
    #expect(try bench.service("dns").state == .down)
    // Now it listens: the next trial succeeds.
    for _ in 0..<320 { try bench.record("dns", .pass) }
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("A trial that would be due while the node leaves leaves the policy at rest")
  func trialWhileLeaving() throws {
    // Leaving takes longer than the trial waits.
    var patient = try ServiceConfiguration.dns(["192.0.2.2"], checks: [], name: "patient")
    patient.linger = .seconds(60)
    let bench = PolicyBench([try .dns(mode: .healthy, checks: [.dns(rise: 2, fall: 2)]), patient])
    let isHeld = { bench.events.contains { if case .addressesNotServed = $0 { true } else { false } } }
    while !isHeld() { try bench.record("dns", try bench.isOnDevice("192.0.2.1") ? .fail : .pass) }
    let policy = bench.policy
    policy.shutDown(at: bench.now)
    for seconds in 1...20 {
      let now = bench.now + .seconds(seconds)
      policy.advance(to: now)
      #expect(policy.nextDeadline.map { $0 > now } ?? true)
    }
  }

  @Test("An address that the kernel has not confirmed is not advertised, though an old view of the devices still shows it")
  func staleView() throws {
    let sink = PolicySink()
    let service = try ServiceConfiguration.dns(mode: .healthy, checks: [])
    let policy = Policy(services: [service], at: .zero, sink: sink)
    let here: Set = [DeviceAddress(device: "lo", address: service.addresses[0].address)]
    policy.setPresentAddresses(here, at: .zero)
    func isAdvertised() -> Bool { policy.snapshots(at: .zero)[0].addresses[0].advertised != nil }
    #expect(!isAdvertised())
    policy.addressesApplied(request: 1, failures: [:], at: .zero)
    #expect(isAdvertised())
    try policy.drain("dns", at: .zero)
    policy.withdrawalAcknowledged(service.addresses[0].prefix, at: .zero)
    policy.advance(to: .zero)
    policy.advance(to: .zero + .seconds(1))
    // It is on its way from the device; the view is old.
    try policy.undrain("dns", at: .zero + .seconds(1))
    policy.addressesApplied(request: 2, failures: [:], at: .zero + .seconds(1))
    #expect(!isAdvertised())
    policy.addressesApplied(request: 3, failures: [:], at: .zero + .seconds(1))
    #expect(isAdvertised())
  }

  @Test("In mode healthy the address is removed when the withdrawal is acknowledged and linger has passed")
  func healthyDownAcknowledged() throws {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    try bench.record("dns", .pass, .pass, .pass, .pass, .fail, .fail, .fail)
    #expect(bench.prefixes == [])
    bench.pass(.seconds(2))
    #expect(try bench.isOnDevice("192.0.2.1"))
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.milliseconds(999))
    #expect(try bench.isOnDevice("192.0.2.1"))
    bench.pass(.milliseconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
  }

  @Test("A withdrawal that is never acknowledged is waited for as long as RxmtInterval, then linger")
  func healthyDownUnacknowledged() throws {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    try bench.record("dns", .pass, .pass, .pass, .pass, .fail, .fail, .fail)
    bench.pass(.milliseconds(5_999))
    #expect(try bench.isOnDevice("192.0.2.1"))
    bench.pass(.milliseconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
  }

  @Test("A service that comes up again within linger keeps its address")
  func recoveredWithinLinger() throws {
    let bench = PolicyBench([try .dns(mode: .healthy, checks: [.dns(rise: 1, fall: 1)])])
    try bench.record("dns", .pass, .pass, .fail, .pass)
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.seconds(60))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.outputs.count { if case .holdAddresses = $0 { true } else { false } } == 2)
  }

  @Test("In mode present the address is advertised only while somebody else has it on the device, and never touched")
  func present() throws {
    let bench = PolicyBench([try .dns(mode: .present, checks: [])])
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").addresses[0].withheldReason == "not on lo")
    let address = try #require(IPAddress("192.0.2.1"))
    bench.setDevices([DeviceAddress(device: "eth0", address: address)])
    #expect(bench.prefixes == [])
    bench.setDevices([DeviceAddress(device: "lo", address: address)])
    #expect(bench.prefixes == ["192.0.2.1/32"])
    bench.setDevices([])
    #expect(bench.prefixes == [])
    bench.pass(.seconds(60))
    #expect(bench.outputs.allSatisfy { if case .holdAddresses(let set, _) = $0 { set.isEmpty } else { true } })
  }

  @Test("In mode present an address that appears is advertised when the checks have risen with it")
  func presentIsProven() throws {
    let bench = PolicyBench([try .dns(mode: .present)])
    try bench.record("dns", .pass, .pass)
    let here = DeviceAddress(device: "lo", address: try #require(IPAddress("192.0.2.1")))
    bench.setDevices([here])
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    bench.setDevices([here, DeviceAddress(device: "eth0", address: here.address)])
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("In mode none the device does not matter")
  func none() throws {
    let bench = PolicyBench([try .dns(mode: .none, checks: [])])
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(bench.onDevices == [])
  }

  @Test("An address that cannot be added is not advertised, the reason is told once, and it is tried again")
  func additionFails() throws {
    let bench = PolicyBench([])
    bench.refusal = "no such device"
    let service = try ServiceConfiguration.dns(checks: [])
    bench.perform { $0.apply([service], at: $1) }
    for _ in 0..<3 { bench.pass(.seconds(5)) }
    #expect(bench.prefixes == [])
    #expect(try bench.service("dns").addresses[0].withheldReason == "not on lo: no such device")
    #expect(bench.events.count { if case .addressNotAdded = $0 { true } else { false } } == 1)
    #expect(!bench.events.contains { if case .addressDisappeared = $0 { true } else { false } }, "it was never there")
    bench.refusal = nil
    bench.pass(.seconds(5))
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("Refusals are told in the order of the devices, and on each in that of the addresses")
  func refusalsInOrder() throws {
    let bench = PolicyBench([])
    bench.refusal = "no such device"
    var other = try ServiceConfiguration.dns(["192.0.2.1"], checks: [], name: "other")
    other.device = "dummy0"
    let services = [try ServiceConfiguration.dns(["192.0.2.4", "192.0.2.2", "192.0.2.3"], checks: []), other]
    bench.perform { $0.apply(services, at: $1) }
    let told = bench.events.compactMap { event -> String? in
      if case .addressNotAdded(let device, let address, _) = event { "\(device) \(address)" } else { nil }
    }
    #expect(told == ["dummy0 192.0.2.1", "lo 192.0.2.2", "lo 192.0.2.3", "lo 192.0.2.4"])
  }

  @Test("When all is as it is to be, there is nothing to wake up for")
  func atRest() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(bench.policy.nextDeadline == nil)
  }

  @Test("An address that somebody removes is withdrawn at once and added again")
  func removedByHand() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    bench.pass(.seconds(60))
    let before = bench.outputs.count
    bench.setDevices([])
    let after = Array(bench.outputs[before...])
    let here = DeviceAddress(device: "lo", address: try ServiceAddress.host("192.0.2.1").address)
    #expect(after.contains(.advertise([])))
    #expect(after.contains(.event(.addressDisappeared(device: "lo", address: here.address))))
    #expect(after.contains { if case .holdAddresses(let set, _) = $0 { set.contains(here) } else { false } })
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("At shutdown everything is withdrawn, then acknowledged or RxmtInterval, then linger, then removed, then finished")
  func shutDown() throws {
    let bench = PolicyBench([try .dns(["192.0.2.1", "2001:db8::1"], checks: [])])
    bench.perform { $0.shutDown(at: $1) }
    #expect(bench.prefixes == [])
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.seconds(1))
    #expect(try !bench.isOnDevice("192.0.2.1"))
    #expect(try bench.isOnDevice("2001:db8::1"))
    #expect(!bench.outputs.contains(.finished))
    bench.pass(.seconds(5))
    #expect(bench.onDevices == [])
    #expect(bench.outputs.last == .finished)
    bench.setDevices([])
    #expect(bench.outputs.count { $0 == .finished } == 1, "what happens afterwards is nothing to it")
    #expect(bench.policy.nextDeadline == nil)
  }

  @Test("When the router has departed, no withdrawal is waited for, but linger is")
  func shutDownDeparted() throws {
    let bench = PolicyBench([try .dns(checks: [])])
    bench.perform { $0.shutDown(at: $1) }
    bench.perform { $0.routerDeparted(at: $1) }
    bench.pass(.milliseconds(999))
    #expect(!bench.outputs.contains(.finished))
    bench.pass(.milliseconds(1))
    #expect(bench.outputs.last == .finished)
  }

  @Test("An address whose service was withdrawn long ago is removed at once at shutdown")
  func shutDownWhileDown() throws {
    let bench = PolicyBench([try .dns()])
    try bench.record("dns", .pass, .pass, .fail, .fail, .fail)
    bench.pass(.seconds(60))
    bench.perform { $0.shutDown(at: $1) }
    #expect(bench.onDevices == [])
    #expect(bench.outputs.last == .finished)
  }

  @Test("A service that moves to another device gets its address there before it loses it here, and stays advertised")
  func deviceChange() throws {
    var service = try ServiceConfiguration.dns(checks: [])
    let bench = PolicyBench([service])
    let before = bench.outputs.count
    service.device = "anycast0"
    bench.perform { $0.apply([service], at: $1) }
    bench.pass(.seconds(10))
    #expect(bench.prefixes == ["192.0.2.1/32"])
    #expect(try bench.isOnDevice("192.0.2.1", device: "anycast0"))
    #expect(try !bench.isOnDevice("192.0.2.1", device: "lo"))
    #expect(!bench.outputs[before...].contains { if case .advertise = $0 { true } else { false } })
    let held = bench.outputs[before...].compactMap { output -> [String]? in
      if case .holdAddresses(let set, _) = output { set.map(\.device).sorted() } else { nil }
    }
    #expect(held == [["anycast0", "lo"], ["anycast0"]])
  }

  @Test(
    "An address that goes and comes back before the kernel tells of it must be proven as any other that comes, whatever passed meanwhile",
    arguments: [2, 4])
  func goesAndComes(passes: Int) throws {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    try bench.record("dns", .pass, .pass, .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .fail, .fail, .fail)
    bench.isKernelStuck = true
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.seconds(2))
    for _ in 0..<passes { try bench.record("dns", .pass) }
    let checksBefore = bench.checks
    bench.unstickKernel()
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.prefixes == [])
    #expect(bench.checks.map(\.number) != checksBefore.map(\.number), "a probe that goes on from before says nothing")
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  /// The address of a service that fails has gone from its device, and the kernel does not tell.
  private static func addressGoneUnseen() throws -> PolicyBench {
    let bench = PolicyBench([try .dns(mode: .healthy)])
    try bench.record("dns", .pass, .pass, .pass, .pass)
    try bench.record("dns", .fail, .fail, .fail)
    bench.isKernelSilent = true
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.seconds(2))
    return bench
  }

  @Test("An address that has gone, and comes back before the kernel tells that it was away, must be proven as well")
  func goesUnseen() throws {
    let bench = try Self.addressGoneUnseen()
    #expect(try !bench.isOnDevice("192.0.2.1"))
    try bench.record("dns", .pass, .pass)
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
    // What else is asked of the kernel later is nothing to it.
    bench.isKernelSilent = false
    let both = [try ServiceConfiguration.dns(mode: .healthy), try .dns(["192.0.2.2"], checks: [], name: "ntp")]
    bench.perform { $0.apply(both, at: $1) }
    #expect(bench.prefixes == ["192.0.2.1/32", "192.0.2.2/32"])
  }

  @Test("The same of one that is refused before it comes back: what passed meanwhile has not asked it")
  func goesUnseenAndIsRefused() throws {
    let bench = try Self.addressGoneUnseen()
    bench.refusal = "device or resource busy"
    try bench.record("dns", .pass, .pass, .pass, .pass)
    #expect(try !bench.isOnDevice("192.0.2.1"))
    bench.refusal = nil
    bench.pass(.seconds(5))
    #expect(try bench.isOnDevice("192.0.2.1"))
    #expect(bench.prefixes == [])
    try bench.record("dns", .pass, .pass)
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("A refusal of a whole subnet is known by its reason, as that of a host is")
  func subnetRefused() throws {
    let bench = PolicyBench([])
    bench.refusal = "no such device"
    var service = try ServiceConfiguration.dns(checks: [])
    service.addresses = [ServiceAddress(address: service.addresses[0].address, prefixLength: 24)]
    bench.perform { $0.apply([service], at: $1) }
    bench.pass(.seconds(1))
    #expect(try bench.service("dns").addresses[0].withheldReason == "not on lo: no such device")
  }

  @Test("What was refused is asked for again as soon as something changes on the devices")
  func askedForAgain() throws {
    let bench = PolicyBench([])
    bench.refusal = "no such device"
    let service = try ServiceConfiguration.dns(checks: [])
    bench.perform { $0.apply([service], at: $1) }
    bench.pass(.seconds(1))
    #expect(bench.prefixes == [])
    bench.refusal = nil
    bench.setDevices([DeviceAddress(device: "eth0", address: try #require(IPAddress("198.51.100.1")))])
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("A service that moves from a device which never took its address is not advertised before the other one has")
  func movesUnheld() throws {
    let bench = PolicyBench([])
    bench.refusal = "no such device"
    var service = try ServiceConfiguration.dns(checks: [])
    bench.perform { $0.apply([service], at: $1) }
    bench.pass(.seconds(1))
    service.device = "anycast0"
    bench.perform { $0.apply([service], at: $1) }
    bench.pass(.seconds(20))
    #expect(!bench.outputs.contains { if case .advertise(let set) = $0 { !set.isEmpty } else { false } })
    bench.refusal = nil
    bench.pass(.seconds(5))
    #expect(bench.prefixes == ["192.0.2.1/32"])
  }

  @Test("At shutdown the checks end at once")
  func shutDownEndsChecks() throws {
    let bench = PolicyBench([try .dns(mode: .none)])
    #expect(bench.checks.count == 1)
    bench.perform { $0.shutDown(at: $1) }
    #expect(bench.checks.isEmpty)
  }

  @Test("With nothing on a device, too, the shutdown is finished when the withdrawal is acknowledged")
  func shutDownOfNone() throws {
    let bench = PolicyBench([try .dns(mode: .none, checks: [])])
    bench.perform { $0.shutDown(at: $1) }
    #expect(!bench.outputs.contains(.finished))
    try bench.acknowledge("192.0.2.1/32")
    #expect(bench.outputs.last == .finished)
  }

  @Test("A trial that succeeds ends the row of trials that did not: the next one that fails waits as the first one did")
  func trialsBeginAnew() throws {
    let bench = PolicyBench([try .dns(mode: .healthy, checks: [.dns(rise: 2, fall: 2)])])
    func retries() -> [Duration] {
      bench.events.compactMap { if case .addressesNotServed(_, let retry) = $0 { retry } else { nil } }
    }
    while retries().isEmpty { try bench.record("dns", bench.onDevices.isEmpty ? .pass : .fail) }
    for _ in 0..<20 { try bench.record("dns", .pass) }
    #expect(bench.prefixes == ["192.0.2.1/32"])
    try bench.record("dns", .fail, .fail)
    bench.pass(.seconds(20))
    #expect(bench.onDevices.isEmpty)
    while retries().count < 2 { try bench.record("dns", bench.onDevices.isEmpty ? .pass : .fail) }
    #expect(retries() == [.seconds(10), .seconds(10)])
  }

  @Test("In mode healthy an address that is there from an earlier run, or by hand, is no trial that has failed")
  func thereWithoutUs() throws {
    let here: Set = [DeviceAddress(device: "lo", address: try #require(IPAddress("192.0.2.1")))]
    let restarted = PolicyBench([try .dns(mode: .healthy)], present: here)
    let failing = PolicyBench([try .dns(mode: .healthy)])
    try failing.record("dns", .fail, .fail, .fail)
    failing.setDevices(here)
    let suspended = PolicyBench([try .dns(mode: .healthy)])
    suspended.perform { $0.suspend(at: $1) }
    suspended.setDevices(here)
    suspended.perform { $0.resume(at: $1) }
    for bench in [restarted, failing, suspended] {
      #expect(!bench.events.contains { if case .addressesNotServed = $0 { true } else { false } })
      try bench.record("dns", .pass, .pass)
      #expect(bench.prefixes == ["192.0.2.1/32"])
    }
  }
}
