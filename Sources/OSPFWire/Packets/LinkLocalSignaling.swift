/// The LLS data block that may follow a Hello or a Database Description (RFC 5613).
public struct LinkLocalSignaling: Hashable, Sendable {
  /// The block's checksum as it stands: zero where cryptographic authentication covers it.
  public var checksum: UInt16
  /// Everything after the checksum and the length: the TLVs with their padding.
  public var payload: [UInt8]

  public init(checksum: UInt16, payload: [UInt8]) {
    self.checksum = checksum
    self.payload = payload
  }

  /// One TLV.
  public struct TLV: Hashable, Sendable {
    /// 1 for Extended Options and Flags, 2 for Cryptographic Authentication.
    public var type: UInt16
    /// The value without its padding.
    public var value: [UInt8]
  }

  /// The TLVs; decoding ends at the first one that is not whole.
  public var tlvs: [TLV] {
    var tlvs: [TLV] = []
    let span = payload.rawSpan
    var offset = 0
    while offset + 4 <= span.byteCount {
      let length = Int(span.uint16(at: offset + 2))
      guard offset + 4 + length <= span.byteCount else { break }
      tlvs.append(TLV(type: span.uint16(at: offset), value: span.copy(offset + 4..<offset + 4 + length)))
      offset += 4 + (length + 3) & ~3
    }
    return tlvs
  }

  /// Reads the block at `offset`; nil when no whole one with a right checksum stands there. A block that is not understood is
  /// no reason to refuse the packet before it (RFC 5613 section 2.5).
  static func decode(_ bytes: RawSpan, at offset: Int, checksummed: Bool) -> LinkLocalSignaling? {
    guard bytes.byteCount - offset >= 4 else { return nil }
    let length = Int(bytes.uint16(at: offset + 2)) * 4
    guard length >= 4, offset + length <= bytes.byteCount else { return nil }
    if checksummed, InternetChecksum.finish(InternetChecksum.sum(bytes, offset..<offset + length)) != 0 { return nil }
    return LinkLocalSignaling(
      checksum: bytes.uint16(at: offset), payload: bytes.copy(offset + 4..<offset + length))
  }

  func encode(into writer: inout WireWriter) {
    writer.uint16(checksum)
    writer.uint16(UInt16(truncatingIfNeeded: (payload.count + 4) / 4))
    writer.append(payload)
  }
}
