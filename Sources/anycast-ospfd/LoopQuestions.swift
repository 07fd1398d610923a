import AnycastPolicy
import Configuration
import ControlAPI
import LinuxNetwork
import OSPFProtocol
import OSPFWire

/// What the control socket asks the loop. Each answer is taken in one turn; it is made into a report elsewhere, so that a large one
/// does not keep the loop from its Hellos.
extension ProtocolLoop {
  /// What an instance says of itself.
  struct InstanceSnapshot: Sendable {
    var kind: ProtocolInstance
    var router: RouterSnapshot
    var interfaces: [InterfaceSnapshot]
    var neighbors: [NeighborSnapshot]
  }

  /// The instances, in the order of their versions and address families.
  func instanceSnapshots() -> [InstanceSnapshot] {
    let now = MonotonicClock.now()
    return orderedInstances.map { instance in
      InstanceSnapshot(
        kind: instance.kind, router: instance.router.snapshot(at: now), interfaces: instance.router.interfaceSnapshots(at: now),
        neighbors: instance.router.neighborSnapshots(at: now))
    }
  }

  /// In the order in which they are shown.
  var orderedInstances: [OSPFInstance] {
    ProtocolInstance.allCases.flatMap { kind in instances.filter { $0.kind == kind } }
  }

  /// The databases by instance, and the names of the devices by index.
  func databaseSnapshots() -> (databases: [(kind: ProtocolInstance, lsas: [LSASnapshot])], deviceNames: [UInt32: String]) {
    let now = MonotonicClock.now()
    let databases = orderedInstances.map { (kind: $0.kind, lsas: $0.router.databaseSnapshot(at: now)) }
    return (databases, Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first })
  }

  /// What has become of a prefix that is to be advertised.
  enum Carriage: Comparable, Sendable {
    /// No area of any instance takes it.
    case notAdvertisable
    /// Every adjacent neighbor of every instance has acknowledged it.
    case acknowledged
    case unacknowledged
  }

  /// The services, and what has become of each prefix that an instance was given.
  func serviceSnapshots() -> (services: [ServiceSnapshot], carriage: [IPPrefix: Carriage]) {
    let now = MonotonicClock.now()
    let carriage = instances.flatMap { $0.router.snapshot(at: now).advertisements }.map { advertisement in
      let state = advertisement.isAcknowledged ? Carriage.acknowledged : .unacknowledged
      return (advertisement.advertisement.prefix, advertisement.isAdvertisable ? state : .notAdvertisable)
    }
    return (policy.snapshots(at: now), Dictionary(carriage, uniquingKeysWith: max))
  }

  /// The configured devices that do not exist, for each instance that is configured on them.
  func absentInterfaces() -> [(name: String, kind: ProtocolInstance, area: AreaID?)] {
    missingDevices.flatMap { interface in
      ProtocolInstance.allCases.compactMap { kind in
        guard configuration.isConfigured(kind), interface.takesPart(in: kind) else { return nil }
        return (interface.name, kind, (kind.version == .v2 ? interface.ospf : interface.ospf6).area)
      }
    }
  }

  /// Drains services and addresses, or every service where none is named.
  func drain(_ names: [String], for duration: Duration?, reason: String?) throws {
    let now = MonotonicClock.now()
    if names.isEmpty {
      policy.drainAll(for: duration, reason: reason, at: now)
    } else {
      try policy.drain(names, for: duration, reason: reason, at: now)
    }
    settle(at: now)
  }

  /// Ends drains, or every drain where none is named.
  func undrain(_ names: [String]) throws {
    let now = MonotonicClock.now()
    if names.isEmpty {
      policy.undrainAll(at: now)
    } else {
      try policy.undrain(names, at: now)
    }
    settle(at: now)
  }

  /// Withdraws every service; adjacencies stay.
  func suspend() {
    guard state == .running else { return }
    let now = MonotonicClock.now()
    state = .suspended
    checks?.suspend()
    policy.suspend(at: now)
    settle(at: now)
  }

  /// Ends the suspension: services are advertised again when their checks have passed. A verdict from before the suspension that is
  /// still on its way is waited for, because it must not count.
  func resume() async {
    guard state == .suspended else { return }
    await checks?.settled()
    guard state == .suspended else { return }
    let now = MonotonicClock.now()
    state = .running
    policy.resume(at: now)
    checks?.resume()
    settle(at: now)
  }

  /// What a reload would begin with.
  var running: RunningState {
    let routerIDs = instances.filter { !$0.isLeaving }.map { ($0.kind, $0.router.configuration.routerID) }
    return RunningState(
      configuration: configuration, links: links, routerIDs: Dictionary(routerIDs) { first, _ in first })
  }

  /// Takes over a new configuration: what is unchanged goes on undisturbed. Returns what it took the place of; nil when nothing was
  /// taken over, because the daemon is leaving.
  func apply(_ new: Configuration) -> RunningState? {
    guard state != .leaving else { return nil }
    let former = running
    let now = MonotonicClock.now()
    configuration = new
    watchRoutes()
    applyToInstances(at: now)
    policy.apply(new.services, at: now)
    settle(at: now)
    applyChecks()
    return former
  }

  /// Runs every check now.
  func runChecksNow() { checks?.runNow() }
}
