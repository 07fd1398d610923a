/// The body of an OSPFv2 AS-external-LSA (RFC 2328 section A.4.5); the type 7 LSA of an NSSA has the same (RFC 3101 section 2.4).
public struct ASExternalLSA: Hashable, Sendable {
  /// The destination's mask.
  public var networkMask: IPv4Address
  /// The route, and behind it those of other types of service. Never empty.
  public var routes: [Route]

  /// The route for one type of service.
  public struct Route: Hashable, Sendable {
    /// E-bit: a type 2 metric.
    public var isType2: Bool
    /// The type of service, 7 bits, 0 in the first.
    public var tos: UInt8
    /// The metric, 24 bits.
    public var metric: UInt32
    /// Where traffic goes; 0.0.0.0 means to the originator.
    public var forwardingAddress: IPv4Address
    /// The external route tag.
    public var tag: UInt32

    public init(isType2: Bool, tos: UInt8 = 0, metric: UInt32, forwardingAddress: IPv4Address = .unspecified, tag: UInt32 = 0) {
      self.isType2 = isType2
      self.tos = tos
      self.metric = metric
      self.forwardingAddress = forwardingAddress
      self.tag = tag
    }
  }

  public init(networkMask: IPv4Address, routes: [Route]) {
    self.networkMask = networkMask
    self.routes = routes
  }

  /// Throws where the lengths contradict each other.
  static func examine(_ body: RawSpan) throws(WireError) {
    try body.require(16, "AS-external-LSA")
    try body.requireEntries(ofSize: 12, from: 4, "routes of the AS-external-LSA")
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> ASExternalLSA {
    try examine(body)
    let routes = stride(from: 4, to: body.byteCount, by: 12).map {
      Route(
        isType2: body.uint8(at: $0) & 0x80 != 0, tos: body.uint8(at: $0) & 0x7F, metric: body.uint24(at: $0 + 1),
        forwardingAddress: IPv4Address(rawValue: body.uint32(at: $0 + 4)), tag: body.uint32(at: $0 + 8))
    }
    return ASExternalLSA(networkMask: IPv4Address(rawValue: body.uint32(at: 0)), routes: routes)
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint32(networkMask.rawValue)
    for route in routes {
      writer.uint8((route.isType2 ? 0x80 : 0) | route.tos & 0x7F)
      writer.uint24(route.metric)
      writer.uint32(route.forwardingAddress.rawValue)
      writer.uint32(route.tag)
    }
  }
}
