import AnycastPolicy
import BFDProtocol
import FlightRecords
import OSPFProtocol
import OSPFWire

/// What a node wants from the world outside, in the order in which it is to be done.
///
/// What is to be there is told as a whole set, never as a change: a set that is told again is a request to put right what was lost or
/// refused since. Sets have a number, with which the node is told what came of them.
public enum NodeEffect: Sendable {
  /// Send a packet through the socket of the instance on the transmission's interface.
  case transmit(Transmission, ProtocolInstance)
  /// The complete set of sockets that are to be open, each with the multicast groups of which it is to be a member. What was to be
  /// transmitted before is sent before a socket is closed. Answered by `AnycastNode.socketsApplied`.
  case holdSockets([SocketID: Set<IPAddress>], request: Int)
  /// The complete set of addresses that are to be on devices because of this node. Answered by `AnycastNode.addressesApplied`.
  case holdAddresses(Set<DeviceAddress>, request: Int)
  /// The complete set of routes that are to be in the kernel because of this node. Answered by `AnycastNode.routesApplied`.
  case holdRoutes(Set<ServiceRoute>, request: Int)
  /// The complete set of BFD sessions that are to be kept. Their changes are told by `AnycastNode.bfdSessionChanged`.
  case holdSessions([SessionDefinition])
  /// Whether the routes of the kernel are to be watched.
  case watchRoutes(Bool)
  /// The complete set of prefixes whose traffic is to be counted.
  case countTraffic(Set<IPPrefix>)
  /// The complete set of checks that are to be run.
  case runChecks([CheckAssignment])
  /// The drains in force, to be remembered over a restart.
  case storeDrains([StoredDrain])
  /// What `AnycastNode.memory` says has changed: it is to be kept for a run that follows a crash, soon, but not at any price.
  case memoryChanged
  /// The inside of the block of a service that was added, to be remembered over a restart; nil where it is to be forgotten.
  case storeService(name: String, text: String?)
  /// The cryptographic sequence numbers of an instance before this one are set aside for it, over a restart. Where they are the first of
  /// a run, that is to be kept before anything else is done.
  case reserveSequenceNumbers(ProtocolInstance, before: UInt64, isNewRun: Bool)
  /// Run the command that a service has for its changes of state.
  case runCommand(ServiceChange)
  /// Something that an operator may want to know.
  case event(NodeEvent)
  /// Something that is no event, and is to be kept by a flight recorder.
  case record(RecordedFact)
  /// The node has left: nothing of it is advertised, and nothing is left in the kernel but what the kernel refuses to give back. With
  /// the reason when it could not go on.
  case ended(failure: String?)
  /// The neighbors wait for the next run, which is to be started with this at once. Nothing is withdrawn, and everything in the kernel is
  /// to be left as it is.
  case restart(NodeMemory)
}

/// A raw socket: each instance has one for each device on which it has an active interface.
public struct SocketID: Hashable, Sendable {
  /// The instance that speaks through it.
  public var instance: ProtocolInstance
  /// The index of the device.
  public var interfaceIndex: UInt32

  public init(instance: ProtocolInstance, interfaceIndex: UInt32) {
    self.instance = instance
    self.interfaceIndex = interfaceIndex
  }
}

/// Why a socket is not as it is to be.
public enum SocketFailure: Hashable, Sendable {
  /// The process may not open raw sockets at all.
  case notPermitted
  /// It could not be opened.
  case notOpened(String)
  /// It is open, but not a member of a group.
  case notJoined(String)
}

/// Something that happened, for the log and for whoever watches. Nothing comes back from there.
public enum NodeEvent: Sendable {
  /// Something happened to an instance; `device` is the name of the device, where the event knows only its index.
  case router(ProtocolInstance, OSPFProtocol.Event, device: String?)
  /// Something happened to a BFD session, or to a packet that was to be one of its.
  case bfd(SessionSetEvent, device: String)
  /// Something happened to a service.
  case policy(PolicyEvent)
  /// An instance has begun.
  case instanceStarted(ProtocolInstance, RouterID)
  /// An instance that has begun goes on where the run before has ended, within a grace period.
  case gracefulRestartBegun(ProtocolInstance, isPlanned: Bool, Duration)
  /// A device is configured, and does not exist.
  case interfaceAbsent(String)
  /// A device that was absent is there.
  case interfacePresent(String)
  /// A socket could not be opened, and is tried again.
  case socketNotOpened(device: String, reason: String)
  /// A socket failed, and another one is opened.
  case socketLost(device: String, reason: String)
  /// A socket is not a member of a group that it needs, and it is tried again.
  case groupNotJoined(device: String, reason: String)
}

/// Where a node's effects go. The caller drains it after every call into the node.
public final class NodeSink {
  private var pending: [NodeEffect] = []

  public init() {}

  func append(_ effect: NodeEffect) { pending.append(effect) }

  func report(_ event: NodeEvent) { pending.append(.event(event)) }

  /// Returns everything appended since the last call, in order, and forgets it.
  public func drain() -> [NodeEffect] {
    defer { pending.removeAll(keepingCapacity: pending.count < 1024) }
    return pending
  }
}
