import OSPFWire

/// The optional Authentication Section of a Control packet (RFC 5880 section 4.1): Auth Type, Auth Len, and what the type makes of
/// the rest.
public struct AuthenticationSection: Hashable, Sendable {
  /// The octets of Auth Type and Auth Len.
  static let headerSize = 2

  /// Auth Type.
  public var type: UInt8
  /// Auth Len as the packet says it, with the two octets of the header.
  public var length: UInt8
  /// What follows the header, up to the end of the packet.
  public var data: [UInt8]

  /// A section whose length is right.
  public init(type: AuthenticationType, data: [UInt8]) {
    self.type = type.rawValue
    length = UInt8(clamping: Self.headerSize + data.count)
    self.data = data
  }

  /// Takes the section from the octets of a packet. `range` holds at least the header.
  init(_ octets: RawSpan, _ range: Range<Int>) {
    type = octets.uint8(at: range.lowerBound)
    length = octets.uint8(at: range.lowerBound + 1)
    data = octets.copy(range.lowerBound + Self.headerSize..<range.upperBound)
  }

  /// Auth Key ID.
  public var keyID: UInt8? { data.first }

  /// Sequence Number, in the four keyed types.
  public var sequenceNumber: UInt32? {
    data.count >= 6 ? data[2..<6].reduce(0) { $0 << 8 | UInt32($1) } : nil
  }

  func encode(into octets: inout [UInt8]) {
    octets.append(type)
    octets.append(length)
    octets.append(contentsOf: data)
  }
}

/// The kinds of authentication (RFC 5880 section 4.1). The raw value is that of the Auth Type field.
public enum AuthenticationType: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case simplePassword = 1
  case keyedMD5, meticulousKeyedMD5, keyedSHA1, meticulousKeyedSHA1

  /// Whether every packet must have a higher sequence number than the one before.
  public var isMeticulous: Bool { self == .meticulousKeyedMD5 || self == .meticulousKeyedSHA1 }

  /// The octets of a digest, and of the longest key; of a password, the longest one.
  public var digestLength: Int {
    switch self {
    case .simplePassword, .keyedMD5, .meticulousKeyedMD5: 16
    case .keyedSHA1, .meticulousKeyedSHA1: 20
    }
  }

  /// The RFC's words.
  public var description: String {
    switch self {
    case .simplePassword: "Simple Password"
    case .keyedMD5: "Keyed MD5"
    case .meticulousKeyedMD5: "Meticulous Keyed MD5"
    case .keyedSHA1: "Keyed SHA1"
    case .meticulousKeyedSHA1: "Meticulous Keyed SHA1"
    }
  }
}
