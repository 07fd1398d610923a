import OSPFProtocol
import OSPFWire

/// Where routes that can be redistributed come from. Of several routes to one prefix the first in this order counts.
public enum RouteSource: String, Hashable, Sendable, CaseIterable {
  /// The networks of the devices' addresses.
  case connected
  /// Routes of the kernel's main table that another program, or a person, put there.
  case kernel
  /// Routes that `ip route` and `ipv6 route` lines name: those of the kernel's main table, and those to nowhere without it.
  case `static`
}

/// `ip route` and `ipv6 route`. No route is installed: the line says which of the kernel's routes are static ones.
public struct StaticRoute: Hashable, Sendable {
  /// Its destination.
  public var prefix: IPPrefix
  /// The words between the destination and the tag: next hop, device, distance. They are kept and mean nothing here.
  public var target: String
  /// The route leads nowhere (`Null0`, `blackhole`, `reject`), and therefore needs no route in the kernel to be redistributed.
  public var isDiscard: Bool
  /// `tag`
  public var tag: UInt32

  public init(prefix: IPPrefix, target: String, isDiscard: Bool, tag: UInt32 = 0) {
    self.prefix = prefix
    self.target = target
    self.isDiscard = isDiscard
    self.tag = tag
  }

  /// The route that it is without the kernel.
  var candidate: RedistributionCandidate {
    RedistributionCandidate(source: .static, prefix: prefix, interface: nil, tag: tag)
  }
}

/// What a router block says about routes from outside of OSPF.
public struct RedistributionStatements: Hashable, Sendable {
  /// `redistribute`, by the kind of routes.
  public var sources: [RouteSource: RedistributeStatement] = [:]
  /// `distribute-list ... out` (OSPFv2), by the kind of routes.
  public var distributeLists: [RouteSource: DistributeList] = [:]
  /// `default-information originate`
  public var defaultInformation: DefaultInformation?
  /// `default-metric`: of redistributed routes whose `redistribute` has no metric.
  public var defaultMetric: UInt32?

  /// Nothing is redistributed.
  public init() {}

  /// Whether any statement is about routes of the kernel, so that they must be watched.
  public var asksForKernelRoutes: Bool {
    sources[.kernel] != nil || sources[.static] != nil
      || defaultInformation.map { !$0.isAlways || $0.terms.routeMap != nil } ?? false
  }

  /// The statements that make AS-external-LSAs.
  public var origins: [RuleOrigin] { sources.values.map(\.origin) + [defaultInformation?.origin].compactMap { $0 } }
}

/// `redistribute SOURCE [metric N] [metric-type T] [route-map M]`
public struct RedistributeStatement: Hashable, Sendable {
  /// What is said about the advertisements.
  public var terms: ExternalTerms
  /// Where the line stands.
  public var origin: RuleOrigin

  public init(terms: ExternalTerms = ExternalTerms(), origin: RuleOrigin) {
    self.terms = terms
    self.origin = origin
  }
}

/// `default-information originate [always] [metric N] [metric-type T] [route-map M]`
public struct DefaultInformation: Hashable, Sendable {
  /// Also when there is no default route.
  public var isAlways: Bool
  /// What is said about the advertisement.
  public var terms: ExternalTerms
  /// Where the line stands.
  public var origin: RuleOrigin

  public init(isAlways: Bool, terms: ExternalTerms = ExternalTerms(), origin: RuleOrigin) {
    self.isAlways = isAlways
    self.terms = terms
    self.origin = origin
  }

  /// The metric of the default route where none is configured: 1 with `always`, else 10. `default-metric` is not for it.
  public var defaultMetric: UInt32 { isAlways ? 1 : 10 }
}

/// `distribute-list NAME out SOURCE`
public struct DistributeList: Hashable, Sendable {
  /// The access list. One that is not defined permits everything.
  public var accessList: String
  /// Where the line stands.
  public var origin: RuleOrigin

  public init(accessList: String, origin: RuleOrigin) {
    self.accessList = accessList
    self.origin = origin
  }
}

/// The words that `redistribute` and `default-information originate` have in common. What is nil was not configured.
public struct ExternalTerms: Hashable, Sendable {
  /// `metric`
  public var metric: UInt32?
  /// `metric-type`; type 2 where it is not configured.
  public var metricType: ExternalMetricType?
  /// `route-map`. One that is not defined denies everything.
  public var routeMap: String?

  /// Nothing configured.
  public init(metric: UInt32? = nil, metricType: ExternalMetricType? = nil, routeMap: String? = nil) {
    self.metric = metric
    self.metricType = metricType
    self.routeMap = routeMap
  }

  /// The metric of redistributed routes where neither `metric` nor `default-metric` is configured.
  public static let defaultMetric: UInt32 = 20

  /// The largest metric, LSInfinity - 1 (RFC 2328 appendix B).
  public static let largestMetric: UInt32 = 0xFF_FFFE

  /// The advertisement of a route, after the changes of a route-map.
  func advertisement(
    of route: RedistributionCandidate, defaultMetric: UInt32, _ changes: RouteMap.Changes
  ) -> Advertisement {
    let metric: UInt32 =
      switch changes.metric {
      case .absolute(let metric)?: metric
      case .relative(let difference)?: UInt32(clamping: Int64(Self.defaultMetric) + Int64(difference))
      case nil: self.metric ?? defaultMetric
      }
    let bounded = min(max(metric, changes.minimumMetric ?? 0), changes.maximumMetric ?? Self.largestMetric)
    return Advertisement(
      prefix: route.prefix,
      kind: .external(
        metric: min(bounded, Self.largestMetric), type: changes.metricType ?? metricType ?? .type2, tag: changes.tag ?? route.tag),
      nextHop: route.nextHop)
  }
}
