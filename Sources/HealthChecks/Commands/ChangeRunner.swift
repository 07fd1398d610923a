import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Synchronization

/// Runs the commands that services have for their changes of state: for each service one at a time and in order, without
/// privileges, and beside everything else. What becomes of a command is told and has no other consequence.
///
/// All calls return at once, from whatever thread.
public final class ChangeRunner: Sendable {
  /// After this long a command is ended, with its whole process group.
  public static let timeout = Duration.seconds(10)
  /// How long `shutDown` lets commands finish, and then how long it waits for their end.
  public static let patience = Duration.seconds(5)

  private struct State {
    var queues: [String: ChangeQueue] = [:]
    /// The services whose queue is being worked off, and by whom.
    var workers: [String: Task<Void, Never>] = [:]
    var isShutDown = false
  }

  private let state = Mutex(State())
  private let timeout: Duration
  private let patience: Duration
  private let wait: @Sendable (Duration) async throws -> Void
  private let run: @Sendable (ServiceChange) async -> CommandRun.Result
  private let reportFailure: @Sendable (ServiceChange, String) -> Void

  /// `reportFailure` is called, from whatever thread, with the reason when a command could not be run, did not end
  /// with exit status 0, or was ended at its timeout.
  public convenience init(
    commandUser: CommandUser = .unprivileged(), reportFailure: @escaping @Sendable (ServiceChange, String) -> Void
  ) {
    self.init(
      timeout: Self.timeout, patience: Self.patience,
      run: { await CommandRun(command: $0.command, user: commandUser, environment: $0.environment).result() },
      reportFailure: reportFailure)
  }

  /// A runner that runs commands by a function, which ends its command when its task is cancelled, and lets time pass by another.
  init(
    timeout: Duration, patience: Duration,
    wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    run: @escaping @Sendable (ServiceChange) async -> CommandRun.Result,
    reportFailure: @escaping @Sendable (ServiceChange, String) -> Void
  ) {
    self.timeout = timeout
    self.patience = patience
    self.wait = wait
    self.run = run
    self.reportFailure = reportFailure
  }

  /// Runs the command of a change, after those of earlier changes of the same service. Does nothing after `shutDown`.
  public func tell(_ change: ServiceChange) {
    state.withLock { state in
      guard !state.isShutDown else { return }
      state.queues[change.service, default: ChangeQueue()].append(change)
      guard state.workers[change.service] == nil else { return }
      state.workers[change.service] = Task { await self.workOff(change.service) }
    }
  }

  /// Takes no more changes, lets the commands of those that it has finish, and ends those that take too long.
  public func shutDown() async {
    let workers = state.withLock { state in
      state.isShutDown = true
      return Array(state.workers.values)
    }
    let (finished, finish) = AsyncStream<Void>.makeStream()
    let waiting = Task {
      for worker in workers { await worker.value }
      finish.finish()
    }
    let deadline = Task { [patience, wait] in
      try await wait(patience)
      for worker in workers { worker.cancel() }
      // A process that hangs in the kernel does not even end by SIGKILL.
      try await wait(patience)
      finish.finish()
    }
    for await _ in finished {}
    deadline.cancel()
    waiting.cancel()
  }

  private func workOff(_ service: String) async {
    while let change = next(service) {
      if let failure = await failure(of: change) { reportFailure(change, failure) }
    }
  }

  /// The next change to tell. When there is none, the worker is done, and the next change gets another one.
  private func next(_ service: String) -> ServiceChange? {
    state.withLock { state in
      if !Task.isCancelled, let change = state.queues[service]?.next() { return change }
      state.queues[service] = nil
      state.workers[service] = nil
      return nil
    }
  }

  /// Runs one command. Returns what went wrong.
  private func failure(of change: ServiceChange) async -> String? {
    let command = Task { [run] in await run(change) }
    let timer = Task { [timeout, wait] in
      try await wait(timeout)
      command.cancel()
    }
    let result = await withTaskCancellationHandler {
      await command.value
    } onCancel: {
      command.cancel()
    }
    timer.cancel()
    guard !command.isCancelled else {
      return Task.isCancelled ? "ended, because the daemon ends" : "timeout after \(timeout.dialectText)"
    }
    switch result {
    case .exited(0, _): return nil
    case .exited(let code, let line): return "exit status \(code)\(line.map { ": \($0)" } ?? "")"
    case .signaled(let signal, let line): return "killed by signal \(signal)\(line.map { ": \($0)" } ?? "")"
    case .notRun(let reason), .ended(let reason): return reason
    }
  }
}

extension ServiceChange {
  /// What the command's environment says of the change.
  var environment: [String: String] {
    [
      "SERVICE": service,
      "ADDRESS": addresses.first?.description ?? "",
      "ADDRESSES": addresses.map(\.description).joined(separator: " "),
      "OLD_STATE": from.rawValue,
      "NEW_STATE": to.rawValue,
      "REASON": reason,
    ]
  }
}
