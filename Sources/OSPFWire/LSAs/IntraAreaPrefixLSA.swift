/// The body of an intra-area-prefix-LSA (RFC 5340 section A.4.10): the prefixes that belong to a router-LSA or a network-LSA.
public struct IntraAreaPrefixLSA: Hashable, Sendable {
  /// The type, Link State ID and originator of the LSA that the prefixes belong to.
  public var referenced: LSAKey
  /// The prefixes with their costs.
  public var prefixes: [Entry]

  /// A prefix with its cost.
  public struct Entry: Hashable, Sendable {
    public var prefix: OSPFv3Prefix
    /// The cost.
    public var metric: UInt16

    public init(prefix: OSPFv3Prefix, metric: UInt16) {
      self.prefix = prefix
      self.metric = metric
    }
  }

  public init(referenced: LSAKey, prefixes: [Entry]) {
    self.referenced = referenced
    self.prefixes = prefixes
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> IntraAreaPrefixLSA {
    try body.require(12, "intra-area-prefix-LSA")
    let (prefixes, metrics) = try OSPFv3Prefix.decodeList(
      body, from: 12, count: UInt32(body.uint16(at: 0)), "intra-area-prefix-LSA")
    return IntraAreaPrefixLSA(
      referenced: LSAKey(
        lsType: LSType(rawValue: body.uint16(at: 2)), linkStateID: LinkStateID(rawValue: body.uint32(at: 4)),
        advertisingRouter: RouterID(rawValue: body.uint32(at: 8))),
      prefixes: zip(prefixes, metrics).map(Entry.init))
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint16(UInt16(truncatingIfNeeded: prefixes.count))
    writer.uint16(referenced.lsType.rawValue)
    writer.uint32(referenced.linkStateID.rawValue)
    writer.uint32(referenced.advertisingRouter.rawValue)
    for entry in prefixes { entry.prefix.encode(into: &writer, extra: entry.metric) }
  }
}
