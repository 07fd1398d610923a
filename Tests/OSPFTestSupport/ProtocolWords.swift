import OSPFProtocol
import OSPFWire

/// Tests of rules that all protocols share run over every instance. They are written in the words of OSPFv2, with IPv4 addresses; an
/// instance says the same in its own words.
extension ProtocolInstance {
  /// Those of OSPFv3.
  public static let ofOSPFv3: [ProtocolInstance] = [.ospfv3, .ospfv3IPv4]

  /// The Instance ID of its packets.
  public var instanceID: UInt8 { self == .ospfv3IPv4 ? 64 : 0 }

  /// The group of all OSPF routers.
  public var allSPFRouters: IPAddress { version == .v2 ? .allSPFRouters : .v6("ff02::5") }

  /// The group of the Designated Router and its backup.
  public var allDRouters: IPAddress { version == .v2 ? .allDRouters : .v6("ff02::6") }

  /// The address that packets are sent from and to: in OSPFv3 a link-local one that ends like the IPv4 address.
  public func address(_ address: IPv4Address) -> IPAddress {
    version == .v2 ? .v4(address) : .v6(IPv6Address(high: 0xFE80 << 48, low: UInt64(address.rawValue)))
  }

  /// An address of the family that routes lead to: in IPv6 a global one.
  public func routedAddress(_ address: IPv4Address) -> IPAddress {
    addressFamily == .ipv4 ? .v4(address) : .v6(globalAddress(address))
  }

  /// A prefix of the family: in IPv6 one of 2001:db8::/32 that goes on like the IPv4 prefix. A host stays a host.
  public func prefix(_ prefix: IPv4Prefix) -> IPPrefix {
    guard addressFamily == .ipv6 else { return .v4(prefix) }
    let length = prefix.length == 32 ? 128 : 32 + prefix.length
    return IPPrefix(.v6(globalAddress(prefix.address)), length: length)
  }

  /// An address that is advertised, not sent from.
  public func globalAddress(_ address: IPv4Address) -> IPv6Address {
    IPv6Address(high: 0x2001_0DB8_0000_0000 | UInt64(address.rawValue), low: 1)
  }

  /// How Hellos name a router as Designated Router: by its address in OSPFv2, by its router ID in OSPFv3.
  public func identity(_ routerID: RouterID, _ address: IPv4Address) -> DesignatedRouterID {
    DesignatedRouterID(rawValue: version == .v2 ? address.rawValue : routerID.rawValue)
  }

  /// What an area of the kind and a router that takes part say in the options of Hellos.
  public func options(_ kind: AreaConfiguration) -> Options {
    var options: Options =
      switch kind {
      case .normal: .externalRouting
      case .stub: []
      case .nssa: .nssa
      }
    switch self {
    case .ospfv2: break
    case .ospfv3: options.formUnion([.v6, .router])
    case .ospfv3IPv4: options.formUnion([.addressFamilies, .router])
    }
    return options
  }

  /// A configuration, for this instance.
  public func translate(_ configuration: RouterConfiguration) -> RouterConfiguration {
    var configuration = configuration
    configuration.version = version
    configuration.addressFamily = addressFamily
    return configuration
  }

  /// An interface that is described with an IPv4 address, for this instance. What is described for OSPFv3 stays as it is.
  public func translate(_ definition: InterfaceDefinition) -> InterfaceDefinition {
    var definition = definition
    guard version == .v3, case .ipv4(let address, let subnet, let isUnnumbered) = definition.addressing else { return definition }
    let addresses =
      isUnnumbered
      ? []
      : [
        InterfaceAddress(address: .v4(address), prefix: .v4(subnet)),
        InterfaceAddress(address: .v6(globalAddress(address)), prefix: ProtocolInstance.ospfv3.prefix(subnet)),
      ]
    definition.addressing = .ipv6(linkLocal: linkLocal(address), addresses: addresses)
    definition.settings.instanceID = instanceID
    definition.settings.neighbors = definition.settings.neighbors.map {
      ConfiguredNeighbor(address: translate($0.address), priority: $0.priority)
    }
    return definition
  }

  private func linkLocal(_ address: IPv4Address) -> IPv6Address? { self.address(address).v6 }

  private func translate(_ address: IPAddress) -> IPAddress { address.v4.map { self.address($0) } ?? address }

  /// An advertisement of an IPv4 prefix, for this instance.
  public func translate(_ advertisement: Advertisement) -> Advertisement {
    guard case .v4(let prefix) = advertisement.prefix else { return advertisement }
    return Advertisement(prefix: self.prefix(prefix), kind: advertisement.kind, nextHop: advertisement.nextHop)
  }
}
