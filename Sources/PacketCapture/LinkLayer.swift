import CPcap

/// The link layers whose frames the reader can look into.
enum LinkLayer: Hashable {
  case ethernet
  case linuxCooked
  case linuxCooked2
  case rawIP
  /// BSD loopback: four octets of address family, in the byte order of the machine that captured or of the network.
  case loopback
  case ppp
  /// PPP over Ethernet, the Ethernet header left out.
  case pppoe
  case ciscoHDLC
  case frameRelay
  /// An MPLS label stack.
  case mpls

  /// The link layer of libpcap's number for it; nil when it is none of these.
  init?(dataLink: Int32) {
    switch dataLink {
    case DLT_EN10MB: self = .ethernet
    case DLT_LINUX_SLL: self = .linuxCooked
    case DLT_LINUX_SLL2: self = .linuxCooked2
    case DLT_RAW, DLT_IPV4, DLT_IPV6: self = .rawIP
    case DLT_NULL, DLT_LOOP: self = .loopback
    case DLT_PPP, DLT_PPP_SERIAL: self = .ppp
    case DLT_PPP_ETHER: self = .pppoe
    case DLT_C_HDLC: self = .ciscoHDLC
    case DLT_FRELAY: self = .frameRelay
    case DLT_MPLS: self = .mpls
    default: return nil
    }
  }

  /// Consumes everything in front of the IP header. Returns false when the frame carries no IP.
  func skipToIP(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    switch self {
    case .ethernet:
      try frame.skip(12, of: "Ethernet header")
      return try Self.skipEtherType(&frame)
    case .linuxCooked:
      try frame.skip(14, of: "Linux cooked header")
      return try Self.skipEtherType(&frame)
    case .linuxCooked2:
      let type = try frame.uint16(of: "Linux cooked header")
      try frame.skip(18, of: "Linux cooked header")
      return try Self.skipTags(&frame, type: type)
    case .rawIP:
      return true
    case .loopback:
      return Self.addressFamilies.contains(try frame.uint32(of: "loopback header"))
    case .ppp:
      return try Self.skipPPP(&frame)
    case .pppoe: return try Self.skipPPPoE(&frame)
    case .ciscoHDLC:
      try frame.skip(2, of: "HDLC header")
      return try Self.skipEtherType(&frame)
    case .frameRelay: return try skipFrameRelay(&frame)
    case .mpls: return try Self.skipLabels(&frame)
    }
  }

  /// AF_INET, which is 2 everywhere, and AF_INET6 as Linux, the BSDs, FreeBSD and Darwin number it, in either byte order.
  private static let addressFamilies: Set<UInt32> = {
    let families: [UInt32] = [2, 10, 24, 28, 30]
    return Set(families + families.map(\.byteSwapped))
  }()

  /// Consumes a protocol type and what may stand between it and the IP header.
  static func skipEtherType(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    let type = try frame.uint16(of: "protocol type")
    return try skipTags(&frame, type: type)
  }

  /// Skips 802.1Q and 802.1ad tags, MPLS labels, PPPoE, and the LLC and SNAP headers of an 802.3 frame, whose type field is a length.
  static func skipTags(_ frame: inout FrameCursor, type: UInt16) throws(FrameError) -> Bool {
    var type = type
    for _ in 0...tagLimit {
      switch type {
      case 0x0800, 0x86DD: return true
      case 0x8847, 0x8848: return try skipLabels(&frame)
      case 0x8864: return try skipPPPoE(&frame)
      case 0x8100, 0x88A8, 0x9100:
        try frame.skip(2, of: "VLAN tag")
        type = try frame.uint16(of: "VLAN tag")
      case ...1500:
        guard frame.startsWith([0xAA, 0xAA, 0x03, 0, 0, 0]) else { return false }
        try frame.skip(6, of: "SNAP header")
        type = try frame.uint16(of: "SNAP header")
      default: return false
      }
    }
    throw .tooManyHeaders(what: "VLAN tags", limit: tagLimit)
  }

  private static let tagLimit = 8

  /// RFC 3032 section 2.1: four octets for each label, the last of which has the S bit. What follows is not said; IP begins with its version.
  private static func skipLabels(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    for _ in 0...tagLimit {
      let label = try frame.uint32(of: "MPLS label")
      guard label & 0x100 != 0 else { continue }
      let version = (frame.first ?? 0) >> 4
      return version == 4 || version == 6
    }
    throw .tooManyHeaders(what: "MPLS labels", limit: tagLimit)
  }

  /// RFC 2516 section 4: six octets, then PPP without its address.
  private static func skipPPPoE(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    try frame.skip(6, of: "PPPoE header")
    return try skipPPP(&frame)
  }

  /// The address of Q.922, two to four octets of which the last has its lowest bit set; then the encapsulation of RFC 2427, which begins
  /// with the control octet 3, or that of Cisco, a protocol type.
  private func skipFrameRelay(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    for position in 1...4 {
      let isLast = try frame.octet(of: "Frame Relay address") & 1 == 1
      guard isLast else { continue }
      guard position > 1 else { return false }
      return frame.first == 3 ? try skipMultiprotocol(&frame) : try Self.skipEtherType(&frame)
    }
    return false
  }

  /// RFC 2427 section 3: the control octet, padding, and the NLPID, which for SNAP has a protocol type behind it.
  private func skipMultiprotocol(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    try frame.skip(1, of: "Frame Relay header")
    var identifier = try frame.octet(of: "NLPID")
    if identifier == 0 { identifier = try frame.octet(of: "NLPID") }
    switch identifier {
    case 0xCC, 0x8E: return true
    case 0x80:
      guard frame.startsWith([0, 0, 0]) else { return false }
      try frame.skip(3, of: "SNAP header")
      return try Self.skipEtherType(&frame)
    default: return false
    }
  }

  /// The address and control octets may be compressed away (RFC 1661 section 6.6), the protocol to one octet (section 6.5).
  private static func skipPPP(_ frame: inout FrameCursor) throws(FrameError) -> Bool {
    if frame.startsWith([0xFF, 0x03]) { try frame.skip(2, of: "PPP header") }
    let first = try frame.octet(of: "PPP protocol")
    let proto = first & 1 == 1 ? UInt16(first) : UInt16(first) << 8 | UInt16(try frame.octet(of: "PPP protocol"))
    return proto == 0x0021 || proto == 0x0057
  }
}
