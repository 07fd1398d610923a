import OSPFWire

/// What a rule of an access list looks at, in the three forms that Quagga and FRR have.
public enum AccessCriterion: PrefixCriterion {
  /// `any`
  case any
  /// Zebra's own form, `ADDRESS/LENGTH [exact-match]`: the prefix and all its parts, or the prefix alone.
  case prefix(IPPrefix, isExact: Bool)
  /// The standard form, `ADDRESS [WILDCARD]` or `host ADDRESS`: prefixes whose address is this one but for the wildcard's one bits. The
  /// length of the prefix does not matter.
  case address(MaskedAddress)
  /// The extended form, `ip ADDRESS MASK`: the first as in the standard form, the second the same for the subnet mask of the prefix.
  case addressAndMask(MaskedAddress, mask: MaskedAddress)

  public func matches(_ prefix: IPPrefix) -> Bool {
    switch self {
    case .any: return true
    case .prefix(let covering, let isExact): return isExact ? covering == prefix : covering.covers(prefix)
    case .address(let address):
      guard case .v4(let prefix) = prefix else { return false }
      return address.matches(prefix.address)
    case .addressAndMask(let address, let mask):
      guard case .v4(let prefix) = prefix else { return false }
      return address.matches(prefix.address) && mask.matches(prefix.mask)
    }
  }
}

/// An IPv4 address of which some bits do not matter.
public struct MaskedAddress: Hashable, Sendable {
  /// The address; the bits that do not matter are zero.
  public let address: IPv4Address
  /// The bits that do not matter: IOS's wildcard or inverse mask.
  public let wildcard: IPv4Address

  /// A masked address. Bits of `address` that are set in `wildcard` are cleared.
  public init(_ address: IPv4Address, wildcard: IPv4Address = .unspecified) {
    self.address = IPv4Address(rawValue: address.rawValue & ~wildcard.rawValue)
    self.wildcard = wildcard
  }

  /// Every address.
  public static let any = MaskedAddress(.unspecified, wildcard: IPv4Address(rawValue: UInt32.max))

  /// Whether an address is the same in the bits that matter.
  public func matches(_ other: IPv4Address) -> Bool { other.rawValue & ~wildcard.rawValue == address.rawValue }
}
