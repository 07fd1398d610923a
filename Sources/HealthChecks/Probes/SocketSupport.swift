import CLinux
import NIOCore
import NIOPosix
import OSPFWire
import ProbeWire
import Synchronization

extension IPAddress {
  /// The address with a port, as NIO takes it.
  func socketAddress(port: UInt16) throws -> SocketAddress { try SocketAddress(ipAddress: description, port: Int(port)) }
}

/// The words for an error of a socket that an operator knows: `connection refused`.
func socketFailure(_ error: any Error) -> String {
  switch error {
  case is CancellationError: "no answer"
  case let refusal as MessageRefusal: "no answer, but \(refusal)"
  case let error as IOError: errorText(error.errnoCode)
  case let error as NIOConnectionError: error.connectionErrors.first.map { socketFailure($0.error) } ?? "no answer"
  case let error as ChannelError: channelFailure(error)
  default: "\(error)"
  }
}

private func channelFailure(_ error: ChannelError) -> String {
  switch error {
  case .connectTimeout, .ioOnClosedChannel, .alreadyClosed: "no answer"
  case .eof: "connection closed"
  default: "\(error)"
  }
}

/// The description of an errno, beginning with a small letter.
func errorText(_ code: CInt) -> String {
  let text = String(cString: error_description(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}

/// Closes a channel when its task is cancelled, also when that happens before the channel exists.
final class ChannelCanceller: Sendable {
  private enum State {
    case waiting
    case open(any Channel)
    case cancelled
  }

  private let state = Mutex(State.waiting)

  /// Takes charge of a channel; to be called from its initializer.
  func adopt(_ channel: any Channel) {
    let isCancelled = state.withLock { state in
      if case .cancelled = state { return true }
      state = .open(channel)
      return false
    }
    if isCancelled { channel.close(promise: nil) }
  }

  /// Closes the channel, now or as soon as there is one.
  func cancel() {
    let channel = state.withLock { state -> (any Channel)? in
      defer { state = .cancelled }
      if case .open(let channel) = state { return channel } else { return nil }
    }
    channel?.close(promise: nil)
  }
}

/// Runs `body` with a canceller, and reports every failure of a cancelled task as `CancellationError`, unless it says which
/// messages have been refused.
func withChannelCanceller<Result: Sendable>(
  _ body: @Sendable (ChannelCanceller) async throws -> Result
) async throws -> Result {
  let canceller = ChannelCanceller()
  return try await withTaskCancellationHandler {
    do {
      return try await body(canceller)
    } catch {
      throw Task.isCancelled && !(error is MessageRefusal) ? CancellationError() : error
    }
  } onCancel: {
    canceller.cancel()
  }
}

/// Connects over TCP, and closes the connection when `body` has ended or the task is cancelled.
func withConnection<Result: Sendable>(
  to target: SocketAddress, on eventLoop: any EventLoop,
  initializer: @escaping @Sendable (any Channel) throws -> Void = { _ in },
  _ body: @Sendable (any Channel) async throws -> Result
) async throws -> Result {
  try await withChannelCanceller { canceller in
    // The probe's own timeout ends it.
    let channel = try await ClientBootstrap(group: eventLoop).connectTimeout(.hours(1))
      .channelInitializer { channel in
        canceller.adopt(channel)
        return channel.eventLoop.makeCompletedFuture { try initializer(channel) }
      }
      .connect(to: target).get()
    defer { channel.close(promise: nil) }
    return try await body(channel)
  }
}
