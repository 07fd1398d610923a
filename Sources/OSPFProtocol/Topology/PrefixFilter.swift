import OSPFWire

/// Finds the external LSAs of some prefixes among very many, without decoding the others.
struct PrefixFilter {
  private let prefixes: Set<IPPrefix>
  private let version: OSPFVersion
  private let family: AddressFamily
  private let lengths: Set<Int>

  init(_ prefixes: Set<IPPrefix>, version: OSPFVersion, family: AddressFamily) {
    self.prefixes = prefixes
    self.version = version
    self.family = family
    lengths = Set(prefixes.map(\.length))
  }

  /// Whether a whole LSA is an external one whose destination may be asked for: in OSPFv2 its Link State ID under its mask, in OSPFv3
  /// the length of its prefix decides (RFC 2328 section A.4.5, RFC 5340 section A.4.7).
  func mayContain(_ type: LSType, _ lsa: RawSpan) -> Bool {
    guard lsa.byteCount >= LSAHeader.size + 8 else { return false }
    switch type {
    case .asExternal, .nssaExternal:
      guard let length = IPv4Prefix.length(ofMask: IPv4Address(rawValue: lsa.uint32(at: LSAHeader.size))) else { return false }
      return lengths.contains(length)
        && prefixes.contains(.v4(IPv4Prefix(IPv4Address(rawValue: lsa.uint32(at: 4)), length: length)))
    case .asExternalV3, .nssaV3: return lengths.contains(Int(lsa.uint8(at: LSAHeader.size + 4)))
    default: return false
    }
  }

  /// The destination of an external LSA and how it is reached; nil when it is none that is asked for.
  func route(_ body: LSABody, linkStateID: LinkStateID) -> (IPPrefix, PrefixAdvertiser.ExternalRoute)? {
    guard let prefix = family.destinations(of: body, linkStateID: linkStateID).first, prefixes.contains(prefix) else {
      return nil
    }
    switch body {
    case .asExternal(let lsa), .nssaExternal(let lsa):
      guard let route = lsa.routes.first else { return nil }
      let forwarding = route.forwardingAddress == .unspecified ? nil : IPAddress.v4(route.forwardingAddress)
      return (
        prefix,
        PrefixAdvertiser.ExternalRoute(
          metric: route.metric, type: route.isType2 ? .type2 : .type1, tag: route.tag, forwardingAddress: forwarding)
      )
    case .asExternalV3(let lsa), .nssaV3(let lsa):
      return (
        prefix,
        PrefixAdvertiser.ExternalRoute(
          metric: lsa.metric, type: lsa.flags.contains(.type2) ? .type2 : .type1, tag: lsa.tag ?? 0,
          forwardingAddress: lsa.forwardingAddress.map(family.address))
      )
    case .router, .network, .summary, .routerV3, .networkV3, .interAreaPrefix, .interAreaRouter, .link, .intraAreaPrefix, .opaque:
      return nil
    }
  }
}
