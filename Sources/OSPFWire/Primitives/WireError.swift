/// Why bytes were not accepted as an OSPF packet or LSA. Its description is one sentence for an operator.
public enum WireError: Error, Hashable, Sendable {
  /// Fewer octets than `needed` for `what`.
  case truncated(what: StaticName, needed: Int, available: Int)
  /// The version octet is not the expected one.
  case version(received: UInt8, expected: UInt8)
  /// The packet type is none of 1 to 5.
  case packetType(UInt8)
  /// A length field contradicts what carries it.
  case length(what: StaticName, claimed: Int, available: Int)
  /// A count field claims more than there is room for.
  case count(what: StaticName, claimed: Int, available: Int)
  /// A list of equal entries ends in the middle of one.
  case remainder(what: StaticName, octets: Int, entrySize: Int)
  /// Octets are left over after the last thing that was announced.
  case excess(what: StaticName, used: Int, available: Int)
  /// A checksum does not verify.
  case checksum(what: StaticName)
  /// A field has a value that is not allowed.
  case value(what: StaticName, UInt64)

  /// The name of a field or structure in the words of the RFC.
  public struct StaticName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let description: String
    public init(stringLiteral value: String) { description = value }
  }
}

extension WireError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let what, let needed, let available):
      "\(what) needs \(WireError.octets(needed)), \(WireError.octets(available)) \(available == 1 ? "is" : "are") there"
    case .version(let received, let expected): "version field says \(received), expected \(expected)"
    case .packetType(let type): "packet type \(type) is none of 1 to 5"
    case .length(let what, let claimed, let available):
      "\(what) length field says \(claimed), \(WireError.octets(available)) \(available == 1 ? "is" : "are") there"
    case .count(let what, let claimed, let available):
      "number of \(what) says \(claimed), there is room for \(available)"
    case .remainder(let what, let octets, let entrySize):
      "\(what) has \(WireError.octets(octets)), which is no multiple of \(entrySize)"
    case .excess(let what, let used, let available):
      "\(what) ends after \(WireError.octets(used)), \(WireError.octets(available)) \(available == 1 ? "is" : "are") there"
    case .checksum(let what): "\(what) checksum is wrong"
    case .value(let what, let value): "\(what) \(value) is not allowed"
    }
  }

  private static func octets(_ count: Int) -> String { count == 1 ? "1 octet" : "\(count) octets" }
}
