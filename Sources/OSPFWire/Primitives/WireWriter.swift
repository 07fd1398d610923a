/// Appends integers in network byte order to a growing array.
public struct WireWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// An empty writer with room for `capacity` octets.
  public init(capacity: Int = 64) { bytes.reserveCapacity(capacity) }

  /// The number of octets written.
  public var count: Int { bytes.count }

  /// Appends one octet.
  @inline(__always)
  public mutating func uint8(_ value: UInt8) { bytes.append(value) }

  /// Appends two octets.
  @inline(__always)
  public mutating func uint16(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  /// Appends the low three octets.
  public mutating func uint24(_ value: UInt32) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 16))
    uint16(UInt16(truncatingIfNeeded: value))
  }

  /// Appends four octets.
  @inline(__always)
  public mutating func uint32(_ value: UInt32) {
    uint16(UInt16(truncatingIfNeeded: value >> 16))
    uint16(UInt16(truncatingIfNeeded: value))
  }

  /// Appends eight octets.
  public mutating func uint64(_ value: UInt64) {
    uint32(UInt32(truncatingIfNeeded: value >> 32))
    uint32(UInt32(truncatingIfNeeded: value))
  }

  /// Appends octets as they are.
  @inline(__always)
  public mutating func append(_ octets: [UInt8]) { bytes.append(contentsOf: octets) }

  /// Appends octets as they are.
  @inline(__always)
  public mutating func append(_ octets: RawSpan) { bytes.append(octets) }

  /// Overwrites two octets that were written before.
  @inline(__always)
  public mutating func patch(_ value: UInt16, at offset: Int) {
    bytes[offset] = UInt8(truncatingIfNeeded: value >> 8)
    bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
  }
}
