import OSPFProtocol
import OSPFWire
import PacketCapture

/// A recorded router that an engine talks to. It says what it said in the recording, but goes along with an engine whose DD sequence
/// numbers, LSAs and pauses are other ones than those of the router that the engine plays.
struct RecordedPeer {
  /// The recorded router.
  let router: RecordedRouter
  /// The router that the engine plays.
  let replaced: RecordedRouter
  /// The instances that the recorded router described and originated, and that the engine has not acknowledged.
  private(set) var unacknowledged: [LSAKey: [UInt8]] = [:]
  /// What the recorded router described, the replaced one had already, and the recording has nowhere: the engine is not told of it.
  private(set) var omitted: [LSAKey] = []

  /// What it has flooded, as far as the replay has come.
  private var current: [LSAKey: [UInt8]] = [:]
  private var instances: [LSAHeader: [UInt8]] = [:]
  /// Instances that it sent together with a newer one: whoever had requested the one had the other in the same turn.
  private var superseding: [LSAHeader: [UInt8]] = [:]
  /// Its parts of the database exchanges of the recording. One that came to no end belongs to the next.
  private var parts: [Part] = [Part()]
  /// The part that it says now, or when it begins.
  private var position = 0
  /// Which parts begin with which frames.
  private var beginnings: [Int: Int] = [:]
  private var exchange: Exchange?
  private var hasBegun = false

  /// What it says in a database exchange.
  private struct Part {
    var first: DatabaseDescription?
    var descriptions: [DatabaseDescription] = []

    var isWhole: Bool { descriptions.last.map { !$0.flags.contains(.more) } ?? false }
  }

  private var part: Part { parts[position] }
  private var hasLaterPart: Bool { position + 1 < parts.count }

  private struct Exchange {
    var sequenceNumber: UInt32
    var next = 0
    var last: DatabaseDescription?
    var described: [LSAHeader] = []
    var isDone = false
  }

  /// A packet on its way to the engine.
  enum Outgoing {
    /// A recorded packet.
    case recorded(InspectedPacket)
    /// A body that is wrapped in the recorded router's header.
    case body(Packet.Body)
    /// LSAs, in as many updates as they need.
    case update([[UInt8]])
  }

  /// Whether it has the higher router ID, and is master of an exchange.
  var isMaster: Bool { router.routerID > replaced.routerID }
  /// Whether the recording has its part of a database exchange.
  var describesItsDatabase: Bool { parts.contains { !$0.descriptions.isEmpty } }
  /// Whether the recording has anything of a database exchange that it began.
  var beginsExchange: Bool { parts.contains { $0.first != nil } }

  /// Whether it was Full before the recording began. It describes nothing then, and is sent what the engine has.
  let isFullFromBeginning: Bool

  init(
    _ recording: Recording, _ router: RecordedRouter, replacing replaced: RecordedRouter, isFullFromBeginning: Bool = false
  ) {
    self.router = router
    self.replaced = replaced
    self.isFullFromBeginning = isFullFromBeginning
    for packet in recording.packets {
      for lsa in packet.lsas where lsa.problems.isEmpty { instances[identity(lsa.header)] = lsa.bytes }
      if recording.isPacket(packet, of: router) { noteSuperseded(packet.lsas.filter(\.problems.isEmpty)) }
      guard recording.isPacket(packet, of: router), isForReplaced(packet), packet.problems.isEmpty,
        case .databaseDescription(let description) = packet.packet?.body
      else { continue }
      let last = parts.count - 1
      if description.flags.contains(.initialize) {
        if parts[last].isWhole {
          beginnings[packet.frame] = parts.count
          parts.append(Part(first: description))
        } else if parts[last].first == nil {
          beginnings[packet.frame] = last
          parts[last].first = description
        }
      } else if parts[last].descriptions.last?.sequenceNumber != description.sequenceNumber {
        parts[last].descriptions.append(description)
      }
    }
    // A router that was not Full requested nothing because it did not come so far.
    if isFullFromBeginning || RecordedNeighborStates(recording, of: router, at: replaced).highest == .full {
      omitUnknown(requested: recording.requests(of: replaced, to: router))
    }
    if isFullFromBeginning { describeNothing() }
  }

  private mutating func noteSuperseded(_ lsas: [InspectedLSA]) {
    let newest = Dictionary(lsas.map { ($0.header.key, $0) }) { $0.header.sequenceNumber < $1.header.sequenceNumber ? $1 : $0 }
    for lsa in lsas {
      guard let other = newest[lsa.header.key], other.header.sequenceNumber > lsa.header.sequenceNumber,
        superseding[identity(lsa.header)] == nil
      else { continue }
      superseding[identity(lsa.header)] = other.bytes
    }
  }

  private mutating func describeNothing() {
    let mtu = router.interfaceMTU ?? replaced.interfaceMTU ?? 0
    let options = router.hello?.options ?? []
    hasBegun = true
    let first = DatabaseDescription(
      interfaceMTU: mtu, options: options, flags: [.initialize, .more, .master], sequenceNumber: 1)
    let only = DatabaseDescription(
      interfaceMTU: mtu, options: options, flags: isMaster ? .master : [], sequenceNumber: 1)
    if parts.count == 1, parts[0].first == nil { parts = [] }
    parts.insert(Part(first: first, descriptions: [only]), at: 0)
    beginnings = beginnings.mapValues { $0 + 1 }
  }

  /// The played router begins anew, and so will this one, when its time has come.
  mutating func expectNextExchange() {
    exchange = nil
    unacknowledged = [:]
    guard hasBegun, hasLaterPart else { return }
    hasBegun = false
    position += 1
  }

  private mutating func omitUnknown(requested: Set<LSAKey>) {
    for part in parts.indices {
      for position in parts[part].descriptions.indices {
        let unknown = parts[part].descriptions[position].lsaHeaders.filter { header in
          instances[identity(header)] == nil && !requested.contains(header.key)
        }
        omitted += unknown.map(\.key).filter { !omitted.contains($0) }
        parts[part].descriptions[position].lsaHeaders.removeAll(where: unknown.contains)
      }
    }
  }

  /// On a network of several routers, what is said to another one is none of ours.
  private func isForReplaced(_ packet: InspectedPacket) -> Bool {
    packet.datagram.destination.isMulticast || packet.datagram.destination == replaced.address
  }

  /// An instance is the same at every age.
  private func identity(_ header: LSAHeader) -> LSAHeader {
    var header = header
    header.lsAge = header.isAtMaxAge ? LSAHeader.maxAge : 0
    return header
  }

  // MARK: What the recording says

  /// A packet of the recorded router whose time has come: what the engine is sent of it. `isExchanging` tells whether the engine takes
  /// updates.
  mutating func recorded(_ packet: InspectedPacket, isExchanging: Bool) -> [Outgoing] {
    guard isForReplaced(packet) else { return [] }
    // What is wrong with a packet is for the engine to find.
    guard packet.problems.isEmpty, let body = packet.packet?.body else { return [.recorded(packet)] }
    switch body {
    case .hello(let hello):
      // It has forgotten the played router, and says nothing of its database before it begins anew.
      if hasBegun, hasLaterPart, !isFullFromBeginning || position > 0, !hello.neighbors.contains(replaced.routerID) {
        expectNextExchange()
      }
      return [.recorded(packet)]
    case .databaseDescription(let description):
      let beginning = beginnings[packet.frame]
      let isLater = beginning.map { $0 > position } ?? false
      guard !hasBegun || isLater else { return [] }
      hasBegun = true
      if let beginning, isLater { position = beginning }
      guard description.flags.contains(.initialize) else { return [] }
      exchange = isMaster ? Exchange(sequenceNumber: description.sequenceNumber) : nil
      return [.body(body)]
    case .linkStateUpdate:
      // What it floods back of the other router's LSAs is for that router; the engine has its own.
      let lsas = packet.lsas.filter { $0.header.key.advertisingRouter != replaced.routerID }
      for lsa in lsas {
        unacknowledged[lsa.header.key] = lsa.bytes
        current[lsa.header.key] = lsa.bytes
      }
      return isExchanging && !lsas.isEmpty ? [.update(lsas.map(\.bytes))] : []
    case .linkStateRequest, .linkStateAcknowledgment:
      // These answer what the other router sent; the engine's packets are answered by `answer`.
      return []
    }
  }

  /// RxmtInterval has passed: what is said again.
  func retransmit(isExchanging: Bool) -> [Outgoing] {
    var packets: [Outgoing] = []
    if isMaster, let exchange, exchange.last == nil, let first = part.first {
      packets.append(.body(.databaseDescription(first)))
    }
    if isExchanging, !unacknowledged.isEmpty { packets.append(.update(unacknowledged.sorted { $0.key < $1.key }.map(\.value))) }
    return packets
  }

  // MARK: What the engine says

  /// What the recorded router answers to a packet of the engine, whose LSAs are `lsas`.
  mutating func answer(_ packet: Packet) -> [Outgoing] {
    switch packet.body {
    case .hello: return []
    case .databaseDescription(let description): return hasBegun ? answer(description) : []
    case .linkStateRequest(let request):
      let lsas = request.requests.compactMap(described)
      return lsas.isEmpty ? [] : [.update(lsas)]
    case .linkStateUpdate(let update):
      let headers = update.lsas.map(\.header)
      for header in headers { acknowledge(header) }
      return [.body(.linkStateAcknowledgment(LinkStateAcknowledgment(lsaHeaders: headers)))]
    case .linkStateAcknowledgment(let acknowledgment):
      for header in acknowledgment.lsaHeaders { acknowledge(header) }
      return []
    }
  }

  private mutating func acknowledge(_ header: LSAHeader) {
    guard let lsa = unacknowledged[header.key],
      let sent = try? LSAHeader.decode(lsa.rawSpan, version: router.version),
      sent.sequenceNumber == header.sequenceNumber, sent.checksum == header.checksum
    else { return }
    unacknowledged[header.key] = nil
  }

  /// The instance that it described, or the one that it has flooded since.
  private func described(_ key: LSAKey) -> [UInt8]? {
    if let lsa = current[key] { return lsa }
    let later = parts[position...].lazy.flatMap(\.descriptions).flatMap(\.lsaHeaders).first { $0.key == key }
    let header = later ?? parts.lazy.flatMap(\.descriptions).flatMap(\.lsaHeaders).first { $0.key == key }
    return header.map { identity($0) }.flatMap { superseding[$0] ?? instances[$0] }
  }

  private mutating func answer(_ description: DatabaseDescription) -> [Outgoing] {
    if description.flags.contains(.initialize) { return begin(description) }
    guard let exchange else { return [] }
    if isMaster {
      guard description.sequenceNumber == exchange.sequenceNumber, !exchange.isDone else { return [] }
    } else {
      guard description.sequenceNumber == exchange.sequenceNumber &+ 1 else { return [] }
      self.exchange?.sequenceNumber = description.sequenceNumber
    }
    self.exchange?.described += description.lsaHeaders
    return advance(engineHasMore: description.flags.contains(.more))
  }

  private mutating func begin(_ description: DatabaseDescription) -> [Outgoing] {
    // The last exchange was over: this is another one, of which the recording may have this side as well.
    if exchange?.isDone ?? false, hasLaterPart { position += 1 }
    guard isMaster else {
      exchange = Exchange(sequenceNumber: description.sequenceNumber)
      return describeNext()
    }
    guard let first = part.first else { return [] }
    exchange = Exchange(sequenceNumber: first.sequenceNumber)
    return [.body(.databaseDescription(first))]
  }

  private mutating func advance(engineHasMore: Bool) -> [Outgoing] {
    let saidEverything = exchange?.last.map { !$0.flags.contains(.more) } ?? false
    if isMaster, saidEverything, !engineHasMore { return finish() }
    if isMaster { exchange?.sequenceNumber &+= 1 }
    let answer = describeNext()
    if !isMaster, !engineHasMore, exchange?.last?.flags.contains(.more) == false { return answer + finish() }
    return answer
  }

  /// The next recorded Database Description with the sequence number of this exchange; an empty one when all are said.
  private mutating func describeNext() -> [Outgoing] {
    let descriptions = part.descriptions
    guard let state = exchange, let model = descriptions.last else { return [] }
    var description =
      state.next < descriptions.count
      ? descriptions[state.next]
      : DatabaseDescription(
        interfaceMTU: model.interfaceMTU, options: model.options, flags: isMaster ? .master : [], sequenceNumber: 0)
    description.sequenceNumber = state.sequenceNumber
    if state.next + 1 < descriptions.count { description.flags.insert(.more) }
    exchange?.next += 1
    exchange?.last = description
    return [.body(.databaseDescription(description))]
  }

  /// The exchange is over: it requests what the engine has described.
  private mutating func finish() -> [Outgoing] {
    exchange?.isDone = true
    let keys = exchange?.described.map(\.key) ?? []
    return stride(from: 0, to: keys.count, by: 100).map { start in
      .body(.linkStateRequest(LinkStateRequest(requests: Array(keys[start..<min(start + 100, keys.count)]))))
    }
  }
}
