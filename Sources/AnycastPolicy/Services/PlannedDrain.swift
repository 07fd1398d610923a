import OSPFProtocol
import OSPFWire

/// A drain that an operator has asked for at a later time: a maintenance window.
struct PlannedDrain {
  let target: Drain.Target
  let reason: String?
  let start: Instant
  /// How long it is to be in force; nil means until it is undrained.
  let duration: Duration?
  /// Whether it begins also where no other node serves, and the configuration refuses that.
  let isForced: Bool

  /// A window that is over before it can begin is none.
  func isOver(at now: Instant) -> Bool { duration.map { start + $0 <= now } ?? false }
}

/// A planned drain at one instant.
public struct PlannedDrainSnapshot: Hashable, Sendable {
  /// The service or the address.
  public var target: String
  public var reason: String?
  /// Time until it begins.
  public var begins: Duration
  public var duration: Duration?
}

/// Drains that begin later. Whoever knows the calendar asks for them by the time that is left.
extension Policy {
  /// Drains services or addresses `delay` from now: all of them, or, when one is unknown, none. No name means every service. A plan for the
  /// same service or address is replaced.
  public func planDrain(
    _ names: [String], in delay: Duration, for duration: Duration?, reason: String?, isForced: Bool, at now: Instant
  ) throws(DrainError) {
    for target in try targets(named: names) {
      plannedDrains.removeAll { $0.target == target }
      plannedDrains.append(
        PlannedDrain(target: target, reason: reason, start: now + delay, duration: duration, isForced: isForced))
      sink.report(.drainPlanned(target: target.text, delay: delay, duration: duration, reason: reason))
    }
    sink.append(.drainsChanged)
    reevaluate(at: now)
  }

  /// The planned drains whose time has come, by what they drain: whoever knows whether others serve decides, and calls
  /// `beginPlannedDrains` then.
  public func duePlannedDrains(at now: Instant) -> [(target: String, isForced: Bool)] {
    plannedDrains.filter { $0.start <= now }.map { ($0.target.text, $0.isForced) }
  }

  /// Begins the planned drains whose time has come, but for those of `refused`, which are dropped.
  public func beginPlannedDrains(refused: [String: DrainError], at now: Instant) {
    let due = plannedDrains.filter { $0.start <= now }
    guard !due.isEmpty else { return }
    plannedDrains.removeAll { $0.start <= now }
    for plan in due where !plan.isOver(at: now) {
      if let error = refused[plan.target.text] {
        sink.report(.plannedDrainRefused(target: plan.target.text, reason: "\(error)"))
      } else {
        start(plan.target, for: plan.duration.map { $0 - (now - plan.start) }, reason: plan.reason, at: now)
      }
    }
    sink.append(.drainsChanged)
    reevaluate(at: now)
  }

  /// Every planned drain, the next one first.
  public func plannedDrains(at now: Instant) -> [PlannedDrainSnapshot] {
    plannedDrains.sorted { ($0.start, $0.target.text) < ($1.start, $1.target.text) }.map { plan in
      PlannedDrainSnapshot(
        target: plan.target.text, reason: plan.reason, begins: max(plan.start - now, .zero), duration: plan.duration)
    }
  }
}
