import Glibc
import NIOCore
import NIOPosix

/// Listens on UDP and TCP for messages, until it is released.
final class SyslogListener: Sendable {
  private let eventLoop: any EventLoop
  private let arrivals: NIOLoopBoundBox<SyslogArrivals>
  private let patience: Int
  private let pause: @Sendable () async throws -> Void

  /// A port that is in use is asked for again, `patience` times. `pause` waits in between, 5 ms where it is not given: nothing tells when a
  /// port becomes free.
  init(eventLoop: any EventLoop, patience: Int = 20, pause: (@Sendable () async throws -> Void)? = nil) {
    self.eventLoop = eventLoop
    self.patience = patience
    self.pause = pause ?? { try await eventLoop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get() }
    arrivals = .makeBoxSendingValue(SyslogArrivals(), eventLoop: eventLoop)
  }

  /// Begins to listen, unless it does already. The listener of before a reload may still be closing, and a child that was just forked has a
  /// copy of it until it runs its command: both let go of the port within some milliseconds, which another program does not.
  func open(at address: SocketAddress) async throws {
    if try await eventLoop.submit({ [arrivals] in arrivals.value.isOpen }).get() { return }
    for _ in 0..<patience {
      do {
        return try await bind(to: address)
      } catch let error as IOError where error.errnoCode == EADDRINUSE && !Task.isCancelled {
        try await pause()
      }
    }
    try await bind(to: address)
  }

  private func bind(to address: SocketAddress) async throws {
    let datagrams = try await DatagramBootstrap(group: eventLoop)
      .channelInitializer { [arrivals] channel in Self.add(DatagramReader(arrivals.value), to: channel) }
      .bind(to: address).get()
    do {
      let connections = try await ServerBootstrap(group: eventLoop)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { [arrivals] channel in
          arrivals.value.adopt(channel)
          return Self.add(SyslogStreamReader(arrivals.value), to: channel)
        }
        .bind(to: address).get()
      try await eventLoop.submit { [arrivals] in arrivals.value.open([datagrams, connections]) }.get()
    } catch {
      datagrams.close(promise: nil)
      throw error
    }
  }

  private static func add(_ handler: some ChannelHandler, to channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler) }
  }

  /// Completes a promise when a word arrives.
  func await(_ token: [UInt8], _ promise: EventLoopPromise<Void>) {
    eventLoop.execute { [arrivals] in arrivals.value.waiting[token] = promise }
  }

  /// Waits for a word no longer.
  func forget(_ token: [UInt8]) {
    eventLoop.execute { [arrivals] in arrivals.value.waiting.removeValue(forKey: token)?.fail(ChannelError.eof) }
  }

  deinit {
    let arrivals = arrivals
    eventLoop.execute { arrivals.value.close() }
  }
}

/// The words that are waited for, and the channels on which they may come. Lives on the event loop.
final class SyslogArrivals {
  /// How many connections are read at once; further ones are closed.
  static let connectionLimit = 32

  var waiting: [[UInt8]: EventLoopPromise<Void>] = [:]
  private var listening: [any Channel] = []
  private var connections: [ObjectIdentifier: any Channel] = [:]
  private var isClosed = false

  var isOpen: Bool { !listening.isEmpty && listening.allSatisfy(\.isActive) }

  func open(_ channels: [any Channel]) {
    listening += channels
    if isClosed { close() }
  }

  func adopt(_ connection: any Channel) {
    guard !isClosed, connections.count < Self.connectionLimit else { return connection.close(promise: nil) }
    let identifier = ObjectIdentifier(connection)
    connections[identifier] = connection
    connection.closeFuture.assumeIsolated().whenComplete { [weak self] _ in self?.connections[identifier] = nil }
  }

  func close() {
    isClosed = true
    for channel in listening + connections.values { channel.close(promise: nil) }
    listening = []
  }

  /// Looks for the words in what has come.
  func search(_ octets: ByteBufferView) {
    for (token, promise) in waiting where octets.includes(token) { promise.succeed() }
  }
}

private final class DatagramReader: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let arrivals: SyslogArrivals

  init(_ arrivals: SyslogArrivals) { self.arrivals = arrivals }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    arrivals.search(unwrapInboundIn(data).data.readableBytesView)
  }
}

final class SyslogStreamReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let arrivals: SyslogArrivals
  /// The end of what has been searched: a word may be cut anywhere.
  private var tail = ByteBuffer()

  init(_ arrivals: SyslogArrivals) { self.arrivals = arrivals }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    tail.writeBuffer(&part)
    arrivals.search(tail.readableBytesView)
    tail.moveReaderIndex(forwardBy: max(tail.readableBytes - 64, 0))
    tail.discardReadBytes()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
