import OSPFProtocol
import OSPFWire

/// Turns verdicts, drains and the addresses of the devices into the set of prefixes to advertise.
///
/// Not thread safe; all calls come from one loop. `now` never goes backwards. After every call, drain the sink and look at
/// `nextDeadline`. What follows from an acknowledgment is done by the next `advance`, so that a thousand of them cost one pass.
public final class Policy {
  /// Where outputs are appended.
  public let sink: PolicySink
  /// The earliest instant at which `advance` has something to do; nil when nothing is scheduled. May be in the past.
  public internal(set) var nextDeadline: Instant?

  var services: [Service] = []
  /// Where each service stands in `services`.
  private var positions: [String: Int] = [:]
  var drains: [Drain] = []
  var plannedDrains: [PlannedDrain] = []
  var prefixes = PrefixTable()
  /// What the guard of the last node knows, by guarded prefix that has no healthy service.
  var watches: [IPPrefix: LastNodeWatch] = [:]
  /// What is told of prefixes that are served here instead of their being up or degraded.
  var fleetStates: [IPPrefix: FleetState] = [:]
  var addresses = KernelHoldings<ManagedAddress>()
  var routes = KernelHoldings<ServiceRoute>()
  /// Addresses that are on a device where they are no longer wanted: on another one, they are on this host.
  var leavingAddresses: Set<ServiceAddress> = []
  /// Every address of every device.
  var present: Set<DeviceAddress> = []
  /// The destinations of the routes that the kernel has because of us.
  var presentRoutes: Set<IPPrefix> = []
  /// Whether what the checks are run with must be looked at.
  var mustAssignChecks = true
  var nextCheckNumber = 1
  var assignedCheckCount = 0
  var isSuspended = false
  var isShuttingDown = false
  var isFinished = false
  var reportedConflicts: Set<Conflict> = []
  /// After a graceful restart: until when checks that have not passed yet count as they did before.
  var presumptionEnd: Instant?
  /// Prefixes that were advertised before a graceful restart and of which the kernel has not said anything yet, each until when.
  var trusted: [IPPrefix: Instant] = [:]
  /// Whether it was told what the devices have.
  var hasSeenAddresses = false

  /// A prefix that is not advertised for a service because it already is for another.
  struct Conflict: Hashable {
    let prefix: IPPrefix
    let service: String
    let advertisedFor: String
  }

  /// Starts with nothing advertised. `drains` are those that were in force when the daemon last stopped; those whose service or
  /// address is no longer configured are forgotten. With a `memory` it goes on where another run has ended.
  public init(
    services: [ServiceConfiguration], drains: [StoredDrain] = [], memory: PolicyMemory? = nil, isSuspended: Bool = false,
    at now: Instant, sink: PolicySink
  ) {
    self.isSuspended = isSuspended
    self.sink = sink
    self.services = services.map { Service($0, at: now) }
    notePositions()
    self.drains = drains.filter { $0.beginsInSeconds == nil }.compactMap { $0.drain(at: now) }
    plannedDrains = drains.compactMap { $0.plan(at: now) }
    forgetOrphanedDrains()
    if let memory { remember(memory, at: now) }
    reevaluate(at: now)
  }

  /// Time has passed: ends drains, lingers and waits for acknowledgments that are due.
  public func advance(to now: Instant) {
    guard let nextDeadline, nextDeadline <= now else { return }
    reevaluate(at: now)
  }

  /// A probe has ended. Ignored while suspended, and when its check is no longer configured.
  public func record(_ outcome: ProbeOutcome, at now: Instant) { record([outcome], at: now) }

  /// Probes have ended. What follows from them is done once for all of them.
  public func record(_ outcomes: [ProbeOutcome], at now: Instant) {
    guard !isSuspended, !isShuttingDown else { return }
    var matters = false
    for outcome in outcomes where note(outcome, at: now) { matters = true }
    if matters { reevaluate(at: now) }
  }

  /// Returns whether anything that is decided by verdicts may have changed.
  private func note(_ outcome: ProbeOutcome, at now: Instant) -> Bool {
    guard let position = positions[outcome.check.service], let effect = services[position].record(outcome, at: now),
      effect.mayMatter
    else { return false }
    let service = services[position]
    let check = service.checks[effect.index]
    if check.state != effect.oldState {
      sink.report(
        .checkStateChanged(
          service: service.configuration.name, check: service.label(effect.index), from: effect.oldState, to: check.state,
          reason: outcome.verdict.text ?? check.reason))
    }
    return true
  }

  /// Every address of every device, to be told at the start and whenever it changes, IPv6 addresses that are still tentative left
  /// out. An address is advertised only while it is there, except in mode `none`; for one that appears the checks must rise anew,
  /// because before that they asked whoever else has it, or nobody.
  public func setPresentAddresses(_ present: Set<DeviceAddress>, at now: Instant) {
    let appeared = present.subtracting(self.present)
    let remembered = takeRemembered(among: appeared)
    hasSeenAddresses = true
    for service in services where service.configuration.addressMode == .present {
      for address in service.configuration.addresses { trusted[address.prefix] = nil }
    }
    for index in services.indices { services[index].requireNewProof(appeared.subtracting(remembered)) }
    if present != self.present {
      addresses.hasten(at: now)
      routes.hasten(at: now)
    }
    self.present = present
    mustAssignChecks = true
    reevaluate(at: now)
  }

  /// The destinations of all routes in the kernel that are there because of `holdRoutes`, to be told whenever that changes.
  public func setPresentRoutes(_ prefixes: Set<IPPrefix>, at now: Instant) {
    presentRoutes = prefixes
    reevaluate(at: now)
  }

  /// The request of a `holdAddresses` is done: every address is there, and every other one that we had put on a device is gone,
  /// except for those that were refused, and why. They are tried again in a few seconds.
  public func addressesApplied(request: Int, failures: [DeviceAddress: String], at now: Instant) {
    var unknown = failures
    var failed: [ManagedAddress: String] = [:]
    for item in Array(addresses.items) + Array(addresses.leaving) {
      guard let reason = failures[item.onDevice] else { continue }
      failed[item] = reason
      unknown[item.onDevice] = nil
    }
    for (address, reason) in unknown {
      let item = ServiceAddress(address: address.address, prefixLength: address.address.bitWidth)
      failed[ManagedAddress(device: address.device, address: item)] = reason
    }
    let (refusals, returned) = addresses.complete(request, failures: failed, at: now)
    for (item, reason) in refusals.sorted(by: { $0.item.onDevice < $1.item.onDevice }) {
      let (device, address) = (item.device, item.address.address)
      sink.report(
        addresses.contains(item)
          ? .addressNotAdded(device: device, address: address, reason: reason)
          : .addressNotRemoved(device: device, address: address, reason: reason))
    }
    if !returned.isEmpty {
      let anew = Set(returned.map(\.onDevice))
      for index in services.indices { services[index].requireNewProof(anew, ofNewProbes: true) }
      mustAssignChecks = true
    }
    reevaluate(at: now)
  }

  /// The request of a `holdRoutes` is done, except for those routes that were refused, and why.
  public func routesApplied(request: Int, failures: [ServiceRoute: String], at now: Instant) {
    for (route, reason) in routes.complete(request, failures: failures, at: now).refusals.sorted(by: {
      $0.item.prefix < $1.item.prefix
    }) {
      sink.report(
        routes.contains(route)
          ? .routeNotInstalled(prefix: route.prefix, reason: reason) : .routeNotRemoved(prefix: route.prefix, reason: reason))
    }
    reevaluate(at: now)
  }

  /// Every adjacent neighbor has acknowledged that the prefix is gone.
  public func withdrawalAcknowledged(_ prefix: IPPrefix, at now: Instant) {
    prefixes.acknowledgeWithdrawal(of: prefix, at: now)
    nextDeadline = now
  }

  /// The router has departed: no neighbor has a route to anything that was withdrawn.
  public func routerDeparted(at now: Instant) {
    prefixes.acknowledgeAllWithdrawals(at: now)
    nextDeadline = now
  }

  /// Withdraws everything and forgets every verdict; verdicts are ignored until `resume`.
  public func suspend(at now: Instant) {
    isSuspended = true
    mustAssignChecks = true
    for index in services.indices { services[index].forgetVerdicts() }
    reevaluate(at: now)
  }

  /// Ends a suspension. Nothing is known: the checks must rise again.
  public func resume(at now: Instant) {
    isSuspended = false
    mustAssignChecks = true
    reevaluate(at: now)
  }

  /// Applies a new configuration. Unchanged checks keep their verdicts; services that are gone are withdrawn.
  public func apply(_ configurations: [ServiceConfiguration], at now: Instant) {
    let former = services
    var remaining = positions
    services = configurations.map { configuration in
      guard let position = remaining.removeValue(forKey: configuration.name) else {
        sink.report(.serviceAdded(service: configuration.name))
        return Service(configuration, at: now)
      }
      var service = former[position]
      if service.configuration != configuration { service.apply(configuration) }
      return service
    }
    notePositions()
    for service in remaining.values.sorted().map({ former[$0] }) {
      if service.state != .down { report(service.configuration, from: service.state, to: .down, reason: "no longer configured") }
      sink.report(.serviceRemoved(service: service.configuration.name))
    }
    forgetOrphanedDrains()
    mustAssignChecks = true
    reevaluate(at: now)
  }

  private func notePositions() {
    positions = Dictionary(services.enumerated().map { ($1.configuration.name, $0) }) { first, _ in first }
  }

  /// Withdraws everything, removes every address that we added after its linger, and then reports `.finished`.
  public func shutDown(at now: Instant) {
    isShuttingDown = true
    mustAssignChecks = true
    reevaluate(at: now)
  }
}
