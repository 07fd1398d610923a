/// What one probe of a check found.
public enum Verdict: Hashable, Sendable {
  /// The probe succeeded; `detail` is what it had to say, a line at most.
  case passing(detail: String?)
  /// The service works, but not as it should, and why: it stays advertised, with the degraded metric where one is configured.
  case degraded(reason: String)
  /// The probe failed, and why.
  case failing(reason: String)
  /// The probe failed because the service answers, and wrongly, and how: nobody must be sent there, not even as a last resort.
  case wrong(reason: String)

  /// Whether the probe succeeded without reservation.
  public var isPassing: Bool {
    switch self {
    case .passing: true
    case .degraded, .failing, .wrong: false
    }
  }

  /// Whether the service does not work.
  public var isFailing: Bool {
    switch self {
    case .passing, .degraded: false
    case .failing, .wrong: true
    }
  }

  /// What the probe said.
  public var text: String? {
    switch self {
    case .passing(let detail): detail
    case .degraded(let reason), .failing(let reason), .wrong(let reason): reason
    }
  }
}

/// A verdict with the check that it belongs to: the one message that goes from the checks to the policy.
public struct ProbeOutcome: Hashable, Sendable {
  public var check: CheckAssignment
  /// What the probe found.
  public var verdict: Verdict
  /// How long the probe took.
  public var duration: Duration
  /// Time until the next probe of the same check begins.
  public var nextProbe: Duration

  public init(check: CheckAssignment, verdict: Verdict, duration: Duration, nextProbe: Duration) {
    self.check = check
    self.verdict = verdict
    self.duration = duration
    self.nextProbe = nextProbe
  }
}
