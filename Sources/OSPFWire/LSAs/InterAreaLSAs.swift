/// The body of an inter-area-prefix-LSA (RFC 5340 section A.4.5): a prefix in another area.
public struct InterAreaPrefixLSA: Hashable, Sendable {
  /// The octet before the metric, sent as zero.
  public var reserved: UInt8
  /// The cost, 24 bits.
  public var metric: UInt32
  public var prefix: OSPFv3Prefix
  /// The 16 bits after the prefix options, sent as zero.
  public var prefixReserved: UInt16

  public init(metric: UInt32, prefix: OSPFv3Prefix, reserved: UInt8 = 0, prefixReserved: UInt16 = 0) {
    self.metric = metric
    self.prefix = prefix
    self.reserved = reserved
    self.prefixReserved = prefixReserved
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> InterAreaPrefixLSA {
    try body.require(8, "inter-area-prefix-LSA")
    var offset = 4
    let (prefix, extra) = try OSPFv3Prefix.decode(body, &offset)
    guard offset == body.byteCount else {
      throw .excess(what: "inter-area-prefix-LSA", used: offset, available: body.byteCount)
    }
    return InterAreaPrefixLSA(
      metric: body.uint24(at: 1), prefix: prefix, reserved: body.uint8(at: 0), prefixReserved: extra)
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint8(reserved)
    writer.uint24(metric)
    prefix.encode(into: &writer, extra: prefixReserved)
  }
}

/// The body of an inter-area-router-LSA (RFC 5340 section A.4.6): an AS boundary router in another area.
public struct InterAreaRouterLSA: Hashable, Sendable {
  /// The octet before the options, sent as zero.
  public var reserved: UInt8
  /// The destination router's capabilities, 24 bits.
  public var options: Options
  /// The octet before the metric, sent as zero.
  public var metricReserved: UInt8
  /// The cost, 24 bits.
  public var metric: UInt32
  /// The router that is described.
  public var destinationRouterID: RouterID

  public init(
    options: Options, metric: UInt32, destinationRouterID: RouterID, reserved: UInt8 = 0, metricReserved: UInt8 = 0
  ) {
    self.options = options
    self.metric = metric
    self.destinationRouterID = destinationRouterID
    self.reserved = reserved
    self.metricReserved = metricReserved
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> InterAreaRouterLSA {
    try body.require(12, "inter-area-router-LSA")
    guard body.byteCount == 12 else {
      throw .excess(what: "inter-area-router-LSA", used: 12, available: body.byteCount)
    }
    return InterAreaRouterLSA(
      options: Options(rawValue: body.uint24(at: 1)), metric: body.uint24(at: 5),
      destinationRouterID: RouterID(rawValue: body.uint32(at: 8)), reserved: body.uint8(at: 0),
      metricReserved: body.uint8(at: 4))
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint8(reserved)
    writer.uint24(options.rawValue)
    writer.uint8(metricReserved)
    writer.uint24(metric)
    writer.uint32(destinationRouterID.rawValue)
  }
}
