import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire

/// Who else advertises what the services here advertise, as the databases tell it.
extension AnycastNode {
  /// The advertisers of one prefix of a service.
  public struct FleetSnapshot: Sendable {
    /// The instance whose database tells it.
    public var kind: ProtocolInstance
    /// The router ID of this node.
    public var routerID: RouterID
    public var service: String
    public var prefix: IPPrefix
    /// Which external LSAs the instance sees.
    public var visibility: ExternalVisibility
    /// What an advertiser says that is the last resort; nil where the service has no guard.
    public var lastResort: Advertisement.Kind?
    /// Where the advertisers' tags say how they are; nil where that is not configured.
    public var stateTag: StateTag?
    /// Every advertiser, this node included.
    public var advertisers: [PrefixAdvertiser]
    /// What routers call themselves.
    public var hostnames: [RouterID: String]
  }

  /// A snapshot for each prefix of each service and each instance that is for its family, in the order of the configuration. Two
  /// services that share a prefix are both named.
  public func fleetSnapshot(at now: Instant) -> [FleetSnapshot] {
    takeOverServices(at: now)
    return fleetSnapshot(of: configuration.services, at: now)
  }

  private func fleetSnapshot(of services: [ServiceConfiguration], at now: Instant) -> [FleetSnapshot] {
    let services = services.flatMap { service in service.addresses.map { (service, $0) } }
    let wanted = Set(services.map(\.1.prefix))
    let hostnames = hostnames(at: now)
    let found = instances.map { instance in
      (instance, Dictionary(grouping: instance.router.advertisers(of: wanted, at: now), by: \.prefix))
    }
    return services.flatMap { service, address -> [FleetSnapshot] in
      let prefix = address.prefix
      return found.compactMap { instance, advertisers -> FleetSnapshot? in
        guard instance.kind.addressFamily.contains(prefix) else { return nil }
        return FleetSnapshot(
          kind: instance.kind, routerID: instance.router.configuration.routerID, service: service.name, prefix: prefix,
          visibility: instance.router.externalVisibility,
          lastResort: service.lastNodeGuard.map { service.advertiseAsLastResort(address, $0) },
          stateTag: service.stateTag, advertisers: advertisers[prefix] ?? [], hostnames: hostnames)
      }
    }
  }

  /// What routers call themselves (RFC 5642), in whichever instance they say it.
  public func hostnames(at now: Instant) -> [RouterID: String] {
    instances.reduce(into: [:]) { names, instance in names.merge(instance.router.hostnames(at: now)) { first, _ in first } }
  }

  /// The prefixes that another configuration advertises otherwise than the one in force, with what they are advertised as then; nil for not
  /// at all.
  public func fleetChanges(with new: Configuration, at now: Instant) -> [(snapshot: FleetSnapshot, next: Advertisement.Kind?)] {
    let former = configuration.advertisedKinds
    let new = complete(new)
    let next = new.advertisedKinds
    let known = Set(new.services.flatMap { $0.addresses.map(\.prefix) })
    // A prefix that goes is told of in the words of the service that it was of.
    let gone = configuration.services.map { service in
      var service = service
      service.addresses.removeAll { known.contains($0.prefix) }
      return service
    }
    return fleetSnapshot(of: new.services + gone, at: now).compactMap { snapshot in
      former[snapshot.prefix] == next[snapshot.prefix] ? nil : (snapshot, next[snapshot.prefix])
    }
  }
}

extension Configuration {
  /// How the services' prefixes are advertised while all is well.
  fileprivate var advertisedKinds: [IPPrefix: Advertisement.Kind] {
    let pairs = services.filter { !$0.isShutdown }.flatMap { service in
      service.addresses.map { ($0.prefix, service.advertise($0)) }
    }
    return Dictionary(pairs) { first, _ in first }
  }
}
