import OSPFWire

import Configuration

/// Passwords, keys and key chains.
extension ConfigurationGenerator {
  private mutating func secret(_ longest: Int) -> Secret {
    Secret(String((0..<number(1...longest)).map { _ in one(of: ["a", "Z", "0", "!", "\\", "\"", "'", "~"], or: "a") }))
  }

  package mutating func authenticate(_ parameters: inout InterfaceParameters) {
    parameters.authentication = maybe { $0.one(of: [.null, .simple, .messageDigest, .keyChain("keys")], or: .null) }
    parameters.authenticationKey = maybe { $0.secret(8) }
    parameters.digestKeys = maybe { generator in
      let first = DigestKey(id: generator.number(1...127), secret: generator.secret(16))
      let second = DigestKey(id: generator.number(128...255), secret: generator.secret(16))
      return generator.one(of: [[first], [first, second], [second, first]], or: [first])
    }
  }

  package mutating func keyChain() -> KeyChain {
    var chain = KeyChain()
    for _ in 0..<number(0...3) {
      var key = KeyChain.Key()
      key.secret = maybe { $0.secret(80) }
      key.algorithm = maybe { $0.one(of: CryptographicAlgorithm.allCases, or: .md5) }
      chain.keys[number(0...255)] = key
    }
    return chain
  }
}
