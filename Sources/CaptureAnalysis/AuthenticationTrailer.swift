import OSPFWire

/// What follows an OSPFv3 packet under authentication (RFC 7166 section 4.1).
public struct AuthenticationTrailer: Hashable, Sendable {
  /// Authentication Type; 1 is HMAC.
  public let type: UInt16
  /// Security Association ID: which key.
  public let securityAssociationID: UInt16
  /// Cryptographic Sequence Number.
  public let sequenceNumber: UInt64
  /// Authentication Data.
  public let data: [UInt8]

  /// Reads the trailer that `octets` are; nil when they are not exactly one.
  init?(_ octets: [UInt8]) {
    func number(_ range: Range<Int>) -> UInt64 { octets[range].reduce(0) { $0 << 8 | UInt64($1) } }
    guard octets.count > 16, number(2..<4) == UInt64(octets.count) else { return nil }
    type = UInt16(truncatingIfNeeded: number(0..<2))
    securityAssociationID = UInt16(truncatingIfNeeded: number(6..<8))
    sequenceNumber = number(8..<16)
    data = Array(octets[16...])
  }
}
