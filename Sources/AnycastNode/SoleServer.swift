import AnycastPolicy
import OSPFProtocol
import OSPFWire

/// Whether anybody else serves what is about to be withdrawn here.
extension AnycastNode {
  /// The addresses of services, or those named, that this node advertises and that no other node serves which can be reached, in the order
  /// of the configuration. Every service where none is named.
  ///
  /// Empty while no neighbor is Full: then nobody comes here anyway.
  public func addressesServedHereOnly(_ names: [String] = [], at now: Instant) -> [IPAddress] {
    let advertised = policy.snapshots(at: now).flatMap { service in
      service.addresses.filter { address in
        address.advertised != nil
          && (names.isEmpty || names.contains(service.configuration.name)
            || names.contains { IPAddress($0) == address.address.address || IPPrefix($0) == address.address.prefix })
      }.map { (service.configuration, $0.address) }
    }
    guard !advertised.isEmpty else { return [] }
    let asked = Dictionary(advertised.map { ($0.1.prefix, $0) }) { first, _ in first }
      .mapValues { (service: $0.0, address: $0.1, lastNode: $0.0.lastNodeGuard ?? LastNodeGuard(minimumNodes: 1)) }
    let counts = otherNodes(asked, in: instances.filter { !$0.isLeaving && $0.router.isSynchronized }, at: now)
    return advertised.map(\.1).filter { counts[$0.prefix]?.serving == 0 }.map(\.address)
  }

  /// Leaves as soon as every address that is advertised here is served by another node as well; returns those that are not.
  public func leaveWhenServedElsewhere(at now: Instant) -> [IPAddress] {
    guard state == .running || state == .suspended else { return [] }
    let alone = addressesServedHereOnly(at: now)
    guard !alone.isEmpty else {
      leave(at: now)
      return []
    }
    waitsForOthers = LastNodeCensus.Basis(prefixes: [], instances: sources)
    return alone
  }

  /// Looks again whether others serve, where that is waited for and a database or what is advertised has changed.
  func leaveIfServedElsewhere(at now: Instant) {
    guard let former = waitsForOthers, state == .running || state == .suspended else { return }
    let basis = LastNodeCensus.Basis(prefixes: Set(advertisements.map(\.prefix)), instances: sources)
    guard basis != former else { return }
    waitsForOthers = basis
    if addressesServedHereOnly(at: now).isEmpty { leave(at: now) }
  }

  /// Begins the planned drains whose time has come. What would be refused now if somebody asked for it is refused.
  func beginPlannedDrains(at now: Instant) {
    let due = policy.duePlannedDrains(at: now)
    guard !due.isEmpty else { return }
    var refused: [String: DrainError] = [:]
    for (target, isForced) in due where !isForced && configuration.lastDrain == .refuse {
      let alone = addressesServedHereOnly([target], at: now)
      if !alone.isEmpty { refused[target] = .servedHereOnly(alone) }
    }
    policy.beginPlannedDrains(refused: refused, at: now)
  }

  /// Every planned drain, the next one first.
  public func plannedDrains(at now: Instant) -> [PlannedDrainSnapshot] { policy.plannedDrains(at: now) }
}
