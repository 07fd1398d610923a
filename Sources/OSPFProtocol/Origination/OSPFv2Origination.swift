import OSPFWire

/// What this router says of itself in OSPFv2 (RFC 2328 section 12.4, RFC 3101, RFC 6987, RFC 8770).
struct OSPFv2Origination {
  let view: OriginationView

  var content: [WantedLSA] {
    var wanted: [WantedLSA] = []
    for area in view.areas {
      let interfaces = view.interfaces.filter { $0.area === area }
      wanted.append(routerLSA(area, interfaces))
      wanted += interfaces.compactMap(networkLSA)
      if view.stubRouter.hostBit { wanted.append(routerInformationLSA(area)) }
      if area.kind == .nssa { wanted += nssaExternalLSAs(area, interfaces) }
    }
    return wanted + asExternalLSAs()
  }

  /// Section 12.4.1.
  private func routerLSA(_ area: Area, _ interfaces: [Interface]) -> WantedLSA {
    var links: [RouterLink] = []
    for interface in interfaces { links += self.links(of: interface) }
    if isStubRouter(links) {
      for position in links.indices where links[position].type != .stub {
        links[position].metric = ProtocolConstants.maxLinkMetric
      }
    }
    let room = max(OSPFv2Origination.maximumLinks - links.count, 0)
    let all = stubAdvertisements
    let stubs = all.prefix(room)
    links += stubs.map { prefix, metric in
      RouterLink(
        linkID: prefix.address.rawValue, linkData: prefix.mask.rawValue, type: .stub, metric: metric)
    }
    var flags: RouterLSA.Flags = []
    if view.isASBoundaryRouter, area.kind != .stub { flags.insert(.asBoundary) }
    if view.stubRouter.hostBit { flags.insert(.host) }
    return WantedLSA(
      identity: identity(.router, LinkStateID(rawValue: view.routerID.rawValue), .area(area.id)),
      options: UInt8(truncatingIfNeeded: area.options.rawValue), body: .router(RouterLSA(flags: flags, links: links)),
      prefixes: stubs.map { .v4($0.prefix) }, isTruncated: stubs.count < all.count)
  }

  /// The links that a router-LSA has room for: 12 octets each, after the LSA header and four octets more.
  static let maximumLinks = (LSAEncoder.maximumLength - LSAHeader.size - 4) / 12

  /// RFC 6987 section 3: links to other routers get MaxLinkMetric; beside the H-bit they always do (RFC 8770 section 3).
  private func isStubRouter(_ links: [RouterLink]) -> Bool {
    if view.stubRouter.hostBit { return true }
    return switch view.stubRouter.maxMetric {
    case .never: false
    case .always: true
    case .withSeveralUplinks: links.count { $0.type != .stub } > 1
    }
  }

  private var stubAdvertisements: [(prefix: IPv4Prefix, metric: UInt16)] {
    view.advertisements.compactMap {
      if case .v4(let prefix) = $0.prefix, case .stub(let metric) = $0.kind { (prefix, metric) } else { nil }
    }
  }

  /// Sections 12.4.1.1 to 12.4.1.4.
  private func links(of interface: Interface) -> [RouterLink] {
    switch (interface.state, interface.settings.networkType) {
    case (.down, _): []
    // The section says cost 0, which is the interface's cost where none is configured. A configured one tells a primary node from a backup.
    case (.loopback, _): [hostLink(interface.ipv4Address, cost: interface.settings.cost)]
    case (_, .pointToPoint): pointToPointLinks(of: interface)
    case (_, .pointToMultipoint):
      [hostLink(interface.ipv4Address, cost: 0)] + interface.advertisedNeighbors.map { linkToRouter($0, interface) }
    case (_, .broadcast), (_, .nonBroadcast): [transitLink(of: interface) ?? stubLink(to: interface)]
    }
  }

  private func pointToPointLinks(of interface: Interface) -> [RouterLink] {
    let links = interface.advertisedNeighbors.map { linkToRouter($0, interface) }
    return interface.isUnnumbered ? links : links + [stubLink(to: interface)]
  }

  private func linkToRouter(_ neighbor: Neighbor, _ interface: Interface) -> RouterLink {
    RouterLink(
      linkID: neighbor.routerID.rawValue,
      linkData: interface.isUnnumbered ? interface.definition.index : interface.ipv4Address.rawValue,
      type: .pointToPoint, metric: interface.settings.cost)
  }

  /// Section 12.4.1.2: nil unless fully adjacent to the Designated Router, or being it with an adjacency.
  private func transitLink(of interface: Interface) -> RouterLink? {
    guard interface.isTransit(OSPFv2Rules()) else { return nil }
    return RouterLink(
      linkID: interface.designatedRouter.rawValue, linkData: interface.ipv4Address.rawValue, type: .transit,
      metric: interface.settings.cost)
  }

  private func stubLink(to interface: Interface) -> RouterLink {
    RouterLink(
      linkID: interface.subnet.address.rawValue, linkData: interface.subnet.mask.rawValue, type: .stub,
      metric: interface.settings.cost)
  }

  private func hostLink(_ address: IPv4Address, cost: UInt16) -> RouterLink {
    RouterLink(linkID: address.rawValue, linkData: .max, type: .stub, metric: cost)
  }

  /// Section 12.4.2.
  private func networkLSA(_ interface: Interface) -> WantedLSA? {
    guard interface.state == .dr, !interface.advertisedNeighbors.isEmpty else { return nil }
    let routers = [view.routerID] + interface.advertisedNeighbors.map(\.routerID).sorted()
    return WantedLSA(
      identity: identity(
        .network, LinkStateID(rawValue: interface.ipv4Address.rawValue), .area(interface.area.id)),
      options: UInt8(truncatingIfNeeded: interface.area.options.rawValue),
      body: .network(NetworkLSA(networkMask: interface.subnet.mask, attachedRouters: routers)), prefixes: [])
  }

  /// RFC 8770 section 5: the H-bit counts in an area all of whose routers say that they know it.
  private func routerInformationLSA(_ area: Area) -> WantedLSA {
    WantedLSA(
      identity: identity(.opaqueArea, RouterInformation.linkStateID, .area(area.id)),
      options: UInt8(truncatingIfNeeded: area.options.union(.opaque).rawValue),
      body: .opaque(RouterInformation(capabilities: .hostRouterSupport).octets), prefixes: [])
  }

  /// Section 12.4.4.
  private func asExternalLSAs() -> [WantedLSA] {
    guard view.areas.contains(where: \.kind.hasExternalRoutingCapability) else { return [] }
    return externalAdvertisements(forwardingThrough: view.interfaces).map { prefix, linkStateID, route in
      WantedLSA(
        identity: identity(.asExternal, linkStateID, .autonomousSystem),
        options: UInt8(truncatingIfNeeded: Options.externalRouting.rawValue),
        body: .asExternal(ASExternalLSA(networkMask: prefix.mask, routes: [route])), prefixes: [.v4(prefix)])
    }
  }

  /// RFC 3101 section 2.4. A router that also originates type 5 LSAs leaves the P-bit clear, because the translation would say
  /// the same a second time; so does one without an address to forward to.
  private func nssaExternalLSAs(_ area: Area, _ interfaces: [Interface]) -> [WantedLSA] {
    let forwardingAddress = self.forwardingAddress(interfaces)
    let alsoType5 = view.areas.contains(where: \.kind.hasExternalRoutingCapability)
    let propagates = forwardingAddress != nil && !alsoType5
    return externalAdvertisements(forwardingThrough: interfaces).map { prefix, linkStateID, route in
      var route = route
      if route.forwardingAddress == .unspecified { route.forwardingAddress = forwardingAddress ?? .unspecified }
      return WantedLSA(
        identity: identity(.nssaExternal, linkStateID, .area(area.id)),
        options: propagates ? UInt8(truncatingIfNeeded: Options.nssa.rawValue) : 0,
        body: .nssaExternal(ASExternalLSA(networkMask: prefix.mask, routes: [route])), prefixes: [.v4(prefix)])
    }
  }

  /// RFC 3101 section 2.3: an address of an active interface in the NSSA, those of loopbacks first.
  private func forwardingAddress(_ interfaces: [Interface]) -> IPv4Address? {
    let loopback = interfaces.first { $0.state == .loopback }
    let active = interfaces.first { $0.state != .down && $0.state != .loopback && !$0.isUnnumbered }
    return (loopback ?? active)?.ipv4Address
  }

  private typealias ExternalAdvertisement = (prefix: IPv4Prefix, linkStateID: LinkStateID, route: ASExternalLSA.Route)

  /// `interfaces` are those whose networks may have the forwarding address: a type 7 LSA names one of its own area (RFC 3101
  /// section 2.3).
  private func externalAdvertisements(forwardingThrough interfaces: [Interface]) -> [ExternalAdvertisement] {
    view.advertisements.compactMap { advertisement -> ExternalAdvertisement? in
      guard case .v4(let prefix) = advertisement.prefix, case .external(let metric, let type, let tag) = advertisement.kind,
        let linkStateID = view.linkStateIDs.appendixE[prefix]
      else { return nil }
      let usable = isTransit(advertisement, type) ? .max : metric
      var route = ASExternalLSA.Route(
        isType2: type == .type2, metric: min(usable, ProtocolConstants.lsInfinity - 1), tag: tag)
      if case .v4(let nextHop)? = advertisement.nextHop, interfaces.contains(where: { $0.advertisesNetwork(of: nextHop) }) {
        route.forwardingAddress = nextHop
      }
      return (prefix, linkStateID, route)
    }
  }

  /// RFC 8770 section 6: the cost of the way to us does not count beside a type 2 metric, so a route that leads through a host router to
  /// another one has the worst. What ends here is no transit, and keeps its metric.
  private func isTransit(_ advertisement: Advertisement, _ type: ExternalMetricType) -> Bool {
    view.stubRouter.hostBit && type == .type2 && advertisement.nextHop != nil
  }

  private func identity(_ type: LSType, _ linkStateID: LinkStateID, _ scope: ScopeID) -> LSAIdentity {
    LSAIdentity(scope: scope, key: LSAKey(lsType: type, linkStateID: linkStateID, advertisingRouter: view.routerID))
  }
}

extension Interface {
  /// Section 12.4.4.1: whether the address is on a network that is advertised here, so that all routers have a path to it. On a
  /// point-to-multipoint network each router advertises its own address alone.
  fileprivate func advertisesNetwork(of nextHop: IPv4Address) -> Bool {
    advertisesItsNetwork && !isUnnumbered && subnet.contains(nextHop)
  }

  /// Whether the whole network is advertised, and not only our address on it.
  var advertisesItsNetwork: Bool {
    state != .down && state != .loopback && settings.networkType != .pointToMultipoint
  }

  /// Neighbors in state Full.
  var fullNeighbors: [Neighbor] { neighbors.filter { $0.state == .full } }

  /// Whether the network is a transit network for this router (RFC 2328 section 12.4.1.2).
  func isTransit(_ rules: some VersionRules) -> Bool {
    switch state {
    case .dr: return !advertisedNeighbors.isEmpty
    case .backup, .drOther: return advertisedNeighbors.contains { rules.identity(of: $0) == designatedRouter }
    case .down, .loopback, .waiting, .pointToPoint: return false
    }
  }
}
