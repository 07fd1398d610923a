import OSPFProtocol
import OSPFWire

/// A packet that the engine sent, decoded.
public struct SentPacket: Sendable {
  /// When it was sent.
  public let time: Instant
  /// Where it went and its octets.
  public let transmission: Transmission
  /// What it says.
  public let packet: Packet

  /// Decodes what the engine sent; throws when the engine sent something that is no packet of the version.
  public init(_ transmission: Transmission, _ version: OSPFVersion, at time: Instant) throws(WireError) {
    self.time = time
    self.transmission = transmission
    packet = try Packet.decode(transmission.bytes.rawSpan, version: version)
  }

  /// The IP destination.
  public var destination: IPAddress { transmission.destination }

  /// The packet's type.
  public var type: PacketType { packet.header.type }

  /// The body of a Hello.
  public var hello: Hello? {
    if case .hello(let hello) = packet.body { hello } else { nil }
  }

  /// The body of a Database Description.
  public var databaseDescription: DatabaseDescription? {
    if case .databaseDescription(let description) = packet.body { description } else { nil }
  }

  /// What a Link State Request asks for; empty for other types.
  public var requests: [LSAKey] {
    if case .linkStateRequest(let request) = packet.body { request.requests } else { [] }
  }

  /// The headers of the LSAs in a Link State Update; empty for other types.
  public var updatedHeaders: [LSAHeader] {
    if case .linkStateUpdate(let update) = packet.body { update.lsas.map(\.header) } else { [] }
  }

  /// The whole LSAs in a Link State Update; empty for other types.
  public var lsas: [[UInt8]] {
    guard case .linkStateUpdate(let update) = packet.body else { return [] }
    return update.lsas.map { Array(transmission.bytes[$0.range]) }
  }

  /// The headers in a Link State Acknowledgment; empty for other types.
  public var acknowledgedHeaders: [LSAHeader] {
    if case .linkStateAcknowledgment(let acknowledgment) = packet.body { acknowledgment.lsaHeaders } else { [] }
  }
}

extension SentPacket: CustomStringConvertible {
  public var description: String {
    let seconds = Double(time.nanoseconds) / 1e9
    let what =
      switch packet.body {
      case .hello(let hello):
        "Hello DR \(hello.designatedRouter) BDR \(hello.backupDesignatedRouter) neighbors \(hello.neighbors)"
      case .databaseDescription(let description):
        "DD flags \(description.flags.rawValue) sequence \(description.sequenceNumber) \(description.lsaHeaders.map(\.summary))"
      case .linkStateRequest(let request): "LSR \(request.requests.map(\.summary))"
      case .linkStateUpdate(let update): "LSU \(update.lsas.map(\.header.summary))"
      case .linkStateAcknowledgment(let acknowledgment): "LSAck \(acknowledgment.lsaHeaders.map(\.summary))"
      }
    return "[\(seconds)s \(transmission.source) > \(destination)] \(what)"
  }
}

extension LSAKey {
  /// `type/Link State ID/Advertising Router`
  public var summary: String { "\(lsType.rawValue)/\(linkStateID)/\(advertisingRouter)" }
}

extension LSAHeader {
  /// Key, sequence number and age.
  public var summary: String { "\(key.summary) \(sequenceNumber) age \(lsAge)" }
}
