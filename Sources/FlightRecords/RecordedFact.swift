import OSPFProtocol
import OSPFWire

/// Something that a recording tells beside its packets, for programs. The words for people stand beside it.
public indirect enum RecordedFact: Hashable, Sendable {
  /// A configuration is in force: the SHA-256 digest of its native form, in which no secrets are shown.
  case configuration(digest: String)
  /// An instance runs with this router ID, these areas are of another kind than normal, and so it helps neighbors that restart.
  case instance(
    ProtocolInstance, routerID: RouterID, areas: [AreaID: AreaConfiguration], helping: GracefulRestartPolicy = .init())
  /// An OSPF interface is there, with these parameters.
  case interface(RecordedInterface)
  /// An OSPF interface is there no more.
  case interfaceRemoved(RecordedInterface.Name)
  /// An interface changed state (RFC 2328 section 9.3).
  case interfaceState(ProtocolInstance, InterfaceReference, from: InterfaceState, to: InterfaceState)
  /// A neighbor changed state (RFC 2328 section 10.3), and why.
  case neighbor(ProtocolInstance, NeighborReference, from: NeighborState, to: NeighborState, cause: NeighborEvent)
  /// An instance is about to tell its neighbors that it restarts gracefully.
  case restartAnnounced(ProtocolInstance, gracePeriod: Duration)
  /// An instance has begun and goes on where an earlier run has ended.
  case resumed(ProtocolInstance, GracefulRestart)
  /// Something became of a graceful restart, of this node or of a neighbor.
  case gracefulRestart(ProtocolInstance, GracefulRestartEvent)
  /// A timer ran out and something was sent again, or late.
  case noted(ProtocolInstance, RouterNote)
  /// A packet that had come was not taken.
  case refusal(ProtocolInstance, interfaceIndex: UInt32, source: IPAddress, Refusal.Kind)
  /// The routers were told of a path that BFD watches; `reason` is the diagnostic where it is down.
  case path(BFDPeer, isUp: Bool, reason: String)
  /// A device of the kernel is there.
  case link(name: String, index: UInt32, mtu: Int, isUp: Bool)
  /// A device of the kernel is there no more.
  case linkRemoved(name: String, index: UInt32)
  /// A check has another verdict.
  case check(service: String, check: String, from: String, to: String, reason: String)
  /// A service changed state.
  case service(String, from: String, to: String, reason: String)

  /// What a fact is about; the facts of one subject follow on each other.
  public enum Subject: Hashable, Sendable {
    case configuration
    case instance(ProtocolInstance)
    case interface(RecordedInterface.Name)
    case interfaceState(ProtocolInstance, InterfaceReference)
    case neighbor(ProtocolInstance, NeighborReference)
    case restart(ProtocolInstance)
    case help(ProtocolInstance, NeighborReference)
    case path(BFDPeer)
    case link(UInt32)
    case check(String, String)
    case service(String)
  }

  /// What stays true until the next fact of the same subject; nil for what is over at once.
  public var subject: Subject? {
    switch self {
    case .configuration: .configuration
    case .instance(let instance, _, _, _): .instance(instance)
    case .interface(let interface): .interface(interface.name)
    case .interfaceRemoved(let name): .interface(name)
    case .interfaceState(let instance, let interface, _, _): .interfaceState(instance, interface)
    case .neighbor(let instance, let neighbor, _, _, _): .neighbor(instance, neighbor)
    case .resumed(let instance, _), .gracefulRestart(let instance, .ended): .restart(instance)
    case .gracefulRestart(let instance, .helping(let neighbor, _, _)),
      .gracefulRestart(let instance, .helpEnded(let neighbor, _)):
      .help(instance, neighbor)
    case .refusal, .restartAnnounced, .noted, .gracefulRestart(_, .prepared), .gracefulRestart(_, .helpRefused): nil
    case .path(let peer, _, _): .path(peer)
    case .link(_, let index, _, _), .linkRemoved(_, let index): .link(index)
    case .check(let service, let check, _, _, _): .check(service, check)
    case .service(let service, _, _, _): .service(service)
    }
  }

  /// Whether nothing of the subject is left: that it was there need not be remembered.
  public var isEnd: Bool {
    switch self {
    case .interfaceRemoved, .linkRemoved, .gracefulRestart(_, .ended), .gracefulRestart(_, .helpEnded): true
    case .neighbor(_, _, _, let state, _): state == .down
    case .interfaceState(_, _, _, let state): state == .down
    case .path(_, let isUp, _): !isUp
    case .configuration, .instance, .interface, .refusal, .link, .check, .service, .restartAnnounced, .resumed, .noted,
      .gracefulRestart:
      false
    }
  }

  /// How much memory it takes beside its words, where that is not always the same.
  public var octets: Int {
    if case .resumed(_, let restart) = self {
      restart.state.sequenceNumbers.count * 96 + restart.state.adjacencies.count * 32
    } else {
      0
    }
  }
}

extension GracefulRestart {
  /// What a recording keeps of it: the numbers of some LSAs, grace-LSAs first. External ones are none of them: there may be tens of thousands.
  public var recordable: GracefulRestart {
    let numbers = state.sequenceNumbers.filter { $0.key.scope != .autonomousSystem && !$0.key.key.lsType.isNSSA }
    let first = numbers.sorted { ($0.key.isOfArea ? 1 : 0, $0.key.key) < ($1.key.isOfArea ? 1 : 0, $1.key.key) }.prefix(128)
    var recordable = self
    recordable.state.sequenceNumbers = Dictionary(first.map { ($0.key, $0.value) }) { first, _ in first }
    return recordable
  }
}

extension LSAIdentity {
  fileprivate var isOfArea: Bool { if case .area = scope { true } else { false } }
}

extension LSType {
  fileprivate var isNSSA: Bool { self == .nssaExternal || self == .nssaV3 }
}

/// An OSPF interface of a node as a recording tells it: its parameters, and of its authentication only the kind.
public struct RecordedInterface: Hashable, Sendable {
  /// Which of a node's interfaces one is.
  public struct Name: Hashable, Sendable {
    public var instance: ProtocolInstance
    public var device: String
    public var index: UInt32
    /// OSPFv2: its own address, because a device has an interface for each of its subnets.
    public var address: IPAddress?

    public init(instance: ProtocolInstance, device: String, index: UInt32, address: IPAddress?) {
      self.instance = instance
      self.device = device
      self.index = index
      self.address = address
    }
  }

  /// How packets are authenticated.
  public enum AuthenticationKind: String, Hashable, Sendable, CaseIterable {
    case null
    case simplePassword = "simple-password"
    case cryptographic
    case extendedCryptographic = "extended-cryptographic"
    case trailer
  }

  public var instance: ProtocolInstance
  /// The parameters, without authentication, and of the addresses of OSPFv3 the link-local one alone.
  public private(set) var definition: InterfaceDefinition
  public var authentication: AuthenticationKind

  /// Takes from a definition what may be recorded.
  public init(_ instance: ProtocolInstance, _ definition: InterfaceDefinition) {
    self.init(instance, definition, AuthenticationKind(definition.settings.authentication))
  }

  init(_ instance: ProtocolInstance, _ definition: InterfaceDefinition, _ authentication: AuthenticationKind) {
    self.instance = instance
    self.authentication = authentication
    self.definition = definition
    self.definition.settings.authentication = .null
    self.definition.settings.neighborFilter = nil
    if case .ipv6(let linkLocal, _) = definition.addressing {
      self.definition.addressing = .ipv6(linkLocal: linkLocal, addresses: [])
    }
  }

  public var address: IPAddress? {
    switch definition.addressing {
    case .ipv4(let address, _, _): .v4(address)
    case .ipv6(let linkLocal, _): linkLocal.map { .v6($0) }
    }
  }

  public var name: Name {
    // The address of an OSPFv3 interface may change while it stays the same interface.
    let address: IPAddress? = if case .ipv4(let address, _, _) = definition.addressing { .v4(address) } else { nil }
    return Name(instance: instance, device: definition.name, index: definition.index, address: address)
  }
}

extension RecordedInterface.AuthenticationKind {
  fileprivate init(_ authentication: Authentication) {
    self =
      switch authentication {
      case .null: .null
      case .simplePassword: .simplePassword
      case .cryptographic: .cryptographic
      case .extendedCryptographic: .extendedCryptographic
      case .trailer: .trailer
      }
  }
}
