import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire

/// A whole node: its routers, its services, and what it wants of the kernel, in one value that does no I/O and knows no clock.
///
/// Not thread safe; all calls come from one loop. `now` never goes backwards. Each input is one turn: it does what follows from it to
/// the end. After every call, drain the sink, do what it says in order, and look at `nextDeadline`. What becomes of a set that
/// the node wants is an input as well, with the number of the request: nothing is taken for true before.
public final class AnycastNode {
  /// What the node is doing.
  public enum State: Hashable, Sendable {
    /// Checking and advertising.
    case running
    /// Every service is withdrawn and nothing is checked, adjacencies stay.
    case suspended
    /// Withdrawing, flushing and leaving.
    case leaving
    /// Telling the neighbors that it will be back, and withdrawing nothing.
    case restarting
    /// It has left.
    case ended
  }

  /// Where effects are appended.
  public let sink: NodeSink
  /// The configuration in force, with the services that were added since.
  public internal(set) var configuration: Configuration {
    didSet {
      exclusive.tagged = nil
      hasNewConfiguration = true
    }
  }
  /// What the files said.
  public internal(set) var fileConfiguration: Configuration
  /// The services that were added since.
  public internal(set) var runtimeServices: RuntimeServices
  /// What it is doing.
  public internal(set) var state = State.running

  let policy: Policy
  var instances: [NodeInstance] = []
  /// The devices, as last told.
  public internal(set) var links: [Link] = []
  var routes: Set<KernelRoute> = []
  /// What the services advertise.
  public internal(set) var advertisements: [Advertisement] = []
  var isPolicyFinished = false
  /// Configured devices that do not exist, as far as it was told.
  var absentDevices: Set<String> = []
  var sockets = SocketHoldings()
  var bfd = BFDClient()
  var gate = KernelGate()
  var census = LastNodeCensus()
  var exclusive = ExclusiveDrains()
  /// What follows from the configuration alone is to be looked at.
  private var hasNewConfiguration = true
  private var countedPrefixes: Set<IPPrefix> = []
  /// What was known when it was last found that it is too early to leave; nil when that is not waited for.
  var waitsForOthers: LastNodeCensus.Basis?
  var watchesRoutes = false
  /// Why it leaves, when it cannot go on.
  var failure: String?
  var random: SystemSeed
  /// The calendar of this machine, as last told.
  var calendar: CalendarReading
  /// Where the cryptographic sequence numbers end that were set aside for each instance.
  var reservedSequenceNumbers: [ProtocolInstance: UInt64]
  /// What the run before has left; each instance takes its part when it begins.
  var restart: NodeRestart?
  /// When this run began.
  let begun: Instant
  /// What this run leaves to the next, while a graceful restart is prepared.
  var departing: NodeMemory?
  /// Something that the next run would have to know has changed in this turn.
  var hasNewMemory = false
  /// Whether the routes of the kernel were read since they are watched.
  var hasReadRoutes = false
  /// A turn did not come to rest, and goes on as soon as possible.
  var unfinishedTurn: Instant?
  /// When services that were put or removed are taken over; nil when there are none.
  var servicesDue: Instant?
  /// When that was last done.
  var servicesTakenOver: Instant?

  /// Starts a node that knows of no device. `services` are those that come beside those of the files, `drains` those that were in force
  /// when it last stopped. `seed` makes it different from
  /// others, and two of the same seed that are told the same equal; `wallClock` is the time of day in seconds since 1970.
  /// `reservedSequenceNumbers` are the ends of what earlier runs had set aside by `NodeEffect.reserveSequenceNumbers`. With `restart` it
  /// goes on where an earlier run has ended.
  public init(
    configuration: Configuration, services: RuntimeServices? = nil, drains: [StoredDrain] = [],
    reservedSequenceNumbers: [ProtocolInstance: UInt64] = [:], restart: NodeRestart? = nil,
    seed: UInt64, wallClock: Int64, at now: Instant, sink: NodeSink
  ) {
    self.restart = restart
    begun = now
    self.reservedSequenceNumbers = reservedSequenceNumbers
    let services = services ?? RuntimeServices(beside: configuration)
    runtimeServices = services
    fileConfiguration = configuration
    self.configuration = configuration
    self.configuration.services += services.all.map(\.configuration)
    self.sink = sink
    random = SystemSeed(seed, wallClock: wallClock, since: now)
    calendar = CalendarReading(second: wallClock, instant: now)
    policy = Policy(
      services: self.configuration.services, drains: drains, memory: Self.policyMemory(of: restart, self.configuration),
      isSuspended: restart?.memory.isSuspended ?? false, at: now, sink: PolicySink())
    if restart?.memory.isSuspended == true { state = .suspended }
    watchRoutes()
    finishTurn(at: now)
  }

  /// Asks for the counters of the services that have some.
  func askForCounters() {
    guard hasNewConfiguration else { return }
    hasNewConfiguration = false
    let wanted = Set(configuration.services.filter(\.countsTraffic).flatMap { $0.addresses.map(\.prefix) })
    guard wanted != countedPrefixes else { return }
    countedPrefixes = wanted
    sink.append(.countTraffic(wanted))
  }

  // MARK: - Time and packets

  /// The earliest instant at which `advance` has something to do; nil when nothing is scheduled. May be in the past.
  public var nextDeadline: Instant? {
    guard state != .ended else { return nil }
    var earliest = [
      policy.nextDeadline, sockets.retry, bfd.nextDeadline, census.nextDeadline, exclusive.nextDeadline, unfinishedTurn,
      servicesDue,
    ].compactMap { $0 }.min()
    for instance in instances {
      guard let deadline = instance.router.nextDeadline else { continue }
      earliest = min(earliest ?? deadline, deadline)
    }
    return earliest
  }

  /// Time has passed: does everything that is due.
  public func advance(to now: Instant) {
    guard state != .ended else { return }
    for instance in instances where instance.router.nextDeadline.map({ $0 <= now }) ?? false {
      instance.router.advance(to: now)
    }
    if let servicesDue, servicesDue <= now { takeOverServices(at: now) }
    beginPlannedDrains(at: now)
    policy.advance(to: now)
    sockets.repeatIfDue(at: now)
    endHoldOffs(at: now)
    finishTurn(at: now)
  }

  /// A packet has arrived through a socket of an instance. The one input that does not end its turn: after the last packet of a
  /// batch, call `finishTurn`.
  public func receive(_ datagram: Datagram, through kind: ProtocolInstance, at now: Instant) {
    guard isMeant(datagram, for: kind) else { return }
    instances.first { $0.kind == kind && !$0.hasDeparted }?.router.receive(datagram, at: now)
  }

  /// Two instances of OSPFv3 on one device hear the same packets. Each takes its own; what has the Instance ID of none is for the
  /// first, which says so.
  private func isMeant(_ datagram: Datagram, for kind: ProtocolInstance) -> Bool {
    guard kind.version == .v3 else { return true }
    let sharing = instances.filter { $0.kind.version == .v3 && $0.listens(on: datagram.interfaceIndex) }
    guard sharing.count > 1 else { return true }
    let instanceID = PacketHeader.instanceID(of: datagram.bytes)
    let owner = sharing.first { $0.instanceIDs(on: datagram.interfaceIndex).contains { $0 == instanceID } }
    return (owner ?? sharing[0]).kind == kind
  }

  // MARK: - What has come of effects

  /// The sockets are as they are to be, except for those that are not, and why.
  public func socketsApplied(request: Int, failures: [SocketID: SocketFailure], at now: Instant) {
    sockets.complete(request, failures: failures, at: now)
    for (socket, failure) in failures.sorted(by: { $0.key < $1.key }) {
      let device = deviceName(socket.interfaceIndex)
      switch failure {
      case .notPermitted:
        return leave(
          at: now,
          because: "no permission to open a raw socket on \(device): run as root, or grant CAP_NET_RAW and CAP_NET_ADMIN "
            + "(systemd: AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN)")
      case .notOpened(let reason): sink.report(.socketNotOpened(device: device, reason: reason))
      case .notJoined(let reason): sink.report(.groupNotJoined(device: device, reason: reason))
      }
    }
    gate.canSpeak = true
    finishTurn(at: now)
  }

  /// A socket that was open has failed and is closed.
  public func socketLost(_ socket: SocketID, reason: String, at now: Instant) {
    sink.report(.socketLost(device: deviceName(socket.interfaceIndex), reason: reason))
    sockets.noteLoss(at: now)
    finishTurn(at: now)
  }

  /// The addresses are as they are to be, except for those that could not be added or removed, and why.
  public func addressesApplied(request: Int, failures: [DeviceAddress: String], at now: Instant) {
    policy.addressesApplied(request: request, failures: failures, at: now)
    gate.hasAddresses = true
    finishTurn(at: now)
  }

  /// The routes are as they are to be, except for those that could not be installed, and why.
  public func routesApplied(request: Int, failures: [ServiceRoute: String], at now: Instant) {
    policy.routesApplied(request: request, failures: failures, at: now)
    finishTurn(at: now)
  }

  // MARK: - Commands

  /// A probe has ended.
  public func record(_ outcome: ProbeOutcome, at now: Instant) { record([outcome], at: now) }

  /// Probes have ended. Many that have ended together cost little more than one.
  public func record(_ outcomes: [ProbeOutcome], at now: Instant) {
    policy.record(outcomes, at: now)
    finishTurn(at: now)
  }

  /// Drains services and addresses, or every service where none is named.
  public func drain(_ names: [String], for duration: Duration?, reason: String?, at now: Instant) throws(DrainError) {
    takeOverServices(at: now)
    if names.isEmpty {
      policy.drainAll(for: duration, reason: reason, at: now)
    } else {
      try policy.drain(names, for: duration, reason: reason, at: now)
    }
    finishTurn(at: now)
  }

  /// Drains services and addresses, or every service where none is named, later.
  public func planDrain(
    _ names: [String], in delay: Duration, for duration: Duration?, reason: String?, isForced: Bool, at now: Instant
  ) throws(DrainError) {
    takeOverServices(at: now)
    try policy.planDrain(names, in: delay, for: duration, reason: reason, isForced: isForced, at: now)
    finishTurn(at: now)
  }

  /// Ends drains, or every drain where none is named, and drops those that were planned.
  public func undrain(_ names: [String], at now: Instant) throws(DrainError) {
    takeOverServices(at: now)
    if names.isEmpty {
      policy.undrainAll(at: now)
    } else {
      try policy.undrain(names, at: now)
    }
    finishTurn(at: now)
  }

  /// Ends adjacencies of a version, with one neighbor or with all, which form anew; returns with whom.
  public func clearNeighbors(_ version: OSPFVersion, _ routerID: RouterID?, at now: Instant) -> [NeighborReference] {
    let cleared = instances.filter { $0.kind.version == version }.flatMap { $0.router.clearNeighbors(routerID, at: now) }
    finishTurn(at: now)
    return cleared
  }

  /// Withdraws every service; adjacencies stay.
  public func suspend(at now: Instant) {
    guard state == .running else { return }
    state = .suspended
    policy.suspend(at: now)
    finishTurn(at: now)
  }

  /// Ends the suspension: services are advertised again when their checks have passed.
  public func resume(at now: Instant) {
    guard state == .suspended else { return }
    state = .running
    policy.resume(at: now)
    finishTurn(at: now)
  }

  /// The name of a device, or its index where it has gone.
  public func deviceName(_ index: UInt32) -> String { links.first { $0.index == index }?.name ?? "interface \(index)" }
}

/// Numbers that differ from router to router and from run to run, and the time of day.
struct SystemSeed {
  private var numbers: SplitMix64
  private let wallClock: Int64
  private let since: Instant

  init(_ seed: UInt64, wallClock: Int64, since: Instant) {
    numbers = SplitMix64(seed: seed)
    self.wallClock = wallClock
    self.since = since
  }

  /// Another number.
  mutating func next() -> UInt64 { numbers.next() }

  /// The time of day in seconds since 1970.
  func wallClock(at now: Instant) -> Int64 { wallClock + (now - since).wholeSeconds }
}

extension AnycastNode {
  /// Takes over a new configuration of the files: what is unchanged goes on undisturbed, and so do the services that were added, but those
  /// that it is in conflict with. Returns what was done; nil when nothing was, because the node is leaving.
  public func apply(_ new: Configuration, at now: Instant) -> Transition? {
    guard state == .running || state == .suspended else { return nil }
    takeOverServices(at: now)
    for service in runtimeServices.rebase(on: new) where service.isPersistent {
      sink.append(.storeService(name: service.configuration.name, text: nil))
    }
    let transition = enforce(new, at: now)
    finishTurn(at: now)
    return transition
  }

  /// What `apply` would do.
  public func transition(to new: Configuration, at now: Instant) -> Transition {
    takeOverServices(at: now)
    return Transition(from: running, to: complete(new))
  }

  @discardableResult
  func enforce(_ new: Configuration, at now: Instant) -> Transition {
    let complete = complete(new)
    let transition = Transition(from: running, to: complete)
    fileConfiguration = new
    configuration = complete
    watchRoutes()
    perform(transition, at: now)
    reportAbsentDevices()
    policy.apply(complete.services, at: now)
    return transition
  }
}
