import OSPFWire

/// What differs between OSPFv2 and OSPFv3, as seen by the engine: addresses, how routers name each other, LSA types, and what
/// this router says of itself. Everything else is one engine. It is asked twenty times for each LSA that arrives, so what conforms to it
/// is small enough to be passed along without an allocation: three words at most.
protocol VersionRules: Sendable {
  var version: OSPFVersion { get }
  /// The group of all OSPF routers.
  var allSPFRouters: IPAddress { get }
  /// The group of the Designated Router and its backup.
  var allDRouters: IPAddress { get }

  /// Whether the interface has the address that it needs to send packets.
  func hasUsableAddress(_ interface: Interface) -> Bool
  /// The OSPF interface that a datagram on a device is for.
  func interface(for datagram: Datagram, among interfaces: [Interface]) -> Interface?
  /// Refuses a packet whose addresses, instance or authentication are not those of the interface.
  func verify(_ datagram: Datagram, _ packet: Packet, on interface: Interface) throws(Refusal)
  /// Whether packets for the interface may be addressed to it.
  func isUnicastAddress(_ destination: IPAddress, of interface: Interface) -> Bool
  /// Refuses a Hello that contradicts the interface's own parameters in what only this version compares.
  func verify(_ hello: Hello, on interface: Interface) throws(Refusal)

  /// Whether neighbors on this interface are known by their address, and not by their router ID (RFC 2328 section 10.5).
  func knowsNeighborsByAddress(on interface: Interface) -> Bool
  /// How Hellos name this router on the interface.
  func localIdentity(on interface: Interface, routerID: RouterID) -> DesignatedRouterID
  /// How Hellos name a neighbor.
  func identity(of neighbor: Neighbor) -> DesignatedRouterID

  /// The header of a packet that leaves through the interface.
  func header(_ type: PacketType, on interface: Interface, routerID: RouterID) -> PacketHeader
  /// How a Hello says that this router is attached.
  func attachment(of interface: Interface) -> Hello.Attachment
  /// The options of Hellos.
  func helloOptions(on interface: Interface) -> Options
  /// The options of Database Descriptions.
  func descriptionOptions(on interface: Interface) -> Options

  /// How far LSAs of a type are flooded; nil when they are not flooded at all.
  func floodingScope(of type: LSType) -> FloodingScope?
  /// Whether LSAs of the type may be in an area of the kind.
  func isAllowed(_ type: LSType, in area: AreaConfiguration) -> Bool
  /// Whether LSAs of the type are neither kept nor flooded in an area of the kind, although others may have them.
  func isDiscarded(_ type: LSType, in area: AreaConfiguration) -> Bool
  /// Whether LSAs of the type go only to neighbors that say they take opaque LSAs.
  func isOpaque(_ type: LSType) -> Bool
  /// Whether an LSA that this router received is its own by a rule beyond its Advertising Router.
  func isOwn(_ key: LSAKey, interfaces: [Interface]) -> Bool

  /// Whether the LSA is a grace-LSA (RFC 3623 appendix B, RFC 5187 section 2.2).
  func isGraceLSA(_ key: LSAKey) -> Bool
  /// How our grace-LSA of an interface is named.
  func graceLSA(on interface: Interface, routerID: RouterID) -> LSAKey
  /// Whether LSAs of the type say something that routes are computed from.
  func isTopology(_ type: LSType) -> Bool
  /// The LSA of another router that says that the neighbor is adjacent with us; nil when that is our own.
  func lsaConfirmingAdjacency(of neighbor: Neighbor) -> LSAKey?

  /// Everything that this router wants to say now.
  func content(of view: OriginationView) -> [WantedLSA]
}

/// An LSA that the router wants to exist.
struct WantedLSA {
  /// Where, and under which name.
  var identity: LSAIdentity
  /// The options octet of the OSPFv2 LSA header.
  var options: UInt8
  /// What it says.
  var body: LSABody
  /// The advertised prefixes that it carries.
  var prefixes: [IPPrefix]
  /// It does not carry all that it should, because an LSA cannot be that long.
  var isTruncated = false
}

/// What origination may look at.
struct OriginationView {
  /// The family of the prefixes.
  var addressFamily: AddressFamily
  var routerID: RouterID
  /// When links are kept from transit.
  var stubRouter: StubRouterPolicy
  /// The name that the router tells (RFC 5642).
  var hostname: String?
  /// All areas, in the order of their IDs.
  var areas: [Area]
  /// All interfaces.
  var interfaces: [Interface]
  /// Whether AS-external-LSAs or type 7 LSAs may come from here: the E-bit of the router-LSA.
  var isASBoundaryRouter: Bool
  /// What is to be advertised.
  var advertisements: [Advertisement]
  /// The Link State IDs of prefixes.
  var linkStateIDs: LinkStateIDs

  /// How an LSA of this router is named.
  func identity(_ type: LSType, _ linkStateID: LinkStateID, _ scope: ScopeID) -> LSAIdentity {
    LSAIdentity(scope: scope, key: LSAKey(lsType: type, linkStateID: linkStateID, advertisingRouter: routerID))
  }
}
