import OSPFProtocol
import OSPFWire

/// Something that a recording tells beside its packets, for programs. The words for people stand beside it.
public indirect enum RecordedFact: Hashable, Sendable {
  /// A configuration is in force: the SHA-256 digest of its native form, in which no secrets are shown.
  case configuration(digest: String)
  /// An instance runs with this router ID, and these areas are of another kind than normal.
  case instance(ProtocolInstance, routerID: RouterID, areas: [AreaID: AreaConfiguration])
  /// An OSPF interface is there, with these parameters.
  case interface(RecordedInterface)
  /// An OSPF interface is there no more.
  case interfaceRemoved(RecordedInterface.Name)
  /// An interface changed state (RFC 2328 section 9.3).
  case interfaceState(ProtocolInstance, InterfaceReference, from: InterfaceState, to: InterfaceState)
  /// A neighbor changed state (RFC 2328 section 10.3), and why.
  case neighbor(ProtocolInstance, NeighborReference, from: NeighborState, to: NeighborState, cause: NeighborEvent)
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
    case path(BFDPeer)
    case link(UInt32)
    case check(String, String)
    case service(String)
  }

  /// What stays true until the next fact of the same subject; nil for what is over at once.
  public var subject: Subject? {
    switch self {
    case .configuration: .configuration
    case .instance(let instance, _, _): .instance(instance)
    case .interface(let interface): .interface(interface.name)
    case .interfaceRemoved(let name): .interface(name)
    case .interfaceState(let instance, let interface, _, _): .interfaceState(instance, interface)
    case .neighbor(let instance, let neighbor, _, _, _): .neighbor(instance, neighbor)
    case .refusal: nil
    case .path(let peer, _, _): .path(peer)
    case .link(_, let index, _, _), .linkRemoved(_, let index): .link(index)
    case .check(let service, let check, _, _, _): .check(service, check)
    case .service(let service, _, _, _): .service(service)
    }
  }

  /// Whether nothing of the subject is left: that it was there need not be remembered.
  public var isEnd: Bool {
    switch self {
    case .interfaceRemoved, .linkRemoved: true
    case .neighbor(_, _, _, let state, _): state == .down
    case .interfaceState(_, _, _, let state): state == .down
    case .path(_, let isUp, _): !isUp
    case .configuration, .instance, .interface, .refusal, .link, .check, .service: false
    }
  }
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
