import OSPFWire

/// The headers that the writer puts in front of an OSPF packet.
enum IPHeader {
  private static let internetworkControl: UInt8 = 0xC0
  private static let ospf: UInt8 = 89

  /// An IPv4 or IPv6 header without options, with the precedence that OSPF has (RFC 2328 section A.1).
  static func header(_ datagram: CapturedDatagram) throws(CaptureError) -> [UInt8] {
    switch (datagram.source, datagram.destination) {
    case (.v4(let source), .v4(let destination)):
      guard let length = UInt16(exactly: datagram.bytes.count + 20) else { throw .datagram(length: datagram.bytes.count) }
      var header: [UInt8] = [0x45, internetworkControl] + octets(length) + [0, 0, 0, 0, datagram.ttl, ospf, 0, 0]
      header += octets(source.rawValue) + octets(destination.rawValue)
      header.replaceSubrange(10..<12, with: octets(checksum(header)))
      return header
    case (.v6(let source), .v6(let destination)):
      guard let length = UInt16(exactly: datagram.bytes.count) else { throw .datagram(length: datagram.bytes.count) }
      return [0x6C, 0, 0, 0] + octets(length) + [ospf, datagram.ttl] + source.octets + destination.octets
    case (.v4, .v6), (.v6, .v4):
      throw .datagram(length: datagram.bytes.count)
    }
  }

  /// The Ethernet header where the encapsulation has one: the multicast mapping of RFC 1112 section 6.4 and RFC 2464 section 7,
  /// and locally administered addresses for everything else.
  static func ethernetHeader(_ datagram: CapturedDatagram, _ encapsulation: CaptureWriter.Encapsulation) -> [UInt8] {
    guard case .ethernet = encapsulation else { return [] }
    let type: [UInt8] = datagram.source.v4 == nil ? [0x86, 0xDD] : [0x08, 0x00]
    return ethernetAddress(datagram.destination) + ethernetAddress(datagram.source) + type
  }

  private static func ethernetAddress(_ address: IPAddress) -> [UInt8] {
    switch address {
    case .v4(let address) where address.isMulticast: [0x01, 0x00, 0x5E] + octets(address.rawValue & 0x7F_FFFF).dropFirst()
    case .v4(let address): [0x02, 0x00] + octets(address.rawValue)
    case .v6(let address) where address.isMulticast: [0x33, 0x33] + address.octets.suffix(4)
    case .v6(let address): [0x02, 0x06] + address.octets.suffix(4)
    }
  }

  private static func octets(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// RFC 1071
  private static func checksum(_ header: [UInt8]) -> UInt16 {
    let sum = stride(from: 0, to: header.count, by: 2).reduce(UInt32(0)) {
      $0 + UInt32(header[$1]) << 8 + UInt32(header[$1 + 1])
    }
    let folded = (sum & 0xFFFF) + sum >> 16
    return ~UInt16(truncatingIfNeeded: (folded & 0xFFFF) + folded >> 16)
  }
}
