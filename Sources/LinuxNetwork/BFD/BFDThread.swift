import BFDProtocol
import CLinux
import NIOCore
import NIOPosix
import Synchronization

/// The BFD sessions of the node on a thread of their own, with the sockets that they need.
///
/// The thread has a real-time priority where the host permits, so that neither checks nor floods nor the control API make a packet
/// late. It belongs to the network namespace of the thread that made it. Every method is called on the event loop, and every callback
/// comes from there.
public final class BFDThread {
  /// Something about the thread itself that an operator may want to know.
  public enum Notice: Sendable, Hashable {
    /// The thread runs at this priority of SCHED_FIFO, with the process locked into memory, or why one of them is not so.
    case started(priority: Int32, priorityRefusal: SystemCallError?, memoryRefusal: SystemCallError?)
    /// The port of BFD cannot be opened; it is tried again every second.
    case receivingFailed(SystemCallError)
    /// The packets of a session cannot be sent; the next ones are tried all the same.
    case sendingFailed(SessionKey, SystemCallError)
    /// So many refused packets were not reported, because there were too many in one second.
    case refusalsSuppressed(UInt64)
  }

  /// Who is told what happens.
  public struct Callbacks {
    /// What happened to the sessions, in order.
    public var events: ([SessionSetEvent]) -> Void
    /// What happened to the thread and its sockets.
    public var notice: (Notice) -> Void

    public init(events: @escaping ([SessionSetEvent]) -> Void, notice: @escaping (Notice) -> Void) {
      self.events = events
      self.notice = notice
    }
  }

  /// Above ordinary threads, and below what kernels run at 50 and higher.
  public static let priority: Int32 = 20

  private let shared: BFDThreadMail
  private let threadPool: NIOThreadPool

  /// Starts the thread without sessions. `seed` drives jitter and discriminators.
  public init(on eventLoop: any EventLoop, seed: UInt64, callbacks: Callbacks) throws(SystemCallError) {
    eventLoop.preconditionInEventLoop()
    shared = BFDThreadMail(
      eventLoop: eventLoop, callbacks: NIOLoopBound(callbacks, eventLoop: eventLoop),
      wakeUp: try OwnedDescriptor(clinux_open_event(), "open an eventfd"))
    threadPool = NIOThreadPool(numberOfThreads: 1)
    threadPool.start()
    let worker = BFDWorker(seed: seed, mail: shared)
    threadPool.submit { state in
      guard state == .active else { return }
      worker.run()
    }
  }

  deinit {
    if shared.post({ $0.isStopped = true }) { threadPool.shutdownGracefully { _ in } }
  }

  /// Says which sessions are wanted; those that are not among them tell their neighbors that they are in AdminDown.
  public func setSessions(_ definitions: [SessionDefinition]) { shared.post { $0.definitions = definitions } }

  /// The sessions as they are now. Returns at once; `completion` is called on the event loop, or never when the thread was stopped.
  public func snapshots(_ completion: @escaping @Sendable ([SessionSnapshot]) -> Void) {
    shared.post { $0.questions.append(completion) }
  }

  /// The last packets of all sessions. Returns at once; `completion` is called on the event loop, and with nothing when the thread was
  /// stopped.
  public func trace(_ completion: @escaping @Sendable ([TracedBFDPacket]) -> Void) {
    guard shared.post({ $0.traceQuestions.append(completion) }) else { return completion([]) }
  }

  /// Ends the thread: every neighbor is told AdminDown once, and then `done` is called, on any thread.
  public func stop(_ done: @escaping @Sendable () -> Void) {
    guard shared.post({ $0.isStopped = true }) else { return done() }
    threadPool.shutdownGracefully { _ in done() }
  }
}

/// What the event loop and the thread have for each other.
final class BFDThreadMail: Sendable {
  /// For the thread.
  struct Orders {
    var isStopped = false
    /// The wanted sessions, when they have changed.
    var definitions: [SessionDefinition]?
    var questions: [@Sendable ([SessionSnapshot]) -> Void] = []
    var traceQuestions: [@Sendable ([TracedBFDPacket]) -> Void] = []
  }

  private struct State {
    var orders = Orders()
    var events: [SessionSetEvent] = []
    var notices: [BFDThread.Notice] = []
    var isDeliveryScheduled = false
  }

  let eventLoop: any EventLoop
  let wakeUp: OwnedDescriptor
  private let callbacks: NIOLoopBound<BFDThread.Callbacks>
  private let state = Mutex(State())

  init(eventLoop: any EventLoop, callbacks: NIOLoopBound<BFDThread.Callbacks>, wakeUp: OwnedDescriptor) {
    self.eventLoop = eventLoop
    self.callbacks = callbacks
    self.wakeUp = wakeUp
  }

  /// Gives the thread an order, unless it was stopped before; returns whether it was not.
  @discardableResult
  func post(_ change: (inout sending Orders) -> Void) -> Bool {
    let isRunning = state.withLock { state in
      guard !state.orders.isStopped else { return false }
      change(&state.orders)
      return true
    }
    if isRunning { clinux_signal_event(wakeUp.value) }
    return isRunning
  }

  /// What the thread is to do since it last asked.
  func takeOrders() -> Orders {
    state.withLock { state in
      defer {
        state.orders.definitions = nil
        state.orders.questions = []
        state.orders.traceQuestions = []
      }
      return state.orders
    }
  }

  func publish(_ events: [SessionSetEvent]) { schedule { $0.events += events } }

  func publish(_ notice: BFDThread.Notice) { schedule { $0.notices.append(notice) } }

  private func schedule(_ change: (inout sending State) -> Void) {
    state.withLock { state in
      guard !state.orders.isStopped else { return }
      change(&state)
      guard !state.isDeliveryScheduled else { return }
      state.isDeliveryScheduled = true
      eventLoop.execute { self.deliver() }
    }
  }

  private func deliver() {
    let (events, notices) = state.withLock { state in
      defer {
        state.isDeliveryScheduled = false
        state.events = []
        state.notices = []
      }
      return state.orders.isStopped ? ([], []) : (state.events, state.notices)
    }
    for notice in notices { callbacks.value.notice(notice) }
    if !events.isEmpty { callbacks.value.events(events) }
  }
}
