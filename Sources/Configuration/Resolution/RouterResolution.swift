import OSPFProtocol
import OSPFWire

extension Configuration {
  /// The router ID of a version: the configured one, else the highest IPv4 address of its OSPF interfaces, those that are no
  /// loopbacks first. Never the address of a service, which every node of the service has.
  ///
  /// OSPFv3 without a router ID of its own takes that of `router ospf`. Nil when there is none to be had yet. The answer changes
  /// with the addresses: a running instance keeps the one that it began with.
  public func routerID(version: OSPFVersion, links: [Link]) -> RouterID? {
    guard let section = self[version] else { return nil }
    if let configured = section.routerID ?? routerID { return configured }
    if version == .v3, let configured = ospf?.routerID { return configured }
    let instances = ProtocolInstance.allCases.filter { $0.version == version }
    let definitions = instances.flatMap { interfaceDefinitions(of: $0, links: links) }
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

  /// Whether an instance is configured: its version has a block, and in OSPFv3 some interface has its address family. A `router ospf6`
  /// without any interface is the instance for IPv6.
  public func isConfigured(_ instance: ProtocolInstance) -> Bool {
    guard self[instance.version] != nil else { return false }
    let used = interfaces.filter { $0.ospf6.area != nil }.flatMap(\.ospf6.addressFamilies)
    return switch instance {
    case .ospfv2: true
    case .ospfv3: used.isEmpty || used.contains(.ipv6)
    case .ospfv3IPv4: used.contains(.ipv4)
    }
  }

  /// What an instance is told. Nil when it is not configured, or has no router ID.
  public func routerConfiguration(of instance: ProtocolInstance, links: [Link]) -> RouterConfiguration? {
    guard isConfigured(instance), let section = self[instance.version],
      let routerID = routerID(version: instance.version, links: links)
    else { return nil }
    var configuration = RouterConfiguration(
      version: instance.version, routerID: routerID, addressFamily: instance.addressFamily, areas: section.areas)
    configuration.hostname = hostname
    configuration.stubRouter.hostBit = section.isHostRouter
    configuration.mayOriginateExternals = mayOriginateExternals(instance, section)
    if let maxMetric = section.maxMetric { configuration.stubRouter.maxMetric = maxMetric }
    configuration.gracefulRestart = GracefulRestartPolicy(section.gracefulRestart)
    if let interval = section.minLSInterval {
      configuration.pacing.minLSInterval = max(interval, configuration.pacing.initialInterval)
    }
    if let arrival = section.minLSArrival { configuration.pacing.minLSArrival = arrival }
    if let maximum = section.maximumLSAs { configuration.limits.linkStateAdvertisements = maximum }
    if let ignoreTime = section.ignoreTime { configuration.limits.overflowHoldOff = ignoreTime }
    return configuration
  }

  /// Whether an instance can have anything external to say while this configuration is in force.
  private func mayOriginateExternals(_ instance: ProtocolInstance, _ section: RouterSection) -> Bool {
    if !section.redistribution.origins.isEmpty { return true }
    return services.contains { service in
      guard case .external = service.advertise, !service.isShutdown else { return false }
      return service.addresses.contains { instance.addressFamily.contains($0.prefix) }
    }
  }
}

extension GracefulRestartPolicy {
  fileprivate init(_ statements: GracefulRestartStatements) {
    self.init(
      helped: statements.helped, hasStrictLSAChecking: statements.hasStrictLSAChecking,
      helpsOnlyPlanned: statements.helpsOnlyPlanned)
    if let longest = statements.longestGracePeriod { longestGracePeriod = longest }
  }
}

extension IPv4Address {
  /// Neither 0.0.0.0 nor in 127.0.0.0/8 nor multicast.
  var canBeAdvertised: Bool { self != .unspecified && rawValue >> 24 != 127 && rawValue >> 28 < 0xE }
}
