import AnycastPolicy
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
      let tls = check.url.scheme == .https ? try trust.context() : nil
      let target = try target.socketAddress(port: check.nearest.port)
      return try await HTTPExchange(check: check, target: target, tls: tls, eventLoop: eventLoop).failure()
    } catch {
      return httpFailure(error)
    }
  }
}
