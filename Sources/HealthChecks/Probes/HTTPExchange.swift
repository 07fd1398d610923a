import AnycastPolicy
import Configuration
import NIOCore
import NIOHTTP1
import NIOSSL

/// One request over a new connection, and what is wrong with its answer.
///
/// An origin server is asked for a path, a forward proxy for a whole URL (RFC 9112 section 3.2.2), or, for a page over TLS, for a
/// tunnel to its server (RFC 9110 section 9.3.6).
struct HTTPExchange: Sendable {
  let check: HTTPCheck
  let target: SocketAddress
  /// The client's side of TLS; nil for a page that comes without.
  let tls: NIOSSLContext?
  let eventLoop: any EventLoop
  /// Where set, nothing is asked: the handshake is broken off when the server has presented its certificates.
  var onlyLooksAt: PresentedCertificates?

  init(check: HTTPCheck, target: SocketAddress, tls: NIOSSLContext?, eventLoop: any EventLoop) {
    self.check = check
    self.target = target
    self.tls = tls
    self.eventLoop = eventLoop
  }

  /// Asks. Returns what is wrong with the answer, nil when nothing is; throws when there is none.
  func failure() async throws -> String? {
    let outcome = eventLoop.makePromise(of: String?.self)
    do {
      return check.proxy != nil && tls != nil ? try await throughTunnel(outcome) : try await directly(outcome)
    } catch {
      outcome.fail(error)
      // Whether a close is noticed while reading or with the next thing that is done is a matter of chance.
      throw Task.isCancelled ? error : Self.closeAsEnd(error)
    }
  }

  private static func closeAsEnd(_ error: any Error) -> any Error {
    switch error {
    case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed: ChannelError.eof
    default: error
    }
  }

  private func directly(_ outcome: EventLoopPromise<String?>) async throws -> String? {
    try await withConnection(to: target, on: eventLoop) { channel in
      try addHandlers(to: channel.pipeline.syncOperations, outcome)
    } _: { channel in
      try await ask(channel, outcome)
    }
  }

  private func throughTunnel(_ outcome: EventLoopPromise<String?>) async throws -> String? {
    let tunnel = eventLoop.makePromise(of: Void.self)
    do {
      return try await withConnection(to: target, on: eventLoop) { channel in
        try HTTPTunnel.addHandlers(to: channel.pipeline.syncOperations, tunnel)
      } _: { channel in
        let authority = check.url.authorityWithPort
        channel.write(
          HTTPClientRequestPart.head(
            HTTPRequestHead(
              version: .http1_1, method: .CONNECT, uri: authority, headers: ["host": authority, "user-agent": Self.userAgent])),
          promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        try await tunnel.futureResult.get()
        try await HTTPTunnel.removeHandlers(from: channel)
        try await eventLoop.submit { try addHandlers(to: channel.pipeline.syncOperations, outcome) }.get()
        return try await ask(channel, outcome)
      }
    } catch {
      tunnel.fail(error)
      throw error
    }
  }

  private func addHandlers(
    to pipeline: ChannelPipeline.SynchronousOperations, _ outcome: EventLoopPromise<String?>
  ) throws {
    // The name stands in the handshake, and the certificate must bear it; without a name it must bear the address.
    let name = check.url.address == nil ? String(check.url.host.drop(suffix: ".")) : nil
    if let tls { try pipeline.addHandler(handshake(tls, name: name)) }
    try pipeline.addHTTPClientHandlers()
    try pipeline.addHandler(HTTPAnswerAwaiter(HTTPJudge(check), outcome))
  }

  private func handshake(_ tls: NIOSSLContext, name: String?) throws -> NIOSSLClientHandler {
    guard let presented = onlyLooksAt else { return try NIOSSLClientHandler(context: tls, serverHostname: name) }
    return try NIOSSLClientHandler(context: tls, serverHostname: name) {
      (certificates, outcome: EventLoopPromise<NIOSSLVerificationResult>) in
      presented.note(certificates)
      outcome.succeed(NIOSSLVerificationResult.failed)
    }
  }

  private func ask(_ channel: any Channel, _ outcome: EventLoopPromise<String?>) async throws -> String? {
    channel.write(HTTPClientRequestPart.head(request), promise: nil)
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    return try await outcome.futureResult.get()
  }

  /// What is asked.
  var request: HTTPRequestHead {
    let isWhole = check.proxy != nil && tls == nil
    var headers: HTTPHeaders = ["host": check.url.authority, "user-agent": Self.userAgent, "connection": "close"]
    for name in Set(check.headers.map(\.name)) { headers.remove(name: name) }
    for header in check.headers { headers.add(name: header.name, value: header.value) }
    return HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: check.method.rawValue),
      uri: isWhole ? check.url.description : check.url.target, headers: headers)
  }

  static let userAgent = "anycast-ospfd"
}

/// Completes a promise with the judgement of an answer.
private final class HTTPAnswerAwaiter: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private var judge: HTTPJudge
  private let outcome: EventLoopPromise<String?>

  init(_ judge: HTTPJudge, _ outcome: EventLoopPromise<String?>) {
    self.judge = judge
    self.outcome = outcome
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let judgement =
      switch unwrapInboundIn(data) {
      case .head(let head): judge.head(status: Int(head.status.code))
      case .body(let part): judge.content(part)
      case .end: judge.end()
      }
    switch judgement {
    case .undecided: break
    case .right: outcome.succeed(nil)
    case .wrong(let reason): outcome.succeed(reason)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    outcome.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { outcome.fail(ChannelError.eof) }

  func handlerRemoved(context: ChannelHandlerContext) { outcome.fail(ChannelError.eof) }
}

extension String {
  /// The string without an ending.
  fileprivate func drop(suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self[...] }
}
