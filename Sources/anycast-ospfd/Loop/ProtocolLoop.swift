import AnycastNode
import AnycastPolicy
import Configuration
import ControlAPI
import HealthChecks
import LinuxNetwork
import NIOCore
import OSPFProtocol
import OSPFWire

/// The one event loop on which the node lives: every packet, link change, verdict, command and timer is one turn of it, and each turn
/// ends with everything done that the node wants. Nothing here waits for anything, and nothing here decides anything.
actor ProtocolLoop {
  /// How the loop ended.
  enum Outcome: Sendable {
    /// As it was told to.
    case left
    /// It cannot go on, and why.
    case failed(String)
    /// The next run is to begin at once, with this.
    case restart(NodeMemory)
  }

  nonisolated let eventLoop: any EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }
  private nonisolated let ends: AsyncStream<Outcome>
  private nonisolated let ended: AsyncStream<Outcome>.Continuation

  let node: AnycastNode
  let serviceAddresses: ServiceAddresses
  let serviceRoutes: ServiceRoutes
  let drainStore: DrainStore
  let serviceStore: ServiceStore
  let sequenceNumberStore: SequenceNumberStore
  let restartStore: RestartStore
  let problems: StandingProblems
  let recordings: FlightRecordingStore
  var recorder = FlightRecorder()
  /// Nil as long as no traffic was to be counted.
  var trafficCounter: TrafficCounter?
  /// Set while something waits to be written down for the next run.
  var memoryTask: Scheduled<Void>?
  var eventLog: EventLog
  var sockets = OpenSockets()
  var linkLayers = LinkLayerWatches()
  private var linkLayerTask: RepeatedTask?
  /// Addresses that are there without us, as far as the log has said so.
  var foreignAddresses: Set<InstalledAddress> = []
  /// Nil as long as there was no BFD session.
  var bfdThread: BFDThread?
  /// Nil before `start`.
  private(set) var checks: CheckRunner?
  /// Nil before `start`.
  private(set) var changeCommands: ChangeRunner?
  /// What probes have found since the loop last looked.
  private let outcomes = OutcomeQueue()
  private var linkWatcher: LinkWatcher?
  /// Nil where no route of the kernel matters.
  private var routeWatcher: RouteWatcher?
  private(set) var isEnded = false
  private var timer: (deadline: Instant, task: Scheduled<Void>)?

  /// A loop that does nothing until `start`.
  init(
    configuration: Configuration, drains: [StoredDrain], eventLoop: any EventLoop, serviceAddresses: ServiceAddresses,
    serviceRoutes: ServiceRoutes, drainStore: DrainStore, serviceStore: ServiceStore, sequenceNumberStore: SequenceNumberStore,
    restartStore: RestartStore, recordings: FlightRecordingStore, restart: NodeRestart?, problems: StandingProblems,
    eventLog: EventLog
  ) {
    self.eventLoop = eventLoop
    self.serviceAddresses = serviceAddresses
    self.serviceRoutes = serviceRoutes
    self.drainStore = drainStore
    self.serviceStore = serviceStore
    self.sequenceNumberStore = sequenceNumberStore
    self.restartStore = restartStore
    self.problems = problems
    self.recordings = recordings
    self.eventLog = eventLog
    (ends, ended) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    // After a crash the services that were added until the next start are gone, as after any other start.
    let handedOver = restart.flatMap { $0.isPlanned ? $0.memory.added : nil } ?? []
    node = AnycastNode(
      configuration: configuration, services: serviceStore.load(beside: configuration, handedOver: handedOver), drains: drains,
      reservedSequenceNumbers: sequenceNumberStore.ends, restart: restart,
      seed: .random(in: 0 ... .max), wallClock: Timestamp.now.millisecondsSince1970 / 1000, at: MonotonicClock.now(),
      sink: NodeSink())
  }

  /// Waits until the loop has ended; nil when the waiting was cancelled.
  nonisolated func outcome() async -> Outcome? { await ends.first { _ in true } }

  /// Begins to watch the links, from which everything else follows.
  func start() throws {
    checks = CheckRunner(isOnHost: HostAddresses.contain) { [weak self, eventLoop, outcomes] outcome in
      guard outcomes.put(outcome) else { return }
      eventLoop.execute { [weak self] in
        self?.assumeIsolated { loop in
          let outcomes = outcomes.takeAll()
          for outcome in outcomes { loop.eventLog.metrics.note(outcome) }
          loop.turn { $0.record(outcomes, at: $1) }
        }
      }
    }
    changeCommands = ChangeRunner { [weak self, eventLoop] change, reason in
      eventLoop.execute { [weak self] in self?.assumeIsolated { $0.eventLog.report(.onChangeFailed(change, reason)) } }
    }
    linkWatcher = try LinkWatcher(on: eventLoop) { [weak self] links in
      self?.assumeIsolated { $0.turn { $0.setLinks(links, at: $1) } }
    } notice: { [weak self] notice in
      self?.assumeIsolated { $0.watcherNoticed("links", notice) }
    }
    linkLayerTask = eventLoop.scheduleRepeatedTask(initialDelay: Self.linkLayerInterval, delay: Self.linkLayerInterval) {
      [weak self] _ in self?.assumeIsolated { $0.lookAtLinkLayers() }
    }
    turn { _, _ in }
  }

  /// Ends all checks, with every process that they started, and lets the commands end that tell of the last changes.
  func shutDownCommands() async {
    async let told: Void? = changeCommands?.shutDown()
    await checks?.shutDown()
    _ = await told
  }

  /// Runs every check now.
  func runChecksNow() { checks?.runNow() }

  /// The traffic to the prefixes that have counters.
  func traffic() async -> [IPPrefix: PrefixTraffic] {
    guard let trafficCounter else { return [:] }
    return (try? await trafficCounter.traffic().get()) ?? [:]
  }

  /// What the kernel has dropped before it was read, by socket.
  var kernelDrops: [SocketID: UInt64] { sockets.drops }

  /// Ends the loop; only the first end counts.
  func end(_ outcome: Outcome) {
    guard !isEnded else { return }
    isEnded = true
    linkWatcher?.stop()
    linkWatcher = nil
    watchRoutes(false)
    timer?.task.cancel()
    timer = nil
    memoryTask?.cancel()
    linkLayerTask?.cancel()
    linkLayers.closeAll()
    sockets.closeAll()
    _ = trafficCounter?.close()
    trafficCounter = nil
    guard let bfdThread else {
      ended.yield(outcome)
      return
    }
    // The neighbors are told before this process is gone.
    bfdThread.stop { [ended] in ended.yield(outcome) }
  }

  // MARK: - Turns

  /// Lets the node do something, and then does what it wants. Commands and questions come this way as well: each is one turn, and what
  /// it answers is of one instant.
  func turn<Result, Failure: Error>(
    _ body: (AnycastNode, Instant) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { finishTurn() }
    let now = MonotonicClock.now()
    // The clock may have been set since, and with it the lifetimes of keys.
    node.setCalendar(LocalCalendar.second(), at: now)
    return try body(node, now)
  }

  private func finishTurn() {
    carryOut(at: MonotonicClock.now())
    sockets.flush()
    scheduleTimer(at: MonotonicClock.now())
  }

  /// A timer that is set already and fires earlier than necessary is left alone: it sets itself anew.
  private func scheduleTimer(at now: Instant) {
    guard linkWatcher != nil, let deadline = [node.nextDeadline, eventLog.nextDeadline].compactMap({ $0 }).min() else { return }
    if let timer, timer.deadline <= deadline { return }
    timer?.task.cancel()
    let delay = TimeAmount.nanoseconds(max((deadline - now).nanoseconds, 0))
    let task = eventLoop.scheduleTask(in: delay) { [weak self] () -> Void in self?.assumeIsolated { $0.timerFired() } }
    timer = (deadline, task)
  }

  private func timerFired() {
    // NIO may run a timer that was cancelled when it was due.
    guard !isEnded else { return }
    timer = nil
    turn { $0.advance(to: $1) }
    eventLog.advance(to: MonotonicClock.now())
  }

  // MARK: - Watching

  func watchRoutes(_ isWanted: Bool) {
    guard isWanted else {
      routeWatcher?.stop()
      routeWatcher = nil
      return
    }
    guard routeWatcher == nil else { return }
    do {
      routeWatcher = try RouteWatcher(on: eventLoop) { [weak self] routes in
        self?.assumeIsolated { $0.turn { $0.setRoutes(routes, at: $1) } }
      } notice: { [weak self] notice in
        self?.assumeIsolated { $0.watcherNoticed("routes", notice) }
      }
    } catch {
      eventLog.report(
        .watcherFailed, .error, "cannot watch the routes, none of the kernel is redistributed or installed: \(error)")
    }
  }

  /// `things` are links or routes.
  private func watcherNoticed(_ things: String, _ notice: KernelWatcherNotice) {
    switch notice {
    case .recoveredFromOverrun:
      eventLog.report(.watcherOverrun, .warning, "the kernel told of \(things) too fast; all \(things) were read anew")
    case .failed(let reason):
      eventLog.report(.watcherFailed, .error, "cannot watch the \(things), trying again: \(reason)")
    }
  }
}
