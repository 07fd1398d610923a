import AnycastPolicy
import Configuration
import ControlAPI
import HealthChecks
import LinuxNetwork
import Logging
import NIOCore
import OSPFProtocol
import OSPFWire

/// The one event loop on which the protocol lives: every packet, link change, verdict, command and timer is one turn of it, and
/// each turn ends with everything delivered that it caused. Nothing here waits for anything.
actor ProtocolLoop {
  /// How the loop ended.
  enum Outcome: Sendable {
    /// As it was told to.
    case left
    /// It cannot go on, and why.
    case failed(String)
  }

  nonisolated let eventLoop: any EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }
  private nonisolated let outcomes: AsyncStream<Outcome>
  private nonisolated let ended: AsyncStream<Outcome>.Continuation

  let policy: Policy
  let serviceAddresses: ServiceAddresses
  let serviceRoutes: ServiceRoutes
  let drainStore: DrainStore
  let sequenceNumberStore: SequenceNumberStore
  var eventLog: EventLog
  var configuration: Configuration
  var instances: [OSPFInstance] = []
  var links: [Link] = []
  var routes: Set<KernelRoute> = []
  var advertisements: [Advertisement] = []
  var state = StatusReport.State.running
  var isPolicyFinished = false
  /// When sockets that could not be opened are tried again.
  var socketRetry: Instant?
  /// When routes that the kernel refused are tried again.
  var routeRetry: Instant?
  /// The routes that are to be in the kernel.
  var installedRoutes: Set<InstalledRoute> = []
  /// Configured devices that do not exist, as far as the log has said so.
  var absentDevices: Set<String> = []
  /// Nil before `start`.
  private(set) var checks: CheckRunner?
  /// Nil before `start`.
  private(set) var changeCommands: ChangeRunner?
  private var linkWatcher: LinkWatcher?
  /// Nil where no route of the kernel is redistributed.
  var routeWatcher: RouteWatcher?
  private var timer: (deadline: Instant, task: Scheduled<Void>)?

  /// Makes a loop that does nothing until `start`.
  init(
    configuration: Configuration, drains: [StoredDrain], eventLoop: any EventLoop, serviceAddresses: ServiceAddresses,
    serviceRoutes: ServiceRoutes, drainStore: DrainStore, sequenceNumberStore: SequenceNumberStore, eventLog: EventLog
  ) {
    self.configuration = configuration
    self.eventLoop = eventLoop
    self.serviceAddresses = serviceAddresses
    self.serviceRoutes = serviceRoutes
    self.drainStore = drainStore
    self.sequenceNumberStore = sequenceNumberStore
    self.eventLog = eventLog
    (outcomes, ended) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    policy = Policy(services: configuration.services, drains: drains, at: MonotonicClock.now(), sink: PolicySink())
  }

  /// Waits until the loop has ended; nil when the waiting was cancelled.
  nonisolated func outcome() async -> Outcome? { await outcomes.first { _ in true } }

  /// Takes back the addresses of an earlier run, and begins to watch the links, from which everything else follows.
  func start() async throws {
    try await reconcileAddresses()
    // What an earlier run has left is not wanted before the checks have passed.
    install([])
    linkWatcher = try LinkWatcher(on: eventLoop) { [weak self] links in
      self?.assumeIsolated { $0.linksChanged(links) }
    } notice: { [weak self] notice in
      self?.assumeIsolated { $0.watcherNoticed("links", notice) }
    }
    watchRoutes()
    let checks = CheckRunner { [weak self, eventLoop] outcome in
      eventLoop.execute { [weak self] in self?.assumeIsolated { $0.record(outcome) } }
    }
    self.checks = checks
    changeCommands = ChangeRunner { [weak self, eventLoop] change, reason in
      eventLoop.execute { [weak self] in self?.assumeIsolated { $0.eventLog.report(.onChangeFailed(change, reason)) } }
    }
    settle(at: MonotonicClock.now())
    applyChecks()
  }

  /// Lets the checks run that are configured, as soon as the addresses are there that have been asked for: a server that binds
  /// to them finds them before it is checked.
  func applyChecks() {
    serviceAddresses.settled().assumeIsolated().whenComplete { [weak self] _ in
      self?.assumeIsolated { $0.checks?.apply($0.configuration.services) }
    }
  }

  /// Ends all checks, with every process that they started, and lets the commands end that tell of the last changes.
  func shutDownCommands() async {
    async let told: Void? = changeCommands?.shutDown()
    await checks?.shutDown()
    _ = await told
  }

  /// A probe has ended.
  private func record(_ outcome: ProbeOutcome) {
    let now = MonotonicClock.now()
    policy.record(outcome, at: now)
    settle(at: now)
  }

  /// Ends the loop; only the first end counts.
  func end(_ outcome: Outcome) {
    linkWatcher?.stop()
    linkWatcher = nil
    routeWatcher?.stop()
    routeWatcher = nil
    timer?.task.cancel()
    timer = nil
    for instance in instances {
      for socket in instance.sockets.values { socket.close() }
      instance.sockets = [:]
    }
    ended.yield(outcome)
  }

  /// `things` are links or routes.
  func watcherNoticed(_ things: String, _ notice: KernelWatcherNotice) {
    switch notice {
    case .recoveredFromOverrun:
      eventLog.report("watcherOverrun", .warning, "the kernel told of \(things) too fast; all \(things) were read anew")
    case .failed(let reason):
      eventLog.report("watcherFailed", .error, "cannot watch the \(things), trying again: \(reason)")
    }
  }

  // MARK: - Turns

  /// How often outputs that cause outputs are delivered in one turn; what is left then is done by the next.
  private static let roundsPerTurn = 16

  /// Ends a turn: delivers what it caused, and sets the timer.
  func settle(at now: Instant) {
    for _ in 0..<Self.roundsPerTurn {
      let hadPolicyOutputs = deliverPolicyOutputs(at: now)
      let hadRouterOutputs = deliverRouterOutputs(at: now)
      if let deadline = policy.nextDeadline, deadline <= now {
        policy.advance(to: now)
      } else if !hadPolicyOutputs, !hadRouterOutputs {
        break
      }
    }
    for instance in instances { instance.flush() }
    endWhenLeft()
    scheduleTimer(at: now)
  }

  private var nextDeadline: Instant? {
    let deadlines = instances.map(\.router.nextDeadline) + [policy.nextDeadline, eventLog.nextDeadline, socketRetry, routeRetry]
    return deadlines.compactMap { $0 }.min()
  }

  /// A timer that is set already and fires earlier than necessary is left alone: it sets itself anew.
  private func scheduleTimer(at now: Instant) {
    guard linkWatcher != nil, let deadline = nextDeadline else { return }
    if let timer, timer.deadline <= deadline { return }
    timer?.task.cancel()
    let delay = TimeAmount.nanoseconds(max((deadline - now).nanoseconds, 0))
    let task = eventLoop.scheduleTask(in: delay) { [weak self] () -> Void in self?.assumeIsolated { $0.timerFired() } }
    timer = (deadline, task)
  }

  private func timerFired() {
    timer = nil
    let now = MonotonicClock.now()
    for instance in instances where instance.router.nextDeadline.map({ $0 <= now }) ?? false {
      instance.router.advance(to: now)
    }
    policy.advance(to: now)
    eventLog.advance(to: now)
    if let socketRetry, socketRetry <= now { openMissingSockets(at: now) }
    if let routeRetry, routeRetry <= now { reinstallRoutes() }
    settle(at: now)
  }
}
