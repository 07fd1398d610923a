/// What a grace-LSA says (RFC 3623 appendix B, RFC 5187 section 2.2): its originator restarts and will be back.
public struct GraceLSA: Hashable, Sendable {
  /// Seconds from the origination for which neighbors go on as if nothing had happened.
  public var gracePeriod: UInt32
  /// Why.
  public var reason: Reason
  /// OSPFv2: the originator's address on the network, where routers are known by their addresses.
  public var interfaceAddress: IPv4Address?

  /// Restart reasons; a number that is not assigned is `unknown`.
  public enum Reason: UInt8, Hashable, Sendable, CaseIterable {
    case unknown = 0
    case softwareRestart = 1
    case softwareReload = 2
    case switchover = 3
  }

  /// Makes the content of a grace-LSA.
  public init(gracePeriod: UInt32, reason: Reason, interfaceAddress: IPv4Address? = nil) {
    self.gracePeriod = gracePeriod
    self.reason = reason
    self.interfaceAddress = interfaceAddress
  }

  /// OSPFv2: opaque type 3, opaque ID 0.
  public static let linkStateID = LinkStateID(rawValue: 3 << 24)

  /// Reads the octets after the LSA header. TLVs that are not known are ignored. Throws when one is not whole, or when the grace period,
  /// which must be there, is not.
  public static func decode(_ body: RawSpan) throws(WireError) -> GraceLSA {
    var lsa = GraceLSA(gracePeriod: 0, reason: .unknown)
    var hasPeriod = false
    var offset = 0
    while offset < body.byteCount {
      try body.require(offset + 4, "grace-LSA TLV")
      let type = body.uint16(at: offset)
      let length = Int(body.uint16(at: offset + 2))
      try body.require(offset + 4 + length, "grace-LSA TLV")
      switch (type, length) {
      case (1, 4):
        lsa.gracePeriod = body.uint32(at: offset + 4)
        hasPeriod = true
      case (2, 1): lsa.reason = Reason(rawValue: body.uint8(at: offset + 4)) ?? .unknown
      case (3, 4): lsa.interfaceAddress = IPv4Address(rawValue: body.uint32(at: offset + 4))
      case (1...3, _): throw .value(what: "length of a grace-LSA TLV", UInt64(length))
      default: break
      }
      offset += 4 + (length + 3) & ~3
    }
    guard hasPeriod else { throw .truncated(what: "grace-LSA", needed: 8, available: body.byteCount) }
    return lsa
  }

  /// The octets of the body.
  public var octets: [UInt8] {
    var writer = WireWriter(capacity: 24)
    writer.uint16(1)
    writer.uint16(4)
    writer.uint32(gracePeriod)
    writer.uint16(2)
    writer.uint16(1)
    writer.uint32(UInt32(reason.rawValue) << 24)
    if let interfaceAddress {
      writer.uint16(3)
      writer.uint16(4)
      writer.uint32(interfaceAddress.rawValue)
    }
    return writer.bytes
  }
}
