import FlightRecords
import OSPFProtocol
import OSPFWire
import PacketCapture

/// The OSPF packets of one link, or of each of a node's, and the routers that sent them.
public struct Recording: Sendable {
  /// The packets in the order of the capture.
  public let packets: [InspectedPacket]
  /// The routers in the order of their first packet. A router ID at two addresses, or on two devices, is two routers.
  public let routers: [RecordedRouter]
  /// What the node that recorded itself has noted beside its packets.
  public let notes: RecordedNotes

  public init(_ packets: [InspectedPacket], notes: RecordedNotes = RecordedNotes([])) {
    self.packets = packets
    self.notes = notes
    routers = Recording.routers(of: packets)
  }

  /// Reads a capture file.
  public init(path: String) throws(CaptureError) {
    let reader = try CaptureReader(path: path)
    let blocks = RecordingBlocks(path: path)
    var packets: [InspectedPacket] = []
    while let record = try reader.next() {
      guard case .datagram(let datagram, let frame) = record else { continue }
      var packet = InspectedPacket(datagram, frame: frame)
      packet.device = blocks.device(ofFrame: frame)
      packets.append(packet)
    }
    self.init(
      packets,
      notes: RecordedNotes(
        blocks.entries.compactMap { entry in
          RecordedFact(entry.fields).map { RecordedNotes.Note(time: entry.timestamp, fact: $0) }
        }))
  }

  /// Whether a packet was sent by a router.
  func isPacket(_ packet: InspectedPacket, of router: RecordedRouter) -> Bool {
    packet.header?.routerID == router.routerID && packet.datagram.source == router.address
      && packet.header?.version == router.version && packet.device == router.device
  }

  /// What a router requests of a neighbor. What the neighbor describes and is not among it, the router has had since before the
  /// recording.
  func requests(of router: RecordedRouter, to neighbor: RecordedRouter) -> Set<LSAKey> {
    var keys: Set<LSAKey> = []
    for packet in packets where packet.type == .linkStateRequest && isPacket(packet, of: router) {
      guard packet.datagram.destination.isMulticast || packet.datagram.destination == neighbor.address else { continue }
      keys.formUnion(packet.keys)
    }
    return keys
  }

  /// Packets with something wrong say nothing about who sent them.
  private static func routers(of packets: [InspectedPacket]) -> [RecordedRouter] {
    struct Sender: Hashable {
      var routerID: RouterID
      var address: IPAddress
      var version: OSPFVersion
      var device: String?
    }
    var order: [Sender] = []
    var found: [Sender: RecordedRouter] = [:]
    var links: [Sender: LinkEvidence] = [:]
    for packet in packets {
      guard let header = packet.header, packet.problems.isEmpty else { continue }
      let sender = Sender(
        routerID: header.routerID, address: packet.datagram.source, version: header.version, device: packet.device)
      if found[sender] == nil {
        order.append(sender)
        found[sender] = RecordedRouter(packet, header)
      }
      found[sender]?.authentications.insert(RecordedAuthentication(packet, header))
      switch packet.packet?.body {
      case .hello(let hello):
        if found[sender]?.hello == nil { found[sender]?.hello = hello }
        links[sender, default: LinkEvidence()].consider(hello, to: packet.datagram.destination)
      case .databaseDescription(let description):
        if found[sender]?.interfaceMTU == nil { found[sender]?.interfaceMTU = description.interfaceMTU }
      case .linkStateUpdate:
        for lsa in packet.lsas where lsa.header.key.advertisingRouter == header.routerID {
          links[sender, default: LinkEvidence()].consider(lsa, address: packet.datagram.source)
        }
      case .linkStateRequest, .linkStateAcknowledgment, nil: break
      }
    }
    return order.compactMap { sender in
      guard var router = found[sender] else { return nil }
      let evidence = links[sender] ?? LinkEvidence()
      router.networkType = evidence.networkType
      router.cost = evidence.cost
      return router
    }
  }
}

/// What a router's packets say about the kind of network that it takes the link for.
private struct LinkEvidence {
  private var namesDesignatedRouter = false
  private var sendsHellosByUnicast = false
  private var sendsHellosByMulticast = false
  private var advertisesOwnAddress = false
  private(set) var cost: UInt16?

  mutating func consider(_ hello: Hello, to destination: IPAddress) {
    if hello.designatedRouter != .none || hello.backupDesignatedRouter != .none { namesDesignatedRouter = true }
    if destination.isMulticast { sendsHellosByMulticast = true } else { sendsHellosByUnicast = true }
  }

  /// On a point-to-multipoint network a router advertises its own address as a host route (RFC 2328 section 12.4.1.4).
  mutating func consider(_ lsa: InspectedLSA, address: IPAddress) {
    guard case .router(let body) = lsa.body, let address = address.v4 else { return }
    for link in body.links {
      if link.linkData == address.rawValue, link.type == .transit || link.type == .pointToPoint { cost = link.metric }
      if link.type == .stub, link.linkID == address.rawValue, link.linkData == .max { advertisesOwnAddress = true }
    }
  }

  var networkType: NetworkType {
    // Some routers answer a Hello with one for that neighbor alone, on every kind of network.
    switch (namesDesignatedRouter, sendsHellosByUnicast && !sendsHellosByMulticast) {
    case (true, true): .nonBroadcast
    case (true, false): .broadcast
    case (false, true): .pointToMultipoint
    case (false, false): advertisesOwnAddress ? .pointToMultipoint : .pointToPoint
    }
  }
}

extension IPAddress {
  /// 224.0.0.0/4, ff00::/8
  var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }
}
