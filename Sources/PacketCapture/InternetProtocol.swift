import OSPFWire

/// The IP datagram, or the fragment of one, that a frame carries.
struct IPPacket {
  /// The IP source address.
  var source: IPAddress
  /// The IP destination address.
  var destination: IPAddress
  /// The time to live, in IPv6 the hop limit.
  var ttl: UInt8
  /// The protocol of the payload: behind the extension headers in IPv6, behind an authentication header in both.
  var payloadProtocol: UInt8
  /// What follows all headers.
  var payload: ArraySlice<UInt8> = []
  /// Where the payload belongs, when it is a fragment.
  var fragment: Fragment?

  struct Fragment {
    var identification: UInt32
    /// In octets.
    var offset: Int
    var moreFragments: Bool
  }

  private static let ospf: UInt8 = 89
  private static let authenticationHeader: UInt8 = 51
  private static let headerLimit = 16

  /// Whether the payload is an OSPF packet, or may be one once its fragments are together.
  private var mayBeOSPF: Bool {
    switch payloadProtocol {
    case Self.ospf: true
    case Self.authenticationHeader, 0, 43, 60, 135, 139, 140: fragment != nil
    default: false
    }
  }

  /// Tunnels in tunnels; more than one is rare.
  private static let tunnelLimit = 4

  /// Reads the IP header that `frame` begins with, and all headers between it and the payload. Nil when the payload is not OSPF. Where it is
  /// another IP datagram, in a tunnel, that one is read: `depth` of them are around this one.
  init?(_ frame: inout FrameCursor, depth: Int = 0) throws(FrameError) {
    let first = try frame.octet(of: "IP header")
    switch first >> 4 {
    case 4: try self.init(ipv4: &frame, headerLength: Int(first & 0xF) * 4)
    case 6: try self.init(ipv6: &frame)
    default: throw .version(first >> 4)
    }
    if fragment == nil, try Self.enterTunnel(payloadProtocol, &frame) {
      guard depth < Self.tunnelLimit else { throw .tooManyHeaders(what: "tunnels", limit: Self.tunnelLimit) }
      try self.init(&frame, depth: depth + 1)
      return
    }
    guard mayBeOSPF else { return nil }
    payload = try frame.takeRest(of: "IP datagram")
  }

  /// Consumes what stands between a tunnel's IP header and the datagram within. False where there is none.
  private static func enterTunnel(_ payloadProtocol: UInt8, _ frame: inout FrameCursor) throws(FrameError) -> Bool {
    switch payloadProtocol {
    // IP in IP (RFC 2003), IPv6 in IP (RFC 4213).
    case 4, 41: true
    case 47: try enterGRE(&frame)
    default: false
    }
  }

  /// RFC 2784 and RFC 2890: the flags say which of checksum, key and sequence number are there. Routing, which RFC 2784 has abolished, and
  /// other versions, PPTP's among them, are not looked into.
  private static func enterGRE(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    let flags = try frame.uint16(of: "GRE header")
    let type = try frame.uint16(of: "GRE header")
    guard flags & 0x4007 == 0 else { return false }
    for flag in [0x8000, 0x2000, 0x1000] as [UInt16] where flags & flag != 0 { try frame.skip(4, of: "GRE header") }
    // Transparent Ethernet bridging (RFC 1701): a whole frame.
    guard type == 0x6558 else { return try LinkLayer.skipTags(&frame, type: type) }
    try frame.skip(12, of: "Ethernet header")
    return try LinkLayer.skipEtherType(&frame)
  }

  /// Header checksums are not verified: the hardware that was to fill them in may not have seen the packet yet when it was
  /// captured.
  private init(ipv4 frame: inout FrameCursor, headerLength: Int) throws(FrameError) {
    try frame.skip(1, of: "IPv4 header")
    let totalLength = Int(try frame.uint16(of: "IPv4 header"))
    guard headerLength >= 20, totalLength >= headerLength else {
      throw .length(what: "IPv4 header", claimed: headerLength, available: totalLength)
    }
    frame.limit(to: totalLength - 4)
    let identification = try frame.uint16(of: "IPv4 header")
    let flagsAndOffset = try frame.uint16(of: "IPv4 header")
    ttl = try frame.octet(of: "IPv4 header")
    payloadProtocol = try frame.octet(of: "IPv4 header")
    try frame.skip(2, of: "IPv4 header")
    source = .v4(IPv4Address(rawValue: try frame.uint32(of: "IPv4 header")))
    destination = .v4(IPv4Address(rawValue: try frame.uint32(of: "IPv4 header")))
    try frame.skip(headerLength - 20, of: "IPv4 options")
    if flagsAndOffset & 0x3FFF == 0 {
      try skipAuthenticationHeader(&frame)
    } else {
      fragment = Fragment(
        identification: UInt32(identification), offset: Int(flagsAndOffset & 0x1FFF) * 8,
        moreFragments: flagsAndOffset & 0x2000 != 0)
    }
  }

  private init(ipv6 frame: inout FrameCursor) throws(FrameError) {
    try frame.skip(3, of: "IPv6 header")
    let payloadLength = Int(try frame.uint16(of: "IPv6 header"))
    payloadProtocol = try frame.octet(of: "IPv6 header")
    ttl = try frame.octet(of: "IPv6 header")
    source = try Self.address(&frame)
    destination = try Self.address(&frame)
    frame.limit(to: payloadLength)
    try skipExtensionHeaders(&frame)
  }

  private static func address(_ frame: inout FrameCursor) throws(FrameError) -> IPAddress {
    .v6(IPv6Address(high: try frame.uint64(of: "IPv6 header"), low: try frame.uint64(of: "IPv6 header")))
  }

  /// Goes through the chain of RFC 8200 section 4 up to the payload, or to a fragment header, behind which it cannot look.
  private mutating func skipExtensionHeaders(_ frame: inout FrameCursor) throws(FrameError) {
    for _ in 0...Self.headerLimit {
      switch payloadProtocol {
      case 0, 43, 60, 135, 139, 140:
        payloadProtocol = try frame.octet(of: "IPv6 extension header")
        let length = Int(try frame.octet(of: "IPv6 extension header"))
        try frame.skip(length * 8 + 6, of: "IPv6 extension header")
      case 44:
        try takeFragmentHeader(&frame)
        guard fragment == nil else { return }
      case Self.authenticationHeader:
        try takeAuthenticationHeader(&frame)
      default:
        return
      }
    }
    throw .tooManyHeaders(what: "IPv6 extension headers", limit: Self.headerLimit)
  }

  /// An atomic fragment (RFC 6946) is a whole datagram and leaves no trace here.
  private mutating func takeFragmentHeader(_ frame: inout FrameCursor) throws(FrameError) {
    payloadProtocol = try frame.octet(of: "IPv6 fragment header")
    try frame.skip(1, of: "IPv6 fragment header")
    let offsetAndFlags = try frame.uint16(of: "IPv6 fragment header")
    let identification = try frame.uint32(of: "IPv6 fragment header")
    guard offsetAndFlags & 0xFFF9 != 0 else { return }
    fragment = Fragment(
      identification: identification, offset: Int(offsetAndFlags & 0xFFF8), moreFragments: offsetAndFlags & 1 == 1)
  }

  private mutating func skipAuthenticationHeader(_ frame: inout FrameCursor) throws(FrameError) {
    guard payloadProtocol == Self.authenticationHeader else { return }
    try takeAuthenticationHeader(&frame)
  }

  /// RFC 4302 section 2: the length counts words of four octets, less two.
  private mutating func takeAuthenticationHeader(_ frame: inout FrameCursor) throws(FrameError) {
    payloadProtocol = try frame.octet(of: "authentication header")
    let length = Int(try frame.octet(of: "authentication header"))
    try frame.skip(length * 4 + 6, of: "authentication header")
  }

  /// Replaces the fragment with the whole payload, and reads the headers that stand in front of it. Nil when it is not OSPF.
  func reassembled(_ whole: [UInt8]) throws(FrameError) -> IPPacket? {
    var packet = self
    var cursor = FrameCursor(whole, originalLength: whole.count)
    packet.fragment = nil
    switch source {
    case .v4: try packet.skipAuthenticationHeader(&cursor)
    case .v6: try packet.skipExtensionHeaders(&cursor)
    }
    guard packet.mayBeOSPF else { return nil }
    packet.payload = try cursor.takeRest(of: "IP datagram")
    return packet
  }
}
