/// The Database Description packet (RFC 2328 section A.3.3, RFC 5340 section A.3.3).
public struct DatabaseDescription: Hashable, Sendable {
  /// The largest IP packet that the sender's interface takes unfragmented; 0 over virtual links.
  public var interfaceMTU: UInt16
  /// The sender's optional capabilities.
  public var options: Options
  /// I, M and MS.
  public var flags: Flags
  /// The DD sequence number.
  public var sequenceNumber: UInt32
  /// Headers of LSAs that the sender has.
  public var lsaHeaders: [LSAHeader]
  /// The two octets that OSPFv3 reserves, sent as zero.
  public var reserved: UInt16

  /// The octet with the bits I, M and MS.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The octet.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// MS-bit: the sender is the master.
    public static let master = Flags(rawValue: 0x01)
    /// M-bit: more packets follow.
    public static let more = Flags(rawValue: 0x02)
    /// I-bit: the first packet.
    public static let initialize = Flags(rawValue: 0x04)
  }

  public init(
    interfaceMTU: UInt16, options: Options, flags: Flags, sequenceNumber: UInt32, lsaHeaders: [LSAHeader] = [],
    reserved: UInt16 = 0
  ) {
    self.interfaceMTU = interfaceMTU
    self.options = options
    self.flags = flags
    self.sequenceNumber = sequenceNumber
    self.lsaHeaders = lsaHeaders
    self.reserved = reserved
  }

  /// The octets before the LSA headers.
  public static func fixedSize(_ version: OSPFVersion) -> Int {
    switch version {
    case .v2: 8
    case .v3: 12
    }
  }

  static func decode(_ body: RawSpan, version: OSPFVersion) throws(WireError) -> DatabaseDescription {
    let fixedSize = fixedSize(version)
    try body.require(fixedSize, "Database Description")
    var headers: [LSAHeader] = []
    try LSAHeader.decodeList(body, from: fixedSize, version: version, into: &headers)
    switch version {
    case .v2:
      return DatabaseDescription(
        interfaceMTU: body.uint16(at: 0), options: Options(rawValue: UInt32(body.uint8(at: 2))),
        flags: Flags(rawValue: body.uint8(at: 3)), sequenceNumber: body.uint32(at: 4), lsaHeaders: headers)
    case .v3:
      return DatabaseDescription(
        interfaceMTU: body.uint16(at: 4), options: Options(rawValue: body.uint24(at: 1)),
        flags: Flags(rawValue: body.uint8(at: 7)), sequenceNumber: body.uint32(at: 8), lsaHeaders: headers,
        reserved: UInt16(body.uint8(at: 0)) << 8 | UInt16(body.uint8(at: 6)))
    }
  }

  func encode(into writer: inout WireWriter, version: OSPFVersion) {
    switch version {
    case .v2:
      writer.uint16(interfaceMTU)
      writer.uint8(UInt8(truncatingIfNeeded: options.rawValue))
      writer.uint8(flags.rawValue)
    case .v3:
      writer.uint8(UInt8(truncatingIfNeeded: reserved >> 8))
      writer.uint24(options.rawValue)
      writer.uint16(interfaceMTU)
      writer.uint8(UInt8(truncatingIfNeeded: reserved))
      writer.uint8(flags.rawValue)
    }
    writer.uint32(sequenceNumber)
    for header in lsaHeaders { header.encode(into: &writer, version: version) }
  }
}

extension LSAHeader {
  /// Reads LSA headers from `start` to the end.
  static func decodeList(
    _ body: RawSpan, from start: Int, version: OSPFVersion, into headers: inout [LSAHeader]
  ) throws(WireError) {
    try body.requireEntries(ofSize: size, from: start, "list of LSA headers")
    headers.reserveCapacity((body.byteCount - start) / size)
    for offset in stride(from: start, to: body.byteCount, by: size) {
      headers.append(try decode(body, at: offset, version: version))
    }
  }
}
