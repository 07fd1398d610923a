/// An OSPF packet: its header, its body, and what may follow it in the same IP datagram.
public struct Packet: Hashable, Sendable {
  public var header: PacketHeader
  /// What the header's type says.
  public var body: Body
  /// The octets of cryptographic authentication after the packet's length (RFC 2328 section D.3).
  public var authenticationData: [UInt8]
  /// The LLS data block of a Hello or Database Description, where the L-bit announces one.
  public var linkLocalSignaling: LinkLocalSignaling?
  /// Octets that follow all that.
  public var trailer: [UInt8]

  /// The body of one of the five packet types.
  public enum Body: Hashable, Sendable {
    case hello(Hello)
    case databaseDescription(DatabaseDescription)
    case linkStateRequest(LinkStateRequest)
    case linkStateUpdate(LinkStateUpdate)
    case linkStateAcknowledgment(LinkStateAcknowledgment)
  }

  public init(
    header: PacketHeader, body: Body, authenticationData: [UInt8] = [], linkLocalSignaling: LinkLocalSignaling? = nil,
    trailer: [UInt8] = []
  ) {
    self.header = header
    self.body = body
    self.authenticationData = authenticationData
    self.linkLocalSignaling = linkLocalSignaling
    self.trailer = trailer
  }

  /// Reads a packet of `version` from the payload of an IP datagram.
  ///
  /// The checksum of an OSPFv2 packet is verified, except under cryptographic authentication, which replaces it. That of an
  /// OSPFv3 packet covers the IPv6 addresses and is the business of whoever has them
  /// (``InternetChecksum/verifies(ospfv3:source:destination:)``). LSAs inside an update are located and not verified.
  public static func decode(_ bytes: RawSpan, version: OSPFVersion) throws(WireError) -> Packet {
    let (header, length) = try PacketHeader.decode(bytes, version: version)
    if version == .v2, !header.isCryptographicallyAuthenticated,
      InternetChecksum.finish(bytes.extracting(0..<length).packetSum) != 0
    {
      throw .checksum(what: "packet")
    }
    let start = PacketHeader.size(version)
    let content = bytes.extracting(start..<length)
    let body: Body
    switch header.type {
    case .hello: body = .hello(try Hello.decode(content, version: version))
    case .databaseDescription: body = .databaseDescription(try DatabaseDescription.decode(content, version: version))
    case .linkStateRequest: body = .linkStateRequest(try LinkStateRequest.decode(content))
    case .linkStateUpdate: body = .linkStateUpdate(try LinkStateUpdate.decode(bytes, start..<length, version: version))
    case .linkStateAcknowledgment:
      body = .linkStateAcknowledgment(try LinkStateAcknowledgment.decode(content, version: version))
    }
    var packet = Packet(header: header, body: body)
    if length < bytes.byteCount { packet.decodeAppendix(bytes, from: length) }
    return packet
  }

  /// What follows the packet's own length: authentication data, an LLS data block, anything else.
  private mutating func decodeAppendix(_ bytes: RawSpan, from start: Int) {
    var offset = min(start + header.authenticationDataLength, bytes.byteCount)
    authenticationData = bytes.copy(start..<offset)
    if announcesLinkLocalSignaling {
      linkLocalSignaling = LinkLocalSignaling.decode(
        bytes, at: offset,
        checksummed: !header.isCryptographicallyAuthenticated && announcesAuthenticationTrailer != true)
    }
    if let block = linkLocalSignaling { offset += 4 + block.payload.count }
    trailer = bytes.copy(from: offset)
  }

  private var announcesLinkLocalSignaling: Bool {
    options?.contains(header.version == .v2 ? .linkLocalSignaling : .linkLocalSignalingV3) ?? false
  }

  /// Whether an OSPFv3 packet has the AT-bit, which says that an authentication trailer follows (RFC 7166 section 3); nil of the types
  /// that have no options.
  public var announcesAuthenticationTrailer: Bool? {
    header.version == .v2 ? false : options?.contains(.authenticationTrailer)
  }

  private var options: Options? {
    switch body {
    case .hello(let hello): hello.options
    case .databaseDescription(let description): description.options
    case .linkStateRequest, .linkStateUpdate, .linkStateAcknowledgment: nil
    }
  }

  /// The octets of the packet. `source` is the packet that an update's slices were located in; only they are copied from it.
  ///
  /// A packet that was decoded gives back the very octets that it was decoded from. The checksum of a new OSPFv3 packet is left
  /// zero: it needs the IPv6 addresses, which the kernel has (``InternetChecksum/compute(ospfv3:source:destination:)``).
  public func encode(source: RawSpan) -> [UInt8] {
    var packet = PacketWriter(header: header)
    switch body {
    case .hello(let hello): hello.encode(into: &packet.writer)
    case .databaseDescription(let description):
      description.encode(into: &packet.writer, version: header.version)
    case .linkStateRequest(let request): request.encode(into: &packet.writer)
    case .linkStateUpdate(let update):
      packet.writer.uint32(UInt32(update.lsas.count))
      for lsa in update.lsas { packet.writer.append(source.copy(lsa.range)) }
    case .linkStateAcknowledgment(let acknowledgment):
      acknowledgment.encode(into: &packet.writer, version: header.version)
    }
    packet.seal()
    packet.writer.append(authenticationData)
    linkLocalSignaling?.encode(into: &packet.writer)
    packet.writer.append(trailer)
    return packet.writer.bytes
  }

  /// The octets of a packet that is no update.
  public func encode() -> [UInt8] { encode(source: [UInt8]().rawSpan) }
}
