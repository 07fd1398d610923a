/// The Options field of Hellos, Database Descriptions and LSAs: 8 bits in OSPFv2 (RFC 2328 section A.2), 24 in OSPFv3 (RFC 5340
/// section A.2). E, N and DC stand at the same bit in both versions.
public struct Options: OptionSet, Hashable, Sendable {
  /// The bits, right-aligned.
  public var rawValue: UInt32

  /// Makes options from the bits on the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// MT-bit of OSPFv2: multiple topologies (RFC 4915).
  public static let multiTopology = Options(rawValue: 0x01)
  /// V6-bit of OSPFv3: the router or link takes part in IPv6 routing.
  public static let v6 = Options(rawValue: 0x01)
  /// E-bit: AS-external-LSAs are flooded.
  public static let externalRouting = Options(rawValue: 0x02)
  /// MC-bit, unused by this project.
  public static let multicast = Options(rawValue: 0x04)
  /// N-bit in Hellos and Database Descriptions (the area is an NSSA), P-bit in type 7 LSAs (propagate), RFC 3101.
  public static let nssa = Options(rawValue: 0x08)
  /// L-bit of OSPFv2: an LLS data block follows (RFC 5613).
  public static let linkLocalSignaling = Options(rawValue: 0x10)
  /// R-bit of OSPFv3: the originator is an active router.
  public static let router = Options(rawValue: 0x10)
  /// DC-bit: demand circuits (RFC 1793).
  public static let demandCircuits = Options(rawValue: 0x20)
  /// O-bit of OSPFv2: opaque LSAs (RFC 5250), set in Database Descriptions.
  public static let opaque = Options(rawValue: 0x40)
  /// DN-bit of OSPFv2 LSAs: not to be used in route calculation by a provider edge (RFC 4576).
  public static let down = Options(rawValue: 0x80)
  /// AF-bit of OSPFv3 (RFC 5838).
  public static let addressFamilies = Options(rawValue: 0x100)
  /// L-bit of OSPFv3 (RFC 5613).
  public static let linkLocalSignalingV3 = Options(rawValue: 0x200)
  /// AT-bit of OSPFv3: an authentication trailer follows (RFC 7166).
  public static let authenticationTrailer = Options(rawValue: 0x400)

  /// The names of the bits that are set, lowest first, as the RFCs write them: `E`, `DC`. A bit without a name is its number in
  /// hexadecimal.
  public func names(_ version: OSPFVersion) -> [String] {
    let named =
      switch version {
      case .v2: Self.namesOSPFv2
      case .v3: Self.namesOSPFv3
      }
    var names: [String] = []
    var rest = rawValue & 0xFF_FFFF
    names.reserveCapacity(rest.nonzeroBitCount)
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      names.append(bit < named.count ? named[bit] : Hexadecimal.text(1 << bit, digits: 1))
      rest &= rest - 1
    }
    return names
  }

  private static let namesOSPFv2 = ["MT", "E", "MC", "N/P", "L", "DC", "O", "DN"]
  private static let namesOSPFv3 = ["V6", "E", "MC", "N", "R", "DC", "0x40", "0x80", "AF", "L", "AT"]
}
