import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

/// A policy with a virtual clock and a model of the devices: what it asks to add appears, what it asks to remove disappears.
final class PolicyBench {
  let sink = PolicySink()
  let policy: Policy
  private(set) var now = Instant.zero
  private(set) var advertised: [Advertisement] = []
  private(set) var onDevices: Set<DeviceAddress> = []
  private(set) var routes: Set<ServiceRoute> = []
  private(set) var checks: [CheckAssignment] = []
  private(set) var outputs: [PolicyOutput] = []
  /// Why an address that is asked for does not appear on its device; nil when it does.
  var refusal: String?
  /// Why a route that is asked for does not appear in the kernel.
  var routeRefusal: String?
  /// Whether what is asked of the kernel waits, and it tells nothing.
  var isKernelStuck = false
  /// Whether the kernel does what it is asked for and does not tell which addresses there are.
  var isKernelSilent = false
  private var waiting: [(wanted: Set<DeviceAddress>, request: Int)] = []
  /// What we have put on devices.
  private var ours: Set<DeviceAddress> = []

  init(
    _ services: [ServiceConfiguration], drains: [StoredDrain] = [], memory: PolicyMemory? = nil,
    present: Set<DeviceAddress> = [], refusal: String? = nil
  ) {
    onDevices = present
    self.refusal = refusal
    policy = Policy(services: services, drains: drains, memory: memory, at: .zero, sink: sink)
    policy.setPresentAddresses(present, at: .zero)
    absorb()
  }

  var prefixes: [String] { advertised.map(\.prefix.description) }

  var events: [PolicyEvent] {
    outputs.compactMap { if case .event(let event) = $0 { event } else { nil } }
  }

  /// The lines of all service state changes so far.
  var serviceLines: [String] {
    events.compactMap { if case .serviceStateChanged = $0 { $0.description } else { nil } }
  }

  func service(_ name: String) throws -> ServiceSnapshot {
    try #require(policy.snapshots(at: now).first { $0.configuration.name == name })
  }

  func isOnDevice(_ address: String, device: String = "lo") throws -> Bool {
    onDevices.contains(DeviceAddress(device: device, address: try #require(IPAddress(address))))
  }

  /// Calls the policy and does what it wants.
  func perform<E: Error>(_ action: (Policy, Instant) throws(E) -> Void) throws(E) {
    try action(policy, now)
    absorb()
  }

  /// Lets time pass, firing every deadline on the way.
  func pass(_ duration: Duration) {
    let end = now + duration
    while let deadline = policy.nextDeadline, deadline <= end {
      now = max(now, deadline)
      policy.advance(to: now)
      absorb()
    }
    now = end
  }

  /// Records verdicts of one check, one second apart.
  func record(_ service: String, check: Int = 0, _ verdicts: Verdict...) throws {
    for verdict in verdicts {
      pass(.seconds(1))
      try report(service, check: check, verdict)
    }
  }

  /// Records a verdict of one check at this instant.
  func report(_ service: String, check: Int = 0, _ verdict: Verdict) throws {
    let configuration = try self.service(service).configuration
    let assigned = checks.filter { $0.service == service }
    let assignment =
      assigned.count > check
      ? assigned[check]
      : CheckAssignment(number: 0, service: service, addresses: [], targets: [], configuration: configuration.checks[check])
    perform {
      $0.record(ProbeOutcome(check: assignment, verdict: verdict, duration: .milliseconds(3), nextProbe: .seconds(1)), at: $1)
    }
  }

  func acknowledge(_ prefix: String) throws {
    let prefix = try #require(IPPrefix(prefix))
    perform { $0.withdrawalAcknowledged(prefix, at: $1) }
    pass(.zero)
  }

  private func absorb() {
    for output in sink.drain() {
      outputs.append(output)
      switch output {
      case .advertise(let set): advertised = set
      case .holdAddresses(let set, let request):
        if isKernelStuck { waiting.append((set, request)) } else { hold(set, request) }
      case .holdRoutes(let set, let request):
        let failures =
          routeRefusal.map { reason in Dictionary(uniqueKeysWithValues: routes.union(set).map { ($0, reason) }) } ?? [:]
        if failures.isEmpty { routes = set }
        policy.setPresentRoutes(Set(routes.map(\.prefix)), at: now)
        policy.routesApplied(request: request, failures: failures, at: now)
      case .runChecks(let assignments): checks = assignments
      case .event, .runCommand, .drainsChanged, .finished: continue
      }
    }
    if !sink.isEmpty { absorb() }
  }

  private func hold(_ wanted: Set<DeviceAddress>, _ request: Int) {
    onDevices.subtract(ours.subtracting(wanted))
    ours.formIntersection(wanted)
    var failures: [DeviceAddress: String] = [:]
    for address in wanted where !onDevices.contains(address) {
      failures[address] = refusal
      guard refusal == nil else { continue }
      onDevices.insert(address)
      ours.insert(address)
    }
    if !isKernelSilent { policy.setPresentAddresses(onDevices, at: now) }
    policy.addressesApplied(request: request, failures: failures, at: now)
  }

  /// The kernel does at last what was asked of it, and tells of the addresses only how they are then.
  func unstickKernel() {
    isKernelStuck = false
    for (wanted, request) in waiting {
      onDevices.subtract(ours.subtracting(wanted))
      onDevices.formUnion(wanted)
      ours = wanted
      policy.addressesApplied(request: request, failures: [:], at: now)
    }
    waiting = []
    policy.setPresentAddresses(onDevices, at: now)
    absorb()
  }

  /// Somebody else changes the devices.
  func setDevices(_ addresses: Set<DeviceAddress>) {
    onDevices = addresses
    policy.setPresentAddresses(addresses, at: now)
    absorb()
  }
}

extension Verdict {
  static let pass = Verdict.passing(detail: nil)
  static let degraded = Verdict.degraded(reason: "slow")
  static let fail = Verdict.failing(reason: "timeout after 500ms")
}

extension ServiceAddress {
  /// A host address for tests.
  static func host(_ text: String) throws -> ServiceAddress {
    let address = try #require(IPAddress(text))
    return ServiceAddress(address: address, prefixLength: address.bitWidth)
  }
}

extension ServiceConfiguration {
  /// A resolver with one address and the given checks.
  static func dns(
    _ addresses: [String] = ["192.0.2.1"], mode: AddressMode = .always, checks: [CheckConfiguration] = [.dns()],
    require: Requirement = .all, drain: DrainMetric? = nil, name: String = "dns"
  ) throws -> ServiceConfiguration {
    ServiceConfiguration(
      name: name, addresses: try addresses.map { try .host($0) }, addressMode: mode, checks: checks, require: require,
      drain: drain)
  }
}

extension CheckConfiguration {
  static func dns(rise: Int = 2, fall: Int = 3, server: IPAddress? = nil) -> CheckConfiguration {
    CheckConfiguration(
      title: CheckTitle(keyword: "dns", summary: "dns name www.example.net type A"),
      subject: TestSubject("dns", server), rise: rise, fall: fall)
  }

  static func tcp(_ port: UInt16 = 53, rise: Int = 2, fall: Int = 3) -> CheckConfiguration {
    CheckConfiguration(
      title: CheckTitle(keyword: "tcp", summary: "tcp port \(port)"), subject: TestSubject("tcp \(port)"), rise: rise,
      fall: fall)
  }
}

/// What a test's check asks: the service's addresses, where it names nobody.
struct TestSubject: CheckSubject {
  var name: String
  var target: CheckTarget

  init(_ name: String, _ named: IPAddress? = nil) {
    self.name = name
    target = named.map { .address($0) } ?? .serviceAddresses
  }
}
