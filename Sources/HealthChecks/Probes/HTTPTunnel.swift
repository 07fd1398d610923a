import NIOCore
import NIOHTTP1

/// What speaks with a proxy until it has made a tunnel (RFC 9110 section 9.3.6).
enum HTTPTunnel {
  /// The proxy answers with something else than a tunnel.
  struct Refusal: Error, CustomStringConvertible {
    let status: HTTPResponseStatus

    var description: String { "the proxy makes no tunnel: status \(status.code)" }
  }

  /// Prepares a channel for one request, and completes a promise with its answer.
  static func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations, _ tunnel: EventLoopPromise<Void>) throws {
    try pipeline.addHandlers(
      HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)),
      TunnelAwaiter(tunnel))
  }

  /// Leaves the channel as it was.
  static func removeHandlers(from channel: any Channel) async throws {
    try await channel.eventLoop.flatSubmit {
      let pipeline = channel.pipeline.syncOperations
      return EventLoopFuture.andAllSucceed(
        [
          remove(TunnelAwaiter.self, from: pipeline, channel),
          remove(ByteToMessageHandler<HTTPResponseDecoder>.self, from: pipeline, channel),
          remove(HTTPRequestEncoder.self, from: pipeline, channel),
        ], on: channel.eventLoop)
    }.get()
  }

  private static func remove(
    _ type: (some RemovableChannelHandler).Type, from pipeline: ChannelPipeline.SynchronousOperations, _ channel: any Channel
  ) -> EventLoopFuture<Void> {
    do {
      return pipeline.removeHandler(context: try pipeline.context(handlerType: type))
    } catch {
      // It is gone only when the channel is closed.
      return channel.eventLoop.makeFailedFuture(ChannelError.eof)
    }
  }
}

private final class TunnelAwaiter: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let tunnel: EventLoopPromise<Void>

  init(_ tunnel: EventLoopPromise<Void>) { self.tunnel = tunnel }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head) where !(200...299).contains(head.status.code):
      tunnel.fail(HTTPTunnel.Refusal(status: head.status))
    case .head, .body: break
    case .end: tunnel.succeed()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    tunnel.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { tunnel.fail(ChannelError.eof) }

  func handlerRemoved(context: ChannelHandlerContext) { tunnel.fail(ChannelError.eof) }
}
