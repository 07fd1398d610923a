import OSPFProtocol
import OSPFWire
import Redistribution

/// `bfd`, the commands of its block and of the profiles and peers in it, and `ip ospf bfd`.
enum BFDCommands {
  /// At the top level.
  static let block = Command("bfd", opensBlock: true) { _, draft throws(ConfigurationError) in
    draft.context = .bfd
  } undo: { arguments, draft throws(ConfigurationError) in
    draft.noteIfNothing(was: draft.configuration.bfd != BFDConfiguration(), arguments)
    draft.configuration.bfd = BFDConfiguration()
  }

  /// In the block, and in each profile and peer, which therefore need not be ended.
  static let all: [Command] =
    [profile, peer] + parameters + withoutEffect + ["exit", "quit"].map(leave)

  /// Out of a profile or peer into the block, as FRR ends each of them, and out of the block.
  private static func leave(_ phrase: String) -> Command {
    Command(phrase) { _, draft throws(ConfigurationError) in
      switch draft.context {
      case .bfdProfile, .bfdPeer: draft.context = .bfd
      default: draft.context = .top
      }
    }
  }

  /// In `bfd` it begins a profile, in a peer it refers to one.
  private static let profile = Command("profile", opensBlock: true) { arguments, draft throws(ConfigurationError) in
    let location = arguments.line.location(of: arguments.peek)
    let name = try arguments.listName()
    if case .bfdPeer(let peer) = draft.context {
      draft.configuration.bfd.peers[peer, default: BFDPeerStatement()].profile = name
      draft.places[.bfdPeerProfile(peer)] = location
    } else {
      draft.configuration.bfd.profiles[name] = draft.configuration.bfd.profiles[name] ?? BFDParameters()
      draft.places[.bfdProfile(name)] = arguments.location
      draft.context = .bfdProfile(name)
    }
  } undo: { arguments, draft throws(ConfigurationError) in
    if case .bfdPeer(let peer) = draft.context {
      arguments.skipAll()
      draft.noteIfNothing(was: draft.configuration.bfd.peers[peer]?.profile != nil, arguments)
      draft.configuration.bfd.peers[peer]?.profile = nil
    } else {
      let name = try arguments.listName()
      draft.noteIfNothing(was: draft.configuration.bfd.profiles.removeValue(forKey: name) != nil, arguments)
      draft.context = .bfd
    }
  }

  private static let peer = Command("peer", opensBlock: true) { arguments, draft throws(ConfigurationError) in
    guard let name = try peerName(&arguments) else {
      // The next peer needs no `exit` above it.
      draft.context = .bfd
      return draft.beginForeignBlock(arguments, "a session over several hops or in a VRF, which no OSPF neighbor here has")
    }
    draft.configuration.bfd.peers[name] = draft.configuration.bfd.peers[name] ?? BFDPeerStatement()
    draft.places[.bfdPeer(name)] = arguments.location
    draft.context = .bfdPeer(name)
  } undo: { arguments, draft throws(ConfigurationError) in
    guard let name = try peerName(&arguments) else { return draft.note(.withoutEffect, arguments, "already the default") }
    draft.noteIfNothing(was: draft.configuration.bfd.peers.removeValue(forKey: name) != nil, arguments)
    draft.context = .bfd
  }

  /// Nil for a session that no OSPF neighbor here can have: FRR's file may have it for BGP or static routes.
  private static func peerName(_ arguments: inout Arguments) throws(ConfigurationError) -> BFDPeerName? {
    var isElsewhere = false
    var name = BFDPeerName(address: try arguments.ipAddress())
    while !arguments.isAtEnd {
      switch try arguments.keyword(["interface", "local-address", "multihop", "vrf"]) {
      case "interface": name.interface = try arguments.interfaceName()
      case "local-address": name.localAddress = try arguments.ipAddress()
      case "vrf":
        if try arguments.take(expecting: "the name of a VRF").text != "default" { isElsewhere = true }
      default: isElsewhere = true
      }
    }
    return isElsewhere ? nil : name
  }

  private static let parameters: [Command] =
    [
      parameter("detect-multiplier", \.detectMultiplier) { arguments throws(ConfigurationError) in
        UInt8(clamping: try arguments.number(1...255))
      },
      parameter("transmit-interval", \.transmitInterval) { arguments throws(ConfigurationError) in
        try interval(&arguments)
      },
      parameter("receive-interval", \.receiveInterval) { arguments throws(ConfigurationError) in
        try interval(&arguments)
      },
      minimumTTL,
      parameter("passive-mode", \.isPassive) { _ throws(ConfigurationError) in true },
      parameter("shutdown", \.isShutDown) { _ throws(ConfigurationError) in true },
      parameter("authentication", \.authentication) { arguments throws(ConfigurationError) in
        let kind = try arguments.choice(BFDAuthenticationChoice.Kind.self)
        _ = try arguments.keyword(["key-chain"])
        return BFDAuthenticationChoice(kind: kind, keyChain: try arguments.listName())
      },
    ]

  /// 10 ms are the least that FRR takes; RFC 7419 has 3.3 ms as well.
  private static func interval(_ arguments: inout Arguments) throws(ConfigurationError) -> Duration {
    try arguments.duration(.milliseconds(3) ... .milliseconds(4_294_967), bare: .milliseconds)
  }

  private static let minimumTTL = Command("minimum-ttl") { arguments, draft throws(ConfigurationError) in
    let ttl = UInt8(clamping: try arguments.number(1...255))
    try draft.editBFD(arguments) { $0.minimumTTL = ttl }
    draft.note(
      .changedMeaning, arguments,
      "over a single hop the TTL is 255 (RFC 5881 section 5); a lower one is accepted of authenticated packets only")
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    try draft.editBFD(arguments) { $0.minimumTTL = nil }
  }

  private static func parameter<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<BFDParameters, Value?> & Sendable,
    read: @escaping @Sendable (inout Arguments) throws(ConfigurationError) -> Value
  ) -> Command {
    Command(name) { arguments, draft throws(ConfigurationError) in
      let value = try read(&arguments)
      try draft.editBFD(arguments) { $0[keyPath: path] = value }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      try draft.editBFD(arguments) { $0[keyPath: path] = nil }
    }
  }

  private static let withoutEffect: [Command] =
    [
      .changedMeaning("echo-mode", "Echo packets are not sent; Control packets are as often as their interval says"),
      .withoutEffect("log-session-changes", "every change of a session is logged"),
      .withoutEffect("label", "sessions are named by their addresses"),
    ]
    + ["echo-interval", "echo receive-interval", "echo transmit-interval"].map {
      .withoutEffect($0, "Echo packets are neither sent nor asked for")
    }

  // MARK: - In `interface`

  /// `[profile NAME|strict [hold-off T]|MULTIPLIER RECEIVE TRANSMIT] [ADDRESS]`, the address in OSPFv2.
  static let interface: [Command] = [("ip ospf", OSPFVersion.v2), ("ipv6 ospf6", .v3)].map { prefix, version in
    Command("\(prefix) bfd") { arguments, draft throws(ConfigurationError) in
      let change = try change(&arguments, &draft, version)
      let address = version == .v2 ? arguments.ipv4AddressIfPresent() : nil
      draft.editInterfaceBFD(version, address) { bfd in
        var changed = bfd ?? InterfaceBFD()
        change(&changed)
        bfd = changed
      }
    } undo: { arguments, draft throws(ConfigurationError) in
      let word = arguments.peek?.text
      if word == "profile" || word == "strict" { _ = try change(&arguments, &draft, version) }
      let address = version == .v2 ? arguments.ipv4AddressIfPresent() : nil
      arguments.skipAll()
      if draft.interfaceBFD(version, address) == nil { draft.note(.withoutEffect, arguments, "already the default") }
      draft.editInterfaceBFD(version, address) { bfd in
        switch word {
        case "profile": bfd?.profile = nil
        case "strict":
          bfd?.isStrict = false
          bfd?.holdOff = nil
        default: bfd = nil
        }
      }
    }
  }

  /// What the words after `bfd` change.
  private static func change(
    _ arguments: inout Arguments, _ draft: inout Draft, _ version: OSPFVersion
  ) throws(ConfigurationError) -> (inout InterfaceBFD) -> Void {
    if arguments.skip("profile") {
      let location = arguments.line.location(of: arguments.peek)
      let name = try arguments.listName()
      draft.noteBFDProfile(at: location, version)
      return { $0.profile = name }
    }
    if arguments.skip("strict") {
      var holdOff: Duration?
      if arguments.skip("hold-off") {
        holdOff = try arguments.duration(.milliseconds(1) ... .seconds(3600), bare: .seconds)
      }
      return { [holdOff] bfd in
        bfd.isStrict = true
        bfd.holdOff = holdOff
      }
    }
    guard let word = arguments.peek, version == .v3 || IPv4Address(word.text) == nil else { return { _ in } }
    let multiplier = UInt8(clamping: try arguments.number(2...255, "'profile', 'strict' or a detect multiplier"))
    let receive = try interval(&arguments)
    let transmit = try interval(&arguments)
    return { bfd in
      bfd.parameters.detectMultiplier = multiplier
      bfd.parameters.receiveInterval = receive
      bfd.parameters.transmitInterval = transmit
    }
  }
}

extension Draft {
  /// Changes the profile or the peer whose block is being read.
  fileprivate mutating func editBFD(
    _ arguments: Arguments, _ change: (inout BFDParameters) -> Void
  ) throws(ConfigurationError) {
    switch context {
    case .bfdProfile(let name): change(&configuration.bfd.profiles[name, default: BFDParameters()])
    case .bfdPeer(let name): change(&configuration.bfd.peers[name, default: BFDPeerStatement()].parameters)
    default: throw arguments.conflict("it belongs to a 'profile' or a 'peer'")
    }
  }

  fileprivate mutating func noteBFDProfile(at location: SourceLocation, _ version: OSPFVersion) {
    guard case .interface(let index) = context else { return }
    places[.bfdInterfaceProfile(configuration.interfaces[index].name, version)] = location
  }

  fileprivate func interfaceBFD(_ version: OSPFVersion, _ address: IPv4Address?) -> InterfaceBFD? {
    guard case .interface(let index) = context else { return nil }
    return configuration.interfaces[index][version, address].bfd
  }

  fileprivate mutating func editInterfaceBFD(
    _ version: OSPFVersion, _ address: IPv4Address?, _ change: (inout InterfaceBFD?) -> Void
  ) {
    guard case .interface(let index) = context else { return }
    change(&configuration.interfaces[index][version, address].bfd)
  }
}
