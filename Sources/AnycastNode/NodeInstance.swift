import Configuration
import FlightRecords
import OSPFProtocol
import OSPFWire
import Redistribution

/// One OSPF instance of a node.
final class NodeInstance {
  let kind: ProtocolInstance
  let router: Router
  private let sink = OutputSink()
  /// The interfaces that the router was last given.
  var definitions: [InterfaceDefinition] = []
  /// What a flight recorder was last told of it, and of its interfaces.
  var recordedFact: RecordedFact?
  var recordedInterfaces: [RecordedInterface] = []
  /// The multicast groups that the router wants, by device.
  private var groups: [UInt32: Set<IPAddress>] = [:]
  /// What of the routes of others it advertises, and what not.
  var redistribution = RedistributionOutcome()
  /// Whether the router was told to shut down.
  private(set) var isLeaving = false
  /// Whether it has done so.
  var hasDeparted = false
  /// How it has come from the run before to this one.
  var restart: InstanceRestart

  init(
    _ kind: ProtocolInstance, configuration: RouterConfiguration, seed: UInt64, sequenceNumbers: SequenceNumberReservation,
    calendar: Int64, restart: GracefulRestart?, at now: Instant
  ) {
    self.kind = kind
    self.restart = restart == nil ? .none : .restoring
    router = Router(
      configuration: configuration, seed: seed, sequenceNumbers: sequenceNumbers, wallClock: calendar, restart: restart, at: now,
      sink: sink)
  }

  /// What the router wants, since the last call.
  func drain() -> [Output] { sink.drain() }

  /// The router joins or leaves a group.
  func changeGroup(_ group: IPAddress, on interfaceIndex: UInt32, isMember: Bool) {
    if isMember {
      groups[interfaceIndex, default: []].insert(group)
    } else {
      groups[interfaceIndex]?.remove(group)
    }
  }

  /// How long the neighbors' acknowledgments are waited for.
  private static let timeout = Duration.seconds(5)

  /// Lets the router leave.
  func shutDown(at now: Instant) {
    guard !isLeaving else { return }
    isLeaving = true
    router.shutDown(at: now, timeout: Self.timeout)
  }

  /// Lets the router tell its neighbors that it will be back, and end.
  func prepareRestart(gracePeriod: Duration, timeout: Duration, at now: Instant) -> RestartState {
    isLeaving = true
    return router.prepareRestart(gracePeriod: gracePeriod, reason: .softwareRestart, timeout: timeout, at: now)
  }

  /// The sockets that the instance needs, with their groups.
  var sockets: [SocketID: Set<IPAddress>] {
    guard !hasDeparted else { return [:] }
    return definitions.reduce(into: [:]) { sockets, definition in
      guard !definition.isLoopback, !definition.settings.isPassive else { return }
      sockets[SocketID(instance: kind, interfaceIndex: definition.index)] = groups[definition.index] ?? []
    }
  }

  /// The Instance IDs of its interfaces on a device, in OSPFv3.
  func instanceIDs(on interfaceIndex: UInt32) -> [UInt8] {
    kind.version == .v2 ? [] : definitions.filter { $0.index == interfaceIndex }.map(\.settings.instanceID)
  }

  /// Whether it listens on a device.
  func listens(on interfaceIndex: UInt32) -> Bool {
    sockets[SocketID(instance: kind, interfaceIndex: interfaceIndex)] != nil
  }
}
