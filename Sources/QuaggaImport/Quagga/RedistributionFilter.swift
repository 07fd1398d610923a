import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// What stands between the routes of one kind and `redistribute`: the distribute list and the route-map, read for what they name.
struct RedistributionFilter {
  /// Host prefixes that permitting rules name one by one.
  private(set) var hosts: [NamedHost] = []
  /// The devices that `match interface` names.
  private(set) var interfaces: Set<String> = []
  /// Every prefix that may pass, and perhaps some that do not; nil when that are more than the lists name one by one.
  private(set) var passing: Set<IPPrefix>?
  /// A rule that permits more than host prefixes which it names.
  private(set) var broadRule: RuleOrigin?

  /// A host prefix, and the rule that names it.
  struct NamedHost {
    var prefix: IPPrefix
    var origin: RuleOrigin
    /// The list that the rule is one of.
    var list: String
    /// What may tell which service it is: names and remarks.
    var words: [String]
  }

  private let filters: Filters
  private var visitedRouteMaps: Set<String> = []

  /// The filter of a kind of routes in an instance; nil when they are not redistributed.
  init?(_ configuration: Configuration, _ instance: ProtocolInstance, _ source: RouteSource) {
    guard let section = configuration[instance.version], let statement = section.redistribution.sources[source] else {
      return nil
    }
    let family = instance.addressFamily
    filters = configuration.filters
    if let list = section.redistribution.distributeLists[source]?.accessList, let named = accessList(list, family, []) {
      tighten(named)
    }
    if let name = statement.terms.routeMap { tighten(routeMap(name, family)) }
    if passing == nil, broadRule == nil { broadRule = statement.origin }
  }

  /// What a list, or all permitting entries of a route-map, may let pass.
  private typealias Passing = (prefixes: Set<IPPrefix>?, broadRule: RuleOrigin?)

  /// Of two filters in a row the second one cannot let pass what the first one does not.
  private mutating func tighten(_ other: Passing) {
    guard passing == nil else { return }
    passing = other.prefixes
    broadRule = other.prefixes == nil ? other.broadRule : nil
  }

  private mutating func routeMap(_ name: String, _ family: AddressFamily) -> Passing {
    // One that calls itself names nothing new.
    guard visitedRouteMaps.insert(name).inserted else { return ([], nil) }
    var all: Passing = ([], nil)
    for entry in filters.routeMaps[name]?.entries ?? [] {
      let passed = self.entry(entry, family, named: name)
      guard entry.isPermit else { continue }
      all.prefixes = all.prefixes.flatMap { known in passed.prefixes.map(known.union) }
      all.broadRule = all.broadRule ?? passed.broadRule
    }
    return all
  }

  /// A permitting entry lets pass what all of its lists permit. A route-map that it calls can only take away from that.
  private mutating func entry(_ entry: RouteMap.Entry, _ family: AddressFamily, named name: String) -> Passing {
    if let interface = entry.match.interface { interfaces.insert(interface) }
    let words = [name, entry.description].compactMap { $0 }
    var passed: Passing = (nil, entry.origin)
    var lists: [Passing] = []
    if let list = entry.match.accessLists[family] { lists.append(accessList(list, family, words) ?? ([], nil)) }
    if let list = entry.match.prefixLists[family] { lists.append(prefixList(list, family, words)) }
    for list in lists where passed.prefixes == nil { passed = list.prefixes == nil ? (nil, list.broadRule) : list }
    if let called = entry.call { _ = routeMap(called, family) }
    return passed
  }

  /// Nil when the list is not defined.
  private mutating func accessList(_ name: String, _ family: AddressFamily, _ words: [String]) -> Passing? {
    guard let list = filters.accessLists[ListName(name, family: family)] else { return nil }
    return read(list, name, words, host: \.host, isHostAlone: \.isHostAlone)
  }

  private mutating func prefixList(_ name: String, _ family: AddressFamily, _ words: [String]) -> Passing {
    guard let list = filters.prefixLists[ListName(name, family: family)] else { return ([], nil) }
    return read(list, name, words, host: \.host, isHostAlone: { $0.host != nil })
  }

  private mutating func read<Criterion>(
    _ list: FilterList<Criterion>, _ name: String, _ words: [String], host: (Criterion) -> IPPrefix?,
    isHostAlone: (Criterion) -> Bool
  ) -> Passing {
    var passed: Passing = ([], nil)
    for rule in list.rules where rule.isPermit {
      let named = host(rule.criterion)
      if let named {
        hosts.append(
          NamedHost(
            prefix: named, origin: rule.origin, list: name, words: [name, list.remark].compactMap { $0 } + words))
      }
      if let named, isHostAlone(rule.criterion) {
        passed.prefixes?.insert(named)
      } else {
        passed.prefixes = nil
        passed.broadRule = passed.broadRule ?? rule.origin
      }
    }
    return passed
  }
}

extension AccessCriterion {
  /// The host prefix that the rule names.
  fileprivate var host: IPPrefix? {
    switch self {
    case .prefix(let prefix, _) where prefix.isHost: prefix
    case .address(let address) where address.wildcard == .unspecified: IPPrefix(host: .v4(address.address))
    case .addressAndMask(let address, let mask)
    where address.wildcard == .unspecified && mask.matches(IPv4Prefix.mask(32)):
      IPPrefix(host: .v4(address.address))
    case .any, .prefix, .address, .addressAndMask: nil
    }
  }

  /// Whether it permits nothing else. The standard form looks at the address alone, and so also permits a network that begins at an
  /// even address.
  fileprivate var isHostAlone: Bool {
    switch self {
    case .any: false
    case .prefix(let prefix, _): prefix.isHost
    case .address(let address): address.wildcard == .unspecified && address.address.rawValue & 1 == 1
    case .addressAndMask(let address, let mask):
      address.wildcard == .unspecified && mask == MaskedAddress(IPv4Prefix.mask(32))
    }
  }
}

extension PrefixRange {
  /// The host prefix that the rule names. It permits nothing else.
  fileprivate var host: IPPrefix? { prefix.isHost ? prefix : nil }
}
