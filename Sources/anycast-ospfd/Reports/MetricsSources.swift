import AnycastPolicy
import ControlAPI
import NIOCore
import OSPFProtocol

extension MetricsRecorder {
  /// A probe of a check of these services has ended.
  func note(_ outcome: ProbeOutcome, among services: [ServiceConfiguration]) {
    guard let service = services.first(where: { $0.name == outcome.check.service }),
      let position = service.checks.firstIndex(of: outcome.check.configuration)
    else { return }
    noteProbe(
      service: service.name, check: position + 1, verdict: VerdictName(outcome.verdict), seconds: outcome.duration.inSeconds)
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
