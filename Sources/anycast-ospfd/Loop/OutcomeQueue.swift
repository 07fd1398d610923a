import AnycastPolicy
import Synchronization

/// The outcomes of probes on their way to the protocol's loop. Those that come while the loop is busy are taken in one turn: so
/// thousands of checks that end together cost little more than one.
final class OutcomeQueue: Sendable {
  private let outcomes = Mutex<[ProbeOutcome]>([])

  /// Appends an outcome. Returns whether it is the first, and the loop must be told to look.
  func put(_ outcome: ProbeOutcome) -> Bool {
    outcomes.withLock { outcomes in
      outcomes.append(outcome)
      return outcomes.count == 1
    }
  }

  /// Everything since the last call, in order.
  func takeAll() -> [ProbeOutcome] {
    outcomes.withLock { outcomes in
      defer { outcomes = [] }
      return outcomes
    }
  }
}
