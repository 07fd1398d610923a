import OSPFProtocol
import OSPFWire

/// What a route-map makes of a route.
struct RouteMapVerdict {
  /// What is changed in the route; nil when it is denied.
  var changes: RouteMap.Changes?
  /// What decided: the entry that denies, or of a permitted route the last one that permitted it; nil when no entry matched.
  var origin: RuleOrigin?
}

/// Route-maps as Quagga and FRR apply them to routes that are redistributed.
struct RouteMapEvaluation {
  let filters: Filters

  /// What the route-map makes of a route. One that is not defined denies everything. Route-maps may call each other in circles: one that
  /// is being gone through already is not called again, which would decide nothing new.
  func verdict(
    of name: String, on route: RedistributionCandidate, calledBy callers: Set<String> = []
  ) -> RouteMapVerdict {
    guard let entries = filters.routeMaps[name]?.entries else { return RouteMapVerdict() }
    var verdict = RouteMapVerdict()
    var changes = RouteMap.Changes()
    var position = 0
    while position < entries.count {
      let entry = entries[position]
      position += 1
      guard matches(entry.match, route) else {
        // Also after an entry with `on-match`, the next one has to match.
        verdict = RouteMapVerdict()
        continue
      }
      guard entry.isPermit else { return RouteMapVerdict(origin: entry.origin) }
      changes = entry.set.merged(over: changes)
      verdict = RouteMapVerdict(changes: changes, origin: entry.origin)
      let begun = callers.union([name])
      if let called = entry.call, filters.routeMaps[called] != nil, !begun.contains(called) {
        let outcome = self.verdict(of: called, on: route, calledBy: begun)
        guard let further = outcome.changes else {
          return RouteMapVerdict(origin: outcome.origin ?? entry.origin)
        }
        changes = further.merged(over: changes)
        verdict.changes = changes
      }
      switch entry.continuation {
      case .stop: return verdict
      case .next: continue
      case .goto(let sequence): position = entries.firstIndex { $0.sequence >= sequence } ?? entries.count
      }
    }
    return verdict
  }

  /// Of the lists only those of the route's own family are asked, as ospfd passes over `match ipv6` and ospf6d over `match ip`. A list
  /// that is not defined permits nothing.
  private func matches(_ match: RouteMap.Match, _ route: RedistributionCandidate) -> Bool {
    let family = route.prefix.family
    if let name = match.accessLists[family] {
      guard filters.accessLists[ListName(name, family: family)]?.permits(route.prefix) ?? false else { return false }
    }
    if let name = match.prefixLists[family] {
      guard filters.prefixLists[ListName(name, family: family)]?.permits(route.prefix) ?? false else { return false }
    }
    if let interface = match.interface, interface != route.interface { return false }
    if let tag = match.tag, tag != route.tag { return false }
    return true
  }
}
