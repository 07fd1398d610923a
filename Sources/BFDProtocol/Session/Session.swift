import OSPFProtocol
import OSPFWire

/// One session: the state variables of RFC 5880 section 6.8.1, and the two timers. What they mean is in the files named after the
/// sections.
final class Session {
  let key: SessionKey
  var parameters: SessionParameters
  /// Whether it is no longer wanted, and only tells the neighbor so.
  var isLeaving = false

  /// bfd.SessionState
  var state: SessionState = .down
  /// bfd.LocalDiag
  var localDiagnostic = Diagnostic.none
  /// bfd.LocalDiscr
  let localDiscriminator: Discriminator
  /// What the neighbor's packets have said; nil when none has come for a Detection Time, and at the beginning.
  var remote: Remote?
  /// bfd.DesiredMinTxInterval, as packets say it.
  var desiredMinTxInterval: Microseconds
  /// bfd.RequiredMinRxInterval, as packets say it.
  var requiredMinRxInterval: Microseconds
  /// What we send by, which follows an increase of `desiredMinTxInterval` only when the Poll Sequence is over (section 6.8.3).
  var txIntervalInForce: Microseconds
  /// What the Detection Time is computed from, which follows a decrease of `requiredMinRxInterval` only then.
  var rxIntervalInForce: Microseconds
  var pollSequence = PollSequence.none
  var authentication: AuthenticationState

  /// When the last packet was sent that counts for the interval.
  var lastTransmission: Instant?
  /// When the next periodic packet is due; nil when there are none.
  var nextTransmission: Instant?
  /// When the Detection Time runs out; nil when no packet has been received since it did.
  var detectionDeadline: Instant?
  /// When a session that leaves has said so for long enough.
  var leavingDeadline: Instant?

  var counters = SessionCounters()
  /// When `state` last changed.
  var since: Instant
  /// When a packet was last received.
  var lastReception: Instant?
  /// The Detection Time by the last packet, which outlives what is known of the neighbor.
  var lastDetectionTime: Duration?

  /// What is known of the neighbor (section 6.8.1).
  struct Remote {
    /// bfd.RemoteDiscr
    var discriminator: Discriminator
    /// bfd.RemoteSessionState
    var state: SessionState
    /// bfd.RemoteDemandMode
    var demandMode: Bool
    /// bfd.RemoteMinRxInterval
    var minRxInterval: Microseconds
    /// The last Desired Min TX Interval and Detect Mult received (section 6.8.4).
    var desiredMinTxInterval: Microseconds
    var detectMultiplier: UInt8
    /// Why its session last went down.
    var diagnostic: Diagnostic
  }

  /// Section 6.5.
  enum PollSequence {
    case none
    /// Packets have the Poll bit until one with the Final bit comes. When the intervals change meanwhile, another one follows,
    /// because nobody knows which of the values the answer is for.
    case active(another: Bool)

    var isActive: Bool { if case .active = self { true } else { false } }
  }

  init(_ definition: SessionDefinition, discriminator: Discriminator, authSeq: UInt32, at now: Instant) {
    key = definition.key
    parameters = definition.parameters
    localDiscriminator = discriminator
    desiredMinTxInterval = max(definition.parameters.desiredMinTxInterval, Session.slowestStart)
    requiredMinRxInterval = definition.parameters.requiredMinRxInterval
    txIntervalInForce = desiredMinTxInterval
    rxIntervalInForce = requiredMinRxInterval
    authentication = AuthenticationState(xmitAuthSeq: authSeq)
    since = now
  }

  /// One second: how often a session that is not Up sends at most (section 6.8.3).
  static let slowestStart = Microseconds(rawValue: 1_000_000)
}

/// What a session has counted.
public struct SessionCounters: Hashable, Sendable {
  /// Packets received and accepted.
  public var received: UInt64 = 0
  /// Packets sent.
  public var sent: UInt64 = 0
  /// Packets that belonged to the session and were refused.
  public var refused: UInt64 = 0
  /// How often the session came up.
  public var ups: UInt64 = 0
  /// How often it left the state Up.
  public var downs: UInt64 = 0
}
