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
    var router: RouterSnapshot
    var interfaces: [InterfaceSnapshot]
    var neighbors: [NeighborSnapshot]
  }

  /// The instances, in the order of their versions.
  func instanceSnapshots() -> [InstanceSnapshot] {
    let now = MonotonicClock.now()
    return instances.sorted { $0.version.rawValue < $1.version.rawValue }.map { instance in
      InstanceSnapshot(
        router: instance.router.snapshot(at: now), interfaces: instance.router.interfaceSnapshots(at: now),
        neighbors: instance.router.neighborSnapshots(at: now))
    }
  }

  /// The databases by version, and the names of the devices by index.
  func databaseSnapshots() -> (databases: [(version: OSPFVersion, lsas: [LSASnapshot])], deviceNames: [UInt32: String]) {
    let now = MonotonicClock.now()
    let databases = instances.map { (version: $0.version, lsas: $0.router.databaseSnapshot(at: now)) }
    return (databases, Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first })
  }

  /// The services, and for each prefix that an instance advertises, whether every adjacent neighbor has acknowledged it.
  func serviceSnapshots() -> (services: [ServiceSnapshot], acknowledged: [IPPrefix: Bool]) {
    let now = MonotonicClock.now()
    let advertisements = instances.flatMap { $0.router.snapshot(at: now).advertisements }
    let acknowledged = advertisements.map { ($0.advertisement.prefix, $0.isAcknowledged) }
    return (policy.snapshots(at: now), Dictionary(acknowledged) { first, _ in first })
  }

  /// The configured devices that do not exist, for each version that is configured on them.
  func absentInterfaces() -> [(name: String, version: OSPFVersion, area: AreaID?)] {
    missingDevices.flatMap { interface in
      OSPFVersion.allCases.compactMap { version in
        let parameters = version == .v2 ? interface.ospf : interface.ospf6
        guard configuration[version] != nil, parameters != InterfaceParameters() else { return nil }
        return (interface.name, version, parameters.area)
      }
    }
  }

  /// Drains a service or an address.
  func drain(_ name: String, for duration: Duration?, reason: String?) throws {
    let now = MonotonicClock.now()
    try policy.drain(name, for: duration, reason: reason, at: now)
    settle(at: now)
  }

  /// Ends a drain.
  func undrain(_ name: String) throws {
    let now = MonotonicClock.now()
    try policy.undrain(name, at: now)
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

  /// Ends the suspension: services are advertised again when their checks have passed.
  func resume() {
    guard state == .suspended else { return }
    let now = MonotonicClock.now()
    state = .running
    policy.resume(at: now)
    checks?.resume()
    settle(at: now)
  }

  /// Takes over a new configuration: what is unchanged goes on undisturbed. Returns what changed, in sentences.
  func apply(_ new: Configuration) -> [String] {
    guard state != .leaving else { return [] }
    let now = MonotonicClock.now()
    let changes = new.changes(since: configuration)
    configuration = new
    applyToInstances(at: now)
    policy.apply(new.services, at: now)
    checks?.apply(new.services)
    settle(at: now)
    return changes
  }

  /// Runs every check now.
  func runChecksNow() { checks?.runNow() }
}
