import OSPFProtocol
import OSPFWire

/// What the lines about authentication say together and is hardly meant: authentication without a key, keys without authentication.
enum AuthenticationNotes {
  static func take(_ draft: inout Draft) {
    let configuration = draft.configuration
    for interface in configuration.interfaces {
      let all = [(nil, interface.ospf)] + interface.ospfByAddress.keys.map { ($0, interface.ospfParameters(for: $0)) }
      for (address, parameters) in all { look(at: parameters, of: interface.name, address, &draft) }
      lookAtTrailer(of: interface, &draft)
    }
    for (name, chain) in configuration.keyChains {
      for (id, key) in chain.keys
      where key.secret == nil || key.algorithm == nil && !configuration.bfd.refers(toKeyChain: name) {
        draft.note(
          .withoutEffect, line: "key \(id)", at: .chainKey(name, id),
          "a key needs 'key-string' and 'cryptographic-algorithm', and is not used without")
      }
      let isUsed =
        configuration.bfd.refers(toKeyChain: name)
        || configuration.interfaces.contains { interface in
          interface.ospf6.trailer == .keyChain(name)
            || ([interface.ospf] + interface.ospfByAddress.values).contains { $0.authentication == .keyChain(name) }
        }
      if !isUsed {
        draft.note(.withoutEffect, line: "key chain \(name)", at: .list("key chain", name), "nothing refers to key chain \(name)")
      }
    }
  }

  private static func lookAtTrailer(of interface: InterfaceConfiguration, _ draft: inout Draft) {
    guard case .keyChain(let chain) = interface.ospf6.trailer,
      draft.configuration.keyChains[chain]?.usable(in: .v3).isEmpty ?? true
    else { return }
    let isDefined = draft.configuration.keyChains[chain] != nil
    draft.note(
      isDefined ? .caution : .undefinedName, line: "ipv6 ospf6 authentication keychain \(chain)", at: .trailer(interface.name),
      isDefined
        ? "key chain \(chain) has no key that can be used in OSPFv3, where a key has an algorithm other than md5: nothing is sent"
        : "there is no key chain \(chain): nothing is sent")
  }

  private static func look(
    at parameters: InterfaceParameters, of name: String, _ address: IPv4Address?, _ draft: inout Draft
  ) {
    let suffix = address.map { " \($0)" } ?? ""
    let place = Draft.Place.authentication(name, address)
    switch parameters.authentication {
    case .null?: break
    case .simple? where parameters.authenticationKey == nil:
      draft.note(
        .caution, line: "ip ospf authentication\(suffix)", at: place, "without 'authentication-key' the password is empty")
    case .messageDigest? where parameters.digestKeys == nil:
      draft.note(
        .caution, line: "ip ospf authentication message-digest\(suffix)", at: place,
        "without 'message-digest-key' no packet is accepted")
    case .keyChain(let chain)? where draft.configuration.keyChains[chain]?.usable(in: .v2).isEmpty ?? true:
      let isDefined = draft.configuration.keyChains[chain] != nil
      draft.note(
        isDefined ? .caution : .undefinedName, line: "ip ospf authentication key-chain \(chain)\(suffix)", at: place,
        isDefined
          ? "key chain \(chain) has no key that can be used: no packet is accepted"
          : "there is no key chain \(chain): no packet is accepted")
    case .simple?, .messageDigest?, .keyChain?: break
    case nil:
      guard draft.configuration.ospf?.areaAuthentication.isEmpty ?? true else { return }
      if parameters.authenticationKey != nil || parameters.digestKeys != nil {
        draft.note(
          .caution, line: "the keys of \(name)\(suffix)", at: .authenticationKey(name, address),
          "they are not used: neither the interface nor an area says 'authentication'")
      }
    }
  }
}
