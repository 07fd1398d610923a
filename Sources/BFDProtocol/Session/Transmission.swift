import OSPFProtocol
import OSPFWire

/// Transmitting BFD Control packets (RFC 5880 section 6.8.7).
extension SessionSet {
  /// Sends the periodic packet that is due, and decides when the next one is.
  func transmitPeriodic(_ session: Session, at now: Instant) {
    if session.transmitInterval != nil {
      transmit(session)
      session.lastTransmission = now
    }
    schedule(session, at: now)
  }

  /// The state has changed, which the neighbor is to know before the next periodic packet, even where it wants no periodic ones.
  func transmitChange(_ session: Session, at now: Instant) {
    guard session.remote != nil || !session.parameters.isPassive else { return }
    transmit(session)
    session.lastTransmission = now
    schedule(session, at: now)
  }

  /// The answer to a packet with the Poll bit, whatever the timers say. Never has the Poll bit itself.
  func transmitFinal(_ session: Session) { transmit(session, isFinal: true) }

  /// Decides when the next periodic packet is due: the interval after the last one, less the jitter. A session that has sent none
  /// begins at once.
  func schedule(_ session: Session, at now: Instant) {
    guard let interval = session.transmitInterval else {
      session.nextTransmission = nil
      return
    }
    guard let last = session.lastTransmission else {
      session.nextTransmission = now
      return
    }
    session.nextTransmission = max(last + jittered(interval, session), now)
  }

  /// Between 75 and 100 percent of the interval; with a Detect Mult of 1 between 75 and 90 percent, so that one packet comes in every
  /// Detection Time.
  private func jittered(_ interval: Microseconds, _ session: Session) -> Duration {
    let nanoseconds = Int64(interval.rawValue) * 1000
    let most = session.parameters.detectMultiplier == 1 ? nanoseconds / 10 * 9 : nanoseconds
    return .nanoseconds(Int64.random(in: nanoseconds / 4 * 3...most, using: &random))
  }

  private func transmit(_ session: Session, isFinal: Bool = false) {
    let packet = ControlPacket(
      diagnostic: session.localDiagnostic, state: session.state, poll: !isFinal && session.pollSequence.isActive,
      final: isFinal, detectMultiplier: session.parameters.detectMultiplier, myDiscriminator: session.localDiscriminator,
      yourDiscriminator: session.remote?.discriminator ?? .zero, desiredMinTxInterval: session.desiredMinTxInterval,
      requiredMinRxInterval: session.requiredMinRxInterval)
    session.counters.sent &+= 1
    sink.transmit(from: session.key) { octets in
      if let authentication = session.parameters.authentication {
        authentication.seal(packet, &session.authentication, into: &octets)
      } else {
        packet.encode(into: &octets)
      }
    }
  }
}
