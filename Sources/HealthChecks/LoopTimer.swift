import NIOCore

/// A timer that does nothing once it has been cancelled. NIO takes everything that is due at a time, and runs also what one of these tasks
/// has cancelled meanwhile: on a busy host a check that was stopped would begin a probe that nobody waits for, and a probe that passed at
/// its timeout would be reported as failed. Lives on its event loop.
final class LoopTimer {
  private var action: (() -> Void)?
  private var task: Scheduled<Void>?

  /// Runs `action` at the deadline.
  init(at deadline: NIODeadline, on eventLoop: any EventLoop, action: @escaping () -> Void) {
    self.action = action
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    task = eventLoop.scheduleTask(deadline: deadline) { bound.value.fire() }
  }

  /// Drops the action, unless it has run.
  func cancel() {
    action = nil
    task?.cancel()
    task = nil
  }

  private func fire() {
    let action = self.action
    self.action = nil
    task = nil
    action?()
  }
}
