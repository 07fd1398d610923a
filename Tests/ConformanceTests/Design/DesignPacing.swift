import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// The design's pacing: a change goes out at once, and no receiver ever discards one because it came too early.
@Suite struct PacingRules {
  /// Advertises with metrics 1, 2, 3, ... every `interval`, and returns the times at which instances went out.
  private func change(_ pair: Pair, every interval: Duration, times: Int) -> [Duration] {
    let begin = pair.bench.now
    for metric in 1...UInt32(times) {
      pair.bench.advertise([.external(.service, metric: metric)])
      pair.bench.run(for: interval)
    }
    pair.bench.run(for: .seconds(20))
    return pair.bench.flooded(.external(service, from: "2.2.2.2", pair.bench.instance)).map { $0.time - begin }
  }

  @Test("the first change goes out in the same instant", arguments: ProtocolInstance.allCases)
  func first(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    #expect(pair.bench.flooded(key).map(\.time) == [pair.bench.now])
    pair.bench.run(for: .seconds(20))
    pair.bench.forget()
    pair.bench.advertise([])
    #expect(pair.bench.flooded(key).map(\.time) == [pair.bench.now])
  }

  @Test("a second change within MinLSArrival waits until that is over, and not longer", arguments: ProtocolInstance.allCases)
  func second(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    let begin = pair.bench.now
    pair.bench.advertise([.external(.service, metric: 1)])
    pair.bench.run(for: .milliseconds(300))
    pair.bench.advertise([.external(.service, metric: 2)])
    pair.bench.run(for: .seconds(4))
    let times = pair.bench.flooded(key).map { $0.time - begin }
    #expect(times.count == 2)
    #expect(times[0] == .zero)
    #expect(times[1] > .seconds(1) && times[1] < .milliseconds(1300))
  }

  @Test("what changes back before its time has come is not sent at all", arguments: ProtocolInstance.allCases)
  func changedBack(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service, metric: 1)])
    pair.bench.run(for: .milliseconds(300))
    pair.bench.advertise([.external(.service, metric: 2)])
    pair.bench.run(for: .milliseconds(300))
    pair.bench.advertise([.external(.service, metric: 1)])
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.flooded(key).count == 1)
  }

  @Test(
    "no two instances of an LSA are ever sent within MinLSArrival, whatever the rhythm", arguments: ProtocolInstance.allCases,
    [50, 200, 700, 1000, 1300])
  func neverTooEarly(instance: ProtocolInstance, milliseconds: Int) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    let times = change(pair, every: .milliseconds(milliseconds), times: 30)
    #expect(times.count >= 3)
    for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier > .seconds(1)) }
    #expect(
      pair.neighbor.learned[key].map { LSAs(instance).header($0).sequenceNumber }
        == pair.bench.databaseCopy(key)?.header.sequenceNumber)
  }

  @Test("an LSA that keeps changing goes out at growing intervals, up to MinLSInterval", arguments: ProtocolInstance.allCases)
  func growing(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let times = change(pair, every: .milliseconds(100), times: 400)
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    #expect(gaps.count >= 11)
    #expect(gaps[0] < .milliseconds(1300))
    #expect(gaps.prefix(9).map(\.components.seconds) == [1, 1, 1, 1, 1, 2, 4, 5, 5], "a few changes in a row are tolerated")
    #expect(gaps.dropFirst(8).dropLast().allSatisfy { $0 >= .milliseconds(4900) && $0 < .milliseconds(5500) })
  }

  @Test("an LSA that has been quiet goes out at once again", arguments: ProtocolInstance.allCases)
  func quiet(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    _ = change(pair, every: .milliseconds(100), times: 200)
    pair.bench.forget()
    pair.bench.advertise([.external(.service, metric: 9999)])
    #expect(pair.bench.flooded(key).map(\.time) == [pair.bench.now])
  }

  @Test("an LSA that has been quiet may change as often in a row as a new one", arguments: ProtocolInstance.allCases)
  func quietForLong(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let gaps = [1, 2].map { _ in
      pair.bench.forget()
      let times = change(pair, every: .milliseconds(100), times: 120)
      pair.bench.run(for: .seconds(60))
      return zip(times, times.dropFirst()).prefix(6).map { ($1 - $0).components.seconds }
    }
    #expect(gaps[0] == [1, 1, 1, 1, 1, 2] && gaps[1] == gaps[0])
  }

  @Test("MinLSInterval is what is configured", arguments: ProtocolInstance.allCases)
  func configured(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench(pacing: Pacing(minLSInterval: .seconds(3))))
    let times = change(pair, every: .milliseconds(100), times: 300)
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    #expect(gaps.dropFirst(8).dropLast().allSatisfy { $0 >= .milliseconds(2900) && $0 < .milliseconds(3500) })
  }

  @Test(
    "what very many LSAs await is retransmitted 32 packets at a time, the next ones 100 ms later",
    arguments: ProtocolInstance.allCases)
  func retransmissionBursts(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.automatic.remove(.acknowledgments)
    let begin = pair.bench.now
    pair.bench.advertise((0..<2000).map { .external(IPPrefix(host: .v4(IPv4Address(rawValue: 0xC612_0000 + UInt32($0))))) })
    pair.bench.forget()
    pair.bench.run(for: .milliseconds(5900))
    let again = pair.bench.sent(.linkStateUpdate).map { packet in
      (packet.time - begin, packet.updatedHeaders.count { $0.key.lsType == instance.externalType })
    }.filter { $0.1 > 0 }
    let times = again.map(\.0)
    #expect(again.map(\.1).reduce(0, +) == 2000)
    // The packets' own headers come on top.
    for start in Set(times) { #expect(times.count { $0 == start } < 36, "\(start)") }
    let first = try #require(times.min())
    #expect(first >= .seconds(5) && Set(times) == [first, first + .milliseconds(100)])
  }

  @Test("each LSA has its own pace: one that flaps does not delay another", arguments: ProtocolInstance.allCases)
  func independent(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    for metric in UInt32(1)...20 {
      pair.bench.advertise([.external(.service, metric: metric)])
      pair.bench.run(for: .milliseconds(100))
    }
    pair.bench.advertise([.external(.service, metric: 99), .external(.otherService)])
    #expect(pair.bench.flooded(.external(otherService, from: "2.2.2.2", instance)).map(\.time) == [pair.bench.now])
  }

  @Test("a service that flaps is seen as it is in the end, without a retransmission", arguments: ProtocolInstance.allCases)
  func flap(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    for isUp in [true, false, true, false, true] {
      pair.bench.advertise(isUp ? [.external(.service)] : [])
      pair.bench.run(for: .milliseconds(150))
    }
    pair.bench.run(for: .seconds(12))
    #expect((pair.bench.databaseCopy(key)?.header.lsAge ?? 3600) < 3600)
    #expect(pair.neighbor.learned[key].map { LSAs(instance).header($0).lsAge } != 3600)
    let sequences = pair.bench.flooded(key).map { "\($0.header.sequenceNumber) \($0.header.lsAge == 3600)" }
    #expect(Set(sequences).count == sequences.count)
  }

  @Test(
    "what is advertised again just after its flush waits as long, acknowledged or not", arguments: ProtocolInstance.allCases)
  func afterFlush(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(20))
    pair.bench.forget()
    let begin = pair.bench.now
    pair.bench.advertise([])
    #expect(pair.bench.databaseCopy(key) == nil, "it is acknowledged")
    pair.bench.run(for: .milliseconds(300))
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(4))
    let times = pair.bench.flooded(key).map { $0.time - begin }
    #expect(times.count == 2)
    #expect(times.last.map { $0 > .seconds(1) && $0 < .milliseconds(1300) } ?? false)
  }

  @Test(
    "a change just after a retransmission waits until MinLSArrival is over for the neighbor that has it by that",
    arguments: ProtocolInstance.allCases)
  func afterRetransmission(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    // Its network loses the first copy.
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.advertise([.external(.service, metric: 1)])
    try pair.bench.run(until: "it is sent again") { pair.bench.flooded(key).count == 2 }
    let again = pair.bench.now
    pair.bench.run(for: .milliseconds(300))
    pair.bench.advertise([.external(.service, metric: 2)])
    pair.bench.run(for: .seconds(3))
    let change = try #require(pair.bench.flooded(key).first { $0.header.sequenceNumber > .initial })
    #expect(change.time - again > .seconds(1) && change.time - again < .milliseconds(1300))
  }

  @Test(
    "an LSA that changes every few seconds, and not as soon as it may, goes out at once each time",
    arguments: ProtocolInstance.allCases)
  func unhurried(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let times = change(pair, every: .seconds(2), times: 20)
    #expect(times == (0..<20).map { .seconds(2 * $0) })
  }
}
