/// Text that grows at its end, in UTF-8.
///
/// What is said of a packet is many short words and numbers. A `String` looks each time at how it is stored, which takes longer than to
/// append them.
public struct TextBuffer: Sendable {
  /// The text in UTF-8.
  public private(set) var octets: [UInt8] = []

  /// No text, and room for `capacity` octets.
  public init(capacity: Int = 0) { octets.reserveCapacity(capacity) }

  /// The number of octets.
  public var count: Int { octets.count }

  /// Appends what has a notation, one after the other.
  @inlinable
  public mutating func append<each Part: TextWritable>(_ part: repeat each Part) {
    repeat (each part).write(to: &self)
  }

  /// Appends a text.
  public mutating func append(_ text: String) { octets.append(contentsOf: text.utf8) }

  /// Appends one octet of UTF-8.
  public mutating func append(octet: UInt8) { octets.append(octet) }

  /// Appends octets of UTF-8.
  public mutating func append(octets others: some Sequence<UInt8>) { octets.append(contentsOf: others) }

  /// Appends a number in decimal, with zeros before it where it has fewer than `digits` digits.
  public mutating func append(decimal value: UInt64, digits: Int = 1) {
    var text = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var start = text.count
    var rest = value
    while rest > 0 {
      start -= 1
      text[start] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    for position in min(start, text.count - digits)..<text.count { octets.append(text[position]) }
  }

  /// Appends a number in hexadecimal, with zeros before it where it has fewer than `digits` digits.
  public mutating func append(hexadecimal value: UInt64, digits: Int = 1) {
    for position in (0..<max(digits, (67 - value.leadingZeroBitCount) / 4)).reversed() {
      octets.append(Self.digit(UInt8(truncatingIfNeeded: value >> (4 * position)) & 15))
    }
  }

  /// Appends two hexadecimal digits for each octet.
  public mutating func append(hexadecimal others: some Sequence<UInt8>) {
    for octet in others {
      octets.append(Self.digit(octet >> 4))
      octets.append(Self.digit(octet & 15))
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }

  /// Appends 32 bits in dotted-decimal notation.
  mutating func append(dottedDecimal value: UInt32) {
    for position in 0..<4 {
      if position > 0 { octets.append(UInt8(ascii: ".")) }
      append(octetInDecimal: UInt8(truncatingIfNeeded: value >> (24 - 8 * position)))
    }
  }

  private mutating func append(octetInDecimal octet: UInt8) {
    if octet >= 100 { octets.append(UInt8(ascii: "0") + octet / 100) }
    if octet >= 10 { octets.append(UInt8(ascii: "0") + octet / 10 % 10) }
    octets.append(UInt8(ascii: "0") + octet % 10)
  }

  /// Appends spaces until the text behind position `start` is `width` octets long, in front of it.
  public mutating func pad(from start: Int, to width: Int) {
    let missing = width - (octets.count - start)
    if missing > 0 { octets.insert(contentsOf: repeatElement(UInt8(ascii: " "), count: missing), at: start) }
  }

  /// Removes the first `count` octets.
  public mutating func removeFirst(_ count: Int) { octets.removeFirst(min(count, octets.count)) }
}

/// What has a notation as text.
public protocol TextWritable {
  /// Appends the notation.
  func write(to text: inout TextBuffer)
}

extension TextWritable {
  /// The notation alone.
  public var notation: String {
    var text = TextBuffer(capacity: 40)
    write(to: &text)
    return String(decoding: text.octets, as: UTF8.self)
  }
}

extension String: TextWritable {
  public func write(to text: inout TextBuffer) { text.append(self) }
}

extension UInt8: TextWritable {
  public func write(to text: inout TextBuffer) { text.append(decimal: UInt64(self)) }
}

extension UInt16: TextWritable {
  public func write(to text: inout TextBuffer) { text.append(decimal: UInt64(self)) }
}

extension UInt32: TextWritable {
  public func write(to text: inout TextBuffer) { text.append(decimal: UInt64(self)) }
}

extension UInt64: TextWritable {
  public func write(to text: inout TextBuffer) { text.append(decimal: self) }
}

extension Int: TextWritable {
  public func write(to text: inout TextBuffer) {
    if self < 0 { text.append(octet: UInt8(ascii: "-")) }
    text.append(decimal: UInt64(magnitude))
  }
}
