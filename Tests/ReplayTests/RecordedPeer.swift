import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture

/// The recorded router that an engine talks to. It says what it said in the recording, but goes along with an engine whose
/// DD sequence numbers, LSAs and pauses are other ones than those of the router that the engine replaces.
final class RecordedPeer {
  /// The recorded router.
  let router: Recording.Router
  /// The router that the engine plays.
  let replaced: Recording.Router
  /// The instances that the recorded router described and originated, and that the engine has not acknowledged.
  private(set) var unacknowledged: [LSAKey: [UInt8]] = [:]
  /// The LSAs of the recorded router as they were last flooded.
  private(set) var current: [LSAKey: [UInt8]] = [:]

  private var instances: [LSAHeader: [UInt8]] = [:]
  private var firstDescription: DatabaseDescription?
  private var descriptions: [DatabaseDescription] = []
  private var exchange: Exchange?
  private var hasBegun = false

  private struct Exchange {
    var sequenceNumber: UInt32
    var next = 0
    var last: DatabaseDescription?
    var described: [LSAHeader] = []
    var isDone = false
  }

  /// Whether the recorded router has the higher router ID.
  var isMaster: Bool { router.id > replaced.id }

  init(_ recording: Recording, playing position: Int) throws {
    replaced = recording.routers[position]
    router = recording.routers[1 - position]
    for datagram in recording.datagrams {
      let packet = try SentPacket(
        Transmission(
          interfaceIndex: 0, source: datagram.source, destination: datagram.destination, bytes: datagram.bytes), at: .zero)
      for lsa in packet.lsas { instances[identity(LSAs.header(lsa))] = lsa }
      guard packet.packet.header.routerID == router.id, let description = packet.databaseDescription else { continue }
      if description.flags.contains(.initialize) {
        firstDescription = firstDescription ?? description
      } else if descriptions.last?.sequenceNumber != description.sequenceNumber {
        descriptions.append(description)
      }
    }
  }

  /// An instance is the same at every age.
  private func identity(_ header: LSAHeader) -> LSAHeader {
    var header = header
    header.lsAge = header.lsAge == 3600 ? 3600 : 0
    return header
  }

  // MARK: What the recording says

  /// A packet of the recorded router whose time has come: what the engine is sent of it. `isExchanging` tells whether the
  /// engine takes updates.
  func recorded(_ packet: SentPacket, isExchanging: Bool) -> [Packet.Body.Outgoing] {
    switch packet.packet.body {
    case .hello: return [.bytes(packet.transmission.bytes, to: packet.destination)]
    case .databaseDescription(let description):
      guard !hasBegun else { return [] }
      hasBegun = true
      guard description.flags.contains(.initialize) else { return [] }
      if isMaster { exchange = Exchange(sequenceNumber: description.sequenceNumber) }
      return [.body(.databaseDescription(description))]
    case .linkStateUpdate:
      // What it floods back of the other router's LSAs is for that router; the engine has its own.
      let lsas = packet.lsas.filter { LSAs.header($0).key.advertisingRouter != replaced.id }
      for lsa in lsas {
        unacknowledged[LSAs.key(lsa)] = lsa
        current[LSAs.key(lsa)] = lsa
      }
      return isExchanging && !lsas.isEmpty ? [.update(lsas)] : []
    case .linkStateRequest, .linkStateAcknowledgment:
      // These answer what the other router sent; the engine's packets are answered by `answer`.
      return []
    }
  }

  /// RxmtInterval has passed: what is said again.
  func retransmit(isExchanging: Bool) -> [Packet.Body.Outgoing] {
    var packets: [Packet.Body.Outgoing] = []
    if isMaster, let exchange, exchange.last == nil, let firstDescription {
      packets.append(.body(.databaseDescription(firstDescription)))
    }
    if isExchanging, !unacknowledged.isEmpty { packets.append(.update(unacknowledged.sorted { $0.key < $1.key }.map(\.value))) }
    return packets
  }

  // MARK: What the engine says

  /// What the recorded router answers to a packet of the engine.
  func answer(_ packet: SentPacket) -> [Packet.Body.Outgoing] {
    switch packet.packet.body {
    case .hello: return []
    case .databaseDescription(let description): return hasBegun ? answer(description) : []
    case .linkStateRequest(let request):
      let lsas = request.requests.compactMap(described)
      return lsas.isEmpty ? [] : [.update(lsas)]
    case .linkStateUpdate:
      for header in packet.updatedHeaders { acknowledge(header) }
      return [.body(.linkStateAcknowledgment(LinkStateAcknowledgment(lsaHeaders: packet.updatedHeaders)))]
    case .linkStateAcknowledgment(let acknowledgment):
      for header in acknowledgment.lsaHeaders { acknowledge(header) }
      return []
    }
  }

  private func acknowledge(_ header: LSAHeader) {
    guard let lsa = unacknowledged[header.key], LSAs.header(lsa).sequenceNumber == header.sequenceNumber,
      LSAs.header(lsa).checksum == header.checksum
    else { return }
    unacknowledged[header.key] = nil
  }

  /// The instance that it described, or the one that it has flooded since.
  private func described(_ key: LSAKey) -> [UInt8]? {
    if let lsa = current[key] { return lsa }
    let header = descriptions.lazy.flatMap(\.lsaHeaders).first { $0.key == key }
    return header.flatMap { instances[identity($0)] }
  }

  private func answer(_ description: DatabaseDescription) -> [Packet.Body.Outgoing] {
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

  private func begin(_ description: DatabaseDescription) -> [Packet.Body.Outgoing] {
    guard isMaster else {
      exchange = Exchange(sequenceNumber: description.sequenceNumber)
      return describeNext()
    }
    guard let firstDescription else { return [] }
    exchange = Exchange(sequenceNumber: firstDescription.sequenceNumber)
    return [.body(.databaseDescription(firstDescription))]
  }

  private func advance(engineHasMore: Bool) -> [Packet.Body.Outgoing] {
    let saidEverything = exchange?.last.map { !$0.flags.contains(.more) } ?? false
    if isMaster, saidEverything, !engineHasMore { return finish() }
    if isMaster { exchange?.sequenceNumber &+= 1 }
    let answer = describeNext()
    if !isMaster, !engineHasMore, exchange?.last?.flags.contains(.more) == false { return answer + finish() }
    return answer
  }

  /// The next recorded Database Description with the sequence number of this exchange; an empty one when all are said.
  private func describeNext() -> [Packet.Body.Outgoing] {
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
  private func finish() -> [Packet.Body.Outgoing] {
    exchange?.isDone = true
    let keys = exchange?.described.map(\.key) ?? []
    return keys.isEmpty ? [] : [.body(.linkStateRequest(LinkStateRequest(requests: keys)))]
  }
}

extension Packet.Body {
  /// A packet on its way to the engine.
  enum Outgoing {
    /// The recorded octets.
    case bytes([UInt8], to: IPAddress)
    /// A body that is wrapped in the recorded router's header.
    case body(Packet.Body)
    /// LSAs in an update.
    case update([[UInt8]])
  }
}
