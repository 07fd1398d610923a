import OSPFWire

/// The LSAs of OSPFv3 (RFC 5340 section 4.4.3, RFC 5838).
struct OSPFv3Origination {
  let view: OriginationView
  let rules: OSPFv3Rules
  let plan: OriginationPlan

  init(of view: OriginationView, _ rules: OSPFv3Rules) {
    self.view = view
    self.rules = rules
    plan = OriginationPlan(of: view, rules)
  }

  var content: [WantedLSA] {
    let prefixes = OSPFv3Prefixes(view: view, stubPrefixes: plan.stubPrefixes)
    let ofAreas = plan.areas.flatMap { plan -> [WantedLSA] in
      var wanted = [routerLSA(plan)] + plan.interfaces.compactMap(networkLSA)
      if let hostname = view.hostname { wanted.append(routerInformationLSA(plan.area, hostname)) }
      return wanted + prefixes.lsas(of: plan) + plan.nssaRoutes.map { nssaLSA($0, plan.area) }
    }
    return view.interfaces.compactMap(linkLSA) + ofAreas + plan.externalRoutes.map(asExternalLSA)
  }

  /// Section 4.4.3.2. What does not fit into one is not expected on a service node: each interface is one link.
  private func routerLSA(_ plan: PlannedArea) -> WantedLSA {
    WantedLSA(
      identity: identity(.routerV3, 0, .area(plan.area.id)), options: 0,
      body: .routerV3(
        OSPFv3RouterLSA(
          flags: plan.isASBoundary ? .asBoundary : [], options: rules.options(in: plan.area),
          links: plan.interfaces.flatMap { plan in plan.links.map { link($0, plan.interface) } })),
      prefixes: [])
  }

  private func link(_ link: PlannedLink, _ interface: Interface) -> OSPFv3RouterLink {
    let index = interface.definition.index
    let (type, neighborInterfaceID, neighborRouterID): (RouterLink.LinkType, UInt32, RouterID) =
      switch link.destination {
      case .router(let neighbor): (.pointToPoint, neighbor.interfaceID, neighbor.routerID)
      case .transit(let designated?): (.transit, designated.interfaceID, designated.routerID)
      case .transit(nil): (.transit, index, view.routerID)
      }
    return OSPFv3RouterLink(
      type: type, metric: link.metric, interfaceID: index, neighborInterfaceID: neighborInterfaceID,
      neighborRouterID: neighborRouterID)
  }

  /// Section 4.4.3.3: its options are what any attached router's link-LSA says.
  private func networkLSA(_ plan: PlannedInterface) -> WantedLSA? {
    guard let routers = plan.attachedRouters else { return nil }
    let interface = plan.interface
    let options = interface.linkLSAsOfAdjacentRouters.reduce(rules.options(in: interface.area)) { $0.union($1.options) }
    return WantedLSA(
      identity: identity(.networkV3, interface.definition.index, .area(interface.area.id)), options: 0,
      body: .networkV3(OSPFv3NetworkLSA(options: options, attachedRouters: routers)), prefixes: [])
  }

  /// RFC 7770, for the router's name (RFC 5642).
  private func routerInformationLSA(_ area: Area, _ hostname: String) -> WantedLSA {
    WantedLSA(
      identity: identity(.routerInformation, 0, .area(area.id)), options: 0,
      body: .opaque(RouterInformation(capabilities: [], hostname: hostname).octets), prefixes: [])
  }

  /// Section 4.4.3.8.
  private func linkLSA(_ interface: Interface) -> WantedLSA? {
    guard interface.isActive, case .ipv6(let linkLocal?, _) = interface.definition.addressing else { return nil }
    let addresses = interface.addresses(of: rules.addressFamily)
    return WantedLSA(
      identity: identity(.link, interface.definition.index, .link(interfaceIndex: interface.definition.index)), options: 0,
      body: .link(
        LinkLSA(
          priority: interface.settings.priority, options: rules.options(in: interface.area),
          linkLocalAddress: nextHopAddress(linkLocal, addresses),
          prefixes: Set(addresses.map(\.prefix)).sorted().map { OSPFv3Prefix($0) })),
      prefixes: [])
  }

  /// RFC 5838 section 2.5: for IPv4 the field holds the IPv4 address that routers forward to.
  private func nextHopAddress(_ linkLocal: IPv6Address, _ addresses: [InterfaceAddress]) -> IPv6Address {
    guard rules.addressFamily == .ipv4 else { return linkLocal }
    return addresses.first.map { IPv6Address(field: $0.address) } ?? IPv6Address(high: 0, low: 0)
  }

  /// Section 4.4.3.6.
  private func asExternalLSA(_ route: PlannedExternalRoute) -> WantedLSA {
    WantedLSA(
      identity: view.identity(.asExternalV3, route.linkStateID, .autonomousSystem), options: 0,
      body: .asExternalV3(body(route)), prefixes: [route.prefix])
  }

  /// Section 4.4.3.7.
  private func nssaLSA(_ route: PlannedExternalRoute, _ area: Area) -> WantedLSA {
    WantedLSA(
      identity: view.identity(.nssaV3, route.linkStateID, .area(area.id)), options: 0, body: .nssaV3(body(route)),
      prefixes: [route.prefix])
  }

  private func body(_ route: PlannedExternalRoute) -> OSPFv3ASExternalLSA {
    var lsa = OSPFv3ASExternalLSA(
      isType2: route.metricType == .type2, metric: route.metric, prefix: OSPFv3Prefix(route.prefix),
      tag: route.tag == 0 ? nil : route.tag)
    if let address = route.forwardingAddress {
      lsa.forwardingAddress = IPv6Address(field: address)
      lsa.flags.insert(.forwardingAddress)
    }
    if route.propagates { lsa.prefix.options.insert(.propagate) }
    return lsa
  }

  private func identity(_ type: LSType, _ linkStateID: UInt32, _ scope: ScopeID) -> LSAIdentity {
    view.identity(type, LinkStateID(rawValue: linkStateID), scope)
  }
}

extension Interface {
  /// The link-LSAs of the fully adjacent routers that are about this link: their Link State IDs are the neighbors' Interface IDs.
  var linkLSAsOfAdjacentRouters: [LinkLSA] {
    advertisedNeighbors.compactMap { neighbor in
      let key = LSAKey(
        lsType: .link, linkStateID: LinkStateID(rawValue: neighbor.interfaceID), advertisingRouter: neighbor.routerID)
      guard let slot = database.slot(of: key), !database.isStoredAtMaxAge(slot),
        case .link(let lsa)? = database.body(slot)
      else { return nil }
      return lsa
    }
  }
}
