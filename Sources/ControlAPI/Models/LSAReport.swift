/// One LSA at one instant: an element of `GET /v1/database`.
public struct LSAReport: Codable, Hashable, Sendable {
  /// The version of OSPF.
  public var `protocol`: ProtocolName
  /// The family of the prefixes that it is for.
  public var addressFamily: AddressFamilyName
  /// The database that holds it.
  public var scope: Scope
  /// The area, when the scope is an area.
  public var area: String?
  /// The device, when the scope is a link.
  public var interface: String?
  /// The LS type's number.
  public var lsType: Int
  /// The LS type's name: `router-LSA`, `AS-external-LSA`, `LS type 13`.
  public var lsTypeName: String
  /// Link State ID
  public var linkStateID: String
  /// Advertising Router
  public var advertisingRouter: String
  /// LS age; 3600 is MaxAge.
  public var ageSeconds: Int
  /// The options, as the letters of the bits that are set: `E`, `NP`.
  public var options: String
  /// LS sequence number: `0x80000001`.
  public var sequenceNumber: String
  /// LS checksum: `0x1a2b`.
  public var checksum: String
  /// Length in octets, header included.
  public var length: Int
  /// Whether the daemon originated it.
  public var selfOriginated: Bool
  /// The decoded body, nil for types that are carried as bytes.
  public var body: LSABodyReport?
  /// The whole LSA, header included, in hexadecimal.
  public var octets = ""

  /// The flooding scopes.
  public enum Scope: String, Codable, Sendable {
    case link
    case area
    case autonomousSystem
  }

  public init(
    protocol: ProtocolName, addressFamily: AddressFamilyName, scope: Scope, area: String?, interface: String?, lsType: Int,
    lsTypeName: String,
    linkStateID: String, advertisingRouter: String, ageSeconds: Int, options: String, sequenceNumber: String,
    checksum: String, length: Int, selfOriginated: Bool, body: LSABodyReport?
  ) {
    self.protocol = `protocol`
    self.addressFamily = addressFamily
    self.scope = scope
    self.area = area
    self.interface = interface
    self.lsType = lsType
    self.lsTypeName = lsTypeName
    self.linkStateID = linkStateID
    self.advertisingRouter = advertisingRouter
    self.ageSeconds = ageSeconds
    self.options = options
    self.sequenceNumber = sequenceNumber
    self.checksum = checksum
    self.length = length
    self.selfOriginated = selfOriginated
    self.body = body
  }
}

extension LSAReport {
  /// Orders the LSAs of each scope by LS type, Link State ID and Advertising Router. The scopes stay in the order in which they are.
  static func ordered(_ database: [LSAReport]) -> [LSAReport] {
    var scopes = 0
    var keyed: [(key: (Int, Int, UInt64, UInt64), lsa: LSAReport)] = []
    keyed.reserveCapacity(database.count)
    for lsa in database {
      if let last = keyed.last?.lsa, !last.hasScope(of: lsa) { scopes += 1 }
      keyed.append(((scopes, lsa.lsType, number(lsa.linkStateID), number(lsa.advertisingRouter)), lsa))
    }
    return keyed.sorted { $0.key < $1.key }.map(\.lsa)
  }

  private func hasScope(of other: LSAReport) -> Bool {
    `protocol` == other.protocol && addressFamily == other.addressFamily && scope == other.scope && area == other.area
      && interface == other.interface
  }

  /// The number that dotted decimals stand for.
  private static func number(_ dotted: String) -> UInt64 {
    dotted.utf8.split(separator: UInt8(ascii: ".")).reduce(0) { number, part in
      number << 16 | part.reduce(0) { ($0 &* 10 &+ UInt64($1 &- UInt8(ascii: "0"))) & 0xffff }
    }
  }
}

/// The decoded fields of an LSA's body. Only those that its type has are present.
public struct LSABodyReport: Codable, Hashable, Sendable {
  /// router-LSA: the letters of the bits that are set, `E` for an AS boundary router, `B` for an area border router.
  public var bits: String?
  /// router-LSA: the links.
  public var links: [RouterLink]?
  /// network-LSA: the routers attached to the network.
  public var attachedRouters: [String]?
  /// The prefix that a network-, summary- or external LSA is about.
  public var prefix: String?
  /// The metric of a summary- or external LSA.
  public var metric: UInt32?
  /// 1 or 2, of an external LSA.
  public var metricType: Int?
  /// Forwarding address of an external LSA.
  public var forwardingAddress: String?
  /// External route tag.
  public var tag: UInt32?
  /// inter-area-router-LSA: the router that is reached.
  public var destinationRouterID: String?
  /// link-LSA: the router's address on the link, in an instance for IPv4 its IPv4 address.
  public var linkLocalAddress: String?
  /// link-LSA and intra-area-prefix-LSA: the prefixes.
  public var prefixes: [String]?
  /// intra-area-prefix-LSA: the LSA that the prefixes belong to.
  public var referenced: String?

  public init() {}

  /// A link of a router-LSA.
  public struct RouterLink: Codable, Hashable, Sendable {
    /// `point-to-point`, `transit`, `stub`, `virtual`, or the number.
    public var type: String
    /// Link ID; in OSPFv3 the Neighbor Router ID.
    public var linkID: String
    /// Link Data; in OSPFv3 the Interface ID and the Neighbor Interface ID.
    public var linkData: String
    /// The cost.
    public var metric: Int

    public init(type: String, linkID: String, linkData: String, metric: Int) {
      self.type = type
      self.linkID = linkID
      self.linkData = linkData
      self.metric = metric
    }
  }
}
