import OSPFProtocol
import OSPFWire

extension Configuration {
  /// An interface to a network of many hosts on which packets are not authenticated.
  public struct UnprotectedNetwork: Hashable, Sendable, CustomStringConvertible {
    public var interface: String
    public var versions: [OSPFVersion]

    public var description: String {
      let names = versions.map { $0 == .v2 ? "OSPFv2" : "OSPFv3" }.joined(separator: " and ")
      return
        "interface \(interface): \(names) without authentication on a network of many hosts, any of which can end the adjacency and "
        + "advertise routes: 'authentication' keeps them out, 'ttl-security' and 'neighbor-filter' those further away and mistakes"
    }
  }

  /// The interfaces that are named, in their order, on which a host of the same network can be taken for the router. No line is wrong
  /// there: it is what the site has decided, or has not thought of.
  public var unprotectedNetworks: [UnprotectedNetwork] {
    interfaces.compactMap { interface in
      let versions = OSPFVersion.allCases.filter { isUnprotected(interface, $0) }
      return versions.isEmpty ? nil : UnprotectedNetwork(interface: interface.name, versions: versions)
    }
  }

  private func isUnprotected(_ interface: InterfaceConfiguration, _ version: OSPFVersion) -> Bool {
    let parameters = interface[version, nil]
    guard self[version] != nil, let area = parameters.area, parameters.isPassive != true, interface.name != "lo",
      [nil, .broadcast, .nonBroadcast].contains(parameters.networkType)
    else { return false }
    return switch version {
    case .v2: (parameters.authentication ?? ospf?.areaAuthentication[area] ?? .null) == .null
    case .v3: parameters.trailer == nil
    }
  }
}
