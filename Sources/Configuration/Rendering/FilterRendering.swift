import OSPFProtocol
import OSPFWire
import Redistribution

extension Configuration {
  /// The blocks of the lists, route-maps and static routes in their native form.
  func filterBlocks() -> [[String]] {
    var blocks: [[String]] = []
    for (name, list) in filters.accessLists.sorted(by: { $0.key < $1.key }) {
      let phrase = name.family == .ipv4 ? "access-list" : "ipv6 access-list"
      blocks.append(list.lines("\(phrase) \(name.name)", remark: "remark") { $0.text })
    }
    for (name, list) in filters.prefixLists.sorted(by: { $0.key < $1.key }) {
      let phrase = name.family == .ipv4 ? "ip prefix-list" : "ipv6 prefix-list"
      blocks.append(list.lines("\(phrase) \(name.name)", remark: "description") { $0.text })
    }
    for (name, map) in filters.routeMaps.sorted(by: { $0.key < $1.key }) {
      blocks += map.entries.map { $0.lines(name) }
    }
    blocks.append(staticRoutes.map(\.line))
    return blocks.filter { !$0.isEmpty }
  }
}

extension FilterList {
  fileprivate func lines(_ phrase: String, remark word: String, text: (Criterion) -> String) -> [String] {
    (remark.map { ["\(phrase) \(word) \($0)"] } ?? [])
      + rules.map { "\(phrase) seq \($0.sequence) \($0.isPermit ? "permit" : "deny") \(text($0.criterion))" }
  }
}

extension RouteMap.Entry {
  fileprivate func lines(_ name: String) -> [String] {
    var lines: [String] = []
    if let description { lines.append("description \(description)") }
    for (family, word) in [(AddressFamily.ipv4, "ip"), (.ipv6, "ipv6")] {
      if let list = match.accessLists[family] { lines.append("match \(word) address \(list)") }
      if let list = match.prefixLists[family] { lines.append("match \(word) address prefix-list \(list)") }
    }
    if let interface = match.interface { lines.append("match interface \(interface)") }
    if let tag = match.tag { lines.append("match tag \(tag)") }
    if let metric = set.metric { lines.append("set metric \(metric.text)") }
    if let metric = set.minimumMetric { lines.append("set min-metric \(metric)") }
    if let metric = set.maximumMetric { lines.append("set max-metric \(metric)") }
    if let metricType = set.metricType { lines.append("set metric-type type-\(metricType.rawValue)") }
    if let tag = set.tag { lines.append("set tag \(tag)") }
    if let call { lines.append("call \(call)") }
    switch continuation {
    case .stop: break
    case .next: lines.append("on-match next")
    case .goto(let sequence): lines.append("on-match goto \(sequence)")
    }
    return ["route-map \(name) \(isPermit ? "permit" : "deny") \(sequence)"] + lines.map { " \($0)" }
  }
}

extension RouteMap.Changes.Metric {
  fileprivate var text: String {
    switch self {
    case .absolute(let metric): "\(metric)"
    case .relative(let difference): difference < 0 ? "\(difference)" : "+\(difference)"
    }
  }
}

extension StaticRoute {
  /// The line that it is written as.
  package var line: String {
    let isIPv4 = if case .v4 = prefix { true } else { false }
    return "\(isIPv4 ? "ip" : "ipv6") route \(prefix) \(target)" + (tag == 0 ? "" : " tag \(tag)")
  }
}

extension RedistributionStatements {
  /// The lines about routes from outside of OSPF.
  func lines() -> [String] {
    var lines: [String] = []
    if let defaultMetric { lines.append("default-metric \(defaultMetric)") }
    for source in RouteSource.allCases {
      if let statement = sources[source] { lines.append("redistribute \(source.rawValue)\(statement.terms.text)") }
      if let list = distributeLists[source] { lines.append("distribute-list \(list.accessList) out \(source.rawValue)") }
    }
    if let statement = defaultInformation {
      lines.append("default-information originate\(statement.isAlways ? " always" : "")\(statement.terms.text)")
    }
    return lines
  }
}

extension ExternalTerms {
  fileprivate var text: String {
    (metric.map { " metric \($0)" } ?? "") + (metricType.map { " metric-type \($0.rawValue)" } ?? "")
      + (routeMap.map { " route-map \($0)" } ?? "")
  }
}

extension AccessCriterion {
  /// The criterion as it is written.
  fileprivate var text: String {
    switch self {
    case .any: "any"
    case .prefix(let prefix, let isExact): "\(prefix)" + (isExact ? " exact-match" : "")
    case .address(let address): address.wildcard == .unspecified ? "\(address.address)" : "\(address.address) \(address.wildcard)"
    case .addressAndMask(let address, let mask): "ip \(address.extendedText) \(mask.extendedText)"
    }
  }
}

extension MaskedAddress {
  fileprivate var extendedText: String {
    if self == .any { return "any" }
    return wildcard == .unspecified ? "host \(address)" : "\(address) \(wildcard)"
  }
}

extension PrefixRange {
  /// The range as it is written.
  fileprivate var text: String {
    "\(prefix)" + (shortest.map { " ge \($0)" } ?? "") + (longest.map { " le \($0)" } ?? "")
  }
}
