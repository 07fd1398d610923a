/// Reads the octets of one captured frame from front to back, and never beyond them.
struct FrameCursor {
  private let frame: [UInt8]
  private var position = 0
  private var end: Int
  /// The length on the network when the capture has less of the frame.
  private let original: Int?
  private var missing = 0

  /// `originalLength` is the frame's length on the network.
  init(_ frame: [UInt8], originalLength: Int) {
    self.frame = frame
    end = frame.count
    original = originalLength > frame.count ? originalLength : nil
  }

  /// The number of octets that are left.
  var count: Int { end - position }

  /// The next octet, not consumed.
  var first: UInt8? { position < end ? frame[position] : nil }

  /// Whether these octets come next; they are not consumed.
  func startsWith(_ octets: [UInt8]) -> Bool { frame[position..<end].starts(with: octets) }

  mutating func octet(of what: StaticString) throws(FrameError) -> UInt8 {
    try skip(1, of: what)
    return frame[position - 1]
  }

  mutating func uint16(of what: StaticString) throws(FrameError) -> UInt16 {
    try skip(2, of: what)
    return UInt16(frame[position - 2]) << 8 | UInt16(frame[position - 1])
  }

  mutating func uint32(of what: StaticString) throws(FrameError) -> UInt32 {
    try skip(4, of: what)
    return (position - 4..<position).reduce(0) { $0 << 8 | UInt32(frame[$1]) }
  }

  mutating func uint64(of what: StaticString) throws(FrameError) -> UInt64 {
    try skip(8, of: what)
    return (position - 8..<position).reduce(0) { $0 << 8 | UInt64(frame[$1]) }
  }

  /// Consumes `count` octets. What is missing because of a snap length is told apart from what was never there.
  mutating func skip(_ count: Int, of what: StaticString) throws(FrameError) {
    guard count <= self.count else {
      throw shortage(.truncated(what: what.description, needed: count, available: self.count))
    }
    position += count
  }

  /// Drops what lies beyond `count` octets, which is the padding of the link layer. `takeRest` finds out when there are fewer.
  mutating func limit(to count: Int) {
    missing = max(0, count - self.count)
    end = min(end, position + count)
  }

  /// Consumes everything up to the limit, all of which must be there.
  mutating func takeRest(of what: StaticString) throws(FrameError) -> ArraySlice<UInt8> {
    guard missing == 0 else {
      throw shortage(.length(what: what.description, claimed: count + missing, available: count))
    }
    defer { position = end }
    return frame[position..<end]
  }

  private func shortage(_ error: FrameError) -> FrameError {
    original.map { .snapLength(captured: frame.count, original: $0) } ?? error
  }
}
