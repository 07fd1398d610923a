import CaptureAnalysis
import FlightRecords
import FoundationEssentials
import NodeSimulation
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// Graceful restarts of a node and of its routers: replayed, a recording must come to the same end by the same reason.
@Suite("Replays of graceful restarts")
struct RestartReplayTests {
  private static let versions: [[ProtocolInstance]] = [[.ospfv2], [.ospfv3], [.ospfv2, .ospfv3]]

  private func replays(of host: UplinkedHost, _ protocols: [ProtocolInstance]) throws -> [Replay] {
    let path = FileManager.default.temporaryDirectory.path + "/restart-\(UInt64.random(in: 0 ... .max)).pcapng"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(host.recording).write(to: URL(fileURLWithPath: path))
    var replays = try Replay.all(try Recording(path: path), playing: "0.0.0.100")
    for position in replays.indices { replays[position].run() }
    #expect(replays.compactMap(\.instance) == protocols)
    return replays
  }

  private func told(_ replay: Replay) -> Comment { Comment(rawValue: ReplayReport(replay).lines.joined(separator: "\n")) }

  private func engine(_ replay: Replay) -> [GracefulRestartEvent] { replay.restarts.compactMap(\.engine) }
  private func recorded(_ replay: Replay) -> [GracefulRestartEvent] { replay.restarts.compactMap(\.recorded) }

  /// What every such replay must be like: the engine's restarts are those of the node, at about their time.
  private func expectAlike(_ replay: Replay, sourceLocation: SourceLocation = #_sourceLocation) {
    let told = told(replay)
    #expect(replay.interruption == nil, told, sourceLocation: sourceLocation)
    #expect(replay.restartDifferences.isEmpty, told, sourceLocation: sourceLocation)
    #expect(!recorded(replay).isEmpty, told, sourceLocation: sourceLocation)
    for restart in replay.restarts where restart.recorded != nil && restart.time >= .zero {
      let times = replay.restarts.filter { $0.engine == restart.recorded }.map(\.time)
      if case .helping = restart.recorded { continue }
      #expect(
        times.contains { $0 > restart.time - .seconds(3) && $0 < restart.time + .seconds(3) }, told,
        sourceLocation: sourceLocation)
    }
    for verdict in replay.verdicts { #expect(verdict.state == verdict.recordedState, told, sourceLocation: sourceLocation) }
  }

  @Test(
    "A node that has restarted gracefully: every adjacency comes back, and its LSAs go on with their sequence numbers",
    arguments: versions, [false, true])
  func completed(_ protocols: [ProtocolInstance], keepsRecorder: Bool) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(60))
    let before = Dictionary(uniqueKeysWithValues: protocols.map { ($0, host.ownLSAs($0)) })
    host.restartGracefully(after: .seconds(2), keepsRecorder: keepsRecorder)
    host.run(for: .seconds(40))
    #expect(host.adjacencies == ["eth0": protocols.count, "eth1": protocols.count])
    for replay in try replays(of: host, protocols) {
      expectAlike(replay)
      #expect(engine(replay) == (keepsRecorder ? [.prepared(acknowledged: true)] : []) + [.ended(.completed)], told(replay))
      #expect(replay.verdicts.allSatisfy { $0.state == .full }, told(replay))
      let losses = replay.verdicts.flatMap(\.losses)
      #expect(losses.count == (keepsRecorder ? 2 : 0), told(replay))
      #expect(losses.allSatisfy { $0.reasons == ["the node restarts gracefully, and its neighbors know"] }, told(replay))
      let known = before[try #require(replay.instance)] ?? [:]
      let own = replay.database.map(\.header).filter { $0.key.advertisingRouter == "0.0.0.100" && $0.lsAge < 3600 }
      let resumed = own.filter { known[$0.key] != nil }
      #expect(!resumed.isEmpty, told(replay))
      for header in resumed { #expect(header.sequenceNumber >= known[header.key] ?? .initial, told(replay)) }
      #expect(!ReplayReport(replay).lines.contains { $0.contains("the recording has") }, told(replay))
    }
  }

  @Test("A node whose second router stays away: its restart ends with the grace period", arguments: versions, [false, true])
  func expired(_ protocols: [ProtocolInstance], keepsRecorder: Bool) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(60))
    host.restartGracefully(gracePeriod: .seconds(30), after: .seconds(2), keepsRecorder: keepsRecorder)
    host.run(for: .seconds(1))
    try host.fail(.silence, for: .seconds(60))
    for replay in try replays(of: host, protocols) {
      expectAlike(replay)
      #expect(engine(replay).last == .ended(.gracePeriodExpired), told(replay))
    }
  }

  @Test("A node that has to withdraw a service while it restarts", arguments: versions)
  func withdrawal(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(60))
    host.restartGracefully(after: .seconds(2))
    host.failServer()
    host.run(for: .seconds(1))
    try host.fail(.silence, for: .seconds(40))
    for replay in try replays(of: host, protocols) where replay.instance == .ospfv2 {
      expectAlike(replay)
      #expect(engine(replay) == [.ended(.withdrawal)], told(replay))
    }
  }

  @Test("A node whose router does not help", arguments: versions)
  func inconsistent(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols, secondRouterHelps: false)
    host.run(for: .seconds(60))
    host.restartGracefully(after: .seconds(10))
    host.run(for: .seconds(60))
    for replay in try replays(of: host, protocols) {
      expectAlike(replay)
      guard case .ended(let outcome)? = engine(replay).last else { throw TestFailure("\(told(replay))") }
      #expect(recorded(replay).last == .ended(outcome), told(replay))
    }
  }

  @Test(
    "A router that restarts gracefully is helped, whether the adjacency began in the recording or before", arguments: versions,
    [60, 400])
  func helped(_ protocols: [ProtocolInstance], age: Int64) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(age))
    host.restartRouter(1, gracePeriod: .seconds(60), after: .seconds(15))
    host.run(for: .seconds(60))
    for replay in try replays(of: host, protocols) {
      expectAlike(replay)
      guard case .helping? = engine(replay).first else { throw TestFailure("\(told(replay))") }
      guard case .helpEnded(_, .completed)? = engine(replay).last else { throw TestFailure("\(told(replay))") }
      #expect(replay.verdicts.allSatisfy { $0.state == .full }, told(replay))
    }
  }

  @Test("A recording that begins while a router is helped", arguments: versions)
  func helpedBefore(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(60))
    host.restartRouter(1, gracePeriod: .seconds(600), after: .seconds(320))
    host.run(for: .seconds(350))
    for replay in try replays(of: host, protocols) {
      expectAlike(replay)
      guard case .helpEnded(_, .completed)? = engine(replay).last else { throw TestFailure("\(told(replay))") }
    }
  }

  @Test("A router that does not come back in time is no longer helped, and is lost", arguments: versions)
  func helpExpired(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(60))
    host.restartRouter(1, gracePeriod: .seconds(20), after: .seconds(200))
    host.run(for: .seconds(60))
    for replay in try replays(of: host, protocols) {
      expectAlike(replay)
      guard case .helpEnded(_, .gracePeriodExpired)? = engine(replay).last else { throw TestFailure("\(told(replay))") }
      #expect(replay.verdicts.flatMap(\.losses).map(\.cause) == [.inactivityTimer], told(replay))
    }
  }

  @Test("Another router crashes meanwhile: the topology has changed, and help ends", arguments: versions)
  func topologyChanged(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols)
    host.run(for: .seconds(60))
    host.restartRouter(1, gracePeriod: .seconds(120), after: .seconds(40))
    host.run(for: .seconds(5))
    host.crashRouter(0)
    host.run(for: .seconds(60))
    for replay in try replays(of: host, protocols) {
      expectAlike(replay)
      #expect(
        engine(replay).contains { if case .helpEnded(_, .topologyChanged) = $0 { true } else { false } }, told(replay))
    }
  }

  @Test("What was sent again because nobody answered is in the recording, and the replay counts it", arguments: versions)
  func sentAgain(_ protocols: [ProtocolInstance]) throws {
    let host = try UplinkedHost(protocols, mtuOfSecondUplink: 1400)
    host.run(for: .seconds(40))
    for replay in try replays(of: host, protocols) {
      let verdict = try #require(replay.verdicts.first { $0.router.device == "eth1" })
      // RxmtInterval is 5 s.
      #expect(verdict.sentAgain.map(\.packetType) == [.databaseDescription], told(replay))
      #expect(verdict.sentAgain.allSatisfy { (4...8).contains($0.count) }, told(replay))
      #expect(told(replay).rawValue.contains("Sent again: Database Description, "), told(replay))
    }
    let other = try UplinkedHost(protocols)
    other.run(for: .seconds(40))
    try other.fail(.silence, for: .zero)
    other.failServer()
    other.run(for: .seconds(7))
    for replay in try replays(of: other, protocols) where replay.instance == .ospfv2 {
      let verdict = try #require(replay.verdicts.first { $0.router.device == "eth1" })
      #expect(verdict.sentAgain.contains { $0.packetType == .linkStateUpdate }, told(replay))
    }
  }
}
