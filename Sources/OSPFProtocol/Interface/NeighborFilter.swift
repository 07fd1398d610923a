import OSPFWire

/// Which addresses the neighbors of an interface may have: rules in their order, of which the first that fits decides. What none fits is not
/// allowed.
public struct NeighborFilter: Hashable, Sendable {
  /// A rule about the addresses in a prefix.
  public struct Rule: Hashable, Sendable {
    public var prefix: IPPrefix
    public var isPermit: Bool

    public init(_ prefix: IPPrefix, isPermit: Bool) {
      self.prefix = prefix
      self.isPermit = isPermit
    }
  }

  public var rules: [Rule]

  public init(_ rules: [Rule]) { self.rules = rules }

  /// Whether the router at an address may be a neighbor.
  public func admits(_ address: IPAddress) -> Bool {
    rules.first { $0.prefix.contains(address) }?.isPermit ?? false
  }
}
