import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// What a node says of itself. Several of these taken in one turn are of one instant.
extension AnycastNode {
  /// An instance at one instant.
  public struct InstanceSnapshot: Sendable {
    /// Which one it is.
    public var kind: ProtocolInstance
    public var router: RouterSnapshot
    public var interfaces: [InterfaceSnapshot]
    public var neighbors: [NeighborSnapshot]
    /// How many LSAs of each type it has.
    public var lsaCounts: [LSType: Int]
    /// How it has come from the run before to this one.
    public var restart: InstanceRestart
  }

  /// The instances, in the order of their versions and address families.
  public func instanceSnapshots(at now: Instant) -> [InstanceSnapshot] {
    orderedInstances.map { instance in
      InstanceSnapshot(
        kind: instance.kind, router: instance.router.snapshot(at: now), interfaces: instance.router.interfaceSnapshots(at: now),
        neighbors: instance.router.neighborSnapshots(at: now), lsaCounts: instance.router.lsaCounts,
        restart: instance.restart)
    }
  }

  /// In the order in which they are shown.
  private var orderedInstances: [NodeInstance] {
    ProtocolInstance.allCases.flatMap { kind in instances.filter { $0.kind == kind } }
  }

  /// How far somebody has read in the databases of all instances.
  public struct DatabasePosition: Sendable {
    var kind: ProtocolInstance
    /// Nil at the beginning of the instance.
    var position: OSPFProtocol.DatabasePosition?
  }

  /// A piece of an instance's databases.
  public struct DatabasePage: Sendable {
    public var kind: ProtocolInstance
    public var lsas: [LSASnapshot]
    /// Where to go on; nil when there is nothing more.
    public var position: DatabasePosition?
  }

  /// The next LSAs of the databases, at most `limit` (see `Router.databasePage`); nil when there is no instance.
  public func databasePage(after position: DatabasePosition?, limit: Int, at now: Instant) -> DatabasePage? {
    let kinds = ProtocolInstance.allCases
    // An instance may have gone meanwhile: then the next one is read from its beginning.
    let rest = kinds[(position.flatMap { kinds.firstIndex(of: $0.kind) } ?? kinds.startIndex)...]
      .flatMap { kind in instances.filter { $0.kind == kind } }
    guard let instance = rest.first else { return nil }
    let inside = position.flatMap { $0.kind == instance.kind ? $0.position : nil }
    let page = instance.router.databasePage(after: inside, limit: limit, at: now)
    let next = page.position.map { DatabasePosition(kind: instance.kind, position: $0) }
    return DatabasePage(
      kind: instance.kind, lsas: page.lsas, position: next ?? rest.dropFirst().first.map { DatabasePosition(kind: $0.kind) })
  }

  /// What has become of a prefix that is to be advertised.
  public enum AdvertisementState: Comparable, Sendable {
    /// No area of any instance takes it.
    case notAdvertisable
    /// Every adjacent neighbor of every instance has acknowledged it.
    case acknowledged
    case unacknowledged
  }

  /// The services, and what has become of each prefix that an instance was given.
  public func serviceSnapshots(at now: Instant) -> (
    services: [ServiceSnapshot], advertisementStates: [IPPrefix: AdvertisementState]
  ) {
    takeOverServices(at: now)
    let advertisementStates = instances.flatMap { $0.router.snapshot(at: now).advertisements }.map { advertisement in
      let state = advertisement.isAcknowledged ? AdvertisementState.acknowledged : .unacknowledged
      return (advertisement.advertisement.prefix, advertisement.isAdvertisable ? state : .notAdvertisable)
    }
    return (policy.snapshots(at: now), Dictionary(advertisementStates, uniquingKeysWith: max))
  }

  /// The configuration as it is printed, without secrets; the services that were added since the files were read say so.
  public func renderedConfiguration(at now: Instant) -> String {
    takeOverServices(at: now)
    return configuration.rendered(showingSecrets: false) { service in
      guard let added = self.runtimeServices[service.name] else { return [] }
      return [added.isPersistent ? "! added at run time, and kept over restarts" : "! added at run time, until the next start"]
    }
  }

  /// The configured devices that do not exist, for each instance that is configured on them.
  public var absentInterfaces: [(name: String, kind: ProtocolInstance, area: AreaID?)] {
    missingDevices.flatMap { interface in
      ProtocolInstance.allCases.compactMap { kind in
        guard configuration.isConfigured(kind), interface.takesPart(in: kind) else { return nil }
        return (interface.name, kind, (kind.version == .v2 ? interface.ospf : interface.ospf6).area)
      }
    }
  }

  /// What has become of a route that redistribution is about.
  public struct RedistributedRoute: Sendable {
    /// The instance.
    public var kind: ProtocolInstance
    /// The route.
    public var candidate: RedistributionCandidate?
    /// What came of it.
    public var outcome: Outcome

    /// Whether it is advertised.
    public enum Outcome: Sendable {
      /// As this.
      case advertised(Advertisement, isAcknowledged: Bool)
      /// Not, and why.
      case withheld(reason: String, isAdvertisedOtherwise: Bool)
    }
  }

  /// What has become of every route that redistribution is about, by instance.
  public func redistributionSnapshot(at now: Instant) -> [RedistributedRoute] {
    let candidates = Dictionary(redistributionCandidates.map { ($0.prefix, $0) }) { first, _ in first }
    return orderedInstances.flatMap { instance in
      let snapshots = instance.router.snapshot(at: now).advertisements
      let acknowledged = Dictionary(snapshots.map { ($0.advertisement.prefix, $0.isAcknowledged) }) { first, _ in first }
      let advertised = instance.redistribution.advertisements.map { advertisement in
        RedistributedRoute(
          kind: instance.kind, candidate: candidates[advertisement.prefix],
          outcome: .advertised(advertisement, isAcknowledged: acknowledged[advertisement.prefix] ?? false))
      }
      let withheld = instance.redistribution.filtered.map {
        RedistributedRoute(
          kind: instance.kind, candidate: $0.route,
          outcome: .withheld(reason: $0.reason, isAdvertisedOtherwise: $0.isAdvertisedOtherwise))
      }
      return advertised + withheld
    }
  }

  /// What a transition to another configuration would begin with.
  public var running: RunningState {
    let routerIDs = instances.filter { !$0.isLeaving }.map { ($0.kind, $0.router.configuration.routerID) }
    return RunningState(
      configuration: configuration, links: links, routerIDs: Dictionary(routerIDs) { first, _ in first },
      leaving: Set(instances.filter(\.isLeaving).map(\.kind)))
  }
}
