import NIOCore
import NIOPosix
import Testing

/// A server over UDP whose answers are made by a function: any number of messages for each query.
func withDatagramServer<Result>(
  _ answers: @escaping @Sendable (_ query: [UInt8], _ client: SocketAddress) -> [[UInt8]],
  _ body: (_ port: UInt16) async throws -> Result
) async throws -> Result {
  let channel = try await DatagramBootstrap(group: testGroup)
    .channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Answerer(answers)) }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  return try await withOpen(channel, body)
}

private final class Answerer: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  private let answers: @Sendable ([UInt8], SocketAddress) -> [[UInt8]]

  init(_ answers: @escaping @Sendable ([UInt8], SocketAddress) -> [[UInt8]]) { self.answers = answers }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let query = unwrapInboundIn(data)
    for answer in answers(Array(query.data.readableBytesView), query.remoteAddress) {
      let envelope = AddressedEnvelope(remoteAddress: query.remoteAddress, data: ByteBuffer(bytes: answer))
      context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }
  }
}
