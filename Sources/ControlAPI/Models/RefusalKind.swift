/// Why a packet was refused, for programs. A later daemon may name others, which a tool of today shows as they are.
public struct RefusalKind: RawRepresentable, Hashable, Sendable {
  public var rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public static let malformed = Self(rawValue: "malformed")
  public static let areaMismatch = Self(rawValue: "areaMismatch")
  public static let authenticationTypeMismatch = Self(rawValue: "authenticationTypeMismatch")
  public static let authenticationKeyUnknown = Self(rawValue: "authenticationKeyUnknown")
  public static let authenticationKeyNotInForce = Self(rawValue: "authenticationKeyNotInForce")
  public static let authenticationProtocolIDOrder = Self(rawValue: "authenticationProtocolIDOrder")
  public static let authenticationFailed = Self(rawValue: "authenticationFailed")
  public static let cryptographicSequenceNumberTooLow = Self(rawValue: "cryptographicSequenceNumberTooLow")
  public static let sourceNotOnSubnet = Self(rawValue: "sourceNotOnSubnet")
  public static let sourceNotAHost = Self(rawValue: "sourceNotAHost")
  public static let reservedRouterID = Self(rawValue: "reservedRouterID")
  public static let destinationNotForUs = Self(rawValue: "destinationNotForUs")
  public static let instanceMismatch = Self(rawValue: "instanceMismatch")
  public static let sourceNotLinkLocal = Self(rawValue: "sourceNotLinkLocal")
  public static let interfaceNotActive = Self(rawValue: "interfaceNotActive")
  public static let noSuchInterface = Self(rawValue: "noSuchInterface")
  public static let unknownNeighbor = Self(rawValue: "unknownNeighbor")
  public static let ownRouterID = Self(rawValue: "ownRouterID")
  public static let networkMaskMismatch = Self(rawValue: "networkMaskMismatch")
  public static let helloIntervalMismatch = Self(rawValue: "helloIntervalMismatch")
  public static let routerDeadIntervalMismatch = Self(rawValue: "routerDeadIntervalMismatch")
  public static let externalRoutingCapabilityMismatch = Self(rawValue: "externalRoutingCapabilityMismatch")
  public static let nssaCapabilityMismatch = Self(rawValue: "nssaCapabilityMismatch")
  public static let addressFamilyMismatch = Self(rawValue: "addressFamilyMismatch")
  public static let mtuMismatch = Self(rawValue: "mtuMismatch")
  public static let neighborStateTooLow = Self(rawValue: "neighborStateTooLow")
  public static let limit = Self(rawValue: "limit")
  public static let timeToLiveTooLow = Self(rawValue: "timeToLiveTooLow")
  public static let neighborNotAllowed = Self(rawValue: "neighborNotAllowed")

  /// Those that this version names.
  public static let known: Set<Self> = [
    .malformed, .areaMismatch, .authenticationTypeMismatch, .authenticationKeyUnknown, .authenticationKeyNotInForce,
    .authenticationProtocolIDOrder, .authenticationFailed, .cryptographicSequenceNumberTooLow, .sourceNotOnSubnet,
    .sourceNotAHost, .reservedRouterID, .destinationNotForUs, .instanceMismatch, .sourceNotLinkLocal, .interfaceNotActive,
    .noSuchInterface, .unknownNeighbor, .ownRouterID, .networkMaskMismatch, .helloIntervalMismatch,
    .routerDeadIntervalMismatch, .externalRoutingCapabilityMismatch, .nssaCapabilityMismatch, .addressFamilyMismatch,
    .mtuMismatch, .neighborStateTooLow, .limit, .timeToLiveTooLow, .neighborNotAllowed,
  ]
}

extension RefusalKind: CustomStringConvertible { public var description: String { rawValue } }

// A string in JSON.
extension RefusalKind: Codable {}
