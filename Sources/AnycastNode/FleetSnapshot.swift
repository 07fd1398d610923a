import AnycastPolicy
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
    /// Every advertiser, this node included.
    public var advertisers: [PrefixAdvertiser]
  }

  /// A snapshot for each prefix of each service and each instance that is for its family, in the order of the configuration. Two
  /// services that share a prefix are both named.
  public func fleetSnapshot(at now: Instant) -> [FleetSnapshot] {
    takeOverServices(at: now)
    let services = configuration.services.flatMap { service in service.addresses.map { (service.name, $0.prefix) } }
    let wanted = Set(services.map(\.1))
    let found = instances.map { instance in
      (instance, Dictionary(grouping: instance.router.advertisers(of: wanted, at: now), by: \.prefix))
    }
    return services.flatMap { name, prefix in
      found.compactMap { instance, advertisers in
        guard instance.kind.addressFamily.contains(prefix) else { return nil }
        return FleetSnapshot(
          kind: instance.kind, routerID: instance.router.configuration.routerID, service: name, prefix: prefix,
          visibility: instance.router.externalVisibility, advertisers: advertisers[prefix] ?? [])
      }
    }
  }
}
