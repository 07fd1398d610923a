import OSPFProtocol

/// Counts the verdicts of one check: `rise` consecutive successes make it pass, `fall` consecutive failures make it fail. A degraded
/// verdict is a success for that; in the same way `rise` and `fall` decide between passing and degraded.
struct CheckTracker {
  let configuration: CheckConfiguration
  /// What is being run; nil while it is not to be.
  var assignment: CheckAssignment?
  private(set) var state = CheckState.unknown
  private(set) var consecutivePasses = 0
  private(set) var consecutiveFailures = 0
  /// Verdicts since the last failing one.
  private var consecutiveSuccesses = 0
  /// Verdicts since the last passing one.
  private var consecutiveReservations = 0
  /// Verdicts since the beginning.
  private var count = 0
  /// Whether it was wrong since it was last good for something.
  private(set) var isWrong = false
  private(set) var last: (outcome: ProbeOutcome, at: Instant)?
  /// Its state is that of before a graceful restart, and it has not passed since.
  private var isPresumed = false

  init(_ configuration: CheckConfiguration) { self.configuration = configuration }

  /// Consecutive successes that make the check pass.
  var rise: Int { max(configuration.rise, 1) }

  /// Consecutive failures that make the check fail.
  var fall: Int { max(configuration.fall, 1) }

  /// Counts one verdict.
  mutating func record(_ outcome: ProbeOutcome, at now: Instant) {
    last = (outcome, now)
    let verdict = outcome.verdict
    if !verdict.isFailing { isPresumed = false }
    count += 1
    if case .wrong = verdict { isWrong = true } else if !verdict.isFailing { isWrong = false }
    consecutivePasses = verdict.isPassing ? consecutivePasses + 1 : 0
    consecutiveSuccesses = verdict.isFailing ? 0 : consecutiveSuccesses + 1
    consecutiveReservations = verdict.isPassing ? 0 : consecutiveReservations + 1
    consecutiveFailures = verdict.isFailing ? consecutiveFailures + 1 : 0
    switch state {
    case _ where consecutiveFailures >= fall: state = .failing
    case _ where consecutivePasses >= rise: state = .passing
    case .unknown where consecutiveSuccesses >= rise, .failing where consecutiveSuccesses >= rise: state = .degraded
    case .passing where consecutiveReservations >= fall: state = .degraded
    case .unknown, .failing, .degraded, .passing: break
    }
  }

  /// Whether there were verdicts enough to know what it is worth.
  var isDecided: Bool { state != .unknown || count >= rise + fall }

  /// Whether it counts for the service being up.
  var isWorking: Bool { state == .passing || state == .degraded }

  /// Takes over the state that it had before a graceful restart.
  mutating func presume(_ state: CheckState) {
    self.state = state
    isPresumed = isWorking
  }

  /// Nothing is known of a check any more that has not passed since the restart.
  mutating func endPresumption() {
    guard isPresumed else { return }
    isPresumed = false
    if isWorking { state = .unknown }
  }

  /// Forgets every verdict: the check must rise again.
  mutating func forget() { self = CheckTracker(configuration) }

  /// Why the check is in its state, in words that follow its name.
  var reason: String {
    let cause = last?.outcome.verdict.text.map { ": \($0)" } ?? ""
    switch state {
    case .passing where isPresumed: return "passed before the restart"
    case .passing: return "passes"
    case .degraded: return "is degraded\(cause)"
    case .failing where consecutiveSuccesses > 0: return "passed \(consecutiveSuccesses) of \(rise) times after failing"
    case .failing: return "failed \(times(consecutiveFailures))\(cause)"
    case .unknown where consecutiveFailures > 0: return "failed \(times(consecutiveFailures))\(cause)"
    case .unknown: return "has passed \(consecutiveSuccesses) of \(rise) times"
    }
  }

  private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}
