import HeapModule
import OSPFProtocol
import OSPFTestSupport

/// What is going to happen, in the order of time. Everything random in a run comes from its generator.
final class Agenda {
  private struct Entry: Comparable {
    let time: Instant
    let order: Int
    let action: () -> Void

    static func < (left: Self, right: Self) -> Bool { (left.time, left.order) < (right.time, right.order) }
    static func == (left: Self, right: Self) -> Bool { left.order == right.order }
  }

  private(set) var now = Instant.zero + .seconds(1)
  var random: SplitMix64
  private var entries = Heap<Entry>()
  private var count = 0

  init(seed: UInt64) { random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 0x6E6F_6465) }

  /// Lets something happen later.
  func after(_ delay: Duration, _ action: @escaping () -> Void) {
    count += 1
    entries.insert(Entry(time: now + delay, order: count, action: action))
  }

  /// When the next thing happens.
  var next: Instant? { entries.min?.time }

  /// Does the next thing.
  func step() {
    guard let entry = entries.popMin() else { return }
    now = max(now, entry.time)
    entry.action()
  }

  /// Time has passed without anything.
  func advance(to time: Instant) { now = max(now, time) }
}
