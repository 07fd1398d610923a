/// Why bytes were not accepted as an OSPF packet or LSA.
public enum WireError: Error, Hashable, Sendable {
  /// Fewer octets than `needed` for `what`.
  case truncated(what: StaticName, needed: Int, available: Int)
  /// The version octet is not the expected one.
  case version(received: UInt8, expected: UInt8)
  /// The packet type is none of 1 to 5.
  case packetType(UInt8)
  /// A length field contradicts what carries it.
  case length(what: StaticName, claimed: Int, available: Int)
  /// A checksum does not verify.
  case checksum(what: StaticName)
  /// A field has a value that is not allowed.
  case value(what: StaticName, UInt64)

  /// The name of a field or structure in the words of the RFC.
  public struct StaticName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let description: String
    /// Makes a name.
    public init(stringLiteral value: String) { description = value }
  }
}

/// The five types of OSPF packet (RFC 2328 section A.3.1).
public enum PacketType: UInt8, Hashable, Sendable, CaseIterable {
  case hello = 1
  case databaseDescription = 2
  case linkStateRequest = 3
  case linkStateUpdate = 4
  case linkStateAcknowledgment = 5
}
