/// The version of OSPF that a packet, an instance or a database belongs to.
public enum OSPFVersion: UInt8, Hashable, Sendable, CaseIterable {
  /// OSPF for IPv4, RFC 2328.
  case v2 = 2
  /// OSPF for IPv6, RFC 5340.
  case v3 = 3
}

/// A 32-bit number that names a router uniquely in the autonomous system (RFC 2328 section 1.2).
public struct RouterID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible, TextWritable {
  /// The 32 bits in host byte order.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Parses dotted-decimal notation.
  public init?(_ text: some StringProtocol) {
    guard let value = DottedDecimal.parse(text) else { return nil }
    rawValue = value
  }

  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(dottedDecimal: rawValue) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A 32-bit number that names an area; 0.0.0.0 is the backbone (RFC 2328 section 3.1).
public struct AreaID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible, TextWritable {
  /// The 32 bits in host byte order.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Parses dotted-decimal notation or a plain decimal number.
  public init?(_ text: some StringProtocol) {
    if let value = DottedDecimal.parse(text) {
      rawValue = value
    } else if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt32(text) {
      rawValue = value
    } else {
      return nil
    }
  }

  /// The backbone, 0.0.0.0.
  public static let backbone = AreaID(rawValue: 0)

  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(dottedDecimal: rawValue) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The Link State ID of an LSA (RFC 2328 section 12.1.4). What it stands for depends on the LS type.
public struct LinkStateID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible, TextWritable {
  /// The 32 bits in host byte order.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(dottedDecimal: rawValue) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a Hello names as Designated Router: in OSPFv2 the router's IP interface address (RFC 2328 section A.3.2), in OSPFv3 its
/// router ID (RFC 5340 section A.3.2). Zero means that there is none.
public struct DesignatedRouterID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible, TextWritable {
  /// The 32 bits in host byte order.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// 0.0.0.0: no Designated Router.
  public static let none = DesignatedRouterID(rawValue: 0)

  public var description: String { notation }

  public func write(to text: inout TextBuffer) { text.append(dottedDecimal: rawValue) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
