import OSPFProtocol
import OSPFWire

/// How the policy comes to rest after an input: addresses are added, then the advertisements replaced, then the states of the
/// services follow, then addresses that nobody sends to any more are removed.
extension Policy {
  /// Whether an address may be advertised, its presence on the device apart.
  enum Eligibility {
    case eligible(Advertisement.Kind)
    case withheld(reason: String)

    var isEligible: Bool {
      switch self {
      case .eligible: true
      case .withheld: false
      }
    }
  }

  func settle(at now: Instant) {
    guard !isFinished else {
      nextDeadline = nil
      return
    }
    endExpiredDrains(at: now)
    observeForDamping(at: now)
    let configured = Set(services.flatMap { $0.configuration.addresses.map(\.prefix) })
    let held = addresses.prefixes.union(routes.prefixes)
    prefixes.expire(at: now) { configured.contains($0) || held.contains($0) }
    addresses.want(wantedAddresses(at: now), at: now, sink: sink)
    if routes.want(wantedRoutes(at: now)) { sink.append(.installRoutes(routes.all)) }
    if prefixes.advertise(wantedAdvertisements(at: now), at: now) { sink.append(.advertise(prefixes.advertisements)) }
    updateStates(at: now)
    addresses.removeUnwanted(prefixes: prefixes, at: now, sink: sink)
    if routes.removeUnwanted(prefixes: prefixes, at: now) { sink.append(.installRoutes(routes.all)) }
    reportFinish()
    nextDeadline = [
      prefixes.nextDeadline, addresses.nextDeadline(prefixes: prefixes, at: now),
      routes.nextDeadline(prefixes: prefixes, at: now), nextDrainDeadline(after: now), nextRiseDeadline(after: now),
      services.compactMap(\.damper.hold?.until).min(),
    ].compactMap { $0 }.min()
  }

  /// Whether, and how, an address may be advertised: the one place where health, drains, suspension and shutdown meet.
  func eligibility(of address: ServiceAddress, service: Service, at now: Instant) -> Eligibility {
    guard !isShuttingDown else { return .withheld(reason: "shutting down") }
    guard !isSuspended else { return .withheld(reason: "suspended") }
    let health = service.health
    if let hold = service.damper.hold { return .withheld(reason: dampingReason(hold)) }
    guard health.isUp else { return .withheld(reason: health.reason) }
    guard service.isProven(address) else { return .withheld(reason: "new, and not yet checked often enough") }
    var kind = service.configuration.advertise(address)
    if health.isDegraded, let metric = service.configuration.degradedMetric { kind = kind.raised(to: metric) }
    if let metric = riseMetric(of: address, service: service.configuration, at: now) { kind = kind.raised(to: metric) }
    guard let drain = drain(of: address, service: service.configuration) else {
      return .eligible(kind)
    }
    guard let metric = service.configuration.drain, let end = drain.metricEnd(of: service.configuration), end > now,
      prefixes.service(advertising: address.prefix) == service.configuration.name
    else { return .withheld(reason: drainReason(drain)) }
    return .eligible(kind.raised(to: metric.metric))
  }

  /// Why an address that may be advertised is not, because of where it lives; nil when nothing is in the way.
  func missingAddressReason(_ address: ServiceAddress, service: ServiceConfiguration) -> String? {
    let managed = ManagedAddress(device: service.device, address: address)
    guard service.addressMode != .none, !addresses.present.contains(managed.onDevice) else { return nil }
    return "not on \(service.device)" + (addresses.failure(of: managed).map { ": \($0)" } ?? "")
  }

  private func wantedAddresses(at now: Instant) -> [(address: ManagedAddress, linger: Duration)] {
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
    case .healthy: eligibility(of: address, service: service, at: now).isEligible
    case .present, .none: false
    }
  }

  private func wantedRoutes(at now: Instant) -> [(route: ServiceRoute, linger: Duration)] {
    guard !isShuttingDown else { return [] }
    var taken: Set<IPPrefix> = []
    return services.flatMap { service -> [(route: ServiceRoute, linger: Duration)] in
      guard let target = service.configuration.installRoute else { return [] }
      let prefixes = service.configuration.addresses.filter {
        target.takes($0.prefix) && eligibility(of: $0, service: service, at: now).isEligible
      }.map(\.prefix)
      return prefixes.filter { taken.insert($0).inserted }.map {
        (ServiceRoute(prefix: $0, target: target), service.configuration.linger)
      }
    }
  }

  private func wantedAdvertisements(at now: Instant) -> [IPPrefix: (kind: Advertisement.Kind, service: String)] {
    var wanted: [IPPrefix: (kind: Advertisement.Kind, service: String)] = [:]
    var conflicts: Set<Conflict> = []
    for service in services {
      let name = service.configuration.name
      for address in service.configuration.addresses {
        guard case .eligible(let kind) = eligibility(of: address, service: service, at: now),
          missingAddressReason(address, service: service.configuration) == nil
        else { continue }
        if let other = wanted[address.prefix]?.service {
          if other != name { conflicts.insert(Conflict(prefix: address.prefix, service: name, advertisedFor: other)) }
        } else {
          wanted[address.prefix] = (kind, name)
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
      let (state, reason) = state(of: services[index])
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

  private func state(of service: Service) -> (ServiceState, reason: String) {
    let configuration = service.configuration
    guard !isShuttingDown else { return (.down, "shutting down") }
    guard !isSuspended else { return (.suspended, "checks are suspended") }
    let health = service.health
    guard !configuration.isShutdown else { return (.down, health.reason) }
    let drains = configuration.addresses.compactMap { drain(of: $0, service: configuration) }
    guard let first = drains.first, drains.count == configuration.addresses.count else {
      if let hold = service.damper.hold { return (.damped, dampingReason(hold)) }
      return (!health.isUp ? .down : health.isDegraded ? .degraded : .up, health.reason)
    }
    let mayBeRouted = configuration.addresses.contains { prefixes.mayBeRouted($0.prefix) }
    return (mayBeRouted ? .draining : .drained, drainReason(first))
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

  private func reportFinish() {
    guard isShuttingDown, addresses.isEmpty, routes.isEmpty, !prefixes.isWithdrawing else { return }
    isFinished = true
    sink.append(.finished)
  }
}
