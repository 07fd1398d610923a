import AnycastPolicy
import Configuration
import NIOCore
import NIOPosix
import OSPFWire
import ProbeWire

/// Sends a message that no other is like to each target, and waits until it comes out at the other side.
///
/// The probe listens for as long as the check is configured, and not only while it waits: a log server whose target is gone waits
/// a minute before it tries again.
final class SyslogProbe: Probe {
  private let check: SyslogCheck
  private let targets: [IPAddress]
  private let eventLoop: any EventLoop
  private let listener: SyslogListener

  init(check: SyslogCheck, targets: [IPAddress], eventLoop: any EventLoop) {
    self.check = check
    self.targets = targets
    self.eventLoop = eventLoop
    listener = SyslogListener(eventLoop: eventLoop)
  }

  func run() async -> Verdict {
    do {
      try await listener.open(at: try check.receiveAddress.socketAddress(port: check.receivePort))
    } catch {
      return .failing(reason: "cannot listen on \(check.receiveAddress) port \(check.receivePort): \(socketFailure(error))")
    }
    return await verdict(ofAll: targets) { [self] target in
      ("\(target) port \(check.sendPort)", await failure(through: target))
    }
  }

  private func failure(through target: IPAddress) async -> String? {
    let message = SyslogMessage()
    let arrival = eventLoop.makePromise(of: Void.self)
    listener.await(message.token, arrival)
    defer { listener.forget(message.token) }
    do {
      let target = try target.socketAddress(port: check.sendPort)
      switch check.transport {
      case .udp: try await sendDatagram(message, to: target, arrival)
      case .tcp: try await sendLine(message, to: target, arrival)
      }
      return nil
    } catch is CancellationError {
      return "the message has not come out at \(check.receiveAddress) port \(check.receivePort)"
    } catch {
      return socketFailure(error)
    }
  }

  private func sendDatagram(
    _ message: SyslogMessage, to target: SocketAddress, _ arrival: EventLoopPromise<Void>
  ) async throws {
    try await withChannelCanceller { [eventLoop] canceller in
      let channel = try await DatagramBootstrap(group: eventLoop)
        .channelInitializer { channel in
          canceller.adopt(channel)
          return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(FailureReporter(arrival))
          }
        }
        .connect(to: target).get()
      defer { channel.close(promise: nil) }
      try await channel.writeAndFlush(ByteBuffer(bytes: message.bytes))
      try await arrival.futureResult.get()
    }
  }

  private func sendLine(_ message: SyslogMessage, to target: SocketAddress, _ arrival: EventLoopPromise<Void>) async throws {
    try await withConnection(to: target, on: eventLoop) { channel in
      try channel.pipeline.syncOperations.addHandler(FailureReporter(arrival))
    } _: { channel in
      try await channel.writeAndFlush(ByteBuffer(bytes: message.line))
      try await arrival.futureResult.get()
    }
  }
}

/// Fails a promise when the channel fails or is closed.
private final class FailureReporter: ChannelInboundHandler {
  typealias InboundIn = Any

  private let promise: EventLoopPromise<Void>

  init(_ promise: EventLoopPromise<Void>) { self.promise = promise }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
}
