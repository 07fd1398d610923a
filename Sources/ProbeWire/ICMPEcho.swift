import OSPFWire

/// An Echo message (RFC 792), or Echo Request message (RFC 4443 section 4.1).
public struct ICMPEchoRequest: Sendable {
  /// The protocol, by the addresses that it goes between.
  public enum Version: Hashable, Sendable {
    case v4, v6
  }

  /// The message. The kernel writes the checksum of ICMPv6, which covers addresses that only it knows.
  public let bytes: [UInt8]
  let version: Version
  /// Sequence Number and data; both are random.
  let tail: [UInt8]
  let identifier: UInt16

  /// A message with random numbers and 24 octets of random data.
  public init(_ version: Version) {
    self.init(version, identifier: .random(in: .min ... .max), tail: randomOctets(26))
  }

  /// A message whose random parts are given: Sequence Number and data are `tail`.
  public init(_ version: Version, identifier: UInt16, tail: [UInt8]) {
    var message = [version == .v4 ? 8 : 128, 0, 0, 0] + identifier.bigEndianOctets + tail
    if version == .v4 { message.replaceSubrange(2..<4, with: InternetChecksum.compute(message.rawSpan).bigEndianOctets) }
    bytes = message
    self.version = version
    self.tail = tail
    self.identifier = identifier
  }

  /// How a socket delivers messages.
  public enum Delivery: Hashable, Sendable {
    /// A datagram socket: only answers to itself, whose Identifier the kernel has made its own.
    case own
    /// A raw socket: all ICMP messages of the host, those of IPv4 behind their IP header.
    case all
  }

  /// Takes a message for the answer, or refuses it.
  public func accept(_ message: [UInt8], _ delivery: Delivery) throws(MessageRefusal) {
    var echo = message[...]
    if version == .v4, delivery == .all {
      let headerLength = (Int(message.first ?? 0) & 0xF) * 4
      guard headerLength >= 20, message.count >= headerLength else { throw MessageRefusal("a malformed IP packet") }
      echo = message[headerLength...]
    }
    guard echo.count >= 8 else { throw MessageRefusal("a malformed ICMP message") }
    let octets = Array(echo)
    guard octets[0] == (version == .v4 ? 0 : 129), octets[1] == 0 else {
      throw MessageRefusal("an ICMP message that is no Echo Reply")
    }
    guard delivery == .own || octets.uint16(at: 4) == identifier, Array(octets[6...]) == tail else {
      throw MessageRefusal("an Echo Reply to somebody else")
    }
  }
}
