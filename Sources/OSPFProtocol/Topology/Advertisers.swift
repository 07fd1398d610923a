import OSPFWire

/// Who advertises a prefix in the routing domain, of which the database has all that the areas let through.
extension Router {
  /// Which external LSAs can be seen from here.
  public var externalVisibility: ExternalVisibility {
    if areas.contains(where: { $0.kind == .normal }) { return .all }
    return areas.contains { $0.kind == .nssa } ? .ownNSSA : .none
  }

  /// Whether the databases are those of the routing domain: some neighbor is Full, and what was known before a restart has come back.
  public var isSynchronized: Bool { hasAdjacency && restoring == nil }

  /// The number of LSAs in all databases.
  public var lsaCount: Int { totals.count }

  /// Every advertiser of the prefixes, ourselves included, ordered by prefix and router ID. A router that says the same prefix in
  /// several ways is there for each.
  ///
  /// Costs one pass over the database: each external LSA is looked at by its prefix only, and decoded when that is asked for.
  public func advertisers(of prefixes: Set<IPPrefix>, at now: Instant) -> [PrefixAdvertiser] {
    let topologies = areas.map { area in
      let topology = AreaTopology(area.database, family: configuration.addressFamily, at: now)
      return AreaView(id: area.id, topology: topology, costs: topology.costs(from: configuration.routerID))
    }
    let filter = PrefixFilter(prefixes, version: configuration.version, family: configuration.addressFamily)
    var found = topologies.flatMap { stubAdvertisers(of: prefixes, in: $0) }
    found += externalAdvertisers(filter, in: asDatabase, topologies, at: now)
    for (area, view) in zip(areas, topologies) where area.kind == .nssa {
      found += externalAdvertisers(filter, in: area.database, [view], at: now)
    }
    found.sort { ($0.prefix, $0.routerID) < ($1.prefix, $1.routerID) }
    markPreferred(&found)
    return found
  }

  /// An attached area, and how far its routers are.
  private struct AreaView {
    var id: AreaID
    var topology: AreaTopology
    var costs: [RouterID: UInt32]
  }

  private func stubAdvertisers(of prefixes: Set<IPPrefix>, in area: AreaView) -> [PrefixAdvertiser] {
    area.topology.routers.flatMap { routerID, router in
      router.stubs.filter { prefixes.contains($0.prefix) }.map { stub in
        PrefixAdvertiser(
          prefix: stub.prefix, routerID: routerID, kind: .stub(metric: stub.metric), area: area.id, lsAge: stub.lsAge,
          reachability: reachability(of: routerID, [area], throughAreaBorders: false), isPreferred: false)
      }
    }
  }

  private func externalAdvertisers(
    _ filter: PrefixFilter, in database: LinkStateDatabase, _ views: [AreaView], at now: Instant
  ) -> [PrefixAdvertiser] {
    database.slots.compactMap { slot -> PrefixAdvertiser? in
      let key = database.key(slot)
      let lsAge = database.lsAge(slot, at: now)
      guard database.withLSA(slot, { filter.mayContain(key.lsType, $0) }), lsAge < ProtocolConstants.maxAge,
        let body = database.body(slot),
        let (prefix, route) = filter.route(body, linkStateID: key.linkStateID),
        route.metric < ProtocolConstants.lsInfinity
      else { return nil }
      let area: AreaID? = if case .area(let id) = database.scope { id } else { nil }
      let originator = key.advertisingRouter
      return PrefixAdvertiser(
        prefix: prefix, routerID: originator, kind: area == nil ? .external(route) : .nssaExternal(route), area: area,
        lsAge: lsAge, reachability: reachability(of: originator, views, throughAreaBorders: area == nil), isPreferred: false)
    }
  }

  /// The best way to a router: within an attached area, otherwise through the area border router that is nearest in all
  /// (RFC 2328 sections 16.2 and 16.4).
  private func reachability(
    of routerID: RouterID, _ views: [AreaView], throughAreaBorders: Bool
  ) -> PrefixAdvertiser.Reachability {
    let direct = views.compactMap { view in
      view.costs[routerID].map { (cost: $0, links: view.topology.confirmedLinkCount(of: routerID)) }
    }
    if let best = direct.min(by: { $0.cost < $1.cost }) { return .intraArea(cost: best.cost, links: best.links) }
    guard throughAreaBorders else { return .unreachable }
    let indirect = views.flatMap { view in
      (view.topology.boundaryRouters[routerID] ?? []).compactMap { said -> (areaBorder: RouterID, cost: UInt32)? in
        guard said.metric < ProtocolConstants.lsInfinity, let cost = view.costs[said.areaBorder],
          view.topology.routers[said.areaBorder]?.flags.contains(.areaBorder) ?? false
        else { return nil }
        return (said.areaBorder, cost &+ said.metric)
      }
    }
    guard let best = indirect.min(by: { ($0.cost, $0.areaBorder) < ($1.cost, $1.areaBorder) }) else { return .unreachable }
    return .interArea(areaBorder: best.areaBorder, cost: best.cost)
  }

  private func markPreferred(_ advertisers: inout [PrefixAdvertiser]) {
    var best: [IPPrefix: (rank: Int, metric: UInt64, cost: UInt64)] = [:]
    for advertiser in advertisers {
      guard let preference = advertiser.preference else { continue }
      if let known = best[advertiser.prefix], known <= preference { continue }
      best[advertiser.prefix] = preference
    }
    for index in advertisers.indices {
      guard let preference = advertisers[index].preference, let best = best[advertisers[index].prefix] else { continue }
      advertisers[index].isPreferred = preference == best
    }
  }
}
