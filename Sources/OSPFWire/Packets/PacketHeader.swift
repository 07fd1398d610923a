/// The header that all OSPF packets begin with: 24 octets in OSPFv2 (RFC 2328 section A.3.1), 16 in OSPFv3 (RFC 5340 section
/// A.3.1). The length is not kept: it follows from the packet.
public struct PacketHeader: Hashable, Sendable {
  /// What kind of packet follows.
  public var type: PacketType
  /// The sender.
  public var routerID: RouterID
  /// The area that the packet belongs to.
  public var areaID: AreaID
  /// What only one version has.
  public var extent: Extent
  /// The checksum field as it was received; 0 in a packet that is being made, for `PacketWriter.seal` or whoever has the IPv6
  /// addresses to fill in.
  public var checksum: UInt16

  /// The fields that only one version has.
  public enum Extent: Hashable, Sendable {
    /// AuType and the 64 bits of authentication data.
    case v2(authenticationType: UInt16, authentication: UInt64)
    /// The Instance ID and the octet after it, which is sent as zero.
    case v3(instanceID: UInt8, reserved: UInt8)
  }

  public init(type: PacketType, routerID: RouterID, areaID: AreaID, extent: Extent, checksum: UInt16 = 0) {
    self.type = type
    self.routerID = routerID
    self.areaID = areaID
    self.extent = extent
    self.checksum = checksum
  }

  public var version: OSPFVersion {
    switch extent {
    case .v2: .v2
    case .v3: .v3
    }
  }

  /// Whether the packet is under the cryptographic authentication of OSPFv2, AuType 2 (RFC 2328 section D.3) or 3 (RFC 7474), which
  /// takes the place of the checksum.
  public var isCryptographicallyAuthenticated: Bool {
    switch extent {
    case .v2(authenticationType: 2, _), .v2(authenticationType: 3, _): true
    case .v2, .v3: false
    }
  }

  /// The number of octets of the sequence number that follows a packet of AuType 3 (RFC 7474 section 3).
  static let extendedSequenceNumberSize = 8

  /// The Auth Data Len field of cryptographic authentication: the octets of the digest.
  public var digestLength: Int {
    switch extent {
    case .v2(2, let field), .v2(3, let field): Int(UInt8(truncatingIfNeeded: field >> 32))
    case .v2, .v3: 0
    }
  }

  /// The number of octets that cryptographic authentication appends after the packet's length: as many as its Auth Data Len field says
  /// (RFC 2328 section D.3), and in AuType 3 the sequence number before them.
  public var authenticationDataLength: Int {
    if case .v2(authenticationType: 3, _) = extent { Self.extendedSequenceNumberSize + digestLength } else { digestLength }
  }

  /// The Instance ID of an OSPFv3 packet that has not been verified yet (RFC 5340 section A.3.1); nil when it is too short to have one.
  public static func instanceID(of packet: [UInt8]) -> UInt8? { packet.count > 14 ? packet[14] : nil }

  /// The number of octets of a version's header.
  public static func size(_ version: OSPFVersion) -> Int {
    switch version {
    case .v2: 24
    case .v3: 16
    }
  }

  /// Reads the header and returns it with the packet length that it claims, which is checked against what is there.
  public static func decode(
    _ bytes: RawSpan, version: OSPFVersion
  ) throws(WireError) -> (header: PacketHeader, length: Int) {
    try bytes.require(size(version), "packet header")
    guard bytes.uint8(at: 0) == version.rawValue else {
      throw .version(received: bytes.uint8(at: 0), expected: version.rawValue)
    }
    guard let type = PacketType(rawValue: bytes.uint8(at: 1)) else { throw .packetType(bytes.uint8(at: 1)) }
    let length = Int(bytes.uint16(at: 2))
    guard length >= size(version), length <= bytes.byteCount else {
      throw .length(what: "packet", claimed: length, available: bytes.byteCount)
    }
    let extent: Extent =
      switch version {
      case .v2: .v2(authenticationType: bytes.uint16(at: 14), authentication: bytes.uint64(at: 16))
      case .v3: .v3(instanceID: bytes.uint8(at: 14), reserved: bytes.uint8(at: 15))
      }
    let header = PacketHeader(
      type: type, routerID: RouterID(rawValue: bytes.uint32(at: 4)), areaID: AreaID(rawValue: bytes.uint32(at: 8)),
      extent: extent, checksum: bytes.uint16(at: 12))
    return (header, length)
  }

  /// Appends the header with zero for the length.
  func encode(into writer: inout WireWriter) {
    writer.uint8(version.rawValue)
    writer.uint8(type.rawValue)
    writer.uint16(0)
    writer.uint32(routerID.rawValue)
    writer.uint32(areaID.rawValue)
    writer.uint16(checksum)
    switch extent {
    case .v2(let authenticationType, let authentication):
      writer.uint16(authenticationType)
      writer.uint64(authentication)
    case .v3(let instanceID, let reserved):
      writer.uint8(instanceID)
      writer.uint8(reserved)
    }
  }
}
