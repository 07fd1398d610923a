import ControlAPI
import Glibc
import LogTestSupport
import Logging
import NIOCore
import NIOPosix
import Testing

@Suite("Clients of the control socket that do not behave", .timeLimit(.minutes(1)))
struct HostileClientTests {
  @Test("A server that ends while clients connect ends, and the process with it does not")
  func endsWhileClientsConnect() async throws {
    for _ in 0..<40 {
      try await withSocketPath { path in
        let clients = try await withServer(at: path) { client in
          let status = try await client.status()
          #expect(status == Samples.status)
          // Some are accepted when nobody takes them any more.
          return (0..<8).map { _ in Task { try? await client.status() } }
        }
        for client in clients { _ = await client.value }
      }
    }
  }

  @Test("A body beyond the limit is refused, whether its length is announced or not")
  func oversizedBody() async throws {
    var limits = ControlServer.Limits()
    limits.bodyLength = 100
    let piece = String(repeating: "x", count: 101)
    try await withSocketPath { [limits] path in
      try await withServer(at: path, limits: limits) { client in
        let announced = "POST /v1/drain HTTP/1.1\r\nContent-Length: 101\r\n\r\n\(piece)"
        let chunked = "POST /v1/drain HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n\(piece)\r\n0\r\n\r\n"
        for request in [announced, chunked] {
          let answer = try await converse(with: path, request)
          #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
          #expect(answer.contains("longer than 100 octets"), "\(answer)")
        }
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test(
    "Bytes that are no HTTP are answered with 400 and the connection is closed",
    arguments: [
      "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "\r\nhello there\r\n\r\n",
      "GET /v1/status HTTP/1.1\r\nContent-Length: minus one\r\n\r\n",
    ])
  func garbage(bytes: String) async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        let answer = try await converse(with: path, bytes)
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test("A header without end is refused")
  func endlessHeader() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        let header = "GET /v1/status HTTP/1.1\r\nX: " + String(repeating: "x", count: 200_000)
        let answer = try? await converse(with: path, header)
        #expect(answer?.hasPrefix("HTTP/1.1 400 ") ?? true)
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test("A client that never finishes its request is cut off when the time for it is over")
  func unfinishedRequest() async throws {
    var limits = ControlServer.Limits()
    limits.idleSeconds = 1
    try await withSocketPath { [limits] path in
      try await withServer(at: path, limits: limits) { _ in
        let answer = try await converse(with: path, "GET /v1/status HTTP/1.1\r\n")
        #expect(answer == "")
      }
    }
  }

  @Test("An idle connection ends, and one that sends a body without end too")
  func idleConnection() async throws {
    var limits = ControlServer.Limits()
    limits.idleSeconds = 1
    try await withSocketPath { [limits] path in
      try await withServer(at: path, limits: limits) { _ in
        #expect(try await converse(with: path, "") == "")
        #expect(try await converse(with: path, "POST /v1/drain HTTP/1.1\r\nContent-Length: 50\r\n\r\n{") == "")
        let answered = try await converse(with: path, "GET /v1/checks HTTP/1.1\r\n\r\n")
        #expect(answered.hasPrefix("HTTP/1.1 200 "), "\(answered)")
      }
    }
  }

  /// Connections on which nothing is sent.
  private func withIdleConnections<Result>(
    _ count: Int, to path: String, _ body: ([any Channel]) async throws -> Result
  ) async throws -> Result {
    var channels: [any Channel] = []
    for _ in 0..<count {
      channels.append(
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: path).get())
    }
    let result = try await body(channels)
    for channel in channels { try? await channel.close() }
    return result
  }

  @Test("A thousand idle connections keep nobody out, and the oldest of them give way")
  func idleConnectionsGiveWay() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        try await withIdleConnections(1000, to: path) { channels in
          for _ in 0..<10 {
            let status = try await client.status()
            #expect(status == Samples.status)
          }
          // The first of them were closed long before their time.
          try await channels[0].closeFuture.get()
          #expect(channels[999].isActive)
        }
      }
    }
  }

  @Test("Where every connection is being answered a further one is told so, root finds a place, and room is made when one leaves")
  func connectionLimit() async throws {
    var limits = ControlServer.Limits()
    limits.connections = 1
    limits.reservedConnections = 0
    try await withSocketPath { [limits] path in
      let events = EventBroadcaster()
      try await withServer(at: path, events: events, limits: limits) { client in
        try await client.watch(onOpen: {
          let refusal = await #expect(throws: ControlClientError.self) { try await client.status() }
          #expect(refusal?.description.contains("all 1 connections of the control socket are being answered") == true)
          events.finish()
        }) { _ in }
        var status: StatusReport?
        while status == nil { status = try? await client.status() }
        #expect(status == Samples.status)
      }
    }
    limits.reservedConnections = 1
    try await withSocketPath { [limits] path in
      let events = EventBroadcaster()
      try await withServer(at: path, events: events, limits: limits) { client in
        // The tests' user is the server's own, which counts like root.
        try await client.watch(onOpen: {
          let status = try await client.status()
          #expect(status == Samples.status)
          events.finish()
        }) { _ in }
      }
    }
  }

  @Test("A watcher that never reads is cut off when its queue is full, and nobody waits for it")
  func deafWatcher() async throws {
    try await withSocketPath { path in
      let events = EventBroadcaster(queueLength: 16)
      try await withServer(at: path, events: events) { client in
        let deaf = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .channelOption(.autoRead, value: false)
          .connect(unixDomainSocketPath: path).get()
        try await deaf.writeAndFlush(ByteBuffer(string: "GET /v1/events HTTP/1.1\r\n\r\n"))
        let hearing = Task { try await client.watch { _ in } }
        var number = 0
        // Both ends' buffers have to be full before its queue is.
        while deaf.isActive, number < 1_000_000 {
          for _ in 0..<8 { events.publish(Samples.event(number)) }
          number += 8
          _ = try await client.checks()
        }
        #expect(!deaf.isActive)
        hearing.cancel()
        events.finish()
      }
    }
  }

  @Test("Who changes something is logged with user and process, as harmless text; who asks is not")
  func changesAreLogged() async throws {
    try await withSocketPath { path in
      let log = CollectedLog()
      let server = try await ControlServer.listen(
        path: path, handler: ScriptedHandler(), events: EventBroadcaster(), group: MultiThreadedEventLoopGroup.singleton,
        logger: log.logger(.notice))
      try await withThrowingTaskGroup { group in
        group.addTask { try await server.run() }
        defer { group.cancelAll() }
        let client = ControlClient(socketPath: path)
        _ = try await client.status()
        _ = try await client.clear(ClearRequest(protocol: .ospfV2, routerID: "a\u{1B}[31mb"))
      }
      #expect(log.lines.count == 1)
      let line = try #require(log.lines.first)
      #expect(line.hasPrefix("notice: control socket: user \(geteuid()), process \(getpid()): POST /v1/clear "), "\(line)")
      #expect(line.hasSuffix(": done") && !line.contains("\u{1B}"), "\(line)")
    }
  }
}
