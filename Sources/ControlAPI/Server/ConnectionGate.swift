import Synchronization

/// Counts who is inside, and lets in no more than a limit.
final class ConnectionGate: Sendable {
  private let limit: Int
  private let inside = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// Whether one more was let in; whoever was calls `leave` later.
  func enter() -> Bool {
    inside.withLock { inside in
      guard inside < limit else { return false }
      inside += 1
      return true
    }
  }

  func leave() { inside.withLock { $0 -= 1 } }
}
