import OSPFWire

/// One OSPF instance: the engine behind two doors, `receive` and `advance`, with one door out, the sink.
///
/// Not thread safe; all calls come from one loop. `now` never goes backwards. After every call, drain the sink.
public final class Router {
  /// Where outputs are appended.
  public let sink: OutputSink
  /// The configuration in force.
  public private(set) var configuration: RouterConfiguration

  /// Starts an instance without interfaces. `seed` drives jitter and initial DD sequence numbers: the same calls with the same
  /// seed give the same outputs.
  public init(configuration: RouterConfiguration, seed: UInt64, at now: Instant, sink: OutputSink) {
    self.configuration = configuration
    self.sink = sink
  }

  /// The earliest instant at which `advance` has something to do; nil when nothing is scheduled.
  public var nextDeadline: Instant? { nil }

  /// A packet has arrived.
  public func receive(_ datagram: Datagram, at now: Instant) {}

  /// Time has passed: fires every timer that is due.
  public func advance(to now: Instant) {}

  /// Replaces the set of advertised prefixes. LSAs are originated and flushed at once where the pacing allows.
  public func advertise(_ advertisements: [Advertisement], at now: Instant) {}

  /// Replaces the set of OSPF interfaces: new ones come up, missing ones go down, changed ones are changed with as little
  /// disturbance as the change allows.
  public func setInterfaces(_ definitions: [InterfaceDefinition], at now: Instant) {}

  /// Applies a new configuration.
  public func apply(_ configuration: RouterConfiguration, at now: Instant) {}

  /// Flushes everything self-originated, waits at most `patience` for the acknowledgments, says goodbye with a Hello that lists
  /// no neighbor, and reports `.departed`.
  public func shutDown(at now: Instant, patience: Duration) {}

  /// The router at this instant.
  public func snapshot(at now: Instant) -> RouterSnapshot { fatalError() }
  /// All interfaces, in the order of their definition.
  public func interfaceSnapshots(at now: Instant) -> [InterfaceSnapshot] { [] }
  /// All neighbors, ordered by interface and router ID.
  public func neighborSnapshots(at now: Instant) -> [NeighborSnapshot] { [] }
  /// The databases, ordered by scope, LS type, Link State ID and Advertising Router.
  public func databaseSnapshot(at now: Instant) -> [LSASnapshot] { [] }
}
