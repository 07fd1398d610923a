import OSPFProtocol
import OSPFWire

/// How the policy comes to rest after an input: the kernel is asked for addresses and routes, what it has granted is advertised, the
/// states of the services follow, and then the kernel is asked without the addresses and routes that nobody sends to any more.
extension Policy {
  /// Whether an address may be advertised, its presence on the device apart.
  enum Eligibility {
    case eligible(Advertisement.Kind)
    /// Its service is not well, but too few others serve.
    case lastResort(Advertisement.Kind)
    case withheld(reason: String)

    /// How it may be advertised; nil when it may not.
    var kind: Advertisement.Kind? {
      switch self {
      case .eligible(let kind), .lastResort(let kind): kind
      case .withheld: nil
      }
    }

    var isLastResort: Bool { if case .lastResort = self { true } else { false } }
  }

  func reevaluate(at now: Instant) {
    guard !isFinished else {
      nextDeadline = nil
      return
    }
    endExpiredDrains(at: now)
    endPresumptions(at: now)
    observeForDamping(at: now)
    let configured = Set(services.flatMap { $0.configuration.addresses.map(\.prefix) })
    let held = Set(addresses.items.map(\.address.prefix)).union(routes.items.map(\.prefix))
    prefixes.expire(at: now) { configured.contains($0) || held.contains($0) }
    watchOthers(at: now)
    judgeTrials(at: now)
    wantAddresses(at: now)
    wantRoutes(at: now)
    if prefixes.advertise(wantedAdvertisements(at: now), at: now) { sink.append(.advertise(prefixes.advertisements)) }
    updateStates(at: now)
    let addressRemoval = addressRemovals(at: now)
    addresses.dropUnwanted(at: now, removal: addressRemoval)
    routes.dropUnwanted(at: now) { prefixes.removal(of: $0.prefix, linger: $1, at: now) }
    askKernel()
    assignChecks()
    reportFinish(at: now)
    nextDeadline = [
      prefixes.nextDeadline, addresses.nextDeadline(at: now, removal: addressRemoval),
      routes.nextDeadline(at: now) { prefixes.removal(of: $0.prefix, linger: $1, at: now) }, nextDrainDeadline(after: now),
      nextRiseDeadline(after: now), services.compactMap(\.damper.hold?.until).min(),
      nextTrialDeadline, presumptionEnd, trusted.values.min(), nextLastResortDeadline(after: now),
    ].compactMap { $0 }.min()
  }

  /// When the next trial of addresses begins. None does while everything is withdrawn.
  private var nextTrialDeadline: Instant? {
    isSuspended || isShuttingDown ? nil : services.compactMap(\.trial.until).min()
  }

  /// Only what was wanted until now is tried: an address that is there without that, from an earlier run or by hand, is no trial.
  private func judgeTrials(at now: Instant) {
    for index in services.indices {
      let service = services[index].configuration
      let isLastResort = service.addresses.contains { lastResort($0, of: services[index], at: now) != nil }
      let isTried = { [addresses, present] (address: ServiceAddress) in
        let managed = ManagedAddress(device: service.device, address: address)
        return addresses.isWanted(managed) && present.contains(managed.onDevice)
      }
      guard let hold = services[index].judgeTrial(isLastResort: isLastResort, isTried: isTried, at: now) else { continue }
      sink.report(.addressesNotServed(service: service.name, retry: hold))
    }
  }

  /// Addresses that are wanted are asked for before anything of them is advertised.
  private func wantAddresses(at now: Instant) {
    let wanted = wantedAddresses(at: now)
    addresses.setPresent(
      Set((wanted.map(\.item) + addresses.items + addresses.leaving).filter { present.contains($0.onDevice) }))
    for address in addresses.want(wanted, at: now).sorted(by: { $0.onDevice < $1.onDevice }) {
      sink.report(.addressDisappeared(device: address.device, address: address.address.address))
    }
    leavingAddresses = Set(addresses.items.filter { !addresses.isWanted($0) && addresses.isHeld($0) }.map(\.address))
    askForAddresses()
  }

  /// A route that leads elsewhere than the one before takes its place in the kernel without a gap.
  private func wantRoutes(at now: Instant) {
    let wanted = wantedRoutes(at: now)
    let targets = Dictionary(wanted.map { ($0.item.prefix, $0.item) }) { first, _ in first }
    var replacements: Set<ServiceRoute> = []
    for route in Array(routes.items) {
      guard let successor = targets[route.prefix], successor != route else { continue }
      if routes.isHeld(route) { replacements.insert(successor) }
      routes.forget(route)
    }
    routes.setPresent(Set((wanted.map(\.item) + routes.items).filter { presentRoutes.contains($0.prefix) }))
    for route in routes.want(wanted, replacements: replacements, at: now).sorted(by: { $0.prefix < $1.prefix }) {
      sink.report(.routeDisappeared(prefix: route.prefix))
    }
    askForRoutes()
  }

  private func askKernel() {
    askForAddresses()
    askForRoutes()
  }

  private func askForAddresses() {
    guard let (items, number) = addresses.nextRequest() else { return }
    sink.append(.holdAddresses(Set(items.map(\.onDevice)), request: number))
  }

  private func askForRoutes() {
    guard let (items, number) = routes.nextRequest() else { return }
    sink.append(.holdRoutes(items, request: number))
  }

  /// The earliest instant at which each address may go, by that address. One that is wanted, and there, on another device goes at
  /// once, because it serves nobody any more.
  private func addressRemovals(at now: Instant) -> (ManagedAddress, Duration) -> Instant? {
    let placed = Set(addresses.items.filter { addresses.isWanted($0) && addresses.isHeld($0) }.map(\.address))
    return { [prefixes] address, linger in
      placed.contains(address.address) ? now : prefixes.removal(of: address.address.prefix, linger: linger, at: now)
    }
  }

  private func assignChecks() {
    guard mustAssignChecks else { return }
    mustAssignChecks = false
    let here = Set(present.map(\.address))
    var isChanged = false
    for index in services.indices {
      let differs = services[index].assign(
        present: here, isRunning: !isSuspended && !isShuttingDown, nextNumber: &nextCheckNumber)
      isChanged = isChanged || differs
    }
    let all = checkAssignments
    guard isChanged || all.count != assignedCheckCount else { return }
    assignedCheckCount = all.count
    sink.append(.runChecks(all))
  }

  /// The checks that are to be run now.
  public var checkAssignments: [CheckAssignment] { services.flatMap { $0.checks.compactMap(\.assignment) } }

  /// Whether, and how, an address may be advertised: the one place where health, drains, suspension and shutdown meet.
  ///
  /// In mode `healthy` an address comes before it is proven, because its checks can only then ask it: `isPlaced` asks whether it may
  /// be on the device.
  func eligibility(of address: ServiceAddress, service: Service, isPlaced: Bool = false, at now: Instant) -> Eligibility {
    guard !isShuttingDown else { return .withheld(reason: "shutting down") }
    guard !isSuspended else { return .withheld(reason: "suspended") }
    if let obstacle = obstacle(to: address, of: service, isPlaced: isPlaced) {
      guard drain(of: address, service: service.configuration) == nil, let kind = lastResort(address, of: service, at: now) else {
        return .withheld(reason: obstacle)
      }
      return .lastResort(kind)
    }
    var kind = service.configuration.advertise(address)
    if service.health.isDegraded, let metric = service.configuration.degradedMetric { kind = kind.raised(to: metric) }
    if let metric = riseMetric(of: address, service: service.configuration, at: now) { kind = kind.raised(to: metric) }
    guard let drain = drain(of: address, service: service.configuration) else {
      let state = fleetStates[address.prefix] ?? (service.health.isDegraded ? .degraded : .up)
      return .eligible(service.configuration.tell(state, in: kind))
    }
    guard let metric = service.configuration.drain, let end = drain.metricEnd(of: service.configuration), end > now,
      prefixes.service(advertising: address.prefix) == service.configuration.name
    else { return .withheld(reason: drainReason(drain)) }
    return .eligible(service.configuration.tell(.draining, in: kind.raised(to: metric.metric)))
  }

  /// Why an address is not fit to be advertised, drains apart; nil when it is.
  func obstacle(to address: ServiceAddress, of service: Service, isPlaced: Bool = false) -> String? {
    let health = service.health
    if let hold = service.damper.hold { return dampingReason(hold) }
    guard health.isUp else { return health.reason }
    guard service.trial.until == nil else { return Self.trialReason }
    return isPlaced || service.isProven(address) ? nil : "new, and not yet checked often enough"
  }

  static let trialReason = "its checks pass without its addresses and fail with them; tried again later"

  /// Why an address that may be advertised is not, because of what the kernel has; nil when nothing is in the way.
  func missingReason(_ address: ServiceAddress, service: ServiceConfiguration) -> String? {
    let managed = ManagedAddress(device: service.device, address: address)
    switch service.addressMode {
    case .none: break
    case .present: if !present.contains(managed.onDevice) { return "not on \(service.device)" }
    case .always, .healthy:
      if !addresses.isHeld(managed), !leavingAddresses.contains(address) {
        return "not on \(service.device)" + (addresses.failure(of: managed).map { ": \($0)" } ?? "")
      }
    }
    guard let target = service.installRoute, target.takes(address.prefix) else { return nil }
    let route = ServiceRoute(prefix: address.prefix, target: target)
    guard !routes.isHeld(route) else { return nil }
    return "its route is not installed" + (routes.failure(of: route).map { ": \($0)" } ?? "")
  }

  func wantedAddresses(at now: Instant) -> [(item: ManagedAddress, linger: Duration)] {
    guard !isShuttingDown else { return [] }
    return services.flatMap { service in
      service.configuration.addresses.filter { isWanted($0, service: service, at: now) }.map {
        (ManagedAddress(device: service.configuration.device, address: $0), service.configuration.linger)
      }
    }
  }

  private func isWanted(_ address: ServiceAddress, service: Service, at now: Instant) -> Bool {
    switch service.configuration.addressMode {
    case .always: !service.configuration.isShutdown
    case .healthy: eligibility(of: address, service: service, isPlaced: true, at: now).kind != nil
    case .present, .none: false
    }
  }

  func wantedRoutes(at now: Instant) -> [(item: ServiceRoute, linger: Duration)] {
    guard !isShuttingDown else { return [] }
    var taken: Set<IPPrefix> = []
    return services.flatMap { service -> [(item: ServiceRoute, linger: Duration)] in
      guard let target = service.configuration.installRoute else { return [] }
      let prefixes = service.configuration.addresses.filter {
        target.takes($0.prefix) && eligibility(of: $0, service: service, at: now).kind != nil
      }.map(\.prefix)
      return prefixes.filter { taken.insert($0).inserted }.map {
        (ServiceRoute(prefix: $0, target: target), service.configuration.linger)
      }
    }
  }

  /// Whether the kernel has what an address needs. What was there before a graceful restart is, until the kernel has had the time to say.
  private func isThere(_ address: ServiceAddress, service: ServiceConfiguration) -> Bool {
    guard missingReason(address, service: service) != nil else {
      trusted[address.prefix] = nil
      return true
    }
    return trusted[address.prefix] != nil
  }

  private func wantedAdvertisements(at now: Instant) -> [IPPrefix: PrefixTable.Wanted] {
    var wanted: [IPPrefix: PrefixTable.Wanted] = [:]
    var conflicts: Set<Conflict> = []
    let eligible = services.flatMap { service in
      service.configuration.addresses.map { (service, $0, eligibility(of: $0, service: service, at: now)) }
    }
    // A service that is well goes before one that is not and has the same prefix.
    for isLastResort in [false, true] {
      for (service, address, eligibility) in eligible where eligibility.isLastResort == isLastResort {
        let name = service.configuration.name
        guard let kind = eligibility.kind, isThere(address, service: service.configuration) else { continue }
        if let other = wanted[address.prefix]?.service {
          if other != name { conflicts.insert(Conflict(prefix: address.prefix, service: name, advertisedFor: other)) }
        } else {
          wanted[address.prefix] = PrefixTable.Wanted(kind: kind, service: name, isLastResort: isLastResort)
        }
      }
    }
    report(conflicts)
    return wanted
  }

  private func report(_ conflicts: Set<Conflict>) {
    for conflict in conflicts.subtracting(reportedConflicts).sorted(by: { ($0.prefix, $0.service) < ($1.prefix, $1.service) }) {
      sink.report(
        .prefixConflict(prefix: conflict.prefix, service: conflict.service, advertisedFor: conflict.advertisedFor))
    }
    reportedConflicts = conflicts
  }

  private func updateStates(at now: Instant) {
    for index in services.indices {
      guard let (state, reason) = state(of: services[index]) else { continue }
      services[index].reason = reason
      guard state != services[index].state else { continue }
      let old = services[index].state
      services[index].state = state
      services[index].since = now
      report(services[index].configuration, from: old, to: state, reason: reason)
    }
  }

  /// Tells everybody who wants to know that a service changed state.
  func report(_ service: ServiceConfiguration, from: ServiceState, to: ServiceState, reason: String) {
    sink.report(.serviceStateChanged(service: service.name, from: from, to: to, reason: reason))
    guard !service.onChange.isEmpty else { return }
    sink.append(
      .runCommand(
        ServiceChange(
          command: service.onChange, service: service.name, addresses: service.addresses.map(\.address), from: from, to: to,
          reason: reason)))
  }

  /// Nil while it is about to be known.
  private func state(of service: Service) -> (ServiceState, reason: String)? {
    let configuration = service.configuration
    guard !isShuttingDown else { return (.down, "shutting down") }
    guard !isSuspended else { return (.suspended, "checks are suspended") }
    let health = service.health
    guard !configuration.isShutdown else { return (.down, health.reason) }
    let drains = configuration.addresses.compactMap { drain(of: $0, service: configuration) }
    guard let first = drains.first, drains.count == configuration.addresses.count else {
      switch lastResortState(of: service) {
      case .none: break
      case .undecided: return nil
      case .needed:
        let cause = configuration.addresses.lazy.compactMap { self.obstacle(to: $0, of: service) }.first ?? health.reason
        return (.lastResort, "\(cause); \(lastResortReason(service))")
      }
      if let hold = service.damper.hold { return (.damped, dampingReason(hold)) }
      guard service.trial.until == nil else { return (.down, Self.trialReason) }
      return (!health.isUp ? .down : health.isDegraded ? .degraded : .up, health.reason)
    }
    let mayBeRouted = configuration.addresses.contains { prefixes.mayBeRouted($0.prefix) }
    return (mayBeRouted ? .draining : .drained, first.reason ?? "by command")
  }

  private func observeForDamping(at now: Instant) {
    for index in services.indices {
      let outcome = services[index].observeForDamping(at: now)
      let name = services[index].configuration.name
      switch outcome {
      case .unchanged: break
      case .held(let hold): sink.report(.serviceHeldDown(service: name, duration: hold.duration, changes: hold.changes))
      case .released: sink.report(.serviceReleased(service: name))
      }
    }
  }

  private func dampingReason(_ hold: Damper.Hold) -> String {
    "held down for \(hold.duration.dialectText) after \(hold.changes) changes of state"
  }

  private func reportFinish(at now: Instant) {
    guard isShuttingDown, addresses.isEmpty(at: now), routes.isEmpty(at: now), !prefixes.isWithdrawing else { return }
    isFinished = true
    sink.append(.finished)
  }
}
