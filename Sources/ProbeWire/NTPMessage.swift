/// A client's question for the time (RFC 5905 section 7.3, mode 3).
///
/// It says nothing about the host: everything is zero but the Transmit Timestamp, which is random, so that nobody can answer who
/// has not seen the question.
public struct NTPRequest: Sendable {
  /// The packet.
  public let bytes: [UInt8]
  let transmitTimestamp: UInt64

  public init() { self.init(transmitTimestamp: .random(in: 1 ... .max)) }

  public init(transmitTimestamp: UInt64) {
    // LI 0, VN 4, Mode 3 (client)
    bytes = [0b00_100_011] + [UInt8](repeating: 0, count: 39) + transmitTimestamp.bigEndianOctets
    self.transmitTimestamp = transmitTimestamp
  }
}

/// A server's answer.
public struct NTPAnswer: Hashable, Sendable {
  /// Leap Indicator; 3 means that the server's clock is not synchronized.
  public let leapIndicator: UInt8
  /// Stratum; 0 is a kiss-o'-death packet, 16 an unsynchronized server.
  public let stratum: UInt8
  public let referenceID: [UInt8]

  /// Reads a packet. Its Origin Timestamp must be the request's Transmit Timestamp.
  public init(_ message: [UInt8], to request: NTPRequest) throws(MessageRefusal) {
    guard message.count >= 48 else { throw MessageRefusal("a malformed NTP packet") }
    guard message[0] & 0b111 == 4, (1...4).contains(message[0] >> 3 & 0b111) else {
      throw MessageRefusal("an NTP packet that is no server's")
    }
    guard message.uint64(at: 24) == request.transmitTimestamp else {
      throw MessageRefusal("an NTP packet with another Origin Timestamp")
    }
    leapIndicator = message[0] >> 6
    stratum = message[1]
    referenceID = Array(message[12..<16])
    // A kiss-o'-death packet need not bear the time (RFC 5905 section 7.4).
    guard stratum == 0 || message.uint64(at: 40) != 0 else { throw MessageRefusal("an NTP packet without a time") }
  }

  /// The kiss code (RFC 5905 section 7.4), `RATE`; nil when the packet is no kiss-o'-death packet.
  public var kissCode: String? {
    guard stratum == 0 else { return nil }
    let letters = referenceID.prefix { (0x21...0x7E).contains($0) }
    return letters.isEmpty ? "without a code" : String(decoding: letters, as: UTF8.self)
  }
}
