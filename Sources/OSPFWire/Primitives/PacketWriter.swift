/// Writes a packet piece by piece: header, body, then `seal` for length and checksum. The engine packs updates, requests and
/// acknowledgments with it up to the MTU.
public struct PacketWriter: Sendable {
  /// Where the body is appended.
  public var writer: WireWriter
  private let header: PacketHeader

  /// Begins a packet.
  public init(header: PacketHeader, capacity: Int = 256) {
    self.header = header
    writer = WireWriter(capacity: capacity)
    header.encode(into: &writer)
  }

  /// The octets so far.
  public var count: Int { writer.count }

  /// Sets the length and, in OSPFv2 without cryptographic authentication, the checksum, which leaves out the authentication
  /// field (RFC 2328 section D.4). What is appended afterwards lies outside of both. A checksum that the header brings along and
  /// that is right stays: ones' complement has two zeros, and a packet that was received keeps its sender's.
  public mutating func seal() {
    writer.patch(UInt16(truncatingIfNeeded: writer.count), at: 2)
    guard header.version == .v2, !header.isCryptographicallyAuthenticated else { return }
    let sum = writer.bytes.rawSpan.packetSum
    guard InternetChecksum.finish(sum) != 0 else { return }
    // Adding the complement of the field takes it out of the sum.
    writer.patch(InternetChecksum.finish(sum + UInt64(~header.checksum)), at: 12)
  }

  /// Appends an LSA with another LS age than the one in its octets.
  @inline(__always)
  public mutating func append(lsa: RawSpan, lsAge: UInt16) {
    let start = writer.count
    writer.append(lsa)
    writer.patch(lsAge, at: start)
  }

  /// Sets the number of LSAs at the beginning of an update's body.
  public mutating func patchLSACount(_ count: Int) {
    let offset = PacketHeader.size(header.version)
    writer.patch(UInt16(truncatingIfNeeded: count >> 16), at: offset)
    writer.patch(UInt16(truncatingIfNeeded: count), at: offset + 2)
  }
}

extension RawSpan {
  /// The sum over an OSPFv2 packet, its 64 bits of authentication data left out. `InternetChecksum.finish` makes 0 of it where
  /// the checksum field is right.
  var packetSum: UInt64 { InternetChecksum.sum(self, 24..<byteCount, partial: InternetChecksum.sum(self, 0..<16)) }
}
