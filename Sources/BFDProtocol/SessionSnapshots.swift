import OSPFProtocol
import OSPFWire

/// A session as `show` commands tell of it.
public struct SessionSnapshot: Hashable, Sendable {
  /// Between whom.
  public var key: SessionKey
  /// What the operator has decided.
  public var parameters: SessionParameters
  /// bfd.SessionState
  public var state: SessionState
  /// How long it has been in that state.
  public var stateAge: Duration
  /// bfd.LocalDiag
  public var diagnostic: Diagnostic
  /// bfd.LocalDiscr
  public var localDiscriminator: Discriminator
  /// bfd.RemoteDiscr
  public var remoteDiscriminator: Discriminator
  /// bfd.RemoteSessionState
  public var remoteState: SessionState
  /// The neighbor's diagnostic.
  public var remoteDiagnostic: Diagnostic
  /// The neighbor's Desired Min TX Interval, Required Min RX Interval and Detect Mult; nil as long as it is not heard.
  public var remoteTimers: RemoteTimers?
  /// The interval between our packets, before jitter; nil when we send none.
  public var transmitInterval: Duration?
  /// How long the neighbor may be silent; nil as long as it is not heard.
  public var detectionTime: Duration?
  /// Whether a Poll Sequence is under way.
  public var isPolling: Bool
  /// What was counted.
  public var counters: SessionCounters

  /// What the neighbor's packets say of its timers.
  public struct RemoteTimers: Hashable, Sendable {
    public var desiredMinTxInterval: Microseconds
    public var requiredMinRxInterval: Microseconds
    public var detectMultiplier: UInt8
  }
}

extension SessionSet {
  /// All sessions that are wanted, in the order in which they began.
  public func snapshots(at now: Instant) -> [SessionSnapshot] {
    sessions.filter { !$0.isLeaving }.map { session in
      SessionSnapshot(
        key: session.key, parameters: session.parameters, state: session.state, stateAge: now - session.since,
        diagnostic: session.localDiagnostic, localDiscriminator: session.localDiscriminator,
        remoteDiscriminator: session.remote?.discriminator ?? .zero, remoteState: session.remote?.state ?? .down,
        remoteDiagnostic: session.remote?.diagnostic ?? .none,
        remoteTimers: session.remote.map {
          .init(
            desiredMinTxInterval: $0.desiredMinTxInterval, requiredMinRxInterval: $0.minRxInterval,
            detectMultiplier: $0.detectMultiplier)
        },
        transmitInterval: session.transmitInterval?.duration, detectionTime: session.detectionTime,
        isPolling: session.pollSequence.isActive, counters: session.counters)
    }
  }
}
