import Synchronization

/// Hands every event to every watcher. A watcher that does not keep up is cut off when its queue is full: nobody else waits for
/// it, and nothing grows without limit.
public final class EventBroadcaster: Sendable {
  private struct Watcher {
    let continuation: AsyncStream<EventReport>.Continuation
    let onOverflow: @Sendable () -> Void
  }

  private struct State {
    var watchers: [Int: Watcher] = [:]
    var nextID = 0
    /// The latest that an operator would ask about, the oldest first.
    var changes: [EventReport] = []
    var isFinished = false
  }

  private let state = Mutex(State())
  private let queueLength: Int
  private let watcherLimit: Int

  /// A broadcaster whose watchers may be `queueLength` events behind.
  public init(queueLength: Int = 1024, watcherLimit: Int = 32) {
    self.queueLength = queueLength
    self.watcherLimit = watcherLimit
  }

  /// Hands an event to every watcher. Never waits.
  public func publish(_ event: EventReport) {
    let overflowing = state.withLock { state in
      if event.level.isNotable {
        if state.changes.count == Self.changeLimit { state.changes.removeFirst() }
        state.changes.append(event)
      }
      let slow = state.watchers.filter { _, watcher in
        if case .dropped = watcher.continuation.yield(event) { true } else { false }
      }
      for id in slow.keys { state.watchers[id] = nil }
      return slow.values
    }
    for watcher in overflowing {
      watcher.continuation.finish()
      watcher.onOverflow()
    }
  }

  private static let changeLimit = 20

  /// The latest events that an operator would ask about, the oldest first.
  public var lastChanges: [EventReport] { state.withLock { $0.changes } }

  /// Ends every watcher's stream, after what is queued for it.
  public func finish() {
    let watchers = state.withLock { state in
      defer { state.watchers = [:] }
      state.isFinished = true
      return state.watchers.values
    }
    for watcher in watchers { watcher.continuation.finish() }
  }

  /// One watcher's view.
  struct Subscription: Sendable {
    /// The events since the subscription.
    let events: AsyncStream<EventReport>
    /// Ends the stream from this side.
    let cancel: @Sendable () -> Void
  }

  /// The events from now on, nil when there are too many watchers. `onOverflow` is called when the watcher is cut off.
  func subscribe(onOverflow: @escaping @Sendable () -> Void) -> Subscription? {
    let (stream, continuation) = AsyncStream.makeStream(
      of: EventReport.self, bufferingPolicy: .bufferingOldest(queueLength))
    let id: Int? = state.withLock { state in
      guard !state.isFinished, state.watchers.count < watcherLimit else { return nil }
      state.nextID += 1
      state.watchers[state.nextID] = Watcher(continuation: continuation, onOverflow: onOverflow)
      return state.nextID
    }
    guard let id else { return nil }
    continuation.onTermination = { [weak self] _ in self?.remove(id) }
    return Subscription(events: stream) { continuation.finish() }
  }

  private func remove(_ id: Int) {
    state.withLock { state in state.watchers[id] = nil }
  }
}
