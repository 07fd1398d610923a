/// The checksum of IP, also used by the OSPF packet headers and the LLS data block (RFC 1071): the ones' complement of the ones'
/// complement sum of all 16-bit words, the last one padded with zero.
public enum InternetChecksum {
  /// The ones' complement sum of `range`, to be folded and complemented by `finish`; `partial` continues an earlier sum over
  /// an even number of octets.
  static func sum(_ bytes: RawSpan, _ range: Range<Int>, partial: UInt64 = 0) -> UInt64 {
    var sum = partial
    var offset = range.lowerBound
    while offset + 8 <= range.upperBound {
      let word = bytes.uint64(at: offset)
      sum &+= word >> 32
      sum &+= word & 0xFFFF_FFFF
      offset += 8
    }
    while offset + 2 <= range.upperBound {
      sum &+= UInt64(bytes.uint16(at: offset))
      offset += 2
    }
    if offset < range.upperBound { sum &+= UInt64(bytes.uint8(at: offset)) << 8 }
    return sum
  }

  /// Folds a sum to 16 bits and complements it.
  static func finish(_ sum: UInt64) -> UInt16 {
    var folded = sum
    while folded >> 16 != 0 { folded = (folded & 0xFFFF) + (folded >> 16) }
    return ~UInt16(truncatingIfNeeded: folded)
  }

  /// The checksum of all of `bytes`. Over bytes that hold a correct checksum the result is 0.
  public static func compute(_ bytes: RawSpan) -> UInt16 { finish(sum(bytes, 0..<bytes.byteCount)) }
}

extension InternetChecksum {
  /// The checksum that belongs into an OSPFv3 packet sent from `source` to `destination`: over the packet and the IPv6
  /// pseudo-header (RFC 5340 section A.3.1, RFC 8200 section 8.1). What stands in the checksum field now is ignored. Nil when the
  /// header is not whole, or its length field claims more than is there.
  public static func compute(ospfv3 packet: RawSpan, source: IPv6Address, destination: IPv6Address) -> UInt16? {
    guard let sum = sum(ospfv3: packet, source: source, destination: destination) else { return nil }
    // Adding the complement of the field takes it out of the sum.
    return finish(sum + UInt64(~packet.uint16(at: 12)))
  }

  /// Whether the checksum of an OSPFv3 packet that came from `source` to `destination` is right.
  public static func verifies(ospfv3 packet: RawSpan, source: IPv6Address, destination: IPv6Address) -> Bool {
    guard let sum = sum(ospfv3: packet, source: source, destination: destination) else { return false }
    return finish(sum) == 0
  }

  /// The sum over the pseudo-header and as much as the packet's length field says: an LLS data block that follows has its own.
  private static func sum(ospfv3 packet: RawSpan, source: IPv6Address, destination: IPv6Address) -> UInt64? {
    let headerSize = PacketHeader.size(.v3)
    guard packet.byteCount >= headerSize else { return nil }
    let length = Int(packet.uint16(at: 2))
    guard length >= headerSize, length <= packet.byteCount else { return nil }
    let protocolNumber: UInt64 = 89
    let pseudoHeader = [source.high, source.low, destination.high, destination.low].reduce(UInt64(length) + protocolNumber) {
      $0 + ($1 >> 32) + ($1 & 0xFFFF_FFFF)
    }
    return sum(packet, 0..<length, partial: pseudoHeader)
  }
}
