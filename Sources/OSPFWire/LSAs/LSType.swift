/// The type of an LSA. OSPFv2 types are their one octet (1 for a router-LSA); OSPFv3 types keep the U-bit and the scope bits
/// (0x2001 for a router-LSA) as in RFC 5340 section A.4.2.1.
public struct LSType: RawRepresentable, Hashable, Comparable, Sendable {
  /// The number on the wire.
  public var rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// OSPFv2 types (RFC 2328 section A.4.1, RFC 3101, RFC 5250).
extension LSType {
  public static let router = LSType(rawValue: 1)
  public static let network = LSType(rawValue: 2)
  public static let summaryNetwork = LSType(rawValue: 3)
  public static let summaryASBR = LSType(rawValue: 4)
  public static let asExternal = LSType(rawValue: 5)
  public static let nssaExternal = LSType(rawValue: 7)
  public static let opaqueLink = LSType(rawValue: 9)
  public static let opaqueArea = LSType(rawValue: 10)
  public static let opaqueAS = LSType(rawValue: 11)
}

/// OSPFv3 types (RFC 5340 section A.4.2.1).
extension LSType {
  public static let routerV3 = LSType(rawValue: 0x2001)
  public static let networkV3 = LSType(rawValue: 0x2002)
  public static let interAreaPrefix = LSType(rawValue: 0x2003)
  public static let interAreaRouter = LSType(rawValue: 0x2004)
  public static let asExternalV3 = LSType(rawValue: 0x4005)
  public static let nssaV3 = LSType(rawValue: 0x2007)
  public static let link = LSType(rawValue: 0x0008)
  public static let intraAreaPrefix = LSType(rawValue: 0x2009)
  /// RFC 7770 section 2.2, area scope: routers that do not know it flood it as if they did.
  public static let routerInformation = LSType(rawValue: 0xA00C)
  /// The same with AS scope.
  public static let routerInformationAS = LSType(rawValue: 0xC00C)
  /// RFC 5187 section 2.2
  public static let grace = LSType(rawValue: 0x000B)
}

/// How far an LSA travels (RFC 5340 section 4.5.2, RFC 5250 section 3).
public enum FloodingScope: Hashable, Sendable, CaseIterable {
  /// The link that it was received on.
  case link
  case area
  /// All areas but stub areas and NSSAs.
  case autonomousSystem
}

extension LSType {
  /// Whether the version's RFCs define the type and this project has its format, or, for the opaque types, need not have it.
  public func isDefined(version: OSPFVersion) -> Bool {
    switch (version, self) {
    case (.v2, .router), (.v2, .network), (.v2, .summaryNetwork), (.v2, .summaryASBR), (.v2, .asExternal), (.v2, .nssaExternal),
      (.v2, .opaqueLink), (.v2, .opaqueArea), (.v2, .opaqueAS):
      true
    case (.v3, .routerV3), (.v3, .networkV3), (.v3, .interAreaPrefix), (.v3, .interAreaRouter), (.v3, .asExternalV3),
      (.v3, .nssaV3), (.v3, .link), (.v3, .intraAreaPrefix):
      true
    case (.v2, _), (.v3, _): false
    }
  }

  /// The U-bit of an OSPFv3 type: a router that does not know the type stores and floods the LSA as if it did.
  public var isFloodedWhereUnknown: Bool { rawValue & 0x8000 != 0 }

  /// How far an LSA of this type travels; nil for the reserved scope of OSPFv3, whose LSAs are discarded. In OSPFv3 a type that
  /// is not defined and whose U-bit is clear stays on its link, whatever its scope bits say (RFC 5340 section A.4.2.1).
  public func floodingScope(version: OSPFVersion) -> FloodingScope? {
    switch version {
    case .v2:
      switch self {
      case .opaqueLink: return .link
      case .asExternal, .opaqueAS: return .autonomousSystem
      default: return .area
      }
    case .v3:
      let scopeBits = rawValue >> 13 & 3
      if scopeBits == 3 { return nil }
      if scopeBits == 0 || !(isDefined(version: .v3) || isFloodedWhereUnknown) { return .link }
      return scopeBits == 1 ? .area : .autonomousSystem
    }
  }

  /// What people call the type: `router-LSA`, `AS-external-LSA`, `LS type 13`, `LS type 0x2013`.
  public func name(_ version: OSPFVersion) -> String {
    switch (version, self) {
    case (.v2, .router), (.v3, .routerV3): "router-LSA"
    case (.v2, .network), (.v3, .networkV3): "network-LSA"
    case (.v2, .summaryNetwork): "summary-LSA"
    case (.v2, .summaryASBR): "ASBR-summary-LSA"
    case (.v2, .asExternal), (.v3, .asExternalV3): "AS-external-LSA"
    case (.v2, .nssaExternal), (.v3, .nssaV3): "NSSA-LSA"
    case (.v2, .opaqueLink): "link-local opaque-LSA"
    case (.v2, .opaqueArea): "area-local opaque-LSA"
    case (.v2, .opaqueAS): "AS-wide opaque-LSA"
    case (.v3, .interAreaPrefix): "inter-area-prefix-LSA"
    case (.v3, .interAreaRouter): "inter-area-router-LSA"
    case (.v3, .link): "link-LSA"
    case (.v3, .intraAreaPrefix): "intra-area-prefix-LSA"
    case (.v3, .routerInformation), (.v3, .routerInformationAS): "router-information-LSA"
    case (.v2, _): "LS type \(rawValue)"
    case (.v3, _): "LS type \(hexadecimal)"
    }
  }

  private var hexadecimal: String {
    let digits = String(rawValue, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
