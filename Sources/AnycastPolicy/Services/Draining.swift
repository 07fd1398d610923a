import OSPFProtocol
import OSPFWire

/// Drains: an operator takes a service or one address out of service without touching the checks or the adjacency.
extension Policy {
  /// Drains a service or one address of a service, for `duration` or until it is undrained. A drain of the same name is replaced;
  /// its drain metric is not advertised a second time.
  public func drain(_ name: String, for duration: Duration? = nil, reason: String? = nil, at now: Instant) throws(DrainError) {
    try drain([name], for: duration, reason: reason, at: now)
  }

  /// Drains several services or addresses together: all of them, or, when one is unknown, none.
  public func drain(_ names: [String], for duration: Duration? = nil, reason: String? = nil, at now: Instant) throws(DrainError) {
    for target in try targets(named: names) { start(target, for: duration, reason: reason, at: now) }
    sink.append(.drainsChanged)
    reevaluate(at: now)
  }

  /// What names stand for; every service where there is none.
  func targets(named names: [String]) throws(DrainError) -> [Drain.Target] {
    guard !names.isEmpty else { return services.map { .service($0.configuration.name) } }
    var targets: [Drain.Target] = []
    for name in names {
      guard let target = target(named: name) else { throw unknownName(name) }
      if !targets.contains(target) { targets.append(target) }
    }
    return targets
  }

  /// Drains every service.
  public func drainAll(for duration: Duration? = nil, reason: String? = nil, at now: Instant) {
    for service in services { start(.service(service.configuration.name), for: duration, reason: reason, at: now) }
    sink.append(.drainsChanged)
    reevaluate(at: now)
  }

  /// Ends the drain of a service, those of its single addresses included, or of one address.
  public func undrain(_ name: String, at now: Instant) throws(DrainError) { try undrain([name], at: now) }

  /// Ends several drains together: all of them, or, when one is none, none.
  public func undrain(_ names: [String], at now: Instant) throws(DrainError) {
    var ended: [Drain] = []
    var dropped: [PlannedDrain] = []
    for name in names {
      guard let target = target(named: name) else { throw unknownName(name) }
      let covered = drains.filter { isCovered($0.target, by: target) }
      let planned = plannedDrains.filter { isCovered($0.target, by: target) }
      guard !covered.isEmpty || !planned.isEmpty else {
        throw serviceDraining(target).map { .drainedWithService(name, service: $0) } ?? .notDrained(name)
      }
      ended += covered.filter { drain in !ended.contains { $0.target == drain.target } }
      dropped += planned
    }
    drop(dropped)
    end(ended, expired: false)
    reevaluate(at: now)
  }

  private func drop(_ plans: [PlannedDrain]) {
    let targets = Set(plans.map(\.target))
    plannedDrains.removeAll { targets.contains($0.target) }
    for target in targets.map(\.text).sorted() { sink.report(.plannedDrainDropped(target: target)) }
  }

  /// Ends every drain, and drops every planned one.
  public func undrainAll(at now: Instant) {
    drop(plannedDrains)
    end(drains, expired: false)
    reevaluate(at: now)
  }

  /// The drains in force, for `init` after a restart.
  public func storedDrains(at now: Instant) -> [StoredDrain] {
    drains.map { StoredDrain($0, at: now) } + plannedDrains.map { StoredDrain($0, at: now) }
  }

  /// The drain that covers an address: that of its service first.
  func drain(of address: ServiceAddress, service: ServiceConfiguration) -> Drain? {
    let covering = drains.filter { $0.covers(address, of: service) }
    return covering.first { $0.target == .service(service.name) } ?? covering.first
  }

  func drainReason(_ drain: Drain) -> String { "drained" + (drain.reason.map { ": \($0)" } ?? "") }

  /// Ends the drains whose time is over.
  func endExpiredDrains(at now: Instant) {
    let expired = drains.filter { drain in drain.until.map { $0 <= now } ?? false }
    guard !expired.isEmpty else { return }
    end(expired, expired: true)
  }

  /// When a drain ends, or stops to be a drain metric and becomes a withdrawal.
  func nextDrainDeadline(after now: Instant) -> Instant? {
    let ends = drains.compactMap(\.until)
    let metricEnds = services.filter { $0.configuration.drain != nil }.flatMap { service in
      drains.compactMap { $0.metricEnd(of: service.configuration) }
    }
    // A plan that is due waits for whoever knows whether others serve.
    return ((ends + metricEnds).filter { $0 > now } + plannedDrains.map(\.start)).min()
  }

  /// Drops the drains of services and addresses that are not configured.
  func forgetOrphanedDrains() {
    let names = Set(services.map(\.configuration.name))
    let known = Set(services.flatMap { $0.configuration.addresses.map(\.address) })
    func isOrphaned(_ target: Drain.Target) -> Bool {
      switch target {
      case .service(let name): !names.contains(name)
      case .address(let address): !known.contains(address)
      }
    }
    let count = drains.count + plannedDrains.count
    drains.removeAll { isOrphaned($0.target) }
    plannedDrains.removeAll { isOrphaned($0.target) }
    if drains.count + plannedDrains.count != count { sink.append(.drainsChanged) }
  }

  func start(_ target: Drain.Target, for duration: Duration?, reason: String?, at now: Instant) {
    let since = drains.first { $0.target == target }.map(\.since) ?? now
    drains.removeAll { $0.target == target }
    drains.append(Drain(target: target, reason: reason, since: since, until: duration.map { now + $0 }))
    sink.report(.drainStarted(target: target.text, duration: duration, reason: reason))
  }

  private func end(_ ended: [Drain], expired: Bool) {
    let targets = Set(ended.map(\.target))
    drains.removeAll { targets.contains($0.target) }
    for drain in ended { sink.report(.drainEnded(target: drain.target.text, expired: expired)) }
    sink.append(.drainsChanged)
  }

  private func target(named name: String) -> Drain.Target? {
    if services.contains(where: { $0.configuration.name == name }) { return .service(name) }
    guard let address = IPAddress(name) ?? IPPrefix(name).map(\.address) else { return nil }
    let isKnown = services.contains { $0.configuration.addresses.contains { $0.address == address } }
    return isKnown ? .address(address) : nil
  }

  private func unknownName(_ name: String) -> DrainError {
    let names = services.flatMap { [$0.configuration.name] + $0.configuration.addresses.map(\.address.description) }
    return .unknownName(name, known: names)
  }

  private func isCovered(_ drained: Drain.Target, by target: Drain.Target) -> Bool {
    guard drained != target else { return true }
    guard case .service(let name) = target, case .address(let address) = drained else { return false }
    let service = services.first { $0.configuration.name == name }
    return service?.configuration.addresses.contains { $0.address == address } ?? false
  }

  private func serviceDraining(_ target: Drain.Target) -> String? {
    guard case .address(let address) = target else { return nil }
    let owners = services.filter { $0.configuration.addresses.contains { $0.address == address } }.map(\.configuration.name)
    return owners.first { name in drains.contains { $0.target == .service(name) } }
  }
}
