/// The body of an OSPFv3 AS-external-LSA (RFC 5340 section A.4.7); an NSSA-LSA has the same (section A.4.8).
public struct OSPFv3ASExternalLSA: Hashable, Sendable {
  /// The first octet: E, F and T, and five bits that are sent as zero.
  public var flags: Flags
  /// The metric, 24 bits.
  public var metric: UInt32
  /// The destination.
  public var prefix: OSPFv3Prefix
  /// The LS type of an LSA that says more about the destination; 0 for none.
  public var referencedLSType: LSType
  /// Where traffic goes; present with the F-bit.
  public var forwardingAddress: IPv6Address?
  /// The external route tag; present with the T-bit.
  public var tag: UInt32?
  /// The Link State ID of that LSA; present when there is one.
  public var referencedLinkStateID: LinkStateID?

  /// The first octet.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The octet.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// T-bit: there is a tag.
    public static let tag = Flags(rawValue: 0x01)
    /// F-bit: there is a forwarding address.
    public static let forwardingAddress = Flags(rawValue: 0x02)
    /// E-bit: a type 2 metric.
    public static let type2 = Flags(rawValue: 0x04)
  }

  /// An AS-external-LSA; the F-bit and the T-bit follow from what is there.
  public init(
    isType2: Bool, metric: UInt32, prefix: OSPFv3Prefix, forwardingAddress: IPv6Address? = nil, tag: UInt32? = nil
  ) {
    flags = isType2 ? .type2 : []
    if forwardingAddress != nil { flags.insert(.forwardingAddress) }
    if tag != nil { flags.insert(.tag) }
    self.metric = metric
    self.prefix = prefix
    self.forwardingAddress = forwardingAddress
    self.tag = tag
    referencedLSType = LSType(rawValue: 0)
  }

  /// Throws where the lengths and flags contradict each other.
  static func examine(_ body: RawSpan) throws(WireError) {
    try body.require(8, "AS-external-LSA")
    let flags = Flags(rawValue: body.uint8(at: 0))
    let hasReferenced = body.uint16(at: 6) != 0
    let needed =
      try 4 + OSPFv3Prefix.size(body, at: 4) + (flags.contains(.forwardingAddress) ? 16 : 0) + (flags.contains(.tag) ? 4 : 0)
      + (hasReferenced ? 4 : 0)
    try body.require(needed, "AS-external-LSA with what its flags announce")
    guard body.byteCount == needed else {
      throw .excess(what: "AS-external-LSA", used: needed, available: body.byteCount)
    }
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> OSPFv3ASExternalLSA {
    try examine(body)
    var offset = 4
    let (prefix, referenced) = try OSPFv3Prefix.decode(body, &offset)
    let flags = Flags(rawValue: body.uint8(at: 0))
    var lsa = OSPFv3ASExternalLSA(isType2: flags.contains(.type2), metric: body.uint24(at: 1), prefix: prefix)
    lsa.flags = flags
    lsa.referencedLSType = LSType(rawValue: referenced)
    if flags.contains(.forwardingAddress) {
      lsa.forwardingAddress = body.ipv6Address(at: offset)
      offset += 16
    }
    if flags.contains(.tag) {
      lsa.tag = body.uint32(at: offset)
      offset += 4
    }
    if referenced != 0 { lsa.referencedLinkStateID = LinkStateID(rawValue: body.uint32(at: offset)) }
    return lsa
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint8(flags.rawValue)
    writer.uint24(metric)
    prefix.encode(into: &writer, extra: referencedLSType.rawValue)
    if let forwardingAddress {
      writer.uint64(forwardingAddress.high)
      writer.uint64(forwardingAddress.low)
    }
    if let tag { writer.uint32(tag) }
    if let referencedLinkStateID { writer.uint32(referencedLinkStateID.rawValue) }
  }
}
