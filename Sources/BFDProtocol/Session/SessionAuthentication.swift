import Crypto
import OSPFWire

/// How the packets of a session are authenticated (RFC 5880 section 6.7).
public struct SessionAuthentication: Hashable, Sendable {
  /// The kind, the same on both sides.
  public var type: AuthenticationType
  /// Packets under any of the keys are accepted; the last one is for our own.
  public var keys: [Key]

  /// A key or password.
  public struct Key: Hashable, Sendable {
    /// Auth Key ID.
    public var id: UInt8
    /// The key itself; only as many octets as a digest has are used.
    public var secret: Secret

    public init(id: UInt8, secret: Secret) {
      self.id = id
      self.secret = secret
    }
  }

  /// Describes the authentication of a session.
  public init(type: AuthenticationType, keys: [Key]) {
    self.type = type
    self.keys = keys
  }
}

/// The state variables of authentication (RFC 5880 section 6.8.1).
struct AuthenticationState {
  /// bfd.XmitAuthSeq: a random number at the beginning.
  var xmitAuthSeq: UInt32
  /// bfd.RcvAuthSeq; nil stands for bfd.AuthSeqKnown = 0.
  var rcvAuthSeq: UInt32?
}

extension SessionAuthentication {
  /// Appends the packet with an Authentication Section to `octets` (section 6.7, "Transmission").
  func seal(_ packet: ControlPacket, _ state: inout AuthenticationState, into octets: inout [UInt8]) {
    let start = octets.count
    let key = keys.last ?? Key(id: 0, secret: Secret([]))
    var packet = packet
    guard type != .simplePassword else {
      packet.authentication = AuthenticationSection(type: type, data: [key.id] + key.secret.bytes.prefix(type.digestLength))
      return packet.encode(into: &octets)
    }
    // The types that are not meticulous may count with every packet as well.
    state.xmitAuthSeq &+= 1
    var data = [key.id, 0]
    data.append(bigEndian: state.xmitAuthSeq)
    data += padded(key.secret)
    packet.authentication = AuthenticationSection(type: type, data: data)
    packet.encode(into: &octets)
    let digest = digest(of: octets[start...])
    octets.replaceSubrange(octets.count - digest.count..<octets.count, with: digest)
  }

  /// Refuses a packet that its Authentication Section does not prove (sections 6.7.2 to 6.7.4, "Receipt"). `octets` are those of the
  /// datagram from which `packet` was read.
  ///
  /// The sequence number is remembered only from a packet whose digest is right: the RFC's order would let anybody set the first one.
  func verify(
    _ packet: ControlPacket, _ octets: RawSpan, _ state: inout AuthenticationState
  ) throws(SessionAuthenticationError) {
    guard let section = packet.authentication, section.type == type.rawValue else {
      throw .type(received: packet.authentication?.type ?? 0, ours: type)
    }
    guard let keyID = section.keyID else { throw .length(Int(section.length)) }
    guard let key = keys.last(where: { $0.id == keyID }) else { throw .unknownKey(id: keyID) }
    guard type != .simplePassword else { return try verifyPassword(section, key) }
    guard section.data.count == 6 + type.digestLength, Int(section.length) == section.data.count + 2,
      let sequenceNumber = section.sequenceNumber
    else { throw .length(Int(section.length)) }
    if let last = state.rcvAuthSeq {
      let ahead = sequenceNumber &- last
      guard ahead >= (type.isMeticulous ? 1 : 0), ahead <= 3 * UInt32(packet.detectMultiplier) else {
        throw .sequenceNumber(received: sequenceNumber, last: last)
      }
    }
    let whole = octets.copy(0..<ControlPacket.mandatorySize + Int(section.length))
    let expected = digest(of: whole.dropLast(type.digestLength) + padded(key.secret))
    guard equal(expected, section.data.suffix(type.digestLength)) else { throw .digest(keyID: keyID) }
    state.rcvAuthSeq = sequenceNumber
  }

  private func verifyPassword(_ section: AuthenticationSection, _ key: Key) throws(SessionAuthenticationError) {
    guard Int(section.length) == section.data.count + 2 else { throw .length(Int(section.length)) }
    guard equal(Array(key.secret.bytes.prefix(type.digestLength)), section.data.dropFirst()) else { throw .digest(keyID: key.id) }
  }

  /// The key as it stands in place of the digest while that is computed.
  private func padded(_ secret: Secret) -> [UInt8] {
    let key = secret.bytes.prefix(type.digestLength)
    return key + [UInt8](repeating: 0, count: type.digestLength - key.count)
  }

  private func digest(of octets: some Sequence<UInt8>) -> [UInt8] {
    switch type {
    case .simplePassword: []
    case .keyedMD5, .meticulousKeyedMD5: Array(Insecure.MD5.hash(data: Array(octets)))
    case .keyedSHA1, .meticulousKeyedSHA1: Array(Insecure.SHA1.hash(data: Array(octets)))
    }
  }

  /// Compares in a time that does not depend on where the two differ.
  private func equal(_ left: [UInt8], _ right: ArraySlice<UInt8>) -> Bool {
    left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

/// Why a packet is not authentic (RFC 5880 section 6.7). Its description is a sentence for an operator.
public enum SessionAuthenticationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The Auth Type is another one.
  case type(received: UInt8, ours: AuthenticationType)
  /// No key has the Auth Key ID.
  case unknownKey(id: UInt8)
  /// The Auth Len is not that of the type.
  case length(Int)
  /// The Sequence Number is not among the next ones.
  case sequenceNumber(received: UInt32, last: UInt32)
  /// The digest or password is another one.
  case digest(keyID: UInt8)

  public var description: String {
    switch self {
    case .type(let received, let ours):
      "its Auth Type is \(AuthenticationType(rawValue: received)?.description ?? String(received)), ours is \(ours)"
    case .unknownKey(let id): "its key ID \(id) is none of ours"
    case .length(let length): "its Auth Len \(length) is not that of its type"
    case .sequenceNumber(let received, let last): "its sequence number \(received) does not follow \(last)"
    case .digest(let keyID): "it was not made with our key \(keyID)"
    }
  }
}
