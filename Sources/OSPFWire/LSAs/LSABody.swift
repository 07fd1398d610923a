/// What an LSA carries after its header.
public enum LSABody: Hashable, Sendable {
  case router(RouterLSA)
  case network(NetworkLSA)
  /// Type 3, a network in another area, or type 4, an AS boundary router in another area.
  case summary(SummaryLSA)
  case asExternal(ASExternalLSA)
  case nssaExternal(ASExternalLSA)
  case routerV3(OSPFv3RouterLSA)
  case networkV3(OSPFv3NetworkLSA)
  case interAreaPrefix(InterAreaPrefixLSA)
  case interAreaRouter(InterAreaRouterLSA)
  case asExternalV3(OSPFv3ASExternalLSA)
  case nssaV3(OSPFv3ASExternalLSA)
  case link(LinkLSA)
  case intraAreaPrefix(IntraAreaPrefixLSA)
  /// Opaque LSAs (RFC 5250) and types that are not known: carried and flooded as they are.
  case opaque([UInt8])

  /// Reads the octets of a whole LSA after its header, by the type that the header names.
  public static func decode(_ lsa: RawSpan, version: OSPFVersion) throws(WireError) -> LSABody {
    let header = try LSAHeader.decode(lsa, version: version)
    let body = lsa.extracting(LSAHeader.size..<lsa.byteCount)
    switch (version, header.key.lsType) {
    case (.v2, .router): return .router(try RouterLSA.decode(body))
    case (.v2, .network): return .network(try NetworkLSA.decode(body))
    case (.v2, .summaryNetwork), (.v2, .summaryASBR): return .summary(try SummaryLSA.decode(body))
    case (.v2, .asExternal): return .asExternal(try ASExternalLSA.decode(body))
    case (.v2, .nssaExternal): return .nssaExternal(try ASExternalLSA.decode(body))
    case (.v3, .routerV3): return .routerV3(try OSPFv3RouterLSA.decode(body))
    case (.v3, .networkV3): return .networkV3(try OSPFv3NetworkLSA.decode(body))
    case (.v3, .interAreaPrefix): return .interAreaPrefix(try InterAreaPrefixLSA.decode(body))
    case (.v3, .interAreaRouter): return .interAreaRouter(try InterAreaRouterLSA.decode(body))
    case (.v3, .asExternalV3): return .asExternalV3(try OSPFv3ASExternalLSA.decode(body))
    case (.v3, .nssaV3): return .nssaV3(try OSPFv3ASExternalLSA.decode(body))
    case (.v3, .link): return .link(try LinkLSA.decode(body))
    case (.v3, .intraAreaPrefix): return .intraAreaPrefix(try IntraAreaPrefixLSA.decode(body))
    case (.v2, _), (.v3, _): return .opaque(body.copy())
    }
  }

  /// Throws what ``decode(_:version:)`` would throw of the octets after the header, of which it makes no values.
  public static func examine(_ lsa: RawSpan, _ type: LSType, version: OSPFVersion) throws(WireError) {
    let body = lsa.extracting(LSAHeader.size..<lsa.byteCount)
    switch (version, type) {
    case (.v2, .network): try NetworkLSA.examine(body)
    case (.v2, .summaryNetwork), (.v2, .summaryASBR): try SummaryLSA.examine(body)
    case (.v2, .asExternal), (.v2, .nssaExternal): try ASExternalLSA.examine(body)
    case (.v3, .networkV3): try OSPFv3NetworkLSA.examine(body)
    case (.v3, .asExternalV3), (.v3, .nssaV3): try OSPFv3ASExternalLSA.examine(body)
    // Of these there are few, and what they consist of has to be counted.
    case (.v2, .router), (.v3, .routerV3), (.v3, .interAreaPrefix), (.v3, .interAreaRouter), (.v3, .link),
      (.v3, .intraAreaPrefix):
      _ = try decode(lsa, version: version)
    case (.v2, _), (.v3, _): break
    }
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    switch self {
    case .router(let body): body.encode(into: &writer)
    case .network(let body): body.encode(into: &writer)
    case .summary(let body): body.encode(into: &writer)
    case .asExternal(let body), .nssaExternal(let body): body.encode(into: &writer)
    case .routerV3(let body): body.encode(into: &writer)
    case .networkV3(let body): body.encode(into: &writer)
    case .interAreaPrefix(let body): body.encode(into: &writer)
    case .interAreaRouter(let body): body.encode(into: &writer)
    case .asExternalV3(let body), .nssaV3(let body): body.encode(into: &writer)
    case .link(let body): body.encode(into: &writer)
    case .intraAreaPrefix(let body): body.encode(into: &writer)
    case .opaque(let bytes): writer.append(bytes)
    }
  }
}

/// Makes whole LSAs.
public enum LSAEncoder {
  /// The largest LSA that fits into an update in one IP packet: what remains of 65,535 octets after the IPv4 header, the header
  /// of OSPFv2, the number of LSAs, and 64 octets of authentication data. OSPFv3 would leave a few more.
  public static let maximumLength = 65535 - 20 - 24 - 4 - 64

  /// The octets of an LSA with length and checksum set. The header's own length and checksum are ignored. Nil when it would be
  /// longer than ``maximumLength``.
  public static func encode(header: LSAHeader, body: LSABody, version: OSPFVersion) -> [UInt8]? {
    var writer = WireWriter(capacity: 64)
    header.encode(into: &writer, version: version)
    body.encode(into: &writer)
    guard writer.count <= maximumLength else { return nil }
    writer.patch(UInt16(truncatingIfNeeded: writer.count), at: 18)
    guard let checksum = FletcherChecksum.compute(writer.bytes.rawSpan) else { return nil }
    writer.patch(checksum, at: 16)
    return writer.bytes
  }
}
