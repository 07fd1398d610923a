extension LSAHeader {
  /// Reads the 20 octets at `offset`. Throws when they are not there.
  @inline(__always)
  public static func decode(_ bytes: RawSpan, at offset: Int = 0, version: OSPFVersion) throws(WireError) -> LSAHeader {
    guard offset >= 0, bytes.byteCount - offset >= size else {
      throw .truncated(what: "LSA header", needed: size, available: max(bytes.byteCount - offset, 0))
    }
    let typeAndOptions = bytes.uint16(at: offset + 2)
    return LSAHeader(
      lsAge: bytes.uint16(at: offset),
      options: version == .v2 ? UInt8(truncatingIfNeeded: typeAndOptions >> 8) : 0,
      key: LSAKey(
        lsType: LSType(rawValue: version == .v2 ? typeAndOptions & 0xFF : typeAndOptions),
        linkStateID: LinkStateID(rawValue: bytes.uint32(at: offset + 4)),
        advertisingRouter: RouterID(rawValue: bytes.uint32(at: offset + 8))),
      sequenceNumber: SequenceNumber(rawValue: Int32(bitPattern: bytes.uint32(at: offset + 12))),
      checksum: bytes.uint16(at: offset + 16),
      length: bytes.uint16(at: offset + 18))
  }

  /// Appends the 20 octets.
  @inline(__always)
  public func encode(into writer: inout WireWriter, version: OSPFVersion) {
    writer.uint16(lsAge)
    writer.uint16(version == .v2 ? UInt16(options) << 8 | key.lsType.rawValue & 0xFF : key.lsType.rawValue)
    writer.uint32(key.linkStateID.rawValue)
    writer.uint32(key.advertisingRouter.rawValue)
    writer.uint32(UInt32(bitPattern: sequenceNumber.rawValue))
    writer.uint16(checksum)
    writer.uint16(length)
  }
}
