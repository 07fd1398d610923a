import AnycastPolicy
import OSPFProtocol
import OSPFWire

/// What one run of a node knows, for the next one to restart gracefully with: after it was told to, or after a crash.
public struct NodeMemory: Hashable, Sendable {
  /// The instances that ran.
  public var instances: [ProtocolInstance: InstanceMemory]
  /// The services.
  public var services: [ServiceMemory]
  /// Whether every service was suspended.
  public var isSuspended: Bool
  /// The services that were added at run time, in the order in which they were.
  public var added: [AddedService]

  public init(
    instances: [ProtocolInstance: InstanceMemory] = [:], services: [ServiceMemory] = [], isSuspended: Bool = false,
    added: [AddedService] = []
  ) {
    self.instances = instances
    self.services = services
    self.isSuspended = isSuspended
    self.added = added
  }

  /// A service that was added at run time, as it was given.
  public struct AddedService: Hashable, Sendable {
    public var name: String
    /// The inside of its block.
    public var text: String
    /// Whether it is to be there after every restart, and not only after a graceful one.
    public var isPersistent: Bool

    public init(name: String, text: String, isPersistent: Bool) {
      self.name = name
      self.text = text
      self.isPersistent = isPersistent
    }
  }
}

/// What is remembered of an instance.
public struct InstanceMemory: Hashable, Sendable {
  /// Its router ID: under another one it is another router.
  public var routerID: RouterID
  /// Its LSAs and adjacencies.
  public var state: RestartState
  /// What it advertises beside the services.
  public var redistributed: [Advertisement]
  /// The longest RouterDeadInterval of its interfaces with a neighbor that was Full: how long a crash may last.
  public var longestDeadInterval: Duration
  /// The grace period that the neighbors were told of; nil where they were told nothing.
  public var gracePeriod: Duration?

  public init(
    routerID: RouterID, state: RestartState, redistributed: [Advertisement] = [], longestDeadInterval: Duration,
    gracePeriod: Duration? = nil
  ) {
    self.longestDeadInterval = longestDeadInterval
    self.routerID = routerID
    self.state = state
    self.redistributed = redistributed
    self.gracePeriod = gracePeriod
  }
}

/// What a node that restarts gracefully is told of the run before.
public struct NodeRestart: Hashable, Sendable {
  /// What that knew.
  public var memory: NodeMemory
  /// Time since it last lived.
  public var age: Duration
  /// Whether the neighbors were told of the restart before it.
  public var isPlanned: Bool

  /// Describes a restart.
  public init(memory: NodeMemory, age: Duration, isPlanned: Bool) {
    self.memory = memory
    self.age = max(age, .zero)
    self.isPlanned = isPlanned
  }
}

extension AnycastNode {
  /// What the next run would have to know to go on where this one is, should it end now; nil where it is not to go on: because the node
  /// leaves, or because its own restart is not over and what it knows is not whole yet.
  public func memory(at now: Instant) -> NodeMemory? {
    guard state == .running || state == .suspended, !instances.contains(where: { $0.restart == .restoring }) else { return nil }
    let remembered = instances.filter { !$0.isLeaving && configuration.mayRestartGracefully($0.kind) }.map { instance in
      (instance.kind, instance.memory(instance.router.restartState(at: now)))
    }
    return NodeMemory(
      instances: Dictionary(remembered) { first, _ in first }, services: policy.memory(at: now), isSuspended: state == .suspended,
      added: addedServices)
  }

  /// What was added at run time, for the next run.
  var addedServices: [NodeMemory.AddedService] {
    runtimeServices.all.map { .init(name: $0.configuration.name, text: $0.text, isPersistent: $0.isPersistent) }
  }

  /// Something that the next run would have to know has changed.
  func noteMemoryChange() { hasNewMemory = true }

  /// Says once for each turn that there is something new to remember.
  func reportMemoryChange() {
    guard hasNewMemory else { return }
    hasNewMemory = false
    sink.append(.memoryChanged)
  }
}

extension NodeInstance {
  /// What is remembered of it.
  func memory(_ state: RestartState, gracePeriod: Duration? = nil) -> InstanceMemory {
    let watched = Set(state.adjacencies.map(\.interfaceIndex))
    let intervals = definitions.filter { watched.contains($0.index) }.map(\.settings.routerDeadInterval)
    return InstanceMemory(
      routerID: router.configuration.routerID, state: state, redistributed: redistribution.advertisements,
      longestDeadInterval: intervals.max() ?? .zero, gracePeriod: gracePeriod)
  }
}

extension OSPFProtocol.Event {
  /// Whether the next run would have to know of it.
  var isToBeRemembered: Bool {
    switch self {
    case .originated, .flushed: true
    case .neighborStateChanged(_, let from, let to, _): from == .full || to == .full
    case .gracefulRestart(.ended): true
    default: false
    }
  }
}

extension PolicyEvent {
  /// Whether the next run would have to know of it.
  var isToBeRemembered: Bool {
    switch self {
    case .checkStateChanged, .serviceStateChanged, .serviceHeldDown, .serviceReleased: true
    default: false
    }
  }
}
