import FlightRecords
import OSPFProtocol
import OSPFWire
import PacketCapture

/// A router as a capture shows it: what its own packets say about it.
public struct RecordedRouter: Hashable, Sendable {
  public let routerID: RouterID
  /// The address that its packets come from.
  public let address: IPAddress
  /// The device of the node that it was seen on, where the recording has several.
  public let device: String?
  /// The version that it speaks.
  public let version: OSPFVersion
  /// The area of its packets.
  public let area: AreaID
  /// Its first Hello; nil when the capture has none.
  public internal(set) var hello: Hello?
  /// The Interface MTU of its Database Descriptions; nil when the capture has none.
  public internal(set) var interfaceMTU: UInt16?
  /// The Instance ID; 0 in OSPFv2.
  public internal(set) var instanceID: UInt8 = 0
  /// How its packets are authenticated.
  public internal(set) var authentication: RecordedAuthentication = .none
  /// Every way in which its packets are authenticated: keys may be exchanged while it is recorded.
  var authentications: Set<RecordedAuthentication> = []
  /// The kind of network that it takes the link for.
  public internal(set) var networkType: NetworkType = .pointToPoint
  /// The cost of the link in its router-LSA; nil when the capture does not tell.
  public internal(set) var cost: UInt16?

  /// The kind of area that its Hellos speak of (RFC 2328 section 9.5, RFC 3101 section 2.4).
  public var areaConfiguration: AreaConfiguration {
    guard let options = hello?.options else { return .normal }
    return options.contains(.externalRouting) ? .normal : options.contains(.nssa) ? .nssa : .stub
  }

  init(_ packet: InspectedPacket, _ header: PacketHeader) {
    routerID = header.routerID
    address = packet.datagram.source
    device = packet.device
    version = header.version
    area = header.areaID
    if case .v3(let instanceID, _) = header.extent { self.instanceID = instanceID }
    authentication = RecordedAuthentication(packet, header)
  }
}

extension RecordedRouter {
  /// A node on one of its interfaces as its own notes tell of it; nil where that has no address.
  init?(_ routerID: RouterID, _ interface: RecordedInterface) {
    guard let address = interface.address else { return nil }
    self.routerID = routerID
    self.address = address
    device = interface.definition.name
    version = interface.instance.version
    area = interface.definition.settings.area
    instanceID = interface.definition.settings.instanceID
  }
}

/// What can be seen of the authentication of a packet.
public enum RecordedAuthentication: Hashable, Sendable {
  case none
  /// RFC 2328 section D.2: the password is in the packet.
  case simplePassword(UInt64)
  /// RFC 2328 section D.3: the key's number and the octets of the digest.
  case cryptographic(keyID: UInt8, digestLength: UInt8)
  /// RFC 7166: the key's number and the octets of the digest.
  case trailer(securityAssociationID: UInt16, digestLength: Int)
  /// An AuType that no RFC defines.
  case unknown(UInt16)

  init(_ packet: InspectedPacket, _ header: PacketHeader) {
    switch header.extent {
    case .v2(0, _): self = .none
    case .v2(1, let password): self = .simplePassword(password)
    case .v2(2, let field):
      self = .cryptographic(
        keyID: UInt8(truncatingIfNeeded: field >> 40), digestLength: UInt8(truncatingIfNeeded: field >> 32))
    case .v2(let type, _): self = .unknown(type)
    case .v3:
      self =
        packet.authenticationTrailer.map {
          .trailer(securityAssociationID: $0.securityAssociationID, digestLength: $0.data.count)
        } ?? .none
    }
  }

  /// In words: `keyed digest of 16 octets, key 1`.
  public var words: String {
    switch self {
    case .none: "none"
    case .simplePassword: "a simple password"
    case .cryptographic(let keyID, let length): "cryptographic, key \(keyID), digest of \(length) octets"
    case .trailer(let id, let length): "an authentication trailer, Security Association ID \(id), \(length) octets"
    case .unknown(let type): "AuType \(type)"
    }
  }

  /// Whether there is a key that the packets do not show.
  var hasSecret: Bool {
    switch self {
    case .cryptographic, .trailer: true
    case .none, .simplePassword, .unknown: false
    }
  }
}

extension RecordedRouter: CustomStringConvertible {
  /// `192.0.2.1 (10.0.0.1)`
  public var description: String { "\(routerID) (\(address))" }
}
