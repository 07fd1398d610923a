import OSPFWire

/// Whether a Full neighbor describes the link from its side as well, so that routes lead over it: RFC 2328 section 16.1 step 2b takes
/// a link into the shortest-path tree only when the LSA at its other end has a link back. Routers whose network types differ become
/// Full all the same, and no route leads over what they are Full on.
public enum LinkBack: Sendable, Hashable {
  /// It does, or ours is the only side that can.
  case present
  /// Nothing can be said: the neighbor is not Full, its router-LSA is not here, or we describe no link ourselves.
  case undetermined
  /// No link of the neighbor fits ours; what it describes in its place.
  case missing(LinkDescription)
}

/// What a neighbor's LSAs say about the network that it shares with us, where that does not fit what ours say.
public enum LinkDescription: String, Sendable, Hashable, CaseIterable {
  /// A transit network with a Designated Router: its network type is broadcast or NBMA.
  case transitNetwork = "transit network"
  /// A link to us: its network type is point-to-point or point-to-multipoint.
  case pointToPoint = "point-to-point link"
  /// The same transit network as ours, and its network-LSA does not list us.
  case networkWithoutUs = "network without us"
  /// Nothing that leads to us.
  case nothing
}

/// A link of a router-LSA in the words that both versions share.
struct RouterLSALink {
  enum FarEnd: Equatable {
    case router(RouterID)
    /// The Link State ID of the network-LSA and, in OSPFv3, the Designated Router's router ID.
    case network(LinkStateID, RouterID?)
  }

  var farEnd: FarEnd
  /// Its originator's end: the interface address in OSPFv2, the Interface ID in OSPFv3.
  var nearEnd: UInt32

  /// Nil for a stub or virtual link.
  init?(_ link: RouterLink) {
    switch link.type {
    case .pointToPoint: farEnd = .router(RouterID(rawValue: link.linkID))
    case .transit: farEnd = .network(LinkStateID(rawValue: link.linkID), nil)
    default: return nil
    }
    nearEnd = link.linkData
  }

  /// Nil for a virtual link.
  init?(_ link: OSPFv3RouterLink) {
    switch link.type {
    case .pointToPoint: farEnd = .router(link.neighborRouterID)
    case .transit: farEnd = .network(LinkStateID(rawValue: link.neighborInterfaceID), link.neighborRouterID)
    default: return nil
    }
    nearEnd = link.interfaceID
  }
}

extension Router {
  /// Whether a neighbor's LSAs have a link back that fits ours.
  func linkBack(of neighbor: Neighbor, at now: Instant) -> LinkBack {
    guard neighbor.state == .full, let links = routerLSALinks(of: neighbor, at: now) else { return .undetermined }
    let interface = neighbor.interface
    let toUs = links.filter { $0.farEnd == .router(configuration.routerID) && !isOfAnotherAdjacency($0, than: neighbor) }
    let instead: LinkDescription =
      if !toUs.isEmpty { .pointToPoint } else if links.contains(where: { $0.isTransit && $0.nearEnd == neighbor.nearEnd }) {
        .transitNetwork
      } else {
        .nothing
      }
    // Point-to-point and point-to-multipoint describe the same kind of link.
    guard interface.electsDesignatedRouter else { return toUs.isEmpty ? .missing(instead) : .present }
    guard let network = transitNetwork(of: interface) else { return .undetermined }
    let designatedRouter = configuration.version == .v3 ? network.advertisingRouter : nil
    guard links.contains(where: { $0.farEnd == .network(network.linkStateID, designatedRouter) }) else {
      return .missing(instead)
    }
    guard network.advertisingRouter == neighbor.routerID else { return .present }
    return lists(network, interface.area.database, at: now) ? .present : .missing(.networkWithoutUs)
  }

  /// Two routers may share several links; a link that is described from the far end of another adjacency says nothing about this one.
  private func isOfAnotherAdjacency(_ link: RouterLSALink, than neighbor: Neighbor) -> Bool {
    interfaces.contains { interface in
      interface.area === neighbor.interface.area
        && interface.fullNeighbors.contains {
          $0 !== neighbor && $0.routerID == neighbor.routerID && $0.nearEnd == link.nearEnd && $0.nearEnd != neighbor.nearEnd
        }
    }
  }

  /// The network-LSA of a network that we describe as a transit network; nil while we do not.
  private func transitNetwork(of interface: Interface) -> LSAKey? {
    switch interface.state {
    case .down, .loopback, .waiting, .pointToPoint: return nil
    case .dr: return networkLSA(interface, number: interface.definition.index, configuration.routerID)
    case .backup, .drOther:
      let router = interface.fullNeighbors.first { rules.identity(of: $0) == interface.designatedRouter }
      return router.map { networkLSA(interface, number: $0.interfaceID, $0.routerID) }
    }
  }

  /// Its Link State ID is the Designated Router's address in OSPFv2, and its Interface ID in OSPFv3.
  private func networkLSA(_ interface: Interface, number interfaceID: UInt32, _ router: RouterID) -> LSAKey {
    switch configuration.version {
    case .v2:
      LSAKey(
        lsType: .network, linkStateID: LinkStateID(rawValue: interface.designatedRouter.rawValue), advertisingRouter: router)
    case .v3: LSAKey(lsType: .networkV3, linkStateID: LinkStateID(rawValue: interfaceID), advertisingRouter: router)
    }
  }

  private func lists(_ network: LSAKey, _ database: LinkStateDatabase, at now: Instant) -> Bool {
    guard let slot = database.slot(of: network), let body = currentBody(slot, database, at: now) else { return false }
    return switch body {
    case .network(let lsa): lsa.attachedRouters.contains(configuration.routerID)
    case .networkV3(let lsa): lsa.attachedRouters.contains(configuration.routerID)
    default: false
    }
  }

  /// The links of the neighbor's router-LSAs; nil when there is none of it.
  private func routerLSALinks(of neighbor: Neighbor, at now: Instant) -> [RouterLSALink]? {
    let database = neighbor.interface.area.database
    let bodies = routerLSASlots(of: neighbor.routerID, database).compactMap { currentBody($0, database, at: now) }
    guard !bodies.isEmpty else { return nil }
    return bodies.flatMap { body -> [RouterLSALink] in
      switch body {
      case .router(let lsa): lsa.links.compactMap { RouterLSALink($0) }
      case .routerV3(let lsa): lsa.links.compactMap { RouterLSALink($0) }
      default: []
      }
    }
  }

  /// In OSPFv3 a router may have several router-LSAs, whose Link State IDs mean nothing (RFC 5340 section 4.4.3.2).
  private func routerLSASlots(of routerID: RouterID, _ database: LinkStateDatabase) -> [Int] {
    switch configuration.version {
    case .v2:
      let key = LSAKey(lsType: .router, linkStateID: LinkStateID(rawValue: routerID.rawValue), advertisingRouter: routerID)
      return database.slot(of: key).map { [$0] } ?? []
    case .v3:
      return database.slots.filter {
        let key = database.key($0)
        return key.advertisingRouter == routerID && key.lsType == .routerV3
      }
    }
  }

  private func currentBody(_ slot: Int, _ database: LinkStateDatabase, at now: Instant) -> LSABody? {
    guard database.lsAge(slot, at: now) < ProtocolConstants.maxAge else { return nil }
    return database.body(slot)
  }

  /// Looks once for the link back of a neighbor that has been Full for long enough, and reports that there is none.
  func checkLinkBack(of neighbor: Neighbor, at now: Instant) {
    switch linkBack(of: neighbor, at: now) {
    case .present: neighbor.linkBackTimer = nil
    case .undetermined: neighbor.linkBackTimer = neighbor.state == .full ? now + ProtocolConstants.linkBackPatience : nil
    case .missing(let description):
      neighbor.linkBackTimer = nil
      sink.report(
        .linkBackMissing(
          neighbor: neighbor.reference, networkType: neighbor.interface.settings.networkType, theirs: description))
    }
  }
}

extension RouterLSALink {
  fileprivate var isTransit: Bool { if case .network = farEnd { true } else { false } }
}

extension Neighbor {
  /// Its end of the link, as its router-LSA names it: its address in OSPFv2, its Interface ID in OSPFv3.
  fileprivate var nearEnd: UInt32 {
    switch address {
    case .v4(let address): address.rawValue
    case .v6: interfaceID
    }
  }
}
