import OSPFProtocol

/// Counts the verdicts of one check: `rise` consecutive successes make it pass, `fall` consecutive failures make it fail.
struct CheckTracker {
  let configuration: CheckConfiguration
  private(set) var state = CheckState.unknown
  private(set) var consecutivePasses = 0
  private(set) var consecutiveFailures = 0
  private(set) var last: (outcome: ProbeOutcome, at: Instant)?

  init(_ configuration: CheckConfiguration) { self.configuration = configuration }

  /// Consecutive successes that make the check pass.
  var rise: Int { max(configuration.rise, 1) }

  /// Consecutive failures that make the check fail.
  var fall: Int { max(configuration.fall, 1) }

  /// Counts one verdict.
  mutating func record(_ outcome: ProbeOutcome, at now: Instant) {
    last = (outcome, now)
    if outcome.verdict.isPassing {
      consecutivePasses += 1
      consecutiveFailures = 0
      if consecutivePasses >= rise { state = .passing }
    } else {
      consecutiveFailures += 1
      consecutivePasses = 0
      if consecutiveFailures >= fall { state = .failing }
    }
  }

  /// Forgets every verdict: the check must rise again.
  mutating func forget() { self = CheckTracker(configuration) }

  /// Why the check is in its state, in words that follow its name.
  var reason: String {
    let cause = last?.outcome.verdict.text.map { ": \($0)" } ?? ""
    switch state {
    case .passing: return "passes"
    case .failing where consecutivePasses > 0: return "passed \(consecutivePasses) of \(rise) times after failing"
    case .failing: return "failed \(times(consecutiveFailures))\(cause)"
    case .unknown where consecutiveFailures > 0: return "failed \(times(consecutiveFailures))\(cause)"
    case .unknown: return "has passed \(consecutivePasses) of \(rise) times"
    }
  }

  private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}
