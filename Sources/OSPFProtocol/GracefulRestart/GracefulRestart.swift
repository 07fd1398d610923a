import OSPFWire

/// What the configuration says about graceful restart (RFC 3623, RFC 5187).
public struct GracefulRestartPolicy: Hashable, Sendable {
  /// Whom this router helps to restart.
  public enum Helped: Hashable, Sendable {
    /// Every neighbor: a router can restart without loss only where all of its neighbors help.
    case everybody
    /// These neighbors only.
    case only(Set<RouterID>)
    /// Nobody.
    case nobody
  }

  /// Which neighbors are helped when they restart.
  public var helped: Helped
  /// Help only neighbors that announce their restart before it, and not those that come back from a crash.
  public var helpsOnlyPlanned: Bool
  /// Stop helping when the topology changes meanwhile, because the restarting router cannot know (RFC 3623 section 3.2).
  public var hasStrictLSAChecking: Bool
  /// The longest grace period that is granted to a neighbor.
  public var longestGracePeriod: Duration

  /// The longest period is that of RFC 3623 section B.
  public init(
    helped: Helped = .everybody, hasStrictLSAChecking: Bool = true, helpsOnlyPlanned: Bool = false,
    longestGracePeriod: Duration = .seconds(1800)
  ) {
    self.helped = helped
    self.helpsOnlyPlanned = helpsOnlyPlanned
    self.hasStrictLSAChecking = hasStrictLSAChecking
    self.longestGracePeriod = longestGracePeriod
  }
}

extension GracefulRestartPolicy {
  /// Whether a neighbor is helped at all.
  func helps(_ routerID: RouterID) -> Bool {
    switch helped {
    case .everybody: true
    case .only(let routerIDs): routerIDs.contains(routerID)
    case .nobody: false
    }
  }
}

/// What one run of a router leaves to the next, so that the next one can go on where it ended.
public struct RestartState: Hashable, Sendable {
  /// The LS sequence numbers of all self-originated LSAs.
  public var sequenceNumbers: [LSAIdentity: SequenceNumber]
  /// The adjacencies that were Full.
  public var adjacencies: Set<Adjacency>

  /// A neighbor that was Full.
  public struct Adjacency: Hashable, Sendable {
    /// The device.
    public var interfaceIndex: UInt32
    /// The neighbor's router ID.
    public var routerID: RouterID

    public init(interfaceIndex: UInt32, routerID: RouterID) {
      self.interfaceIndex = interfaceIndex
      self.routerID = routerID
    }
  }

  public init(sequenceNumbers: [LSAIdentity: SequenceNumber] = [:], adjacencies: Set<Adjacency> = []) {
    self.sequenceNumbers = sequenceNumbers
    self.adjacencies = adjacencies
  }
}

/// A graceful restart, as the new run of a router is told of it.
public struct GracefulRestart: Hashable, Sendable {
  /// What the run before has left.
  public var state: RestartState
  /// What is left of the grace period.
  public var gracePeriod: Duration
  /// Why it restarts, as its grace-LSAs say: `unknown` after a crash.
  public var reason: GraceLSA.Reason

  /// Time since the run before has announced it; nil where it could not.
  public var announcedAge: Duration?

  public init(state: RestartState, gracePeriod: Duration, reason: GraceLSA.Reason, announcedAge: Duration? = nil) {
    self.announcedAge = announcedAge
    self.state = state
    self.gracePeriod = gracePeriod
    self.reason = reason
  }
}

/// What becomes of a graceful restart, ours or a neighbor's.
public enum GracefulRestartEvent: Hashable, Sendable {
  /// Our grace-LSAs are with the neighbors; without all acknowledgments where they did not come in time.
  case prepared(acknowledged: Bool)
  /// Our own restart is over.
  case ended(Outcome)
  /// A neighbor restarts, and is advertised as fully adjacent meanwhile.
  case helping(NeighborReference, gracePeriod: Duration, reason: GraceLSA.Reason)
  /// A neighbor asked for help with its restart and does not get it.
  case helpRefused(NeighborReference, HelpRefusal)
  /// A neighbor is no longer helped.
  case helpEnded(NeighborReference, HelpOutcome)

  /// How our restart ended (RFC 3623 section 2.2).
  public enum Outcome: Hashable, Sendable {
    /// Every adjacency of before is Full again.
    case completed
    /// Some adjacency of before did not come back in time.
    case gracePeriodExpired
    /// A neighbor does not say that it is adjacent with us: it has not helped.
    case inconsistent(NeighborReference)
    /// Something that was advertised before must not be advertised any more.
    case withdrawal
  }

  /// Why a neighbor is not helped (RFC 3623 section 3.1).
  public enum HelpRefusal: String, Hashable, Sendable, CaseIterable {
    case notConfigured = "helping is not configured"
    case notPlanned = "only planned restarts are helped"
    case restarting = "we are restarting ourselves"
    case notAdjacent = "the adjacency is not Full"
    case changesUnderWay = "it has not acknowledged changes of the topology"
    case expired = "its grace period is over"
    case tooLong = "its grace period is longer than what is granted"
  }

  /// Why helping ended (RFC 3623 section 3.2).
  public enum HelpOutcome: String, Hashable, Sendable, CaseIterable {
    case completed = "it has restarted"
    case gracePeriodExpired = "its grace period is over"
    case topologyChanged = "the topology has changed"
    case neighborGone = "the interface is down, or it was killed"
    case refused = "it asked again, for what is not granted"
  }
}
