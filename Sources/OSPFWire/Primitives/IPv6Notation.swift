extension IPv6Address: CustomStringConvertible, TextWritable {
  /// The canonical text of RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups shortened.
  public var description: String { notation }

  public func write(to text: inout TextBuffer) {
    let shortened = longestRunOfZeros
    var position = 0
    while position < 8 {
      if position == shortened.lowerBound, !shortened.isEmpty {
        text.append("::")
        position = shortened.upperBound
        continue
      }
      if position > 0, position != shortened.upperBound { text.append(octet: UInt8(ascii: ":")) }
      text.append(hexadecimal: UInt64(group(position)))
      position += 1
    }
  }

  /// The longest run of two or more groups that are zero, the first of several; empty where there is none.
  private var longestRunOfZeros: Range<Int> {
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, group(end) == 0 { end += 1 }
      if end - start > max(longest.count, 1) { longest = start..<end }
      start = max(end, start + 1)
    }
    return longest
  }

  private func group(_ position: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (position < 4 ? high : low) >> (48 - 16 * (position & 3)))
  }

  /// Parses the text forms of RFC 4291 section 2.2, an embedded IPv4 address at the end included. Returns nil for anything else.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    guard text.contains(":") else { return nil }
    let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return nil }
    guard let head = Self.parseGroups(halves[0], mayEndInIPv4: halves.count == 1) else { return nil }
    var groups = head
    if halves.count == 2 {
      guard let tail = Self.parseGroups(halves[1], mayEndInIPv4: true), head.count + tail.count < 8 else { return nil }
      groups += Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }
    guard groups.count == 8 else { return nil }
    high = groups.prefix(4).reduce(0) { $0 << 16 | UInt64($1) }
    low = groups.suffix(4).reduce(0) { $0 << 16 | UInt64($1) }
  }

  private static func parseGroups(_ text: some StringProtocol, mayEndInIPv4: Bool) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 8 else { return nil }
    var groups: [UInt16] = []
    for (position, part) in parts.enumerated() {
      if position == parts.count - 1, mayEndInIPv4, let embedded = IPv4Address(part) {
        groups += [UInt16(embedded.rawValue >> 16), UInt16(embedded.rawValue & 0xFFFF)]
        continue
      }
      guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16) else {
        return nil
      }
      groups.append(group)
    }
    return groups
  }
}
