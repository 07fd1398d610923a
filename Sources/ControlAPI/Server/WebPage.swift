import NIOHTTP1

/// An answer for a browser or for Prometheus.
struct WebPage: Sendable {
  var contentType: String
  var text: String
  /// What a browser may do with it.
  var policy = WebPage.nothing

  static let nothing = "default-src 'none'; frame-ancestors 'none'"

  /// The head fields beyond length and connection. Nothing is kept, guessed at, framed or told to others.
  var headers: HTTPHeaders { Self.headers(contentType, policy) }

  /// The same of any answer.
  static func headers(_ contentType: String, _ policy: String = nothing) -> HTTPHeaders {
    [
      "Content-Type": contentType, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
    ]
  }

  /// `GET /metrics`
  static func metrics(_ handler: any ControlHandler, _ answers: WebAnswers) async throws -> WebPage {
    let text = try await answers.metrics.value {
      NodeMetrics(
        status: try await handler.status(), interfaces: try await handler.interfaces(), neighbors: try await handler.neighbors(),
        services: try await handler.services(), checks: try await handler.checks(), bfd: try await handler.bfd(),
        fleet: try await answers.fleet.value { try await handler.fleet() }, tally: handler.metrics.current
      ).text
    }
    return WebPage(contentType: MetricsText.contentType, text: text)
  }

  /// `GET /`
  static func status(_ handler: any ControlHandler, _ answers: WebAnswers) async throws -> WebPage {
    let page = try await StatusPage.current(handler, answers)
    let nonce = String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    return WebPage(contentType: StatusPage.contentType, text: page.html(nonce: nonce), policy: StatusPage.policy(nonce: nonce))
  }
}

extension StatusPage {
  /// The page of this moment.
  static func current(_ handler: any ControlHandler, _ answers: WebAnswers) async throws -> StatusPage {
    try await answers.page.value {
      StatusPage(
        status: try await handler.status(), interfaces: try await handler.interfaces(), neighbors: try await handler.neighbors(),
        services: try await handler.services(), fleet: try await answers.fleet.value { try await handler.fleet() }, now: .now)
    }
  }
}
