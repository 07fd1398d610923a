import AnycastPolicy
import NIOCore

/// All checks that are being run. Lives on the runner's event loop.
final class CheckSchedule {
  private let eventLoop: any EventLoop
  private let makeProbe: @Sendable (CheckSpecification) -> any Probe
  private let chance: Chance
  private let report: @Sendable (ProbeOutcome) -> Void
  private var checks: [ScheduledCheck] = []
  /// Checks that are no longer wanted, with a probe that has not ended yet.
  private var ending: [ScheduledCheck] = []
  private var isSuspended = false
  private var isShutDown = false

  init(
    eventLoop: any EventLoop, makeProbe: @escaping @Sendable (CheckSpecification) -> any Probe, chance: @escaping Chance,
    report: @escaping @Sendable (ProbeOutcome) -> Void
  ) {
    self.eventLoop = eventLoop
    self.makeProbe = makeProbe
    self.chance = chance
    self.report = report
  }

  /// Replaces the checks. One that is not changed goes on undisturbed.
  func apply(_ services: [ServiceConfiguration]) {
    guard !isShutDown else { return }
    var available = Dictionary(grouping: checks, by: \.specification)
    checks = services.filter { !$0.isShutdown }.flatMap { service in
      service.checks.enumerated().map { index, configuration in
        let specification = CheckSpecification(service, configuration)
        guard let check = available[specification]?.popLast() else {
          return ScheduledCheck(
            specification, index: index, probe: makeProbe(specification), eventLoop: eventLoop, chance: chance,
            report: report)
        }
        check.index = index
        return check
      }
    }
    ending += available.values.joined()
    stopEnding()
    if !isSuspended { for check in checks { check.start() } }
  }

  /// Starts every check's next probe now.
  func runNow() {
    for check in checks { check.runNow() }
  }

  /// Ends all probes; their verdicts are not reported.
  func suspend() {
    isSuspended = true
    for check in checks { _ = check.stop() }
  }

  /// Ends a suspension.
  func resume() {
    guard isSuspended, !isShutDown else { return }
    isSuspended = false
    for check in checks { check.start() }
  }

  /// Ends all probes for ever. The future succeeds when they have ended.
  func shutDown() -> EventLoopFuture<Void> {
    isShutDown = true
    ending += checks
    checks = []
    return .andAllComplete(ending.map { $0.stop() }, on: eventLoop)
  }

  private func stopEnding() {
    for check in ending {
      let bound = NIOLoopBound((schedule: self, check: check), eventLoop: eventLoop)
      check.stop().whenComplete { _ in bound.value.schedule.forget(bound.value.check) }
    }
  }

  private func forget(_ check: ScheduledCheck) { ending.removeAll { $0 === check } }
}
