import HeapModule
import OSPFWire

/// One OSPF instance: the engine behind two doors, `receive` and `advance`, with one door out, the sink.
///
/// Not thread safe; all calls come from one loop. `now` never goes backwards. After every call, drain the sink.
///
/// Each door is a `turn`, which does its work, and then what the work has left to be done once: decide again what this router wants to
/// say, remove what is no longer needed, and put what is to be sent into as few packets as fit.
public final class Router {
  /// Where outputs are appended.
  public let sink: OutputSink
  /// The configuration in force.
  public internal(set) var configuration: RouterConfiguration

  var rules: any VersionRules
  var random: SplitMix64
  var cryptographicSequence: CryptographicSequence
  var wallClock: WallClock

  /// All attached areas, in the order of their IDs.
  var areas: [Area] = []
  /// All interfaces, in the order of their definition.
  var interfaces: [Interface] = []
  /// The LSAs of all databases together.
  let totals = DatabaseTotals()
  /// The limits of the database of which four fifths are reached, and have been said to be.
  var nearLimits: Set<Event.Limit> = []
  /// LSAs that are flooded throughout the autonomous system.
  let asDatabase: LinkStateDatabase
  /// Another number whenever the databases say something else than before: refreshes change nothing.
  public internal(set) var databaseGeneration: UInt64 = 0
  /// LSAs that have left the last retransmission list, or were never on one: acknowledged by everybody, and at MaxAge to be
  /// removed (section 14).
  var acknowledgedLSAs: [LSAIdentity] = []
  /// The number of neighbors in state Exchange or Loading, which keeps MaxAge LSAs in the database.
  var exchangingNeighborCount = 0
  /// No neighbor is helped to restart for longer.
  var lastHelpEnds: Instant?

  /// The multicast groups of each device.
  var groups: [UInt32: Set<IPAddress>] = [:]

  /// The neighbors with which a BFD session is wanted. Look again after every call.
  public internal(set) var bfdPeers: Set<BFDPeer> = []
  /// The BFD sessions that are up.
  var bfdSessionsUp: Set<BFDPeer> = []

  var origination = OriginationState()
  /// What is sent once more before anybody's RxmtInterval, to draw the acknowledgment.
  var earlyRetransmissions = EarlyRetransmissions()
  /// What answers an LSA of our own that somebody had, and is sent once more when MinLSArrival is over.
  var answerRetransmissions = EarlyRetransmissions()
  var shutdown: Shutdown?
  /// Set while a graceful restart goes on.
  var restoring: Restoring?

  /// Starts an instance without interfaces. `seed` drives jitter and initial DD sequence numbers: the same calls with the same
  /// seed give the same outputs. `sequenceNumbers` are the Cryptographic sequence numbers that were set aside for this run; when half of
  /// them are used the router asks for more. `wallClock` is the second of the calendar in which the lifetimes of keys are written. With
  /// `restart` the router goes on where an earlier run has ended (RFC 3623).
  public init(
    configuration: RouterConfiguration, seed: UInt64,
    sequenceNumbers: SequenceNumberReservation = SequenceNumberReservation(wallClock: 0), wallClock: Int64 = 0,
    restart: GracefulRestart? = nil, at now: Instant, sink: OutputSink
  ) {
    self.configuration = configuration
    self.sink = sink
    rules = Router.rules(for: configuration)
    random = SplitMix64(seed: seed)
    cryptographicSequence = CryptographicSequence(sequenceNumbers)
    self.wallClock = WallClock(wallClock, at: now)
    asDatabase = LinkStateDatabase(scope: .autonomousSystem, version: configuration.version, totals: totals)
    if let restart { beginRestoring(restart, at: now) }
  }

  static func rules(for configuration: RouterConfiguration) -> any VersionRules {
    switch configuration.version {
    case .v2: OSPFv2Rules()
    case .v3:
      OSPFv3Rules(addressFamily: configuration.addressFamily, isHost: configuration.stubRouter.hostBit)
    }
  }

  /// The earliest instant at which `advance` has something to do; nil when nothing is scheduled.
  public var nextDeadline: Instant? {
    var earliest = Deadline()
    for interface in interfaces {
      earliest.consider(interface.activity?.helloTimer)
      earliest.consider(interface.activity?.waitTimer)
      earliest.consider(interface.activity?.acknowledgmentTimer)
      earliest.consider(interface.keyTimer)
      earliest.consider(interface.overflows.deadline)
      earliest.consider(interface.database.agingDeadline)
      for neighbor in interface.neighbors { earliest.consider(neighbor.nextDeadline) }
    }
    for area in areas { earliest.consider(area.database.agingDeadline) }
    earliest.consider(asDatabase.agingDeadline)
    earliest.consider(origination.nextDeadline)
    earliest.consider(earlyRetransmissions.due)
    earliest.consider(answerRetransmissions.due)
    earliest.consider(shutdown?.deadline)
    earliest.consider(restoring?.deadline)
    return earliest.instant
  }

  /// Time has passed: fires every timer that is due.
  public func advance(to now: Instant) {
    turn(at: now) {
      for interface in interfaces {
        fireTimers(of: interface, at: now)
        for neighbor in interface.neighbors { fireTimers(of: neighbor, at: now) }
      }
      age(at: now)
      originateDue(at: now)
      retransmitDueEarly(at: now)
      finishShutdownIfOverdue(at: now)
    }
  }

  /// What every door goes through: its own work, and then, once, what the work has left to be done.
  func turn(at now: Instant, _ work: () -> Void) {
    work()
    processNeighborChanges(at: now)
    continueExchanges(at: now)
    endRestoringIfDue(at: now)
    updateOrigination(at: now)
    processAcknowledgedLSAs(at: now)
    finishShutdownIfAcknowledged(at: now)
    transmitPending(at: now)
    updateBFDPeers()
  }

  private func fireTimers(of interface: Interface, at now: Instant) {
    if interface.keyTimer.isDue(at: now) { chooseKeys(of: interface, at: now) }
    if interface.overflows.deadline.isDue(at: now) { endHoldOff(of: interface, at: now) }
    if (interface.activity?.helloTimer).isDue(at: now) { sendHello(on: interface, at: now) }
    if (interface.activity?.waitTimer).isDue(at: now) {
      interface.activity?.waitTimer = nil
      process(.waitTimer, on: interface, at: now)
    }
    if (interface.activity?.acknowledgmentTimer).isDue(at: now) { sendDelayedAcknowledgments(on: interface) }
  }

  private func fireTimers(of neighbor: Neighbor, at now: Instant) {
    if (neighbor.help?.until).isDue(at: now) { endHelp(neighbor, .gracePeriodExpired, at: now) }
    if neighbor.inactivityTimer.isDue(at: now) { process(.inactivityTimer, of: neighbor, at: now) }
    if neighbor.pollTimer.isDue(at: now) { poll(neighbor, at: now) }
    if (neighbor.exchange?.descriptionTimer).isDue(at: now) { retransmitDescription(to: neighbor, at: now) }
    if (neighbor.exchange?.requestTimer).isDue(at: now) { sendRequests(to: neighbor, at: now) }
    if (neighbor.exchange?.retransmissionTimer).isDue(at: now) { retransmit(to: neighbor, at: now) }
    if neighbor.linkBackTimer.isDue(at: now) { checkLinkBack(of: neighbor, at: now) }
  }
}

extension Neighbor {
  /// The earliest of the neighbor's timers.
  var nextDeadline: Instant? {
    var earliest = Deadline()
    earliest.consider(inactivityTimer)
    earliest.consider(help?.until)
    earliest.consider(pollTimer)
    earliest.consider(exchange?.nextDeadline)
    earliest.consider(linkBackTimer)
    return earliest.instant
  }
}

/// The earliest of several optional instants.
struct Deadline {
  private(set) var instant: Instant?

  mutating func consider(_ other: Instant?) {
    guard let other else { return }
    instant = instant.map { min($0, other) } ?? other
  }
}

extension Optional where Wrapped == Instant {
  /// Whether a timer is running and has run out.
  func isDue(at now: Instant) -> Bool { map { $0 <= now } ?? false }
}
