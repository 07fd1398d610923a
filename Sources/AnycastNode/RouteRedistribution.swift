import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// From the devices' addresses and the kernel's routes to advertisements: what `redistribute` and `default-information` ask for.
extension AnycastNode {
  /// Decides anew about every route, and tells the instances for which that changes anything.
  func redistribute(at now: Instant) {
    guard state == .running || state == .suspended else { return }
    let candidates = redistributionCandidates
    for instance in instances where !instance.isLeaving && !waitsForRoutes(instance) {
      let policy = RedistributionPolicy(configuration, of: instance.kind, interfaces: instance.definitions)
      let outcome = policy?.outcome(for: candidates) ?? RedistributionOutcome()
      guard outcome != instance.redistribution else { continue }
      let isAdvertisedDifferently = outcome.advertisements != instance.redistribution.advertisements
      instance.redistribution = outcome
      if isAdvertisedDifferently { advertise(through: instance, at: now) }
    }
  }

  /// After a graceful restart: what the run before has made of the kernel's routes holds until they are read.
  private func waitsForRoutes(_ instance: NodeInstance) -> Bool {
    instance.restart == .restoring && watchesRoutes && !hasReadRoutes
  }

  /// Lets an instance begin with what the run before has advertised, so that it knows what there is to withdraw.
  func restoreAdvertisements(through instance: NodeInstance, _ memory: InstanceMemory, at now: Instant) {
    instance.redistribution = RedistributionOutcome()
    instance.redistribution.advertisements = memory.redistributed
    let services = restart?.memory.services.flatMap { $0.advertised.map(\.advertisement) } ?? []
    let own = services.filter { instance.kind.addressFamily.contains($0.prefix) }
    let taken = Set(own.map(\.prefix))
    instance.router.advertise(own + memory.redistributed.filter { !taken.contains($0.prefix) }, at: now)
  }

  /// Gives an instance everything that it is to advertise. A service's prefix is advertised as the service says.
  func advertise(through instance: NodeInstance, at now: Instant) {
    let services = advertisements.filter { instance.kind.addressFamily.contains($0.prefix) }
    let taken = Set(services.map(\.prefix))
    let redistributed = instance.redistribution.advertisements.filter { !taken.contains($0.prefix) }
    instance.router.advertise(services + redistributed, at: now)
  }

  /// Every route that there is: the networks of the addresses of devices that are up, and the routes of the kernel, those with the
  /// smallest metric first. The routes of services are none: they outlive their service for a while, and must not be advertised then.
  var redistributionCandidates: [RedistributionCandidate] {
    let connected = links.filter(\.isUp).flatMap { link in
      link.addresses.filter { !$0.isTentative }.map {
        RedistributionCandidate(source: .connected, prefix: $0.prefix, interface: link.name)
      }
    }
    let others = routes.filter { $0.protocolNumber != KernelRoute.serviceProtocol }
    // Quagga's ospfd makes the next hop the forwarding address, its ospf6d does not.
    let kernel = others.sorted { ($0.prefix, $0.metric) < ($1.prefix, $1.metric) }.map { route in
      RedistributionCandidate(
        source: .kernel, prefix: route.prefix, interface: route.interfaceIndex.map(deviceName),
        nextHop: route.gateway?.v4.map(IPAddress.v4))
    }
    return connected + kernel
  }

  /// The routes of the kernel are watched where the configuration redistributes them, or has them installed for a service.
  func watchRoutes() {
    let wanted =
      configuration.redistributesKernelRoutes || configuration.services.contains { $0.installRoute != nil }
    guard wanted != watchesRoutes else { return }
    watchesRoutes = wanted
    if !wanted { (routes, hasReadRoutes) = ([], false) }
    sink.append(.watchRoutes(wanted))
  }
}
