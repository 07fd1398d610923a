import FlightRecords
import OSPFProtocol
import OSPFWire
import PacketCapture

/// An engine in the place of one recorded router, talking to the others in virtual time.
///
/// The other routers' Hellos and updates come when they came in the recording; what they say to this router alone (database exchange,
/// requests, acknowledgments) is said anew, because the engine's own sequence numbers and LSAs are not those of the router that it
/// plays. Authentication that both sides use alike is taken off; packets that are authenticated otherwise than those of the played
/// router do not reach the engine, as they did not reach that router's protocol.
///
/// A router with several interfaces in the recording is played with all of them. Where it is the node that made the recording, its
/// interfaces have the parameters that it has noted, and change when they did; the same goes for the paths that BFD watched and for
/// packets that it refused for a reason that only it could know.
public struct Replay {
  /// The router that the engine plays, on the first of its interfaces.
  public let played: RecordedRouter
  /// The instance of the protocol that the engine plays; nil where the packets have an Instance ID that belongs to none.
  public let instance: ProtocolInstance?
  /// Its interfaces.
  public let interfaces: [PlayedInterface]
  /// The routers that the engine hears.
  public let others: [RecordedRouter]
  /// What the engine sent, as of a capture.
  public private(set) var transcript: [CapturedDatagram] = []
  /// Why the replay ended before the recording; nil when it did not.
  public private(set) var interruption: String?

  /// What is replayed.
  public let recording: Recording
  /// When the recording's first packet came.
  let start: Duration
  var peers: [RecordedPeer]
  var virtualRouter: VirtualRouter
  private var nextRetransmission: Duration = .seconds(5)
  /// The interfaces that the engine has, where the node has noted them.
  var current: [RecordedInterface.Name: RecordedInterface] = [:]
  /// What BFD has said of paths.
  private var pathsUp: Set<BFDPeer> = []
  /// The frames that the node refused for reasons of its own.
  let refusedFrames: Set<Int>
  /// The graceful restart of the node that is under way when the recording begins.
  let restartAtBeginning: GracefulRestart?

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

  /// A replay for each version and address family that a router speaks in a recording.
  public static func all(
    _ recording: Recording, playing routerID: RouterID, at address: IPAddress? = nil
  ) throws(PlayingError) -> [Replay] {
    var replays: [Replay] = []
    for instance in ProtocolInstance.allCases {
      let isSpoken = recording.routers.contains { router in
        router.routerID == routerID && router.instance == instance && (address == nil || router.address == address)
          && (router.hello != nil || recording.notes.routerID(of: instance) == routerID)
      }
      if isSpoken { replays.append(try Replay(recording, playing: routerID, at: address, as: instance)) }
    }
    return replays.isEmpty ? [try Replay(recording, playing: routerID, at: address)] : replays
  }

  /// Prepares a replay. Where a router ID is in use at several addresses, `address` says which router is meant, and where it speaks several
  /// versions, `instance` which; without them, the first.
  public init(
    _ recording: Recording, playing routerID: RouterID, at address: IPAddress? = nil, as instance: ProtocolInstance? = nil
  ) throws(PlayingError) {
    let candidates = recording.routers.filter { router in
      router.routerID == routerID && (address == nil || router.address == address)
        && (instance == nil || router.instance == instance)
    }
    guard let first = candidates.first else {
      throw .unknownRouter(routerID, known: recording.routers.map(\.description))
    }
    let played = candidates.first { $0.hello != nil } ?? first
    let interfaces = PlayedInterface.all(of: played, among: candidates, in: recording)
    guard let main = interfaces.first else { throw .noHello(routerID) }
    self.recording = recording
    self.played = main.router
    self.instance = played.instance
    self.interfaces = interfaces
    let start = recording.packets.first?.datagram.timestamp ?? .zero
    self.start = start
    let own = Set(interfaces.map(\.router.address))
    others = recording.routers.filter { router in
      router.version == played.version && !own.contains(router.address)
        && (interfaces.count == 1 && router.device == nil || interfaces.contains { $0.router.device == router.device })
    }
    let notes = recording.notes
    peers = others.compactMap { router in
      guard let interface = interfaces.first(where: { $0.router.device == router.device }) else { return nil }
      let wasFull = played.instance.map { notes.wasFull(router, $0, before: start) } ?? false
      return RecordedPeer(recording, router, replacing: interface.router, isFullFromBeginning: wasFull)
    }
    refusedFrames = recording.refusedFrames
    var configuration = main.router.configuration
    if let instance = played.instance, let parameters = notes.parameters(of: instance, at: start) {
      configuration.areas = parameters.areas
      configuration.gracefulRestart = parameters.helping
      if peers.contains(where: \.isFullFromBeginning), !notes.saysTopologyEndedHelp(of: instance) {
        // A refresh of an LSA that was there before the recording would look like a change.
        configuration.gracefulRestart.hasStrictLSAChecking = false
      }
    } else {
      for interface in interfaces { configuration.areas[interface.router.area] = interface.router.areaConfiguration }
    }
    for interface in interfaces where interface.isThereAtBeginning {
      if let recorded = interface.recorded { current[recorded.name] = recorded }
    }
    let restart = played.instance.flatMap { notes.restart(of: $0, at: start) }
    restartAtBeginning = restart
    virtualRouter = VirtualRouter(
      configuration,
      interfaces.filter(\.isThereAtBeginning).map {
        ($0.definition, restart == nil ? Self.lead(of: $0.router, in: recording) : .zero)
      }, restart: restart)
    if restart != nil { virtualRouter.advertise(withdrawals(after: start)) }
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

  /// Whether a router was Full before the recording began, as the node has noted.
  func wasFullBefore(_ router: RecordedRouter) -> Bool { peers.first { $0.router == router }?.isFullFromBeginning ?? false }

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
    func passes(to timestamp: Duration) {
      // Clocks are set back, and captures are put together in the wrong order.
      time += min(max(timestamp - previous, .zero), Self.longestPause)
      previous = timestamp
    }
    try deliver()
    var notes = recording.notes.all[...]
    while let note = notes.first, note.time < start { if case .path = notes.removeFirst().fact { apply(note.fact) } }
    try restoreAdjacencies()
    for packet in recording.packets {
      while let note = notes.first, note.time <= packet.datagram.timestamp {
        notes.removeFirst()
        guard isPlayed(note.fact) else { continue }
        passes(to: note.time)
        try wait(until: time)
        apply(note.fact)
        try deliver()
      }
      passes(to: packet.datagram.timestamp)
      try wait(until: time)
      guard let position = peers.firstIndex(where: { recording.isPacket(packet, of: $0.router) }) else { continue }
      guard !refusedFrames.contains(packet.frame) else { continue }
      send(peers[position].recorded(packet, isExchanging: isExchanging(with: peers[position])), from: peers[position].router)
      try deliver()
    }
    for note in notes where isPlayed(note.fact) {
      passes(to: note.time)
      try wait(until: time)
      apply(note.fact)
      try deliver()
    }
    // What the node has noted at last, its timers have done.
    guard let last = recording.notes.all.last, interfaces.contains(where: { $0.recorded != nil }) else { return }
    passes(to: last.time)
    try wait(until: time)
  }

  /// Who was Full before the recording began says its first Hello at once.
  private mutating func restoreAdjacencies() throws(VirtualRouter.Exhausted) {
    for peer in peers where peer.isFullFromBeginning {
      let hello = recording.packets.first { recording.isPacket($0, of: peer.router) && $0.type == .hello && $0.problems.isEmpty }
      guard let hello, case .hello(var body) = hello.packet?.body else { continue }
      let help = helpAtBeginning(of: peer.router)
      guard help != nil || body.neighbors.contains(played.routerID) else { continue }
      if !body.neighbors.contains(played.routerID) { body.neighbors.append(played.routerID) }
      send([help == nil ? .recorded(hello) : .body(.hello(body))], from: peer.router)
      try deliver()
      guard let help, let lsa = graceLSA(of: peer.router, body, help) else { continue }
      send([.update([lsa])], from: peer.router)
      try deliver()
    }
  }

  // MARK: What the node has noted

  /// Whether the engine is told of a fact.
  private func isPlayed(_ fact: RecordedFact) -> Bool {
    switch fact {
    case .interface(let interface): interface.instance == instance
    case .interfaceRemoved(let name): name.instance == instance
    case .instance(let other, _, _, _): other == instance
    case .restartAnnounced(let other, _), .resumed(let other, _), .noted(let other, .withdrawalHeld): other == instance
    case .neighbor(let other, _, _, .down, .killNbr): other == instance
    case .path: true
    case .configuration, .interfaceState, .neighbor, .refusal, .link, .linkRemoved, .check, .service, .gracefulRestart, .noted:
      false
    }
  }

  private mutating func apply(_ fact: RecordedFact) {
    switch fact {
    case .interface(let interface):
      current[interface.name] = interface
      virtualRouter.setInterfaces(current.values.map(\.playable).sorted { $0.index < $1.index })
    case .interfaceRemoved(let name):
      current[name] = nil
      virtualRouter.setInterfaces(current.values.map(\.playable).sorted { $0.index < $1.index })
    case .instance(_, _, let areas, _): virtualRouter.setAreas(areas)
    case .restartAnnounced(_, let gracePeriod): virtualRouter.prepareRestart(gracePeriod: gracePeriod, timeout: Self.timeout)
    case .resumed(_, let restart): resume(restart)
    case .noted(_, .withdrawalHeld): virtualRouter.advertise([])
    case .path(let peer, let isUp, _):
      if isUp { pathsUp.insert(peer) } else { pathsUp.remove(peer) }
      virtualRouter.setPath(peer, isUp: isUp)
    case .neighbor(_, let neighbor, _, _, _):
      // A change of the interface has taken it down already, a command of somebody has not.
      guard others.contains(where: { $0.isMeant(by: neighbor) && virtualRouter.state(of: $0) > .down }) else { return }
      virtualRouter.clear(neighbor.routerID)
    case .configuration, .interfaceState, .refusal, .link, .linkRemoved, .check, .service, .gracefulRestart, .noted: break
    }
  }

  /// The recording ends; whoever was there to its end keeps saying its last Hello. Not where the node has noted what came of it: its
  /// recording often ends with the loss of an adjacency.
  private mutating func playEpilogue() throws(VirtualRouter.Exhausted) {
    guard !interfaces.contains(where: { $0.recorded != nil }) else { return }
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
      // The engine asks for a session when it has heard of the neighbor, and BFD may have said before that it is up.
      for path in pathsUp { virtualRouter.setPath(path, isUp: true) }
      let sent = virtualRouter.takeSent()
      guard !sent.isEmpty else { return }
      guard transcript.count < Self.longestTranscript else { throw VirtualRouter.Exhausted() }
      for transmission in sent {
        transcript.append(
          CapturedDatagram(
            timestamp: start + virtualRouter.elapsed, source: transmission.source, destination: transmission.destination,
            bytes: sealed(transmission)))
        guard let packet = try? Packet.decode(transmission.bytes.rawSpan, version: played.version) else { continue }
        for position in peers.indices where hears(peers[position], transmission) {
          send(peers[position].answer(packet), from: peers[position].router)
        }
      }
    }
    _ = virtualRouter.takeSent()
  }

  private func hears(_ peer: RecordedPeer, _ transmission: Transmission) -> Bool {
    guard interface(to: peer.router)?.definition.index == transmission.interfaceIndex else { return false }
    return transmission.destination.isMulticast || transmission.destination == peer.router.address
  }

  /// The interface on which a router is.
  func interface(to router: RecordedRouter) -> PlayedInterface? { interfaces.first { $0.router.device == router.device } }

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

  mutating func send(_ packets: [RecordedPeer.Outgoing], from router: RecordedRouter) {
    guard let interface = interface(to: router), isHeard(router) else { return }
    for packet in packets {
      switch packet {
      case .recorded(let packet): give(openly(packet), to: packet.datagram.destination, from: router)
      case .body(let body):
        let packet = Packet(header: header(Self.type(of: body), router), body: openly(body, as: interface.router.authentication))
        give(packet.encode(), to: interface.router.address, from: router)
      case .update(let lsas):
        for update in updates(lsas, router) { give(update, to: interface.router.address, from: router) }
      }
    }
  }

  /// Whether the played router takes another one's packets, as far as their authentication shows. Where it has noted itself which it did
  /// not take, that counts.
  func isHeard(_ router: RecordedRouter) -> Bool {
    guard let interface = interface(to: router) else { return false }
    guard interface.recorded == nil else { return true }
    // Keys may have been exchanged meanwhile: one that both have used is enough.
    return !router.authentications.isDisjoint(with: interface.router.authentications)
  }

  private mutating func give(_ bytes: [UInt8], to destination: IPAddress, from router: RecordedRouter) {
    guard let interface = interface(to: router) else { return }
    virtualRouter.receive(
      Datagram(interfaceIndex: interface.definition.index, source: router.address, destination: destination, bytes: bytes))
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

  /// A packet without its authentication, which the engine has no key for.
  private func openly(_ inspected: InspectedPacket) -> [UInt8] {
    guard var packet = inspected.packet, inspected.problems.isEmpty else { return inspected.datagram.bytes }
    let authentication = RecordedAuthentication(inspected, packet.header)
    guard authentication != .none else { return inspected.datagram.bytes }
    switch packet.header.extent {
    case .v2: packet.header.extent = .v2(authenticationType: 0, authentication: 0)
    case .v3: packet.trailer = []
    }
    packet.authenticationData = []
    packet.body = openly(packet.body, as: authentication)
    return packet.encode(source: inspected.datagram.bytes.rawSpan)
  }

  /// The AT-bit of OSPFv3 goes with the trailer.
  private func openly(_ body: Packet.Body, as authentication: RecordedAuthentication) -> Packet.Body {
    guard case .trailer = authentication else { return body }
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
