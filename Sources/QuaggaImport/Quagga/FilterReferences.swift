import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// The lists and route-maps that the router blocks refer to, directly and through each other.
struct FilterReferences {
  private(set) var accessLists: Set<ListName> = []
  private(set) var prefixLists: Set<ListName> = []
  private(set) var routeMaps: Set<String> = []

  init(_ configuration: Configuration) {
    for version in OSPFVersion.allCases {
      guard let section = configuration[version] else { continue }
      for list in section.redistribution.distributeLists.values { accessLists.insert(ListName(list.accessList, family: .ipv4)) }
      let terms =
        section.redistribution.sources.values.map(\.terms) + [section.redistribution.defaultInformation?.terms].compactMap { $0 }
      for name in terms.compactMap(\.routeMap) { follow(name, configuration.filters) }
    }
  }

  private mutating func follow(_ name: String, _ filters: Filters) {
    guard routeMaps.insert(name).inserted else { return }
    for entry in filters.routeMaps[name]?.entries ?? [] {
      for (family, list) in entry.match.accessLists { accessLists.insert(ListName(list, family: family)) }
      for (family, list) in entry.match.prefixLists { prefixLists.insert(ListName(list, family: family)) }
      if let called = entry.call { follow(called, filters) }
    }
  }
}

extension Filters {
  /// Takes away what was referred to and is not any more. Returns the words for what is gone.
  mutating func removeWhat(_ before: FilterReferences, isNoLongerIn after: FilterReferences) -> [String] {
    var removed: [String] = []
    for name in before.accessLists.subtracting(after.accessLists).sorted() where accessLists.removeValue(forKey: name) != nil {
      removed.append("\(name.family == .ipv4 ? "" : "ipv6 ")access-list \(name.name)")
    }
    for name in before.prefixLists.subtracting(after.prefixLists).sorted() where prefixLists.removeValue(forKey: name) != nil {
      removed.append("\(name.family == .ipv4 ? "ip" : "ipv6") prefix-list \(name.name)")
    }
    for name in before.routeMaps.subtracting(after.routeMaps).sorted() where routeMaps.removeValue(forKey: name) != nil {
      removed.append("route-map \(name)")
    }
    return removed
  }
}
