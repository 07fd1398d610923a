import OSPFProtocol
import OSPFWire
import PacketCapture

/// An engine in the place of one recorded router, talking to the others in virtual time.
///
/// The other routers' Hellos and updates come when they came in the recording; what they say to this router alone (database exchange,
/// requests, acknowledgments) is said anew, because the engine's own sequence numbers and LSAs are not those of the router that it
/// plays. Authentication that both sides use alike is taken off; packets that are authenticated otherwise than those of the played
/// router do not reach the engine, as they did not reach that router's protocol.
public struct Replay {
  /// The router that the engine plays.
  public let played: RecordedRouter
  /// The routers that the engine hears.
  public let others: [RecordedRouter]
  /// What the engine sent, as of a capture.
  public private(set) var transcript: [CapturedDatagram] = []
  /// Why the replay ended before the recording; nil when it did not.
  public private(set) var interruption: String?

  let recording: Recording
  private let start: Duration
  private var peers: [RecordedPeer]
  private var virtualRouter: VirtualRouter
  private let interfaceIndex: UInt32
  private var nextRetransmission: Duration = .seconds(5)

  /// Why a router cannot be played.
  public enum PlayingError: Error, Hashable, Sendable {
    /// No packet is from it. `known` are those of which there are packets.
    case unknownRouter(RouterID, known: [String])
    /// It sends no Hello: nothing says what its interface is like.
    case noHello(RouterID)
  }

  /// Nothing is learned from a longer pause than this: every timer of an adjacency has run out.
  private static let longestPause: Duration = .seconds(600)
  /// Packets and answers to them without a pause: a database exchange of thousands of LSAs has some hundred.
  private static let roundsAtOnce = 500
  /// Packets that the engine may send.
  private static let longestTranscript = 50_000
  /// How long the conversation goes on after the recording: as long as the slowest retransmission takes.
  private static let epilogue: Duration = .seconds(20)

  /// Prepares a replay. Where a router ID is in use at several addresses, `address` says which router is meant; without it, the first.
  public init(_ recording: Recording, playing routerID: RouterID, at address: IPAddress? = nil) throws(PlayingError) {
    let candidates = recording.routers.filter { $0.routerID == routerID && (address == nil || $0.address == address) }
    guard let first = candidates.first else {
      throw .unknownRouter(routerID, known: recording.routers.map(\.description))
    }
    let played = candidates.first { $0.hello != nil } ?? first
    let others = recording.routers.filter { $0.version == played.version && $0.address != played.address }
    guard let interface = played.interface(among: others) else { throw .noHello(routerID) }
    self.recording = recording
    self.played = played
    self.others = others
    start = recording.packets.first?.datagram.timestamp ?? .zero
    peers = others.map { RecordedPeer(recording, $0, replacing: played) }
    interfaceIndex = interface.index
    virtualRouter = VirtualRouter(played.configuration, interface, lead: Self.lead(of: played, in: recording))
  }

  /// How long before the recording the played router's Wait Timer began: it is over when the router first names a Designated Router or
  /// begins a database exchange (RFC 2328 section 9.1). Zero for a router that names one from the beginning, and finds it again.
  private static func lead(of played: RecordedRouter, in recording: Recording) -> Duration {
    guard played.networkType == .broadcast || played.networkType == .nonBroadcast, let hello = played.hello,
      hello.designatedRouter == .none, let start = recording.packets.first?.datagram.timestamp
    else { return .zero }
    let decided = recording.packets.first { packet in
      guard recording.isPacket(packet, of: played), packet.problems.isEmpty else { return false }
      switch packet.packet?.body {
      case .hello(let hello): return hello.designatedRouter != .none
      case .databaseDescription: return true
      case .linkStateRequest, .linkStateUpdate, .linkStateAcknowledgment, nil: return false
      }
    }
    guard let decided else { return .zero }
    return max(.zero, .seconds(Int64(hello.routerDeadInterval)) - max(.zero, decided.datagram.timestamp - start))
  }

  /// What the engine reported, with the time since the recording's first packet.
  public var events: [(time: Duration, event: Event)] { virtualRouter.events }

  /// The engine's database at this instant.
  public var database: [LSASnapshot] { virtualRouter.database }

  /// What the engine thinks of a router at this instant; nil when it has never heard it.
  public func neighbor(_ router: RecordedRouter) -> NeighborSnapshot? { virtualRouter.snapshot(of: router) }

  /// The LSAs that a router has flooded and the engine has not acknowledged.
  public func unacknowledged(of router: RecordedRouter) -> [LSAKey] {
    peers.first { $0.router == router }.map { $0.unacknowledged.keys.sorted() } ?? []
  }

  /// The LSAs that a router described to the played one, which had them since before the recording. The recording has them nowhere, so
  /// the engine is not told of them.
  public func omitted(by router: RecordedRouter) -> [LSAKey] { peers.first { $0.router == router }?.omitted ?? [] }

  /// Whether a router began a database exchange with the played one in the recording, and described its database in one.
  func exchange(of router: RecordedRouter) -> (isBegun: Bool, hasDescriptions: Bool) {
    let peer = peers.first { $0.router == router }
    return (peer?.beginsExchange ?? false, peer?.describesItsDatabase ?? false)
  }

  // MARK: Playing

  /// Plays the recording to its end, and on until nothing is unacknowledged on either side.
  public mutating func run() {
    do throws(VirtualRouter.Exhausted) {
      try playRecording()
      try playEpilogue()
    } catch {
      interruption = "no end was in sight after \(CaptureTime.seconds(virtualRouter.elapsed)) s"
    }
  }

  private mutating func playRecording() throws(VirtualRouter.Exhausted) {
    var time: Duration = .zero
    var previous = start
    try deliver()
    for packet in recording.packets {
      // Clocks are set back, and captures are put together in the wrong order.
      time += min(max(packet.datagram.timestamp - previous, .zero), Self.longestPause)
      previous = packet.datagram.timestamp
      try wait(until: time)
      guard let position = peers.firstIndex(where: { recording.isPacket(packet, of: $0.router) }) else { continue }
      send(peers[position].recorded(packet, isExchanging: isExchanging(with: peers[position])), from: peers[position].router)
      try deliver()
    }
  }

  /// The recording ends; whoever was there to its end keeps saying its last Hello.
  private mutating func playEpilogue() throws(VirtualRouter.Exhausted) {
    let lastHellos = peers.compactMap { peer -> (peer: RecordedPeer, hello: InspectedPacket, interval: Duration)? in
      let packet = recording.packets.last {
        recording.isPacket($0, of: peer.router) && $0.type == .hello && $0.problems.isEmpty
      }
      guard let packet, case .hello(let hello) = packet.packet?.body, let end = recording.packets.last?.datagram.timestamp,
        packet.datagram.timestamp + .seconds(Int64(hello.routerDeadInterval)) > end
      else { return nil }
      return (peer, packet, .seconds(max(1, Int64(hello.helloInterval))))
    }
    guard let interval = lastHellos.map(\.interval).min() else { return }
    let end = virtualRouter.elapsed + Self.epilogue
    while virtualRouter.elapsed < end {
      try wait(until: min(virtualRouter.elapsed + interval, end))
      for (peer, hello, _) in lastHellos { send([.recorded(hello)], from: peer.router) }
      try deliver()
    }
  }

  private mutating func wait(until time: Duration) throws(VirtualRouter.Exhausted) {
    while true {
      let due = min(virtualRouter.nextDeadline ?? time, nextRetransmission)
      guard due < time else { break }
      if due == nextRetransmission {
        try virtualRouter.advance(to: due)
        for peer in peers { send(peer.retransmit(isExchanging: isExchanging(with: peer)), from: peer.router) }
        nextRetransmission += .seconds(5)
      } else {
        try virtualRouter.advance(to: due)
      }
      try deliver()
    }
    try virtualRouter.advance(to: time)
    try deliver()
  }

  private func isExchanging(with peer: RecordedPeer) -> Bool { virtualRouter.state(of: peer.router) >= .exchange }

  // MARK: What the engine sends

  /// Gives what the engine sent to those that it is for, and the engine their answers, until nobody has anything to say. No time passes
  /// meanwhile; two sides that would never stop (whose database exchange fails and begins anew) wait for the next instant after a while.
  private mutating func deliver() throws(VirtualRouter.Exhausted) {
    for _ in 0..<Self.roundsAtOnce {
      let sent = virtualRouter.takeSent()
      guard !sent.isEmpty else { return }
      guard transcript.count < Self.longestTranscript else { throw VirtualRouter.Exhausted() }
      for transmission in sent {
        transcript.append(
          CapturedDatagram(
            timestamp: start + virtualRouter.elapsed, source: transmission.source, destination: transmission.destination,
            bytes: sealed(transmission)))
        guard let packet = try? Packet.decode(transmission.bytes.rawSpan, version: played.version) else { continue }
        for position in peers.indices where hears(peers[position], transmission.destination) {
          send(peers[position].answer(packet), from: peers[position].router)
        }
      }
    }
    _ = virtualRouter.takeSent()
  }

  private func hears(_ peer: RecordedPeer, _ destination: IPAddress) -> Bool {
    destination.isMulticast || destination == peer.router.address
  }

  /// The kernel computes the checksum of OSPFv3 packets.
  private func sealed(_ transmission: Transmission) -> [UInt8] {
    guard let source = transmission.source.v6, let destination = transmission.destination.v6,
      let checksum = InternetChecksum.compute(
        ospfv3: transmission.bytes.rawSpan, source: source, destination: destination)
    else { return transmission.bytes }
    var bytes = transmission.bytes
    bytes[12] = UInt8(truncatingIfNeeded: checksum >> 8)
    bytes[13] = UInt8(truncatingIfNeeded: checksum)
    return bytes
  }

  // MARK: What the engine receives

  private mutating func send(_ packets: [RecordedPeer.Outgoing], from router: RecordedRouter) {
    guard router.authentication == played.authentication else { return }
    for packet in packets {
      switch packet {
      case .recorded(let packet): give(openly(packet), to: packet.datagram.destination, from: router)
      case .body(let body):
        give(Packet(header: header(Self.type(of: body), router), body: openly(body)).encode(), to: played.address, from: router)
      case .update(let lsas): for update in updates(lsas, router) { give(update, to: played.address, from: router) }
      }
    }
  }

  private mutating func give(_ bytes: [UInt8], to destination: IPAddress, from router: RecordedRouter) {
    virtualRouter.receive(
      Datagram(interfaceIndex: interfaceIndex, source: router.address, destination: destination, bytes: bytes))
  }

  /// As many packets as fit into an MTU; an LSA that is longer has one of its own, as in the network.
  private func updates(_ lsas: [[UInt8]], _ router: RecordedRouter) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    var pending = PacketWriter(header: header(.linkStateUpdate, router))
    var count = 0
    func finish() {
      guard count > 0 else { return }
      pending.patchLSACount(count)
      pending.seal()
      packets.append(pending.writer.bytes)
      pending = PacketWriter(header: header(.linkStateUpdate, router))
      count = 0
    }
    for lsa in lsas {
      if pending.count + lsa.count > 1400 { finish() }
      if count == 0 { pending.writer.uint32(0) }
      pending.writer.append(lsa)
      count += 1
    }
    finish()
    return packets
  }

  /// The packets of a router say what its Hellos say, without authentication where both sides use the same.
  private func header(_ type: PacketType, _ router: RecordedRouter) -> PacketHeader {
    let extent: PacketHeader.Extent =
      switch router.version {
      case .v2: .v2(authenticationType: 0, authentication: 0)
      case .v3: .v3(instanceID: router.instanceID, reserved: 0)
      }
    return PacketHeader(type: type, routerID: router.routerID, areaID: router.area, extent: extent)
  }

  private func openly(_ inspected: InspectedPacket) -> [UInt8] {
    guard var packet = inspected.packet, inspected.problems.isEmpty, played.authentication != .none,
      RecordedAuthentication(inspected, packet.header) == played.authentication
    else { return inspected.datagram.bytes }
    switch packet.header.extent {
    case .v2: packet.header.extent = .v2(authenticationType: 0, authentication: 0)
    case .v3: packet.trailer = []
    }
    packet.authenticationData = []
    packet.body = openly(packet.body)
    return packet.encode(source: inspected.datagram.bytes.rawSpan)
  }

  /// The AT-bit of OSPFv3 goes with the trailer.
  private func openly(_ body: Packet.Body) -> Packet.Body {
    guard case .trailer = played.authentication else { return body }
    switch body {
    case .hello(var hello):
      hello.options.remove(.authenticationTrailer)
      return .hello(hello)
    case .databaseDescription(var description):
      description.options.remove(.authenticationTrailer)
      return .databaseDescription(description)
    case .linkStateRequest, .linkStateUpdate, .linkStateAcknowledgment: return body
    }
  }

  private static func type(of body: Packet.Body) -> PacketType {
    switch body {
    case .hello: .hello
    case .databaseDescription: .databaseDescription
    case .linkStateRequest: .linkStateRequest
    case .linkStateUpdate: .linkStateUpdate
    case .linkStateAcknowledgment: .linkStateAcknowledgment
    }
  }
}

extension Replay.PlayingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownRouter(let routerID, let known):
      "no packet is from \(routerID); the capture has packets of "
        + (known.isEmpty ? "no router" : known.joined(separator: ", "))
    case .noHello(let routerID): "\(routerID) sends no Hello in the capture: nothing says what its interface is like"
    }
  }
}
