import OSPFWire

/// The OSPFv3 side of the seam: RFC 5340, and RFC 5838 for prefixes of the other family.
struct OSPFv3Rules: VersionRules {
  var version: OSPFVersion { .v3 }
  var allSPFRouters: IPAddress { .v6(IPv6Address(high: 0xFF02_0000_0000_0000, low: 5)) }
  var allDRouters: IPAddress { .v6(IPv6Address(high: 0xFF02_0000_0000_0000, low: 6)) }
  /// The family of the advertised prefixes.
  let addressFamily: AddressFamily
  /// Whether the R-bit is clear, so that no transit traffic comes here.
  let isHost: Bool

  /// Section 4.2.1: every packet comes from a link-local address, which is there when duplicate address detection has finished.
  func hasUsableAddress(_ interface: Interface) -> Bool {
    if case .ipv6(nil, _) = interface.definition.addressing { return interface.definition.isLoopback }
    return true
  }

  func interface(for datagram: Datagram, among interfaces: [Interface]) -> Interface? { interfaces.first }

  /// Section 4.2.2, and the authentication of RFC 7166.
  func verify(_ datagram: Datagram, _ packet: Packet, on interface: Interface) throws(Refusal) {
    guard case .v3(let instanceID, _) = packet.header.extent else { return }
    if instanceID != interface.settings.instanceID {
      throw .instanceMismatch(received: instanceID, ours: interface.settings.instanceID)
    }
    guard datagram.source.v6?.isLinkLocal == true else { throw .sourceNotLinkLocal(datagram.source) }
    try interface.verifyAuthentication(datagram, packet)
    // An authentication trailer takes the place of the checksum (RFC 7166 section 4.1).
    guard datagram.hasRightChecksum || interface.settings.authentication != .null else {
      throw .malformed(.checksum(what: "packet"))
    }
  }

  /// Section 4.2.2: any IPv6 address of the device, global ones included.
  func isUnicastAddress(_ destination: IPAddress, of interface: Interface) -> Bool {
    destination == interface.address || interface.addresses(of: .ipv6).contains { $0.address == destination }
  }

  /// RFC 5838 section 2.4: in an instance for another family than IPv6, a router that does not set the AF-bit does not know what
  /// it is taking part in.
  func verify(_ hello: Hello, on interface: Interface) throws(Refusal) {
    if addressFamily != .ipv6, !hello.options.contains(.addressFamilies) { throw .addressFamilyMismatch }
  }

  /// Section 4.2.2.1: neighbors are known by their router ID on every kind of network.
  func knowsNeighborsByAddress(on interface: Interface) -> Bool { false }

  func localIdentity(on interface: Interface, routerID: RouterID) -> DesignatedRouterID {
    DesignatedRouterID(rawValue: routerID.rawValue)
  }

  func identity(of neighbor: Neighbor) -> DesignatedRouterID { DesignatedRouterID(rawValue: neighbor.routerID.rawValue) }

  func header(_ type: PacketType, on interface: Interface, routerID: RouterID) -> PacketHeader {
    PacketHeader(
      type: type, routerID: routerID, areaID: interface.area.id,
      extent: .v3(instanceID: interface.settings.instanceID, reserved: 0))
  }

  func attachment(of interface: Interface) -> Hello.Attachment { .interfaceID(interface.definition.index) }

  func helloOptions(on interface: Interface) -> Options { options(on: interface) }

  func descriptionOptions(on interface: Interface) -> Options { options(on: interface) }

  /// Of Hellos and Database Descriptions, where the AT-bit says that an authentication trailer follows (RFC 7166 section 3).
  private func options(on interface: Interface) -> Options {
    let options = options(in: interface.area)
    if case .trailer = interface.settings.authentication { return options.union(.authenticationTrailer) }
    return options
  }

  /// Section A.2; the V6-bit belongs to IPv6 unicast alone (RFC 5838 section 2.2).
  func options(in area: Area) -> Options {
    var options = area.options
    options.insert(addressFamily == .ipv6 ? .v6 : .addressFamilies)
    if !isHost { options.insert(.router) }
    return options
  }

  func floodingScope(of type: LSType) -> FloodingScope? { type.floodingScope(version: .v3) }

  /// Section 4.5.1 step 3: nothing of AS scope enters a stub area or an NSSA.
  func isAllowed(_ type: LSType, in area: AreaConfiguration) -> Bool {
    if floodingScope(of: type) == .autonomousSystem { return area.hasExternalRoutingCapability }
    return type == .nssaV3 ? area == .nssa : true
  }

  /// Section 2.11: a stub area or an NSSA is not filled with what a router does not know and is told to store. Of the types with the U-bit
  /// it knows Router Information (RFC 7770).
  func isDiscarded(_ type: LSType, in area: AreaConfiguration) -> Bool {
    !area.hasExternalRoutingCapability && type.isFloodedWhereUnknown && type != .routerInformation
  }

  func isOpaque(_ type: LSType) -> Bool { false }

  func isOwn(_ key: LSAKey, interfaces: [Interface]) -> Bool { false }

  func isGraceLSA(_ key: LSAKey) -> Bool { key.lsType == .grace }

  func graceLSA(on interface: Interface, routerID: RouterID) -> LSAKey {
    LSAKey(lsType: .grace, linkStateID: LinkStateID(rawValue: interface.definition.index), advertisingRouter: routerID)
  }

  /// RFC 5187 section 2: what RFC 3623 says of types 1 to 5 and 7 holds for these.
  func isTopology(_ type: LSType) -> Bool { type.isDefined(version: .v3) && type != .link }

  func lsaConfirmingAdjacency(of neighbor: Neighbor) -> LSAKey? {
    let interface = neighbor.interface
    guard interface.electsDesignatedRouter else {
      return LSAKey(lsType: .routerV3, linkStateID: LinkStateID(rawValue: 0), advertisingRouter: neighbor.routerID)
    }
    return interface.neighbors.first { identity(of: $0) == neighbor.designatedRouter }.map {
      LSAKey(lsType: .networkV3, linkStateID: LinkStateID(rawValue: $0.interfaceID), advertisingRouter: $0.routerID)
    }
  }

  func content(of view: OriginationView) -> [WantedLSA] { OSPFv3Origination(of: view, self).content }
}
