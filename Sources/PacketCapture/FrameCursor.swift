/// Reads the octets of one captured frame from front to back, and never beyond them.
struct FrameCursor {
  /// The octets that are left.
  private(set) var rest: ArraySlice<UInt8>
  /// The length on the network when the capture has less of the frame.
  private let original: Int?
  private let captured: Int
  private var missing = 0

  /// `originalLength` is the frame's length on the network.
  init(_ frame: [UInt8], originalLength: Int) {
    rest = frame[...]
    captured = frame.count
    original = originalLength > frame.count ? originalLength : nil
  }

  /// The next octet, not consumed.
  var first: UInt8? { rest.first }

  mutating func octet(of what: String) throws(FrameError) -> UInt8 { try take(1, of: what).first ?? 0 }

  mutating func uint16(of what: String) throws(FrameError) -> UInt16 {
    try take(2, of: what).reduce(0) { $0 << 8 | UInt16($1) }
  }

  mutating func uint32(of what: String) throws(FrameError) -> UInt32 {
    try take(4, of: what).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Consumes `count` octets. What is missing because of a snap length is told apart from what was never there.
  @discardableResult
  mutating func take(_ count: Int, of what: String) throws(FrameError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw shortage(.truncated(what: what, needed: count, available: rest.count)) }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// Drops what lies beyond `count` octets, which is the padding of the link layer. `takeRest` finds out when there are fewer.
  mutating func limit(to count: Int) {
    missing = max(0, count - rest.count)
    rest = rest.prefix(count)
  }

  /// Consumes everything up to the limit, all of which must be there.
  mutating func takeRest(of what: String) throws(FrameError) -> ArraySlice<UInt8> {
    guard missing == 0 else {
      throw shortage(.length(what: what, claimed: rest.count + missing, available: rest.count))
    }
    return try take(rest.count, of: what)
  }

  private func shortage(_ error: FrameError) -> FrameError {
    original.map { .snapLength(captured: captured, original: $0) } ?? error
  }
}
