import ArgumentParser
import ControlAPI

/// Who else serves the addresses of this node, as the link state database tells it.
struct FleetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Every node of the routing domain that advertises the addresses of the services here.",
    discussion: """
      For each prefix, every router that advertises it: how, with which metric, for how long, and whether links that both ends \
      confirm lead to it. The LSA of a node that has died stays in the database for up to an hour; such a node is shown as \
      unreachable. An asterisk marks the advertiser that is preferred from here.
      """)

  @Argument(help: "Only this service, or the prefix of this address.")
  var name: String?

  @OptionGroup var options: ShowOptions

  func run() async throws {
    let reports = try await options.client.fleet().filter { Self.matches($0, name) }
    if let name, reports.isEmpty { throw ValidationError("no service and no address of a service is called '\(name)'") }
    try options.show(reports) { reports, _ in
      reports.isEmpty ? "no service is configured" : reports.map(Self.text).joined(separator: "\n\n")
    }
  }

  static func matches(_ report: FleetReport, _ name: String?) -> Bool {
    guard let name else { return true }
    return [report.service, report.prefix, String(report.prefix.prefix { $0 != "/" })].contains(name)
  }

  /// A heading, a table of advertisers, and what there is to say about them.
  static func text(_ report: FleetReport) -> String {
    var lines = [heading(report)]
    if !report.advertisers.isEmpty { lines += table(report).split(separator: "\n").map { "  " + $0 } }
    return (lines + remarks(report).map { "  " + $0 }).joined(separator: "\n")
  }

  private static func heading(_ report: FleetReport) -> String {
    let all = Set(report.advertisers.map(\.routerID)).count
    let reachable = report.reachableRouterIDs.count
    return "\(report.service) \(report.prefix): advertised by \(all) \(all == 1 ? "node" : "nodes"), \(reachable) reachable"
  }

  private static func table(_ report: FleetReport) -> String {
    var table = Table("", "Router ID", "As", ">Metric", ">Tag", ">Age", "Path")
    for advertiser in report.advertisers {
      table.add(
        advertiser.isPreferred ? "*" : "", advertiser.routerID + (advertiser.hostname.map { " (\($0))" } ?? ""), kind(advertiser),
        metric(advertiser),
        advertiser.tag.map { "\($0)" } ?? "-", Shown.age(Double(advertiser.ageSeconds)),
        path(advertiser) + (advertiser.state.map { ", \($0.rawValue)" } ?? ""))
    }
    return table.text
  }

  private static func kind(_ advertiser: FleetReport.Advertiser) -> String {
    switch advertiser.kind {
    case .stub: "stub"
    case .external: "external"
    case .nssaExternal: "type 7"
    }
  }

  private static func metric(_ advertiser: FleetReport.Advertiser) -> String {
    "\(advertiser.metric)" + (advertiser.metricType.map { " type \($0)" } ?? "")
  }

  private static func path(_ advertiser: FleetReport.Advertiser) -> String {
    guard !advertiser.isThisNode else { return "this node" }
    guard let cost = advertiser.cost, advertiser.isReachable else { return "unreachable" }
    if let border = advertiser.areaBorderRouter { return "cost \(cost) through \(border)" }
    guard let links = advertiser.links else { return "cost \(cost)" }
    return "cost \(cost), \(links) \(links == 1 ? "link" : "links")"
  }

  private static func remarks(_ report: FleetReport) -> [String] {
    var remarks: [String] = []
    if report.isSoleAdvertiser { remarks.append("This node is the only one that can be reached: it is the sole advertiser.") }
    for advertiser in report.advertisers where advertiser.isLastResort == true && advertiser.isReachable {
      let name = advertiser.isThisNode ? "This node" : advertiser.name
      remarks.append("\(name) is a last resort: its checks fail, and it has the metric that only who has no other choice takes.")
    }
    for advertiser in report.advertisers where advertiser.isMember == false && !advertiser.isThisNode {
      remarks.append("\(advertiser.routerID) is not one of the configured fleet members.")
    }
    for advertiser in report.advertisers {
      guard let address = advertiser.forwardingAddress else { continue }
      remarks.append("\(advertiser.routerID) forwards to \(address).")
    }
    switch report.externals {
    case .all: break
    case .ownNSSA:
      remarks.append("This node is in an NSSA: it sees type 7 LSAs of its own area, and no external LSA of other areas.")
    case .none:
      remarks.append("This node is in a stub area: it sees no external LSA, so that other nodes may advertise the prefix unseen.")
    }
    return remarks
  }
}
