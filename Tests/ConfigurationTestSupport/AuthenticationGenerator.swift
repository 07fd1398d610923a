import OSPFWire

import Configuration

/// Passwords, keys and key chains.
extension ConfigurationGenerator {
  private mutating func secret(_ longest: Int) -> Secret {
    Secret(String((0..<number(1...longest)).map { _ in one(of: ["a", "Z", "0", "!", "\\", "\"", "'", "~"], or: "a") }))
  }

  package mutating func authenticate(_ parameters: inout InterfaceParameters) {
    parameters.authentication = maybe { $0.one(of: [.null, .simple, .messageDigest, .keyChain("keys")], or: .null) }
    parameters.hasExtendedSequenceNumbers = maybe { _ in true }
    parameters.demandsIncreasingSequenceNumbers = maybe { $0.one(of: [true, false], or: true) }
    parameters.authenticationKey = maybe { $0.secret(8) }
    parameters.digestKeys = maybe { generator in
      let first = DigestKey(id: generator.number(1...127), secret: generator.secret(16))
      let second = DigestKey(id: generator.number(128...255), secret: generator.secret(16))
      return generator.one(of: [[first], [first, second], [second, first]], or: [first])
    }
  }

  private mutating func lifetime() -> KeyLifetime {
    let start: Int64 = number(0...4_000_000_000)
    return KeyLifetime(start: start, end: maybe { start + $0.number(1...4_000_000_000) })
  }

  /// The authentication trailers of OSPFv3.
  package mutating func authenticateTrailers(_ parameters: inout InterfaceParameters) {
    parameters.protocolIDOrder = maybe { $0.one(of: AuthenticationTrailer.ProtocolIDOrder.allCases, or: .network) }
    parameters.trailer = maybe { generator in
      let algorithm = generator.one(of: CryptographicAlgorithm.allCases.filter { $0 != .md5 }, or: .hmacSHA256)
      let key = CryptographicKey(id: generator.number(1...65535), algorithm: algorithm, secret: generator.secret(80))
      return generator.one(of: [.key(key), .keyChain("keys")], or: .keyChain("keys"))
    }
  }

  package mutating func keyChain() -> KeyChain {
    var chain = KeyChain()
    for _ in 0..<number(0...3) {
      var key = KeyChain.Key()
      key.secret = maybe { $0.secret(80) }
      key.algorithm = maybe { $0.one(of: CryptographicAlgorithm.allCases, or: .md5) }
      key.sendLifetime = maybe { $0.lifetime() }
      key.acceptLifetime = maybe { $0.lifetime() }
      chain.keys[number(0...70_000)] = key
    }
    return chain
  }
}
