/// What every release of a peer is tried with, over both versions of OSPF unless the name says one: a row of the table in the
/// documentation.
enum PeerStory: String, CaseIterable, Sendable {
  case broadcastExternal = "broadcast, node DROther: `advertise external`"
  case broadcastStub = "broadcast, node DROther: `advertise stub`"
  case broadcastLeave = "broadcast, node DROther: withdrawn on TERM"
  case designatedExternal = "broadcast, node DR: `advertise external`"
  case designatedStub = "broadcast, node DR: `advertise stub`"
  case designatedLeave = "broadcast, node DR: withdrawn on TERM"
  case pointToPointExternal = "point-to-point: `advertise external`"
  case pointToPointStub = "point-to-point: `advertise stub`"
  case pointToPointLeave = "point-to-point: withdrawn on TERM"

  case normalAreaExternal = "normal area, client beyond the border router: `advertise external`"
  case normalAreaStub = "normal area, client beyond the border router: `advertise stub`"
  case stubArea = "stub area, client beyond the border router: `advertise stub`"
  case totallyStubbyArea = "totally stubby area, client beyond the border router: `advertise stub`"
  case nssaExternal = "NSSA, client beyond the border router: `advertise external`"
  case nssaStub = "NSSA, client beyond the border router: `advertise stub`"
  case areaLeave = "any area but an NSSA: withdrawn beyond the border router on TERM"
  case nssaLeave = "NSSA: withdrawn beyond the border router on TERM"

  case twoUplinks = "two uplinks to two routers, client beyond both"
  case lostUplink = "two uplinks, one of them cut"
  case sharedNetwork = "two routers and three nodes on one LAN, client beyond the routers"
  case lostDesignatedRouter = "two routers and three nodes on one LAN, the DR dies"

  case simplePassword = "OSPFv2 authentication: simple password"
  case keyedMD5 = "OSPFv2 authentication: keyed MD5"
  case hmacSHA1 = "OSPFv2 authentication: HMAC-SHA-1 (RFC 5709)"
  case hmacSHA256 = "OSPFv2 authentication: HMAC-SHA-256 (RFC 5709)"
  case hmacSHA384 = "OSPFv2 authentication: HMAC-SHA-384 (RFC 5709)"
  case hmacSHA512 = "OSPFv2 authentication: HMAC-SHA-512 (RFC 5709)"
  case authenticatedRestart = "OSPFv2 authentication: the node crashes and comes back"
  case trailerSHA1 = "OSPFv3 authentication: HMAC-SHA-1 (RFC 7166)"
  case trailerSHA256 = "OSPFv3 authentication: HMAC-SHA-256 (RFC 7166)"
  case trailerSHA384 = "OSPFv3 authentication: HMAC-SHA-384 (RFC 7166)"
  case trailerSHA512 = "OSPFv3 authentication: HMAC-SHA-512 (RFC 7166)"
  case trailerRestart = "OSPFv3 authentication: the node crashes and comes back"

  case gracefulRestart = "`restart --graceful`, twice: no request lost"
  case gracefulUpgrade = "another program by `restart --graceful`: no request lost"

  /// The network that it is told in.
  var chapter: PeerChapter {
    switch self {
    case .broadcastExternal, .broadcastStub, .broadcastLeave: .broadcast
    case .designatedExternal, .designatedStub, .designatedLeave: .designatedRouter
    case .pointToPointExternal, .pointToPointStub, .pointToPointLeave: .pointToPoint
    case .normalAreaExternal, .normalAreaStub, .stubArea, .totallyStubbyArea, .nssaExternal, .nssaStub, .areaLeave,
      .nssaLeave:
      .areas
    case .twoUplinks, .lostUplink: .uplinks
    case .sharedNetwork, .lostDesignatedRouter: .sharedNetwork
    case .simplePassword, .keyedMD5, .hmacSHA1, .hmacSHA256, .hmacSHA384, .hmacSHA512, .authenticatedRestart: .authentication
    case .trailerSHA1, .trailerSHA256, .trailerSHA384, .trailerSHA512, .trailerRestart: .trailers
    case .gracefulRestart, .gracefulUpgrade: .restarts
    }
  }

  private var withoutOpenSSL: String {
    "Debian builds it without OpenSSL, and its own cryptography has SHA-256 alone"
  }

  /// Why it is not tried with a release; nil when it is.
  func absence(in software: RouterSoftware, _ version: Peer.Version) -> String? {
    switch (self, software) {
    case (.hmacSHA1, .frr), (.hmacSHA256, .frr), (.hmacSHA384, .frr), (.hmacSHA512, .frr):
      if version < .init(9, 0) { return "its `ospfd` has no HMAC-SHA" }
      return self == .hmacSHA256 ? nil : withoutOpenSSL
    case (.trailerSHA1, .frr), (.trailerSHA384, .frr), (.trailerSHA512, .frr): return withoutOpenSSL
    case (.nssaLeave, .frr) where version < .init(9, 0):
      return "its `ospf6d` translates a type 7 LSA twice at times, and then leaves one translation behind"
    default: return nil
    }
  }
}

/// A network of the lab in which some of the stories are told, one after the other.
enum PeerChapter: CaseIterable, Hashable, Sendable {
  case broadcast, designatedRouter, pointToPoint
  case areas
  case uplinks
  case sharedNetwork
  case authentication
  case trailers
  case restarts

  /// What is told in it with a release.
  func stories(with peer: Peer) -> [PeerStory] {
    PeerStory.allCases.filter { $0.chapter == self && $0.absence(in: peer.software, peer.version) == nil }
  }

  /// Builds the network and tells the stories.
  func tell(_ telling: PeerTelling) async throws {
    switch self {
    case .broadcast:
      try await telling.uplink(
        .broadcast, nodePriority: 0, stories: (.broadcastExternal, .broadcastStub, .broadcastLeave), state: .drOther)
    case .designatedRouter:
      try await telling.uplink(
        .broadcast, nodePriority: 200, stories: (.designatedExternal, .designatedStub, .designatedLeave), state: .dr)
    case .pointToPoint:
      try await telling.uplink(
        .pointToPoint, nodePriority: 0, stories: (.pointToPointExternal, .pointToPointStub, .pointToPointLeave),
        state: .pointToPoint)
    case .areas: try await telling.areas()
    case .uplinks: try await telling.uplinks()
    case .sharedNetwork: try await telling.sharedNetwork()
    case .authentication: try await telling.packetAuthentication()
    case .trailers: try await telling.authenticationTrailers()
    case .restarts: try await telling.restarts()
    }
  }
}
