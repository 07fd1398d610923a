/// The body of an OSPFv3 router-LSA (RFC 5340 section A.4.3). A router may say it in several, each with a Link State ID of its own.
public struct OSPFv3RouterLSA: Hashable, Sendable {
  /// What the router is. The bits are those of OSPFv2; 0x08 was once multicast.
  public var flags: RouterLSA.Flags
  /// The router's optional capabilities, 24 bits.
  public var options: Options
  /// The router's links.
  public var links: [OSPFv3RouterLink]

  public init(flags: RouterLSA.Flags, options: Options, links: [OSPFv3RouterLink]) {
    self.flags = flags
    self.options = options
    self.links = links
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> OSPFv3RouterLSA {
    try body.require(4, "router-LSA")
    try body.requireEntries(ofSize: 16, from: 4, "links of the router-LSA")
    let links = stride(from: 4, to: body.byteCount, by: 16).map { OSPFv3RouterLink.decode(body, at: $0) }
    return OSPFv3RouterLSA(
      flags: RouterLSA.Flags(rawValue: body.uint8(at: 0)), options: Options(rawValue: body.uint24(at: 1)), links: links)
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint8(flags.rawValue)
    writer.uint24(options.rawValue)
    for link in links { link.encode(into: &writer) }
  }
}

/// One link of an OSPFv3 router-LSA.
public struct OSPFv3RouterLink: Hashable, Sendable {
  /// 1 point-to-point, 2 transit, 4 virtual.
  public var type: RouterLink.LinkType
  /// The octet after the type, sent as zero.
  public var reserved: UInt8
  /// The cost.
  public var metric: UInt16
  /// The router's Interface ID.
  public var interfaceID: UInt32
  /// The neighbor's Interface ID; on a transit network the Designated Router's.
  public var neighborInterfaceID: UInt32
  /// The neighbor's router ID; on a transit network the Designated Router's.
  public var neighborRouterID: RouterID

  public init(
    type: RouterLink.LinkType, metric: UInt16, interfaceID: UInt32, neighborInterfaceID: UInt32, neighborRouterID: RouterID,
    reserved: UInt8 = 0
  ) {
    self.type = type
    self.metric = metric
    self.interfaceID = interfaceID
    self.neighborInterfaceID = neighborInterfaceID
    self.neighborRouterID = neighborRouterID
    self.reserved = reserved
  }

  static func decode(_ body: RawSpan, at offset: Int) -> OSPFv3RouterLink {
    OSPFv3RouterLink(
      type: RouterLink.LinkType(rawValue: body.uint8(at: offset)), metric: body.uint16(at: offset + 2),
      interfaceID: body.uint32(at: offset + 4), neighborInterfaceID: body.uint32(at: offset + 8),
      neighborRouterID: RouterID(rawValue: body.uint32(at: offset + 12)), reserved: body.uint8(at: offset + 1))
  }

  func encode(into writer: inout WireWriter) {
    writer.uint8(type.rawValue)
    writer.uint8(reserved)
    writer.uint16(metric)
    writer.uint32(interfaceID)
    writer.uint32(neighborInterfaceID)
    writer.uint32(neighborRouterID.rawValue)
  }
}
