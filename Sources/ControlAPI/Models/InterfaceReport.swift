/// One OSPF interface at one instant: an element of `GET /v1/interfaces`.
public struct InterfaceReport: Codable, Hashable, Sendable {
  /// The version of OSPF.
  public var `protocol`: ProtocolName
  /// The family of the prefixes that it is for.
  public var addressFamily: AddressFamilyName
  /// The device's name; a configured device that does not exist is listed with the state `Absent`.
  public var interface: String
  /// The kernel's interface index; nil while the device does not exist.
  public var index: UInt32?
  /// Our address on the network.
  public var address: String?
  /// The subnet, in OSPFv2.
  public var subnet: String?
  /// The area.
  public var area: String
  /// The state in the words of RFC 2328 section 9.1, or `Absent`.
  public var state: InterfaceStateName
  /// `broadcast`, `non-broadcast`, `point-to-point`, `point-to-multipoint`
  public var networkType: NetworkTypeName
  /// Interface output cost.
  public var cost: Int
  /// Router Priority.
  public var priority: Int
  /// The largest IP packet in octets.
  public var mtu: Int?
  /// Whether the device is up and has carrier.
  public var up: Bool
  /// Whether no packet is sent or accepted.
  public var passive: Bool
  /// HelloInterval
  public var helloIntervalSeconds: Double
  /// RouterDeadInterval
  public var deadIntervalSeconds: Double
  /// RxmtInterval
  public var retransmitIntervalSeconds: Double
  /// Time until the next Hello, nil when none is sent.
  public var helloDueSeconds: Double?
  /// The Designated Router, nil when there is none.
  public var designatedRouter: String?
  /// The Backup Designated Router, nil when there is none.
  public var backupDesignatedRouter: String?
  /// Neighbors above Down.
  public var neighborCount: Int
  /// Neighbors in state Full.
  public var adjacencyCount: Int
  /// Packets accepted, by type.
  public var packetsReceived: PacketCounts
  /// Packets sent, by type.
  public var packetsSent: PacketCounts
  /// Packets refused.
  public var packetsRefused: UInt64
  /// Packets that the kernel dropped before they could be read: they came faster than they were taken, or had a wrong checksum. Those of
  /// all instances of the version on the device. Nil where there is no socket.
  public var kernelDrops: UInt64?
  /// The addresses on the link whose packets came from one station, and then from another; nil where nobody may look.
  public var linkLayerChanges: [LinkLayerChangeReport]?
  /// What was heard, and what came of it.
  public var reception = ReceptionReport()
  /// The last flood that the database had no room for; nil when there was none.
  public var databaseOverflow: DatabaseOverflowReport?
  /// InfTransDelay
  public var transmitDelaySeconds = 1
  /// Whether a neighbor's larger interface MTU is accepted.
  public var mtuIgnored = false
  /// The MTU that Database Descriptions announce, where it is not the device's.
  public var announcedMTU: Int?
  /// The Instance ID, in OSPFv3.
  public var instanceID: Int?
  /// How packets are authenticated: `none`, `simple-password`, or the algorithm of the digests, `md5`.
  public var authentication: AuthenticationName = .none
  /// The keys of cryptographic authentication, without the keys themselves.
  public var authenticationKeys: [KeyReport] = []
  /// Every address of the device, with the length of its prefix.
  public var deviceAddresses: [String] = []
  /// The device's flags as the kernel calls them: `UP`, `BROADCAST`, `RUNNING`.
  public var deviceFlags: [String] = []
  /// The device's speed in Mbit/s, nil where the kernel does not say.
  public var speedMbit: Int?

  public init(
    protocol: ProtocolName, addressFamily: AddressFamilyName, interface: String, index: UInt32?, address: String?,
    subnet: String?, area: String,
    state: InterfaceStateName, networkType: NetworkTypeName, cost: Int, priority: Int, mtu: Int?, up: Bool, passive: Bool,
    helloIntervalSeconds: Double, deadIntervalSeconds: Double, retransmitIntervalSeconds: Double,
    helloDueSeconds: Double?, designatedRouter: String?, backupDesignatedRouter: String?, neighborCount: Int,
    adjacencyCount: Int, packetsReceived: PacketCounts, packetsSent: PacketCounts, packetsRefused: UInt64
  ) {
    self.protocol = `protocol`
    self.addressFamily = addressFamily
    self.interface = interface
    self.index = index
    self.address = address
    self.subnet = subnet
    self.area = area
    self.state = state
    self.networkType = networkType
    self.cost = cost
    self.priority = priority
    self.mtu = mtu
    self.up = up
    self.passive = passive
    self.helloIntervalSeconds = helloIntervalSeconds
    self.deadIntervalSeconds = deadIntervalSeconds
    self.retransmitIntervalSeconds = retransmitIntervalSeconds
    self.helloDueSeconds = helloDueSeconds
    self.designatedRouter = designatedRouter
    self.backupDesignatedRouter = backupDesignatedRouter
    self.neighborCount = neighborCount
    self.adjacencyCount = adjacencyCount
    self.packetsReceived = packetsReceived
    self.packetsSent = packetsSent
    self.packetsRefused = packetsRefused
  }
}

/// Numbers of packets by OSPF packet type.
public struct PacketCounts: Codable, Hashable, Sendable {
  /// Hello
  public var hello: UInt64
  /// Database Description
  public var databaseDescription: UInt64
  /// Link State Request
  public var linkStateRequest: UInt64
  /// Link State Update
  public var linkStateUpdate: UInt64
  /// Link State Acknowledgment
  public var linkStateAcknowledgment: UInt64

  public init(
    hello: UInt64 = 0, databaseDescription: UInt64 = 0, linkStateRequest: UInt64 = 0, linkStateUpdate: UInt64 = 0,
    linkStateAcknowledgment: UInt64 = 0
  ) {
    self.hello = hello
    self.databaseDescription = databaseDescription
    self.linkStateRequest = linkStateRequest
    self.linkStateUpdate = linkStateUpdate
    self.linkStateAcknowledgment = linkStateAcknowledgment
  }
}

/// A flood that the database had no room for.
public struct DatabaseOverflowReport: Codable, Hashable, Sendable {
  /// The limit that was reached: `link state advertisements`.
  public var limit: String
  /// The router ID of the neighbor that flooded.
  public var routerID: String
  /// Its address.
  public var address: String
  /// How many floods there were, each soon after the one before.
  public var count: UInt64
  /// Time until the interface, which is down because of it, comes up again; nil when it has.
  public var holdOffSeconds: Double?

  public init(limit: String, routerID: String, address: String, count: UInt64, holdOffSeconds: Double?) {
    self.limit = limit
    self.routerID = routerID
    self.address = address
    self.count = count
    self.holdOffSeconds = holdOffSeconds
  }
}

/// An address whose OSPF packets come from another station of the link than before.
public struct LinkLayerChangeReport: Codable, Hashable, Sendable {
  /// The address.
  public var address: String
  /// The link-layer address from which its packets come: `02:00:00:00:00:2a`.
  public var linkLayerAddress: String
  /// The one from which they came before.
  public var former: String
  /// Whether that one still sends too.
  public var contested: Bool
  /// How often it has changed.
  public var count: UInt64
  /// Time since the last change.
  public var ageSeconds: Double

  public init(
    address: String, linkLayerAddress: String, former: String, contested: Bool, count: UInt64, ageSeconds: Double
  ) {
    self.address = address
    self.linkLayerAddress = linkLayerAddress
    self.former = former
    self.contested = contested
    self.count = count
    self.ageSeconds = ageSeconds
  }
}
