import OSPFWire

/// What this router says of itself, whatever the version of OSPF: its links, its prefixes, the networks that it is Designated Router of,
/// and external routes (RFC 2328 section 12.4). `OSPFv2Origination` and `OSPFv3Origination` put it into LSAs.
struct OriginationPlan {
  /// Each area, in the order of their IDs.
  let areas: [PlannedArea]
  /// The external routes of AS-external-LSAs.
  let externalRoutes: [PlannedExternalRoute]
  /// The prefixes that are advertised as stub networks of this router.
  let stubPrefixes: [PlannedPrefix]
}

/// What this router says in one area.
struct PlannedArea {
  let area: Area
  /// All interfaces to the area.
  var interfaces: [PlannedInterface]
  /// The E-bit of the router-LSA.
  let isASBoundary: Bool
  /// The external routes of type 7 LSAs, in an NSSA.
  let nssaRoutes: [PlannedExternalRoute]
  /// What type 7 LSAs of this area have others forward to; nil where the area is no NSSA, or no interface has an address.
  let forwardingAddress: IPAddress?
}

/// What one interface contributes.
struct PlannedInterface {
  let interface: Interface
  /// The links to routers and transit networks.
  var links: [PlannedLink]
  /// The prefixes that this router vouches for. Those of a transit network are its Designated Router's to say.
  let prefixes: [PlannedPrefix]
  /// As Designated Router of a transit network: the routers that are attached to it, this one first.
  let attachedRouters: [RouterID]?
}

/// A link of the router-LSA.
struct PlannedLink {
  enum Destination {
    case router(Neighbor)
    /// A transit network, by its Designated Router; nil where this router is that.
    case transit(designatedRouter: Neighbor?)
  }

  let destination: Destination
  var metric: UInt16
}

/// A prefix that is reached here.
struct PlannedPrefix {
  let prefix: IPPrefix
  let metric: UInt16
  /// It is an address of the interface itself.
  var isLocalAddress = false
}

/// What an AS-external-LSA or a type 7 LSA says.
struct PlannedExternalRoute {
  let prefix: IPPrefix
  let linkStateID: LinkStateID
  let metric: UInt32
  let metricType: ExternalMetricType
  let tag: UInt32
  /// Nil is the field's zero: packets are forwarded to this router.
  var forwardingAddress: IPAddress?
  /// The P-bit: an area border router of the NSSA is to translate it.
  var propagates = false
}

extension OriginationPlan {
  init(of view: OriginationView, _ rules: some VersionRules) {
    let planner = OriginationPlanner(view: view, rules: rules)
    areas = view.areas.map(planner.plan)
    externalRoutes = planner.originatesASExternals ? planner.externalRoutes(forwardingThrough: view.interfaces) : []
    stubPrefixes = view.advertisements.compactMap {
      guard view.addressFamily.canCarry($0.prefix), case .stub(let metric) = $0.kind else { return nil }
      return PlannedPrefix(prefix: $0.prefix, metric: metric)
    }
  }
}

/// What origination may look at becomes a plan.
private struct OriginationPlanner<Rules: VersionRules> {
  let view: OriginationView
  let rules: Rules

  func plan(_ area: Area) -> PlannedArea {
    let interfaces = view.interfaces.filter { $0.area === area }
    let forwardingAddress = area.kind == .nssa ? nssaForwardingAddress(interfaces) : nil
    var plan = PlannedArea(
      area: area, interfaces: interfaces.map(plan), isASBoundary: view.isASBoundaryRouter && area.kind != .stub,
      nssaRoutes: area.kind == .nssa ? nssaRoutes(interfaces, forwardingAddress) : [], forwardingAddress: forwardingAddress)
    if isStubRouter(linkCount: plan.interfaces.reduce(0) { $0 + $1.links.count }) {
      for interface in plan.interfaces.indices {
        for link in plan.interfaces[interface].links.indices {
          plan.interfaces[interface].links[link].metric = ProtocolConstants.maxLinkMetric
        }
      }
    }
    return plan
  }

  /// RFC 6987 section 3: links to other routers get MaxLinkMetric; beside the H-bit of OSPFv2 they always do (RFC 8770 section 3).
  private func isStubRouter(linkCount: Int) -> Bool {
    if hasHostBit { return true }
    return switch view.stubRouter.maxMetric {
    case .never: false
    case .always: true
    case .withSeveralUplinks: linkCount > 1
    }
  }

  /// In OSPFv3 the clear R-bit says all that the H-bit does.
  private var hasHostBit: Bool { rules.version == .v2 && view.stubRouter.hostBit }

  private func plan(_ interface: Interface) -> PlannedInterface {
    let isDesignatedRouter = interface.state == .dr && !interface.advertisedNeighbors.isEmpty
    return PlannedInterface(
      interface: interface,
      links: destinations(of: interface).map { PlannedLink(destination: $0, metric: interface.settings.cost) },
      prefixes: prefixes(of: interface),
      attachedRouters: isDesignatedRouter ? [view.routerID] + interface.advertisedNeighbors.map(\.routerID).sorted() : nil)
  }

  /// RFC 2328 sections 12.4.1.1 to 12.4.1.4: the links that are no stub networks.
  private func destinations(of interface: Interface) -> [PlannedLink.Destination] {
    switch (interface.state, interface.settings.networkType) {
    case (.down, _), (.loopback, _): []
    case (_, .pointToPoint), (_, .pointToMultipoint): interface.advertisedNeighbors.map { .router($0) }
    case (_, .broadcast), (_, .nonBroadcast): transit(of: interface).map { [$0] } ?? []
    }
  }

  /// RFC 2328 section 12.4.1.2: nil unless fully adjacent to the Designated Router, or being it with an adjacency.
  private func transit(of interface: Interface) -> PlannedLink.Destination? {
    switch interface.state {
    case .dr:
      return interface.advertisedNeighbors.isEmpty ? nil : .transit(designatedRouter: nil)
    case .backup, .drOther:
      return interface.advertisedNeighbors.first { rules.identity(of: $0) == interface.designatedRouter }.map {
        .transit(designatedRouter: $0)
      }
    case .down, .loopback, .waiting, .pointToPoint: return nil
    }
  }

  private func prefixes(of interface: Interface) -> [PlannedPrefix] {
    let addresses = interface.addresses(of: view.addressFamily)
    switch (interface.state, interface.settings.networkType) {
    case (.down, _): return []
    case (.loopback, _):
      // The section says cost 0, which is the interface's cost where none is configured. A configured one tells a primary node from a backup.
      return addresses.map { PlannedPrefix(host: $0.address, metric: interface.settings.cost) }
    case _ where interface.hidesItsPrefix: return []
    case (_, .pointToMultipoint): return addresses.map { PlannedPrefix(host: $0.address, metric: 0) }
    case (_, .pointToPoint), (_, .broadcast), (_, .nonBroadcast):
      guard transit(of: interface) == nil else { return [] }
      return Set(addresses.map(\.prefix)).sorted().map { PlannedPrefix(prefix: $0, metric: interface.settings.cost) }
    }
  }

  /// Whether there is an area that AS-external-LSAs are flooded in.
  var originatesASExternals: Bool { view.areas.contains(where: \.kind.hasExternalRoutingCapability) }

  /// RFC 3101 section 2.4. A router that also originates AS-external-LSAs leaves the P-bit clear, because the translation would say the
  /// same a second time; so does one without an address to forward to.
  private func nssaRoutes(_ interfaces: [Interface], _ forwardingAddress: IPAddress?) -> [PlannedExternalRoute] {
    externalRoutes(forwardingThrough: interfaces).map { route in
      var route = route
      route.forwardingAddress = route.forwardingAddress ?? forwardingAddress
      route.propagates = route.forwardingAddress != nil && !originatesASExternals
      return route
    }
  }

  /// RFC 3101 section 2.3: an address of an active interface in the NSSA, those of loopbacks first.
  private func nssaForwardingAddress(_ interfaces: [Interface]) -> IPAddress? {
    let candidates =
      interfaces.filter { $0.state == .loopback }
      + interfaces.filter { $0.state != .loopback && $0.state != .down && !$0.hidesItsPrefix }
    return candidates.lazy.flatMap { $0.addresses(of: view.addressFamily) }.first?.address
  }

  /// `interfaces` are those whose networks may have the forwarding address: a type 7 LSA names one of its own area (RFC 3101
  /// section 2.3).
  func externalRoutes(forwardingThrough interfaces: [Interface]) -> [PlannedExternalRoute] {
    view.advertisements.compactMap { advertisement in
      guard view.addressFamily.canCarry(advertisement.prefix), case .external(let metric, let type, let tag) = advertisement.kind,
        let linkStateID = view.linkStateIDs.external(advertisement.prefix)
      else { return nil }
      let usable = isTransit(advertisement, type) ? .max : metric
      return PlannedExternalRoute(
        prefix: advertisement.prefix, linkStateID: linkStateID, metric: min(usable, ProtocolConstants.lsInfinity - 1),
        metricType: type, tag: tag,
        forwardingAddress: advertisement.nextHop.flatMap { isOnNetwork($0, interfaces) ? $0 : nil })
    }
  }

  /// RFC 8770 section 6: the cost of the way to us does not count beside a type 2 metric, so a route that leads through a host router to
  /// another one has the worst. What ends here is no transit, and keeps its metric.
  private func isTransit(_ advertisement: Advertisement, _ type: ExternalMetricType) -> Bool {
    hasHostBit && type == .type2 && advertisement.nextHop != nil
  }

  /// RFC 2328 section 12.4.4.1: whether the address is on a network that is advertised here, so that all routers have a path to it: never
  /// to a link-local address. On a point-to-multipoint network each router advertises its own address alone.
  private func isOnNetwork(_ nextHop: IPAddress, _ interfaces: [Interface]) -> Bool {
    view.addressFamily.contains(IPPrefix(host: nextHop))
      && interfaces.contains { interface in
        interface.state != .down && interface.state != .loopback && interface.settings.networkType != .pointToMultipoint
          && !interface.hidesItsPrefix && interface.addresses(of: view.addressFamily).contains { $0.prefix.contains(nextHop) }
      }
  }
}

extension PlannedPrefix {
  fileprivate init(host address: IPAddress, metric: UInt16) {
    self.init(prefix: IPPrefix(host: address), metric: metric, isLocalAddress: true)
  }
}

extension Interface {
  /// The addresses of a family that others may forward to: no link-local ones, and none that is borrowed.
  func addresses(of family: AddressFamily) -> [InterfaceAddress] {
    switch definition.addressing {
    case .ipv4(let address, let subnet, let isUnnumbered):
      isUnnumbered || family != .ipv4 ? [] : [InterfaceAddress(address: .v4(address), prefix: .v4(subnet))]
    case .ipv6(_, let addresses): addresses.filter { family.contains($0.prefix) }
    }
  }

  /// RFC 6860: the prefix of a network that is for transit alone is not advertised. A network without neighbors is none.
  var hidesItsPrefix: Bool { settings.suppressesPrefix && !settings.isPassive }

  /// Neighbors in state Full.
  var fullNeighbors: [Neighbor] { neighbors.filter { $0.state == .full } }
}
