/// What becomes of a service's addresses.
public enum ServiceState: String, Hashable, Sendable, CaseIterable {
  /// Enough checks pass: the addresses are advertised.
  case up
  /// Enough checks pass or are degraded, but too few pass: the addresses are advertised with the degraded metric.
  case degraded
  /// Too few checks pass, or the service is shut down.
  case down
  /// Too few checks pass, and too few other nodes serve: the addresses stay advertised, so that only who has no other choice comes here.
  case lastResort = "last-resort"
  /// It has changed state too often and is held down, whatever the checks say.
  case damped
  /// A drain was asked for, and the withdrawal is not yet complete: the drain metric is advertised, or a neighbor has not yet
  /// acknowledged that the addresses are gone.
  case draining
  /// A drain is in force, and no neighbor has a route any more: the server can be worked on.
  case drained
  /// Checking is suspended, and nothing is advertised.
  case suspended
}

/// What the verdicts of a check add up to.
public enum CheckState: String, Hashable, Sendable, CaseIterable {
  /// Neither `rise` successes nor `fall` failures have been seen since the beginning; counts as not passing.
  case unknown
  /// `rise` consecutive successes, and since then fewer than `fall` consecutive failures.
  case passing
  /// The last `rise` probes succeeded, or the last `fall` did not pass, with reservations: it counts for the service being up.
  case degraded
  /// `fall` consecutive failures, and since then fewer than `rise` consecutive successes.
  case failing
}

extension Requirement {
  /// Whether `passing` of `total` checks, of which there is one at least, are enough.
  func isMet(passing: Int, total: Int) -> Bool {
    switch self {
    case .all: passing == total
    case .any: passing > 0
    case .atLeast(let number): passing >= max(number, 1)
    }
  }
}
