import OSPFProtocol
import OSPFWire

/// The lines about authentication trailers in OSPFv3 (RFC 7166): those of `interface`, as FRR writes them.
enum TrailerCommands {
  static let interface: [Command] = [key] + ["keychain", "key-chain"].map(keyChain) + [protocolID]

  /// `key-id ID hash-algo ALGORITHM key KEY`
  private static let key = Command("ipv6 ospf6 authentication key-id") { arguments, draft throws(ConfigurationError) in
    let id = UInt16(clamping: try arguments.number(1...65535, "a key ID"))
    _ = try arguments.keyword(["hash-algo"])
    let word = arguments.peek
    let algorithm = try arguments.choice(CryptographicAlgorithm.self)
    if algorithm == .md5, let word {
      throw ConfigurationError(
        location: arguments.line.location(of: word),
        problem: .notSupported("RFC 7166 has no MD5; hmac-sha-256 is what every router has"), word: word.text)
    }
    _ = try arguments.keyword(["key"])
    let secret = Secret(try AuthenticationCommands.asciiKey(&arguments))
    try AuthenticationCommands.requireEnd(arguments)
    draft.setTrailer(.key(CryptographicKey(id: id, algorithm: algorithm, secret: secret)), arguments)
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.setTrailer(nil, arguments)
  }

  /// `keychain NAME`
  private static func keyChain(_ word: String) -> Command {
    Command("ipv6 ospf6 authentication \(word)") { arguments, draft throws(ConfigurationError) in
      draft.setTrailer(.keyChain(try arguments.listName()), arguments)
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.setTrailer(nil, arguments)
    }
  }

  /// `protocol-id big-endian|little-endian`: which order the two octets behind the key have. FRR before version 9.1 has the machine's.
  private static let protocolID = Command("ipv6 ospf6 authentication protocol-id") {
    arguments, draft throws(ConfigurationError) in
    let order = try arguments.choice(AuthenticationTrailer.ProtocolIDOrder.self)
    draft.editInterface { $0.ospf6.protocolIDOrder = order }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editInterface { $0.ospf6.protocolIDOrder = nil }
  }
}

extension Draft {
  fileprivate mutating func setTrailer(_ choice: TrailerChoice?, _ arguments: Arguments) {
    guard case .interface(let index) = context else { return }
    let interface = configuration.interfaces[index]
    if choice == nil, interface.ospf6.trailer == nil {
      return note(.withoutEffect, arguments, "already the default", isSecret: true)
    }
    places[.trailer(interface.name)] = choice == nil ? nil : arguments.location
    configuration.interfaces[index].ospf6.trailer = choice
  }
}
