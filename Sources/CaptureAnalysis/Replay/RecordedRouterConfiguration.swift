import OSPFProtocol
import OSPFWire

/// The configuration of an engine in a recorded router's place.
extension RecordedRouter {
  /// The instance. It advertises nothing and paces like the default.
  var configuration: RouterConfiguration {
    RouterConfiguration(
      version: version, routerID: routerID, addressFamily: version == .v2 ? .ipv4 : AddressFamily(instanceID: instanceID),
      areas: [area: areaConfiguration], stubRouter: StubRouterPolicy(maxMetric: .never))
  }

  /// The interface, among `peers`; nil when no Hello tells what it is. In OSPFv3 the index is the Interface ID that its Hellos tell.
  func interface(among peers: [RecordedRouter], index: UInt32 = 1) -> InterfaceDefinition? {
    guard let hello else { return nil }
    var settings = InterfaceSettings(area: area, networkType: networkType)
    settings.routerDeadInterval = .seconds(max(1, Int64(hello.routerDeadInterval)))
    settings.helloInterval = Self.helloInterval(hello)
    settings.priority = hello.priority
    settings.cost = max(1, cost ?? settings.cost)
    settings.instanceID = instanceID
    if networkType == .nonBroadcast || networkType == .pointToMultipoint {
      settings.neighbors = peers.map { ConfiguredNeighbor(address: $0.address, priority: $0.hello?.priority ?? 1) }
    }
    let addressing: InterfaceDefinition.Addressing
    switch (hello.attachment, address) {
    case (.networkMask(let mask), .v4(let address)):
      let length = IPv4Prefix.length(ofMask: mask) ?? 32
      addressing = .ipv4(address: address, subnet: IPv4Prefix(address, length: length), isUnnumbered: length == 0)
    case (.interfaceID, .v6(let address)): addressing = .ipv6(linkLocal: address, addresses: [])
    case (.networkMask, .v6), (.interfaceID, .v4): return nil
    }
    var index = index
    if case .interfaceID(let interfaceID) = hello.attachment { index = interfaceID }
    return InterfaceDefinition(
      name: device ?? "captured", index: index, addressing: addressing, mtu: Int(interfaceMTU ?? 1500), settings: settings)
  }

  /// Fast Hellos say nothing about their interval (it is sent as 0): four in a RouterDeadInterval.
  private static func helloInterval(_ hello: Hello) -> Duration {
    hello.helloInterval == 0
      ? .milliseconds(max(1, min(Int64(hello.routerDeadInterval), 4)) * 250) : .seconds(Int64(hello.helloInterval))
  }
}
