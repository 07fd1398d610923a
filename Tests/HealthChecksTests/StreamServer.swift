import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// What a server over TCP does when something has come.
enum StreamAction: Sendable {
  /// Reads on.
  case wait
  /// Writes, and closes the connection.
  case answer([UInt8])
  /// Writes, and reads on.
  case reply([UInt8])
  /// Writes, and speaks TLS from then on.
  case startTLS([UInt8])
  /// Writes, then the second part again and again until the connection is closed.
  case stream([UInt8], endlessly: [UInt8])
  /// Closes the connection.
  case close
}

/// A server over TCP that does what a function says of all that has come on a connection since the last action. With a context
/// it speaks TLS, from the beginning or from `startTLS` on.
func withStreamServer<Result>(
  on host: String = "127.0.0.1", tls: NIOSSLContext? = nil, beginsWithTLS: Bool = true,
  _ respond: @escaping @Sendable (_ received: [UInt8]) -> StreamAction, _ body: (_ port: UInt16) async throws -> Result
) async throws -> Result {
  let channel = try await ServerBootstrap(group: testGroup)
    .childChannelInitializer { child in
      child.eventLoop.makeCompletedFuture {
        if let tls, beginsWithTLS { try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
        try child.pipeline.syncOperations.addHandler(Responder(respond, tls))
      }
    }
    .bind(host: host, port: 0).get()
  return try await withOpen(channel, body)
}

private final class Responder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let respond: @Sendable ([UInt8]) -> StreamAction
  private let tls: NIOSSLContext?
  private var received: [UInt8] = []

  init(_ respond: @escaping @Sendable ([UInt8]) -> StreamAction, _ tls: NIOSSLContext?) {
    self.respond = respond
    self.tls = tls
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += Array(unwrapInboundIn(data).readableBytesView)
    let action = respond(received)
    if case .wait = action { return }
    received = []
    perform(action, context)
  }

  private func perform(_ action: StreamAction, _ context: ChannelHandlerContext) {
    switch action {
    case .wait: break
    case .answer(let octets):
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
      context.close(promise: nil)
    case .reply(let octets): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
    case .startTLS(let octets):
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
      guard let tls else { return context.close(promise: nil) }
      let handler = NIOSSLServerHandler(context: tls)
      do {
        try context.pipeline.syncOperations.addHandler(handler, position: .first)
      } catch {
        context.close(promise: nil)
      }
    case .stream(let octets, let part):
      context.write(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
      repeatWriting(ByteBuffer(bytes: part), context)
    case .close: context.close(promise: nil)
    }
  }

  private func repeatWriting(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(part)).assumeIsolated().whenSuccess { self.repeatWriting(part, bound.value) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
