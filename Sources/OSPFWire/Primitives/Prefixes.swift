/// An IPv4 prefix. The bits after the length are always zero.
public struct IPv4Prefix: Hashable, Comparable, Sendable {
  /// The network's address.
  public let address: IPv4Address
  /// The number of significant bits, 0 to 32.
  public let length: Int

  /// A prefix; bits of `address` after `length` are cleared. A length outside 0 to 32 is clamped.
  public init(_ address: IPv4Address, length: Int) {
    self.length = min(max(length, 0), 32)
    self.address = IPv4Address(rawValue: address.rawValue & IPv4Prefix.mask(self.length).rawValue)
  }

  /// The subnet mask of a length from 0 to 32.
  public static func mask(_ length: Int) -> IPv4Address {
    IPv4Address(rawValue: length <= 0 ? 0 : UInt32.max << (32 - UInt32(min(length, 32))))
  }

  /// The length of a contiguous mask; nil when its one bits are not contiguous.
  public static func length(ofMask mask: IPv4Address) -> Int? {
    let length = (~mask.rawValue).leadingZeroBitCount
    return self.mask(length) == mask ? length : nil
  }

  /// The subnet mask.
  public var mask: IPv4Address { IPv4Prefix.mask(length) }

  /// Whether `address` lies in the prefix.
  public func contains(_ address: IPv4Address) -> Bool { address.rawValue & mask.rawValue == self.address.rawValue }

  public static func < (left: Self, right: Self) -> Bool { (left.address, left.length) < (right.address, right.length) }
}

extension IPv4Prefix: CustomStringConvertible, TextWritable {
  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(address, "/", length) }
}

/// An IPv6 prefix. The bits after the length are always zero.
public struct IPv6Prefix: Hashable, Comparable, Sendable {
  /// The network's address.
  public let address: IPv6Address
  /// The number of significant bits, 0 to 128.
  public let length: Int

  /// A prefix; bits of `address` after `length` are cleared. A length outside 0 to 128 is clamped.
  public init(_ address: IPv6Address, length: Int) {
    self.length = min(max(length, 0), 128)
    let high = self.length >= 64 ? UInt64.max : self.length == 0 ? 0 : UInt64.max << (64 - UInt64(self.length))
    let low = self.length <= 64 ? 0 : UInt64.max << (128 - UInt64(self.length))
    self.address = IPv6Address(high: address.high & high, low: address.low & low)
  }

  /// Whether `address` lies in the prefix.
  public func contains(_ address: IPv6Address) -> Bool { IPv6Prefix(address, length: length).address == self.address }

  public static func < (left: Self, right: Self) -> Bool { (left.address, left.length) < (right.address, right.length) }
}

extension IPv6Prefix: CustomStringConvertible, TextWritable {
  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(address, "/", length) }
}

/// An IPv4 or IPv6 prefix.
public enum IPPrefix: Hashable, Comparable, Sendable {
  case v4(IPv4Prefix)
  case v6(IPv6Prefix)

  /// A prefix; bits of `address` after `length` are cleared.
  public init(_ address: IPAddress, length: Int) {
    switch address {
    case .v4(let address): self = .v4(IPv4Prefix(address, length: length))
    case .v6(let address): self = .v6(IPv6Prefix(address, length: length))
    }
  }

  /// Makes the host prefix of an address: /32 or /128.
  public init(host address: IPAddress) { self.init(address, length: address.bitWidth) }

  /// Parses `ADDRESS/LENGTH`. Returns nil for anything else; bits after the length are cleared.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(parts[0]), let length = UInt8(parts[1]), length <= address.bitWidth,
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    self.init(address, length: Int(length))
  }

  /// The network's address.
  public var address: IPAddress {
    switch self {
    case .v4(let prefix): .v4(prefix.address)
    case .v6(let prefix): .v6(prefix.address)
    }
  }

  /// The number of significant bits.
  public var length: Int {
    switch self {
    case .v4(let prefix): prefix.length
    case .v6(let prefix): prefix.length
    }
  }

  /// Whether the prefix is one address: /32 or /128.
  public var isHost: Bool { length == address.bitWidth }

  /// Whether `address` is of the same family and lies in the prefix.
  public func contains(_ address: IPAddress) -> Bool {
    switch (self, address) {
    case (.v4(let prefix), .v4(let address)): prefix.contains(address)
    case (.v6(let prefix), .v6(let address)): prefix.contains(address)
    case (.v4, .v6), (.v6, .v4): false
    }
  }
}

extension IPPrefix: CustomStringConvertible, TextWritable {
  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(address, "/", length) }
}
