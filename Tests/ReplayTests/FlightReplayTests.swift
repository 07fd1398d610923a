import CaptureAnalysis
import FoundationEssentials
import NodeSimulation
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// Recordings of whole nodes with two uplinks, of which the second fails: replayed, they must say what the story knows.
@Suite("Replays of recordings that nodes have made of themselves")
struct FlightReplayTests {
  private static let versions: [[ProtocolInstance]] = [[.ospfv2], [.ospfv3], [.ospfv2, .ospfv3]]

  private func replays(of host: UplinkedHost, withNotes: Bool = true) throws -> [Replay] {
    let path = FileManager.default.temporaryDirectory.path + "/flight-\(UInt64.random(in: 0 ... .max)).pcapng"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(host.recording).write(to: URL(fileURLWithPath: path))
    var recording = try Recording(path: path)
    #expect(recording.notes.onlyRouterID == "0.0.0.100")
    if !withNotes { recording = Recording(recording.packets) }
    var replays = try Replay.all(recording, playing: "0.0.0.100")
    for position in replays.indices { replays[position].run() }
    return replays
  }

  private func told(_ replay: Replay) -> Comment { Comment(rawValue: ReplayReport(replay).lines.joined(separator: "\n")) }

  private func verdict(_ replay: Replay, on device: String) throws -> ReplayVerdict {
    let verdicts = replay.verdicts.filter { $0.router.device == device }
    #expect(verdicts.count == 1, told(replay))
    return try #require(verdicts.first)
  }

  /// What every replay of a failure on the second uplink must be like.
  private func expectLoss(
    _ replay: Replay, _ cause: NeighborEvent, _ words: [String], areNoted: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let told = told(replay)
    #expect(replay.interruption == nil, told, sourceLocation: sourceLocation)
    #expect(replay.interfaces.map(\.definition.name) == ["eth0", "eth1"], told, sourceLocation: sourceLocation)
    let well = try verdict(replay, on: "eth0")
    #expect(well.state == .full && well.recordedState == .full && well.losses.isEmpty, told, sourceLocation: sourceLocation)
    let failed = try verdict(replay, on: "eth1")
    // That a neighbor was silent for too long shows in no packet.
    if areNoted { #expect(failed.state == failed.recordedState, told, sourceLocation: sourceLocation) }
    #expect(failed.losses.map(\.cause) == [cause], told, sourceLocation: sourceLocation)
    let reasons = failed.losses.flatMap(\.reasons).joined(separator: "\n")
    for word in words { #expect(reasons.contains(word), told, sourceLocation: sourceLocation) }
    #expect(!reasons.contains("is not in the recording"), told, sourceLocation: sourceLocation)
  }

  @Test(
    "A router that falls silent: the dead timer, its last Hello, and who was heard meanwhile", arguments: versions, [false, true])
  func silence(_ protocols: [ProtocolInstance], isAuthenticated: Bool) throws {
    let host = try UplinkedHost(protocols, isAuthenticated: isAuthenticated)
    host.run(for: .seconds(40))
    #expect(host.adjacencies == ["eth0": protocols.count, "eth1": protocols.count])
    try host.fail(.silence)
    let replays = try replays(of: host)
    #expect(replays.compactMap(\.instance) == protocols)
    for replay in replays {
      try expectLoss(
        replay, .inactivityTimer,
        [
          "no Hello of it was taken for 8 s, RouterDeadInterval is 8 s",
          "nobody was heard on eth1 meanwhile, and those on eth0 were",
        ])
      #expect(replay.assumptions.contains { $0.contains("authenticated") } == isAuthenticated)
    }
  }

  @Test("Five minutes after the adjacencies came: they were Full before the recording begins", arguments: versions)
  func late(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(400))
    try host.fail(.silence)
    for replay in try replays(of: host) {
      try expectLoss(replay, .inactivityTimer, ["no Hello of it was taken for 8 s"])
      #expect(replay.assumptions.contains { $0.contains("was Full before the recording begins") }, told(replay))
      // The parameters were noted when the node began, and stand in the recording all the same.
      #expect(replay.interfaces.allSatisfy { $0.recorded?.definition.settings.rxmtInterval == .seconds(5) })
    }
  }

  @Test("Recorded at the very instant of the loss, as the daemon does it", arguments: versions, [false, true])
  func instant(_ protocols: [ProtocolInstance], hasBFD: Bool) throws {
    let host = try UplinkedHost(protocols, hasBFD: hasBFD)
    host.run(for: .seconds(400))
    try host.fail(.silence, for: .zero)
    for _ in 0..<1000 where host.adjacencies["eth1"] != nil { host.run(for: .milliseconds(10)) }
    #expect(host.adjacencies == ["eth0": protocols.count])
    for replay in try replays(of: host) {
      try expectLoss(replay, hasBFD ? .bfdSessionDown : .inactivityTimer, ["Hello"])
      #expect(try verdict(replay, on: "eth1").state == .down, told(replay))
    }
  }

  @Test("Without what the node has noted its packets on each device tell what its interfaces are like", arguments: versions)
  func packetsAlone(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(40))
    try host.fail(.silence)
    let replays = try replays(of: host, withNotes: false)
    #expect(replays.compactMap(\.instance) == protocols)
    for replay in replays {
      try expectLoss(replay, .inactivityTimer, ["RouterDeadInterval is 8 s", "nobody was heard on eth1"], areNoted: false)
      #expect(replay.assumptions.count { $0.contains("RxmtInterval") } == 2, told(replay))
    }
  }

  @Test("A router that restarts: its Hello no longer lists us", arguments: versions)
  func restart(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(400))
    try host.fail(.restart, for: .seconds(30))
    for replay in try replays(of: host) {
      try expectLoss(replay, .oneWayReceived, ["does not list 0.0.0.100, nor anybody else: it has begun anew"])
      #expect(try verdict(replay, on: "eth1").state == .full, told(replay))
    }
  }

  @Test("BFD finds the path down before the dead timer does", arguments: versions)
  func path(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols, hasBFD: true)
    host.run(for: .seconds(400))
    try host.fail(.silence)
    for replay in try replays(of: host) {
      try expectLoss(replay, .bfdSessionDown, ["BFD found the path down: ", "without BFD the dead timer would have noticed"])
    }
  }

  @Test("A device that goes down", arguments: versions)
  func link(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(40))
    try host.fail(.link)
    for replay in try replays(of: host) { try expectLoss(replay, .llDown, ["eth1 went down"]) }
  }

  @Test("Somebody clears the adjacency, which comes back", arguments: versions)
  func cleared(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(400))
    try host.fail(.cleared, for: .seconds(40))
    for replay in try replays(of: host) {
      try expectLoss(replay, .killNbr, ["somebody cleared the adjacency"])
      #expect(try verdict(replay, on: "eth1").state == .full, told(replay))
    }
  }

  @Test("A reload with another HelloInterval: its Hellos come and are refused", arguments: versions)
  func mismatch(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(40))
    try host.fail(.mismatch, for: .seconds(20))
    for replay in try replays(of: host) {
      let reasons = try verdict(replay, on: "eth1").losses.flatMap(\.reasons).joined(separator: "\n")
      #expect(
        reasons.contains("came after that and were refused: HelloInterval is 2 s there and 3 s here")
          || reasons.contains("does not list 0.0.0.100"), told(replay))
      #expect(
        try verdict(replay, on: "eth1").reasons == ["its packets are refused: HelloInterval is 2 s there and 3 s here"],
        told(replay))
      #expect(try verdict(replay, on: "eth0").losses.isEmpty, told(replay))
    }
  }

  @Test("A reload with another key: what the node refused is left out, because no replay could verify it", arguments: versions)
  func otherKey(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols, isAuthenticated: true)
    host.run(for: .seconds(400))
    try host.fail(.otherKey)
    for replay in try replays(of: host) {
      try expectLoss(
        replay, .inactivityTimer, ["of its Hellos came after that and were refused: its digest or password is wrong"])
      let reason = try #require(try verdict(replay, on: "eth1").reasons.first)
      #expect(reason.contains("its digest or password is wrong. The keys are not in the recording"), told(replay))
    }
  }

  @Test("An uplink whose MTU is smaller than the router's never becomes Full, and the other one does", arguments: versions)
  func mtu(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols, mtuOfSecondUplink: 1400)
    host.run(for: .seconds(40))
    for replay in try replays(of: host) {
      let failed = try verdict(replay, on: "eth1")
      #expect(failed.reasons == ["its packets are refused: the interface MTU is 1500 there and 1400 here"], told(replay))
      #expect(failed.state == failed.recordedState && failed.losses.isEmpty, told(replay))
      #expect(try verdict(replay, on: "eth0").state == .full, told(replay))
    }
  }

  @Test("A service that its check takes away: the verdict, and nothing about the adjacencies")
  func service() throws {
    let host = try UplinkedHost([.ospfv2])
    host.run(for: .seconds(40))
    host.failServer()
    try host.fail(.none)
    let replay = try #require(try replays(of: host).first)
    let lines = ReplayReport.lines(of: replay.recording)
    #expect(lines.contains { $0.contains("dns: up -> down: ") && $0.contains("connection refused") }, "\(lines)")
    #expect(lines.contains { $0.contains("  check tcp") && $0.contains("connection refused") }, "\(lines)")
    #expect(replay.verdicts.allSatisfy { $0.losses.isEmpty && $0.state == .full }, told(replay))
    let json = try ReplayReport(replay).fields.json
    #expect(json.contains(#""service":"dns","to":"down""#) && json.contains(#""protocol":"OSPFv2""#), "\(json)")
  }
}
