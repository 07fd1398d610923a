import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire

/// Asks each target for a page, over a connection of its own, and looks at the answer.
///
/// Redirects are not followed: they are answers with a status code like others.
struct HTTPProbe: Probe {
  let check: HTTPCheck
  /// Whom to connect to: the servers, or the proxies.
  let targets: [IPAddress]
  let eventLoop: any EventLoop
  private let trust: CertificateTrust

  init(check: HTTPCheck, targets: [IPAddress], eventLoop: any EventLoop) {
    self.check = check
    self.targets = targets
    self.eventLoop = eventLoop
    trust = CertificateTrust(check.trust)
  }

  func run() async -> Verdict {
    await verdict(ofAll: targets) { target in ("\(target) port \(check.nearest.port)", await failure(asking: target)) }
  }

  private func failure(asking target: IPAddress) async -> String? {
    do {
      let tls = check.url.scheme == .https ? try await trust.context() : nil
      let exchange = HTTPExchange(
        check: check, target: try target.socketAddress(port: check.nearest.port), tls: tls, eventLoop: eventLoop)
      do {
        return try await exchange.failure()
      } catch  where isCertificateRefusal(error) {
        return await certificateReason(exchange) ?? httpFailure(error, host: check.url.host)
      }
    } catch {
      return httpFailure(error, host: check.url.host)
    }
  }

  /// Why the certificate was refused, found out in a second handshake, which ends when the server has presented it.
  private func certificateReason(_ exchange: HTTPExchange) async -> String? {
    let presented = PresentedCertificates()
    var exchange = exchange
    exchange.onlyLooksAt = presented
    _ = try? await exchange.failure()
    return presented.reason(check.trust).map { "TLS: \($0)" }
  }
}
