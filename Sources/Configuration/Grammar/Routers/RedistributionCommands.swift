import OSPFProtocol
import OSPFWire
import Redistribution

/// What the router blocks say about routes from outside of OSPF.
enum RedistributionCommands {
  /// In both router blocks.
  static let all = [redistribute, defaultInformation, defaultMetric, RouterCommands.summaryAddress]

  /// Kinds of routes that Quagga and FRR have, and this daemon does not.
  private static let foreignSources = [
    "babel", "bgp", "eigrp", "isis", "local", "nhrp", "openfabric", "ospf", "ospf6", "rip", "ripng", "sharp", "table",
    "table-direct", "vnc", "vnc-direct",
  ]

  /// The daemons that have such routes are programs of their own: what they install is seen in the kernel, or not at all.
  private static let noForeignRoutes =
    "nothing is redistributed by it: the daemon that has such routes is another program; write 'redistribute kernel' for those that it puts "
    + "into the kernel"

  /// `connected`, `kernel` or `static`; nil for one that only other daemons have, whose arguments are taken as well.
  private static func source(_ arguments: inout Arguments) throws(ConfigurationError) -> RouteSource? {
    if let word = arguments.peek, foreignSources.contains(word.text) {
      arguments.skipAll()
      return nil
    }
    return try arguments.choice(RouteSource.self)
  }

  private static let redistribute = Command("redistribute") { arguments, draft throws(ConfigurationError) in
    guard let source = try source(&arguments) else { return draft.note(.caution, arguments, noForeignRoutes) }
    let terms = try terms(&arguments)
    let statement = RedistributeStatement(terms: terms, origin: arguments.origin)
    draft.editRouter { $0.redistribution.sources[source] = statement }
  } undo: { arguments, draft throws(ConfigurationError) in
    let source = try source(&arguments)
    arguments.skipAll()
    let wasThere = source.map { draft.routerSection?.redistribution.sources[$0] != nil } ?? false
    draft.editRouter { section in
      if let source { section.redistribution.sources[source] = nil }
    }
    draft.noteIfNothing(was: wasThere, arguments)
  }

  private static let defaultInformation = Command("default-information originate") {
    arguments, draft throws(ConfigurationError) in
    let isAlways = arguments.skip("always")
    var statement = DefaultInformation(isAlways: isAlways, origin: arguments.origin)
    statement.terms = try terms(&arguments, alsoKnown: isAlways ? [] : ["always"]) { statement.isAlways = true }
    draft.editRouter { [statement] in $0.redistribution.defaultInformation = statement }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    let wasThere = draft.routerSection?.redistribution.defaultInformation != nil
    draft.editRouter { $0.redistribution.defaultInformation = nil }
    draft.noteIfNothing(was: wasThere, arguments)
  }

  /// `metric`, `metric-type` and `route-map`, in any order, as FRR takes them.
  private static func terms(
    _ arguments: inout Arguments, alsoKnown others: [String] = [], other: () -> Void = {}
  ) throws(ConfigurationError) -> ExternalTerms {
    var terms = ExternalTerms()
    while !arguments.isAtEnd {
      switch try arguments.keyword(["metric", "metric-type", "route-map"] + others) {
      case "metric": terms.metric = try metric(&arguments)
      case "metric-type": terms.metricType = try arguments.keyword(["1", "2"]) == "1" ? .type1 : .type2
      case "route-map": terms.routeMap = try arguments.listName()
      default: other()
      }
    }
    return terms
  }

  private static func metric(_ arguments: inout Arguments) throws(ConfigurationError) -> UInt32 {
    UInt32(clamping: try arguments.number(0...Int(ExternalTerms.largestMetric), "a metric"))
  }

  private static let defaultMetric = Command("default-metric") { arguments, draft throws(ConfigurationError) in
    let metric = try metric(&arguments)
    draft.editRouter { $0.redistribution.defaultMetric = metric }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    let wasThere = draft.routerSection?.redistribution.defaultMetric != nil
    draft.editRouter { $0.redistribution.defaultMetric = nil }
    draft.noteIfNothing(was: wasThere, arguments)
  }

  /// `distribute-list NAME out SOURCE`, in `router ospf` alone: ospf6d has none.
  static let distributeList = Command("distribute-list") { arguments, draft throws(ConfigurationError) in
    let name = try arguments.listName()
    _ = try arguments.keyword(["out"])
    guard let source = try source(&arguments) else {
      return draft.note(.withoutEffect, arguments, "there are no such routes")
    }
    let statement = DistributeList(accessList: name, origin: arguments.origin)
    draft.editRouter { $0.redistribution.distributeLists[source] = statement }
  } undo: { arguments, draft throws(ConfigurationError) in
    let name = try arguments.listName()
    _ = try arguments.keyword(["out"])
    let source = try source(&arguments)
    let wasThere = source.map { draft.routerSection?.redistribution.distributeLists[$0]?.accessList == name } ?? false
    if wasThere {
      draft.editRouter { section in
        if let source { section.redistribution.distributeLists[source] = nil }
      }
    }
    draft.noteIfNothing(was: wasThere, arguments)
  }
}

extension Draft {
  /// The router block that is being read.
  var routerSection: RouterSection? {
    guard case .router(let version) = context else { return nil }
    return configuration[version]
  }
}
