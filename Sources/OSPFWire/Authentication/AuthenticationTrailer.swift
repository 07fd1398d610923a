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

  /// The number of octets before the Authentication Data.
  public static let headerSize = 16

  /// Reads the trailer that `octets` are; nil when they are not exactly one.
  public init?(_ octets: [UInt8]) {
    func number(_ range: Range<Int>) -> UInt64 { octets[range].reduce(0) { $0 << 8 | UInt64($1) } }
    guard octets.count > Self.headerSize, number(2..<4) == UInt64(octets.count) else { return nil }
    type = UInt16(truncatingIfNeeded: number(0..<2))
    securityAssociationID = UInt16(truncatingIfNeeded: number(6..<8))
    sequenceNumber = number(8..<16)
    data = Array(octets[Self.headerSize...])
  }

  /// In which order the octets of the Cryptographic Protocol ID follow the key (RFC 7166 section 4.5).
  public enum ProtocolIDOrder: String, Hashable, Sendable, CaseIterable {
    /// As the RFC has it.
    case network = "big-endian"
    /// As FRR before version 9.1 has it on a little-endian machine.
    case littleEndian = "little-endian"

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
    let message = bytes.dropLast(data.count) + Self.apad(source, length: data.count)
    return algorithm.isHMAC(data[...], of: message[...], under: secret.bytes + order.octets)
  }

  /// What stands in the place of the digest while it is computed: the source address, then 0x878FE1F3 again and again.
  private static func apad(_ source: IPv6Address, length: Int) -> [UInt8] {
    let octets = source.octets
    return (0..<length).map { $0 < octets.count ? octets[$0] : CryptographicAlgorithm.apad[$0 % 4] }
  }

  /// Appends the trailer to a finished packet, of which the checksum is left zero (RFC 7166 sections 4.1 and 4.5).
  static func append(
    to packet: inout [UInt8], _ key: CryptographicKey, _ order: ProtocolIDOrder, sequenceNumber: UInt64, from source: IPv6Address
  ) {
    let length = headerSize + key.algorithm.digestLength
    packet += [0, 1, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), 0, 0]
    packet += [UInt8(truncatingIfNeeded: key.id >> 8), UInt8(truncatingIfNeeded: key.id)]
    packet += (0..<8).map { UInt8(truncatingIfNeeded: sequenceNumber >> (56 - 8 * $0)) }
    let message = packet + apad(source, length: key.algorithm.digestLength)
    packet += key.algorithm.hmac(of: message[...], under: key.secret.bytes + order.octets)
  }

  /// Refuses a trailer that no key has made.
  func verify(
    _ bytes: [UInt8], from source: IPv6Address, _ keys: [CryptographicKey], _ order: ProtocolIDOrder
  ) throws(AuthenticationError) {
    let id = securityAssociationID
    guard let key = keys.last(where: { $0.id == id }) else { throw .unknownKey(id: id) }
    guard data.count == key.algorithm.digestLength else {
      throw .digestLength(keyID: id, algorithm: key.algorithm, received: data.count)
    }
    guard !isAuthentic(bytes, from: source, key.algorithm, key.secret, order) else { return }
    for other in ProtocolIDOrder.allCases where other != order {
      guard !isAuthentic(bytes, from: source, key.algorithm, key.secret, other) else { throw .protocolIDOrder(received: other) }
    }
    throw .digest(keyID: id, algorithm: key.algorithm)
  }
}
