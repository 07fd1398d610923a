/// The ISO 8473 (Fletcher) checksum of an LSA (RFC 2328 section 12.1.7, RFC 905 annex B): over the whole LSA except LS age, with
/// the checksum field at octets 16 and 17 of the LSA.
public enum FletcherChecksum {
  /// Whether the LSA's checksum is right. False for anything shorter than an LSA header, and for a checksum of zero, which the
  /// algorithm never yields.
  public static func verifies(_ lsa: RawSpan) -> Bool {
    guard lsa.byteCount >= LSAHeader.size, lsa.uint16(at: 16) != 0 else { return false }
    let (c0, c1) = sums(lsa)
    return c0 % 255 == 0 && c1 % 255 == 0
  }

  /// The checksum that belongs at octets 16 and 17 of the LSA; what stands there now is ignored. Nil for anything shorter than
  /// an LSA header, and for anything longer than its length field can say.
  public static func compute(_ lsa: RawSpan) -> UInt16? {
    guard lsa.byteCount >= LSAHeader.size, lsa.byteCount <= UInt16.max else { return nil }
    // Octets after the first checksum octet, as seen from the end of the LSA.
    let distance = lsa.byteCount - 17
    let (first, second) = (Int(lsa.uint8(at: 16)), Int(lsa.uint8(at: 17)))
    let sums = sums(lsa)
    let c0 = (sums.c0 - first - second) % 255
    let c1 = (sums.c1 - first * (distance + 1) - second * distance) % 255
    var x = (distance * c0 - c1) % 255
    if x <= 0 { x += 255 }
    var y = 510 - c0 - x
    if y > 255 { y -= 255 }
    return UInt16(x) << 8 | UInt16(y)
  }

  /// Both running sums from octet 2 to the end, not reduced: 65,535 octets of 255 make less than 2^40.
  private static func sums(_ lsa: RawSpan) -> (c0: Int, c1: Int) {
    var c0 = 0
    var c1 = 0
    var offset = 2
    let end = lsa.byteCount
    while offset + 8 <= end {
      let octets = lsa.uint64(at: offset)
      // Four lanes of 16 bits: the octets at even and at odd places. A multiplication adds lanes up, weighted, into the
      // topmost one, which holds at most 255 * 36.
      let odd = octets & 0x00FF_00FF_00FF_00FF
      let even = octets >> 8 & 0x00FF_00FF_00FF_00FF
      let sum = ((odd &+ even) &* 0x0001_0001_0001_0001) >> 48
      // The first octet is counted in eight of the eight steps that this stands for, the last one in one.
      let weighted = (even &* 0x0002_0004_0006_0008 &+ odd &* 0x0001_0003_0005_0007) >> 48
      c1 &+= c0 &* 8 &+ Int(truncatingIfNeeded: weighted)
      c0 &+= Int(truncatingIfNeeded: sum)
      offset &+= 8
    }
    while offset < end {
      c0 &+= Int(lsa.uint8(at: offset))
      c1 &+= c0
      offset &+= 1
    }
    return (c0, c1)
  }
}
