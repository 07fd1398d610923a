import NIOCore
import Synchronization

/// What was accepted. Where nobody takes it, because the server ends at that moment, it is closed.
final class Accepted: Sendable {
  private let channel: any Channel
  private let isTaken = Mutex(false)

  init(_ channel: any Channel) { self.channel = channel }

  deinit {
    if !isTaken.withLock({ $0 }) { channel.close(promise: nil) }
  }

  /// The channel, which is the caller's from now on.
  func take() -> any Channel {
    isTaken.withLock { $0 = true }
    return channel
  }
}
