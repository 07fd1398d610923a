import OSPFProtocol
import OSPFWire

/// `ip ospf authentication` of an interface: which of its keys are used.
public enum AuthenticationChoice: Hashable, Sendable {
  /// `null`: none, whatever the area says.
  case null
  /// The simple password of `authentication-key`.
  case simple
  /// `message-digest`: the keys of `message-digest-key`.
  case messageDigest
  /// `key-chain NAME`: the keys of a `key chain` block.
  case keyChain(String)
}

/// `message-digest-key ID md5 KEY`
public struct DigestKey: Hashable, Sendable {
  /// The Key ID, 1 to 255.
  public var id: UInt8
  /// The key, at most 16 octets.
  public var secret: Secret

  /// Makes a key.
  public init(id: UInt8, secret: Secret) {
    self.id = id
    self.secret = secret
  }
}

/// `key chain NAME`: keys by their number, of which the one with the lowest is sent with, as in FRR.
public struct KeyChain: Hashable, Sendable {
  /// By Key ID.
  public var keys: [UInt8: Key] = [:]

  /// A chain without keys.
  public init() {}

  /// `key N`. What is nil has not been configured, and the key is then not used.
  public struct Key: Hashable, Sendable {
    /// `key-string`
    public var secret: Secret?
    /// `cryptographic-algorithm`
    public var algorithm: CryptographicAlgorithm?

    /// A key of which nothing is known.
    public init() {}
  }

  /// The keys that can be used, the one to send with last.
  var usable: [CryptographicKey] {
    keys.sorted { $0.key > $1.key }.compactMap { id, key in
      guard let secret = key.secret, let algorithm = key.algorithm else { return nil }
      return CryptographicKey(id: id, algorithm: algorithm, secret: secret)
    }
  }
}

extension Configuration {
  /// The authentication of an OSPFv2 interface: what its parameters say, else what `area A authentication` says.
  func authentication(_ parameters: InterfaceParameters, in area: AreaID) -> Authentication {
    switch parameters.authentication ?? ospf?.areaAuthentication[area] ?? .null {
    case .null: .null
    case .simple: .simplePassword(parameters.authenticationKey ?? Secret([]))
    case .messageDigest:
      .cryptographic((parameters.digestKeys ?? []).map { CryptographicKey(id: $0.id, secret: $0.secret) })
    case .keyChain(let name): .cryptographic(keyChains[name]?.usable ?? [])
    }
  }
}
