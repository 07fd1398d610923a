import AnycastNode
import AnycastPolicy
import Configuration
import ControlAPI
import Glibc
import LinuxNetwork
import Logging
import NIOCore
import NIOPosix
import OSPFProtocol

/// Puts the parts together, keeps them running, and takes them apart in order.
struct Daemon {
  let files: ConfigurationFiles
  let socketPath: String
  let stateDirectory: String
  let program: Program
  let logger: Logger

  /// The parts that work at the same time.
  private struct Parts: Sendable {
    let loop: ProtocolLoop
    let server: ControlServer
    let listen: @Sendable () async throws -> ControlServer
    let reloader: Reloader
    let restarter: Restarter
    let drainStore: DrainStore
    let serviceStore: ServiceStore
    let sequenceNumberStore: SequenceNumberStore
    let restartStore: RestartStore
    let events: EventBroadcaster
    let history: HistoryStore
    let addresses: ServiceAddresses
    let routes: ServiceRoutes
    let notifier: SystemdNotifier?
    let problems: StandingProblems
    /// Locked until the process ends.
    let directory: LockedStateDirectory

    /// What ends with the protocol. The history goes on until the daemon has left.
    var writers: [any FileWriter] { [drainStore, serviceStore, sequenceNumberStore, restartStore] }

    /// What goes on without its disk.
    var stores: [any StateStore] { writers + [history, directory] }
  }

  /// Runs until a signal, or a failure, which is thrown as `OperatorError`.
  func run() async throws {
    umask(0o022)
    ProcessMemory.returnLargeBlocks()
    let parts = try await assemble()
    // The grace period goes on while the last commands of services end.
    var ended = DrainStore.Moment.now()
    // Beside the parts that are cancelled in the end: what they still have to say is kept.
    let history = Task { await parts.history.run() }
    let outcome = try await withThrowingTaskGroup { group in
      for writer in parts.writers { group.addTask { await writer.run() } }
      group.addTask(executorPreference: FileExecutor.shared) { await retryStores(parts) }
      group.addTask { await serveControl(parts) }
      group.addTask { await obey(parts) }
      try await start(parts)
      let outcome = await parts.loop.outcome()
      ended = .now()
      parts.events.finish()
      for writer in parts.writers { writer.finish() }
      await parts.loop.shutDownCommands()
      try? await parts.addresses.close().get()
      try? await parts.routes.close().get()
      group.cancelAll()
      return outcome
    }
    defer { LogDestinations.shared.flush() }
    let failure: String? = if case .failed(let reason) = outcome { reason } else { nil }
    parts.history.note(
      EventReport(
        time: .now, level: failure == nil ? .notice : .error, kind: .daemonEnded,
        message: "the daemon has left" + (failure.map { ": \($0)" } ?? ""), reason: failure))
    parts.history.finish()
    await history.value
    switch outcome {
    case .left, nil: logger.notice("stopped")
    case .failed(let reason): throw OperatorError(lines: [reason])
    case .restart(let memory): throw restart(parts, memory, since: ended)
    }
  }

  /// Becomes the program that is installed now, in this process. Returns only why that failed; the service manager then starts it, and it
  /// goes on all the same.
  private func restart(_ parts: Parts, _ memory: NodeMemory, since ended: DrainStore.Moment) -> OperatorError {
    do {
      try parts.restartStore.hand(over: memory, since: ended)
    } catch {
      logger.error("the next run begins with nothing: \(error)")
    }
    notify(parts.notifier, .reloading)
    logger.notice("restarting as \(program.path)")
    return OperatorError(lines: ["cannot become \(program.path): \(program.become())"])
  }

  // MARK: - Beginning

  private func assemble() async throws -> Parts {
    let parsed = try load()
    LogDestinations.shared.apply(parsed.configuration.logging)
    let budget = try claimDescriptors(parsed.configuration)
    let events = EventBroadcaster()
    let metrics = MetricsRecorder()
    let problems = StandingProblems(report: EventLog.sink(logger: logger, broadcaster: events, metrics: metrics))
    let directory = try lockStateDirectory(problems)
    let protocolLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    let controlGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let addresses = try openAddresses(on: protocolLoop)
    let routes = try openRoutes(on: protocolLoop)
    let history = HistoryStore(stateDirectory: stateDirectory, problems: problems)
    metrics.watch(protocolLoop)
    let drainStore = DrainStore(stateDirectory: stateDirectory, problems: problems)
    let serviceStore = ServiceStore(stateDirectory: stateDirectory, problems: problems, logger: logger)
    let sequenceNumberStore = SequenceNumberStore(stateDirectory: stateDirectory, problems: problems)
    let restartStore = RestartStore(stateDirectory: stateDirectory, problems: problems)
    let loop = ProtocolLoop(
      configuration: parsed.configuration, drains: drainStore.load(), eventLoop: protocolLoop, serviceAddresses: addresses,
      serviceRoutes: routes, drainStore: drainStore, serviceStore: serviceStore, sequenceNumberStore: sequenceNumberStore,
      restartStore: restartStore, recordings: FlightRecordingStore(stateDirectory: stateDirectory), restart: restartStore.take(),
      problems: problems,
      eventLog: EventLog(logger: logger, broadcaster: events, metrics: metrics, history: history))
    await loop.noteConfiguration(digest: parsed.configuration.digest)
    let notifier = SystemdNotifier.fromEnvironment()
    let reloader = Reloader(files: files, loop: loop, notifier: notifier, history: history, logger: logger)
    let handlers = ControlHandlers(
      loop: loop, reloader: reloader, restarter: Restarter(program: program, files: files, loop: loop, logger: logger),
      files: files, startedAt: .now, events: events, metrics: metrics, history: history)
    var (controlLimits, webLimits) = (ControlServer.Limits(), ControlServer.Limits.web)
    (controlLimits.connections, webLimits.connections) = (budget.controlConnections, budget.webConnections)
    let web = WebListeners(logger: logger) { [webLimits] listener in
      try await ControlServer.listen(
        address: "\(listener.address)", port: Int(listener.port), handler: handlers, events: events, limits: webLimits,
        group: controlGroup, logger: logger)
    }
    await reloader.keep(web, parsed.configuration.metricsListeners)
    let access = ControlAccess(ControlAccess.Rules(parsed.configuration, logger: logger))
    await reloader.keep(access)
    // The socket comes before anything that others can see: where another daemon lives, this one must not touch its addresses.
    let listen = { @Sendable [controlLimits] in
      try await ControlServer.listen(
        path: socketPath, handler: handlers, events: events, limits: controlLimits, access: access, group: controlGroup,
        logger: logger)
    }
    return Parts(
      loop: loop, server: try await openControlSocket(listen), listen: listen, reloader: reloader,
      restarter: handlers.restarter, drainStore: drainStore, serviceStore: serviceStore, sequenceNumberStore: sequenceNumberStore,
      restartStore: restartStore, events: events, history: history, addresses: addresses, routes: routes, notifier: notifier,
      problems: problems, directory: directory)
  }

  private func load() throws(OperatorError) -> ParsedConfiguration {
    do {
      let parsed = try files.load()
      if !parsed.notices.isEmpty {
        logger.notice("configuration lines without their usual effect: \(parsed.notices.count), listed by 'check'")
      }
      if parsed.configuration.ospf == nil, parsed.configuration.ospf6 == nil {
        logger.warning("neither 'router ospf' nor 'router ospf6' is configured: nothing is advertised")
      }
      return parsed
    } catch {
      throw OperatorError(lines: error.lines)
    }
  }

  /// Before there is an event loop, whose library ends the process where it finds no descriptor.
  private func claimDescriptors(_ configuration: Configuration) throws(OperatorError) -> DescriptorBudget {
    do {
      let (budget, limit) = try DescriptorBudget.claimed(for: configuration)
      if !budget.isEnoughForChecks {
        logger.warning("\(limit) open files may be too few to run every check at the same time (LimitNOFILE=)")
      }
      return budget
    } catch {
      throw OperatorError(lines: [error.description])
    }
  }

  private func lockStateDirectory(_ problems: StandingProblems) throws(OperatorError) -> LockedStateDirectory {
    do {
      return try LockedStateDirectory(stateDirectory, problems: problems)
    } catch {
      throw OperatorError(lines: [error.description])
    }
  }

  private func openAddresses(on eventLoop: any EventLoop) throws(OperatorError) -> ServiceAddresses {
    do {
      return try ServiceAddresses(stateDirectory: stateDirectory, on: eventLoop)
    } catch {
      throw OperatorError(lines: ["cannot manage addresses: \(error)"])
    }
  }

  private func openRoutes(on eventLoop: any EventLoop) throws(OperatorError) -> ServiceRoutes {
    do {
      return try ServiceRoutes(on: eventLoop)
    } catch {
      throw OperatorError(lines: ["cannot manage routes: \(error)"])
    }
  }

  private func openControlSocket(_ listen: () async throws -> ControlServer) async throws -> ControlServer {
    do {
      return try await listen()
    } catch let failure as ControlSocket.Failure {
      throw OperatorError(lines: [failure.description])
    }
  }

  /// A full disk has room again some time, and nobody tells.
  private static let retryInterval = Duration.seconds(10)

  private func retryStores(_ parts: Parts) async {
    while (try? await Task.sleep(for: Self.retryInterval)) != nil {
      for store in parts.stores { store.retry() }
      await parts.loop.retryAddressJournal()
    }
  }

  /// Serves the control socket. Should it fail, or its file be gone, the protocol goes on, and the socket is opened again.
  private func serveControl(_ parts: Parts) async {
    var server: ControlServer? = parts.server
    while !Task.isCancelled {
      do {
        if server == nil {
          server = try await parts.listen()
          parts.problems.mend(.controlSocketNotOpen)
        }
        try await server?.run()
      } catch is CancellationError {
        return
      } catch {
        parts.problems.raise(.controlSocketNotOpen, "the control socket failed and is opened again: \(error)")
      }
      server = nil
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func start(_ parts: Parts) async throws {
    logger.notice("anycast-ospfd \(ProductVersion.described) started, configuration \(files.paths.joined(separator: ", "))")
    parts.history.note(
      EventReport(
        time: .now, level: .notice, kind: .daemonStarted, message: "anycast-ospfd \(ProductVersion.described) started"))
    do {
      try await parts.loop.start()
    } catch {
      throw OperatorError(lines: ["cannot watch the network: \(error)"])
    }
    notify(parts.notifier, .ready)
    guard let notifier = parts.notifier, let interval = SystemdNotifier.watchdogInterval() else { return }
    // On the protocol loop: the service manager is to restart the daemon when that loop no longer turns.
    let period = TimeAmount.nanoseconds(interval.nanoseconds)
    parts.loop.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: period) { _ in notify(notifier, .watchdog) }
  }

  private func notify(_ notifier: SystemdNotifier?, _ message: SystemdNotifier.Message) {
    do {
      try notifier?.send(message)
    } catch {
      logger.warning("\(error)")
    }
  }

  // MARK: - Signals

  private func obey(_ parts: Parts) async {
    var isWaiting = false
    var isLeaving = false
    for await received in Signal.received {
      switch received.signal {
      case .terminate, .interrupt:
        guard !isLeaving else {
          logger.warning("second signal to terminate: leaving at once, without waiting for the neighbors")
          exit(1)
        }
        if !isWaiting, await waitsForOthers(received, parts) {
          isWaiting = true
          continue
        }
        isLeaving = true
        guard await parts.loop.turn({ node, _ in node.state == .restarting }) == false else {
          logger.notice("signal to terminate: the next run withdraws and leaves")
          received.signal.handOver()
          continue
        }
        logger.notice("signal to terminate: withdrawing and leaving")
        notify(parts.notifier, .stopping)
        await parts.loop.turn { $0.leave(at: $1) }
      case .hangUp: _ = try? await parts.reloader.reload()
      case .restart: _ = try? await parts.restarter.restart()
      case .stop:
        let (alone, isRefused) = await parts.loop.turn { node, now in
          let alone = node.addressesServedHereOnly(at: now)
          let isRefused = !alone.isEmpty && node.configuration.lastDrain == .refuse
          if !isRefused { node.suspend(at: now) }
          return (alone, isRefused)
        }
        guard !isRefused else {
          logger.error(
            "signal TSTP: not suspended, because this is the only node that serves \(alone.listed) (on-last-drain refuse)")
          continue
        }
        if !alone.isEmpty { logger.warning("signal TSTP: this was the only node that serves \(alone.listed)") }
        logger.notice("signal TSTP: every service is withdrawn and checking is suspended until signal CONT")
      case .resume:
        logger.notice("signal CONT: checking is resumed")
        await parts.loop.turn { $0.resume(at: $1) }
      case .urgent:
        logger.notice("signal URG: every check is run now")
        await parts.loop.runChecksNow()
      }
    }
  }

  /// Whether the end has to wait until another node serves what is advertised here. The service manager does not wait for ever, and what
  /// it would do then is worse than to leave in order.
  private func waitsForOthers(_ received: Signal.Received, _ parts: Parts) async -> Bool {
    let (alone, mayWait) = await parts.loop.turn { node, now in
      let mayWait = node.configuration.lastDrain == .refuse && !received.isFromSystem
      return (mayWait ? node.leaveWhenServedElsewhere(at: now) : node.addressesServedHereOnly(at: now), mayWait)
    }
    guard !alone.isEmpty else { return false }
    guard mayWait else {
      logger.warning("signal to terminate: this is the only node that serves \(alone.listed)")
      return false
    }
    logger.error(
      "signal to terminate: this is the only node that serves \(alone.listed): staying until another one does (on-last-drain refuse); a second signal withdraws and leaves"
    )
    return true
  }
}
