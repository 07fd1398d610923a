import Glibc
import OSPFProtocol

/// What the thread of a `KernelWatcher` does: waits, reads, publishes.
///
/// Sent once, to its thread, and used nowhere else.
final class KernelWatcherWorker<Snapshot: Equatable & Sendable>: @unchecked Sendable {
  /// A burst is over when nothing was said for this long...
  private static var quietMilliseconds: Int32 { 3 }
  /// ...but it is not waited for longer than this.
  private static var longestBurst: Duration { .milliseconds(50) }
  private static var retryMilliseconds: Int32 { 1000 }

  private let reader: any SnapshotReader<Snapshot>
  private let shared: KernelWatcher<Snapshot>.Shared
  private var published: Snapshot?

  init(reader: any SnapshotReader<Snapshot>, shared: KernelWatcher<Snapshot>.Shared) {
    self.reader = reader
    self.shared = shared
  }

  /// Works until the watcher is stopped.
  func run() {
    var isInStep = false
    while !shared.isStopped {
      do {
        if !isInStep { try reader.resynchronize() }
        isInStep = true
        try publish()
        _ = wait(milliseconds: -1, forEvents: true)
      } catch {
        isInStep = false
        shared.report(.failed(error.description))
        _ = wait(milliseconds: Self.retryMilliseconds, forEvents: false)
      }
    }
  }

  /// Takes in a burst of events and publishes what is there after it, if it is anything new.
  private func publish() throws(NetlinkError) {
    let overruns = reader.overruns
    let deadline = MonotonicClock.now() + Self.longestBurst
    repeat {
      try reader.catchUp()
    } while MonotonicClock.now() < deadline && wait(milliseconds: Self.quietMilliseconds, forEvents: true)
    if reader.overruns != overruns { shared.report(.recoveredFromOverrun) }
    guard let snapshot = reader.snapshot, snapshot != published else { return }
    published = snapshot
    shared.publish(snapshot)
  }

  /// Waits until there are events (true), the watcher is stopped, or the time is over.
  private func wait(milliseconds: Int32, forEvents: Bool) -> Bool {
    var descriptors = [
      pollfd(fd: shared.wakeUp.value, events: Int16(POLLIN), revents: 0),
      pollfd(fd: forEvents ? reader.events.descriptor.value : -1, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    return ready > 0 && descriptors[0].revents == 0 && descriptors[1].revents != 0
  }
}
