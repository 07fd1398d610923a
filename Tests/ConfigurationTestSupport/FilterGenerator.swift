import OSPFProtocol
import OSPFWire
import Redistribution

import Configuration

/// Lists, route-maps, and what says where they apply.
extension ConfigurationGenerator {
  /// No origin is part of what a configuration means.
  package var origin: RuleOrigin { RuleOrigin(text: "generated") }

  package mutating func filters() -> Filters {
    var filters = Filters()
    for name in ["x", "10", "seq"] where Bool.random(using: &random) {
      for family in [AddressFamily.ipv4, .ipv6] where Bool.random(using: &random) {
        filters.accessLists[ListName(name, family: family)] = list { $0.accessCriterion(family) }
        filters.prefixLists[ListName(name, family: family)] = list { $0.prefixRange(family) }
      }
    }
    for name in ["m", "permit"] where Bool.random(using: &random) { filters.routeMaps[name] = routeMap() }
    return filters
  }

  private mutating func list<Criterion>(_ make: (inout Self) -> Criterion) -> FilterList<Criterion> {
    var list = FilterList<Criterion>()
    list.remark = maybe { $0.text() }
    for position in 0..<number(UInt32(0)...4) {
      let isPermit = Bool.random(using: &random)
      let criterion = make(&self)
      guard list.rule(sayingSameAs: isPermit, criterion) == nil else { continue }
      list.insert(
        .init(sequence: position * 1_000_000_000 + number(1...9), isPermit: isPermit, criterion: criterion, origin: origin))
    }
    if list.rules.isEmpty { list.remark = "empty" }
    return list
  }

  private mutating func prefix(_ family: AddressFamily) -> IPPrefix {
    switch family {
    case .ipv4: .v4(IPv4Prefix(IPv4Address(rawValue: number(0...UInt32.max)), length: number(0...32)))
    case .ipv6: .v6(IPv6Prefix(IPv6Address(high: number(0...UInt64.max), low: number(0...UInt64.max)), length: number(0...128)))
    }
  }

  private mutating func maskedAddress() -> MaskedAddress {
    let wildcard = one(of: [UInt32(0), 0xFF, 0xFFFF_FFFF, 0x00FF_00FF], or: 0)
    return MaskedAddress(IPv4Address(rawValue: number(0...UInt32.max)), wildcard: IPv4Address(rawValue: wildcard))
  }

  private mutating func accessCriterion(_ family: AddressFamily) -> AccessCriterion {
    switch number(0...(family == .ipv4 ? 3 : 1)) {
    case 0: .any
    case 1: .prefix(prefix(family), isExact: Bool.random(using: &random))
    case 2: .address(maskedAddress())
    default: .addressAndMask(maskedAddress(), mask: maskedAddress())
    }
  }

  private mutating func prefixRange(_ family: AddressFamily) -> PrefixRange {
    let prefix = prefix(family)
    let shortest = maybe { $0.number(prefix.length...prefix.address.bitWidth) }
    let longest = maybe { $0.number((shortest ?? prefix.length)...prefix.address.bitWidth) }
    return PrefixRange(prefix, shortest: shortest, longest: longest)
  }

  private mutating func routeMap() -> RouteMap {
    var map = RouteMap()
    for _ in 0...number(0...2) {
      let sequence = number(UInt16(1)...65534)
      var entry = RouteMap.Entry(sequence: sequence, isPermit: Bool.random(using: &random), origin: origin)
      entry.description = maybe { $0.text() }
      for family in [AddressFamily.ipv4, .ipv6] {
        entry.match.accessLists[family] = maybe { $0.one(of: ["x", "prefix-list-of-mine"], or: "x") }
        entry.match.prefixLists[family] = maybe { _ in "x" }
      }
      entry.match.interface = maybe { _ in "lo" }
      entry.match.tag = maybe { $0.number(1...UInt32.max) }
      entry.set.metric = maybe {
        let metric = RouteMap.Changes.Metric.absolute($0.number(0...16_777_214))
        return $0.one(of: [metric, .relative($0.number(-16_777_214...16_777_214))], or: metric)
      }
      entry.set.minimumMetric = maybe { $0.number(0...16_777_214) }
      entry.set.maximumMetric = maybe { $0.number(0...16_777_214) }
      entry.set.metricType = maybe { $0.one(of: [.type1, .type2], or: .type1) }
      entry.set.tag = maybe { $0.number(1...UInt32.max) }
      entry.call = maybe { _ in "m" }
      entry.continuation = one(of: [.stop, .next, .goto(number((sequence + 1)...65535))], or: .stop)
      map[sequence] = entry
    }
    return map
  }

  private mutating func terms() -> ExternalTerms {
    ExternalTerms(
      metric: maybe { $0.number(0...16_777_214) }, metricType: maybe { $0.one(of: [.type1, .type2], or: .type1) },
      routeMap: maybe { _ in "metric" })
  }

  package mutating func redistribute(_ section: inout RouterSection) {
    for source in RouteSource.allCases where Bool.random(using: &random) {
      section.redistribution.sources[source] = RedistributeStatement(terms: terms(), origin: origin)
    }
    section.redistribution.defaultInformation = maybe { generator in
      DefaultInformation(isAlways: Bool.random(using: &generator.random), terms: generator.terms(), origin: generator.origin)
    }
    section.redistribution.defaultMetric = maybe { $0.number(0...16_777_214) }
  }

  package mutating func staticRoute(_ index: UInt8) -> StaticRoute {
    let prefix =
      Bool.random(using: &random)
      ? IPPrefix.v4(IPv4Prefix(IPv4Address(10, index, 0, 0), length: number(16...32)))
      : .v6(IPv6Prefix(IPv6Address(high: 0x2001_0DB8_0000_0000 | UInt64(index), low: 0), length: number(64...128)))
    let isDiscard = Bool.random(using: &random)
    return StaticRoute(
      prefix: prefix, target: isDiscard ? "Null0 250" : "192.0.2.1 eth0", isDiscard: isDiscard,
      tag: one(of: [0, number(1...UInt32.max)], or: 0))
  }
}
