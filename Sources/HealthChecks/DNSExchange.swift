import NIOCore
import NIOPosix

/// Sends a query and waits for its answer, over one transport.
struct DNSExchange: Sendable {
  let query: DNSQuery
  let server: SocketAddress
  let eventLoop: any EventLoop

  /// Asks over UDP, from a port that the kernel has chosen for this query alone. The socket is connected, so that a server that
  /// is not there is known at once.
  func overUDP() async throws -> DNSAnswer {
    let answer = eventLoop.makePromise(of: DNSAnswer.self)
    return try await withChannelCanceller { canceller in
      let channel: any Channel
      do {
        channel = try await DatagramBootstrap(group: eventLoop)
          .channelInitializer { channel in
            canceller.adopt(channel)
            return channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandlers(DatagramPayloads(), AnswerAwaiter(query: query, answer: answer))
            }
          }
          .connect(to: server).get()
      } catch {
        answer.fail(error)
        throw error
      }
      defer { channel.close(promise: nil) }
      try await channel.writeAndFlush(ByteBuffer(bytes: query.bytes))
      return try await answer.futureResult.get()
    }
  }

  /// Asks over TCP (RFC 1035 section 4.2.2).
  func overTCP() async throws -> DNSAnswer {
    let answer = eventLoop.makePromise(of: DNSAnswer.self)
    return try await withChannelCanceller { canceller in
      let channel: any Channel
      do {
        channel = try await ClientBootstrap(group: eventLoop)
          .connectTimeout(.hours(1))
          .channelInitializer { channel in
            canceller.adopt(channel)
            return channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandlers(
                ByteToMessageHandler(LengthPrefixedMessages()), AnswerAwaiter(query: query, answer: answer))
            }
          }
          .connect(to: server).get()
      } catch {
        answer.fail(error)
        throw error
      }
      defer { channel.close(promise: nil) }
      var message = ByteBuffer()
      message.writeInteger(UInt16(query.bytes.count))
      message.writeBytes(query.bytes)
      try await channel.writeAndFlush(message)
      return try await answer.futureResult.get()
    }
  }
}

/// Completes a promise with the first message that answers the query; other messages are ignored.
private final class AnswerAwaiter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let query: DNSQuery
  private let answer: EventLoopPromise<DNSAnswer>

  init(query: DNSQuery, answer: EventLoopPromise<DNSAnswer>) {
    self.query = query
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let answer = DNSAnswer(Array(unwrapInboundIn(data).readableBytesView), to: query) else { return }
    self.answer.succeed(answer)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answer.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }

  func handlerRemoved(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }
}

/// Takes the envelope off datagrams of a connected socket.
private final class DatagramPayloads: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias InboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.fireChannelRead(wrapInboundOut(unwrapInboundIn(data).data))
  }
}

/// Cuts a stream into messages, each behind its length in two octets (RFC 1035 section 4.2.2).
private struct LengthPrefixedMessages: ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
    guard let message = buffer.readLengthPrefixedSlice(as: UInt16.self) else { return .needMoreData }
    context.fireChannelRead(wrapInboundOut(message))
    return .continue
  }
}
