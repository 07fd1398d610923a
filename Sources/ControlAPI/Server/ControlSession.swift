import NIOCore
import NIOHTTP1

/// One connection: reads a request, answers it, and goes on until either side has had enough.
struct ControlSession: Sendable {
  let connection: ControlServer.Connection
  let handler: any ControlHandler
  let events: EventBroadcaster
  let limits: ControlServer.Limits
  /// What every request is answered with; nil for those that are served.
  let refusal: ControlError?
  /// Told whether the connection waits for a request, or is being answered.
  let noteIdle: @Sendable (Bool) -> Void
  /// What can be asked here.
  var routes = Route.table
  var answers = WebAnswers()
  /// Whether the client may do more than look.
  var mayChange = true
  /// Told of every request that is to change something, and of what became of it.
  var noteChange: @Sendable (_ change: String, _ outcome: String) -> Void = { _, _ in }

  private struct Request {
    var head: HTTPRequestHead
    var body: ByteBuffer
  }

  private typealias Inbound = NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
  private typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

  /// An answer that went wrong in the middle.
  private struct InterruptedAnswer: Error {
    let reason: ControlError
  }

  /// Serves the connection until it is closed.
  func run() async throws {
    try await connection.executeThenClose { inbound, outbound in
      var parts = inbound.makeAsyncIterator()
      do {
        while let request = try await withDeadline(limits.idleSeconds, { try await nextRequest(from: &parts) }) {
          if let refusal { throw refusal }
          noteIdle(false)
          try await answer(request, to: outbound)
          guard request.head.isKeepAlive else { return }
          noteIdle(true)
        }
      } catch let error as ControlError {
        try await send(error, to: outbound, keepAlive: false)
      }
    }
  }

  /// What the handler answers with when something goes wrong that nobody has thought of: every error is an answer, and none ends the
  /// connection without one.
  private func answering<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as ControlError {
      throw error
    } catch is CancellationError {
      throw ControlError(.unavailable, "the daemon is ending")
    } catch {
      throw ControlError(.internalError, HarmlessText.line("\(error)"))
    }
  }

  /// The next whole request, nil when the client has left. Throws `ControlError` for one that is too large.
  private func nextRequest(from parts: inout Inbound) async throws -> Request? {
    var request: Request?
    while let part = try await parts.next() {
      switch part {
      case .head(let head): request = Request(head: head, body: ByteBuffer())
      case .body(var piece):
        guard (request?.body.readableBytes ?? 0) + piece.readableBytes <= limits.bodyLength else {
          throw ControlError(.contentTooLarge, "the body is longer than \(limits.bodyLength) octets")
        }
        request?.body.writeBuffer(&piece)
      case .end: return request
      }
    }
    return nil
  }

  private func answer(_ request: Request, to outbound: Outbound) async throws {
    let keepAlive = request.head.isKeepAlive
    do {
      var (route, question) = try Route.find(method: request.head.method, uri: request.head.uri, in: routes)
      question.body = request.body
      switch route.action {
      case .streamEvents: try await streamEvents(to: outbound)
      case .streamDatabase: try await streamDatabase(to: outbound, keepAlive: keepAlive)
      case .streamPage: try await streamPage(to: outbound)
      case .answer(let answer):
        let body: ByteBuffer
        do {
          guard mayChange || !isChange(request) else {
            throw ControlError(
              .forbidden, "only root, the daemon's user and members of the control socket's group may do this; others may look")
          }
          body = try await answering { try JSONCoding.encode(await answer(handler, question)) }
          note(request, "done")
        } catch let error as ControlError {
          note(request, "refused: \(error.message)")
          throw error
        }
        try await send(.ok, body, to: outbound, keepAlive: keepAlive)
      case .page(let make):
        let page = try await answering { try await make(handler, answers) }
        try await send(
          .ok, ByteBuffer(string: page.text), page.headers, to: outbound, keepAlive: keepAlive,
          isHead: request.head.method == .HEAD)
      }
    } catch let error as ControlError {
      try await send(error, to: outbound, keepAlive: keepAlive)
    }
  }

  /// Characters of a request's body that are said.
  private static let saidCharacters = 200

  private func isChange(_ request: Request) -> Bool { request.head.method != .GET && request.head.method != .HEAD }

  /// Whoever changes something is named in the log.
  private func note(_ request: Request, _ outcome: String) {
    guard isChange(request) else { return }
    let text = String(
      buffer: request.body.getSlice(at: request.body.readerIndex, length: min(request.body.readableBytes, 1024)) ?? ByteBuffer())
    let body = text.isEmpty ? "" : " " + text.prefix(Self.saidCharacters)
    noteChange(
      HarmlessText.line("\(request.head.method) \(request.head.uri.prefix(Self.saidCharacters))\(body)"),
      HarmlessText.line(outcome))
  }

  private func send(_ error: ControlError, to outbound: Outbound, keepAlive: Bool) async throws {
    let status = HTTPResponseStatus(statusCode: error.code.status)
    try await send(status, JSONCoding.encode(error), to: outbound, keepAlive: keepAlive)
  }

  private func send(
    _ status: HTTPResponseStatus, _ body: ByteBuffer, _ headers: HTTPHeaders = WebPage.headers("application/json"),
    to outbound: Outbound, keepAlive: Bool, isHead: Bool = false
  ) async throws {
    var headers = headers
    headers.add(name: "Content-Length", value: String(body.readableBytes))
    headers.add(name: "Connection", value: keepAlive ? "keep-alive" : "close")
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    try await withDeadline {
      try await outbound.write(.head(head))
      if !isHead { try await outbound.write(.body(.byteBuffer(body))) }
      try await sendEnd()
    }
  }

  /// Ends the response, and waits until the kernel has all of it: closing the connection drops what it has not.
  private func sendEnd() async throws {
    try await connection.channel.writeAndFlush(HTTPServerResponsePart.end(nil)).get()
  }

  /// Sends the database as one JSON array, a page at a time and no faster than the asker reads.
  private func streamDatabase(to outbound: Outbound, keepAlive: Bool) async throws {
    var hasBegun = false
    var opening = UInt8(ascii: "[")
    do {
      try await answering {
        try await handler.database { page in
          if !hasBegun {
            var headers = WebPage.headers("application/json")
            headers.add(name: "Transfer-Encoding", value: "chunked")
            headers.add(name: "Connection", value: keepAlive ? "keep-alive" : "close")
            try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)))
            hasBegun = true
          }
          guard !page.isEmpty else { return }
          // The elements of the page's own array go on with that of the answer.
          var piece = try JSONCoding.encode(page)
          piece.setInteger(opening, at: piece.readerIndex)
          opening = UInt8(ascii: ",")
          let elements = piece.readSlice(length: piece.readableBytes - 1) ?? piece
          try await withDeadline { try await outbound.write(.body(.byteBuffer(elements))) }
        }
      }
    } catch let error as ControlError where hasBegun {
      // Half of the array has gone: only the end of the connection can tell now.
      throw InterruptedAnswer(reason: error)
    }
    guard hasBegun else { return try await send(.ok, ByteBuffer(string: "[]"), to: outbound, keepAlive: keepAlive) }
    let end = opening == UInt8(ascii: "[") ? "[]" : "]"
    try await withDeadline {
      try await outbound.write(.body(.byteBuffer(ByteBuffer(string: end))))
      try await sendEnd()
    }
  }

  /// Sends events until the watcher leaves, is too slow, or the daemon ends the stream.
  private func streamEvents(to outbound: Outbound) async throws {
    let channel = connection.channel
    guard let subscription = events.subscribe(onOverflow: { channel.close(promise: nil) }) else {
      throw ControlError(.unavailable, "there are too many watchers already")
    }
    channel.closeFuture.whenComplete { _ in subscription.cancel() }
    var headers = WebPage.headers("application/x-ndjson")
    headers.add(name: "Transfer-Encoding", value: "chunked")
    try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)))
    for await event in subscription.events {
      var line = try JSONCoding.encode(event)
      line.writeInteger(UInt8(ascii: "\n"))
      try await outbound.write(.body(.byteBuffer(line)))
    }
    try await withDeadline { try await sendEnd() }
  }

  /// How often a browser gets the page anew, and when it must ask again: a connection that nobody has closed does not last for ever.
  private static let pageInterval = Duration.seconds(2)
  private static let longestStream = 300

  /// Sends what the page shows until the browser leaves, or has had enough.
  private func streamPage(to outbound: Outbound) async throws {
    guard answers.streams.enter() else { throw ControlError(.unavailable, "there are too many streams already") }
    defer { answers.streams.leave() }
    var headers = WebPage.headers("text/event-stream")
    headers.add(name: "Transfer-Encoding", value: "chunked")
    try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)))
    for _ in 0..<Self.longestStream {
      let content = try await answering { try await StatusPage.current(handler, answers) }.content
      let message = content.split(separator: "\n").map { "data: \($0)\n" }.joined() + "\n"
      try await withDeadline { try await outbound.write(.body(.byteBuffer(ByteBuffer(string: message)))) }
      // The browser that has left is noticed here.
      try await Task.sleep(for: Self.pageInterval)
    }
    try await withDeadline { try await sendEnd() }
  }

  /// Closes the connection when `transfer` takes too long, so that a client that does not read or write cannot hold it.
  private func withDeadline<Result>(_ seconds: Int64? = nil, _ transfer: () async throws -> Result) async throws -> Result {
    let channel = connection.channel
    let deadline = channel.eventLoop.scheduleTask(in: .seconds(seconds ?? limits.transferSeconds)) { channel.close(promise: nil) }
    defer { deadline.cancel() }
    return try await transfer()
  }
}
