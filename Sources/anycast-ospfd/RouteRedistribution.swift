import Configuration
import ControlAPI
import LinuxNetwork
import OSPFProtocol
import OSPFWire
import Redistribution

/// From the devices' addresses and the kernel's routes to advertisements: what `redistribute` and `default-information` ask for.
extension ProtocolLoop {
  /// The kernel's routes have changed.
  func routesChanged(_ routes: Set<KernelRoute>) {
    let now = MonotonicClock.now()
    self.routes = routes
    redistribute(at: now)
    settle(at: now)
  }

  /// Decides anew about every route, and tells the instances for which that changes anything.
  func redistribute(at now: Instant) {
    guard state != .leaving else { return }
    let candidates = redistributionCandidates
    for instance in instances where !instance.isLeaving {
      let policy = RedistributionPolicy(configuration, of: instance.kind, interfaces: instance.definitions)
      let outcome = policy?.outcome(for: candidates) ?? RedistributionOutcome()
      guard outcome != instance.redistribution else { continue }
      let isAdvertisedDifferently = outcome.advertisements != instance.redistribution.advertisements
      instance.redistribution = outcome
      if isAdvertisedDifferently { advertise(through: instance, at: now) }
    }
  }

  /// Gives an instance everything that it is to advertise. A service's prefix is advertised as the service says.
  func advertise(through instance: OSPFInstance, at now: Instant) {
    let services = advertisements.filter { instance.kind.addressFamily.contains($0.prefix) }
    let taken = Set(services.map(\.prefix))
    let redistributed = instance.redistribution.advertisements.filter { !taken.contains($0.prefix) }
    instance.router.advertise(services + redistributed, at: now)
  }

  /// Every route that there is: the networks of the addresses of devices that are up, and the routes of the kernel, those with the
  /// smallest metric first.
  private var redistributionCandidates: [RedistributionCandidate] {
    let connected = links.filter(\.isUp).flatMap { link in
      link.addresses.filter { !$0.isTentative }.map {
        RedistributionCandidate(source: .connected, prefix: $0.prefix, interface: link.name)
      }
    }
    // Quagga's ospfd makes the next hop the forwarding address, its ospf6d does not.
    let kernel = routes.sorted { ($0.prefix, $0.metric) < ($1.prefix, $1.metric) }.map { route in
      RedistributionCandidate(
        source: .kernel, prefix: route.prefix, interface: route.interfaceIndex.map(deviceName),
        nextHop: route.gateway?.v4.map(IPAddress.v4))
    }
    return connected + kernel
  }

  /// The routes of the kernel are watched only where the configuration asks for them.
  func watchRoutes() {
    guard configuration.redistributesKernelRoutes else {
      routeWatcher?.stop()
      routeWatcher = nil
      routes = []
      return
    }
    guard routeWatcher == nil else { return }
    do {
      routeWatcher = try RouteWatcher(on: eventLoop) { [weak self] routes in
        self?.assumeIsolated { $0.routesChanged(routes) }
      } notice: { [weak self] notice in
        self?.assumeIsolated { $0.watcherNoticed("routes", notice) }
      }
    } catch {
      eventLog.report("watcherFailed", .error, "cannot watch the routes, none of the kernel is redistributed: \(error)")
    }
  }

  /// What has become of every route that redistribution is about, by instance.
  func redistributionReports() -> [RedistributionReport] {
    let now = MonotonicClock.now()
    let candidates = Dictionary(redistributionCandidates.map { ($0.prefix, $0) }) { first, _ in first }
    return orderedInstances.flatMap { instance in
      let snapshots = instance.router.snapshot(at: now).advertisements
      let acknowledged = Dictionary(snapshots.map { ($0.advertisement.prefix, $0.isAcknowledged) }) { first, _ in first }
      let advertised = instance.redistribution.advertisements.map { advertisement in
        RedistributionReport(
          advertisement, of: instance.kind, from: candidates[advertisement.prefix],
          acknowledged: acknowledged[advertisement.prefix] ?? false)
      }
      return advertised + instance.redistribution.filtered.map { RedistributionReport($0, of: instance.kind) }
    }
  }
}

extension RedistributionReport {
  fileprivate init(
    _ advertisement: Advertisement, of kind: ProtocolInstance, from candidate: RedistributionCandidate?, acknowledged: Bool
  ) {
    self.init(
      protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily),
      prefix: advertisement.prefix.description, source: candidate?.source.rawValue, interface: candidate?.interface,
      advertised: true, acknowledged: acknowledged)
    guard case .external(let metric, let type, let tag) = advertisement.kind else { return }
    self.metric = metric
    metricType = Int(type.rawValue)
    self.tag = tag
  }

  fileprivate init(_ filtered: FilteredRoute, of kind: ProtocolInstance) {
    self.init(
      protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily),
      prefix: filtered.route.prefix.description, source: filtered.route.source.rawValue,
      interface: filtered.route.interface, advertised: false, withheldReason: filtered.reason)
  }
}
