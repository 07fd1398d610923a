import CaptureAnalysis
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

@Suite("Replays of odd captures")
struct ReplayLimitsTests {
  /// The other router's Hello.
  private func otherHello(_ change: (inout Hello) -> Void = { _ in }) -> [UInt8] {
    var hello = Samples.hello
    hello.neighbors = ["192.0.2.1"]
    change(&hello)
    let header = PacketHeader(
      type: .hello, routerID: "192.0.2.2", areaID: .backbone, extent: .v2(authenticationType: 0, authentication: 0))
    return Packet(header: header, body: .hello(hello)).encode()
  }

  private func recording(others: [(seconds: Int64, bytes: [UInt8])]) -> Recording {
    let own = Samples.inspected(Samples.packet(.hello(Samples.hello), .hello), at: .seconds(1_000_000))
    return Recording(
      [own]
        + others.enumerated().map { position, packet in
          Samples.inspected(packet.bytes, at: .seconds(packet.seconds), from: .v4("10.0.0.2"), frame: position + 2)
        })
  }

  @Test("A router that is not in the capture is refused, with those that are")
  func unknownRouter() {
    let error = #expect(throws: Replay.PlayingError.self) {
      _ = try Replay(recording(others: []), playing: "192.0.2.7")
    }
    #expect(error.map { "\($0)" } == "no packet is from 192.0.2.7; the capture has packets of 192.0.2.1 (10.0.0.1)")
  }

  @Test("A router without a Hello is refused: nothing says what its interface is like")
  func noHello() {
    let recording = Recording([Samples.inspected(Samples.update([Samples.router]))])
    let error = #expect(throws: Replay.PlayingError.self) { _ = try Replay(recording, playing: "192.0.2.1") }
    #expect(error == .noHello("192.0.2.1"))
  }

  @Test("Timestamps that leap by a hundred years, forwards or backwards, do not keep a replay from its end")
  func leaps() throws {
    let century: Int64 = 100 * 365 * 86400
    let others = [1_000_001, century, 3, century * 2, 1_000_002].map { (seconds: Int64($0), bytes: otherHello()) }
    var replay = try Replay(recording(others: others), playing: "192.0.2.1")
    replay.run()
    #expect(replay.interruption == nil)
    #expect(replay.events.last.map { $0.time < .seconds(3600) } == true)
  }

  @Test("A neighbor that falls silent is said to have done so")
  func silence() throws {
    let other = otherHello()
    let recording = recording(others: [(1_000_001, other), (1_000_002, other)])
    // The recording goes on for a minute without the neighbor.
    let later = Samples.inspected(
      Samples.packet(.hello(Samples.hello), .hello), at: .seconds(1_000_090), frame: 9)
    var replay = try Replay(Recording(recording.packets + [later]), playing: "192.0.2.1")
    replay.run()
    let states = replay.events.compactMap { entry -> NeighborState? in
      guard case .neighborStateChanged(_, _, let to, .inactivityTimer) = entry.event else { return nil }
      return to
    }
    #expect(states == [.down])
    #expect(replay.verdicts.first?.reasons == ["it fell silent: no Hello came within RouterDeadInterval"])
  }

  @Test("A recording that begins after the database exchange is said to")
  func lateBeginning() throws {
    let other = otherHello { $0.backupDesignatedRouter = .none }
    var replay = try Replay(
      recording(others: (1...9).map { (1_000_000 + $0, other) }), playing: "192.0.2.1", at: .v4("10.0.0.1"))
    replay.run()
    let verdict = try #require(replay.verdicts.first)
    #expect(verdict.state == .exStart)
    #expect(verdict.reasons == ["it begins no database exchange in the recording, which may have begun after the last one"])
  }

  @Test("A database exchange that fails each time, as soon as it has begun, does not keep a replay from its end")
  func endlessExchange() throws {
    func description(_ flags: DatabaseDescription.Flags, _ options: Options, sequence: UInt32) -> [UInt8] {
      let header = PacketHeader(
        type: .databaseDescription, routerID: "192.0.2.2", areaID: .backbone,
        extent: .v2(authenticationType: 0, authentication: 0))
      let body = DatabaseDescription(interfaceMTU: 1500, options: options, flags: flags, sequenceNumber: sequence)
      return Packet(header: header, body: .databaseDescription(body)).encode()
    }
    let pointToPoint: (inout Hello) -> Void = {
      $0.designatedRouter = .none
      $0.backupDesignatedRouter = .none
    }
    var own = Samples.hello
    pointToPoint(&own)
    let others = [
      otherHello(pointToPoint), description([.initialize, .more, .master], [.externalRouting], sequence: 1),
      description(.master, [.externalRouting, .demandCircuits], sequence: 2), otherHello(pointToPoint),
    ]
    let packets =
      [Samples.inspected(Samples.packet(.hello(own), .hello), at: .seconds(1))]
      + others.enumerated().map { position, bytes in
        Samples.inspected(bytes, at: .seconds(position + 2), from: .v4("10.0.0.2"), frame: position + 2)
      }
    var replay = try Replay(Recording(packets), playing: "192.0.2.1")
    replay.run()
    let verdict = try #require(replay.verdicts.first)
    #expect(verdict.highestState == .exchange)
    #expect(
      verdict.reasons == ["its Database Descriptions contradict each other, and the exchange begins anew without end"])
    #expect(ReplayReport(replay).lines.contains { $0.hasSuffix("more ...") })
  }

  @Test("Keys that are exchanged while it is recorded are followed, where both sides use them")
  func exchangedKeys() throws {
    func hello(_ routerID: RouterID, key: UInt64, heard: RouterID, second: Int64) -> InspectedPacket {
      var hello = Samples.hello
      hello.neighbors = [heard]
      let field = key << 40 | 16 << 32 | UInt64(second)
      let header = PacketHeader(
        type: .hello, routerID: routerID, areaID: .backbone, extent: .v2(authenticationType: 2, authentication: field))
      var packet = Packet(header: header, body: .hello(hello))
      packet.authenticationData = [UInt8](repeating: 7, count: 16)
      let isOwn = routerID == "192.0.2.1"
      return Samples.inspected(
        packet.encode(), at: .seconds(second), from: isOwn ? .v4("10.0.0.1") : .v4("10.0.0.2"), frame: Int(second))
    }
    let packets = (1...15).flatMap { number in
      ["192.0.2.1", "192.0.2.2"].enumerated().map { position, routerID in
        hello(
          RouterID(stringLiteral: routerID), key: number < 4 ? 1 : 2, heard: position == 0 ? "192.0.2.2" : "192.0.2.1",
          second: Int64(number * 10 + position))
      }
    }
    var replay = try Replay(Recording(packets), playing: "192.0.2.1")
    replay.run()
    let lost = replay.events.contains { entry in
      if case .neighborStateChanged(_, _, _, .inactivityTimer) = entry.event { true } else { false }
    }
    #expect(!lost && replay.neighbor(replay.others[0]).map { $0.state >= .twoWay } == true)
    #expect(replay.assumptions.contains { $0.contains("taken for authentic") })
  }

  @Test("Fast Hellos, whose interval is sent as 0, are played")
  func fastHellos() throws {
    let fast: (inout Hello) -> Void = {
      $0.helloInterval = 0
      $0.routerDeadInterval = 1
    }
    var own = Samples.hello
    fast(&own)
    let packets = [
      Samples.inspected(Samples.packet(.hello(own), .hello), at: .seconds(1)),
      Samples.inspected(otherHello(fast), at: .seconds(2), from: .v4("10.0.0.2"), frame: 2),
    ]
    var replay = try Replay(Recording(packets), playing: "192.0.2.1")
    replay.run()
    #expect(replay.interruption == nil)
    #expect(replay.verdicts.first.map { $0.highestState >= .twoWay } == true)
  }
}
