import OSPFWire

/// What a rule of a prefix list looks at: parts of a prefix, within bounds of their length.
public struct PrefixRange: PrefixCriterion {
  /// The prefix that the others are parts of.
  public var prefix: IPPrefix
  /// `ge`: the shortest length.
  public var shortest: Int?
  /// `le`: the longest length.
  public var longest: Int?

  /// Without bounds it is the prefix alone; with `ge` alone it ends at host prefixes.
  public init(_ prefix: IPPrefix, shortest: Int? = nil, longest: Int? = nil) {
    self.prefix = prefix
    self.shortest = shortest
    self.longest = longest
  }

  public func matches(_ other: IPPrefix) -> Bool {
    guard prefix.covers(other) else { return false }
    if shortest == nil, longest == nil { return other.length == prefix.length }
    return other.length >= shortest ?? 0 && other.length <= longest ?? other.length
  }
}
