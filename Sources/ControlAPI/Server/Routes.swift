import NIOCore
import NIOHTTP1

/// What the server does with a request.
struct Route: Sendable {
  /// How a request is answered.
  enum Action: Sendable {
    /// With one JSON value.
    case answer(@Sendable (any ControlHandler, ByteBuffer) async throws -> any Encodable & Sendable)
    /// With a text of its own media type, for programs and people that know nothing of the control API.
    case page(@Sendable (any ControlHandler) async throws -> WebPage)
    /// With the database as one JSON array that is sent in pieces: it may be larger than what the daemon should hold.
    case streamDatabase
    /// With one line of JSON for each event, until the watcher leaves.
    case streamEvents
  }

  let method: HTTPMethod
  let path: String
  let action: Action

  /// What can be looked at, and nothing else: what a listener on TCP answers.
  static let web: [Route] = [
    Route(method: .GET, path: "/metrics", action: .page(WebPage.metrics)),
    Route(method: .GET, path: "/", action: .page(WebPage.status)),
  ]

  /// Everything that can be asked.
  static let table: [Route] =
    web + [
      get("/v1/status") { try await $0.status() },
      get("/v1/interfaces") { try await $0.interfaces() },
      get("/v1/neighbors") { try await $0.neighbors() },
      Route(method: .GET, path: "/v1/database", action: .streamDatabase),
      get("/v1/services") { try await $0.services() },
      get("/v1/checks") { try await $0.checks() },
      get("/v1/fleet") { try await $0.fleet() },
      get("/v1/redistribution") { try await $0.redistribution() },
      get("/v1/bfd") { try await $0.bfd() },
      get("/v1/configuration") { try await $0.configuration() },
      Route(method: .GET, path: "/v1/events", action: .streamEvents),
      post("/v1/drain") { handler, body in try await handler.drain(decode(body)) },
      post("/v1/undrain") { handler, body in try await handler.undrain(decode(body)) },
      post("/v1/clear") { handler, body in try await handler.clear(decode(body)) },
      post("/v1/restart") { handler, body in
        try await handler.restart(body.readableBytes == 0 ? RestartRequest() : decode(body))
      },
      post("/v1/log-level") { handler, body in try await handler.logLevel(decode(body)) },
      post("/v1/reload") { handler, body in
        try await handler.reload(body.readableBytes == 0 ? ReloadRequest() : decode(body))
      },
    ]

  /// The route of a request; throws what the caller is to be told when there is none.
  static func find(method: HTTPMethod, uri: String, in table: [Route] = table) throws(ControlError) -> Route {
    let path = uri.prefix { $0 != "?" }
    let candidates = table.filter { $0.path == path }
    guard !candidates.isEmpty else { throw ControlError(.notFound, "there is nothing at \(HarmlessText.line(path.prefix(200)))") }
    // Whoever asks for the head of a page gets that of its answer (RFC 9110 section 9.3.2).
    guard let route = candidates.first(where: { $0.method == method || $0.isPage && method == .HEAD && $0.method == .GET }) else {
      let allowed = candidates.map(\.method.rawValue).joined(separator: ", ")
      throw ControlError(.methodNotAllowed, "\(path) takes \(allowed), not \(method.rawValue)")
    }
    return route
  }

  private var isPage: Bool { if case .page = action { true } else { false } }

  private static func get(
    _ path: String, _ answer: @escaping @Sendable (any ControlHandler) async throws -> any Encodable & Sendable
  ) -> Route {
    Route(method: .GET, path: path, action: .answer { handler, _ in try await answer(handler) })
  }

  private static func post(
    _ path: String,
    _ answer: @escaping @Sendable (any ControlHandler, ByteBuffer) async throws -> any Encodable & Sendable
  ) -> Route {
    Route(method: .POST, path: path, action: .answer(answer))
  }

  private static func decode<Value: Decodable>(_ body: ByteBuffer) throws -> Value {
    do {
      return try JSONCoding.decode(Value.self, from: body)
    } catch let error as DecodingError {
      throw ControlError(.badRequest, "the body is not the JSON that is expected here: \(error.explanation)")
    } catch {
      throw ControlError(.badRequest, "the body is not JSON")
    }
  }
}

extension DecodingError {
  /// What is wrong, in a few words.
  var explanation: String {
    switch self {
    case .keyNotFound(let key, _): "the key \(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "the value of \(context.codingPath.map(\.stringValue).joined(separator: ".")) has the wrong type"
    case .dataCorrupted(let context): context.debugDescription
    @unknown default: "it cannot be decoded"
    }
  }
}
