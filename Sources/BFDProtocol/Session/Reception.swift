import OSPFProtocol
import OSPFWire

/// What the socket says of a datagram beside its octets.
public struct Arrival: Hashable, Sendable {
  /// The index of the device that it came in on.
  public var interfaceIndex: UInt32
  /// The IP source address.
  public var source: IPAddress
  /// The IP destination address.
  public var destination: IPAddress
  /// TTL or Hop Limit.
  public var ttl: UInt8
  /// When it arrived, which may be a little before it is processed.
  public var time: Instant

  /// Describes how a datagram arrived.
  public init(interfaceIndex: UInt32, source: IPAddress, destination: IPAddress, ttl: UInt8, time: Instant) {
    self.interfaceIndex = interfaceIndex
    self.source = source
    self.destination = destination
    self.ttl = ttl
    self.time = time
  }
}

/// Reception of BFD Control packets (RFC 5880 section 6.8.6), step by step in its order, with what RFC 5881 adds for a single hop.
extension SessionSet {
  func accept(_ arrival: Arrival, _ octets: RawSpan, at now: Instant) throws(ReceptionRefusal) {
    // Version, length, Detect Mult, Multipoint and My Discriminator.
    let packet: ControlPacket
    do throws(ControlPacketError) {
      packet = try ControlPacket.decode(octets)
    } catch {
      throw .malformed(error)
    }
    let session = try select(packet, arrival)
    do throws(ReceptionRefusal) {
      try verify(packet, octets, arrival, session)
      try take(packet, session, at: now)
    } catch {
      session.counters.refused &+= 1
      throw error
    }
    // The packet has been received for the purposes of the Detection Time.
    session.counters.received &+= 1
    session.lastReception = arrival.time
    session.detectionDeadline = session.detectionTime.map { arrival.time + $0 }
    apply(SessionEvent(received: packet.state), to: session, at: now)
    schedule(session, at: now)
    if packet.poll { transmitFinal(session) }
  }

  /// The session that a packet belongs to: by Your Discriminator, and only where that is zero by interface and addresses (RFC 5881
  /// section 3). A single hop has one interface, whatever the discriminator says.
  private func select(_ packet: ControlPacket, _ arrival: Arrival) throws(ReceptionRefusal) -> Session {
    if packet.yourDiscriminator != .zero {
      guard let session = sessionsByDiscriminator[packet.yourDiscriminator] else {
        throw .unknownDiscriminator(packet.yourDiscriminator)
      }
      guard session.key.interfaceIndex == arrival.interfaceIndex else {
        throw .otherInterface(received: arrival.interfaceIndex, ours: session.key.interfaceIndex)
      }
      return session
    }
    guard packet.state == .down || packet.state == .adminDown else {
      throw .yourDiscriminatorZero(state: packet.state)
    }
    let key = SessionKey(interfaceIndex: arrival.interfaceIndex, local: arrival.destination, remote: arrival.source)
    guard let session = sessionsByKey[key] else { throw .noSession }
    return session
  }

  /// The TTL (RFC 5881 section 5), and the three steps of section 6.8.6 on authentication.
  private func verify(
    _ packet: ControlPacket, _ octets: RawSpan, _ arrival: Arrival, _ session: Session
  ) throws(ReceptionRefusal) {
    let authentication = session.parameters.authentication
    let minimumTTL = authentication == nil ? 255 : session.parameters.minimumTTL
    guard arrival.ttl >= minimumTTL else { throw .ttl(received: arrival.ttl, minimum: minimumTTL) }
    guard let authentication else {
      guard packet.authentication == nil else { throw .authenticationNotInUse }
      return
    }
    guard packet.authentication != nil else { throw .authenticationMissing }
    if let last = session.lastReception, let detectionTime = session.lastDetectionTime,
      arrival.time - last >= detectionTime * 2
    {
      // Section 6.8.1, bfd.AuthSeqKnown: whoever was silent for so long may have begun to count anew.
      session.authentication.rcvAuthSeq = nil
    }
    do throws(SessionAuthenticationError) {
      try authentication.verify(packet, octets, &session.authentication)
    } catch {
      throw .authentication(error)
    }
  }

  /// Takes over what the packet says of the neighbor. In AdminDown the packet is discarded after that.
  private func take(_ packet: ControlPacket, _ session: Session, at now: Instant) throws(ReceptionRefusal) {
    session.remote = Session.Remote(
      discriminator: packet.myDiscriminator, state: packet.state, demandMode: packet.demand,
      minRxInterval: packet.requiredMinRxInterval, desiredMinTxInterval: packet.desiredMinTxInterval,
      detectMultiplier: packet.detectMultiplier, diagnostic: packet.diagnostic)
    session.lastDetectionTime = session.detectionTime
    if packet.final { session.endPollSequence() }
    guard session.state == .adminDown else { return }
    schedule(session, at: now)
    throw .administrativelyDown
  }
}

/// Why a datagram was not accepted (RFC 5880 section 6.8.6). Its description is a sentence for an operator.
public enum ReceptionRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// It is no BFD Control packet.
  case malformed(ControlPacketError)
  /// Your Discriminator is none of ours.
  case unknownDiscriminator(Discriminator)
  /// Your Discriminator is that of a session on another interface.
  case otherInterface(received: UInt32, ours: UInt32)
  /// Your Discriminator is zero, but the neighbor's session is neither Down nor AdminDown.
  case yourDiscriminatorZero(state: SessionState)
  /// No session is configured with this neighbor.
  case noSession
  /// The packet has come from further away than one hop (RFC 5881 section 5).
  case ttl(received: UInt8, minimum: UInt8)
  /// The packet is authenticated, and the session is not.
  case authenticationNotInUse
  /// The session is authenticated, and the packet is not.
  case authenticationMissing
  /// The packet is not authentic.
  case authentication(SessionAuthenticationError)
  /// The session is in AdminDown.
  case administrativelyDown

  public var description: String {
    switch self {
    case .malformed(let error): error.description
    case .unknownDiscriminator(let discriminator): "its Your Discriminator \(discriminator) is none of ours"
    case .otherInterface(let received, let ours): "its session is on interface \(ours), and it came in on interface \(received)"
    case .yourDiscriminatorZero(let state): "its Your Discriminator is zero in state \(state)"
    case .noSession: "no BFD session is wanted with its sender"
    case .ttl(let received, let minimum): "its TTL is \(received), at least \(minimum) is needed"
    case .authenticationNotInUse: "it is authenticated, and the session is not"
    case .authenticationMissing: "it is not authenticated, and the session is"
    case .authentication(let error): error.description
    case .administrativelyDown: "the session is administratively down"
    }
  }
}
