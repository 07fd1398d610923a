import OSPFProtocol
import OSPFWire

/// What a rule of a list looks at.
public protocol PrefixCriterion: Hashable, Sendable {
  /// Whether a prefix is one of those that the rule is about.
  func matches(_ prefix: IPPrefix) -> Bool
}

/// Rules that are gone through in the order of their sequence numbers until one matches. What none matches is denied.
///
/// An access list or a prefix list, as Quagga and FRR have them.
public struct FilterList<Criterion: PrefixCriterion>: Hashable, Sendable {
  /// In the order of their sequence numbers, each of which is there once.
  public private(set) var rules: [Rule] = []
  /// `remark` or `description`: for people.
  public var remark: String?

  /// One line of a list.
  public struct Rule: Hashable, Sendable {
    /// `seq`
    public var sequence: UInt32
    /// `permit` or `deny`
    public var isPermit: Bool
    /// Which prefixes.
    public var criterion: Criterion
    /// Where it stands.
    public var origin: RuleOrigin

    public init(sequence: UInt32, isPermit: Bool, criterion: Criterion, origin: RuleOrigin) {
      self.sequence = sequence
      self.isPermit = isPermit
      self.criterion = criterion
      self.origin = origin
    }
  }

  /// An empty list, which denies everything.
  public init() {}

  /// The rule that decides about a prefix; nil when none matches, and the prefix is therefore denied.
  public func decidingRule(for prefix: IPPrefix) -> Rule? { rules.first { $0.criterion.matches(prefix) } }

  /// Whether a prefix is permitted.
  public func permits(_ prefix: IPPrefix) -> Bool { decidingRule(for: prefix)?.isPermit ?? false }

  /// The number that FRR gives to a rule without one: the next multiple of five. Nil when there is none left.
  public var nextSequence: UInt32? {
    let (next, overflow) = ((rules.last?.sequence ?? 0) / 5 * 5).addingReportingOverflow(5)
    return overflow ? nil : next
  }

  /// The rule that says the same about the same prefixes.
  public func rule(sayingSameAs isPermit: Bool, _ criterion: Criterion) -> Rule? {
    rules.first { $0.isPermit == isPermit && $0.criterion == criterion }
  }

  /// The rule with a sequence number.
  public func rule(numbered sequence: UInt32) -> Rule? { rules.first { $0.sequence == sequence } }

  /// Puts a rule in its place. One with the same number is replaced.
  public mutating func insert(_ rule: Rule) {
    let position = rules.firstIndex { $0.sequence >= rule.sequence } ?? rules.endIndex
    if position < rules.endIndex, rules[position].sequence == rule.sequence {
      rules[position] = rule
    } else {
      rules.insert(rule, at: position)
    }
  }

  /// Takes away the rules that are meant. Returns whether there were any.
  public mutating func remove(where isMeant: (Rule) -> Bool) -> Bool {
    let count = rules.count
    rules.removeAll(where: isMeant)
    return rules.count < count
  }
}

/// `access-list` and `ipv6 access-list`
public typealias AccessList = FilterList<AccessCriterion>

/// `ip prefix-list` and `ipv6 prefix-list`
public typealias PrefixList = FilterList<PrefixRange>

/// A list's name. Lists of IPv4 and of IPv6 have names of their own.
public struct ListName: Hashable, Comparable, Sendable {
  /// What the list filters.
  public var family: AddressFamily
  /// The name or number.
  public var name: String

  public init(_ name: String, family: AddressFamily) {
    self.family = family
    self.name = name
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.family.rawValue, left.name) < (right.family.rawValue, right.name)
  }
}

/// The lists and route-maps of a configuration.
public struct Filters: Hashable, Sendable {
  /// `access-list` and `ipv6 access-list`
  public var accessLists: [ListName: AccessList] = [:]
  /// `ip prefix-list` and `ipv6 prefix-list`
  public var prefixLists: [ListName: PrefixList] = [:]
  /// `route-map`
  public var routeMaps: [String: RouteMap] = [:]

  /// None.
  public init() {}
}

extension IPPrefix {
  /// The family of the prefix.
  package var family: AddressFamily {
    switch self {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }

  /// Whether the other prefix is this one or a part of it.
  package func covers(_ other: IPPrefix) -> Bool { other.length >= length && contains(other.address) }

  /// Everything of a family.
  package static func everything(_ family: AddressFamily) -> IPPrefix {
    switch family {
    case .ipv4: .v4(IPv4Prefix(.unspecified, length: 0))
    case .ipv6: .v6(IPv6Prefix(.unspecified, length: 0))
    }
  }
}
