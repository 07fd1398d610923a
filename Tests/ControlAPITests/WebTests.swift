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
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
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
    handler.metrics.noteProbe(service: "dns", check: 1, verdict: .failing, seconds: 0.02)
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
      #expect(answer.contains("X-Content-Type-Options: nosniff"))
      #expect(answer.hasSuffix("</html>\n"))
      for forbidden in ["<script", "http://", "https://", "src="] { #expect(!answer.contains(forbidden), "\(forbidden)") }
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
    ])
  func scanner(line: String, status: String) async throws {
    try await withListener { port in
      let answer = try await ask(
        port, "\(line)\r\nHost: x\r\nX-Evil: reflect-me\r\nCookie: secret=1\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      #expect(!answer.contains("reflect-me") && !answer.contains("secret=1"))
      #expect(!answer.contains("Content-Type: text/html") || !answer.contains("<script"))
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
      EventReport(time: start, level: "warning", kind: .serviceStateChanged, message: "", service: "dns", from: "up", to: "down")
    )
    recorder.note(
      EventReport(
        time: start.advanced(bySeconds: 0.2), level: "debug", kind: .withdrawalAcknowledged, message: "", prefix: "192.0.2.53/32"
      ))
    #expect(recorder.current.withdrawal.count == 1)
    #expect(abs(recorder.current.withdrawal.sum - 0.2) < 0.001)
    recorder.setServices([:])
    #expect(recorder.current.serviceChanges.isEmpty)
  }
}
