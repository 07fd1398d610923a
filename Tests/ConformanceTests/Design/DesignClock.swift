import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// The calendar says which key is in force, and nothing else: whoever sets it moves no timer.
@Suite struct ClockRules {
  @Test(
    "a clock that is stepped by an hour either way ends no adjacency, sends nothing, and lets no sequence number go back",
    arguments: ProtocolInstance.allCases, [-3600, 3600] as [Int64])
  func steps(instance: ProtocolInstance, step: Int64) throws {
    let start: Int64 = 1_700_000_000
    let pair = try Pair(instance)
    pair.bench.setWallClock(start)
    pair.bench.advertise([.external("203.0.113.1/32")])
    pair.bench.run(for: .seconds(20))
    let key = LSAKey.external("203.0.113.1/32", from: "2.2.2.2", instance)
    let before = try #require(pair.bench.databaseCopy(key)).header
    pair.bench.forget()
    pair.bench.setWallClock(start + 20 + step)
    #expect(pair.bench.sent.isEmpty && pair.bench.events.isEmpty)
    pair.bench.run(for: .seconds(100))
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
    #expect(pair.bench.events.isEmpty)
    #expect((9...11).contains(pair.bench.sent(.hello).count))
    let after = try #require(pair.bench.databaseCopy(key)).header
    #expect(after.sequenceNumber == before.sequenceNumber && after.lsAge == before.lsAge + 100)
  }
}
