import NIOCore
import NIOHTTP1

/// What the server does with a request.
struct Route: Sendable {
  /// How a request is answered.
  enum Action: Sendable {
    /// With one JSON value.
    case answer(@Sendable (any ControlHandler, Question) async throws -> any Encodable & Sendable)
    /// With a text of its own media type, for programs and people that know nothing of the control API.
    case page(@Sendable (any ControlHandler, WebAnswers) async throws -> WebPage)
    /// With the database as one JSON array that is sent in pieces: it may be larger than what the daemon should hold.
    case streamDatabase
    /// With one line of JSON for each event, until the watcher leaves.
    case streamEvents
    /// With what the status page shows, again and again, as server-sent events.
    case streamPage
  }

  /// What a request says beyond its route.
  struct Question: Sendable {
    /// What stands in the place of `{name}` in the path; empty where the path has none.
    var name = ""
    /// What stands after `?`, by name; without `=` the value is empty.
    var query: [String: String] = [:]
    var body = ByteBuffer()

    /// Whether a parameter of the query that is true or false is true: `?persist`, `?persist=true`.
    func flag(_ name: String) throws(ControlError) -> Bool {
      switch query[name] {
      case nil, "false"?, "0"?: return false
      case ""?, "true"?, "1"?: return true
      case let other?: throw ControlError(.badRequest, "\(name) is true or false, not '\(HarmlessText.line(other.prefix(64)))'")
      }
    }
  }

  let method: HTTPMethod
  /// A last part `{name}` stands for any one.
  let path: String
  let action: Action

  private static let placeholder = "{name}"

  /// What stands in the place of `{name}`, empty where there is none; nil where the path is another one.
  private func name(in path: Substring) -> String? {
    guard self.path.hasSuffix(Self.placeholder) else { return path == self.path ? "" : nil }
    let prefix = self.path.dropLast(Self.placeholder.count)
    guard path.hasPrefix(prefix) else { return nil }
    let name = path.dropFirst(prefix.count)
    return name.isEmpty || name.contains("/") ? nil : String(name)
  }

  /// What can be looked at, and nothing else: what a listener on TCP answers.
  static let web: [Route] = [
    Route(method: .GET, path: "/metrics", action: .page(WebPage.metrics)),
    Route(method: .GET, path: "/", action: .page(WebPage.status)),
    Route(method: .GET, path: StatusPage.streamPath, action: .streamPage),
  ]

  /// Everything that can be asked.
  static let table: [Route] =
    web + [
      get("/v1/status") { try await $0.status() },
      get("/v1/interfaces") { try await $0.interfaces() },
      get("/v1/neighbors") { try await $0.neighbors() },
      Route(method: .GET, path: "/v1/database", action: .streamDatabase),
      get("/v1/services") { try await $0.services() },
      Route(method: .GET, path: "/v1/services/{name}", action: .answer { try await $0.service(named: $1.name) }),
      Route(
        method: .PUT, path: "/v1/services/{name}",
        action: .answer { handler, question in
          try await handler.putService(
            PutServiceRequest(
              name: question.name, text: String(buffer: question.body), isPersistent: question.flag("persist")))
        }),
      Route(method: .DELETE, path: "/v1/services/{name}", action: .answer { try await $0.removeService(named: $1.name) }),
      get("/v1/checks") { try await $0.checks() },
      get("/v1/fleet") { try await $0.fleet() },
      get("/v1/history") { try await $0.history() },
      get("/v1/redistribution") { try await $0.redistribution() },
      get("/v1/bfd") { try await $0.bfd() },
      get("/v1/configuration") { try await $0.configuration() },
      Route(method: .GET, path: "/v1/events", action: .streamEvents),
      post("/v1/drain") { handler, body in try await handler.drain(decode(body)) },
      post("/v1/drain/exclusive") { handler, body in try await handler.drainExclusively(decode(body)) },
      post("/v1/undrain") { handler, body in try await handler.undrain(decode(body)) },
      post("/v1/acknowledge") { handler, body in try await handler.acknowledge(decode(body)) },
      post("/v1/clear") { handler, body in try await handler.clear(decode(body)) },
      post("/v1/restart") { handler, body in
        try await handler.restart(body.readableBytes == 0 ? RestartRequest() : decode(body))
      },
      post("/v1/record") { handler, _ in try await handler.record() },
      post("/v1/log-level") { handler, body in try await handler.logLevel(decode(body)) },
      post("/v1/reload") { handler, body in
        try await handler.reload(body.readableBytes == 0 ? ReloadRequest() : decode(body))
      },
    ]

  /// The route of a request, and what the request says beyond it; throws what the caller is to be told when there is none.
  static func find(
    method: HTTPMethod, uri: String, in table: [Route] = table
  ) throws(ControlError) -> (route: Route, question: Question) {
    let path = uri.prefix { $0 != "?" }
    let candidates = table.compactMap { route in route.name(in: path).map { (route, $0) } }
    guard !candidates.isEmpty else { throw ControlError(.notFound, "there is nothing at this path") }
    // Whoever asks for the head of a page gets that of its answer (RFC 9110 section 9.3.2).
    let found = candidates.first { $0.0.method == method || $0.0.isPage && method == .HEAD && $0.0.method == .GET }
    guard let (route, name) = found else {
      let allowed = candidates.map(\.0.method.rawValue).joined(separator: ", ")
      throw ControlError(.methodNotAllowed, "this path takes \(allowed)")
    }
    return (route, Question(name: name, query: query(of: uri)))
  }

  private static func query(of uri: String) -> [String: String] {
    let pairs = uri.drop { $0 != "?" }.dropFirst().split(separator: "&").map { pair in
      (String(pair.prefix { $0 != "=" }), String(pair.drop { $0 != "=" }.dropFirst()))
    }
    return Dictionary(pairs) { _, last in last }
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
    Route(method: .POST, path: path, action: .answer { handler, question in try await answer(handler, question.body) })
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
