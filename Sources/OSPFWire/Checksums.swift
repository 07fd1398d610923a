/// The checksum of IP, also used by the OSPFv2 packet header (RFC 1071): the ones' complement of the ones' complement sum of
/// all 16-bit words, the last one padded with zero.
public enum InternetChecksum {
  /// The ones' complement sum of `range`, to be folded and complemented by `finish`; `partial` continues an earlier sum over
  /// an even number of octets.
  static func sum(_ bytes: RawSpan, _ range: Range<Int>, partial: UInt64 = 0) -> UInt64 {
    var sum = partial
    var offset = range.lowerBound
    while offset + 4 <= range.upperBound {
      sum &+= UInt64(bytes.uint32(at: offset))
      offset += 4
    }
    if offset + 2 <= range.upperBound {
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

/// The ISO 8473 (Fletcher) checksum of an LSA (RFC 2328 section 12.1.7, RFC 905 annex B): over the whole LSA except LS age, with
/// the checksum field at octets 16 and 17 of the LSA.
public enum FletcherChecksum {
  /// Whether the LSA's checksum is right. False for anything shorter than an LSA header, and for a checksum of zero, which the
  /// algorithm never yields.
  public static func verifies(_ lsa: RawSpan) -> Bool {
    guard lsa.byteCount >= LSAHeader.size, lsa.uint16(at: 16) != 0 else { return false }
    let (c0, c1) = sums(lsa, skippingChecksum: false)
    return c0 == 0 && c1 == 0
  }

  /// The checksum that belongs at octets 16 and 17 of the LSA; what stands there now is ignored. Nil for anything shorter than
  /// an LSA header.
  public static func compute(_ lsa: RawSpan) -> UInt16? {
    guard lsa.byteCount >= LSAHeader.size else { return nil }
    let (c0, c1) = sums(lsa, skippingChecksum: true)
    // Octets after the first checksum octet, as seen from the end of the LSA.
    let distance = lsa.byteCount - 17
    var x = (distance * c0 - c1) % 255
    if x <= 0 { x += 255 }
    var y = 510 - c0 - x
    if y > 255 { y -= 255 }
    return UInt16(x) << 8 | UInt16(y)
  }

  /// Both running sums modulo 255 from octet 2 to the end.
  private static func sums(_ lsa: RawSpan, skippingChecksum: Bool) -> (Int, Int) {
    var c0 = 0
    var c1 = 0
    var offset = 2
    let end = lsa.byteCount
    while offset < end {
      // 4096 octets of 255 keep both sums far below the width of Int.
      let stop = min(offset + 4096, end)
      while offset < stop {
        if !(skippingChecksum && (offset == 16 || offset == 17)) { c0 &+= Int(lsa.uint8(at: offset)) }
        c1 &+= c0
        offset &+= 1
      }
      c0 %= 255
      c1 %= 255
    }
    return (c0, c1)
  }
}
