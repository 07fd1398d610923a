import OSPFProtocol
import OSPFWire
import Redistribution

/// What only shows when all lines have been read: names that nothing defines, lists that nothing refers to, filters that have nothing
/// to filter.
struct FilterNotes {
  private let configuration: Configuration
  private var notes: [(kind: ConfigurationNotice.Kind, origin: RuleOrigin, reason: String)] = []
  private var usedAccessLists: Set<ListName> = []
  private var usedPrefixLists: Set<ListName> = []
  private var usedRouteMaps: Set<String> = []

  /// Takes all notes.
  static func take(_ draft: inout Draft) {
    var filterNotes = FilterNotes(configuration: draft.configuration)
    for version in OSPFVersion.allCases {
      if let section = draft.configuration[version] { filterNotes.look(at: section, version) }
    }
    filterNotes.lookAtNeighborFilters()
    filterNotes.lookForUnused()
    var seen: Set<String> = []
    for (kind, origin, reason) in filterNotes.notes {
      // A route-map that is used twice is told once.
      guard let location = origin.location, seen.insert("\(location) \(reason)").inserted else { continue }
      draft.note(ConfigurationNotice(location: location, kind: kind, line: origin.text, reason: reason))
    }
  }

  private init(configuration: Configuration) { self.configuration = configuration }

  private var filters: Filters { configuration.filters }

  /// What a router block redistributes: IPv4 in `router ospf`; in `router ospf6` IPv6, and IPv4 where an interface carries it.
  private func families(_ version: OSPFVersion) -> Set<AddressFamily> {
    let own: AddressFamily = version == .v2 ? .ipv4 : .ipv6
    let configured = ProtocolInstance.allCases.filter { $0.version == version && configuration.isConfigured($0) }
    return Set(configured.map(\.addressFamily)).union([own])
  }

  private mutating func note(_ kind: ConfigurationNotice.Kind, _ origin: RuleOrigin, _ reason: String) {
    notes.append((kind, origin, reason))
  }

  private mutating func look(at section: RouterSection, _ version: OSPFVersion) {
    for (source, list) in section.redistribution.distributeLists {
      let name = ListName(list.accessList, family: .ipv4)
      usedAccessLists.insert(name)
      if section.redistribution.sources[source] == nil {
        note(.withoutEffect, list.origin, "there is no 'redistribute \(source.rawValue)' that it could filter")
      } else if filters.accessLists[name] == nil {
        note(.undefinedName, list.origin, "there is no access list \(list.accessList): everything passes")
      }
    }
    for (source, statement) in section.redistribution.sources {
      look(at: statement.terms, of: statement.origin, version)
      if source == .static, !configuration.staticRoutes.contains(where: { families(version).contains($0.prefix.family) }) {
        note(
          .withoutEffect, statement.origin,
          "no '\(version == .v2 ? "ip" : "ipv6") route' line names a route; those of the kernel are for 'redistribute kernel'")
      }
    }
    if let statement = section.redistribution.defaultInformation { look(at: statement.terms, of: statement.origin, version) }
  }

  private mutating func look(at terms: ExternalTerms, of origin: RuleOrigin, _ version: OSPFVersion) {
    guard let name = terms.routeMap else { return }
    guard filters.routeMaps[name] != nil else {
      return note(.undefinedName, origin, "there is no route-map \(name): nothing passes")
    }
    look(atRouteMap: name, version, calledBy: [])
  }

  private mutating func look(atRouteMap name: String, _ version: OSPFVersion, calledBy callers: Set<String>) {
    usedRouteMaps.insert(name)
    for entry in filters.routeMaps[name]?.entries ?? [] {
      look(at: entry, version)
      guard let called = entry.call else { continue }
      if filters.routeMaps[called] == nil {
        note(.undefinedName, entry.origin, "there is no route-map \(called): nothing is called")
      } else if called == name || callers.contains(called) {
        note(.withoutEffect, entry.origin, "'call \(called)' goes in a circle, and is not followed")
      } else {
        look(atRouteMap: called, version, calledBy: callers.union([name]))
      }
    }
  }

  private mutating func look(at entry: RouteMap.Entry, _ version: OSPFVersion) {
    for family in families(version) { look(at: entry, family) }
    let named = Set(entry.match.accessLists.keys).union(entry.match.prefixLists.keys)
    if !named.isEmpty, named.isDisjoint(with: families(version)) {
      let block = version == .v2 ? "router ospf" : "router ospf6"
      note(
        .withoutEffect, entry.origin,
        "its lists are of the other family, and for '\(block)' its other lines alone decide, as in Quagga and FRR")
    }
    if version == .v3, case .relative? = entry.set.metric {
      note(.changedMeaning, entry.origin, "the metric is relative to 20, as in ospfd; FRR's ospf6d passes over the sign")
    }
  }

  /// The lists of a family.
  private mutating func look(at entry: RouteMap.Entry, _ family: AddressFamily) {
    if let list = entry.match.accessLists[family].map({ ListName($0, family: family) }) {
      usedAccessLists.insert(list)
      if filters.accessLists[list] == nil {
        note(.undefinedName, entry.origin, "there is no \(family.rawValue) access list \(list.name): nothing matches the entry")
      } else if family == .ipv6 {
        note(.changedMeaning, entry.origin, "'match ipv6 address \(list.name)' filters; FRR's ospf6d passes over it")
      }
    }
    if let list = entry.match.prefixLists[family].map({ ListName($0, family: family) }) {
      usedPrefixLists.insert(list)
      if filters.prefixLists[list] == nil {
        note(.undefinedName, entry.origin, "there is no \(family.rawValue) prefix list \(list.name): nothing matches the entry")
      }
    }
  }

  private mutating func lookAtNeighborFilters() {
    for interface in configuration.interfaces {
      for parameters in [interface.ospf] + interface.ospfByAddress.values {
        if let name = parameters.neighborFilter { usedPrefixLists.insert(ListName(name, family: .ipv4)) }
      }
      if let name = interface.ospf6.neighborFilter { usedPrefixLists.insert(ListName(name, family: .ipv6)) }
    }
  }

  private mutating func lookForUnused() {
    for (name, list) in filters.accessLists where !usedAccessLists.contains(name) {
      if let rule = list.rules.first { note(.withoutEffect, rule.origin, "nothing refers to access list \(name.name)") }
    }
    for (name, list) in filters.prefixLists where !usedPrefixLists.contains(name) {
      if let rule = list.rules.first { note(.withoutEffect, rule.origin, "nothing refers to prefix list \(name.name)") }
    }
    for (name, map) in filters.routeMaps where !usedRouteMaps.contains(name) {
      if let entry = map.entries.first { note(.withoutEffect, entry.origin, "nothing refers to route-map \(name)") }
    }
  }
}
