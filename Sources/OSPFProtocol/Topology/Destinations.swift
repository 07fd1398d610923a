import OSPFWire

extension AddressFamily {
  /// What an LSA says that its router reaches, of all that a service can be: the destination of an external LSA, the stub networks of a
  /// router-LSA, the prefixes of an intra-area-prefix-LSA. A mask that is not contiguous is no destination.
  func destinations(of body: LSABody, linkStateID: LinkStateID) -> [IPPrefix] {
    switch body {
    case .asExternal(let lsa), .nssaExternal(let lsa):
      return IPPrefix(network: linkStateID.rawValue, mask: lsa.networkMask.rawValue).map { [$0] } ?? []
    case .asExternalV3(let lsa), .nssaV3(let lsa): return prefix(lsa.prefix).map { [$0] } ?? []
    case .router(let lsa):
      return lsa.links.compactMap { $0.type == .stub ? IPPrefix(network: $0.linkID, mask: $0.linkData) : nil }
    case .intraAreaPrefix(let lsa): return lsa.prefixes.compactMap { prefix($0.prefix) }
    case .network, .summary, .routerV3, .networkV3, .interAreaPrefix, .interAreaRouter, .link, .opaque: return []
    }
  }
}

extension IPPrefix {
  /// From two fields of an OSPFv2 LSA; nil when the one bits of the mask are not contiguous.
  init?(network: UInt32, mask: UInt32) {
    guard let length = IPv4Prefix.length(ofMask: IPv4Address(rawValue: mask)) else { return nil }
    self = .v4(IPv4Prefix(IPv4Address(rawValue: network), length: length))
  }
}
