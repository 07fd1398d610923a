import OSPFProtocol
import OSPFWire

extension Configuration {
  /// The router ID of an instance: the configured one, else the highest IPv4 address of its OSPF interfaces, those that are no
  /// loopbacks first. Never the address of a service, which every node of the service has.
  ///
  /// OSPFv3 without a router ID of its own takes that of `router ospf`. Nil when there is none to be had yet. The answer changes
  /// with the addresses: a running instance keeps the one that it began with.
  public func routerID(version: OSPFVersion, links: [Link]) -> RouterID? {
    guard let section = self[version] else { return nil }
    if let configured = section.routerID ?? routerID { return configured }
    if version == .v3, let configured = ospf?.routerID { return configured }
    let definitions = interfaceDefinitions(version: version, links: links)
    let services = serviceAddresses
    func highest(isLoopback: Bool) -> IPv4Address? {
      let chosen = definitions.filter { $0.isLoopback == isLoopback }
      return chosen.flatMap { candidates(for: $0, links: links) }.filter { !services.contains(.v4($0)) }.max()
    }
    let address = highest(isLoopback: false) ?? highest(isLoopback: true)
    return address.map { RouterID(rawValue: $0.rawValue) }
  }

  /// The IPv4 addresses of an OSPF interface; in OSPFv3 those of its device.
  private func candidates(for definition: InterfaceDefinition, links: [Link]) -> [IPv4Address] {
    switch definition.addressing {
    case .ipv4(let address, _, _): [address]
    case .ipv6:
      links.filter { $0.index == definition.index }.flatMap { $0.addresses.compactMap(\.address.v4) }
        .filter(\.canBeAdvertised)
    }
  }

  /// What an instance is told. Nil when the version is not configured, or has no router ID.
  public func routerConfiguration(version: OSPFVersion, links: [Link]) -> RouterConfiguration? {
    guard let section = self[version], let routerID = routerID(version: version, links: links) else { return nil }
    var configuration = RouterConfiguration(version: version, routerID: routerID, areas: section.areas)
    configuration.stubRouter.hostBit = section.isHostRouter
    if let maxMetric = section.maxMetric { configuration.stubRouter.maxMetric = maxMetric }
    if let interval = section.minLSInterval {
      configuration.pacing.minLSInterval = max(interval, configuration.pacing.initialInterval)
    }
    if let arrival = section.minLSArrival { configuration.pacing.minLSArrival = arrival }
    return configuration
  }
}

extension IPv4Address {
  /// Neither 0.0.0.0 nor in 127.0.0.0/8 nor multicast.
  var canBeAdvertised: Bool { self != .unspecified && rawValue >> 24 != 127 && rawValue >> 28 < 0xE }
}
