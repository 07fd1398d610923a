import Crypto

/// How the packets of an interface are authenticated (RFC 2328 appendix D, RFC 7474, RFC 7166).
public enum Authentication: Hashable, Sendable {
  /// AuType 0: not at all.
  case null
  /// AuType 1: every packet carries the same 64 bits, which everybody on the network can read.
  case simplePassword(Secret)
  /// AuType 2: every packet is followed by a digest over itself and a key. Packets under any of the keys are accepted; the last one is
  /// for our own. Without keys no packet is accepted, and none is sent.
  case cryptographic([CryptographicKey])
  /// AuType 3 (RFC 7474): the same with sequence numbers of 64 bits, and a digest that covers the source address.
  case extendedCryptographic([CryptographicKey])
  /// OSPFv3: every packet is followed by an authentication trailer (RFC 7166).
  case trailer([CryptographicKey], AuthenticationTrailer.ProtocolIDOrder = .network)

  /// The AuType field of OSPFv2.
  public var type: UInt16 {
    switch self {
    case .null, .trailer: 0
    case .simplePassword: 1
    case .cryptographic: 2
    case .extendedCryptographic: 3
    }
  }

  /// The largest number of octets that follow our own packets, whichever key is in force.
  public var trailerLength: Int {
    let digestLength = keys.map(\.algorithm.digestLength).max() ?? 0
    return switch self {
    case .null, .simplePassword: 0
    case .cryptographic: digestLength
    case .extendedCryptographic: PacketHeader.extendedSequenceNumberSize + digestLength
    case .trailer: AuthenticationTrailer.headerSize + digestLength
    }
  }
}

/// A key of cryptographic authentication.
public struct CryptographicKey: Hashable, Sendable {
  /// The Key ID, which every packet names: one octet in OSPFv2, and two, called Security Association ID, in OSPFv3.
  public var id: UInt16
  /// What digests are made with.
  public var algorithm: CryptographicAlgorithm
  /// The key itself.
  public var secret: Secret
  /// When packets are sent with it: KeyStartGenerate to KeyStopGenerate (RFC 2328 section D.3).
  public var sendLifetime: KeyLifetime
  /// When packets with it are accepted: KeyStartAccept to KeyStopAccept.
  public var acceptLifetime: KeyLifetime

  public init(
    id: UInt16, algorithm: CryptographicAlgorithm = .md5, secret: Secret, sendLifetime: KeyLifetime = .always,
    acceptLifetime: KeyLifetime = .always
  ) {
    self.id = id
    self.algorithm = algorithm
    self.secret = secret
    self.sendLifetime = sendLifetime
    self.acceptLifetime = acceptLifetime
  }
}

/// What digests of cryptographic authentication are made with. The raw value is FRR's word.
public enum CryptographicAlgorithm: String, Hashable, Sendable, CaseIterable {
  /// Keyed MD5 (RFC 2328 section D.3).
  case md5
  /// The hash functions of RFC 5709, as HMAC.
  case hmacSHA1 = "hmac-sha-1"
  case hmacSHA256 = "hmac-sha-256"
  case hmacSHA384 = "hmac-sha-384"
  case hmacSHA512 = "hmac-sha-512"

  /// The number of octets of a digest: the Auth Data Len field.
  public var digestLength: Int {
    switch self {
    case .md5: Insecure.MD5.byteCount
    case .hmacSHA1: Insecure.SHA1.byteCount
    case .hmacSHA256: SHA256.byteCount
    case .hmacSHA384: SHA384.byteCount
    case .hmacSHA512: SHA512.byteCount
    }
  }
}

/// The octets of a password or key. Nothing prints them by accident: to see them one has to ask for `bytes`.
public struct Secret: Hashable, Sendable {
  /// The octets.
  public let bytes: [UInt8]

  /// Keeps octets.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Keeps the octets of a text.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// The first octets, and zeros where there are fewer.
  func padded(to length: Int) -> [UInt8] {
    let kept = bytes.prefix(length)
    return kept + Array(repeating: 0, count: length - kept.count)
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a packet is not taken for that of a router that knows the key. Its description is the end of a sentence for an operator, and
/// never contains a key.
public enum AuthenticationError: Error, Hashable, Sendable {
  /// The AuType is not ours.
  case type(received: UInt16, ours: UInt16)
  /// Another password.
  case password
  /// No key has the packet's Key ID.
  case unknownKey(id: UInt16)
  /// The key with the packet's Key ID is not accepted yet, or not any more.
  case keyNotInForce(id: UInt16)
  /// The digest is not as long as those of the key's algorithm, or is not there.
  case digestLength(keyID: UInt16, algorithm: CryptographicAlgorithm, received: Int)
  /// The digest was made with another key, or of other octets.
  case digest(keyID: UInt16, algorithm: CryptographicAlgorithm)
  /// OSPFv3: one side sends authentication trailers, and the other does not.
  case trailer(isThere: Bool)
  /// OSPFv3: the digest is right, but for the order of the two octets that follow the key.
  case protocolIDOrder(received: AuthenticationTrailer.ProtocolIDOrder)
}

extension AuthenticationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .type(let received, let ours):
      "the authentication type is \(Self.name(ofType: received)) there and \(Self.name(ofType: ours)) here"
    case .password: "the simple password is another one there than here"
    case .unknownKey(let id): "the authentication key ID is \(id), and there is no such key here"
    case .keyNotInForce(let id): "the authentication key ID is \(id), and that key is not accepted now: see its accept-lifetime"
    case .digestLength(let keyID, let algorithm, received: 0):
      "there is no digest of \(algorithm.rawValue) behind the packet with key ID \(keyID): FRR without OpenSSL, as Debian builds it, "
        + "has md5 and hmac-sha-256 alone, and sends such packets for the others"
    case .digestLength(let keyID, let algorithm, let received):
      "the digest with key ID \(keyID) has \(received) octets, and those of \(algorithm.rawValue) have \(algorithm.digestLength)"
    case .digest(let keyID, let algorithm):
      "the \(algorithm.rawValue) digest is wrong: the key with ID \(keyID) is another one there than here"
    case .trailer(isThere: true): "an authentication trailer follows the packet, and none is configured here"
    case .trailer(isThere: false): "no authentication trailer follows the packet, and one is configured here"
    case .protocolIDOrder(let received):
      "the key is right, but the Cryptographic Protocol ID that follows it is in the order \(received.rawValue) there: write "
        + "'ipv6 ospf6 authentication protocol-id \(received.rawValue)' (FRR before version 9.1 has little-endian)"
    }
  }

  private static func name(ofType type: UInt16) -> String {
    switch type {
    case 0: "null"
    case 1: "simple password"
    case 2: "cryptographic"
    case 3: "cryptographic with extended sequence numbers"
    default: "\(type)"
    }
  }
}
