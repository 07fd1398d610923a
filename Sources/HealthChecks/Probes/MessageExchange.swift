import NIOCore
import NIOPosix
import ProbeWire

/// Sends a message and waits for its answer.
struct MessageExchange<Answer: Sendable>: Sendable {
  /// What is sent.
  let request: [UInt8]
  let eventLoop: any EventLoop
  /// Reads what comes. What is refused is ignored, and the exchange goes on waiting.
  let read: @Sendable ([UInt8]) throws(MessageRefusal) -> Answer

  /// The longest datagram that is read whole: that of RADIUS (RFC 2865 section 3).
  static var longestDatagram: Int { 4096 }

  /// Asks over UDP, from a port that the kernel has chosen for this question alone. The socket is connected, so that a server
  /// that is not there is known at once, and that of nobody else an answer is taken.
  func overUDP(to server: SocketAddress) async throws -> Answer {
    try await overDatagrams { $0.connect(to: server) }
  }

  /// Asks over a connected socket for datagrams, which `open` makes.
  func overDatagrams(_ open: @Sendable (DatagramBootstrap) throws -> EventLoopFuture<any Channel>) async throws -> Answer {
    let answer = eventLoop.makePromise(of: Answer.self)
    return try await withChannelCanceller { canceller in
      let channel: any Channel
      do {
        let bootstrap = DatagramBootstrap(group: eventLoop)
          .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.longestDatagram))
          .channelInitializer { channel in
            canceller.adopt(channel)
            return channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandlers(DatagramPayloads(), AnswerAwaiter(answer, read: read))
            }
          }
        channel = try await open(bootstrap).get()
      } catch {
        answer.fail(error)
        throw error
      }
      defer { channel.close(promise: nil) }
      try await channel.writeAndFlush(ByteBuffer(bytes: request))
      return try await answer.futureResult.get()
    }
  }

  /// Asks over TCP, both messages behind their length in two octets (RFC 1035 section 4.2.2).
  func overTCP(to server: SocketAddress) async throws -> Answer {
    let answer = eventLoop.makePromise(of: Answer.self)
    do {
      return try await withConnection(to: server, on: eventLoop) { channel in
        try channel.pipeline.syncOperations.addHandlers(
          ByteToMessageHandler(LengthPrefixedMessages()), AnswerAwaiter(answer, read: read))
      } _: { channel in
        var message = ByteBuffer()
        try message.writeLengthPrefixed(as: UInt16.self) { $0.writeBytes(request) }
        try await channel.writeAndFlush(message)
        return try await answer.futureResult.get()
      }
    } catch {
      answer.fail(error)
      throw error
    }
  }
}

/// Completes a promise with the first message that is an answer.
private final class AnswerAwaiter<Answer: Sendable>: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let answer: EventLoopPromise<Answer>
  private let read: @Sendable ([UInt8]) throws(MessageRefusal) -> Answer
  private var refusal: MessageRefusal?

  init(_ answer: EventLoopPromise<Answer>, read: @escaping @Sendable ([UInt8]) throws(MessageRefusal) -> Answer) {
    self.answer = answer
    self.read = read
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    do throws(MessageRefusal) {
      answer.succeed(try read(Array(unwrapInboundIn(data).readableBytesView)))
    } catch {
      refusal = error
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answer.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { answer.fail(refusal ?? ChannelError.eof) }

  func handlerRemoved(context: ChannelHandlerContext) { answer.fail(refusal ?? ChannelError.eof) }
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
