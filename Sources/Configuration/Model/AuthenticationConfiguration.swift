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

/// `ipv6 ospf6 authentication` of an interface: with which keys its authentication trailers are made.
public enum TrailerChoice: Hashable, Sendable {
  /// `key-id ID hash-algo ALGORITHM key KEY`
  case key(CryptographicKey)
  /// `keychain NAME`: the keys of a `key chain` block.
  case keyChain(String)
}

/// `message-digest-key ID md5 KEY`
public struct DigestKey: Hashable, Sendable {
  /// The Key ID, 1 to 255.
  public var id: UInt8
  /// The key, at most 16 octets.
  public var secret: Secret

  public init(id: UInt8, secret: Secret) {
    self.id = id
    self.secret = secret
  }
}

/// `key chain NAME`: keys by their number. The one whose send lifetime began last is sent with; where several have none, the one with the
/// lowest number, as in FRR.
public struct KeyChain: Hashable, Sendable {
  /// By Key ID.
  public var keys: [UInt32: Key] = [:]

  /// A chain without keys.
  public init() {}

  /// `key N`. What is nil has not been configured, and the key is then not used.
  public struct Key: Hashable, Sendable {
    /// `key-string`
    public var secret: Secret?
    /// `cryptographic-algorithm`
    public var algorithm: CryptographicAlgorithm?
    /// `send-lifetime`; nil for a key that packets are always sent with.
    public var sendLifetime: KeyLifetime?
    /// `accept-lifetime`; nil for a key that is always accepted.
    public var acceptLifetime: KeyLifetime?

    /// A key of which nothing is known.
    public init() {}
  }

  /// Whether keys of the number and algorithm are any in the version: OSPFv2 has Key IDs of one octet, and OSPFv3 no MD5.
  static func isUsable(_ id: UInt32, _ algorithm: CryptographicAlgorithm, in version: OSPFVersion) -> Bool {
    switch version {
    case .v2: id <= 255
    case .v3: id <= 65535 && algorithm != .md5
    }
  }

  /// The keys that can be used, the one to send with last where all are in force.
  func usable(in version: OSPFVersion) -> [CryptographicKey] {
    keys.sorted { $0.key > $1.key }.compactMap { id, key in
      guard let secret = key.secret, let algorithm = key.algorithm, Self.isUsable(id, algorithm, in: version) else { return nil }
      return CryptographicKey(
        id: UInt16(clamping: id), algorithm: algorithm, secret: secret, sendLifetime: key.sendLifetime ?? .always,
        acceptLifetime: key.acceptLifetime ?? .always)
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
      .cryptographic((parameters.digestKeys ?? []).map { CryptographicKey(id: UInt16($0.id), secret: $0.secret) })
    case .keyChain(let name): digests(keyChains[name]?.usable(in: .v2) ?? [], parameters)
    }
  }

  /// RFC 7474 has no keyed MD5.
  private func digests(_ keys: [CryptographicKey], _ parameters: InterfaceParameters) -> Authentication {
    guard parameters.hasExtendedSequenceNumbers == true else { return .cryptographic(keys) }
    return .extendedCryptographic(keys.filter { $0.algorithm != .md5 })
  }

  /// The authentication of an OSPFv3 interface.
  func trailer(_ parameters: InterfaceParameters) -> Authentication {
    let order = parameters.protocolIDOrder ?? .network
    return switch parameters.trailer {
    case nil: .null
    case .key(let key)?: .trailer([key], order)
    case .keyChain(let name)?: .trailer(keyChains[name]?.usable(in: .v3) ?? [], order)
    }
  }
}
