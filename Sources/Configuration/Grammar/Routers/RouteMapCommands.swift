import OSPFProtocol
import OSPFWire
import Redistribution

/// `route-map`, and the commands of its block.
enum RouteMapCommands {
  /// At the top level.
  static let block = Command("route-map", opensBlock: true) { arguments, draft throws(ConfigurationError) in
    let name = try arguments.listName()
    if arguments.skip("optimization") { return draft.note(.withoutEffect, arguments, optimization) }
    let isPermit = try arguments.keyword(["permit", "deny"]) == "permit"
    let sequence = UInt16(clamping: try arguments.number(1...65535, "a sequence number"))
    var map = draft.configuration.filters.routeMaps[name] ?? RouteMap()
    if let known = map[sequence], known.isPermit != isPermit, let place = known.origin.location,
      place.path != arguments.line.path
    {
      throw arguments.conflict(
        "there is \(known.origin) already; all files share their route-maps, so give one of the two another name")
    }
    var entry = map[sequence] ?? RouteMap.Entry(sequence: sequence, isPermit: isPermit, origin: arguments.origin)
    entry.isPermit = isPermit
    map[sequence] = entry
    draft.configuration.filters.routeMaps[name] = map
    if map[sequence]?.origin.location?.path == arguments.line.path { draft.begin(.list("route-map", name), arguments) }
    draft.context = .routeMap(name, sequence)
  } undo: { arguments, draft throws(ConfigurationError) in
    let name = try arguments.listName()
    if arguments.skip("optimization") { return draft.note(.withoutEffect, arguments, optimization) }
    var removed = draft.configuration.filters.routeMaps[name] != nil
    if arguments.isAtEnd {
      draft.configuration.filters.routeMaps[name] = nil
    } else {
      _ = try arguments.keyword(["permit", "deny"])
      let sequence = UInt16(clamping: try arguments.number(1...65535, "a sequence number"))
      var map = draft.configuration.filters.routeMaps[name] ?? RouteMap()
      removed = map[sequence] != nil
      map[sequence] = nil
      draft.configuration.filters.routeMaps[name] = map.entries.isEmpty ? nil : map
    }
    draft.noteIfNothing(was: removed, arguments)
  }

  private static let optimization = "a route-map is gone through entry by entry, which gives the same answer"

  /// Inside of the block.
  static let all: [Command] =
    [
      list("match ip address", \.match.accessLists[.ipv4]), list("match ip address prefix-list", \.match.prefixLists[.ipv4]),
      list("match ipv6 address", \.match.accessLists[.ipv6]),
      list("match ipv6 address prefix-list", \.match.prefixLists[.ipv6]),
      line("match interface", \.match.interface) { arguments throws(ConfigurationError) in try arguments.interfaceName() },
      line("match tag", \.match.tag, read: tag), line("set tag", \.set.tag, read: tag),
      line("set metric", \.set.metric, read: metric, remark: metricRemark), metricType,
      line("set min-metric", \.set.minimumMetric, read: bound), line("set max-metric", \.set.maximumMetric, read: bound),
      line("call", \.call) { arguments throws(ConfigurationError) in try arguments.listName() }, description, onMatchNext,
      continuation("on-match goto", isOptional: false), continuation("continue", isOptional: true),
    ] + notSupported + withoutEffect

  private typealias Entry = RouteMap.Entry

  private static func list(_ phrase: String, _ path: WritableKeyPath<RouteMap.Entry, String?> & Sendable) -> Command {
    line(phrase, path) { arguments throws(ConfigurationError) in try arguments.listName() }
  }

  private static let tag: @Sendable (inout Arguments) throws(ConfigurationError) -> UInt32 = {
    arguments throws(ConfigurationError) in
    UInt32(clamping: try arguments.number(1...Int(UInt32.max), "a tag"))
  }

  /// A line that sets one property of the entry.
  private static func line<Value: Equatable & Sendable>(
    _ phrase: String, _ path: WritableKeyPath<RouteMap.Entry, Value?> & Sendable,
    read: @escaping @Sendable (inout Arguments) throws(ConfigurationError) -> Value,
    remark: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let value = try read(&arguments)
      try draft.claim(arguments, isChange: draft.routeMapEntry?[keyPath: path] != value)
      draft.editRouteMap { $0[keyPath: path] = value }
      if let remark = remark(value) { draft.note(.changedMeaning, arguments, remark) }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      let wasThere = draft.routeMapEntry?[keyPath: path] != nil
      draft.editRouteMap { $0[keyPath: path] = nil }
      draft.noteIfNothing(was: wasThere, arguments)
    }
  }

  private static let description = Command("description") { arguments, draft throws(ConfigurationError) in
    let text = try arguments.restOfLine(expecting: "a text")
    draft.editRouteMap { $0.description = text }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editRouteMap { $0.description = nil }
  }

  /// `N`, `+N` or `-N`
  private static func metric(_ arguments: inout Arguments) throws(ConfigurationError) -> RouteMap.Changes.Metric {
    let largest = ExternalTerms.largestMetric
    return try arguments.value("a metric from 0 to \(largest), or with a sign the difference to 20") { text in
      let sign = text.utf8.first
      let digits = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? text.dropFirst() : text[...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(digits), number <= largest else {
        return nil
      }
      switch sign {
      case UInt8(ascii: "+"): return .relative(Int32(number))
      case UInt8(ascii: "-"): return .relative(-Int32(number))
      default: return .absolute(number)
      }
    }
  }

  private static let bound: @Sendable (inout Arguments) throws(ConfigurationError) -> UInt32 = {
    arguments throws(ConfigurationError) in
    UInt32(clamping: try arguments.number(0...Int(ExternalTerms.largestMetric), "a metric"))
  }

  private static func metricRemark(_ metric: RouteMap.Changes.Metric) -> String? {
    switch metric {
    case .absolute(0): "the metric is 0, as in Quagga; FRR takes the line for none"
    case .relative(let difference) where Int64(difference) < -Int64(ExternalTerms.defaultMetric):
      "the metric is 0; FRR's arithmetic wraps around"
    case .absolute, .relative: nil
    }
  }

  private static let metricTypes: [String: ExternalMetricType] = [
    "type-1": .type1, "type-2": .type2, "1": .type1, "2": .type2,
  ]

  private static let metricType = line("set metric-type", \.set.metricType) { arguments throws(ConfigurationError) in
    let word = try arguments.keyword(["type-1", "type-2", "1", "2"])
    return metricTypes[word] ?? .type2
  }

  private static let onMatchNext = Command("on-match next") { arguments, draft throws(ConfigurationError) in
    try draft.setContinuation(.next, arguments)
  } undo: { arguments, draft throws(ConfigurationError) in
    try draft.setContinuation(.stop, arguments)
  }

  /// A sequence number behind the entry's own. Without one, `continue` is `on-match next`.
  private static func continuation(_ phrase: String, isOptional: Bool) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      if isOptional, arguments.isAtEnd { return try draft.setContinuation(.next, arguments) }
      let word = arguments.peek
      let sequence = UInt16(clamping: try arguments.number(1...65535, "a sequence number"))
      if case .routeMap(_, let own) = draft.context, sequence <= own {
        throw arguments.conflict("a route-map goes on behind the entry's own number, \(own)", at: word)
      }
      try draft.setContinuation(.goto(sequence), arguments)
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      try draft.setContinuation(.stop, arguments)
    }
  }

  private static let notSupported: [Command] =
    [
      "ip address prefix-len", "ip next-hop", "ip route-source", "ipv6 address prefix-len", "ipv6 next-hop", "as-path",
      "community",
      "extcommunity", "large-community", "local-preference", "metric", "origin", "peer", "probability", "source-instance",
      "source-protocol", "source-vrf", "evpn", "mac", "rpki", "vni",
    ].map { .notSupported("match \($0)", "nothing of the kind is known of a connected, kernel or static route") }
    + [.notSupported("set forwarding-address", "an AS-external-LSA has no forwarding address here")]

  private static let withoutEffect: [Command] = [
    "aggregator", "as-path", "atomic-aggregate", "comm-list", "community", "distance", "extcommunity", "ip", "ipv6",
    "label-index",
    "large-comm-list", "large-community", "local-preference", "origin", "originator-id", "src", "table", "vpnv4", "weight",
  ].map { .withoutEffect("set \($0)", "it changes nothing that OSPF advertises") }
}

extension Draft {
  /// The route-map entry whose block is being read.
  fileprivate var routeMapEntry: RouteMap.Entry? {
    guard case .routeMap(let name, let sequence) = context else { return nil }
    return configuration.filters.routeMaps[name]?[sequence]
  }

  /// Changes the route-map entry whose block is being read.
  fileprivate mutating func editRouteMap(_ change: (inout RouteMap.Entry) -> Void) {
    guard case .routeMap(let name, let sequence) = context, var entry = routeMapEntry else { return }
    change(&entry)
    configuration.filters.routeMaps[name]?[sequence] = entry
  }

  fileprivate mutating func setContinuation(
    _ continuation: RouteMap.Continuation, _ arguments: Arguments
  ) throws(ConfigurationError) {
    let isChange = routeMapEntry?.continuation != continuation
    if arguments.isNegated {
      noteIfNothing(was: isChange, arguments)
    } else {
      try claim(arguments, as: "on-match", isChange: isChange)
    }
    editRouteMap { $0.continuation = continuation }
  }

  /// One file may say a thing twice and mean the last. Two files that say different things were two daemons', and each had route-maps of
  /// its own.
  fileprivate mutating func claim(
    _ arguments: Arguments, as command: String? = nil, isChange: Bool
  ) throws(ConfigurationError) {
    guard case .routeMap(let name, let sequence) = context else { return }
    let command = command ?? arguments.commandText
    let place = Place.routeMapLine(name, sequence, command)
    if isChange, let other = places[place], other.path != arguments.line.path {
      throw arguments.conflict(
        "there is a different '\(command)' for the same entry at \(other); all files share their route-maps, so give one of the two"
          + " another name")
    }
    places[place] = arguments.location
  }
}
