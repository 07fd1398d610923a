import Crypto

/// A Status-Server packet: it asks a RADIUS server whether it is alive (RFC 5997 section 3).
///
/// There is no maintained library of RADIUS messages that could be used here; the few octets are our own, the digests are not.
public struct RADIUSRequest: Sendable {
  /// The packet.
  public let bytes: [UInt8]
  /// Request Authenticator
  let authenticator: [UInt8]
  let secret: [UInt8]

  /// A packet with a random Identifier and Request Authenticator.
  public init(secret: String) {
    self.init(secret: Array(secret.utf8), identifier: .random(in: .min ... .max), authenticator: randomOctets(16))
  }

  /// A packet whose random parts are given: 16 octets of Request Authenticator.
  public init(secret: [UInt8], identifier: UInt8, authenticator: [UInt8]) {
    let attribute = [RADIUS.messageAuthenticator, 18] + [UInt8](repeating: 0, count: 16)
    let length = UInt16(truncatingIfNeeded: RADIUS.headerSize + attribute.count)
    let header = [RADIUS.statusServer, identifier] + length.bigEndianOctets + authenticator
    let digest = HMAC<Insecure.MD5>.authenticationCode(for: header + attribute, using: SymmetricKey(data: secret))
    bytes = header + attribute.prefix(2) + digest
    self.authenticator = authenticator
    self.secret = secret
  }
}

/// A packet that answers a Status-Server packet, and proves that its sender knows the secret.
public struct RADIUSAnswer: Hashable, Sendable {
  /// What the server answered with.
  public let code: UInt8
  /// Whether it bore a Message-Authenticator, which is right then.
  public let hasMessageAuthenticator: Bool

  /// Whether it is what a server that is alive answers with: Access-Accept, or Accounting-Response on the accounting port.
  public var isAlive: Bool { code == 2 || code == 5 }

  /// Reads a packet (RFC 2865 section 3, RFC 3579 section 3.2). The Response Authenticator is verified always, the
  /// Message-Authenticator where there is one: RFC 5997 does not ask a server to send it.
  public init(_ message: [UInt8], to request: RADIUSRequest) throws(MessageRefusal) {
    let length = Int(message.uint16(at: 2))
    guard message.count >= RADIUS.headerSize, (RADIUS.headerSize...RADIUS.largestPacket).contains(length),
      length <= message.count
    else { throw MessageRefusal("a malformed RADIUS packet") }
    // What follows the packet is padding (RFC 2865 section 3, Length).
    let packet = Array(message.prefix(length))
    guard packet[1] == request.bytes[1] else { throw MessageRefusal("a RADIUS packet with another Identifier") }
    let position = try Self.positionOfMessageAuthenticator(in: packet)
    let attributes = packet[RADIUS.headerSize...]
    let signed = packet[..<4] + request.authenticator + attributes + request.secret
    guard Insecure.MD5.hash(data: Array(signed)) == Array(packet[4..<RADIUS.headerSize]) else {
      throw MessageRefusal("a RADIUS packet whose Response Authenticator is wrong: is the secret right?")
    }
    if let position {
      var cleared = packet
      cleared.replaceSubrange(4..<RADIUS.headerSize, with: request.authenticator)
      cleared.replaceSubrange(position..<position + 16, with: [UInt8](repeating: 0, count: 16))
      let isRight = HMAC<Insecure.MD5>.isValidAuthenticationCode(
        Array(packet[position..<position + 16]), authenticating: cleared, using: SymmetricKey(data: request.secret))
      guard isRight else { throw MessageRefusal("a RADIUS packet whose Message-Authenticator is wrong") }
    }
    code = packet[0]
    hasMessageAuthenticator = position != nil
  }

  /// Where the value of the Message-Authenticator begins; nil when there is none.
  private static func positionOfMessageAuthenticator(in packet: [UInt8]) throws(MessageRefusal) -> Int? {
    var found: Int?
    var offset = RADIUS.headerSize
    while offset < packet.count {
      guard offset + 2 <= packet.count, packet[offset + 1] >= 2, offset + Int(packet[offset + 1]) <= packet.count else {
        throw MessageRefusal("a RADIUS packet with a malformed attribute")
      }
      let length = Int(packet[offset + 1])
      if packet[offset] == RADIUS.messageAuthenticator {
        guard length == 18, found == nil else {
          throw MessageRefusal("a RADIUS packet with a malformed Message-Authenticator")
        }
        found = offset + 2
      }
      offset += length
    }
    return found
  }
}

private enum RADIUS {
  static let statusServer: UInt8 = 12
  static let messageAuthenticator: UInt8 = 80
  /// Code, Identifier, Length and Authenticator.
  static let headerSize = 20
  static let largestPacket = 4096
}
