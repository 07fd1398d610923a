import AnycastNode
import NIOCore

/// What the next run would have to know after a crash is written down a second after it has changed: a table of thousands of LSAs is
/// not gone through at each of many changes.
extension ProtocolLoop {
  private static let memoryDelay = TimeAmount.seconds(1)

  func noteMemoryChange() {
    // A node that leaves in order has nothing to go on with.
    guard node.state == .running || node.state == .suspended else { return restartStore.store(nil) }
    guard memoryTask == nil else { return }
    memoryTask = eventLoop.scheduleTask(in: Self.memoryDelay) { [weak self] () -> Void in
      self?.assumeIsolated { loop in
        loop.memoryTask = nil
        guard !loop.isEnded else { return }
        loop.turn { loop.restartStore.store($0.memory(at: $1)) }
      }
    }
  }
}
