import OSPFWire

/// The OSPFv2 side of the seam: RFC 2328.
struct OSPFv2Rules: VersionRules {
  var version: OSPFVersion { .v2 }
  var allSPFRouters: IPAddress { .v4(IPv4Address(224, 0, 0, 5)) }
  var allDRouters: IPAddress { .v4(IPv4Address(224, 0, 0, 6)) }

  func hasUsableAddress(_ interface: Interface) -> Bool { true }

  /// Where one subnet of a device lies within another, a source in both belongs to the narrower one.
  func interface(for datagram: Datagram, among interfaces: [Interface]) -> Interface? {
    guard interfaces.count > 1, let source = datagram.source.v4 else { return interfaces.first }
    let around = interfaces.filter { $0.subnet.contains(source) && !$0.isUnnumbered }
    return around.max { $0.subnet.length < $1.subnet.length } ?? interfaces.first
  }

  /// RFC 2328 section 8.2, and the authentication of appendix D.
  func verify(_ datagram: Datagram, _ packet: Packet, on interface: Interface) throws(Refusal) {
    if let source = datagram.source.v4, !isHost(source, on: interface) { throw .sourceNotAHost(datagram.source) }
    if interface.settings.networkType != .pointToPoint, let source = datagram.source.v4, !interface.subnet.contains(source) {
      throw .sourceNotOnSubnet(source: datagram.source, subnet: .v4(interface.subnet))
    }
    try interface.verifyAuthentication(datagram, packet)
  }

  /// Whether a router can have the address: neither 0.0.0.0, a loopback or a multicast address, nor the subnet itself or its broadcast
  /// address, which a subnet of two addresses or one has not (RFC 3021).
  private func isHost(_ source: IPv4Address, on interface: Interface) -> Bool {
    guard source != .unspecified, source.rawValue >> 24 != 127, source.rawValue >> 28 < 0xE else { return false }
    let subnet = interface.subnet
    guard !interface.isUnnumbered, subnet.length < 31, subnet.contains(source) else { return true }
    let host = source.rawValue & ~subnet.mask.rawValue
    return host != 0 && host != ~subnet.mask.rawValue
  }

  /// RFC 2328 section 8.2: the interface's own.
  func isUnicastAddress(_ destination: IPAddress, of interface: Interface) -> Bool { destination == interface.address }

  /// RFC 2328 section 10.5: on point-to-point networks the mask is not compared.
  func verify(_ hello: Hello, on interface: Interface) throws(Refusal) {
    guard interface.settings.networkType != .pointToPoint, case .networkMask(let mask) = hello.attachment else { return }
    if mask != interface.subnet.mask { throw .networkMaskMismatch(received: mask, ours: interface.subnet.mask) }
  }

  func knowsNeighborsByAddress(on interface: Interface) -> Bool { interface.settings.networkType != .pointToPoint }

  func localIdentity(on interface: Interface, routerID: RouterID) -> DesignatedRouterID {
    DesignatedRouterID(rawValue: interface.ipv4Address.rawValue)
  }

  func identity(of neighbor: Neighbor) -> DesignatedRouterID {
    DesignatedRouterID(rawValue: neighbor.address.v4?.rawValue ?? 0)
  }

  func header(_ type: PacketType, on interface: Interface, routerID: RouterID) -> PacketHeader {
    PacketHeader(
      type: type, routerID: routerID, areaID: interface.area.id, extent: .v2(authenticationType: 0, authentication: 0))
  }

  func attachment(of interface: Interface) -> Hello.Attachment {
    // Unnumbered point-to-point networks have no mask (RFC 2328 section 9.5).
    .networkMask(interface.isUnnumbered ? .unspecified : interface.subnet.mask)
  }

  func helloOptions(on interface: Interface) -> Options { interface.area.options }

  func descriptionOptions(on interface: Interface) -> Options { interface.area.options.union(.opaque) }

  func floodingScope(of type: LSType) -> FloodingScope? {
    type.isDefined(version: .v2) ? type.floodingScope(version: .v2) : nil
  }

  func isAllowed(_ type: LSType, in area: AreaConfiguration) -> Bool {
    switch type {
    case .asExternal, .opaqueAS: area.hasExternalRoutingCapability
    case .nssaExternal: area == .nssa
    default: true
    }
  }

  func isDiscarded(_ type: LSType, in area: AreaConfiguration) -> Bool { false }

  func isOpaque(_ type: LSType) -> Bool { type == .opaqueLink || type == .opaqueArea || type == .opaqueAS }

  /// RFC 2328 section 13.4: a network-LSA whose Link State ID is one of our addresses is ours, whatever router ID made it.
  func isOwn(_ key: LSAKey, interfaces: [Interface]) -> Bool {
    guard key.lsType == .network else { return false }
    return interfaces.contains { $0.state != .down && $0.ipv4Address.rawValue == key.linkStateID.rawValue }
  }

  func isGraceLSA(_ key: LSAKey) -> Bool {
    key.lsType == .opaqueLink && key.linkStateID.rawValue >> 24 == GraceLSA.linkStateID.rawValue >> 24
  }

  func graceLSA(on interface: Interface, routerID: RouterID) -> LSAKey {
    LSAKey(lsType: .opaqueLink, linkStateID: GraceLSA.linkStateID, advertisingRouter: routerID)
  }

  /// RFC 3623 section 3.1 (2), no change of the topology: types 1 to 5 and 7.
  func isTopology(_ type: LSType) -> Bool { type.isDefined(version: .v2) && type < .opaqueLink }

  func lsaConfirmingAdjacency(of neighbor: Neighbor) -> LSAKey? {
    let interface = neighbor.interface
    guard interface.electsDesignatedRouter else {
      return LSAKey(
        lsType: .router, linkStateID: LinkStateID(rawValue: neighbor.routerID.rawValue), advertisingRouter: neighbor.routerID)
    }
    return interface.neighbors.first { identity(of: $0) == neighbor.designatedRouter }.map {
      LSAKey(
        lsType: .network, linkStateID: LinkStateID(rawValue: neighbor.designatedRouter.rawValue), advertisingRouter: $0.routerID)
    }
  }

  func content(of view: OriginationView) -> [WantedLSA] { OSPFv2Origination(of: view, self).content }
}

extension Interface {
  /// The interface address of OSPFv2.
  var ipv4Address: IPv4Address { address.v4 ?? .unspecified }

  /// The network that an OSPFv2 interface attaches to.
  var subnet: IPv4Prefix {
    if case .ipv4(_, let subnet, _) = definition.addressing { subnet } else { IPv4Prefix(.unspecified, length: 0) }
  }

  /// A point-to-point interface that borrows its address.
  var isUnnumbered: Bool {
    if case .ipv4(_, _, let isUnnumbered) = definition.addressing { isUnnumbered } else { false }
  }
}
