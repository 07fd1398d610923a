import OSPFProtocol
import OSPFWire

/// A host of a virtual network: an engine, and what is around it in a daemon.
public struct VirtualHost {
  /// What its engine is started with.
  public var configuration: RouterConfiguration
  /// Its interfaces.
  public var interfaces: [InterfaceDefinition]
  /// What it advertises.
  public var advertisements: [Advertisement] = []
  /// The running engine; nil while the host is down.
  public internal(set) var router: Router?
  /// How often it has been started.
  public internal(set) var starts: UInt64 = 0
  /// Whether it is leaving in order.
  public internal(set) var isLeaving = false

  /// What its state directory keeps over a crash: the end of its Cryptographic sequence numbers. Nil where it keeps nothing.
  var sequenceNumberEnd: UInt64?
  /// How far its calendar is from that of the network, in seconds.
  var clockOffset: Int64 = 0

  /// Set from the moment at which it has told its neighbors that it restarts until it has been started again.
  var restart: (state: RestartState, end: Instant)?
  var sink = OutputSink()
  var groups: Set<Bench.GroupMembership> = []
  var deadline: Instant?
  /// When it was last sent each LSA at MaxAge.
  var flushed: [LSAKey: Instant] = [:]

  init(configuration: RouterConfiguration) {
    self.configuration = configuration
    interfaces = []
  }

  /// Its router ID.
  public var routerID: RouterID { configuration.routerID }
}
