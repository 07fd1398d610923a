import OSPFWire

/// Puts fragmented datagrams together (RFC 791 section 3.2, RFC 8200 section 4.5), within limits.
///
/// Fragments that overlap otherwise than by being the same one twice make the whole datagram unreadable, as RFC 5722 demands:
/// no router sends such, and there is no telling which of them the receiver believed.
struct Reassembly {
  /// Datagrams that may be incomplete at one time.
  static let datagramLimit = 64
  /// Fragments of one datagram.
  static let fragmentLimit = 128
  /// How long the first fragment waits for the last one.
  static let timeout: Duration = .seconds(30)

  private struct Key: Hashable {
    var source: IPAddress
    var destination: IPAddress
    var payloadProtocol: UInt8
    var identification: UInt32
  }

  private struct Partial {
    var firstFrame: Int
    var begun: Duration
    var first: IPPacket?
    var pieces: [Int: ArraySlice<UInt8>] = [:]
    var length: Int?
  }

  private var partials: [Key: Partial] = [:]

  /// Whether no datagram is incomplete.
  var isEmpty: Bool { partials.isEmpty }

  /// A datagram that will never be whole.
  struct Abandoned {
    var frame: Int
    var received: Int
  }

  /// Takes a fragment; returns the whole datagram when it was the last one to come, and OSPF.
  mutating func take(
    _ packet: IPPacket, fragment: IPPacket.Fragment, frame: Int, at timestamp: Duration
  ) throws(FrameError) -> IPPacket? {
    // The protocol distinguishes datagrams in IPv4 only; in IPv6 a later fragment's may differ from the first one's.
    let key = Key(
      source: packet.source, destination: packet.destination,
      payloadProtocol: packet.source.v4 == nil ? 0 : packet.payloadProtocol, identification: fragment.identification)
    var partial = partials.removeValue(forKey: key) ?? Partial(firstFrame: frame, begun: timestamp)
    try Self.insert(packet, fragment, into: &partial)
    guard let whole = Self.whole(partial), let first = partial.first else {
      guard partials.count < Self.datagramLimit else { throw .tooManyFragments(limit: Self.datagramLimit) }
      partials[key] = partial
      return nil
    }
    return try first.reassembled(whole)
  }

  private static func insert(
    _ packet: IPPacket, _ fragment: IPPacket.Fragment, into partial: inout Partial
  ) throws(FrameError) {
    let piece = packet.payload
    let end = fragment.offset + piece.count
    let error = FrameError.fragment(offset: fragment.offset, length: piece.count)
    guard !piece.isEmpty, end <= 65_535, !fragment.moreFragments || piece.count % 8 == 0 else { throw error }
    if let known = partial.pieces[fragment.offset] {
      guard known == piece else { throw error }
      return
    }
    guard partial.pieces.count < fragmentLimit else { throw .tooManyFragments(limit: fragmentLimit) }
    let overlaps = partial.pieces.contains { $0.key < end && fragment.offset < $0.key + $0.value.count }
    let passesEnd = partial.length.map { end > $0 || !fragment.moreFragments } ?? false
    let cutsOff = !fragment.moreFragments && partial.pieces.contains { $0.key + $0.value.count > end }
    guard !overlaps, !passesEnd, !cutsOff else { throw error }
    partial.pieces[fragment.offset] = piece
    if fragment.offset == 0 { partial.first = packet }
    if !fragment.moreFragments { partial.length = end }
  }

  private static func whole(_ partial: Partial) -> [UInt8]? {
    guard let length = partial.length, partial.pieces.values.reduce(0, { $0 + $1.count }) == length else { return nil }
    return partial.pieces.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// Gives up every datagram whose first fragment came longer than `timeout` before `now`; all of them when `now` is nil.
  mutating func abandon(at now: Duration?) -> [Abandoned] {
    let late = partials.filter { entry in now.map { $0 - entry.value.begun > Self.timeout } ?? true }
    for key in late.keys { partials[key] = nil }
    return late.values.map { Abandoned(frame: $0.firstFrame, received: $0.pieces.count) }.sorted { $0.frame < $1.frame }
  }
}
