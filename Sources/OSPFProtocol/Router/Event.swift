import OSPFWire

/// Something that happened in the engine and that an operator may want to know. Each carries what is needed to say it.
public enum Event: Sendable, Hashable {
  /// An interface changed state (RFC 2328 section 9.3).
  case interfaceStateChanged(interface: InterfaceReference, from: InterfaceState, to: InterfaceState)
  /// The Designated Router or its backup changed on an interface.
  case designatedRouterChanged(
    interface: InterfaceReference, designatedRouter: DesignatedRouterID, backup: DesignatedRouterID)
  /// A neighbor changed state (RFC 2328 section 10.3), and why.
  case neighborStateChanged(
    neighbor: NeighborReference, from: NeighborState, to: NeighborState, cause: NeighborEvent)
  /// A packet was not accepted.
  case packetRefused(interface: InterfaceReference?, interfaceIndex: UInt32, source: IPAddress, reason: Refusal)
  /// Another router uses a router ID that is already taken: ours, or that of the neighbor `other`.
  case duplicateRouterID(routerID: RouterID, interface: InterfaceReference, source: IPAddress, other: IPAddress?)
  /// A neighbor has been Full for a while, and its LSAs have no link back that fits ours, whose network type is `networkType`: no route
  /// leads over the adjacency (RFC 2328 section 16.1 step 2b).
  case linkBackMissing(neighbor: NeighborReference, networkType: NetworkType, theirs: LinkDescription)
  /// An LSA of our own was originated (for the first time or anew).
  case originated(LSAIdentity, sequenceNumber: SequenceNumber)
  /// An LSA of our own is being flushed.
  case flushed(LSAIdentity)
  /// An LSA that claims to be ours, but which we did not originate, was received and taken over or flushed.
  case receivedSelfOriginated(LSAIdentity, action: SelfOriginatedAction)
  /// Every adjacent neighbor has acknowledged the LSA that advertises the prefix.
  case advertisementAcknowledged(IPPrefix)
  /// Every adjacent neighbor has acknowledged that the prefix is gone.
  case withdrawalAcknowledged(IPPrefix)
  /// No area takes the prefix the way it is to be advertised: an external one where all areas are stub areas, or no Link State ID
  /// is left for it.
  case notAdvertisable(IPPrefix)
  /// A limit was reached; what it protects did not grow.
  case limitReached(Limit, interface: InterfaceReference?)
  /// Four fifths of a limit are reached: what fills the database is to be looked for before it is full.
  case limitNear(Limit)
  /// The database has no room for what a neighbor sends: its interface is down for a while, so that nothing that looks whole is half.
  case databaseOverflow(neighbor: NeighborReference, limit: Limit, holdOff: Duration)
  /// That interface tries again.
  case databaseOverflowOver(interface: InterfaceReference)
  /// Something about a graceful restart, ours or a neighbor's.
  case gracefulRestart(GracefulRestartEvent)
  /// An LSA in the database no longer has the checksum that it came with: memory or software is faulty.
  case databaseCorrupted(LSAIdentity)
  /// Another key is in force than before, or one after there was none: packets are sent with it from now on.
  case keyInForce(interface: InterfaceReference, keyID: UInt16)
  /// No key is in force, so that nothing is sent.
  case noKeyInForce(interface: InterfaceReference)
  /// `shutDown` is finished: everything is flushed and the neighbors know that we have left.
  case departed(acknowledged: Bool)

  /// What was done with a self-originated LSA that came from the network (RFC 2328 section 13.4).
  public enum SelfOriginatedAction: Sendable, Hashable {
    /// It is still wanted: originated with a higher sequence number.
    case advancedSequenceNumber
    /// It is no longer wanted: flushed.
    case flushed
  }

  /// What a limit bounds.
  public enum Limit: String, Sendable, Hashable {
    case neighbors
    case linkStateAdvertisements = "link state advertisements"
    case databaseOctets = "database octets"
    case retransmissionList = "link state retransmission list"
    case requestList = "link state request list"
    case staleLSAs = "self-originated link state advertisements to be flushed"
    case routerLSASize = "links in the router-LSA"
  }
}

/// Names an interface in events and snapshots.
public struct InterfaceReference: Sendable, Hashable {
  /// The device's name.
  public var name: String
  /// Our address on the network: the interface address in OSPFv2, the link-local address in OSPFv3.
  public var address: IPAddress
  public var area: AreaID

  public init(name: String, address: IPAddress, area: AreaID) {
    self.name = name
    self.address = address
    self.area = area
  }
}

/// Names a neighbor in events and snapshots.
public struct NeighborReference: Sendable, Hashable {
  /// Its router ID; 0.0.0.0 while it has not been heard.
  public var routerID: RouterID
  /// Its address on the network.
  public var address: IPAddress
  /// The interface on which it is.
  public var interface: InterfaceReference

  public init(routerID: RouterID, address: IPAddress, interface: InterfaceReference) {
    self.routerID = routerID
    self.address = address
    self.interface = interface
  }
}

/// Interface states in the order of RFC 2328 section 9.1.
public enum InterfaceState: String, Sendable, Hashable, CaseIterable {
  case down = "Down"
  case loopback = "Loopback"
  case waiting = "Waiting"
  case pointToPoint = "Point-to-point"
  case drOther = "DROther"
  case backup = "Backup"
  case dr = "DR"
}

/// Neighbor states in the order of RFC 2328 section 10.1; later ones compare greater.
public enum NeighborState: Int, Sendable, Hashable, CaseIterable, Comparable, CustomStringConvertible {
  case down, attempt, `init`, twoWay, exStart, exchange, loading, full

  /// The RFC's spelling.
  public var description: String {
    switch self {
    case .down: "Down"
    case .attempt: "Attempt"
    case .`init`: "Init"
    case .twoWay: "2-Way"
    case .exStart: "ExStart"
    case .exchange: "Exchange"
    case .loading: "Loading"
    case .full: "Full"
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The events of RFC 2328 section 10.2. Each one's text says to an operator why a neighbor changed state.
public enum NeighborEvent: String, Sendable, Hashable, CaseIterable {
  case helloReceived = "Hello received"
  case start = "polling a configured neighbor"
  case twoWayReceived = "it lists us in its Hello"
  case negotiationDone = "negotiation done"
  case exchangeDone = "exchange done"
  case badLSReq = "bad link state request"
  case loadingDone = "loading done"
  case adjOK = "adjacency decision after a Designated Router change"
  case seqNumberMismatch = "sequence number mismatch"
  case oneWayReceived = "it no longer lists us in its Hello"
  case killNbr = "interface, address or configuration change"
  case inactivityTimer = "dead timer expired"
  case llDown = "link down"
  /// RFC 5882 section 4.3: beside those of RFC 2328.
  case bfdSessionDown = "BFD session down"
}

/// Why a packet was not accepted, with both sides' values where there are two.
public enum Refusal: Error, Sendable, Hashable {
  /// It could not be decoded.
  case malformed(WireError)
  /// RFC 2328 section 8.2 (1): the area ID is neither the interface's nor the backbone's over a virtual link.
  case areaMismatch(received: AreaID, ours: AreaID)
  /// RFC 2328 appendix D.3.
  case authenticationTypeMismatch(received: UInt16, ours: UInt16)
  /// RFC 2328 appendix D.5: the password or digest is not that of a router which knows our key.
  case authenticationFailed(AuthenticationError)
  /// RFC 2328 appendix D.5.3: the neighbor has sent a higher Cryptographic sequence number before, or, where that is not allowed, the
  /// same.
  case cryptographicSequenceNumberTooLow(received: UInt64, last: UInt64, keyID: UInt16)
  /// RFC 7166 section 3: one side sends authentication trailers, and the other does not.
  case authenticationTrailerMismatch(received: Bool)
  /// The IP source is not on the interface's subnet.
  case sourceNotOnSubnet(source: IPAddress, subnet: IPPrefix)
  /// The IP source is an address that no router can have: 0.0.0.0, a multicast address, the subnet's first or last one.
  case sourceNotAHost(IPAddress)
  /// The router ID is 0.0.0.0.
  case reservedRouterID(source: IPAddress)
  /// The IP destination is none that the interface listens to in its state.
  case destinationNotForUs(IPAddress)
  /// RFC 5340 section 4.2.2: another instance on the link.
  case instanceMismatch(received: UInt8, ours: UInt8)
  /// The IPv6 source is not link-local.
  case sourceNotLinkLocal(IPAddress)
  /// The interface is passive, down or a loopback.
  case interfaceNotActive
  /// RFC 5082: it has come from beyond the link, or from a router without TTL security.
  case timeToLiveTooLow(received: UInt8?)
  /// The interface's filter of neighbors does not allow the source.
  case neighborNotAllowed(IPAddress)
  /// No OSPF interface on that device.
  case noSuchInterface
  /// Only Hellos may come from a router that is no neighbor (RFC 2328 section 8.2).
  case unknownNeighbor(type: PacketType, source: IPAddress)
  /// The router ID of the packet is ours, but the source is not.
  case ownRouterID(source: IPAddress)
  /// RFC 2328 section 10.5.
  case networkMaskMismatch(received: IPv4Address, ours: IPv4Address)
  /// RFC 2328 section 10.5, in seconds.
  case helloIntervalMismatch(received: UInt16, ours: UInt16)
  /// RFC 2328 section 10.5, in seconds.
  case routerDeadIntervalMismatch(received: UInt32, ours: UInt32)
  /// RFC 2328 section 10.5: the E-bit says whether AS-external-LSAs are flooded in the area.
  case externalRoutingCapabilityMismatch(received: Bool, ours: Bool)
  /// RFC 3101 section 2.5: the N-bit says whether the area is an NSSA.
  case nssaCapabilityMismatch(received: Bool, ours: Bool)
  /// RFC 5838 section 2.4: the AF-bit.
  case addressFamilyMismatch
  /// RFC 2328 section 10.6: the neighbor's MTU is larger than ours.
  case mtuMismatch(neighbor: Int, ours: Int)
  /// A packet that its sender's neighbor state does not allow (RFC 2328 sections 10.6 to 10.8, 13, 13.7).
  case neighborStateTooLow(type: PacketType, state: NeighborState)
  /// A limit was reached.
  case limit(Event.Limit)
}
