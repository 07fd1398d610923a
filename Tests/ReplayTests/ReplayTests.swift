import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct ReplayTests {
  @Test("there are recordings of FRR with FRR, FRR with BIRD and BIRD with BIRD, on broadcast and point-to-point networks")
  func recordings() {
    let kinds = Set(
      Recording.all.map { recording in
        recording.routers.map { String($0.software.prefix { $0 != " " }) }.sorted().joined(separator: "-") + " "
          + (recording.routers.first?.networkType ?? "")
      })
    let pairs = ["FRR-FRR", "BIRD-FRR", "BIRD-BIRD"]
    #expect(kinds.isSuperset(of: pairs.flatMap { ["\($0) broadcast", "\($0) point-to-point"] }))
    #expect(Recording.files.count == Recording.all.count)
  }

  @Test(
    "an engine in the place of a recorded router becomes Full, and has the recorded database of its peer at the end",
    arguments: Recording.all, [0, 1])
  func replay(_ recording: Recording, playing position: Int) throws {
    let replay = try Replay(recording, playing: position)
    try replay.run()
    let peer = replay.peer.router.id
    let situation = Comment(rawValue: replay.bench.situation)
    #expect(replay.bench.state(of: peer) == .full, situation)
    #expect(replay.bench.changes(of: peer).count { $0.to == .full } == 1, situation)
    #expect(replay.bench.neighbor(peer)?.retransmissionCount == 0, situation)
    #expect(replay.peer.unacknowledged.isEmpty, situation)
    #expect(replay.bench.refusals.allSatisfy { if case .neighborStateTooLow = $0 { true } else { false } }, situation)
    #expect(replay.bench.undecodable.isEmpty)
    try compareDatabase(replay)
  }

  private func compareDatabase(_ replay: Replay) throws {
    let peer = replay.peer.router.id
    let expected = replay.recording.database.filter { $0.key.advertisingRouter == peer }
    #expect(!expected.isEmpty)
    for entry in expected {
      let copy = replay.bench.databaseCopy(entry.key)?.header
      let instance = try #require(entry.instance)
      #expect(copy.map { UInt32(bitPattern: $0.sequenceNumber.rawValue) } == instance.sequenceNumber, "\(entry.key.summary)")
      #expect(copy?.checksum == instance.checksum, "\(entry.key.summary)")
    }
    let copies = replay.bench.router.databaseSnapshot(at: replay.bench.now).map(\.header.key)
    #expect(Set(copies.filter { $0.advertisingRouter == peer }) == Set(expected.map(\.key)))
  }

  @Test(
    "the higher router ID is master: the engine is so in one half of the replays and slave in the other", arguments: Recording.all
  )
  func roles(_ recording: Recording) throws {
    for position in [0, 1] {
      let replay = try Replay(recording, playing: position)
      try replay.run()
      let descriptions = replay.bench.sent.compactMap(\.databaseDescription).filter { !$0.flags.contains(.initialize) }
      #expect(!descriptions.isEmpty)
      #expect(descriptions.allSatisfy { $0.flags.contains(.master) == !replay.peer.isMaster })
    }
  }
}
