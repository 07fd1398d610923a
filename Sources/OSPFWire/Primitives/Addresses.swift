/// An IPv4 address, in host byte order.
public struct IPv4Address: RawRepresentable, Hashable, Comparable, Sendable {
  /// The 32 bits of the address, most significant octet first.
  public var rawValue: UInt32

  /// An address from its 32 bits, most significant octet first.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// Parses dotted-decimal notation: exactly four numbers from 0 to 255. Returns nil for anything else.
  public init?(_ text: some StringProtocol) {
    guard let value = DottedDecimal.parse(text) else { return nil }
    rawValue = value
  }

  /// 0.0.0.0
  public static let unspecified = IPv4Address(rawValue: 0)

  /// 224.0.0.0/4
  public var isMulticast: Bool { rawValue >> 28 == 0xE }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension IPv4Address: CustomStringConvertible, TextWritable {
  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(dottedDecimal: rawValue) }
}

/// An IPv6 address, in host byte order.
public struct IPv6Address: Hashable, Comparable, Sendable {
  /// The first 64 bits.
  public var high: UInt64
  /// The last 64 bits: the interface identifier of a unicast address.
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// ::
  public static let unspecified = IPv6Address(high: 0, low: 0)

  /// fe80::/10
  public var isLinkLocal: Bool { high >> 54 == 0x3FA }

  /// ff00::/8
  public var isMulticast: Bool { high >> 56 == 0xFF }

  /// The 16 octets, most significant first.
  public var octets: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
      + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
  }

  /// An address from 16 octets; nil when there are more or fewer.
  public init?(octets: some Collection<UInt8>) {
    guard octets.count == 16 else { return nil }
    high = octets.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = octets.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

/// An IPv4 or IPv6 address.
public enum IPAddress: Hashable, Comparable, Sendable {
  case v4(IPv4Address)
  case v6(IPv6Address)

  /// Parses either notation. Returns nil for anything else.
  public init?(_ text: some StringProtocol) {
    if let address = IPv4Address(text) {
      self = .v4(address)
    } else if let address = IPv6Address(text) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// The address when it is an IPv4 address.
  public var v4: IPv4Address? {
    if case .v4(let address) = self { address } else { nil }
  }

  /// The address when it is an IPv6 address.
  public var v6: IPv6Address? {
    if case .v6(let address) = self { address } else { nil }
  }

  /// The number of bits: 32 or 128.
  public var bitWidth: Int {
    switch self {
    case .v4: 32
    case .v6: 128
    }
  }

  /// The address of the same family under which a host reaches itself.
  public var loopbackOfFamily: IPAddress {
    switch self {
    case .v4: .v4(IPv4Address(127, 0, 0, 1))
    case .v6: .v6(IPv6Address(high: 0, low: 1))
    }
  }
}

extension IPAddress: CustomStringConvertible, TextWritable {
  public var description: String { notation }

  public func write(to text: inout TextBuffer) {
    switch self {
    case .v4(let address): address.write(to: &text)
    case .v6(let address): address.write(to: &text)
    }
  }
}

/// Dotted-decimal notation of 32-bit numbers: addresses, router IDs and area IDs.
enum DottedDecimal {
  static func parse(_ text: some StringProtocol) -> UInt32? {
    var value: UInt32 = 0
    var octets = 0
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      guard octets < 4, (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let octet = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(octet)
      octets += 1
    }
    return octets == 4 ? value : nil
  }
}
