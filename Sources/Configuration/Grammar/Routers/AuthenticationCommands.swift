import OSPFProtocol
import OSPFWire
import Redistribution

/// The lines about authentication in OSPFv2: those of `interface`. No message ever repeats a key.
enum AuthenticationCommands {
  /// In `interface`. Without `ip` it is Quagga's old spelling.
  static let interface: [Command] = ["ip ospf", "ospf"].flatMap { [authentication($0), password($0), digestKey($0)] }

  /// `[message-digest|null|key-chain NAME] [ADDRESS]`
  private static func authentication(_ prefix: String) -> Command {
    Command("\(prefix) authentication") { arguments, draft throws(ConfigurationError) in
      let choice = try choice(&arguments)
      let address = arguments.ipv4AddressIfPresent()
      try requireEnd(arguments)
      draft.editParameters(address) { $0.authentication = choice }
      draft.notePlace(arguments) { .authentication($0, address) }
    } undo: { arguments, draft throws(ConfigurationError) in
      if !arguments.isAtEnd { _ = try choice(&arguments) }
      let address = arguments.ipv4AddressIfPresent()
      draft.noteIfDefault(arguments, draft.parameters(address)?.authentication == nil)
      draft.editParameters(address) { $0.authentication = nil }
    }
  }

  private static func choice(_ arguments: inout Arguments) throws(ConfigurationError) -> AuthenticationChoice {
    guard let word = arguments.peek, IPv4Address(word.text) == nil else { return .simple }
    switch try arguments.keyword(["message-digest", "null", "key-chain"]) {
    case "message-digest": return .messageDigest
    case "null": return .null
    default: return .keyChain(try arguments.listName())
    }
  }

  /// `KEY [ADDRESS]`
  private static func password(_ prefix: String) -> Command {
    Command("\(prefix) authentication-key") { arguments, draft throws(ConfigurationError) in
      let secret = try secret(&arguments, of: 8, &draft)
      let address = arguments.ipv4AddressIfPresent()
      try requireEnd(arguments)
      draft.editParameters(address) { $0.authenticationKey = secret }
      draft.notePlace(arguments) { .authenticationKey($0, address) }
    } undo: { arguments, draft throws(ConfigurationError) in
      // The key may be repeated after `no`, or left out.
      var address = arguments.ipv4AddressIfPresent()
      if address == nil, !arguments.isAtEnd {
        _ = try arguments.take(expecting: "a key")
        address = arguments.ipv4AddressIfPresent()
      }
      try requireEnd(arguments)
      draft.noteIfDefault(arguments, draft.parameters(address)?.authenticationKey == nil)
      draft.editParameters(address) { $0.authenticationKey = nil }
    }
  }

  /// `ID md5 KEY [ADDRESS]`. The key that was configured last is the one to send with.
  private static func digestKey(_ prefix: String) -> Command {
    Command("\(prefix) message-digest-key") { arguments, draft throws(ConfigurationError) in
      let id = UInt8(clamping: try arguments.number(1...255, "a key ID"))
      _ = try arguments.keyword(["md5"])
      let secret = try secret(&arguments, of: 16, &draft)
      let address = arguments.ipv4AddressIfPresent()
      try requireEnd(arguments)
      draft.editParameters(address) { parameters in
        parameters.digestKeys = (parameters.digestKeys ?? []).filter { $0.id != id } + [DigestKey(id: id, secret: secret)]
      }
      draft.notePlace(arguments) { .authenticationKey($0, address) }
    } undo: { arguments, draft throws(ConfigurationError) in
      let id = try arguments.number(1...255, "a key ID")
      if arguments.skip("md5"), !arguments.isAtEnd { _ = try arguments.take(expecting: "a key") }
      let address = arguments.ipv4AddressIfPresent()
      try requireEnd(arguments)
      let remaining = (draft.parameters(address)?.digestKeys ?? []).filter { Int($0.id) != id }
      draft.noteIfDefault(arguments, remaining.count == draft.parameters(address)?.digestKeys?.count ?? 0)
      draft.editParameters(address) { $0.digestKeys = remaining.isEmpty ? nil : remaining }
    }
  }

  /// A key, of which only the first octets count, as in Quagga and FRR.
  fileprivate static func secret(
    _ arguments: inout Arguments, of length: Int, _ draft: inout Draft
  ) throws(ConfigurationError) -> Secret {
    let bytes = try asciiKey(&arguments).utf8
    if bytes.count > length {
      draft.note(
        .changedMeaning, arguments, "only the first \(length) octets of the key count, as in Quagga and FRR", isSecret: true)
    }
    return Secret(Array(bytes.prefix(length)))
  }

  /// A key is what both sides typed: octets that mean the same in every character set.
  static func asciiKey(_ arguments: inout Arguments) throws(ConfigurationError) -> String {
    let word = try arguments.take(expecting: "a key")
    guard word.text.utf8.allSatisfy({ $0 < 0x80 }) else {
      throw ConfigurationError(
        location: arguments.line.location(of: word), problem: .conflict("a key has ASCII characters only"),
        word: arguments.commandText)
    }
    try arguments.requireShown(word.text, at: word)
    return word.text
  }

  /// What follows a key may be a part of it, and is not repeated.
  static func requireEnd(_ arguments: Arguments) throws(ConfigurationError) {
    guard let word = arguments.peek else { return }
    throw ConfigurationError(
      location: arguments.line.location(of: word), problem: .conflict("there is another word after the key, which is one word"),
      word: arguments.commandText)
  }
}

/// `key chain NAME`, and the commands of its block and of the keys in it.
enum KeyChainCommands {
  /// At the top level.
  static let block = Command("key chain", opensBlock: true) { arguments, draft throws(ConfigurationError) in
    let name = try arguments.listName()
    let chain = draft.configuration.keyChains[name] ?? KeyChain()
    draft.configuration.keyChains[name] = chain
    draft.begin(.list("key chain", name), arguments)
    draft.context = .keyChain(name)
  } undo: { arguments, draft throws(ConfigurationError) in
    let name = try arguments.listName()
    draft.noteIfNothing(was: draft.configuration.keyChains.removeValue(forKey: name) != nil, arguments)
  }

  /// In the block and in each key, which therefore need not be ended.
  static let all: [Command] =
    [key, string, algorithm, lifetime("accept-lifetime", \.acceptLifetime), lifetime("send-lifetime", \.sendLifetime)]
    + ["exit", "quit"].map(leave)

  /// OSPFv2 has key IDs of one octet, OSPFv3 of two; other protocols, for which a chain may be as well, of more.
  private static func keyID(_ arguments: inout Arguments) throws(ConfigurationError) -> UInt32 {
    UInt32(clamping: try arguments.number(0...2_147_483_647, "a key ID"))
  }

  /// Out of a key into its chain, as FRR ends each key, and out of the chain.
  private static func leave(_ phrase: String) -> Command {
    Command(phrase) { _, draft throws(ConfigurationError) in
      if case .chainKey(let name, _) = draft.context { draft.context = .keyChain(name) } else { draft.context = .top }
    }
  }

  /// `key chain` begins the next chain.
  private static let key = Command("key", opensBlock: true, applies: { $0.peek?.text != "chain" }) {
    arguments, draft throws(ConfigurationError) in
    let id = try keyID(&arguments)
    guard case .keyChain(let name) = draft.context.keyChain else { return }
    let key = draft.configuration.keyChains[name]?.keys[id] ?? KeyChain.Key()
    draft.configuration.keyChains[name]?.keys[id] = key
    draft.places[.chainKey(name, id)] = arguments.location
    draft.context = .chainKey(name, id)
  } undo: { arguments, draft throws(ConfigurationError) in
    let id = try keyID(&arguments)
    guard case .keyChain(let name) = draft.context.keyChain else { return }
    draft.noteIfNothing(was: draft.configuration.keyChains[name]?.keys.removeValue(forKey: id) != nil, arguments)
    draft.context = .keyChain(name)
  }

  private static let string = Command("key-string") { arguments, draft throws(ConfigurationError) in
    let secret = Secret(try AuthenticationCommands.asciiKey(&arguments))
    try AuthenticationCommands.requireEnd(arguments)
    try draft.editChainKey(arguments) { $0.secret = secret }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    try draft.editChainKey(arguments) { $0.secret = nil }
  }

  private static let algorithm = Command("cryptographic-algorithm") { arguments, draft throws(ConfigurationError) in
    let algorithm = try arguments.choice(CryptographicAlgorithm.self)
    try draft.editChainKey(arguments) { $0.algorithm = algorithm }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    try draft.editChainKey(arguments) { $0.algorithm = nil }
  }

  private static func lifetime(
    _ phrase: String, _ path: WritableKeyPath<KeyChain.Key, KeyLifetime?> & Sendable
  ) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let lifetime = try LifetimeText.read(&arguments)
      try draft.editChainKey(arguments) { $0[keyPath: path] = lifetime }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      try draft.editChainKey(arguments) { $0[keyPath: path] = nil }
    }
  }
}

extension Draft.Context {
  /// The chain of a block or of one of its keys.
  fileprivate var keyChain: Draft.Context? {
    switch self {
    case .keyChain: self
    case .chainKey(let name, _): .keyChain(name)
    default: nil
    }
  }
}

extension Draft {
  fileprivate mutating func editChainKey(
    _ arguments: Arguments, _ change: (inout KeyChain.Key) -> Void
  ) throws(ConfigurationError) {
    guard case .chainKey(let name, let id) = context, var key = configuration.keyChains[name]?.keys[id] else {
      throw ConfigurationError(location: arguments.location, problem: .misplaced(inside: "key"), word: arguments.commandText)
    }
    change(&key)
    configuration.keyChains[name]?.keys[id] = key
  }

  /// The OSPFv2 parameters of the interface whose block is being read, or of one of its addresses.
  fileprivate func parameters(_ address: IPv4Address?) -> InterfaceParameters? {
    guard case .interface(let index) = context else { return nil }
    return configuration.interfaces[index][.v2, address]
  }

  fileprivate mutating func editParameters(_ address: IPv4Address?, _ change: (inout InterfaceParameters) -> Void) {
    editInterface { change(&$0[.v2, address]) }
  }

  fileprivate mutating func notePlace(_ arguments: Arguments, _ place: (String) -> Place) {
    guard case .interface(let index) = context else { return }
    places[place(configuration.interfaces[index].name)] = arguments.location
  }

  fileprivate mutating func noteIfDefault(_ arguments: Arguments, _ isDefault: Bool) {
    if isDefault { note(.withoutEffect, arguments, "already the default", isSecret: true) }
  }
}
