import Crypto

/// How the packets of an OSPFv2 interface are authenticated (RFC 2328 appendix D).
public enum Authentication: Hashable, Sendable {
  /// AuType 0: not at all.
  case null
  /// AuType 1: every packet carries the same 64 bits, which everybody on the network can read.
  case simplePassword(Secret)
  /// AuType 2: every packet is followed by a digest over itself and a key. Packets under any of the keys are accepted; the last one is
  /// for our own. Without keys no packet is accepted, and our own are under key ID 0 and an empty key, as Quagga's are.
  case cryptographic([CryptographicKey])

  /// The AuType field.
  public var type: UInt16 {
    switch self {
    case .null: 0
    case .simplePassword: 1
    case .cryptographic: 2
    }
  }

  /// The number of octets that follow our own packets.
  public var trailerLength: Int {
    switch self {
    case .null, .simplePassword: 0
    case .cryptographic(let keys): (keys.last ?? .absent).algorithm.digestLength
    }
  }
}

/// A key of cryptographic authentication.
public struct CryptographicKey: Hashable, Sendable {
  /// The Key ID, which every packet names.
  public var id: UInt8
  /// What digests are made with.
  public var algorithm: CryptographicAlgorithm
  /// The key itself.
  public var secret: Secret

  /// Makes a key.
  public init(id: UInt8, algorithm: CryptographicAlgorithm = .md5, secret: Secret) {
    self.id = id
    self.algorithm = algorithm
    self.secret = secret
  }

  /// What packets are sent with while there is no key.
  static let absent = CryptographicKey(id: 0, secret: Secret([]))
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
  case unknownKey(id: UInt8)
  /// The digest is not as long as those of the key's algorithm, or is not there.
  case digestLength(keyID: UInt8, algorithm: CryptographicAlgorithm, received: Int)
  /// The digest was made with another key, or of other octets.
  case digest(keyID: UInt8, algorithm: CryptographicAlgorithm)
}

extension AuthenticationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .type(let received, let ours):
      "the authentication type is \(Self.name(ofType: received)) there and \(Self.name(ofType: ours)) here"
    case .password: "the simple password is another one there than here"
    case .unknownKey(let id): "the authentication key ID is \(id), and there is no such key here"
    case .digestLength(let keyID, let algorithm, let received):
      "the digest with key ID \(keyID) has \(received) octets, and those of \(algorithm.rawValue) have \(algorithm.digestLength)"
    case .digest(let keyID, let algorithm):
      "the \(algorithm.rawValue) digest is wrong: the key with ID \(keyID) is another one there than here"
    }
  }

  private static func name(ofType type: UInt16) -> String {
    switch type {
    case 0: "null"
    case 1: "simple password"
    case 2: "cryptographic"
    default: "\(type)"
    }
  }
}
