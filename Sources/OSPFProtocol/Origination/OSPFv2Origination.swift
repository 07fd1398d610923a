import OSPFWire

/// The LSAs of OSPFv2 (RFC 2328 section 12.4, RFC 3101, RFC 6987, RFC 8770).
struct OSPFv2Origination {
  let view: OriginationView
  let plan: OriginationPlan

  init(of view: OriginationView, _ rules: OSPFv2Rules) {
    self.view = view
    plan = OriginationPlan(of: view, rules)
  }

  var content: [WantedLSA] {
    plan.areas.flatMap { plan in
      let hasInformation = view.stubRouter.hostBit || view.hostname != nil
      let information = hasInformation ? [routerInformationLSA(plan.area)] : []
      return [routerLSA(plan)] + plan.interfaces.compactMap(networkLSA) + information
        + plan.nssaRoutes.map { nssaExternalLSA($0, plan.area) }
    } + plan.externalRoutes.map(asExternalLSA)
  }

  /// Section 12.4.1.
  private func routerLSA(_ plan: PlannedArea) -> WantedLSA {
    let links = plan.interfaces.flatMap(links)
    let stubs = self.plan.stubPrefixes.prefix(max(Self.maximumLinks - links.count, 0))
    var flags: RouterLSA.Flags = []
    if plan.isASBoundary { flags.insert(.asBoundary) }
    if view.stubRouter.hostBit { flags.insert(.host) }
    return WantedLSA(
      identity: view.identity(.router, LinkStateID(rawValue: view.routerID.rawValue), .area(plan.area.id)),
      options: UInt8(truncatingIfNeeded: plan.area.options.rawValue),
      body: .router(RouterLSA(flags: flags, links: links + stubs.compactMap(stubLink))),
      prefixes: stubs.map(\.prefix), isTruncated: stubs.count < self.plan.stubPrefixes.count)
  }

  /// The links that a router-LSA has room for: 12 octets each, after the LSA header and four octets more.
  static let maximumLinks = (LSAEncoder.maximumLength - LSAHeader.size - 4) / 12

  /// Sections 12.4.1.1 to 12.4.1.4. A point-to-multipoint interface begins with its own address.
  private func links(of plan: PlannedInterface) -> [RouterLink] {
    let links = plan.links.map { link($0, plan.interface) }
    let stubs = plan.prefixes.compactMap(stubLink)
    return plan.interface.settings.networkType == .pointToMultipoint ? stubs + links : links + stubs
  }

  private func link(_ link: PlannedLink, _ interface: Interface) -> RouterLink {
    switch link.destination {
    case .router(let neighbor):
      RouterLink(
        linkID: neighbor.routerID.rawValue,
        linkData: interface.isUnnumbered ? interface.definition.index : interface.ipv4Address.rawValue,
        type: .pointToPoint, metric: link.metric)
    case .transit:
      RouterLink(
        linkID: interface.designatedRouter.rawValue, linkData: interface.ipv4Address.rawValue, type: .transit,
        metric: link.metric)
    }
  }

  private func stubLink(_ planned: PlannedPrefix) -> RouterLink? {
    guard case .v4(let prefix) = planned.prefix else { return nil }
    return RouterLink(
      linkID: prefix.address.rawValue, linkData: prefix.mask.rawValue, type: .stub, metric: planned.metric)
  }

  /// Section 12.4.2.
  private func networkLSA(_ plan: PlannedInterface) -> WantedLSA? {
    guard let routers = plan.attachedRouters else { return nil }
    let interface = plan.interface
    // RFC 6860 section 2.2: the mask of a host says that there is no prefix.
    let mask = interface.hidesItsPrefix ? IPv4Address(rawValue: .max) : interface.subnet.mask
    return WantedLSA(
      identity: view.identity(
        .network, LinkStateID(rawValue: interface.ipv4Address.rawValue), .area(interface.area.id)),
      options: UInt8(truncatingIfNeeded: interface.area.options.rawValue),
      body: .network(NetworkLSA(networkMask: mask, attachedRouters: routers)), prefixes: [])
  }

  /// RFC 8770 section 5: the H-bit counts in an area all of whose routers say that they know it. RFC 5642: the router's name.
  private func routerInformationLSA(_ area: Area) -> WantedLSA {
    WantedLSA(
      identity: view.identity(.opaqueArea, RouterInformation.linkStateID, .area(area.id)),
      options: UInt8(truncatingIfNeeded: area.options.union(.opaque).rawValue),
      body: .opaque(
        RouterInformation(capabilities: view.stubRouter.hostBit ? .hostRouterSupport : [], hostname: view.hostname).octets),
      prefixes: [])
  }

  /// Section 12.4.4.
  private func asExternalLSA(_ route: PlannedExternalRoute) -> WantedLSA {
    WantedLSA(
      identity: view.identity(.asExternal, route.linkStateID, .autonomousSystem),
      options: UInt8(truncatingIfNeeded: Options.externalRouting.rawValue), body: .asExternal(body(route)),
      prefixes: [route.prefix])
  }

  /// RFC 3101 section 2.4.
  private func nssaExternalLSA(_ route: PlannedExternalRoute, _ area: Area) -> WantedLSA {
    WantedLSA(
      identity: view.identity(.nssaExternal, route.linkStateID, .area(area.id)),
      options: route.propagates ? UInt8(truncatingIfNeeded: Options.nssa.rawValue) : 0, body: .nssaExternal(body(route)),
      prefixes: [route.prefix])
  }

  private func body(_ planned: PlannedExternalRoute) -> ASExternalLSA {
    var route = ASExternalLSA.Route(isType2: planned.metricType == .type2, metric: planned.metric, tag: planned.tag)
    if case .v4(let address)? = planned.forwardingAddress { route.forwardingAddress = address }
    let mask = if case .v4(let prefix) = planned.prefix { prefix.mask } else { IPv4Address.unspecified }
    return ASExternalLSA(networkMask: mask, routes: [route])
  }
}
