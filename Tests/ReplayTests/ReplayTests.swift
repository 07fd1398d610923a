import CaptureAnalysis
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

@Suite struct ReplayTests {
  @Test("there are recordings of every pair of routers, version and kind of network that the two programs speak")
  func recordings() {
    let kinds = Set(
      DescribedRecording.adjacencies.map { recording in
        let pair = recording.routers.map { String($0.software.prefix { $0 != " " }) }.sorted().joined(separator: "-")
        return "\(pair) v\(recording.version.rawValue) \(recording.routers.first?.networkType ?? "")"
      })
    let pairs = ["FRR-FRR", "BIRD-FRR", "BIRD-BIRD"]
    #expect(
      kinds.isSuperset(
        of: pairs.flatMap { pair in ["broadcast", "point-to-point", "non-broadcast"].map { "\(pair) v2 \($0)" } }))
    #expect(kinds.isSuperset(of: ["FRR-FRR v2 point-to-multipoint", "BIRD-BIRD v2 point-to-multipoint"]))
    #expect(kinds.isSuperset(of: pairs.map { "\($0) v3 broadcast" }))
    #expect(
      kinds.isSuperset(of: ["BIRD-FRR v3 point-to-point", "BIRD-BIRD v3 non-broadcast", "BIRD-BIRD v3 point-to-multipoint"]))
    #expect(DescribedRecording.files.count == DescribedRecording.all.count)
  }

  @Test("a router's packets tell how it is configured", arguments: DescribedRecording.all)
  func parameters(_ recording: DescribedRecording) throws {
    for described in recording.routers {
      let router = try #require(recording.router(described))
      #expect(router.hello?.helloInterval == described.helloIntervalSeconds)
      #expect(router.hello?.routerDeadInterval == described.routerDeadIntervalSeconds)
      #expect(router.hello?.priority == described.priority)
      #expect(router.area.description == described.area)
      #expect("\(router.areaConfiguration)" == described.areaType)
      #expect(router.networkType.rawValue == described.networkType)
      #expect(router.interfaceMTU == nil || router.interfaceMTU == described.mtu)
      #expect(router.authentication.kind == described.authentication)
    }
  }

  @Test(
    "an engine in the place of a recorded router becomes Full, and has the recorded database of its peer at the end",
    arguments: DescribedRecording.adjacencies, [0, 1])
  func replay(_ recording: DescribedRecording, playing position: Int) throws {
    let replay = try recording.replay(playing: position)
    let peer = try #require(replay.others.first)
    #expect(replay.others.count == 1)
    let verdict = try #require(replay.verdicts.first)
    let told = Comment(rawValue: ReplayReport(replay).lines.joined(separator: "\n"))
    #expect(replay.interruption == nil)
    #expect(verdict.state == .full, told)
    #expect(verdict.recordedState == .full, told)
    #expect(replay.changes(of: peer).count { $0 == .full } == 1, told)
    #expect(replay.neighbor(peer)?.retransmissionCount == 0, told)
    #expect(replay.unacknowledged(of: peer).isEmpty, told)
    #expect(replay.refusals.allSatisfy { if case .neighborStateTooLow = $0 { true } else { false } }, told)
    try compareDatabase(replay, recording, peer, told)
  }

  /// What the peer originated is in the engine's database as the router printed it, and nothing else of the peer is.
  private func compareDatabase(
    _ replay: Replay, _ recording: DescribedRecording, _ peer: RecordedRouter, _ told: Comment
  ) throws {
    let copies = replay.database.filter { $0.header.key.advertisingRouter == peer.routerID && !$0.isLinkLocalOpaque }
    let expected = recording.database.filter { $0.key.advertisingRouter == peer.routerID }
    #expect(!expected.isEmpty)
    for entry in expected {
      let copy = copies.first { $0.header.key == entry.key }?.header
      let instance = try #require(entry.instance)
      #expect(copy.map { UInt32(bitPattern: $0.sequenceNumber.rawValue) } == instance.sequenceNumber, told)
      #expect(copy?.checksum == instance.checksum, told)
    }
    #expect(Set(copies.map(\.header.key)) == Set(expected.map(\.key)), told)
  }

  @Test(
    "the higher router ID is master: the engine is so in one half of the replays and slave in the other",
    arguments: DescribedRecording.adjacencies)
  func roles(_ recording: DescribedRecording) throws {
    for position in [0, 1] {
      let replay = try recording.replay(playing: position)
      let peer = try #require(replay.others.first)
      let descriptions = replay.transcript.enumerated().compactMap { position, datagram -> DatabaseDescription? in
        guard case .databaseDescription(let description) = InspectedPacket(datagram, frame: position).packet?.body else {
          return nil
        }
        return description.flags.contains(.initialize) ? nil : description
      }
      #expect(!descriptions.isEmpty)
      #expect(descriptions.allSatisfy { $0.flags.contains(.master) == (replay.played.routerID > peer.routerID) })
    }
  }

  @Test("nothing is wrong with any packet that the engine sends", arguments: DescribedRecording.all)
  func transcript(_ recording: DescribedRecording) throws {
    for position in [0, 1] {
      for (position, datagram) in try recording.replay(playing: position).transcript.enumerated() {
        #expect(InspectedPacket(datagram, frame: position + 1).problems.isEmpty)
      }
    }
  }

  @Test("a replay tells the same every time", arguments: DescribedRecording.all)
  func repeatable(_ recording: DescribedRecording) throws {
    let reports = try (0..<2).map { _ in ReplayReport(try recording.replay(playing: 0)) }
    #expect(reports[0].lines == reports[1].lines)
    #expect(reports[0].fields == reports[1].fields)
  }
}

extension DescribedRecording {
  /// The router that the capture shows in a described one's place.
  func router(_ described: Router) -> RecordedRouter? {
    recording.routers.first { $0.routerID == described.id && $0.address == described.address }
  }

  /// A replay that has been run.
  func replay(playing position: Int) throws -> Replay {
    let described = routers[position]
    var replay = try Replay(recording, playing: described.id, at: described.address)
    replay.run()
    return replay
  }
}

extension Replay {
  /// The states that the engine took a router through.
  func changes(of router: RecordedRouter) -> [NeighborState] {
    events.compactMap {
      guard case .neighborStateChanged(let neighbor, _, let to, _) = $0.event, neighbor.routerID == router.routerID else {
        return nil
      }
      return to
    }
  }

  /// Why the engine refused packets.
  var refusals: [Refusal] {
    events.compactMap { if case .packetRefused(_, _, _, let reason) = $0.event { reason } else { nil } }
  }
}

extension LSASnapshot {
  /// A grace-LSA: FRR does not list another router's, and the descriptions have none.
  fileprivate var isLinkLocalOpaque: Bool { header.key.lsType == .opaqueLink }
}

extension RecordedAuthentication {
  /// The word of the descriptions.
  fileprivate var kind: String {
    switch self {
    case .none: "none"
    case .simplePassword: "simple"
    case .cryptographic(_, digestLength: 16): "md5"
    case .cryptographic(_, digestLength: 32), .trailer(_, digestLength: 32): "hmac-sha-256"
    default: words
    }
  }
}
