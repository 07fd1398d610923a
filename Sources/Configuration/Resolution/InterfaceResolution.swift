import OSPFProtocol
import OSPFWire
import Redistribution

extension Configuration {
  /// The interfaces that the configuration makes of the kernel's devices for an instance, in the order of the devices and their
  /// addresses.
  ///
  /// In OSPFv2 one for each subnet of a device, in OSPFv3 one for each device. The addresses of services make none. What is alone in its
  /// area and can have no neighbors is in the areas of the others.
  public func interfaceDefinitions(of instance: ProtocolInstance, links: [Link]) -> [InterfaceDefinition] {
    guard let section = self[instance.version] else { return [] }
    let services = serviceAddresses
    let configured = Dictionary(interfaces.map { ($0.name, $0) }) { first, _ in first }
    let definitions = links.flatMap { link -> [InterfaceDefinition] in
      let interface = configured[link.name] ?? InterfaceConfiguration(name: link.name)
      switch instance.version {
      case .v2: return ospfDefinitions(of: link, interface, section, services)
      case .v3: return ospf6Definition(of: link, interface, instance.addressFamily, services).map { [$0] } ?? []
      }
    }
    return definitions.withoutLonelyAreas()
  }

  // MARK: - OSPFv2

  /// One interface for each subnet. The first address of a subnet stands for it; the others are the kernel's secondary addresses.
  private func ospfDefinitions(
    of link: Link, _ interface: InterfaceConfiguration, _ section: RouterSection, _ services: Set<IPAddress>
  ) -> [InterfaceDefinition] {
    var subnets: Set<IPv4Prefix> = []
    return link.addresses.compactMap { linkAddress in
      guard let address = linkAddress.address.v4, address.canBeAdvertised, !services.contains(linkAddress.address),
        case .v4(let subnet) = linkAddress.prefix, subnets.insert(subnet).inserted,
        let area = section.area(of: linkAddress, interface)
      else { return nil }
      return ospfDefinition(of: link, linkAddress, address, subnet, interface, section, area)
    }
  }

  private func ospfDefinition(
    of link: Link, _ linkAddress: LinkAddress, _ address: IPv4Address, _ subnet: IPv4Prefix,
    _ interface: InterfaceConfiguration, _ section: RouterSection, _ area: AreaID
  ) -> InterfaceDefinition {
    var parameters = interface.ospfParameters(for: address)
    parameters.isPassive = parameters.isPassive ?? section.isPassiveByDefault
    parameters.cost = parameters.cost ?? link.defaultCost
    var settings = parameters.settings(.v2, area: area, defaultNetworkType: link.defaultNetworkType)
    settings.authentication = authentication(parameters, in: area)
    settings.neighborFilter = neighborFilter(parameters, .ipv4)
    settings.demandsIncreasingSequenceNumbers =
      parameters.demandsIncreasingSequenceNumbers ?? section.demandsIncreasingSequenceNumbers
    settings.takeNeighbors(from: section, on: subnet, apartFrom: address)
    let hasPeer = linkAddress.peer.map { $0 != linkAddress.address } ?? false
    let isUnnumbered = settings.networkType == .pointToPoint && subnet.length == 32 && !hasPeer && !link.isLoopback
    return InterfaceDefinition(
      name: link.name, index: link.index,
      addressing: .ipv4(
        address: address, subnet: link.isLoopback ? IPv4Prefix(address, length: 32) : subnet, isUnnumbered: isUnnumbered),
      mtu: link.mtu, isUp: link.isUp, isLoopback: link.isLoopback, settings: settings)
  }

  /// The rules of the prefix list that are about single addresses. A list that is not there allows nobody.
  private func neighborFilter(_ parameters: InterfaceParameters, _ family: AddressFamily) -> NeighborFilter? {
    guard let name = parameters.neighborFilter else { return nil }
    let list = filters.prefixLists[ListName(name, family: family)] ?? PrefixList()
    return NeighborFilter(
      list.rules.compactMap { rule in
        let range = rule.criterion
        let host = range.prefix.address.bitWidth
        let longest = range.longest ?? (range.shortest == nil ? range.prefix.length : host)
        return longest == host ? NeighborFilter.Rule(range.prefix, isPermit: rule.isPermit) : nil
      })
  }

  // MARK: - OSPFv3

  private func ospf6Definition(
    of link: Link, _ interface: InterfaceConfiguration, _ family: AddressFamily, _ services: Set<IPAddress>
  ) -> InterfaceDefinition? {
    guard let area = interface.ospf6.area, let instanceID = interface.ospf6.instanceID(for: family) else { return nil }
    let usable = link.addresses.filter { !$0.isTentative && !services.contains($0.address) }
    let linkLocal = usable.lazy.compactMap(\.address.v6).first(where: \.isLinkLocal)
    let addresses = usable.filter(\.address.canBeAdvertised).map { linkAddress in
      InterfaceAddress(
        address: linkAddress.address,
        prefix: link.isLoopback ? IPPrefix(host: linkAddress.address) : linkAddress.prefix)
    }
    var parameters = interface.ospf6
    parameters.cost = parameters.cost ?? link.defaultCost
    var settings = parameters.settings(.v3, area: area, defaultNetworkType: link.defaultNetworkType)
    settings.instanceID = instanceID
    settings.authentication = trailer(interface.ospf6)
    settings.neighborFilter = neighborFilter(parameters, .ipv6)
    return InterfaceDefinition(
      name: link.name, index: link.index, addressing: .ipv6(linkLocal: linkLocal, addresses: addresses), mtu: link.mtu,
      isUp: link.isUp, isLoopback: link.isLoopback, settings: settings)
  }
}

extension RouterSection {
  /// The area of an address: `ip ospf area` of the address or its interface, else the longest `network` that contains the
  /// address, or on a point-to-point link the peer's, as in Quagga.
  fileprivate func area(of linkAddress: LinkAddress, _ interface: InterfaceConfiguration) -> AreaID? {
    guard let address = linkAddress.address.v4 else { return nil }
    if let area = interface.ospfParameters(for: address).area { return area }
    let matched = linkAddress.peer?.v4 ?? address
    return networks.filter { $0.prefix.contains(matched) }.max { $0.prefix.length < $1.prefix.length }?.area
  }
}

extension InterfaceSettings {
  /// Where Hellos cannot find the neighbors, takes those that are configured on the interface's subnet.
  fileprivate mutating func takeNeighbors(
    from section: RouterSection, on subnet: IPv4Prefix, apartFrom own: IPv4Address
  ) {
    guard networkType == .nonBroadcast || networkType == .pointToMultipoint else { return }
    let statements = section.neighbors.filter { subnet.contains($0.key) && $0.key != own }.sorted { $0.key < $1.key }
    neighbors = statements.map { address, statement in
      var neighbor = ConfiguredNeighbor(address: .v4(address))
      if let priority = statement.priority { neighbor.priority = priority }
      return neighbor
    }
    if let shortest = statements.compactMap(\.value.pollInterval).min() { pollInterval = shortest }
  }
}

extension Link {
  /// What Quagga takes a device for when nothing is configured.
  fileprivate var defaultNetworkType: NetworkType { isPointToPoint ? .pointToPoint : .broadcast }

  /// The cost of an address on a loopback is 0 (RFC 2328 section 9.1), unless one is configured; nil for what the engine takes.
  fileprivate var defaultCost: UInt16? { isLoopback ? 0 : nil }
}

extension IPv6Address {
  /// Neither `::` nor `::1` nor link-local nor multicast.
  fileprivate var canBeAdvertised: Bool { (high != 0 || low > 1) && !isLinkLocal && !isMulticast }
}

extension IPAddress {
  /// What its family says.
  fileprivate var canBeAdvertised: Bool {
    switch self {
    case .v4(let address): address.canBeAdvertised
    case .v6(let address): address.canBeAdvertised
    }
  }
}
