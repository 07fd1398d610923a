import CLinux

/// An rtnetlink message to the kernel, being written.
struct NetlinkRequest {
  private(set) var octets: [UInt8] = Array(repeating: 0, count: NetlinkMessage.headerLength)

  /// Begins a request of `type` (RTM_*) with the flags NLM_F_*; NLM_F_REQUEST is added.
  init(type: Int, flags: Int32) {
    replace(at: 4, with: UInt16(truncatingIfNeeded: type))
    replace(at: 6, with: UInt16(truncatingIfNeeded: flags | NLM_F_REQUEST))
  }

  /// Adds flags to those of the beginning.
  mutating func add(flags: Int32) {
    withUnsafeBytes(of: UInt16(truncatingIfNeeded: flags)) { bytes in
      for (offset, byte) in bytes.enumerated() { octets[6 + offset] |= byte }
    }
  }

  /// Appends an integer of the fixed part.
  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value) { octets += $0 }
  }

  /// Appends what is written already.
  mutating func append(octets more: [UInt8]) { octets += more }

  /// Appends an attribute.
  mutating func appendAttribute(_ type: Int, _ value: [UInt8]) {
    append(UInt16(truncatingIfNeeded: 4 + value.count))
    append(UInt16(truncatingIfNeeded: type))
    octets += value
    octets += repeatElement(0, count: (4 - value.count % 4) % 4)
  }

  /// Appends an attribute of 32-bit numbers.
  mutating func appendAttribute(_ type: Int, numbers: UInt32...) {
    appendAttribute(type, numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } })
  }

  /// The finished message.
  func finished(sequenceNumber: UInt32) -> [UInt8] {
    var message = self
    message.replace(at: 0, with: UInt32(truncatingIfNeeded: octets.count))
    message.replace(at: 8, with: sequenceNumber)
    return message.octets
  }

  private mutating func replace(at offset: Int, with value: some FixedWidthInteger) {
    withUnsafeBytes(of: value) { octets.replaceSubrange(offset..<offset + $0.count, with: $0) }
  }
}

extension NetlinkRequest {
  /// `ifinfomsg`: the fixed part of link messages.
  mutating func appendLinkHeader(index: Int32 = 0) {
    append(UInt32(0))  // family and type
    append(index)
    append(UInt32(0))  // flags
    append(UInt32(0))  // change mask
  }

  /// `ifaddrmsg`: the fixed part of address messages.
  mutating func appendAddressHeader(family: Int32 = 0, prefixLength: Int = 0, flags: Int32 = 0, index: UInt32 = 0) {
    append(UInt8(truncatingIfNeeded: family))
    append(UInt8(truncatingIfNeeded: prefixLength))
    append(UInt8(truncatingIfNeeded: flags))
    append(UInt8(0))  // scope: global
    append(index)
  }
}
