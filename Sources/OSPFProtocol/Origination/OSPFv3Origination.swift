import OSPFWire

/// What this router says of itself in OSPFv3 (RFC 5340 section 4.4.3, RFC 5838).
struct OSPFv3Origination {
  let view: OriginationView
  let rules: OSPFv3Rules

  var content: [WantedLSA] {
    var wanted: [WantedLSA] = view.interfaces.compactMap(linkLSA)
    for area in view.areas {
      let interfaces = view.interfaces.filter { $0.area === area }
      wanted.append(routerLSA(area, interfaces))
      wanted += interfaces.compactMap(networkLSA)
      wanted += OSPFv3Prefixes(view: view, rules: rules).lsas(of: area, interfaces)
      if area.kind == .nssa { wanted += nssaLSAs(area, interfaces) }
    }
    return wanted + asExternalLSAs()
  }

  /// Section 4.4.3.2. What does not fit into one is not expected on a service node: each interface is one link.
  private func routerLSA(_ area: Area, _ interfaces: [Interface]) -> WantedLSA {
    var links = interfaces.flatMap(self.links)
    if isStubRouter(links) {
      for position in links.indices { links[position].metric = ProtocolConstants.maxLinkMetric }
    }
    let isASBoundary = area.kind != .stub && view.isASBoundaryRouter
    return WantedLSA(
      identity: identity(.routerV3, 0, .area(area.id)), options: 0,
      body: .routerV3(
        OSPFv3RouterLSA(flags: isASBoundary ? .asBoundary : [], options: rules.options(in: area), links: links)),
      prefixes: [])
  }

  /// RFC 6987 section 3.
  private func isStubRouter(_ links: [OSPFv3RouterLink]) -> Bool {
    switch view.stubRouter.maxMetric {
    case .never: false
    case .always: true
    case .withSeveralUplinks: links.count > 1
    }
  }

  private func links(of interface: Interface) -> [OSPFv3RouterLink] {
    switch (interface.state, interface.settings.networkType) {
    case (.down, _), (.loopback, _): []
    case (_, .pointToPoint), (_, .pointToMultipoint):
      interface.advertisedNeighbors.map {
        link(.pointToPoint, interface, neighborInterfaceID: $0.interfaceID, neighborRouterID: $0.routerID)
      }
    case (_, .broadcast), (_, .nonBroadcast): transitLink(of: interface).map { [$0] } ?? []
    }
  }

  private func transitLink(of interface: Interface) -> OSPFv3RouterLink? {
    guard interface.isTransit(rules) else { return nil }
    if interface.state == .dr {
      return link(
        .transit, interface, neighborInterfaceID: interface.definition.index, neighborRouterID: view.routerID)
    }
    guard let designated = interface.advertisedNeighbors.first(where: { rules.identity(of: $0) == interface.designatedRouter })
    else {
      return nil
    }
    return link(
      .transit, interface, neighborInterfaceID: designated.interfaceID, neighborRouterID: designated.routerID)
  }

  private func link(
    _ type: RouterLink.LinkType, _ interface: Interface, neighborInterfaceID: UInt32, neighborRouterID: RouterID
  ) -> OSPFv3RouterLink {
    OSPFv3RouterLink(
      type: type, metric: interface.settings.cost, interfaceID: interface.definition.index,
      neighborInterfaceID: neighborInterfaceID, neighborRouterID: neighborRouterID)
  }

  /// Section 4.4.3.3: its options are what any attached router's link-LSA says.
  private func networkLSA(_ interface: Interface) -> WantedLSA? {
    guard interface.state == .dr, !interface.advertisedNeighbors.isEmpty else { return nil }
    let routers = [view.routerID] + interface.advertisedNeighbors.map(\.routerID).sorted()
    let options = interface.linkLSAsOfAdjacentRouters.reduce(rules.options(in: interface.area)) { $0.union($1.options) }
    return WantedLSA(
      identity: identity(.networkV3, interface.definition.index, .area(interface.area.id)), options: 0,
      body: .networkV3(OSPFv3NetworkLSA(options: options, attachedRouters: routers)), prefixes: [])
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
    return addresses.first?.address.field ?? IPv6Address(high: 0, low: 0)
  }

  /// Section 4.4.3.6.
  private func asExternalLSAs() -> [WantedLSA] {
    guard view.areas.contains(where: \.kind.hasExternalRoutingCapability) else { return [] }
    return externalAdvertisements(forwardingThrough: view.interfaces).map { prefix, linkStateID, lsa in
      WantedLSA(
        identity: identity(.asExternalV3, linkStateID.rawValue, .autonomousSystem), options: 0, body: .asExternalV3(lsa),
        prefixes: [prefix])
    }
  }

  /// Section 4.4.3.7 and RFC 3101 section 2.4: translated where there is an address to forward to, unless type 5 says the same.
  private func nssaLSAs(_ area: Area, _ interfaces: [Interface]) -> [WantedLSA] {
    let forwardingAddress = rules.forwardingAddress(interfaces).map(\.field)
    let alsoExternal = view.areas.contains(where: \.kind.hasExternalRoutingCapability)
    return externalAdvertisements(forwardingThrough: interfaces).map { prefix, linkStateID, lsa in
      var lsa = lsa
      if lsa.forwardingAddress == nil, let forwardingAddress {
        lsa.forwardingAddress = forwardingAddress
        lsa.flags.insert(.forwardingAddress)
      }
      if lsa.forwardingAddress != nil, !alsoExternal { lsa.prefix.options.insert(.propagate) }
      return WantedLSA(
        identity: identity(.nssaV3, linkStateID.rawValue, .area(area.id)), options: 0, body: .nssaV3(lsa),
        prefixes: [prefix])
    }
  }

  private typealias ExternalAdvertisement = (prefix: IPPrefix, linkStateID: LinkStateID, lsa: OSPFv3ASExternalLSA)

  /// `interfaces` are those whose networks may have the forwarding address: an NSSA-LSA names one of its own area.
  private func externalAdvertisements(forwardingThrough interfaces: [Interface]) -> [ExternalAdvertisement] {
    view.advertisements.compactMap { advertisement -> ExternalAdvertisement? in
      let prefix = advertisement.prefix
      guard rules.addressFamily.canCarry(prefix), case .external(let metric, let type, let tag) = advertisement.kind,
        let linkStateID = view.linkStateIDs.external[prefix]
      else { return nil }
      var lsa = OSPFv3ASExternalLSA(
        isType2: type == .type2, metric: min(metric, ProtocolConstants.lsInfinity - 1), prefix: OSPFv3Prefix(prefix),
        tag: tag == 0 ? nil : tag)
      if let nextHop = advertisement.nextHop, isOnNetwork(nextHop, interfaces) {
        lsa.forwardingAddress = nextHop.field
        lsa.flags.insert(.forwardingAddress)
      }
      return (prefix, linkStateID, lsa)
    }
  }

  /// Only then do all routers have a path to it: never to a link-local address.
  private func isOnNetwork(_ nextHop: IPAddress, _ interfaces: [Interface]) -> Bool {
    rules.addressFamily.contains(IPPrefix(host: nextHop))
      && interfaces.contains { interface in
        interface.advertisesItsNetwork
          && interface.addresses(of: rules.addressFamily).contains { $0.prefix.contains(nextHop) }
      }
  }

  private func identity(_ type: LSType, _ linkStateID: UInt32, _ scope: ScopeID) -> LSAIdentity {
    LSAIdentity(
      scope: scope,
      key: LSAKey(lsType: type, linkStateID: LinkStateID(rawValue: linkStateID), advertisingRouter: view.routerID))
  }
}

extension OSPFv3Rules {
  /// A global address of an interface in an NSSA, those of loopbacks first.
  func forwardingAddress(_ interfaces: [Interface]) -> IPAddress? {
    let candidates =
      interfaces.filter { $0.state == .loopback } + interfaces.filter { $0.state != .loopback && $0.state != .down }
    return candidates.lazy.flatMap { $0.addresses(of: addressFamily) }.first?.address
  }
}

extension IPAddress {
  /// What a field for an IPv6 address holds (RFC 5838 section 2.5).
  fileprivate var field: IPv6Address {
    switch self {
    case .v6(let address): address
    case .v4(let address): IPv6Address(high: UInt64(address.rawValue) << 32, low: 0)
    }
  }
}

extension Interface {
  /// The device's addresses of a family, link-local ones left out.
  func addresses(of family: AddressFamily) -> [InterfaceAddress] {
    guard case .ipv6(_, let addresses) = definition.addressing else { return [] }
    return addresses.filter { family.contains($0.prefix) }
  }

  /// The link-LSAs of the fully adjacent routers that are about this link: their Link State IDs are the neighbors' Interface IDs.
  var linkLSAsOfAdjacentRouters: [LinkLSA] {
    advertisedNeighbors.compactMap { neighbor in
      let key = LSAKey(
        lsType: .link, linkStateID: LinkStateID(rawValue: neighbor.interfaceID), advertisingRouter: neighbor.routerID)
      guard let slot = database.slot(of: key), !database.isStoredAtMaxAge(slot),
        case .link(let lsa)? = try? LSABody.decode(database[slot].bytes.rawSpan, version: .v3)
      else { return nil }
      return lsa
    }
  }
}
