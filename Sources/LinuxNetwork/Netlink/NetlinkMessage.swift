import OSPFWire

/// Octets from the kernel, in the machine's byte order, read without ever reading past the end.
struct KernelOctets {
  private let octets: ArraySlice<UInt8>

  init(_ octets: ArraySlice<UInt8>) { self.octets = octets }

  var count: Int { octets.count }

  /// The integer at `offset`; nil when it does not fit.
  func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type = Value.self) -> Value? {
    guard offset >= 0, offset <= count - MemoryLayout<Value>.size else { return nil }
    return octets.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
  }

  /// The octets in `range`; nil when there are fewer.
  subscript(range: Range<Int>) -> KernelOctets? {
    guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return KernelOctets(octets[octets.startIndex + range.lowerBound..<octets.startIndex + range.upperBound])
  }

  /// An IPv4 or IPv6 address; nil for any other number of octets.
  var address: IPAddress? { IPAddress(octets: octets) }

  /// Text up to the first NUL.
  var text: String { String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self) }

  /// Where the next message or attribute begins, when one of `length` octets began at `offset`.
  static func aligned(_ offset: Int, after length: Int) -> Int { offset + (length + 3) & ~3 }
}

/// One rtnetlink message as it came from the kernel.
struct NetlinkMessage {
  var type: UInt16
  var flags: UInt16
  var sequenceNumber: UInt32
  var payload: KernelOctets

  static let headerLength = 16

  /// Splits a datagram into its messages. Nil when a length is wrong: the datagram was truncated, and nothing in it is believed.
  static func split(_ datagram: ArraySlice<UInt8>) -> [NetlinkMessage]? {
    let octets = KernelOctets(datagram)
    var messages: [NetlinkMessage] = []
    var offset = 0
    while offset < octets.count {
      guard let length = octets.integer(at: offset, as: UInt32.self).map(Int.init), length >= headerLength,
        let type: UInt16 = octets.integer(at: offset + 4), let flags: UInt16 = octets.integer(at: offset + 6),
        let sequenceNumber: UInt32 = octets.integer(at: offset + 8),
        let payload = octets[offset + headerLength..<offset + length]
      else { return nil }
      messages.append(NetlinkMessage(type: type, flags: flags, sequenceNumber: sequenceNumber, payload: payload))
      offset = KernelOctets.aligned(offset, after: length)
    }
    return messages
  }

  /// The error number in an NLMSG_ERROR message, 0 for an acknowledgment; nil when the message is too short.
  var errorCode: Int32? { payload.integer(at: 0, as: Int32.self).map { $0 == .min ? .max : -$0 } }

  /// The attributes after a fixed part of `length` octets, by type; the last of each type counts. Nil when a length is wrong.
  func attributes(after length: Int) -> [Int: KernelOctets]? {
    var attributes: [Int: KernelOctets] = [:]
    var offset = length
    while offset < payload.count {
      guard let length = payload.integer(at: offset, as: UInt16.self).map(Int.init), length >= 4,
        let type: UInt16 = payload.integer(at: offset + 2), let value = payload[offset + 4..<offset + length]
      else { return nil }
      // The two highest bits are NLA_F_NESTED and NLA_F_NET_BYTEORDER.
      attributes[Int(type & 0x3FFF)] = value
      offset = KernelOctets.aligned(offset, after: length)
    }
    return attributes
  }
}
