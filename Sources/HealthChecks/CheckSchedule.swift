import AnycastPolicy
import NIOCore

/// All checks that are being run. Lives on the runner's event loop.
final class CheckSchedule {
  private let eventLoop: any EventLoop
  private let executor: ProbeExecutor
  private let makeProbe: @Sendable (CheckAssignment) -> any Probe
  private let chance: Chance
  private let report: @Sendable (ProbeOutcome) -> Void
  private var checks: [ScheduledCheck] = []
  /// Checks that are no longer wanted, with a probe that has not ended yet.
  private var ending: [ScheduledCheck] = []
  private var isShutDown = false

  init(
    eventLoop: any EventLoop, makeProbe: @escaping @Sendable (CheckAssignment) -> any Probe, chance: @escaping Chance,
    report: @escaping @Sendable (ProbeOutcome) -> Void
  ) {
    self.eventLoop = eventLoop
    executor = ProbeExecutor(eventLoop: eventLoop)
    self.makeProbe = makeProbe
    self.chance = chance
    self.report = report
  }

  /// Replaces the checks. One whose number stays goes on undisturbed.
  func apply(_ assignments: [CheckAssignment]) {
    guard !isShutDown else { return }
    var available = Dictionary(uniqueKeysWithValues: checks.map { ($0.assignment.number, $0) })
    let kept = Set(assignments.map(\.number))
    let replaced = Set(checks.map(\.assignment).filter { !kept.contains($0.number) }.map(CheckName.init))
    checks = assignments.map { assignment in
      available.removeValue(forKey: assignment.number)
        ?? ScheduledCheck(
          assignment, probe: makeProbe(assignment), eventLoop: eventLoop, executor: executor, chance: chance, report: report)
    }
    ending += available.values
    stopEnding()
    for check in checks { check.start(isInPlaceOfAnother: replaced.contains(CheckName(check.assignment))) }
  }

  /// Starts every check's next probe now.
  func runNow() {
    for check in checks { check.runNow() }
  }

  /// Ends all probes for ever. The future succeeds when they have ended, and have released what they hold on their event loop.
  func shutDown() -> EventLoopFuture<Void> {
    isShutDown = true
    ending += checks
    checks = []
    let haveEnded = EventLoopFuture<Void>.andAllComplete(ending.map { $0.stop() }, on: eventLoop)
    return haveEnded.assumeIsolated().map { self.ending = [] }.nonisolated()
  }

  private func stopEnding() {
    for check in ending {
      let bound = NIOLoopBound((schedule: self, check: check), eventLoop: eventLoop)
      check.stop().whenComplete { _ in bound.value.schedule.forget(bound.value.check) }
    }
  }

  private func forget(_ check: ScheduledCheck) { ending.removeAll { $0 === check } }
}

/// What makes two assignments the same check to people.
private struct CheckName: Hashable {
  let service: String
  let configuration: CheckConfiguration

  init(_ assignment: CheckAssignment) {
    service = assignment.service
    configuration = assignment.configuration
  }
}
