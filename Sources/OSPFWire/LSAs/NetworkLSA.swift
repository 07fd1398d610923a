/// The body of an OSPFv2 network-LSA (RFC 2328 section A.4.3). Its Link State ID is the Designated Router's address.
public struct NetworkLSA: Hashable, Sendable {
  /// The network's mask.
  public var networkMask: IPv4Address
  /// The routers that are fully adjacent to the Designated Router, and itself.
  public var attachedRouters: [RouterID]

  public init(networkMask: IPv4Address, attachedRouters: [RouterID]) {
    self.networkMask = networkMask
    self.attachedRouters = attachedRouters
  }

  /// Throws where the lengths contradict each other.
  static func examine(_ body: RawSpan) throws(WireError) {
    try body.require(4, "network-LSA")
    try body.requireEntries(ofSize: 4, from: 4, "attached routers of the network-LSA")
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> NetworkLSA {
    try examine(body)
    let routers = stride(from: 4, to: body.byteCount, by: 4).map { RouterID(rawValue: body.uint32(at: $0)) }
    return NetworkLSA(networkMask: IPv4Address(rawValue: body.uint32(at: 0)), attachedRouters: routers)
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint32(networkMask.rawValue)
    for router in attachedRouters { writer.uint32(router.rawValue) }
  }
}
