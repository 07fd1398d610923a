/// The states of an interface, in the words of RFC 2328 section 9.1.
public enum InterfaceStateName: String, Codable, Hashable, Sendable, CaseIterable {
  case down = "Down"
  case loopback = "Loopback"
  case waiting = "Waiting"
  case pointToPoint = "Point-to-point"
  case drOther = "DROther"
  case backup = "Backup"
  case dr = "DR"
  /// A device that is configured and does not exist.
  case absent = "Absent"
}

/// The states of a neighbor, in the words of RFC 2328 section 10.1.
public enum NeighborStateName: String, Codable, Hashable, Sendable, CaseIterable {
  case down = "Down"
  case attempt = "Attempt"
  case `init` = "Init"
  case twoWay = "2-Way"
  case exStart = "ExStart"
  case exchange = "Exchange"
  case loading = "Loading"
  case full = "Full"
}

/// What a neighbor is on its network.
public enum NeighborRole: String, Codable, Hashable, Sendable, CaseIterable {
  case dr = "DR"
  case backup = "Backup"
  case drOther = "DROther"
  /// The network has no Designated Router, or the neighbor is not known yet.
  case none = "-"
}

/// What a Full neighbor describes in place of a link back that fits ours.
public enum LinkDescriptionName: String, Codable, Hashable, Sendable, CaseIterable {
  case transitNetwork = "transit network"
  case pointToPoint = "point-to-point link"
  case networkWithoutUs = "network without us"
  case nothing
}

/// The network types of RFC 2328 section 1.2, as the configuration spells them.
public enum NetworkTypeName: String, Codable, Hashable, Sendable, CaseIterable {
  case broadcast
  case nonBroadcast = "non-broadcast"
  case pointToPoint = "point-to-point"
  case pointToMultipoint = "point-to-multipoint"
  /// The device does not exist, and nothing says what it would be.
  case unknown = "-"
}

/// What kind an area is.
public enum AreaKindName: String, Codable, Hashable, Sendable, CaseIterable {
  case normal, stub, nssa
}

/// The states of a service.
public enum ServiceStateName: String, Codable, Hashable, Sendable, CaseIterable {
  case up, degraded, down
  case lastResort = "last-resort"
  /// Enough of its checks pass, and none of its addresses is advertised all the same.
  case withheld
  case damped, draining, drained, suspended

  /// Whether enough of its checks pass, and no operator keeps it from being advertised.
  public var isServing: Bool { self == .up || self == .degraded || self == .withheld }

  /// Whether its addresses are advertised, if need be as the last resort.
  public var isAdvertised: Bool { self == .up || self == .degraded || self == .lastResort }
}

/// Who puts a service's addresses on the device: `address-mode`.
public enum AddressModeName: String, Codable, Hashable, Sendable, CaseIterable {
  case always, healthy, present, none
}

/// The states of a check.
public enum CheckStateName: String, Codable, Hashable, Sendable, CaseIterable {
  case passing, degraded, failing, unknown
}

/// What a probe found.
public enum VerdictName: String, Codable, Hashable, Sendable, CaseIterable {
  case passing, degraded, failing, wrong
}

/// The states of a BFD session, in the words of RFC 5880 section 6.2.
public enum BFDStateName: String, Codable, Hashable, Sendable, CaseIterable {
  case adminDown = "AdminDown"
  case down = "Down"
  case `init` = "Init"
  case up = "Up"
}

/// Why a BFD session went down, in the words of RFC 5880 section 4.1; a neighbor may send a number that has none.
public struct BFDDiagnosticName: RawRepresentable, Codable, Hashable, Sendable {
  public var rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public static let none = Self(rawValue: "No Diagnostic")
}

/// How packets are authenticated: not at all, with a password that everybody can read, or with digests.
public enum AuthenticationName: String, Codable, Hashable, Sendable, CaseIterable {
  case none
  case simplePassword = "simple-password"
  case md5
  case hmacSHA1 = "hmac-sha-1"
  case hmacSHA256 = "hmac-sha-256"
  case hmacSHA384 = "hmac-sha-384"
  case hmacSHA512 = "hmac-sha-512"

  /// Whether packets carry a digest, for which there must be a key.
  public var isCryptographic: Bool { self != .none && self != .simplePassword }
}

/// How much an event matters.
public enum EventLevel: String, Codable, Hashable, Sendable, CaseIterable {
  case debug, info, notice, warning, error, critical

  /// Whether an operator would ask about it.
  public var isNotable: Bool {
    switch self {
    case .notice, .warning, .error, .critical: true
    case .debug, .info: false
    }
  }
}

extension InterfaceStateName: CustomStringConvertible { public var description: String { rawValue } }
extension NeighborStateName: CustomStringConvertible { public var description: String { rawValue } }
extension NeighborRole: CustomStringConvertible { public var description: String { rawValue } }
extension LinkDescriptionName: CustomStringConvertible { public var description: String { rawValue } }
extension NetworkTypeName: CustomStringConvertible { public var description: String { rawValue } }
extension AreaKindName: CustomStringConvertible { public var description: String { rawValue } }
extension ServiceStateName: CustomStringConvertible { public var description: String { rawValue } }
extension AddressModeName: CustomStringConvertible { public var description: String { rawValue } }
extension CheckStateName: CustomStringConvertible { public var description: String { rawValue } }
extension VerdictName: CustomStringConvertible { public var description: String { rawValue } }
extension BFDStateName: CustomStringConvertible { public var description: String { rawValue } }
extension BFDDiagnosticName: CustomStringConvertible { public var description: String { rawValue } }
extension AuthenticationName: CustomStringConvertible { public var description: String { rawValue } }
extension EventLevel: CustomStringConvertible { public var description: String { rawValue } }
