import ControlAPI
import FoundationEssentials
import LabHarness
import Testing

extension LabTests {
  @Suite("Prometheus, browsers and what drives the control socket")
  struct MonitoringTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    private static let page = "http://127.0.0.1:9342/"

    private static var configuration: NodeConfiguration {
      var configuration = NodeConfiguration()
      configuration.interfaces = [.init(helloInterval: 1, routerDeadInterval: 4, priority: 0)]
      return configuration
    }

    /// A router and a node whose service is announced, with a listener for the metrics and the page.
    private func watched(_ lab: Lab, _ software: RouterSoftware) async throws -> (Uplink, DNSServer, AnycastDaemon) {
      let uplink = try await Uplink(lab, software)
      try await uplink.router.start(
        .init(routerID: Uplink.routerID, interfaces: [.init(helloInterval: 1, routerDeadInterval: 4)]))
      let server = try await DNSServer(on: uplink.node)
      let daemon = try await AnycastDaemon(
        on: uplink.node, configuration: Self.configuration.text + "metrics listen 127.0.0.1:9342\n")
      try await uplink.awaitService()
      return (uplink, server, daemon)
    }

    // MARK: - Prometheus

    private struct Answer: Decodable {
      var status: String
      var data: Payload?
      var error: String?
      struct Payload: Decodable {
        var result: [Series]?
        var alerts: [Alert]?
      }
      struct Series: Decodable { var metric: [String: String] }
      struct Alert: Decodable {
        var state: String
        var labels: [String: String]
      }
    }

    private func prometheus(on host: Host) async throws {
      // What an alert waits for is minutes; how long it is is Prometheus's own affair.
      let rules = try String(contentsOfFile: Self.root + "/scripts/package/prometheus/anycast-ospfd.rules.yml", encoding: .utf8)
      _ = try host.write(rules.replacing(#/for: \d+m/#, with: "for: 2s"), to: "rules.yml")
      let configuration = try host.write(
        """
        global: { scrape_interval: 1s, evaluation_interval: 1s }
        rule_files: [rules.yml]
        scrape_configs:
          - job_name: anycast-ospfd
            static_configs: [{ targets: ["127.0.0.1:9342"] }]
        """, to: "prometheus.yml")
      _ = try await host.start(
        "prometheus",
        [
          "prometheus", "--config.file=\(configuration)", "--storage.tsdb.path=\(host.directory)/tsdb",
          "--web.listen-address=127.0.0.1:9090",
        ])
    }

    private func ask(_ host: Host, _ path: String, query: String? = nil) async throws -> Answer {
      let parameter = query.map { ["--data-urlencode", "query=\($0)"] } ?? []
      let text = try await host.execute(
        ["curl", "--silent", "--show-error", "-G"] + parameter + ["http://127.0.0.1:9090/api/v1/\(path)"])
      return try decoded(Answer.self, from: text)
    }

    /// The queries of the dashboard, as Grafana asks them when every node is chosen.
    private static func dashboardQueries() throws -> [String] {
      struct Dashboard: Decodable {
        var panels: [Panel]
        struct Panel: Decodable { var targets: [Target] }
        struct Target: Decodable { var expr: String }
      }
      let text = try String(contentsOfFile: root + "/scripts/package/grafana/anycast-ospfd.json", encoding: .utf8)
      return try decoded(Dashboard.self, from: text).panels.flatMap(\.targets).map {
        $0.expr.replacing("$instance", with: ".*").replacing("$__rate_interval", with: "1m").replacing("$__range", with: "1h")
      }
    }

    /// What there is nothing of in this lab: no BFD, and nothing refused.
    private static let mayBeEmpty = ["anycast_bfd_", "anycast_ospf_refusals_total"]

    @Test("Prometheus scrapes, an alert fires, the dashboard's queries have answers; with ten browsers no Hello is late")
    func prometheus() async throws {
      try await Lab.with(.whole) { lab in
        let (uplink, server, daemon) = try await watched(lab, .frr)
        let node = uplink.node
        let audit = try await PacketAudit(of: node)
        let changes = try await daemon.neighbors().map(\.stateChangeCount)
        try await prometheus(on: node)
        var browsers: [BackgroundProcess] = []
        for number in 1...10 {
          browsers.append(
            try await node.start("browser\(number)", ["curl", "--silent", "--no-buffer", Self.page + "stream"]))
        }
        try await eventually("Prometheus has the service", within: .seconds(120), state: { node.logs() }) {
          try await ask(node, "query", query: "anycast_service_state{service=\"dns\",state=\"up\"} == 1").data?.result?.count == 1
        }
        try await server.kill()
        try await eventually("the alert fires", within: .seconds(120), state: { node.logs() }) {
          try await ask(node, "alerts").data?.alerts?.contains {
            $0.labels["alertname"] == "AnycastServiceDown" && $0.labels["service"] == "dns" && $0.state == "firing"
          } ?? false
        }
        try await eventually("the withdrawal was observed", within: .seconds(60)) {
          try await ask(node, "query", query: "anycast_withdrawal_duration_seconds_count >= 1").data?.result?.count == 1
        }
        let queries = try Self.dashboardQueries()
        #expect(queries.count > 15)
        for query in queries {
          let isEmptyHere = Self.mayBeEmpty.contains(where: query.contains)
          try await eventually("\(query) has an answer", within: .seconds(30)) {
            let answer = try await ask(node, "query", query: query)
            guard answer.status == "success" else { throw LabError(answer.error ?? "no answer") }
            return isEmptyHere || answer.data?.result?.isEmpty == false
          }
        }
        #expect(browsers.allSatisfy { $0.isRunning }, "a stream has ended")
        #expect(browsers.allSatisfy { $0.output.contains("data: <h1 class=\"problem\">") })
        #expect(try await daemon.neighbors().map(\.stateChangeCount) == changes, "an adjacency was lost meanwhile")
        try await audit.finishPunctual("while Prometheus and ten browsers watch", within: .seconds(4))
      }
    }

    // MARK: - The page

    @Test("Chromium shows the page, wide and narrow, light and dark, and what happens while it looks at it")
    func page() async throws {
      try await Lab.with(.whole) { lab in
        let (uplink, server, daemon) = try await watched(lab, .bird)
        let node = uplink.node
        let healthy = try await look(node, "wide")
        #expect(healthy.contains("<h1 class=\"ok\">OK: 1 service advertised, 2 adjacencies Full</h1>"), "\(healthy)")
        #expect(healthy.contains("data-title=\"State\">up</td>"))
        #expect(healthy.contains("198.51.100.2 (this node)") || healthy.contains("\(Uplink.nodeID) (this node)"))
        try await server.kill()
        try await daemon.awaitService("dns", .down)
        let down = try await look(node, "narrow", ["--window-size=412,915"])
        #expect(down.contains("<h1 class=\"problem\">PROBLEM"))
        #expect(down.contains("data-title=\"State\">down</td>"))
        _ = try await look(node, "dark", ["--blink-settings=preferredColorScheme=0"])
      }
    }

    /// Opens the page in a browser for a few seconds, long enough for the stream to bring something. Returns its document.
    private func look(_ host: Host, _ name: String, _ options: [String] = ["--window-size=1100,900"]) async throws -> String {
      func chromium(_ action: String) async throws -> CommandResult {
        let result = try await host.attempt(
          [
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--user-data-dir=\(host.directory)/chromium", "--enable-logging=stderr", "--timeout=6000",
          ] + options + [action, Self.page])
        // What the page's own policy forbids would be told here.
        #expect(!result.errorOutput.contains("Refused to"), "\(result.errorOutput)")
        #expect(!result.errorOutput.contains("Uncaught"), "\(result.errorOutput)")
        return result
      }
      let picture = "\(host.directory)/\(name).png"
      _ = try await chromium("--screenshot=\(picture)")
      let octets = try Data(contentsOf: URL(filePath: picture))
      #expect(octets.starts(with: [0x89, 0x50, 0x4E, 0x47]) && octets.count > 10_000)
      if let folder = ProcessInfo.processInfo.environment["SCREENSHOTS"] {
        try octets.write(to: URL(filePath: "\(folder)/status-page-\(name).png"))
      }
      return try await chromium("--dump-dom").output
    }

    // MARK: - The control socket

    @Test("The control socket answers as its OpenAPI description says")
    func openAPI() async throws {
      try await Lab.with(.half) { lab in
        let (uplink, _, daemon) = try await watched(lab, .bird)
        let node = uplink.node
        _ = try await node.start(
          "socat",
          ["socat", "TCP-LISTEN:9999,fork,reuseaddr,bind=127.0.0.1", "UNIX-CONNECT:\(node.directory)/control.sock"])
        let result = try await node.attempt([
          "env", "-C", node.directory, "/var/lib/anycast-ospfd-lab/schemathesis/bin/schemathesis", "run",
          Self.root + "/Sources/ControlAPI/ControlAPI.docc/openapi.yaml", "--url", "http://127.0.0.1:9999", "--max-examples", "4",
          "--phases", "examples,coverage,fuzzing", "--checks",
          "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
          // These do not end by themselves, or end the daemon that is asked.
          "--exclude-path", "/v1/events", "--exclude-path", "/stream", "--exclude-path", "/v1/restart", "--suppress-health-check",
          "all", "--continue-on-failure",
          "--seed", "1", "--no-shrink", "--warnings", "off", "--no-color",
        ])
        #expect(result.status.isSuccess, "\(result.output)\(result.errorOutput)")
        #expect(result.output.contains("No issues found"), "\(result.output)")
        #expect(daemon.isRunning)
        #expect(try await daemon.status().state == .running)
      }
    }
  }
}
