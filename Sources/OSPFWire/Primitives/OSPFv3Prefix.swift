/// A prefix as OSPFv3 LSAs carry it (RFC 5340 section A.4.1): a length, options, and as many 32-bit words as the length needs. In an
/// instance for IPv4 (RFC 5838) the words are those of an IPv4 prefix.
public struct OSPFv3Prefix: Hashable, Sendable {
  /// The number of significant bits, 0 to 128.
  public var length: UInt8
  /// What is special about the prefix.
  public var options: PrefixOptions
  /// The words of the address, most significant first: one for each 32 bits that have begun.
  public var words: [UInt32]

  /// The options of a prefix (RFC 5340 section A.4.1.1).
  public struct PrefixOptions: OptionSet, Hashable, Sendable {
    /// The octet.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// NU-bit: not for unicast calculations.
    public static let noUnicast = PrefixOptions(rawValue: 0x01)
    /// LA-bit: an address of the advertising router itself.
    public static let localAddress = PrefixOptions(rawValue: 0x02)
    /// P-bit: to be translated at the border of an NSSA.
    public static let propagate = PrefixOptions(rawValue: 0x08)
    /// DN-bit: came from a VPN (RFC 4577).
    public static let down = PrefixOptions(rawValue: 0x10)
  }

  /// A prefix from its parts. `words` must be as many as the length needs.
  public init(length: UInt8, options: PrefixOptions, words: [UInt32]) {
    self.length = length
    self.options = options
    self.words = words
  }

  public init(_ prefix: IPPrefix, options: PrefixOptions = []) {
    length = UInt8(clamping: prefix.length)
    self.options = options
    let all: [UInt32] =
      switch prefix.address {
      case .v4(let address): [address.rawValue]
      case .v6(let address):
        [address.high >> 32, address.high & 0xFFFF_FFFF, address.low >> 32, address.low & 0xFFFF_FFFF].map(UInt32.init)
      }
    words = Array(all.prefix(OSPFv3Prefix.wordCount(length)))
  }

  /// The IPv6 prefix.
  public var ipv6: IPv6Prefix {
    let padded = (words + [0, 0, 0, 0]).prefix(4).map(UInt64.init)
    return IPv6Prefix(
      IPv6Address(high: padded[0] << 32 | padded[1], low: padded[2] << 32 | padded[3]), length: Int(length))
  }

  /// The IPv4 prefix; nil when the length is more than 32.
  public var ipv4: IPv4Prefix? {
    length > 32 ? nil : IPv4Prefix(IPv4Address(rawValue: words.first ?? 0), length: Int(length))
  }

  /// The number of 32-bit words that a length needs.
  static func wordCount(_ length: UInt8) -> Int { (Int(length) + 31) / 32 }

  /// The octets of the prefix with the four that precede its words in every LSA.
  public var encodedSize: Int { 4 + 4 * words.count }

  /// The octets of the prefix at `offset` and of what stands before it. Throws where it is none, or is cut off.
  static func size(_ body: RawSpan, at offset: Int) throws(WireError) -> Int {
    guard body.byteCount - offset >= 4 else {
      throw .truncated(what: "prefix", needed: 4, available: max(body.byteCount - offset, 0))
    }
    let length = body.uint8(at: offset)
    guard length <= 128 else { throw .value(what: "PrefixLength", UInt64(length)) }
    let needed = 4 + 4 * wordCount(length)
    guard body.byteCount - offset >= needed else {
      throw .truncated(what: "prefix", needed: needed, available: body.byteCount - offset)
    }
    return needed
  }

  /// Reads length, options, the 16 bits after them, which each LSA uses for something of its own, and the words.
  static func decode(_ body: RawSpan, _ offset: inout Int) throws(WireError) -> (prefix: OSPFv3Prefix, extra: UInt16) {
    let needed = try size(body, at: offset)
    let words = stride(from: offset + 4, to: offset + needed, by: 4).map { body.uint32(at: $0) }
    let prefix = OSPFv3Prefix(
      length: body.uint8(at: offset), options: PrefixOptions(rawValue: body.uint8(at: offset + 1)), words: words)
    let extra = body.uint16(at: offset + 2)
    offset += needed
    return (prefix, extra)
  }

  func encode(into writer: inout WireWriter, extra: UInt16) {
    writer.uint8(length)
    writer.uint8(options.rawValue)
    writer.uint16(extra)
    for word in words { writer.uint32(word) }
  }
}

extension OSPFv3Prefix {
  /// Reads `count` prefixes from `start` to the end, where nothing may be left.
  static func decodeList(
    _ body: RawSpan, from start: Int, count: UInt32, _ what: WireError.StaticName
  ) throws(WireError) -> (prefixes: [OSPFv3Prefix], extras: [UInt16]) {
    // Every prefix has at least four octets; without this an LSA could claim four billion.
    let possible = (body.byteCount - start) / 4
    guard Int(count) <= possible else {
      throw .count(what: "prefixes", claimed: Int(count), available: possible)
    }
    var prefixes: [OSPFv3Prefix] = []
    var extras: [UInt16] = []
    var offset = start
    for _ in 0..<count {
      let (prefix, extra) = try decode(body, &offset)
      prefixes.append(prefix)
      extras.append(extra)
    }
    guard offset == body.byteCount else { throw .excess(what: what, used: offset, available: body.byteCount) }
    return (prefixes, extras)
  }
}

extension RawSpan {
  /// 16 octets as an IPv6 address.
  func ipv6Address(at offset: Int) -> IPv6Address { IPv6Address(high: uint64(at: offset), low: uint64(at: offset + 8)) }
}
