import AnycastPolicy
import ControlAPI
import NIOCore
import OSPFProtocol

extension MetricsRecorder {
  /// These checks are run from now on.
  func setChecks(_ assignments: [CheckAssignment]) {
    var counts: [String: Int] = [:]
    setChecks(
      Dictionary(
        assignments.map { assignment in
          counts[assignment.service, default: 0] += 1
          return (assignment.number, (assignment.service, counts[assignment.service] ?? 1))
        }
      ) { first, _ in first })
  }

  /// A probe has ended.
  func note(_ outcome: ProbeOutcome) {
    noteProbe(assignment: outcome.check.number, verdict: VerdictName(outcome.verdict), seconds: outcome.duration.inSeconds)
  }

  private static let loopPeriod = TimeAmount.seconds(1)

  /// Watches how late a loop comes to its timers.
  func watch(_ eventLoop: any EventLoop) {
    let due = NIODeadline.now() + Self.loopPeriod
    eventLoop.scheduleTask(deadline: due) { [weak self] in
      guard let self else { return }
      self.noteLoopDelay(Double((NIODeadline.now() - due).nanoseconds) / 1e9)
      self.watch(eventLoop)
    }
  }
}
