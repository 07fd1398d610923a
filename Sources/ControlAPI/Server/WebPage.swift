import NIOHTTP1

/// An answer for a browser or for Prometheus.
struct WebPage: Sendable {
  var contentType: String
  var text: String
  /// What a browser may do with it.
  var policy = "default-src 'none'; frame-ancestors 'none'"

  /// The head fields beyond length and connection. Nothing is kept, guessed at, framed or told to others.
  var headers: HTTPHeaders {
    [
      "Content-Type": contentType, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    ]
  }

  /// `GET /metrics`
  static func metrics(_ handler: any ControlHandler) async throws -> WebPage {
    let metrics = NodeMetrics(
      status: try await handler.status(), interfaces: try await handler.interfaces(), neighbors: try await handler.neighbors(),
      services: try await handler.services(), checks: try await handler.checks(), tally: handler.metrics.current)
    return WebPage(contentType: MetricsText.contentType, text: metrics.text)
  }

  /// `GET /`
  static func status(_ handler: any ControlHandler) async throws -> WebPage {
    let page = StatusPage(
      status: try await handler.status(), interfaces: try await handler.interfaces(), neighbors: try await handler.neighbors(),
      services: try await handler.services(), now: .now)
    let nonce = String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    return WebPage(contentType: StatusPage.contentType, text: page.html(nonce: nonce), policy: StatusPage.policy(nonce: nonce))
  }
}
