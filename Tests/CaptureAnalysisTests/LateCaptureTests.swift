import CaptureAnalysis
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

/// Captures that begin when the routers have known each other before, as those of a router that was only restarted, or of a network
/// that was only just plugged in.
@Suite("Replays of captures that begin late")
struct LateCaptureTests {
  private static let own: RouterID = "192.0.2.1", other: RouterID = "192.0.2.2"
  private static let described = LSAs.v2.make(
    .router, id: LinkStateID(rawValue: 0xC000_0202), from: other, body: .router(RouterLSA(flags: [], links: [])))

  /// The packets of both routers on a point-to-point link, one in each second.
  private func recording(_ packets: [(from: RouterID, body: Packet.Body)], to destination: IPAddress? = nil) -> Recording {
    Recording(
      packets.enumerated().map { position, packet in
        let isOwn = packet.from == Self.own
        let type: PacketType =
          switch packet.body {
          case .hello: .hello
          case .databaseDescription: .databaseDescription
          case .linkStateRequest: .linkStateRequest
          case .linkStateUpdate: .linkStateUpdate
          case .linkStateAcknowledgment: .linkStateAcknowledgment
          }
        let header = PacketHeader(
          type: type, routerID: packet.from, areaID: .backbone, extent: .v2(authenticationType: 0, authentication: 0))
        return Samples.inspected(
          Packet(header: header, body: packet.body).encode(), at: .seconds(1000 + position),
          from: isOwn ? .v4("10.0.0.1") : .v4("10.0.0.2"), to: destination ?? .allSPFRouters, frame: position + 1)
      })
  }

  private func hello(
    from sender: RouterID, designatedRouter: DesignatedRouterID = .none, heard: Bool = true
  ) -> (RouterID, Packet.Body) {
    var hello = Samples.hello
    hello.designatedRouter = designatedRouter
    hello.backupDesignatedRouter = .none
    hello.neighbors = heard ? [sender == Self.own ? Self.other : Self.own] : []
    return (sender, .hello(hello))
  }

  private func description(
    from sender: RouterID, _ flags: DatabaseDescription.Flags, _ sequenceNumber: UInt32, _ headers: [LSAHeader] = []
  ) -> (RouterID, Packet.Body) {
    let body = DatabaseDescription(
      interfaceMTU: 1500, options: Samples.hello.options, flags: flags, sequenceNumber: sequenceNumber, lsaHeaders: headers)
    return (sender, .databaseDescription(body))
  }

  /// A database exchange in which the other router describes an LSA that the capture has nowhere.
  private func exchange() throws -> [(RouterID, Packet.Body)] {
    let header = try LSAHeader.decode(Self.described.rawSpan, at: 0, version: .v2)
    return [
      hello(from: Self.own, heard: false), hello(from: Self.other), hello(from: Self.own),
      description(from: Self.other, [.initialize, .more, .master], 100),
      description(from: Self.own, [.initialize, .more, .master], 7), description(from: Self.own, .more, 100),
      description(from: Self.other, .master, 101, [header]), description(from: Self.own, [], 101),
    ]
  }

  @Test("What the played router had before, because it does not request it, is left out, and the adjacency is Full")
  func leftOut() throws {
    let recording = recording(try exchange() + [hello(from: Self.other)])
    var replay = try Replay(recording, playing: Self.own)
    replay.run()
    let verdict = try #require(replay.verdicts.first)
    #expect(verdict.state == .full)
    #expect(verdict.recordedState == .full)
    #expect(replay.omitted(by: verdict.router).map { $0.words(.v2) } == ["router-LSA 192.0.2.2 of 192.0.2.2"])
    #expect(
      ReplayReport(replay).lines.contains(
        "  Left out: router-LSA 192.0.2.2 of 192.0.2.2, which 192.0.2.1 had before and the capture has nowhere."))
    #expect(try ReplayReport(replay).fields.json.contains(#""omittedLSAs":["router-LSA 192.0.2.2 of 192.0.2.2"]"#))
  }

  @Test("A router that never came so far as to request anything had nothing before")
  func brokenOff() throws {
    var packets = try exchange()
    packets.removeLast()
    var replay = try Replay(recording(packets + [hello(from: Self.other)]), playing: Self.own)
    replay.run()
    let verdict = try #require(replay.verdicts.first)
    #expect(verdict.recordedState == .exchange)
    #expect(replay.omitted(by: verdict.router).isEmpty)
  }

  @Test("What it requests and is never sent keeps both in Loading")
  func requested() throws {
    let header = try LSAHeader.decode(Self.described.rawSpan, at: 0, version: .v2)
    let request: (RouterID, Packet.Body) = (Self.own, .linkStateRequest(LinkStateRequest(requests: [header.key])))
    var replay = try Replay(recording(try exchange() + [request, hello(from: Self.other)]), playing: Self.own)
    replay.run()
    let verdict = try #require(replay.verdicts.first)
    #expect(verdict.state == .loading)
    #expect(verdict.recordedState == .loading)
    #expect(replay.omitted(by: verdict.router).isEmpty)
    #expect(
      verdict.reasons == ["it did not answer every Link State Request with an instance of the LSA that it described"])
  }

  @Test(
    "RFC 2328 section 9.1: the Wait Timer began before the capture when it ends sooner than RouterDeadInterval after its beginning"
  )
  func waitTimer() throws {
    let quiet = (0..<7).map { _ in hello(from: Self.other) }
    let packets =
      [hello(from: Self.own)] + quiet + [hello(from: Self.own, designatedRouter: .init(rawValue: 0x0A00_0001))]
    var replay = try Replay(recording(packets), playing: Self.own)
    replay.run()
    let election = replay.events.first { entry in
      if case .interfaceStateChanged(_, .waiting, _) = entry.event { true } else { false }
    }
    #expect(election?.time == .seconds(8))
  }

  @Test("A router that names a Designated Router from the beginning waits for one that says that it is it")
  func namedBefore() throws {
    let named = DesignatedRouterID(rawValue: 0x0A00_0002)
    var replay = try Replay(
      recording([hello(from: Self.own, designatedRouter: named), hello(from: Self.other)]), playing: Self.own)
    replay.run()
    let election = replay.events.first { entry in
      if case .interfaceStateChanged(_, .waiting, _) = entry.event { true } else { false }
    }
    #expect(election?.time != .zero)
  }

  @Test("A Hello for one neighbor alone, among those for everybody, makes no other network of a point-to-point one")
  func answeredHello() throws {
    let multicast = recording([hello(from: Self.own), hello(from: Self.other)]).packets
    let unicast = recording([hello(from: Self.own)], to: .v4("10.0.0.2")).packets
    let both = Recording(multicast + unicast)
    #expect(both.routers.map(\.networkType) == [.pointToPoint, .pointToPoint])
    #expect(Recording(unicast).routers.map(\.networkType) == [.pointToMultipoint])
  }
}
