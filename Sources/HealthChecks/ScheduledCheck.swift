import AnycastPolicy
import NIOCore
import OSPFProtocol

/// Draws an amount of time from zero to a limit.
typealias Chance = @Sendable (_ limit: TimeAmount) -> TimeAmount

/// Runs the probes of one check, one after the other and never two at a time. Lives on the runner's event loop.
final class ScheduledCheck {
  /// How long after its timeout a probe may still tell what it was waiting for, before the failure is reported without that.
  static let grace = TimeAmount.milliseconds(100)
  /// The latest first probe of a check whose interval is longer.
  static let longestPhase = TimeAmount.seconds(1)

  let assignment: CheckAssignment
  private let eventLoop: any EventLoop
  private let probe: any Probe
  private let executor: ProbeExecutor
  private let chance: Chance
  private let report: (ProbeOutcome) -> Void
  private var isActive = false
  private var timer: LoopTimer?
  private var due = NIODeadline.now()
  private var current: RunningProbe?
  private var ended: EventLoopPromise<Void>?

  init(
    _ assignment: CheckAssignment, probe: any Probe, eventLoop: any EventLoop, executor: ProbeExecutor,
    chance: @escaping Chance, report: @escaping (ProbeOutcome) -> Void
  ) {
    self.assignment = assignment
    self.probe = probe
    self.executor = executor
    self.eventLoop = eventLoop
    self.chance = chance
    self.report = report
  }

  /// Begins to probe: the first time at a moment by chance within the interval, or within a second where the interval is longer,
  /// so that the checks of a daemon that starts are spread. One that goes on in the place of another begins at once. Does nothing
  /// when it has begun already.
  func start(isInPlaceOfAnother: Bool = false) {
    guard !isActive else { return }
    isActive = true
    arm(at: .now() + (isInPlaceOfAnother ? .zero : chance(min(interval, Self.longestPhase))))
  }

  /// Probes now, unless a probe is under way.
  func runNow() {
    guard isActive, current == nil else { return }
    arm(at: .now())
  }

  /// Stops probing and ends the probe that is under way, whose verdict is not reported. The future succeeds when it has ended.
  func stop() -> EventLoopFuture<Void> {
    isActive = false
    timer?.cancel()
    guard let current else { return eventLoop.makeSucceededVoidFuture() }
    current.isReported = true
    current.end()
    let ended = self.ended ?? eventLoop.makePromise()
    self.ended = ended
    return ended.futureResult
  }

  private var interval: TimeAmount { .nanoseconds(max(assignment.configuration.interval.nanoseconds, 1_000_000)) }
  private var timeout: TimeAmount { .nanoseconds(max(assignment.configuration.timeout.nanoseconds, 1_000_000)) }
  private var jitter: TimeAmount {
    .nanoseconds(min(max(assignment.configuration.jitter.nanoseconds, 0), interval.nanoseconds))
  }
  private var timeoutReason: String { "timeout after \(assignment.configuration.timeout.dialectText)" }

  /// Schedules the next probe.
  private func arm(at deadline: NIODeadline) {
    due = deadline
    timer?.cancel()
    timer = LoopTimer(at: deadline, on: eventLoop) { [weak self] in self?.begin() }
  }

  /// Begins a probe. While the last one cannot be ended (a process that even SIGKILL does not end hangs in the kernel), that is
  /// the verdict.
  private func begin() {
    // Never longer than the interval: how soon a failure is noticed is a promise.
    let next = NIODeadline.now() + interval - chance(jitter)
    guard let current else { return launch(next: next) }
    arm(at: next)
    let age = Duration.seconds((NIODeadline.now() - current.began).nanoseconds / 1_000_000_000)
    deliver(.failing(reason: "the probe that began \(age.dialectText) ago cannot be ended"), since: current.began)
  }

  private func launch(next: NIODeadline) {
    due = next
    let running = RunningProbe()
    current = running
    let bound = NIOLoopBound((check: self, running: running), eventLoop: eventLoop)
    running.task = Task(executorPreference: executor) { [probe] in
      let verdict = await probe.run()
      bound.value.check.finish(bound.value.running, verdict)
    }
    running.timer = LoopTimer(at: .now() + timeout, on: eventLoop) { [weak self, weak running] in
      if let running { self?.expire(running) }
    }
  }

  /// The timeout is over: the probe is ended, and says within the grace what it was waiting for.
  private func expire(_ running: RunningProbe) {
    running.hasExpired = true
    running.end()
    running.timer = LoopTimer(at: .now() + Self.grace, on: eventLoop) { [weak self, weak running] in
      if let running { self?.giveUp(running) }
    }
  }

  private func giveUp(_ running: RunningProbe) {
    guard isActive else { return }
    running.isReported = true
    arm(at: max(due, .now() + interval))
    deliver(.failing(reason: timeoutReason), since: running.began)
  }

  private func finish(_ running: RunningProbe, _ verdict: Verdict) {
    running.end()
    current = nil
    ended?.succeed()
    ended = nil
    guard isActive else { return }
    if !running.isReported { deliver(running.hasExpired ? late(verdict) : verdict, since: running.began) }
    arm(at: due)
  }

  /// A verdict after the timeout is a failure, whatever it says.
  private func late(_ verdict: Verdict) -> Verdict {
    let detail = verdict.isPassing ? nil : verdict.text
    return .failing(reason: timeoutReason + (detail.map { ": \($0)" } ?? ""))
  }

  private func deliver(_ verdict: Verdict, since began: NIODeadline) {
    let now = NIODeadline.now()
    report(
      ProbeOutcome(
        check: assignment, verdict: verdict, duration: .nanoseconds((now - began).nanoseconds),
        nextProbe: .nanoseconds(max((due - now).nanoseconds, 0))))
  }
}

/// A probe that is under way.
private final class RunningProbe {
  let began = NIODeadline.now()
  var task: Task<Void, Never>?
  /// The timeout, and after it the grace.
  var timer: LoopTimer?
  var hasExpired = false
  /// Its verdict has been reported, or is of no interest any more.
  var isReported = false

  func end() {
    timer?.cancel()
    task?.cancel()
  }
}
