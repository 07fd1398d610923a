// The names of what an LSA's fields can hold, in the words and letters of the RFCs: the bits that are set, in the order of the RFC.

extension RouterLSA.Flags {
  /// RFC 2328 section A.4.2, RFC 3101, RFC 8770.
  public var names: [String] {
    let named: [(RouterLSA.Flags, String)] = [
      (.areaBorder, "B"), (.asBoundary, "E"), (.virtualLinkEndpoint, "V"), (.nssaTranslator, "Nt"), (.host, "H"),
    ]
    return named.filter { contains($0.0) }.map(\.1)
  }
}

extension OSPFv3ASExternalLSA.Flags {
  /// RFC 5340 section A.4.7.
  public var names: [String] {
    [(OSPFv3ASExternalLSA.Flags.type2, "E"), (.forwardingAddress, "F"), (.tag, "T")].filter { contains($0.0) }.map(\.1)
  }
}

extension OSPFv3Prefix.PrefixOptions {
  /// RFC 5340 section A.4.1.1.
  public var names: [String] {
    let named: [(OSPFv3Prefix.PrefixOptions, String)] = [
      (.noUnicast, "NU"), (.localAddress, "LA"), (.propagate, "P"), (.down, "DN"),
    ]
    return named.filter { contains($0.0) }.map(\.1)
  }
}

extension RouterLink.LinkType {
  /// The kind of link in the RFC's words, or its number.
  public var name: String {
    switch self {
    case .pointToPoint: "point-to-point"
    case .transit: "transit"
    case .stub: "stub"
    case .virtual: "virtual"
    default: "\(rawValue)"
    }
  }
}
