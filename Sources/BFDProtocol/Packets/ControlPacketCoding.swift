import OSPFWire

extension ControlPacket {
  /// Reads a packet from the payload of a UDP datagram and refuses what RFC 5880 section 6.8.6 refuses before any session is looked
  /// for, in its order. Octets behind the packet's own length are none of its.
  public static func decode(_ octets: RawSpan) throws(ControlPacketError) -> ControlPacket {
    guard octets.byteCount >= mandatorySize else { throw .truncated(available: octets.byteCount) }
    let flags = octets.uint8(at: 1)
    let hasAuthentication = flags & Flag.authenticationPresent != 0
    let length = Int(octets.uint8(at: 3))
    let version = octets.uint8(at: 0) >> 5
    guard version == Self.version else { throw .version(version) }
    let minimum = hasAuthentication ? mandatorySize + AuthenticationSection.headerSize : mandatorySize
    guard length >= minimum else { throw .lengthTooSmall(claimed: length, minimum: minimum) }
    guard length <= octets.byteCount else { throw .lengthTooLarge(claimed: length, available: octets.byteCount) }
    let detectMultiplier = octets.uint8(at: 2)
    guard detectMultiplier != 0 else { throw .detectMultiplierZero }
    guard flags & Flag.multipoint == 0 else { throw .multipoint }
    let myDiscriminator = Discriminator(rawValue: octets.uint32(at: 4))
    guard myDiscriminator != .zero else { throw .myDiscriminatorZero }
    return ControlPacket(
      diagnostic: Diagnostic(rawValue: octets.uint8(at: 0)), state: SessionState(twoBits: flags >> 6),
      poll: flags & Flag.poll != 0, final: flags & Flag.final != 0,
      controlPlaneIndependent: flags & Flag.controlPlaneIndependent != 0, demand: flags & Flag.demand != 0,
      detectMultiplier: detectMultiplier, myDiscriminator: myDiscriminator,
      yourDiscriminator: Discriminator(rawValue: octets.uint32(at: 8)),
      desiredMinTxInterval: Microseconds(rawValue: octets.uint32(at: 12)),
      requiredMinRxInterval: Microseconds(rawValue: octets.uint32(at: 16)),
      requiredMinEchoRxInterval: Microseconds(rawValue: octets.uint32(at: 20)),
      authentication: hasAuthentication ? AuthenticationSection(octets, mandatorySize..<length) : nil)
  }

  /// Appends the packet. Without an Authentication Section, and where `octets` has room, nothing is allocated.
  public func encode(into octets: inout [UInt8]) {
    let sectionSize = authentication.map { AuthenticationSection.headerSize + $0.data.count } ?? 0
    octets.append(Self.version << 5 | diagnostic.rawValue)
    octets.append(flags)
    octets.append(detectMultiplier)
    octets.append(UInt8(clamping: Self.mandatorySize + sectionSize))
    octets.append(bigEndian: myDiscriminator.rawValue)
    octets.append(bigEndian: yourDiscriminator.rawValue)
    octets.append(bigEndian: desiredMinTxInterval.rawValue)
    octets.append(bigEndian: requiredMinRxInterval.rawValue)
    octets.append(bigEndian: requiredMinEchoRxInterval.rawValue)
    authentication?.encode(into: &octets)
  }

  private enum Flag {
    static let poll: UInt8 = 0x20
    static let final: UInt8 = 0x10
    static let controlPlaneIndependent: UInt8 = 0x08
    static let authenticationPresent: UInt8 = 0x04
    static let demand: UInt8 = 0x02
    static let multipoint: UInt8 = 0x01
  }

  private var flags: UInt8 {
    state.rawValue << 6 | (poll ? Flag.poll : 0) | (final ? Flag.final : 0)
      | (controlPlaneIndependent ? Flag.controlPlaneIndependent : 0)
      | (authentication == nil ? 0 : Flag.authenticationPresent) | (demand ? Flag.demand : 0)
  }
}

extension SessionState {
  /// The state that two bits stand for; each of the four values is one.
  fileprivate init(twoBits: UInt8) {
    switch twoBits & 3 {
    case 0: self = .adminDown
    case 1: self = .down
    case 2: self = .`init`
    default: self = .up
    }
  }
}

extension [UInt8] {
  /// Appends four octets in network byte order.
  mutating func append(bigEndian value: UInt32) {
    append(UInt8(truncatingIfNeeded: value >> 24))
    append(UInt8(truncatingIfNeeded: value >> 16))
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }
}

/// Why octets are no BFD Control packet, in the order of RFC 5880 section 6.8.6. Its description is a sentence for an operator.
public enum ControlPacketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Fewer octets than the mandatory section has.
  case truncated(available: Int)
  /// The version number is not 1.
  case version(UInt8)
  /// The Length field is less than what the A bit asks for.
  case lengthTooSmall(claimed: Int, minimum: Int)
  /// The Length field is greater than the payload.
  case lengthTooLarge(claimed: Int, available: Int)
  /// Detect Mult is zero.
  case detectMultiplierZero
  /// The Multipoint bit is set.
  case multipoint
  /// My Discriminator is zero.
  case myDiscriminatorZero

  public var description: String {
    switch self {
    case .truncated(let available): "a BFD Control packet has at least 24 octets, this one has \(available)"
    case .version(let version): "its version is \(version), expected 1"
    case .lengthTooSmall(let claimed, let minimum): "its Length field says \(claimed), at least \(minimum) are needed"
    case .lengthTooLarge(let claimed, let available): "its Length field says \(claimed), but \(available) octets are there"
    case .detectMultiplierZero: "its Detect Mult is zero"
    case .multipoint: "its Multipoint bit is set"
    case .myDiscriminatorZero: "its My Discriminator is zero"
    }
  }
}
