import Configuration
import ControlAPI
import LinuxNetwork
import OSPFProtocol
import OSPFWire
import Redistribution

/// One OSPF instance with its sockets. Lives on the protocol loop.
final class OSPFInstance {
  let kind: ProtocolInstance
  let router: Router
  private let sink: OutputSink
  /// One socket for each device with an active OSPF interface, by the device's index.
  var sockets: [UInt32: OSPFSocket] = [:]
  /// The interfaces that the router was last given.
  var definitions: [InterfaceDefinition] = []
  /// What of the routes of others it advertises, and what not.
  var redistribution = RedistributionOutcome()
  /// Whether the router was told to shut down.
  var isLeaving = false
  /// Whether it has done so.
  var hasDeparted = false

  init(
    _ kind: ProtocolInstance, configuration: RouterConfiguration, sequenceNumbers: SequenceNumberReservation, at now: Instant
  ) {
    self.kind = kind
    sink = OutputSink()
    router = Router(
      configuration: configuration, seed: .random(in: 0 ... .max), sequenceNumbers: sequenceNumbers, at: now, sink: sink)
  }

  /// What the engine wants, since the last call.
  func drain() -> [Output] { sink.drain() }

  /// Hands everything that waits to be sent to the kernel.
  func flush() {
    for socket in sockets.values { socket.flush() }
  }

  /// The devices on which the definitions need a socket.
  var wantedSockets: Set<UInt32> {
    Set(definitions.filter { !$0.isLoopback && !$0.settings.isPassive }.map(\.index))
  }

  /// The Instance IDs of its interfaces on a device, in OSPFv3.
  func instanceIDs(on interfaceIndex: UInt32) -> [UInt8] {
    kind.version == .v2 ? [] : definitions.filter { $0.index == interfaceIndex }.map(\.settings.instanceID)
  }

  /// Closes the sockets of devices that no longer need one.
  func closeSurplusSockets() {
    let wanted = wantedSockets
    for (index, socket) in sockets where !wanted.contains(index) {
      socket.close()
      sockets[index] = nil
    }
  }
}

extension OSPFVersion {
  /// The IP version that carries it.
  var ipVersion: IPVersion {
    switch self {
    case .v2: .v4
    case .v3: .v6
    }
  }
}
