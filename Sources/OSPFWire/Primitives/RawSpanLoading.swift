// The one file of the module that says `unsafe`. `RawSpan` checks the bounds of every load; what it cannot check is the type,
// and here that is always an integer, for which every bit pattern is a value.

extension RawSpan {
  /// The octet at `offset`.
  @inline(__always)
  public func uint8(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// Two octets in network byte order.
  @inline(__always)
  public func uint16(at offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// Three octets in network byte order.
  @inline(__always)
  func uint24(at offset: Int) -> UInt32 {
    UInt32(uint8(at: offset)) << 16 | UInt32(uint16(at: offset + 1))
  }

  /// Four octets in network byte order.
  @inline(__always)
  public func uint32(at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Eight octets in network byte order.
  @inline(__always)
  func uint64(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// A copy of the octets from `offset` to the end.
  public func copy(from offset: Int = 0) -> [UInt8] {
    copy(offset..<byteCount)
  }

  /// A copy of the octets in `range`.
  public func copy(_ range: Range<Int>) -> [UInt8] {
    unsafe extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Whether both have the same octets from `offset` on.
  public func isEqual(to other: RawSpan, from offset: Int) -> Bool {
    guard byteCount == other.byteCount, offset <= byteCount else { return false }
    return unsafe extracting(droppingFirst: offset).withUnsafeBytes { octets in
      unsafe other.extracting(droppingFirst: offset).withUnsafeBytes { unsafe octets.elementsEqual($0) }
    }
  }

  /// Throws unless `needed` octets are there.
  @inline(__always)
  func require(_ needed: Int, _ what: WireError.StaticName) throws(WireError) {
    if byteCount < needed { throw .truncated(what: what, needed: needed, available: byteCount) }
  }

  /// Throws unless what is left from `start`, which lies inside, is a whole number of entries.
  @inline(__always)
  func requireEntries(ofSize entrySize: Int, from start: Int, _ what: WireError.StaticName) throws(WireError) {
    let octets = byteCount - start
    if octets % entrySize != 0 { throw .remainder(what: what, octets: octets, entrySize: entrySize) }
  }
}

extension [UInt8] {
  /// The octets, to be decoded without a copy.
  public var rawSpan: RawSpan {
    @_lifetime(borrow self)
    @inline(__always)
    get { unsafe span.bytes }
  }

  /// Appends a copy of octets.
  @inline(__always)
  public mutating func append(_ octets: RawSpan) {
    unsafe octets.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Overwrites what stands from `offset` on. There must be as many octets.
  @inline(__always)
  public mutating func replace(at offset: Int, with octets: RawSpan) {
    precondition(offset >= 0 && octets.byteCount <= count - offset)
    unsafe withUnsafeMutableBytes { own in
      unsafe octets.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(rebasing: own[offset...]).copyMemory(from: $0) }
    }
  }
}
