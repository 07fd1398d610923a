/// The body of an OSPFv2 router-LSA (RFC 2328 section A.4.2).
public struct RouterLSA: Hashable, Sendable {
  /// What the router is.
  public var flags: Flags
  /// The octet after the flags, sent as zero.
  public var reserved: UInt8
  /// The router's links.
  public var links: [RouterLink]

  /// The bits that say what the router is.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The octet.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// B-bit: area border router.
    public static let areaBorder = Flags(rawValue: 0x01)
    /// E-bit: AS boundary router.
    public static let asBoundary = Flags(rawValue: 0x02)
    /// V-bit: endpoint of a virtual link.
    public static let virtualLinkEndpoint = Flags(rawValue: 0x04)
    /// Nt-bit: unconditional NSSA translator (RFC 3101 appendix B).
    public static let nssaTranslator = Flags(rawValue: 0x10)
    /// H-bit: a host, not for transit (RFC 8770).
    public static let host = Flags(rawValue: 0x80)
  }

  public init(flags: Flags, links: [RouterLink], reserved: UInt8 = 0) {
    self.flags = flags
    self.links = links
    self.reserved = reserved
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> RouterLSA {
    try body.require(4, "router-LSA")
    let count = Int(body.uint16(at: 2))
    guard count <= (body.byteCount - 4) / 12 else {
      throw .count(what: "links", claimed: count, available: (body.byteCount - 4) / 12)
    }
    var links: [RouterLink] = []
    links.reserveCapacity(count)
    var offset = 4
    for _ in 0..<count { links.append(try RouterLink.decode(body, &offset)) }
    guard offset == body.byteCount else { throw .excess(what: "router-LSA", used: offset, available: body.byteCount) }
    return RouterLSA(flags: Flags(rawValue: body.uint8(at: 0)), links: links, reserved: body.uint8(at: 1))
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint8(flags.rawValue)
    writer.uint8(reserved)
    writer.uint16(UInt16(truncatingIfNeeded: links.count))
    for link in links { link.encode(into: &writer) }
  }
}

/// One link of a router-LSA. What `linkID` and `linkData` mean depends on the type (RFC 2328 section 12.4.1).
public struct RouterLink: Hashable, Sendable {
  /// The neighbor's router ID, the Designated Router's address, or the network.
  public var linkID: UInt32
  /// The router's interface address, its interface index, or the network's mask.
  public var linkData: UInt32
  /// 1 point-to-point, 2 transit, 3 stub, 4 virtual.
  public var type: LinkType
  /// The cost.
  public var metric: UInt16
  /// Costs for other types of service, an obsolete feature.
  public var tosMetrics: [TOSMetric]

  /// The kinds of link.
  public struct LinkType: RawRepresentable, Hashable, Sendable {
    /// The octet.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let pointToPoint = LinkType(rawValue: 1)
    public static let transit = LinkType(rawValue: 2)
    public static let stub = LinkType(rawValue: 3)
    public static let virtual = LinkType(rawValue: 4)
  }

  /// A cost for a type of service.
  public struct TOSMetric: Hashable, Sendable {
    /// The type of service.
    public var tos: UInt8
    /// The octet after it, sent as zero.
    public var reserved: UInt8
    /// The cost.
    public var metric: UInt16

    public init(tos: UInt8, metric: UInt16, reserved: UInt8 = 0) {
      self.tos = tos
      self.reserved = reserved
      self.metric = metric
    }
  }

  public init(linkID: UInt32, linkData: UInt32, type: LinkType, metric: UInt16, tosMetrics: [TOSMetric] = []) {
    self.linkID = linkID
    self.linkData = linkData
    self.type = type
    self.metric = metric
    self.tosMetrics = tosMetrics
  }

  static func decode(_ body: RawSpan, _ offset: inout Int) throws(WireError) -> RouterLink {
    guard body.byteCount - offset >= 12 else {
      throw .truncated(what: "link", needed: 12, available: body.byteCount - offset)
    }
    let tosCount = Int(body.uint8(at: offset + 9))
    guard body.byteCount - offset >= 12 + 4 * tosCount else {
      throw .truncated(what: "link with TOS metrics", needed: 12 + 4 * tosCount, available: body.byteCount - offset)
    }
    var link = RouterLink(
      linkID: body.uint32(at: offset), linkData: body.uint32(at: offset + 4),
      type: LinkType(rawValue: body.uint8(at: offset + 8)), metric: body.uint16(at: offset + 10))
    offset += 12
    for _ in 0..<tosCount {
      link.tosMetrics.append(
        TOSMetric(tos: body.uint8(at: offset), metric: body.uint16(at: offset + 2), reserved: body.uint8(at: offset + 1)))
      offset += 4
    }
    return link
  }

  func encode(into writer: inout WireWriter) {
    writer.uint32(linkID)
    writer.uint32(linkData)
    writer.uint8(type.rawValue)
    writer.uint8(UInt8(truncatingIfNeeded: tosMetrics.count))
    writer.uint16(metric)
    for tosMetric in tosMetrics {
      writer.uint8(tosMetric.tos)
      writer.uint8(tosMetric.reserved)
      writer.uint16(tosMetric.metric)
    }
  }
}
