/// The Link State Update packet (RFC 2328 section A.3.5). The LSAs stay where they are: this tells where each one lies in the
/// packet's octets.
public struct LinkStateUpdate: Hashable, Sendable {
  /// The LSAs in the order of the packet.
  public var lsas: [LSASlice]

  public init(lsas: [LSASlice]) { self.lsas = lsas }

  /// Reads the update that stands in `range` of `bytes`. Throws when the number of LSAs or a length field does not agree with
  /// what is there.
  static func decode(_ bytes: RawSpan, _ range: Range<Int>, version: OSPFVersion) throws(WireError) -> LinkStateUpdate {
    guard range.count >= 4 else { throw .truncated(what: "Link State Update", needed: 4, available: range.count) }
    let claimed = bytes.uint32(at: range.lowerBound)
    // An LSA has at least 20 octets; without this a packet could make us reserve room for four billion.
    guard Int(claimed) <= (range.count - 4) / LSAHeader.size else {
      throw .count(what: "LSAs", claimed: Int(claimed), available: (range.count - 4) / LSAHeader.size)
    }
    var lsas: [LSASlice] = []
    lsas.reserveCapacity(Int(claimed))
    var offset = range.lowerBound + 4
    for _ in 0..<claimed {
      guard range.upperBound - offset >= LSAHeader.size else {
        throw .truncated(what: "LSA header", needed: LSAHeader.size, available: range.upperBound - offset)
      }
      let header = try LSAHeader.decode(bytes, at: offset, version: version)
      let end = offset + Int(header.length)
      guard Int(header.length) >= LSAHeader.size, end <= range.upperBound else {
        throw .length(what: "LSA", claimed: Int(header.length), available: range.upperBound - offset)
      }
      lsas.append(LSASlice(header: header, range: offset..<end))
      offset = end
    }
    guard offset == range.upperBound else {
      throw .excess(what: "Link State Update", used: offset - range.lowerBound, available: range.count)
    }
    return LinkStateUpdate(lsas: lsas)
  }
}

/// An LSA inside a packet: its header, and where all of it lies.
public struct LSASlice: Hashable, Sendable {
  /// The decoded header.
  public var header: LSAHeader
  /// The octets of the whole LSA, counted from the beginning of the packet.
  public var range: Range<Int>

  public init(header: LSAHeader, range: Range<Int>) {
    self.header = header
    self.range = range
  }
}
