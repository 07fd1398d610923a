/// The body of an OSPFv3 network-LSA (RFC 5340 section A.4.4). Its Link State ID is the Designated Router's Interface ID.
public struct OSPFv3NetworkLSA: Hashable, Sendable {
  /// The octet before the options, sent as zero.
  public var reserved: UInt8
  /// What any of the attached routers is capable of, 24 bits.
  public var options: Options
  /// The routers that are fully adjacent to the Designated Router, and itself.
  public var attachedRouters: [RouterID]

  public init(options: Options, attachedRouters: [RouterID], reserved: UInt8 = 0) {
    self.options = options
    self.attachedRouters = attachedRouters
    self.reserved = reserved
  }

  /// Throws where the lengths contradict each other.
  static func examine(_ body: RawSpan) throws(WireError) {
    try body.require(4, "network-LSA")
    try body.requireEntries(ofSize: 4, from: 4, "attached routers of the network-LSA")
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> OSPFv3NetworkLSA {
    try examine(body)
    let routers = stride(from: 4, to: body.byteCount, by: 4).map { RouterID(rawValue: body.uint32(at: $0)) }
    return OSPFv3NetworkLSA(
      options: Options(rawValue: body.uint24(at: 1)), attachedRouters: routers, reserved: body.uint8(at: 0))
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint8(reserved)
    writer.uint24(options.rawValue)
    for router in attachedRouters { writer.uint32(router.rawValue) }
  }
}
