/// What becomes of the traffic to a prefix when this node advertises it otherwise, as far as the link state database can tell.
public struct FleetOutlook: Hashable, Sendable {
  /// How this node would advertise the prefix; nil for not at all.
  public struct Advertisement: Hashable, Sendable {
    /// As a stub prefix or an external one.
    public var kind: FleetReport.Advertiser.Kind
    /// The metric.
    public var metric: UInt32
    /// The type of an external metric, 1 or 2.
    public var metricType: Int?

    /// Describes an advertisement.
    public init(kind: FleetReport.Advertiser.Kind, metric: UInt32, metricType: Int?) {
      self.kind = kind
      self.metric = metric
      self.metricType = metricType
    }
  }

  private let report: FleetReport
  private let next: Advertisement?

  /// Looks at what would come of `next` in the place of what this node advertises in `report`.
  public init(_ report: FleetReport, next: Advertisement?) {
    self.report = report
    self.next = next
  }

  /// A router that can be reached and advertises the prefix, as routes are chosen.
  private struct Candidate: Hashable {
    var name: String
    var isHere: Bool
    /// Routes within an area go before external ones, and type 1 before type 2 (RFC 2328 section 11).
    var rank: Int
    var metric: UInt32
  }

  private static func rank(_ kind: FleetReport.Advertiser.Kind, _ metricType: Int?) -> Int {
    kind == .stub ? 0 : metricType == 1 ? 1 : 2
  }

  private var others: [Candidate] {
    report.advertisers.filter { $0.isReachable && !$0.isThisNode }.map {
      Candidate(name: $0.name, isHere: false, rank: Self.rank($0.kind, $0.metricType), metric: $0.metric)
    }
  }

  private var now: Candidate? {
    report.advertisers.first(where: \.isThisNode).map {
      Candidate(name: "here", isHere: true, rank: Self.rank($0.kind, $0.metricType), metric: $0.metric)
    }
  }

  private var then: Candidate? {
    next.map { Candidate(name: "here", isHere: true, rank: Self.rank($0.kind, $0.metricType), metric: $0.metric) }
  }

  /// Those that traffic goes to, and whether every router chooses alike. A type 2 metric decides by itself; among equal ones, and where the
  /// path's cost adds to the metric, each router takes the one that is best from where it is.
  private static func chosen(among candidates: [Candidate]) -> (names: [Candidate], isDecided: Bool) {
    guard let rank = candidates.map(\.rank).min() else { return ([], true) }
    let best = candidates.filter { $0.rank == rank }
    guard rank == 2 else { return (best, best.count == 1) }
    let metric = best.map(\.metric).min()
    let nearest = best.filter { $0.metric == metric }
    return (nearest, nearest.count == 1)
  }

  /// `192.0.2.53/32 (dns): now 10 here, 20 at 198.51.100.2 and 198.51.100.3: all traffic moves to 198.51.100.2 and 198.51.100.3, each router to the nearest`
  public var sentence: String { "\(report.prefix) (\(report.service)): \(present): \(consequence)\(limits)" }

  private var present: String {
    let here = now.map { "now \(Self.text($0)) here" } ?? "not advertised here now"
    var groups: [(metric: String, names: [String])] = []
    for other in others.sorted(by: { ($0.rank, $0.metric, $0.name) < ($1.rank, $1.metric, $1.name) }) {
      let metric = Self.text(other)
      if groups.last?.metric == metric {
        groups[groups.count - 1].names.append(other.name)
      } else {
        groups.append((metric, [other.name]))
      }
    }
    return ([here] + groups.map { "\($0.metric) at \(Self.listed($0.names))" }).joined(separator: ", ")
  }

  private static func text(_ candidate: Candidate) -> String {
    switch candidate.rank {
    case 0: "stub \(candidate.metric)"
    case 1: "\(candidate.metric) type 1"
    default: "\(candidate.metric)"
    }
  }

  private var consequence: String {
    let before = Self.chosen(among: others + [now].compactMap { $0 })
    let after = Self.chosen(among: others + [then].compactMap { $0 })
    let wasChosen = before.names.contains(where: \.isHere)
    let isChosen = after.names.contains(where: \.isHere)
    let elsewhere = Self.listed(after.names.filter { !$0.isHere }.map(\.name).sorted())
    let depends = after.isDecided ? "" : ", which of them depends on the router"
    switch (wasChosen, isChosen) {
    case _ where after.names.isEmpty: return now == nil ? "nobody serves it" : "nobody else serves it, all traffic is lost"
    case (false, false): return "no traffic comes here, and none moves"
    case (true, false):
      let all = before.isDecided ? "all traffic" : "what comes here"
      return "\(all) moves to \(elsewhere)\(depends)"
    case (false, true):
      return after.isDecided
        ? "all traffic comes here" : "traffic comes here as well as to \(elsewhere), where to depends on the router"
    case (true, true):
      if after.isDecided { return before.isDecided ? "all traffic stays here" : "all traffic comes here" }
      return before.names == after.names ? "nothing moves" : "traffic is shared with \(elsewhere), where to depends on the router"
    }
  }

  private var limits: String {
    switch report.externals {
    case .all: ""
    case .ownNSSA: " (nodes outside of the NSSA are not seen from here)"
    case .none: next?.kind == .stub ? "" : " (nodes outside of the stub area are not seen from here)"
    }
  }

  private static func listed(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and \(last)"
  }
}

extension FleetReport.Advertiser {
  /// What people call it.
  public var name: String { hostname ?? routerID }
}
