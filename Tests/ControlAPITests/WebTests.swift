import LogTestSupport
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ControlAPI

@Suite("What browsers and Prometheus are answered", .timeLimit(.minutes(1)))
struct WebTests {
  private func withListener<Result: Sendable>(
    handler: ScriptedHandler = ScriptedHandler(), _ body: @Sendable (Int) async throws -> Result
  ) async throws -> Result {
    let server = try await ControlServer.listen(
      address: "127.0.0.1", port: 0, handler: handler, events: EventBroadcaster(), group: MultiThreadedEventLoopGroup.singleton,
      logger: .silent)
    return try await withThrowingTaskGroup { group in
      group.addTask { try await server.run() }
      defer { group.cancelAll() }
      return try await body(#require(server.port))
    }
  }

  private func ask(_ port: Int, _ bytes: String) async throws -> String {
    let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await connection.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: bytes))
      var answer = ByteBuffer()
      for try await piece in inbound { answer.writeImmutableBuffer(piece) }
      return String(buffer: answer)
    }
  }

  @Test("The metrics come in the text format, on the control socket too")
  func metrics() async throws {
    let handler = ScriptedHandler()
    handler.metrics.setChecks([7: ("dns", 1)])
    handler.metrics.noteProbe(assignment: 7, verdict: .failing, seconds: 0.02)
    handler.metrics.noteRefusal(.areaMismatch)
    try await withListener(handler: handler) { port in
      let answer = try await ask(port, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("Content-Type: text/plain; version=0.0.4"))
      for line in [
        "# TYPE anycast_check_duration_seconds histogram",
        "anycast_check_duration_seconds_bucket{service=\"dns\",check=\"1\",le=\"0.025\"} 1",
        "anycast_check_duration_seconds_bucket{service=\"dns\",check=\"1\",le=\"0.01\"} 0",
        "anycast_check_results_total{service=\"dns\",check=\"1\",result=\"failing\"} 1",
        "anycast_ospf_refusals_total{reason=\"areaMismatch\"} 1",
        "anycast_service_state{service=\"dns\",state=\"up\"}",
        "anycast_metrics_series_left_out 0",
      ] { #expect(answer.contains(line), "\(line) in \(answer)") }
    }
    try await withSocketPath { path in
      try await withServer(at: path) { _ in
        let answer = try await converse(with: path, "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n")
        #expect(answer.contains("anycast_build_info{version=\"0.1.0\"} 1"))
      }
    }
  }

  @Test("The page is whole, may load nothing, and HEAD gives its head alone")
  func page() async throws {
    try await withListener { port in
      let answer = try await ask(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(answer.contains("Content-Security-Policy: default-src 'none'; style-src 'nonce-"))
      #expect(answer.contains("; script-src 'nonce-"))
      #expect(answer.contains("X-Content-Type-Options: nosniff"))
      #expect(answer.hasSuffix("</html>\n"))
      for forbidden in ["<script>", "http://", "https://", "src=", "style="] {
        #expect(!answer.contains(forbidden), "\(forbidden)")
      }
      let head = try await ask(port, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(head.hasSuffix("\r\n\r\n"))
      #expect(!head.contains("<html"))
    }
  }

  @Test(
    "A scanner gets no more than what can be looked at, and nothing that it sent",
    arguments: [
      ("GET /v1/status HTTP/1.1", "404"), ("GET /v1/configuration HTTP/1.1", "404"), ("POST /v1/drain HTTP/1.1", "404"),
      ("POST / HTTP/1.1", "405"), ("DELETE /metrics HTTP/1.1", "405"), ("GET /../../etc/passwd HTTP/1.1", "404"),
      ("GET /<script>alert(1)</script> HTTP/1.1", "404"), ("OPTIONS * HTTP/1.1", "404"), ("GET /metrics HTTP/9.9", "400"),
      ("PUT /v1/services/x HTTP/1.1", "404"), ("DELETE /v1/services/dns HTTP/1.1", "404"), ("GET /v1/events HTTP/1.1", "404"),
      ("GET //metrics HTTP/1.1", "404"), ("GET /metrics/ HTTP/1.1", "404"), ("GET /%6detrics HTTP/1.1", "404"),
      ("GET /metrics%00 HTTP/1.1", "404"), ("GET /.git/config HTTP/1.1", "404"), ("GET /cgi-bin/luci HTTP/1.1", "404"),
      ("GET /actuator/env HTTP/1.1", "404"), ("GET /wp-login.php HTTP/1.1", "404"), ("GET http://192.0.2.1/ HTTP/1.1", "404"),
      ("TRACE / HTTP/1.1", "405"), ("PROPFIND / HTTP/1.1", "405"),
      ("PATCH /stream HTTP/1.1", "405"), ("GET / FTP/1.0", "400"), ("\u{16}\u{3}\u{1}\u{2}\u{0}", "400"),
      ("BREW / HTTP/1.1", "400"),
      ("GET /\(String(repeating: "a", count: 4000)) HTTP/1.1", "404"),
    ])
  func scanner(line: String, status: String) async throws {
    try await withListener { port in
      let answer = try await ask(
        port, "\(line)\r\nHost: x\r\nX-Evil: reflect-me\r\nCookie: secret=1\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      #expect(!answer.contains("reflect-me") && !answer.contains("secret=1") && !answer.contains("aaaa"))
      #expect(!status.hasPrefix("40") || status == "400" || answer.contains("X-Content-Type-Options: nosniff\r\n"))
      #expect(!answer.contains("Content-Type: text/html") || !answer.contains("<script"))
    }
  }

  /// Sends a request and reads until the answer has some words, or ends. The connection is open while `body` runs.
  private func stream<Result: Sendable>(
    _ port: Int, until words: String, _ body: @Sendable (String) async throws -> Result
  ) async throws -> Result {
    let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await connection.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"))
      var answer = ByteBuffer()
      for try await piece in inbound {
        answer.writeImmutableBuffer(piece)
        if String(buffer: answer).contains(words) { break }
      }
      return try await body(String(buffer: answer))
    }
  }

  @Test("The stream brings what the page shows, again and again, to so many readers at a time")
  func stream() async throws {
    try await withListener { port in
      let answer = try await stream(port, until: "</footer>\n\n") { $0 }
      #expect(answer.contains("Content-Type: text/event-stream\r\n"))
      #expect(answer.contains("Cache-Control: no-store\r\n"))
      #expect(answer.contains("data: <h1 class="))
      #expect(answer.contains("data: <h2>Fleet</h2>"))
      #expect(!answer.contains("<script"))
    }
    // Another listener: the stream above may not have been noticed to be gone yet.
    try await withListener { port in
      @Sendable func open(_ left: Int) async throws -> String {
        try await stream(port, until: left == 0 ? "\r\n\r\n" : "</footer>\n\n") { answer in
          left == 0 ? answer : try await open(left - 1)
        }
      }
      let refusal = try await open(16)
      #expect(refusal.hasPrefix("HTTP/1.1 503 "))
    }
  }

  @Test("What is worked out for many is worked out once")
  func shared() async throws {
    let shared = SharedAnswer<Int>(lifetime: .seconds(3600))
    let counter = Counter()
    let values = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<100 { group.addTask { try await shared.value { await counter.next() } } }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(values == [1])
    let short = SharedAnswer<Int>(lifetime: .zero)
    #expect(try await short.value { await counter.next() } == 2)
    #expect(try await short.value { await counter.next() } == 3)
    await #expect(throws: Unforeseen.self) { try await short.value { throw Unforeseen() } }
    #expect(try await short.value { await counter.next() } == 4)
  }

  private actor Counter {
    private var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }

  @Test("A body is refused where nothing can be changed")
  func body() async throws {
    try await withListener { port in
      let answer = try await ask(port, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
      #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
    }
  }

  @Test("An error that nobody has thought of is an answer, and the connection goes on")
  func unforeseen() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        await #expect(throws: ControlClientError.refused(ControlError(.internalError, "Unforeseen()"))) {
          try await client.logLevel(LogLevelRequest())
        }
        let answer = try await converse(
          with: path,
          "POST /v1/log-level HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}GET /v1/checks HTTP/1.1\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 500 "))
        #expect(answer.contains("HTTP/1.1 200 OK"))
      }
    }
  }

  @Test("The time from a failure to the acknowledged withdrawal is observed")
  func withdrawal() {
    let recorder = MetricsRecorder()
    recorder.setServices(["dns": ["192.0.2.53/32"]])
    let start = Timestamp(millisecondsSince1970: 1_000_000)
    recorder.note(
      EventReport(time: start, level: .warning, kind: .serviceStateChanged, message: "", service: "dns", from: "up", to: "down")
    )
    recorder.note(
      EventReport(
        time: start.advanced(bySeconds: 0.2), level: .debug, kind: .withdrawalAcknowledged, message: "", prefix: "192.0.2.53/32"
      ))
    #expect(recorder.current.withdrawal.count == 1)
    #expect(abs(recorder.current.withdrawal.sum - 0.2) < 0.001)
    recorder.setServices([:])
    #expect(recorder.current.serviceChanges.isEmpty)
  }
}
