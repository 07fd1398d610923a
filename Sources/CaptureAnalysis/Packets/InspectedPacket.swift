import OSPFProtocol
import OSPFWire
import PacketCapture

/// A packet of a capture, understood as far as it can be, and everything that is wrong with it.
public struct InspectedPacket: Sendable {
  /// The number of its frame in the capture, counted from 1.
  public let frame: Int
  /// The device that it went through, where the capture says so.
  public internal(set) var device: String?
  /// The packet as it was captured.
  public let datagram: CapturedDatagram
  /// The OSPF header; nil when not even that is there.
  public internal(set) var header: PacketHeader?
  /// The packet length field; 0 without a header.
  public internal(set) var length = 0
  /// What the packet says; nil when its body contradicts itself.
  public internal(set) var packet: Packet?
  /// The LSAs of a Link State Update, as far as they could be found.
  public internal(set) var lsas: [InspectedLSA] = []
  /// The OSPFv3 authentication trailer.
  public internal(set) var authenticationTrailer: AuthenticationTrailer?
  /// Whether one of the given keys made its authentication; nil without keys, and without authentication.
  public internal(set) var isAuthentic: Bool?
  /// What is wrong, in sentences. Empty for a packet that every router would take, were it for it.
  public internal(set) var problems: [String] = []

  /// The packet's type; nil without a header.
  public var type: PacketType? { header?.type }

  /// The headers of LSAs in a Database Description or an acknowledgment.
  public var lsaHeaders: [LSAHeader] {
    switch packet?.body {
    case .databaseDescription(let description): description.lsaHeaders
    case .linkStateAcknowledgment(let acknowledgment): acknowledgment.lsaHeaders
    case .hello, .linkStateRequest, .linkStateUpdate, nil: []
    }
  }

  /// The names of all LSAs that the packet carries, describes, requests or acknowledges.
  public var keys: [LSAKey] {
    if case .linkStateRequest(let request) = packet?.body { return request.requests }
    return lsas.map(\.header.key) + lsaHeaders.map(\.key)
  }
}

/// An LSA of a Link State Update.
public struct InspectedLSA: Sendable {
  public let header: LSAHeader
  /// What is wrong with it, in sentences.
  public let problems: [String]
  let version: OSPFVersion
  let octets: ArraySlice<UInt8>

  /// All its octets.
  public var bytes: [UInt8] { Array(octets) }
  /// What it says; nil when it contradicts itself.
  public var body: LSABody? { try? LSABody.decode(bytes.rawSpan, version: version) }
}

extension LSAHeader {
  /// MaxAge (RFC 2328 appendix B), in seconds.
  static let maxAge: UInt16 = 3600

  /// Whether the LSA is being flushed.
  var isAtMaxAge: Bool { lsAge == Self.maxAge }
}
