import NIOCore

/// Runs the tasks of probes on the event loop that their sockets live on. Otherwise each step of a probe would wake a thread of the
/// pool that Swift has for tasks, and that thread the event loop again, which was a fifth of what a check cost.
final class ProbeExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
