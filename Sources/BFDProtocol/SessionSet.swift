import OSPFProtocol
import OSPFWire

/// All BFD sessions of a node: the engine behind two doors, `receive` and `advance`, with one door out, the sink.
///
/// Not thread safe; all calls come from one thread. `now` never goes backwards. After every call, take what is in the sink. As long as
/// sessions are neither added nor authenticated, nothing is allocated.
///
/// When the caller was held up, packets may be waiting that arrived in time: receive all of them before `advance`, each with the time
/// of its arrival, and no session goes down for it.
public final class SessionSet {
  /// Where outputs are appended.
  public let sink: SessionSink
  /// Packets that belonged to no session, and were refused.
  public private(set) var unassignedRefusals: UInt64 = 0

  var sessions: [Session] = []
  var sessionsByKey: [SessionKey: Session] = [:]
  var sessionsByDiscriminator: [Discriminator: Session] = [:]
  var random: SplitMix64

  /// An empty set. `seed` drives jitter, discriminators and the first sequence numbers: the same calls with the same seed give
  /// the same outputs.
  public init(seed: UInt64, sink: SessionSink) {
    random = SplitMix64(seed: seed)
    self.sink = sink
  }

  /// The earliest instant at which `advance` has something to do; nil when nothing is scheduled.
  public var nextDeadline: Instant? {
    var earliest: Instant?
    func consider(_ timer: Instant?) {
      guard let timer else { return }
      earliest = earliest.map { min($0, timer) } ?? timer
    }
    for session in sessions {
      consider(session.nextTransmission)
      consider(session.detectionDeadline)
      consider(session.leavingDeadline)
    }
    return earliest
  }

  /// Says which sessions are wanted. New ones begin, known ones go on with the new parameters, and those that are not among them
  /// tell their neighbors that they are in AdminDown, and end. Of definitions with the same key the first one counts.
  public func setSessions(_ definitions: [SessionDefinition], at now: Instant) {
    var wanted: Set<SessionKey> = []
    for definition in definitions where wanted.insert(definition.key).inserted {
      if let session = sessionsByKey[definition.key] {
        change(session, to: definition.parameters, at: now)
      } else {
        begin(definition, at: now)
      }
    }
    for session in sessions where !session.isLeaving && !wanted.contains(session.key) { leave(session, at: now) }
  }

  /// A datagram has arrived on the port of BFD.
  public func receive(_ arrival: Arrival, _ octets: RawSpan, at now: Instant) {
    do throws(ReceptionRefusal) {
      try accept(arrival, octets, at: now)
    } catch {
      // What a neighbor sends to a session that is held down is no mistake.
      if error == .administrativelyDown { return }
      unassignedRefusals &+= 1
      sink.report(.packetRefused(interfaceIndex: arrival.interfaceIndex, source: arrival.source, reason: error))
    }
  }

  /// Time has passed: fires every timer that is due.
  public func advance(to now: Instant) {
    var hasEnded = false
    for session in sessions {
      if let deadline = session.leavingDeadline, deadline <= now {
        hasEnded = true
        continue
      }
      if let deadline = session.detectionDeadline, deadline <= now { expire(session, at: now) }
      if let timer = session.nextTransmission, timer <= now { transmitPeriodic(session, at: now) }
    }
    if hasEnded { removeEnded(at: now) }
  }

  /// The Detection Time is over (section 6.8.4). What is known of the neighbor ends with it, so that the packet that says Down no
  /// longer claims to know it.
  private func expire(_ session: Session, at now: Instant) {
    session.forgetRemote()
    apply(.detectionTimeExpired, to: session, at: now)
    schedule(session, at: now)
  }

  /// Runs the state machine, and tells the neighbor and the owner of a change.
  func apply(_ event: SessionEvent, to session: Session, at now: Instant) {
    guard let transition = session.state.transition(on: event) else { return }
    let previous = session.state
    session.state = transition.next
    session.since = now
    if let diagnostic = transition.diagnostic { session.localDiagnostic = diagnostic }
    if transition.next == .up { session.counters.ups &+= 1 }
    if previous == .up { session.counters.downs &+= 1 }
    session.updateIntervals()
    transmitChange(session, at: now)
    sink.report(
      .sessionStateChanged(
        session.key, from: previous, to: transition.next, event: event, diagnostic: session.localDiagnostic))
  }

  private func begin(_ definition: SessionDefinition, at now: Instant) {
    let session = Session(
      definition, discriminator: unusedDiscriminator(), authSeq: UInt32.random(in: .min ... .max, using: &random), at: now)
    sessions.append(session)
    sessionsByKey[session.key] = session
    sessionsByDiscriminator[session.localDiscriminator] = session
    if definition.parameters.isShutDown {
      session.state = .adminDown
      session.localDiagnostic = .administrativelyDown
    }
    schedule(session, at: now)
  }

  private func change(_ session: Session, to parameters: SessionParameters, at now: Instant) {
    guard session.isLeaving || parameters != session.parameters else { return }
    if session.parameters.authentication?.keys != parameters.authentication?.keys {
      // Another key, another beginning (section 6.7.1 leaves to us how a change is made).
      session.authentication.rcvAuthSeq = nil
    }
    session.isLeaving = false
    session.leavingDeadline = nil
    session.parameters = parameters
    session.updateIntervals()
    apply(parameters.isShutDown ? .disabled : .enabled, to: session, at: now)
    schedule(session, at: now)
  }

  /// Section 6.8.16: AdminDown for at least as long as the neighbor would wait for us.
  private func leave(_ session: Session, at now: Instant) {
    session.isLeaving = true
    apply(.disabled, to: session, at: now)
    session.leavingDeadline = now + session.remoteDetectionTime
  }

  private func removeEnded(at now: Instant) {
    sessions.removeAll { session in
      guard let deadline = session.leavingDeadline, deadline <= now else { return false }
      sessionsByKey[session.key] = nil
      sessionsByDiscriminator[session.localDiscriminator] = nil
      sink.report(.sessionEnded(session.key))
      return true
    }
  }

  /// A random number (section 10 advises it) that no session has.
  private func unusedDiscriminator() -> Discriminator {
    while true {
      let discriminator = Discriminator(rawValue: UInt32.random(in: 1 ... .max, using: &random))
      if sessionsByDiscriminator[discriminator] == nil { return discriminator }
    }
  }
}
