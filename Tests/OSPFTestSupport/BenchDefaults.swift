import OSPFProtocol
import OSPFWire

extension RouterConfiguration {
  /// The engine on the bench is 2.2.2.2, so that neighbors can have a lower and a higher router ID.
  public static func bench(
    _ routerID: RouterID = "2.2.2.2", areas: [AreaID: AreaConfiguration] = [:],
    stubRouter: StubRouterPolicy = StubRouterPolicy(maxMetric: .never), pacing: Pacing = Pacing(), limits: Limits = Limits()
  ) -> RouterConfiguration {
    RouterConfiguration(
      version: .v2, routerID: routerID, areas: areas, stubRouter: stubRouter, pacing: pacing, limits: limits)
  }
}

extension InterfaceDefinition {
  /// The engine's interface on the bench: 192.0.2.2/24 on a broadcast network of the backbone.
  public static func bench(
    _ address: IPv4Address = "192.0.2.2", length: Int = 24, name: String = "eth0", index: UInt32 = 2, area: AreaID = .backbone,
    type: NetworkType = .broadcast, priority: UInt8 = 0, mtu: Int = 1500, isUnnumbered: Bool = false,
    _ change: (inout InterfaceSettings) -> Void = { _ in }
  ) -> InterfaceDefinition {
    var settings = InterfaceSettings(area: area, networkType: type, priority: priority)
    change(&settings)
    return InterfaceDefinition(
      name: name, index: index,
      addressing: .ipv4(address: address, subnet: IPv4Prefix(address, length: length), isUnnumbered: isUnnumbered), mtu: mtu,
      settings: settings)
  }

  /// A loopback device with an address.
  public static func loopback(
    _ address: IPv4Address, length: Int = 32, index: UInt32 = 1, area: AreaID = .backbone, cost: UInt16 = 0
  ) -> InterfaceDefinition {
    InterfaceDefinition(
      name: "lo", index: index,
      addressing: .ipv4(address: address, subnet: IPv4Prefix(address, length: length), isUnnumbered: false), mtu: 65536,
      isLoopback: true, settings: InterfaceSettings(area: area, networkType: .broadcast, cost: cost))
  }

  /// The address that packets are sent from; :: while there is none.
  public var ownAddress: IPAddress {
    switch addressing {
    case .ipv4(let address, _, _): .v4(address)
    case .ipv6(let linkLocal, _): .v6(linkLocal ?? .unspecified)
    }
  }

  /// The IPv4 subnet; 0.0.0.0/0 for an OSPFv3 interface.
  public var subnet: IPv4Prefix {
    if case .ipv4(_, let subnet, _) = addressing { subnet } else { IPv4Prefix(.unspecified, length: 0) }
  }
}

extension Advertisement {
  /// An external advertisement of a prefix.
  public static func external(
    _ prefix: IPPrefix, metric: UInt32 = 20, type: ExternalMetricType = .type2, tag: UInt32 = 0
  ) -> Advertisement {
    Advertisement(prefix: prefix, kind: .external(metric: metric, type: type, tag: tag))
  }

  /// A stub link for a prefix.
  public static func stub(_ prefix: IPPrefix, metric: UInt16 = 0) -> Advertisement {
    Advertisement(prefix: prefix, kind: .stub(metric: metric))
  }
}
