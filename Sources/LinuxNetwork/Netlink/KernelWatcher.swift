import CLinux
import NIOCore
import NIOPosix
import OSPFProtocol
import Synchronization

/// Watches the links with their addresses of a network namespace.
public typealias LinkWatcher = KernelWatcher<[Link]>
/// Watches the routes of a network namespace.
public typealias RouteWatcher = KernelWatcher<Set<KernelRoute>>

/// Something about the watching of the kernel that an operator may want to know.
public enum KernelWatcherNotice: Sendable, Hashable {
  /// The kernel had more to tell than was read in time; everything was learned anew, and nothing is missing.
  case recoveredFromOverrun
  /// The kernel cannot be asked at the moment, and why. It is tried again after a second.
  case failed(String)
}

/// Watches one kind of things in a network namespace.
///
/// A thread of its own waits for the kernel's events, because NIO has no channel for netlink sockets. The callbacks come from the
/// event loop.
public final class KernelWatcher<Snapshot: Equatable & Sendable> {
  /// Something about the watching itself.
  public typealias Notice = KernelWatcherNotice

  private let shared: Shared
  private let threadPool: NIOThreadPool

  /// Begins to watch what `reader` reads.
  init(
    _ reader: any SnapshotReader<Snapshot>, on eventLoop: any EventLoop, changed: @escaping (Snapshot) -> Void,
    notice: @escaping (Notice) -> Void
  ) throws(SystemCallError) {
    eventLoop.preconditionInEventLoop()
    let callbacks = Callbacks(changed: changed, notice: notice)
    let shared = Shared(
      eventLoop: eventLoop, callbacks: NIOLoopBound(callbacks, eventLoop: eventLoop),
      wakeUp: try OwnedDescriptor(clinux_open_event(), "open an eventfd"))
    self.shared = shared
    threadPool = NIOThreadPool(numberOfThreads: 1)
    threadPool.start()
    let worker = KernelWatcherWorker(reader: reader, shared: shared)
    threadPool.submit { state in
      guard state == .active else { return }
      worker.run()
    }
  }

  deinit { stop() }

  /// Ends the watching. No callback comes after this.
  public func stop() {
    guard shared.stop() else { return }
    threadPool.shutdownGracefully { _ in }
  }

  struct Callbacks {
    var changed: (Snapshot) -> Void
    var notice: (Notice) -> Void
  }

  /// What the thread and the event loop share.
  final class Shared: Sendable {
    private struct State {
      var isStopped = false
      /// What the event loop has not yet taken: the newest snapshot only, so that a slow loop never has a queue of them.
      var snapshot: Snapshot?
      var notices: [Notice] = []
      var isDeliveryScheduled = false
    }

    let wakeUp: OwnedDescriptor
    private let eventLoop: any EventLoop
    private let callbacks: NIOLoopBound<Callbacks>
    private let state = Mutex(State())

    init(eventLoop: any EventLoop, callbacks: NIOLoopBound<Callbacks>, wakeUp: OwnedDescriptor) {
      self.eventLoop = eventLoop
      self.callbacks = callbacks
      self.wakeUp = wakeUp
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func publish(_ snapshot: Snapshot) {
      schedule { $0.snapshot = snapshot }
    }

    func report(_ notice: Notice) {
      schedule { if $0.notices.last != notice { $0.notices.append(notice) } }
    }

    /// Returns whether it was running.
    func stop() -> Bool {
      let wasRunning = state.withLock { state in
        defer { state.isStopped = true }
        return !state.isStopped
      }
      if wasRunning { clinux_signal_event(wakeUp.value) }
      return wasRunning
    }

    private func schedule(_ change: (inout sending State) -> Void) {
      state.withLock { state in
        guard !state.isStopped else { return }
        change(&state)
        guard !state.isDeliveryScheduled else { return }
        state.isDeliveryScheduled = true
        eventLoop.execute { self.deliver() }
      }
    }

    private func deliver() {
      let (snapshot, notices) = state.withLock { state in
        defer {
          state.isDeliveryScheduled = false
          state.snapshot = nil
          state.notices = []
        }
        return (state.isStopped ? nil : state.snapshot, state.isStopped ? [] : state.notices)
      }
      for notice in notices { callbacks.value.notice(notice) }
      if let snapshot { callbacks.value.changed(snapshot) }
    }
  }
}

extension KernelWatcher {
  /// Begins to watch the links and addresses of the network namespace of the calling thread, which is that of `eventLoop`.
  ///
  /// `changed` is called first with everything there is, then after each change, or burst of changes, with everything there then
  /// is, ordered by index.
  public convenience init(
    on eventLoop: any EventLoop, receiveBufferOctets: Int32 = 4 << 20, changed: @escaping ([Link]) -> Void,
    notice: @escaping (Notice) -> Void
  ) throws(SystemCallError) where Snapshot == [Link] {
    try self.init(
      KernelReader<LinkTable>(receiveBufferOctets: receiveBufferOctets), on: eventLoop, changed: changed, notice: notice)
  }

  /// Begins to watch the routes of the main table in the network namespace of the calling thread, which is that of `eventLoop`.
  /// `changed` is called as it is for links.
  public convenience init(
    on eventLoop: any EventLoop, receiveBufferOctets: Int32 = 4 << 20, changed: @escaping (Set<KernelRoute>) -> Void,
    notice: @escaping (Notice) -> Void
  ) throws(SystemCallError) where Snapshot == Set<KernelRoute> {
    try self.init(
      KernelReader<RouteTable>(receiveBufferOctets: receiveBufferOctets), on: eventLoop, changed: changed, notice: notice)
  }
}
