/// What `status`, `services` and `fleet` say, as one page that needs nothing from elsewhere: no font, no picture, and of scripts only the few
/// lines that it carries, which put what the stream brings in the place of what is shown.
///
/// Every state stands in words; colour only repeats it. Without scripts the page loads itself again every few seconds.
struct StatusPage: Sendable {
  var status: StatusReport
  var interfaces: [InterfaceReport]
  var neighbors: [NeighborReport]
  var services: [ServiceReport]
  var fleet: [FleetReport] = []
  var now: Timestamp

  /// Where the stream of what the page shows is.
  static let streamPath = "/stream"

  /// The media type of the page.
  static let contentType = "text/html; charset=utf-8"

  /// What a browser may do with the page: use the style and the script that it carries, ask for the stream, and nothing else.
  static func policy(nonce: String) -> String {
    "default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; connect-src 'self'; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'"
  }

  /// Rows of a table beyond this are counted, not shown.
  private static let rowLimit = 500

  /// The page; `nonce` is that of its policy.
  func html(nonce: String) -> String {
    let state = status.health?.state ?? .problem
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <noscript><meta http-equiv="refresh" content="5"></noscript>
      <title>\(HarmlessText.html("\(state.rawValue) - anycast-ospfd"))</title>
      <style nonce="\(nonce)">
      \(Self.style)
      </style>
      </head>
      <body>
      <main>
      \(content)
      </main>
      <p id="stream" role="status"></p>
      <script nonce="\(nonce)">
      \(Self.script)
      </script>
      </body>
      </html>

      """
  }

  /// What changes: everything that the page shows.
  var content: String {
    let health = status.health
    let state = health?.state ?? .problem
    let sections = [
      "<h1 class=\"\(Self.css(state))\">\(HarmlessText.html(headline(health)))</h1>", reasons(health),
      section("Services", ["Service", "State", "For", "Checks", "Advertised", "Reason"], services.map(row)),
      section("Uplinks", ["Interface", "Adjacency", "Protocol", "State", "Neighbor", "For"], interfaces.flatMap(rows)),
      section("Fleet", ["Prefix", "Advertised by", "Service", "Nodes"], fleet.map(row)),
      section("Last changes", ["When", "What"], (status.lastChanges ?? []).reversed().map(row)),
      "<footer>\(HarmlessText.html(footer))</footer>",
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func headline(_ health: HealthReport?) -> String {
    guard let health else { return "UNKNOWN" }
    return health.state == .ok ? health.line : health.state.rawValue
  }

  private func reasons(_ health: HealthReport?) -> String {
    let all = (health?.problems ?? []).map { ("problem", $0) } + (health?.warnings ?? []).map { ("warning", $0) }
    guard !all.isEmpty else { return "" }
    let items = all.map { kind, words in "<li class=\"\(kind)\">\(kind): \(HarmlessText.html(words))</li>" }
    return "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
  }

  private var footer: String {
    let instances = status.instances.map { "\($0.protocol.title($0.addressFamily)) router ID \($0.routerID)" }
    return (["anycast-ospfd \(status.version)", "up \(Self.age(status.uptimeSeconds))"] + instances + ["as of \(now)"])
      .joined(separator: ", ")
  }

  // MARK: - Tables

  /// One row: a class for the whole row, and its cells.
  private struct Row {
    var css = ""
    var cells: [String]
  }

  private func section(_ title: String, _ titles: [String], _ rows: [Row]) -> String {
    guard !rows.isEmpty else { return "" }
    let head = titles.map { "<th scope=\"col\">\($0)</th>" }.joined()
    let body = rows.prefix(Self.rowLimit).map { row in
      let cells = zip(titles, row.cells).map { "<td data-title=\"\($0)\">\(HarmlessText.html($1))</td>" }
      return "<tr class=\"\(row.css)\">\(cells.joined())</tr>"
    }
    let rest = rows.count > Self.rowLimit ? "<p>and \(rows.count - Self.rowLimit) more</p>" : ""
    return """
      <h2>\(title)</h2>
      <table>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody>
      </table>\(rest)
      """
  }

  private func row(_ service: ServiceReport) -> Row {
    let advertised = service.addresses.filter(\.advertised).map(\.prefix)
    let css =
      switch service.state {
      case .up where advertised.count == service.addresses.count: "ok"
      case .down, .damped: "problem"
      default: "warning"
      }
    return Row(
      css: css,
      cells: [
        service.name, service.state.rawValue, age(since: service.since),
        service.checkCount == 0 ? "none" : "\(service.passingChecks) of \(service.checkCount) pass",
        advertised.isEmpty ? "nothing" : advertised.joined(separator: ", "),
        service.reason + (service.drain?.until.map { ", until \($0)" } ?? ""),
      ])
  }

  private func rows(_ interface: InterfaceReport) -> [Row] {
    guard interface.state != .loopback else { return [] }
    let title = interface.protocol.title(interface.addressFamily)
    let state = interface.passive ? "passive" : interface.up || interface.state == .absent ? interface.state.rawValue : "Down"
    let heard = neighbors.filter {
      $0.interface == interface.interface && $0.protocol == interface.protocol && $0.addressFamily == interface.addressFamily
        && $0.interfaceAddress == interface.address
    }
    guard !heard.isEmpty else {
      let isWell = interface.passive
      return [Row(css: isWell ? "" : "problem", cells: [interface.interface, isWell ? "-" : "none", title, state, "-", "-"])]
    }
    return heard.map { neighbor in
      let isWell = neighbor.state == .full && neighbor.linkBackMissing == nil
      return Row(
        css: isWell ? "ok" : neighbor.state == .twoWay ? "" : "warning",
        cells: [
          interface.interface,
          neighbor.linkBackMissing == nil ? neighbor.state.rawValue : "\(neighbor.state.rawValue), no route leads over it",
          title, state, "\(neighbor.routerID) (\(neighbor.address))",
          Self.age(neighbor.stateAgeSeconds),
        ])
    }
  }

  private func row(_ report: FleetReport) -> Row {
    let nodes = report.advertisers.map { node in
      node.routerID + (node.isThisNode ? " (this node)" : node.isReachable ? "" : " (unreachable)")
        + (node.isMember == false ? " (no member)" : "")
    }
    let reachable = report.reachableRouterIDs.count
    let words =
      report.externals == .none
      ? "not seen from a stub area"
      : report.isSoleAdvertiser
        ? "this node alone" : reachable == 0 ? "nobody" : "\(reachable) \(reachable == 1 ? "node" : "nodes")"
    return Row(
      css: reachable == 0 || report.isSoleAdvertiser ? "warning" : "ok",
      cells: [report.prefix, words, report.service, nodes.isEmpty ? "-" : nodes.joined(separator: ", ")])
  }

  private func row(_ event: EventReport) -> Row {
    Row(css: event.level == .error ? "problem" : "", cells: ["\(age(since: event.time)) ago", event.message])
  }

  // MARK: - Words

  private static func css(_ state: HealthReport.State) -> String {
    switch state {
    case .ok: "ok"
    case .warning: "warning"
    case .problem: "problem"
    }
  }

  private func age(since time: Timestamp) -> String {
    Self.age(Double(now.millisecondsSince1970 - time.millisecondsSince1970) / 1000)
  }

  private static func age(_ seconds: Double) -> String {
    let whole = Int(max(seconds, 0))
    return switch whole {
    case ..<120: "\(whole) s"
    case ..<7200: "\(whole / 60) min"
    case ..<172_800: "\(whole / 3600) h"
    default: "\(whole / 86400) days"
    }
  }

  /// What the stream brings is HTML that the daemon has made, as the page itself is.
  private static let script = """
    const shown = document.querySelector("main"), note = document.getElementById("stream");
    const stream = new EventSource("\(streamPath)");
    stream.onmessage = (event) => {
      shown.innerHTML = event.data;
      document.title = shown.querySelector("h1").textContent.split(":")[0] + " - anycast-ospfd";
      document.body.className = note.textContent = "";
    };
    stream.onerror = () => {
      document.body.className = "lost";
      note.textContent = "No connection to the daemon: this is what it said last.";
    };
    """

  /// Light and dark as the reader's system is; on a narrow screen each row is a card.
  private static let style = """
    :root { color-scheme: light dark; --ok: #1a7f37; --warning: #9a6700; --problem: #cf222e; --line: #8884; }
    @media (prefers-color-scheme: dark) { :root { --ok: #3fb950; --warning: #d29922; --problem: #ff7b72; } }
    body { font: 16px/1.45 system-ui, sans-serif; margin: 1rem auto; max-width: 62rem; padding: 0 1rem; }
    h1 { font-size: 1.4rem; border-left: .5rem solid; padding-left: .7rem; }
    h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
    h1.ok, tr.ok td:nth-child(2) { color: var(--ok); }
    h1.warning, li.warning, tr.warning td:nth-child(2) { color: var(--warning); }
    h1.problem, li.problem, tr.problem td:nth-child(2) { color: var(--problem); font-weight: 600; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    td { overflow-wrap: anywhere; }
    #stream { position: sticky; bottom: 0; margin: 0; font-weight: 600; color: var(--problem); background: Canvas; }
    .lost main { opacity: .55; }
    footer { margin-top: 2rem; font-size: .85rem; opacity: .75; }
    @media (max-width: 40rem) {
      thead { display: none; }
      tr { display: block; border-bottom: 1px solid var(--line); padding: .4rem 0; }
      td { display: block; border: 0; padding: .1rem 0; }
      td::before { content: attr(data-title) ": "; opacity: .7; }
    }
    """
}
