/// The body of a link-LSA (RFC 5340 section A.4.9): what a router says of itself to the routers on one link. Its Link State ID is
/// the router's Interface ID.
public struct LinkLSA: Hashable, Sendable {
  /// The router's Router Priority on the link.
  public var priority: UInt8
  /// The options that the network-LSA is to have, 24 bits.
  public var options: Options
  /// The router's link-local address; in an instance for IPv4 its IPv4 address, in the first 32 bits (RFC 5838 section 2.5).
  public var linkLocalAddress: IPv6Address
  /// The prefixes of the link.
  public var prefixes: [OSPFv3Prefix]
  /// The 16 bits after each prefix's options, sent as zero; as many as there are prefixes, or none where all are zero.
  public var prefixReserved: [UInt16] = []

  public init(priority: UInt8, options: Options, linkLocalAddress: IPv6Address, prefixes: [OSPFv3Prefix]) {
    self.priority = priority
    self.options = options
    self.linkLocalAddress = linkLocalAddress
    self.prefixes = prefixes
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> LinkLSA {
    try body.require(24, "link-LSA")
    let (prefixes, extras) = try OSPFv3Prefix.decodeList(body, from: 24, count: body.uint32(at: 20), "link-LSA")
    var lsa = LinkLSA(
      priority: body.uint8(at: 0), options: Options(rawValue: body.uint24(at: 1)),
      linkLocalAddress: body.ipv6Address(at: 4), prefixes: prefixes)
    if extras.contains(where: { $0 != 0 }) { lsa.prefixReserved = extras }
    return lsa
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint8(priority)
    writer.uint24(options.rawValue)
    writer.uint64(linkLocalAddress.high)
    writer.uint64(linkLocalAddress.low)
    writer.uint32(UInt32(truncatingIfNeeded: prefixes.count))
    for (position, prefix) in prefixes.enumerated() {
      prefix.encode(into: &writer, extra: position < prefixReserved.count ? prefixReserved[position] : 0)
    }
  }
}
