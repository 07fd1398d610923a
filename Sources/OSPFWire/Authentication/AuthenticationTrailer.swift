import Crypto

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
  public init?(_ octets: [UInt8]) {
    func number(_ range: Range<Int>) -> UInt64 { octets[range].reduce(0) { $0 << 8 | UInt64($1) } }
    guard octets.count > 16, number(2..<4) == UInt64(octets.count) else { return nil }
    type = UInt16(truncatingIfNeeded: number(0..<2))
    securityAssociationID = UInt16(truncatingIfNeeded: number(6..<8))
    sequenceNumber = number(8..<16)
    data = Array(octets[16...])
  }

  /// In which order the octets of the Cryptographic Protocol ID follow the key (RFC 7166 section 4.5).
  public enum ProtocolIDOrder: Sendable {
    /// As the RFC has it.
    case network
    /// As FRR has it on a little-endian machine.
    case littleEndian

    fileprivate var octets: [UInt8] {
      switch self {
      case .network: [0, 1]
      case .littleEndian: [1, 0]
      }
    }
  }

  /// Whether the digest is that of the packet and the key (RFC 7166 section 4.5). Compares in a time that does not depend on where they
  /// differ.
  ///
  /// `bytes` is the whole payload of the IP datagram, of which this is the trailer, and `source` the address that it came from.
  public func isAuthentic(
    _ bytes: [UInt8], from source: IPv6Address, _ algorithm: CryptographicAlgorithm, _ secret: Secret,
    _ order: ProtocolIDOrder = .network
  ) -> Bool {
    guard algorithm != .md5, data.count == algorithm.digestLength, bytes.count >= data.count else { return false }
    let apad = source.octets + CryptographicAlgorithm.apad
    let message = bytes.dropLast(data.count) + (0..<data.count).map { $0 < 16 ? apad[$0] : apad[16 + $0 % 4] }
    return algorithm.isHMAC(data[...], of: message[...], under: secret.bytes + order.octets)
  }
}
