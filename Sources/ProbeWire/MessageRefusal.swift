/// Why a message is not the one that is waited for: malformed, forged, or an answer to something else.
///
/// Anybody can send anything to a probe's port, so a refused message ends no probe; the probe goes on waiting, and when nothing
/// better has come it says why the last one was refused.
public struct MessageRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason, in words that can follow `no answer, but `.
  public let description: String

  public init(_ description: String) { self.description = description }
}

extension Array<UInt8> {
  /// A big-endian number of two octets; zero where there are none.
  func uint16(at offset: Int) -> UInt16 {
    guard indices.contains(offset), indices.contains(offset + 1) else { return 0 }
    return UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  /// A big-endian number of eight octets; zero where there are none.
  func uint64(at offset: Int) -> UInt64 {
    guard offset >= 0, offset + 8 <= count else { return 0 }
    return self[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension FixedWidthInteger {
  /// The number's octets, the most significant first.
  var bigEndianOctets: [UInt8] {
    stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}

/// Octets that nobody can guess.
func randomOctets(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
