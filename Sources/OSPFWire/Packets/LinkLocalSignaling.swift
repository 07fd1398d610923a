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

    public init(type: UInt16, value: [UInt8]) {
      self.type = type
      self.value = value
    }

    /// Extended Options and Flags (RFC 5613 section 2.5).
    public static func extendedOptions(_ options: ExtendedOptions) -> TLV {
      var writer = WireWriter(capacity: 4)
      writer.uint32(options.rawValue)
      return TLV(type: 1, value: writer.bytes)
    }
  }

  /// What the Extended Options and Flags TLV says.
  public struct ExtendedOptions: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// B-bit: no adjacency without a BFD session (RFC 9355 section 2).
    public static let bfdStrictMode = ExtendedOptions(rawValue: 0x10)
  }

  /// A new block, of which the checksum is left zero, as under cryptographic authentication.
  public init(_ tlvs: [TLV]) {
    var writer = WireWriter()
    for tlv in tlvs {
      writer.uint16(tlv.type)
      writer.uint16(UInt16(truncatingIfNeeded: tlv.value.count))
      writer.append(tlv.value)
      writer.append([UInt8](repeating: 0, count: -tlv.value.count & 3))
    }
    self.init(checksum: 0, payload: writer.bytes)
  }

  /// The octets of the block.
  func octets(checksummed: Bool) -> [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    if checksummed { writer.patch(InternetChecksum.compute(writer.bytes.rawSpan), at: 0) }
    return writer.bytes
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
