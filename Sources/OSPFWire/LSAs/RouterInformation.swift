/// What the Router Information LSA says (RFC 7770): the first TLV, the informational capabilities.
public struct RouterInformation: Hashable, Sendable {
  /// What the router can do.
  public var capabilities: Capabilities

  /// Makes the content of an LSA.
  public init(capabilities: Capabilities) { self.capabilities = capabilities }

  /// Router Informational Capability Bits (RFC 7770 section 2.4); bit 0 is the most significant one.
  public struct Capabilities: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    /// Makes a set from bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Bit 0: it can restart gracefully (RFC 3623, RFC 5187).
    public static let gracefulRestart = Capabilities(rawValue: 1 << 31)
    /// Bit 1: it helps neighbors that restart gracefully.
    public static let gracefulRestartHelper = Capabilities(rawValue: 1 << 30)
    /// Bit 2: it can be a stub router (RFC 6987).
    public static let stubRouter = Capabilities(rawValue: 1 << 29)
    /// Bit 7: it knows the H-bit of router-LSAs (RFC 8770 section 5).
    public static let hostRouterSupport = Capabilities(rawValue: 1 << 24)
  }

  /// OSPFv2: opaque type 4, opaque ID 0.
  public static let linkStateID = LinkStateID(rawValue: 4 << 24)

  /// The octets of the body.
  public var octets: [UInt8] {
    var writer = WireWriter(capacity: 8)
    writer.uint16(1)
    writer.uint16(4)
    writer.uint32(capabilities.rawValue)
    return writer.bytes
  }
}
