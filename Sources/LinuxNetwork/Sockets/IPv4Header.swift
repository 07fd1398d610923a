import NIOCore
import OSPFWire

/// Why a datagram from a raw IPv4 socket is not an IPv4 packet with a payload.
public enum MalformedIPHeader: Error, Hashable, Sendable {
  /// Shorter than the shortest header.
  case truncated(octets: Int)
  /// The version is not 4.
  case version(UInt8)
  /// The header length is below five words, or greater than the packet.
  case headerLength(octets: Int, packet: Int)
  /// The total length is below the header's, or greater than what was received.
  case totalLength(UInt16, header: Int, received: Int)
  /// The kernel did not say to which address an IPv6 packet was sent, or an address is of the wrong family.
  case addresses
}

extension MalformedIPHeader: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let octets): "\(octets) octets are too few for an IP header"
    case .version(let version): "IP version \(version) where 4 was expected"
    case .headerLength(let octets, let packet): "IP header length \(octets) in a packet of \(packet) octets"
    case .totalLength(let total, let header, let received):
      "IP total length \(total) with a header of \(header) octets and \(received) octets received"
    case .addresses: "the kernel did not tell the packet's addresses"
    }
  }
}

/// What is needed of an IPv4 header, which Linux leaves in front of whatever a raw socket receives.
struct IPv4Header: Hashable {
  var source: IPv4Address
  var destination: IPv4Address
  var timeToLive: UInt8
  /// The payload, after the options, in the buffer that was parsed.
  var payload: Range<Int>

  static let minimumLength = 20

  /// Reads the header at the beginning of the readable part of `packet`.
  init(parsing packet: ByteBuffer) throws(MalformedIPHeader) {
    let received = packet.readableBytes
    let start = packet.readerIndex
    guard received >= Self.minimumLength,
      let versionAndLength: UInt8 = packet.getInteger(at: start),
      let totalLength: UInt16 = packet.getInteger(at: start + 2),
      let timeToLive: UInt8 = packet.getInteger(at: start + 8),
      let source: UInt32 = packet.getInteger(at: start + 12),
      let destination: UInt32 = packet.getInteger(at: start + 16)
    else { throw .truncated(octets: received) }
    guard versionAndLength >> 4 == 4 else { throw .version(versionAndLength >> 4) }
    let headerLength = Int(versionAndLength & 0xF) * 4
    guard (Self.minimumLength...received).contains(headerLength) else {
      throw .headerLength(octets: headerLength, packet: received)
    }
    guard (headerLength...received).contains(Int(totalLength)) else {
      throw .totalLength(totalLength, header: headerLength, received: received)
    }
    self.timeToLive = timeToLive
    self.source = IPv4Address(rawValue: source)
    self.destination = IPv4Address(rawValue: destination)
    payload = start + headerLength..<start + Int(totalLength)
  }
}
