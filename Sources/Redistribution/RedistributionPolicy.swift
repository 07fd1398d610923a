import OSPFProtocol
import OSPFWire

/// A route that may be redistributed.
public struct RedistributionCandidate: Hashable, Sendable {
  /// Where it comes from.
  public var source: RouteSource
  /// Its destination.
  public var prefix: IPPrefix
  /// The device that it leaves through; nil for a route to nowhere (blackhole).
  public var interface: String?
  /// Its tag: what `match tag` looks at, and what the advertisement carries unless a route-map says otherwise.
  public var tag: UInt32
  /// The router that it leads to; nil when the destination is on the link, or nowhere.
  public var nextHop: IPAddress?

  public init(
    source: RouteSource, prefix: IPPrefix, interface: String?, tag: UInt32 = 0, nextHop: IPAddress? = nil
  ) {
    self.source = source
    self.prefix = prefix
    self.interface = interface
    self.nextHop = nextHop
    self.tag = tag
  }
}

/// What becomes of the routes that may be redistributed.
public struct RedistributionOutcome: Hashable, Sendable {
  /// What is advertised, ordered by prefix, each prefix once.
  public var advertisements: [Advertisement] = []
  /// What is not, in the same order, with the reason.
  public var filtered: [FilteredRoute] = []

  /// Nothing at all.
  public init() {}
}

/// A route that is not redistributed.
public struct FilteredRoute: Hashable, Sendable {
  public var route: RedistributionCandidate
  /// Why not, as the end of a sentence that names the rule and its place.
  public var reason: String
  /// Whether it is advertised all the same, as something else: the network of an OSPF interface, the address of a service.
  public var isAdvertisedOtherwise: Bool

  public init(route: RedistributionCandidate, reason: String, isAdvertisedOtherwise: Bool = false) {
    self.route = route
    self.reason = reason
    self.isAdvertisedOtherwise = isAdvertisedOtherwise
  }
}

/// `redistribute`, `distribute-list`, `default-information` and the filters that they name, applied to routes without side effects,
/// as Quagga and FRR do it.
public struct RedistributionPolicy: Sendable {
  private let statements: RedistributionStatements
  private let filters: Filters
  private let services: [IPPrefix: String]
  private let staticRoutes: [IPPrefix: StaticRoute]
  private let interfaces: [InterfaceDefinition]
  private let instance: ProtocolInstance
  private var family: AddressFamily { instance.addressFamily }

  /// The policy of an instance. `services` are the names of services by the prefixes that they advertise themselves; `interfaces` are
  /// those of the instance: OSPFv2 advertises their networks itself.
  public init(
    of instance: ProtocolInstance, _ statements: RedistributionStatements, filters: Filters, staticRoutes: [StaticRoute],
    services: [IPPrefix: String], interfaces: [InterfaceDefinition]
  ) {
    self.instance = instance
    self.statements = statements
    self.filters = filters
    self.staticRoutes = Dictionary(staticRoutes.map { ($0.prefix, $0) }) { first, _ in first }
    self.services = services
    self.interfaces = interfaces
  }

  /// Decides about all routes there are. Those of the other family are ignored, and so are those that no router may forward
  /// to: loopback, link-local and multicast prefixes. A route of the kernel that an `ip route` line names is a static one, and one to
  /// nowhere that such a line names is there without the kernel.
  public func outcome(for candidates: [RedistributionCandidate]) -> RedistributionOutcome {
    var outcome = RedistributionOutcome()
    let selected = select(candidates.map(classified) + staticRoutes.values.filter(\.isDiscard).map(\.candidate))
    let everything = IPPrefix.everything(family)
    switch defaultRoute(selected[everything]) {
    case .advertised(let advertisement)?: outcome.advertisements.append(advertisement)
    case .filtered(let route)?: outcome.filtered.append(route)
    case nil: break
    }
    for (prefix, route) in selected.sorted(by: { $0.key < $1.key }) where prefix != everything {
      guard let statement = statements.sources[route.source] else { continue }
      switch decide(about: route, statement) {
      case .advertised(let advertisement): outcome.advertisements.append(advertisement)
      case .filtered(let route): outcome.filtered.append(route)
      }
    }
    return outcome
  }

  private enum Decision {
    case advertised(Advertisement)
    case filtered(FilteredRoute)
  }

  private func classified(_ route: RedistributionCandidate) -> RedistributionCandidate {
    guard route.source == .kernel, let named = staticRoutes[route.prefix] else { return route }
    var route = route
    route.source = .static
    route.tag = named.tag
    return route
  }

  /// Of several routes to one prefix the one that zebra would select, whether or not its kind is redistributed.
  private func select(_ candidates: [RedistributionCandidate]) -> [IPPrefix: RedistributionCandidate] {
    var selected: [IPPrefix: RedistributionCandidate] = [:]
    for source in RouteSource.allCases {
      for candidate in candidates
      where candidate.source == source && candidate.prefix.family == family && candidate.prefix.canBeRedistributed
        && selected[candidate.prefix] == nil
      {
        selected[candidate.prefix] = candidate
      }
    }
    return selected
  }

  private func decide(about route: RedistributionCandidate, _ statement: RedistributeStatement) -> Decision {
    if let reason = ownerReason(route) {
      return .filtered(FilteredRoute(route: route, reason: reason, isAdvertisedOtherwise: true))
    }
    if let reason = distributeListReason(route) {
      return .filtered(FilteredRoute(route: route, reason: reason))
    }
    return apply(statement.terms, to: route, defaultMetric: statements.defaultMetric ?? ExternalTerms.defaultMetric)
  }

  /// Someone else advertises the prefix already.
  private func ownerReason(_ route: RedistributionCandidate) -> String? {
    if let service = services[route.prefix] { return "it belongs to service \(service)" }
    guard route.source == .connected, instance.version == .v2 else { return nil }
    for interface in interfaces {
      guard case .ipv4(let address, let subnet, _) = interface.addressing else { continue }
      // The subnet of a loopback's address is the address alone.
      let isOwn = interface.isLoopback && route.interface == interface.name && route.prefix.contains(.v4(address))
      if isOwn || IPPrefix.v4(subnet).covers(route.prefix) {
        return "OSPF advertises \(subnet) itself, as the network of \(interface.name) (\(address))"
      }
    }
    return nil
  }

  private func distributeListReason(_ route: RedistributionCandidate) -> String? {
    guard let statement = statements.distributeLists[route.source],
      let list = filters.accessLists[ListName(statement.accessList, family: family)]
    else { return nil }
    guard let rule = list.decidingRule(for: route.prefix) else {
      return "access list \(statement.accessList) of \(statement.origin) has no rule that permits it"
    }
    return rule.isPermit ? nil : "\(rule.origin) denies it"
  }

  private func apply(_ terms: ExternalTerms, to route: RedistributionCandidate, defaultMetric: UInt32) -> Decision {
    guard let name = terms.routeMap else {
      return .advertised(
        terms.advertisement(of: route, defaultMetric: defaultMetric, RouteMap.Changes()))
    }
    let verdict = RouteMapEvaluation(filters: filters).verdict(of: name, on: route)
    guard let changes = verdict.changes else {
      let reason =
        if let origin = verdict.origin {
          "\(origin) denies it"
        } else if filters.routeMaps[name] == nil {
          "route-map \(name) is not defined, which denies everything"
        } else {
          "no entry of route-map \(name) permits it"
        }
      return .filtered(FilteredRoute(route: route, reason: reason))
    }
    return .advertised(terms.advertisement(of: route, defaultMetric: defaultMetric, changes))
  }

  /// The default route is no business of `redistribute` and `distribute-list`.
  private func defaultRoute(_ route: RedistributionCandidate?) -> Decision? {
    guard let statement = statements.defaultInformation else {
      guard let route, statements.sources[route.source] != nil else { return nil }
      return .filtered(
        FilteredRoute(route: route, reason: "the default route is advertised by 'default-information originate' alone"))
    }
    let made = RedistributionCandidate(source: .static, prefix: .everything(family), interface: nil)
    guard let route = route ?? (statement.isAlways ? made : nil) else { return nil }
    return apply(statement.terms, to: route, defaultMetric: statement.defaultMetric)
  }
}

extension IPPrefix {
  /// What zebra never hands on, whoever asks: loopback, link-local (169.254.0.0/16, fe80::/10) and multicast prefixes.
  fileprivate var canBeRedistributed: Bool {
    switch self {
    case .v4(let prefix):
      prefix.address.rawValue >> 24 != 127 && prefix.address.rawValue >> 16 != 0xA9FE && !prefix.address.isMulticast
    case .v6(let prefix):
      prefix.address != IPv6Address(high: 0, low: 1) && !prefix.address.isLinkLocal && !prefix.address.isMulticast
    }
  }
}
