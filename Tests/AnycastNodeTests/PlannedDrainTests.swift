import AnycastPolicy
import Testing

@testable import AnycastNode

@Suite("Planned drains")
struct PlannedDrainTests {
  private func bench() throws -> NodeBench {
    let bench = try NodeBench(
      """
      anycast service dns
       address 192.0.2.53
       address-mode none
      """)
    bench.setLinks()
    try bench.openSockets()
    bench.pass(.seconds(1))
    return bench
  }

  private func isDrained(_ bench: NodeBench) -> Bool? {
    bench.node.serviceSnapshots(at: bench.now).services.first.map { $0.drain != nil }
  }

  private func plan(_ bench: NodeBench) throws {
    try bench.perform {
      try $0.planDrain(["dns"], in: .seconds(60), for: .seconds(30), reason: "new kernel", isForced: false, at: $1)
    }
  }

  private func stored(_ bench: NodeBench) -> [StoredDrain]? {
    bench.effects.compactMap { if case .storeDrains(let drains) = $0 { drains } else { nil } }.last
  }

  @Test("A drain begins at its time, and ends when its window is over; it is kept over a restart from the beginning")
  func window() throws {
    let bench = try bench()
    try plan(bench)
    let planned = bench.node.plannedDrains(at: bench.now)
    #expect(planned.map(\.begins) == [.seconds(60)] && planned.map(\.duration) == [.seconds(30)])
    #expect(
      stored(bench) == [
        StoredDrain(service: "dns", reason: "new kernel", remainingSeconds: 30, beginsInSeconds: 60, isForced: false)
      ])
    bench.pass(.milliseconds(59_999))
    #expect(isDrained(bench) == false)
    bench.pass(.milliseconds(1))
    #expect(isDrained(bench) == true && bench.node.plannedDrains(at: bench.now).isEmpty)
    #expect(stored(bench)?.map(\.beginsInSeconds) == [nil])
    bench.pass(.milliseconds(29_999))
    #expect(isDrained(bench) == true)
    bench.pass(.milliseconds(1))
    #expect(isDrained(bench) == false && stored(bench) == [])
  }

  @Test("A drain that has not begun is dropped by undrain, and replaced by another plan for the same service")
  func undrain() throws {
    let bench = try bench()
    try plan(bench)
    try plan(bench)
    #expect(bench.node.plannedDrains(at: bench.now).count == 1)
    try bench.perform { try $0.undrain(["dns"], at: $1) }
    bench.pass(.seconds(70))
    #expect(isDrained(bench) == false && bench.node.plannedDrains(at: bench.now).isEmpty)
    #expect(throws: DrainError.notDrained("dns")) { try bench.perform { try $0.undrain(["dns"], at: $1) } }
    #expect(throws: DrainError.self) {
      try bench.perform { try $0.planDrain(["web"], in: .seconds(1), for: nil, reason: nil, isForced: false, at: $1) }
    }
  }
}
