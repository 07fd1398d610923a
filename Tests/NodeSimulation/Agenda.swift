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
  /// Whether a person looks into this seed, and is told what happens.
  let isTold: Bool
  /// What was found to be wrong.
  private(set) var violations: [String] = []
  private var entries = Heap<Entry>()
  private var count = 0

  init(seed: UInt64, isTold: Bool) {
    random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 0x6E6F_6465)
    self.isTold = isTold
  }

  /// Lets something happen later.
  func after(_ delay: Duration, _ action: @escaping () -> Void) {
    count += 1
    entries.insert(Entry(time: now + delay, order: count, action: action))
  }

  /// Lets time pass until `end`: what stations have to do at their deadlines, and what was planned. After each step `look` looks at what
  /// has become of it.
  func run(until end: Instant, _ stations: [any Station], look: () -> Void) {
    while true {
      var deadline: Instant?
      for station in stations {
        if let own = station.deadline, deadline.map({ own < $0 }) ?? true { deadline = own }
      }
      let planned = entries.min?.time
      if let deadline, deadline <= planned ?? deadline {
        guard deadline <= end else { break }
        now = max(now, deadline)
        for station in stations where station.deadline.map({ $0 <= now }) ?? false { station.advance() }
      } else {
        guard let planned, planned <= end, let entry = entries.popMin() else { break }
        now = max(now, planned)
        entry.action()
      }
      look()
    }
    now = max(now, end)
  }

  func tell(_ text: @autoclosure () -> String) {
    if isTold { print("\(Double(now.nanoseconds) / 1e9) s: \(text())") }
  }

  /// Notes that something is not as it must be.
  func note(_ text: String) {
    tell("WRONG: \(text)")
    if violations.count < 5 { violations.append("\(Double(now.nanoseconds) / 1e9) s: \(text)") }
  }
}
