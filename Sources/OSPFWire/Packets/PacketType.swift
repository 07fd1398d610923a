/// The five types of OSPF packet (RFC 2328 section A.3.1).
public enum PacketType: UInt8, Hashable, Sendable, CaseIterable {
  case hello = 1
  case databaseDescription = 2
  case linkStateRequest = 3
  case linkStateUpdate = 4
  case linkStateAcknowledgment = 5
}

extension PacketType: CustomStringConvertible {
  /// The name that the RFC gives the packet.
  public var description: String {
    switch self {
    case .hello: "Hello"
    case .databaseDescription: "Database Description"
    case .linkStateRequest: "Link State Request"
    case .linkStateUpdate: "Link State Update"
    case .linkStateAcknowledgment: "Link State Acknowledgment"
    }
  }
}
