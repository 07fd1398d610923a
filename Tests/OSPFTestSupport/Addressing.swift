import OSPFProtocol
import OSPFWire

/// The multicast groups of OSPFv2 (RFC 2328 appendix A.1).
extension IPv4Address {
  /// 224.0.0.5
  public static let allSPFRouters = IPv4Address(224, 0, 0, 5)
  /// 224.0.0.6
  public static let allDRouters = IPv4Address(224, 0, 0, 6)
}

extension IPAddress {
  /// 224.0.0.5
  public static let allSPFRouters = IPAddress.v4(.allSPFRouters)
  /// 224.0.0.6
  public static let allDRouters = IPAddress.v4(.allDRouters)
}

/// Addresses in tests are written as text; text that is no address is a mistake in the test and ends it at once.
extension IPv4Address: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    guard let address = IPv4Address(value) else { preconditionFailure("not an IPv4 address: \(value)") }
    self = address
  }
}

extension IPv6Address: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    guard let address = IPv6Address(value) else { preconditionFailure("not an IPv6 address: \(value)") }
    self = address
  }
}

extension RouterID: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    guard let routerID = RouterID(value) else { preconditionFailure("not a router ID: \(value)") }
    self = routerID
  }
}

extension AreaID: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    guard let area = AreaID(value) else { preconditionFailure("not an area ID: \(value)") }
    self = area
  }
}

extension LinkStateID: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(rawValue: IPv4Address(stringLiteral: value).rawValue) }
}

extension DesignatedRouterID: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(rawValue: IPv4Address(stringLiteral: value).rawValue) }
}

extension IPv4Prefix: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    guard case .v4(let prefix) = IPPrefix(value) else { preconditionFailure("not an IPv4 prefix: \(value)") }
    self = prefix
  }
}

extension IPPrefix: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    guard let prefix = IPPrefix(value) else { preconditionFailure("not a prefix: \(value)") }
    self = prefix
  }
}
