/// One neighbor at one instant: an element of `GET /v1/neighbors`.
public struct NeighborReport: Codable, Hashable, Sendable {
  /// The version of OSPF.
  public var `protocol`: ProtocolName
  /// The family of the prefixes that it is for.
  public var addressFamily: AddressFamilyName
  /// Its router ID; 0.0.0.0 while it has not been heard.
  public var routerID: String
  /// Its Router Priority.
  public var priority: Int
  /// The state in the words of RFC 2328 section 10.1: `Full`, `2-Way`.
  public var state: NeighborStateName
  /// `DR`, `Backup`, `DROther`, or `-` on networks that have no Designated Router.
  public var role: NeighborRole
  /// Time until it is declared dead, nil before it has been heard.
  public var deadSeconds: Double?
  /// Its address on the network.
  public var address: String
  /// The device on which it is.
  public var interface: String
  /// Our address on that network.
  public var interfaceAddress: String
  /// The area.
  public var area: String
  /// What it names as Designated Router, nil when it names none.
  public var designatedRouter: String?
  /// What it names as Backup Designated Router, nil when it names none.
  public var backupDesignatedRouter: String?
  /// Time since the state was entered.
  public var stateAgeSeconds: Double
  /// How often it has changed state since it was first heard.
  public var stateChangeCount: Int
  /// LSAs on the link state retransmission list.
  public var retransmissionCount: Int
  /// LSAs on the link state request list.
  public var requestCount: Int
  /// LSAs on the Database summary list.
  public var summaryCount: Int
  /// The interface MTU of its last Database Description, nil before the first.
  public var mtu: Int?
  /// The Options field of its last Hello, as a number.
  public var optionBits: UInt32 = 0
  /// Its Interface ID, in OSPFv3.
  public var interfaceID: UInt32?
  /// Whether this router leads the database exchange, and not the neighbor.
  public var master = false
  /// The DD sequence number of the database exchange.
  public var ddSequenceNumber: UInt32 = 0

  /// What it calls itself (RFC 5642), nil when it does not.
  public var hostname: String?

  /// What a Full neighbor describes in place of a link back that fits ours, so that no route leads over the adjacency: `transit
  /// network`, `point-to-point link`, `network without us`, `nothing`. Nil where it describes the link as we do, and while that is
  /// not known.
  public var linkBackMissing: LinkDescriptionName?

  public init(
    protocol: ProtocolName, addressFamily: AddressFamilyName, routerID: String, priority: Int,
    state: NeighborStateName, role: NeighborRole, deadSeconds: Double?,
    address: String, interface: String, interfaceAddress: String, area: String, designatedRouter: String?,
    backupDesignatedRouter: String?, stateAgeSeconds: Double, stateChangeCount: Int, retransmissionCount: Int,
    requestCount: Int, summaryCount: Int
  ) {
    self.protocol = `protocol`
    self.addressFamily = addressFamily
    self.routerID = routerID
    self.priority = priority
    self.state = state
    self.role = role
    self.deadSeconds = deadSeconds
    self.address = address
    self.interface = interface
    self.interfaceAddress = interfaceAddress
    self.area = area
    self.designatedRouter = designatedRouter
    self.backupDesignatedRouter = backupDesignatedRouter
    self.stateAgeSeconds = stateAgeSeconds
    self.stateChangeCount = stateChangeCount
    self.retransmissionCount = retransmissionCount
    self.requestCount = requestCount
    self.summaryCount = summaryCount
  }
}
