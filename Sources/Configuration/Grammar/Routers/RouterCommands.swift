import OSPFProtocol
import OSPFWire
import Redistribution

/// The commands that `router ospf` and `router ospf6` have in common.
enum RouterCommands {
  static let all =
    stubRouter + [throttle, maximumLSAs] + arrival + areas + GracefulRestartCommands.all
    + RedistributionCommands.all + CommandsWithoutEffect.router

  /// `router-id`, in one of its spellings.
  static func routerID(_ phrase: String) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let word = arguments.peek
      let routerID = try arguments.routerID()
      let location = arguments.line.location(of: word)
      draft.editRouter { $0.routerID = routerID }
      if case .router(let version) = draft.context { draft.places[.routerID(version)] = location }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.editRouter { $0.routerID = nil }
    }
  }

  /// Sets the H-bit (RFC 8770), in OSPFv3 clears the R-bit (RFC 5340 section A.2).
  static func hostRouter(_ phrase: String) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      draft.editRouter { $0.isHostRouter = true }
      if case .router(.v3) = draft.context {
        draft.note(
          .caution, arguments,
          "to a router with a clear R-bit FRR computes no AS-external route; what is advertised as 'stub' is reached")
      }
    } undo: { _, draft throws(ConfigurationError) in
      draft.editRouter { $0.isHostRouter = false }
    }
  }

  /// `administrative` is Quagga's word; `several-uplinks`, the default, and `never` are this daemon's.
  private static let maxMetricWords: [String: StubRouterPolicy.MaxMetric] = [
    "administrative": .always, "several-uplinks": .withSeveralUplinks, "never": .never,
  ]

  /// The word for a policy.
  static func word(for maxMetric: StubRouterPolicy.MaxMetric) -> String {
    switch maxMetric {
    case .always: "administrative"
    case .withSeveralUplinks: "several-uplinks"
    case .never: "never"
    }
  }

  private static let stubRouter: [Command] =
    maxMetricWords.map { word, policy in
      Command("max-metric router-lsa \(word)") { _, draft throws(ConfigurationError) in
        draft.editRouter { $0.maxMetric = policy }
      } undo: { _, draft throws(ConfigurationError) in
        draft.editRouter { $0.maxMetric = nil }
      }
    }
    + [
      maxMetricForATime("on-startup", 5...86400), maxMetricForATime("on-shutdown", 5...100), hostRouter("host-router"),
    ]

  /// A router that is never transit needs no time in which it is not.
  private static func maxMetricForATime(_ word: String, _ seconds: ClosedRange<Int>) -> Command {
    Command("max-metric router-lsa \(word)") { arguments, draft throws(ConfigurationError) in
      _ = try arguments.number(seconds, "seconds")
      draft.note(
        .changedMeaning, arguments,
        "while there are several uplinks, links to other routers always have MaxLinkMetric; with one there is no transit")
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.note(.withoutEffect, arguments, "already the default")
    }
  }

  private static let throttle = Command("timers throttle lsa all") { arguments, draft throws(ConfigurationError) in
    let interval = try arguments.duration(.zero ... .seconds(60), bare: .milliseconds)
    draft.editRouter { $0.minLSInterval = interval }
    guard interval < Pacing.shortestInterval else { return }
    draft.note(
      .changedMeaning, arguments,
      "1s is kept between two originations of an LSA, because receivers discard what comes sooner")
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editRouter { $0.minLSInterval = nil }
  }

  private static let arrival = ["timers lsa min-arrival", "timers lsa arrival"].map { phrase in
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let interval = try arguments.duration(.zero ... .seconds(600), bare: .milliseconds)
      draft.editRouter { $0.minLSArrival = interval }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.editRouter { $0.minLSArrival = nil }
    }
  }

  /// As in IOS and EOS, without a count after which a router stays away until somebody comes.
  private static let maximumLSAs = Command("max-lsa") { arguments, draft throws(ConfigurationError) in
    let number = try arguments.number(10...Limits().linkStateAdvertisements, "LSAs")
    var ignoreTime: Duration?
    if arguments.skip("ignore-time") { ignoreTime = try arguments.duration(.seconds(1) ... .seconds(3600), bare: .minutes) }
    draft.editRouter { ($0.maximumLSAs, $0.ignoreTime) = (number, ignoreTime) }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editRouter { ($0.maximumLSAs, $0.ignoreTime) = (nil, nil) }
  }

  static let referenceBandwidth = Command("auto-cost reference-bandwidth") { arguments, draft throws(ConfigurationError) in
    let bandwidth = UInt32(clamping: try arguments.number(1...4_294_967, "Mbit/s"))
    draft.editRouter { $0.referenceBandwidth = bandwidth }
    draft.note(
      .changedMeaning, arguments,
      "costs are not computed from bandwidths: an interface without 'cost' has cost \(InterfaceSettings.defaultCost)")
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editRouter { $0.referenceBandwidth = nil }
  }

  static let summaryAddress = Command.notSupported("summary-address", "each prefix is advertised as it is")
}

// MARK: - Areas

extension RouterCommands {
  /// `area A ...`: the word after the area says what it is about.
  private static let areas: [Command] = [
    Command("area") { arguments, draft throws(ConfigurationError) in
      try area(&arguments, &draft)
    } undo: { arguments, draft throws(ConfigurationError) in
      try undoArea(&arguments, &draft)
    }
  ]

  private static let withoutEffect = [
    "range", "default-cost", "filter-list", "export-list", "import-list", "shortcut", "flood-reduction",
  ]
  private static let areaWords = ["stub", "nssa", "authentication", "virtual-link"] + withoutEffect

  /// `no area A stub` makes the area a normal one; with an option after it, only the option goes, which has no effect anyhow.
  private static func undoArea(_ arguments: inout Arguments, _ draft: inout Draft) throws(ConfigurationError) {
    let area = try arguments.areaID()
    let word = try arguments.keyword(areaWords)
    let isOption = arguments.skip("no-summary") || arguments.skip("suppress-fa")
    arguments.skipAll()
    if word == "authentication", draft.routerSection?.areaAuthentication[area] != nil {
      return draft.editRouter { $0.areaAuthentication[area] = nil }
    }
    guard word == "stub" || word == "nssa", !isOption else {
      return draft.note(.withoutEffect, arguments, "already the default", isSecret: word == "virtual-link")
    }
    draft.editRouter { $0.areas[area] = nil }
  }

  private static func area(_ arguments: inout Arguments, _ draft: inout Draft) throws(ConfigurationError) {
    let areaWord = arguments.peek
    let area = try arguments.areaID()
    let word = arguments.peek
    switch try arguments.keyword(areaWords) {
    case "stub":
      if arguments.skip("no-summary") { draft.note(.withoutEffect, arguments, noSummary) }
      try set(.stub, area, at: areaWord, arguments, &draft)
    case "nssa":
      try nssaOptions(&arguments, &draft)
      try set(.nssa, area, at: areaWord, arguments, &draft)
    case "authentication":
      guard case .router(.v2) = draft.context else {
        throw ConfigurationError(
          location: arguments.line.location(of: word), problem: .misplaced(inside: "router ospf"), word: word?.text ?? "")
      }
      let choice: AuthenticationChoice = arguments.skip("message-digest") ? .messageDigest : .simple
      draft.editRouter { $0.areaAuthentication[area] = choice }
      draft.places[.areaAuthentication(area)] = arguments.location
    case "virtual-link":
      throw ConfigurationError(
        location: arguments.line.location(of: word), problem: .notSupported("this router is never an area border router"),
        word: word?.text ?? "")
    default:
      arguments.skipAll()
      draft.note(.withoutEffect, arguments, "this router is never an area border router")
    }
  }

  private static let noSummary = "only an area border router has summaries to leave out"

  private static func nssaOptions(_ arguments: inout Arguments, _ draft: inout Draft) throws(ConfigurationError) {
    guard !arguments.isAtEnd else { return }
    while !arguments.isAtEnd {
      let option = try arguments.keyword([
        "no-summary", "translate-candidate", "translate-never", "translate-always", "suppress-fa",
        "default-information-originate", "range",
      ])
      if option == "default-information-originate" || option == "range" { arguments.skipAll() }
    }
    draft.note(.withoutEffect, arguments, "the area is an NSSA; its options are for area border routers")
  }

  private static func set(
    _ kind: AreaConfiguration, _ area: AreaID, at word: Word?, _ arguments: Arguments, _ draft: inout Draft
  ) throws(ConfigurationError) {
    guard area != .backbone else { throw arguments.conflict("the backbone is neither a stub area nor an NSSA", at: word) }
    guard case .router(let version) = draft.context else { return }
    if let other = draft.configuration[version]?.areas[area], other != kind,
      let place = draft.places[.area(version, area)]
    {
      throw arguments.conflict("the area is \(other == .stub ? "a stub area" : "an NSSA") already, at \(place)", at: word)
    }
    draft.places[.area(version, area)] = word.map { arguments.line.location(of: $0) }
    draft.editRouter { $0.areas[area] = kind }
  }
}

extension Pacing {
  /// What receivers keep as MinLSArrival unless somebody has changed it (RFC 2328 appendix B).
  static let shortestInterval = Pacing().initialInterval
}

extension InterfaceSettings {
  /// The cost of an interface without `cost`.
  static let defaultCost = InterfaceSettings(area: .backbone).cost
}
