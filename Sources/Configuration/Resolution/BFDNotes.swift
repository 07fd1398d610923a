import OSPFProtocol
import OSPFWire

/// What the lines about BFD say together and is hardly meant: profiles and keys that nothing defines, peers that no session is made for.
enum BFDNotes {
  static func take(_ draft: inout Draft) {
    let bfd = draft.configuration.bfd
    for interface in draft.configuration.interfaces {
      let ofAddresses = interface.ospfByAddress.values.map { (OSPFVersion.v2, $0.bfd) }
      for (version, own) in [(.v2, interface.ospf.bfd), (.v3, interface.ospf6.bfd)] + ofAddresses {
        guard let name = own?.profile, bfd.profiles[name] == nil else { continue }
        let words = version == .v2 ? "ip ospf bfd" : "ipv6 ospf6 bfd"
        noteUndefined(name, line: "\(words) profile \(name)", at: .bfdInterfaceProfile(interface.name, version), &draft)
      }
    }
    let isUsed = draft.configuration.interfaces.contains { interface in
      interface.ospf.bfd != nil || interface.ospf6.bfd != nil || interface.ospfByAddress.values.contains { $0.bfd != nil }
    }
    for (peer, statement) in bfd.peers.sorted(by: { $0.key < $1.key }) {
      if let name = statement.profile, bfd.profiles[name] == nil {
        noteUndefined(name, line: "profile \(name)", at: .bfdPeerProfile(peer), &draft)
      }
      draft.note(
        isUsed ? .changedMeaning : .withoutEffect, line: "peer \(peer.text)", at: .bfdPeer(peer),
        isUsed
          ? "the session begins when OSPF has this neighbor on an interface with 'bfd', and ends with it"
          : "no interface says 'ip ospf bfd' or 'ipv6 ospf6 bfd', so there is no session")
      lookAtKeys(statement.parameters, at: .bfdPeer(peer), &draft)
    }
    for (name, parameters) in bfd.profiles { lookAtKeys(parameters, at: .bfdProfile(name), &draft) }
  }

  private static func noteUndefined(_ name: String, line: String, at place: Draft.Place, _ draft: inout Draft) {
    draft.note(.undefinedName, line: line, at: place, "there is no BFD profile \(name): the defaults hold")
  }

  private static func lookAtKeys(_ parameters: BFDParameters, at place: Draft.Place, _ draft: inout Draft) {
    guard let choice = parameters.authentication, draft.configuration.bfdKeys(ofChain: choice.keyChain).isEmpty else { return }
    draft.note(
      .undefinedName, line: "authentication \(choice.kind.rawValue) key-chain \(choice.keyChain)", at: place,
      "no key chain \(choice.keyChain) has a 'key-string': no packet is accepted")
  }
}

extension BFDConfiguration {
  /// Whether a profile or peer has its keys from a chain.
  func refers(toKeyChain name: String) -> Bool {
    (Array(profiles.values) + peers.values.map(\.parameters)).contains { $0.authentication?.keyChain == name }
  }
}
