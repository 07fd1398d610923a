import OSPFProtocol
import OSPFWire

/// What the operator asked for.
public struct FirstConfigurationRequest: Hashable, Sendable {
  /// The device that leads to the router; nil to choose those on which a router is heard, else that of the default gateway.
  public var interface: String?
  /// The addresses of the first service.
  public var addresses: [IPAddress]
  /// In whose language the router's side is written; nil for none.
  public var router: RouterKind?

  /// Asks for a configuration.
  public init(interface: String? = nil, addresses: [IPAddress] = [], router: RouterKind? = nil) {
    self.interface = interface
    self.addresses = addresses
    self.router = router
  }
}

/// Why there is no first configuration.
public struct UnknownDevice: Error, Hashable, CustomStringConvertible {
  var name: String
  var known: [String]

  public var description: String { "there is no device \(name); there are \(known.joined(separator: ", "))" }
}

/// A first configuration: which devices lead to routers, and what each is told.
public struct FirstConfiguration: Hashable, Sendable {
  let host: HostView
  let request: FirstConfigurationRequest
  let plans: [UplinkPlan]

  /// Plans a configuration for a host.
  public init(for host: HostView, _ request: FirstConfigurationRequest) throws(UnknownDevice) {
    self.host = host
    self.request = request
    plans = try Self.uplinks(of: host, request).flatMap { link in
      Self.versions(on: link, host, request).map { version in
        UplinkPlan(
          link, version, hellos: host.hellos.filter { $0.interfaceIndex == link.index && $0.version == version })
      }
    }
  }

  /// The devices that lead to routers: the one that was asked for, else those on which a router is heard, else those of the default
  /// gateways.
  private static func uplinks(
    of host: HostView, _ request: FirstConfigurationRequest
  ) throws(UnknownDevice) -> [Link] {
    if let name = request.interface {
      guard let link = host.links.first(where: { $0.name == name }) else {
        throw UnknownDevice(name: name, known: host.links.map(\.name))
      }
      return [link]
    }
    let heard = Set(host.hellos.map(\.interfaceIndex))
    let wanted = heard.isEmpty ? Set(host.gateways.map(\.interfaceIndex)) : heard
    return host.links.filter { wanted.contains($0.index) && !$0.isLoopback }
  }

  /// The versions that a device speaks: those that are heard on it and those that the addresses need. When neither says anything,
  /// OSPFv2, or OSPFv3 where the device has no IPv4 address.
  private static func versions(
    on link: Link, _ host: HostView, _ request: FirstConfigurationRequest
  ) -> [OSPFVersion] {
    var versions = Set(host.hellos.filter { $0.interfaceIndex == link.index }.map(\.version))
    for address in request.addresses { versions.insert(address.v4 != nil ? .v2 : .v3) }
    if versions.isEmpty { versions.insert(link.addresses.contains { $0.address.v4 != nil } ? .v2 : .v3) }
    return OSPFVersion.allCases.filter(versions.contains)
  }

  /// The router ID: this node's own address on an uplink, which no other router may have as its router ID.
  var routerID: IPv4Address? {
    let others = Set(host.hellos.map(\.header.routerID.rawValue))
    return plans.lazy.flatMap(\.link.addresses).compactMap(\.address.v4).first {
      !others.contains($0.rawValue) && !request.addresses.contains(.v4($0))
    }
  }
}
