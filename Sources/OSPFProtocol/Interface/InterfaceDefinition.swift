import OSPFWire

/// One OSPF interface: the connection of the router to one network (RFC 2328 section 9), with what the kernel and the
/// configuration say about it.
///
/// In OSPFv2 a device with several subnets carries several OSPF interfaces; in OSPFv3 a device (a link) carries one.
public struct InterfaceDefinition: Hashable, Sendable {
  /// The device's name.
  public var name: String
  /// The kernel's interface index; the Interface ID in OSPFv3.
  public var index: UInt32
  /// The device's addresses, as far as this OSPF interface is concerned.
  public var addressing: Addressing
  /// The largest IP packet in octets.
  public var mtu: Int
  /// Administratively up and with carrier.
  public var isUp: Bool
  /// The device is a loopback: no packets, its addresses are advertised as host routes (RFC 2328 section 9.1, Loopback).
  public var isLoopback: Bool
  /// What the configuration says.
  public var settings: InterfaceSettings

  /// The addresses of an OSPF interface.
  public enum Addressing: Hashable, Sendable {
    /// OSPFv2: the interface address, its subnet, and whether the (point-to-point) interface is unnumbered, which means that
    /// the address is borrowed and the subnet means nothing.
    case ipv4(address: IPv4Address, subnet: IPv4Prefix, isUnnumbered: Bool)
    /// OSPFv3: the link-local address, nil until duplicate address detection has finished, and the device's other addresses of both
    /// families: an instance takes those of its own.
    case ipv6(linkLocal: IPv6Address?, addresses: [InterfaceAddress])
  }

  public init(
    name: String, index: UInt32, addressing: Addressing, mtu: Int = 1500, isUp: Bool = true, isLoopback: Bool = false,
    settings: InterfaceSettings
  ) {
    self.name = name
    self.index = index
    self.addressing = addressing
    self.mtu = mtu
    self.isUp = isUp
    self.isLoopback = isLoopback
    self.settings = settings
  }
}

/// An address with its on-link prefix.
public struct InterfaceAddress: Hashable, Sendable {
  public var address: IPAddress
  /// The on-link prefix.
  public var prefix: IPPrefix

  public init(address: IPAddress, prefix: IPPrefix) {
    self.address = address
    self.prefix = prefix
  }
}

/// The kind of network that an interface attaches to (RFC 2328 section 1.2).
public enum NetworkType: String, Hashable, Sendable, CaseIterable {
  case broadcast
  case nonBroadcast = "non-broadcast"
  case pointToPoint = "point-to-point"
  case pointToMultipoint = "point-to-multipoint"
}

/// The configurable parameters of an interface (RFC 2328 section 9 and appendix C.3).
public struct InterfaceSettings: Hashable, Sendable {
  /// The area of the attached network.
  public var area: AreaID
  /// The kind of network.
  public var networkType: NetworkType
  /// HelloInterval. Below one second it is sent as 0, as every vendor's fast hellos are, and the neighbors' is not compared.
  public var helloInterval: Duration
  /// RouterDeadInterval, at least one second.
  public var routerDeadInterval: Duration
  /// RxmtInterval
  public var rxmtInterval: Duration
  /// InfTransDelay, in whole seconds.
  public var infTransDelay: UInt16
  /// Router Priority; 0 makes the router ineligible to become Designated Router.
  public var priority: UInt8
  /// Interface output cost, 1 to 65535.
  public var cost: UInt16
  /// Accept Database Description packets whose interface MTU is larger than ours.
  public var mtuIgnore: Bool
  /// The network is advertised, but no packet is sent or accepted.
  public var isPassive: Bool
  /// OSPFv2: the network is for transit alone, and its prefix is not advertised (RFC 6860).
  public var suppressesPrefix: Bool
  /// PollInterval on non-broadcast networks.
  public var pollInterval: Duration
  /// Neighbors on networks where Hellos cannot find them.
  public var neighbors: [ConfiguredNeighbor]
  /// How packets are authenticated (RFC 2328 appendix D, RFC 7166).
  public var authentication: Authentication
  /// What BFD sessions mean to the neighbors.
  public var bfd: BFDMode
  /// OSPFv2: a packet with the Cryptographic sequence number of the one before it is refused (RFC 7474 section 2), although RFC 2328
  /// allows it: FRR's `compatible rfc7474`.
  public var demandsIncreasingSequenceNumbers: Bool
  /// Packets are sent with TTL or hop limit 255, and others are not accepted (RFC 5082): nobody who is not on the link can send them.
  public var hasTTLSecurity = false
  /// Who may be a neighbor; nil means everybody.
  public var neighborFilter: NeighborFilter?
  /// OSPFv3: the Instance ID (RFC 5340 section 2.4, RFC 5838).
  public var instanceID: UInt8
  /// OSPFv3: the MTU to announce, where it is not the device's (`ipv6 ospf6 ifmtu`).
  public var announcedMTU: Int?

  /// Makes settings with the defaults of RFC 2328 appendix C.3; the priority's default is 0, because a service node should not
  /// be Designated Router.
  public init(
    area: AreaID, networkType: NetworkType = .broadcast, helloInterval: Duration = .seconds(10),
    routerDeadInterval: Duration = .seconds(40), rxmtInterval: Duration = .seconds(5), infTransDelay: UInt16 = 1,
    priority: UInt8 = 0, cost: UInt16 = 10, mtuIgnore: Bool = false, isPassive: Bool = false,
    pollInterval: Duration = .seconds(120), neighbors: [ConfiguredNeighbor] = [], instanceID: UInt8 = 0,
    announcedMTU: Int? = nil, authentication: Authentication = .null, demandsIncreasingSequenceNumbers: Bool = false,
    bfd: BFDMode = .none, suppressesPrefix: Bool = false
  ) {
    self.area = area
    self.networkType = networkType
    self.helloInterval = helloInterval
    self.routerDeadInterval = routerDeadInterval
    self.rxmtInterval = rxmtInterval
    self.infTransDelay = infTransDelay
    self.priority = priority
    self.cost = cost
    self.mtuIgnore = mtuIgnore
    self.isPassive = isPassive
    self.suppressesPrefix = suppressesPrefix
    self.pollInterval = pollInterval
    self.neighbors = neighbors
    self.instanceID = instanceID
    self.announcedMTU = announcedMTU
    self.authentication = authentication
    self.bfd = bfd
    self.demandsIncreasingSequenceNumbers = demandsIncreasingSequenceNumbers
  }
}

/// A neighbor that is configured, because the network cannot find it (RFC 2328 appendix C.5).
public struct ConfiguredNeighbor: Hashable, Sendable {
  /// Its address on the network.
  public var address: IPAddress
  /// Its Router Priority, until it says so itself.
  public var priority: UInt8

  public init(address: IPAddress, priority: UInt8 = 1) {
    self.address = address
    self.priority = priority
  }
}
