/// A message with a word that is in no other, to find it again at the other side of a log server.
public struct SyslogMessage: Sendable {
  /// The word: 32 hexadecimal digits.
  public let token: [UInt8]

  public init() {
    let digits = Array("0123456789abcdef".utf8)
    token = randomOctets(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
  }

  /// The message in the format of RFC 5424: facility syslog, severity debug, without a timestamp, so that no clock matters.
  public var bytes: [UInt8] {
    Array("<47>1 - - anycast-ospfd - probe - ".utf8) + token
  }

  /// The message as it travels over TCP, with a line feed behind it (RFC 6587 section 3.4.2).
  public var line: [UInt8] { bytes + [0x0A] }
}
