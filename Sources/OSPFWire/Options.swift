/// The Options field of Hellos, Database Descriptions and LSAs: 8 bits in OSPFv2 (RFC 2328 section A.2), 24 in OSPFv3 (RFC 5340
/// section A.2). E, N and DC stand at the same bit in both versions.
public struct Options: OptionSet, Hashable, Sendable {
  /// The bits, right-aligned.
  public var rawValue: UInt32

  /// Makes options from the bits on the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// V6-bit: the router or link takes part in IPv6 routing. OSPFv3 only.
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
  /// AF-bit of OSPFv3 (RFC 5838).
  public static let addressFamilies = Options(rawValue: 0x100)
  /// L-bit of OSPFv3 (RFC 5613).
  public static let linkLocalSignalingV3 = Options(rawValue: 0x200)
}
