/// What the Router Information LSA says (RFC 7770): the informational capabilities, and the router's name (RFC 5642).
public struct RouterInformation: Hashable, Sendable {
  /// What the router can do.
  public var capabilities: Capabilities
  /// The dynamic hostname: 1 to 255 printable characters of ASCII; nil when none is told.
  public var hostname: String?

  /// Makes the content of an LSA.
  public init(capabilities: Capabilities, hostname: String? = nil) {
    self.capabilities = capabilities
    self.hostname = hostname
  }

  /// Router Informational Capability Bits (RFC 7770 section 2.4); bit 0 is the most significant one.
  public struct Capabilities: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
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

  /// Whether an LSA of this type and ID is a Router Information LSA: opaque type 4 in OSPFv2, function code 12 in OSPFv3.
  public static func isType(_ type: LSType, _ linkStateID: LinkStateID, version: OSPFVersion) -> Bool {
    switch version {
    case .v2: (type == .opaqueArea || type == .opaqueAS) && linkStateID.rawValue >> 24 == 4
    case .v3: type == .routerInformation || type == .routerInformationAS
    }
  }

  /// Whether a name can be told: 1 to 255 printable characters of ASCII without blanks.
  public static func isHostname(_ octets: some Collection<UInt8>) -> Bool {
    (1...255).contains(octets.count) && octets.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// Reads the octets after the LSA header. TLVs that are not known are passed over, as is a name that is none. Throws when one is not
  /// whole.
  public static func decode(_ body: RawSpan) throws(WireError) -> RouterInformation {
    var information = RouterInformation(capabilities: [])
    var offset = 0
    while offset < body.byteCount {
      try body.require(offset + 4, "Router Information TLV")
      let type = body.uint16(at: offset)
      let length = Int(body.uint16(at: offset + 2))
      try body.require(offset + 4 + length, "Router Information TLV")
      switch type {
      case 1 where length >= 4: information.capabilities = Capabilities(rawValue: body.uint32(at: offset + 4))
      case 7:
        let octets = (0..<length).map { body.uint8(at: offset + 4 + $0) }
        if isHostname(octets) { information.hostname = String(decoding: octets, as: UTF8.self) }
      default: break
      }
      offset += 4 + (length + 3) & ~3
    }
    return information
  }

  /// The octets of the body.
  public var octets: [UInt8] {
    var writer = WireWriter(capacity: 8)
    writer.uint16(1)
    writer.uint16(4)
    writer.uint32(capabilities.rawValue)
    if let hostname {
      let octets = Array(hostname.utf8.prefix(255))
      writer.uint16(7)
      writer.uint16(UInt16(octets.count))
      writer.append(octets)
      writer.append([UInt8](repeating: 0, count: (4 - octets.count % 4) % 4))
    }
    return writer.bytes
  }
}
