// The names of what an LSA's fields can hold, in the words and letters of the RFCs: the bits that are set, in the order of the RFC.

extension RouterLSA.Flags {
  /// RFC 2328 section A.4.2, RFC 3101, RFC 8770.
  public var names: [String] { Self.named.compactMap { contains($0.0) ? $0.1 : nil } }

  private static let named: [(RouterLSA.Flags, String)] = [
    (.areaBorder, "B"), (.asBoundary, "E"), (.virtualLinkEndpoint, "V"), (.nssaTranslator, "Nt"), (.host, "H"),
  ]
}

extension OSPFv3ASExternalLSA.Flags {
  /// RFC 5340 section A.4.7.
  public var names: [String] { Self.named.compactMap { contains($0.0) ? $0.1 : nil } }

  private static let named: [(OSPFv3ASExternalLSA.Flags, String)] = [(.type2, "E"), (.forwardingAddress, "F"), (.tag, "T")]
}

extension OSPFv3Prefix.PrefixOptions {
  /// RFC 5340 section A.4.1.1.
  public var names: [String] { Self.named.compactMap { contains($0.0) ? $0.1 : nil } }

  private static let named: [(OSPFv3Prefix.PrefixOptions, String)] = [
    (.noUnicast, "NU"), (.localAddress, "LA"), (.propagate, "P"), (.down, "DN"),
  ]
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
