import HeapModule
import OSPFWire

/// An area as its router-LSAs and network-LSAs describe it, and how far its routers are from here.
///
/// This is observation: nothing is forwarded by it, and no route is made from it. It is needed because the LSA of a router that has
/// died stays in the database for up to an hour (MaxAge), so that only a walk over links that both ends confirm tells who is there
/// (RFC 2328 section 16.1, step 2b).
struct AreaTopology {
  /// A vertex of the area's graph (RFC 2328 section 16.1).
  enum Vertex: Hashable {
    case router(RouterID)
    /// A network, by the key of its network-LSA.
    case network(LSAKey)
  }

  /// What a router says of itself in all its router-LSAs of the area.
  struct RouterEntry {
    var flags: RouterLSA.Flags = []
    /// It forwards for others: the H-bit is clear (RFC 8770), in OSPFv3 the R-bit is set (RFC 5340 section A.2).
    var isTransit = true
    var links: [(to: Vertex, metric: UInt32)] = []
    /// The prefixes of its stub links; in OSPFv3 those of the intra-area-prefix-LSAs that belong to its router-LSA.
    var stubs: [(prefix: IPPrefix, metric: UInt16, lsAge: UInt16)] = []
  }

  /// All routers with a router-LSA.
  private(set) var routers: [RouterID: RouterEntry] = [:]
  private var networks: [LSAKey: [RouterID]] = [:]
  /// The network-LSA of each address in OSPFv2, where a transit link names the Designated Router's address only.
  private var networkOfAddress: [UInt32: LSAKey] = [:]
  /// Type 4 summaries and inter-area-router-LSAs: what area border routers say of AS boundary routers elsewhere.
  private(set) var boundaryRouters: [RouterID: [(areaBorder: RouterID, metric: UInt32)]] = [:]

  /// Reads an area's database. LSAs at MaxAge are gone (RFC 2328 section 16.1), as is what cannot be decoded.
  init(_ database: LinkStateDatabase, family: AddressFamily, at now: Instant) {
    var prefixes: [(body: IntraAreaPrefixLSA, lsAge: UInt16)] = []
    for slot in database.slots {
      let key = database.key(slot)
      let lsAge = database.lsAge(slot, at: now)
      guard Self.isTopology(key.lsType), lsAge < ProtocolConstants.maxAge,
        let body = database.body(slot)
      else { continue }
      let originator = key.advertisingRouter
      switch body {
      case .router(let lsa): add(lsa, of: originator, lsAge)
      case .routerV3(let lsa): add(lsa, of: originator)
      case .network(let lsa):
        networks[key] = lsa.attachedRouters
        networkOfAddress[key.linkStateID.rawValue] = key
      case .networkV3(let lsa): networks[key] = lsa.attachedRouters
      // Of type 4: those of type 3 were left out above.
      case .summary(let lsa):
        let destination = RouterID(rawValue: key.linkStateID.rawValue)
        boundaryRouters[destination, default: []].append((originator, lsa.metrics.first?.metric ?? ProtocolConstants.lsInfinity))
      case .interAreaRouter(let lsa):
        boundaryRouters[lsa.destinationRouterID, default: []].append((originator, lsa.metric))
      case .intraAreaPrefix(let lsa): prefixes.append((lsa, lsAge))
      case .asExternal, .nssaExternal, .interAreaPrefix, .asExternalV3, .nssaV3, .link, .opaque: continue
      }
    }
    resolveTransitLinks()
    for (lsa, lsAge) in prefixes { add(lsa, family, lsAge) }
  }

  private static func isTopology(_ type: LSType) -> Bool {
    switch type {
    case .router, .network, .summaryASBR, .routerV3, .networkV3, .interAreaRouter, .intraAreaPrefix: true
    default: false
    }
  }

  private mutating func add(_ lsa: RouterLSA, of originator: RouterID, _ lsAge: UInt16) {
    var entry = routers[originator] ?? RouterEntry()
    entry.flags.formUnion(lsa.flags)
    if lsa.flags.contains(.host) { entry.isTransit = false }
    for link in lsa.links {
      switch link.type {
      case .pointToPoint, .virtual: entry.links.append((.router(RouterID(rawValue: link.linkID)), UInt32(link.metric)))
      case .transit:
        // The key is completed when all network-LSAs are known: the link names the Designated Router's address only.
        let key = LSAKey(
          lsType: .network, linkStateID: LinkStateID(rawValue: link.linkID), advertisingRouter: RouterID(rawValue: 0))
        entry.links.append((.network(key), UInt32(link.metric)))
      case .stub:
        guard let prefix = IPPrefix(network: link.linkID, mask: link.linkData) else { continue }
        entry.stubs.append((prefix, link.metric, lsAge))
      default: continue
      }
    }
    routers[originator] = entry
  }

  private mutating func add(_ lsa: OSPFv3RouterLSA, of originator: RouterID) {
    var entry = routers[originator] ?? RouterEntry()
    entry.flags.formUnion(lsa.flags)
    if !lsa.options.contains(.router) { entry.isTransit = false }
    for link in lsa.links {
      switch link.type {
      case .pointToPoint, .virtual: entry.links.append((.router(link.neighborRouterID), UInt32(link.metric)))
      case .transit:
        let key = LSAKey(
          lsType: .networkV3, linkStateID: LinkStateID(rawValue: link.neighborInterfaceID),
          advertisingRouter: link.neighborRouterID)
        entry.links.append((.network(key), UInt32(link.metric)))
      default: continue
      }
    }
    routers[originator] = entry
  }

  private mutating func add(_ lsa: IntraAreaPrefixLSA, _ family: AddressFamily, _ lsAge: UInt16) {
    guard lsa.referenced.lsType == .routerV3 else { return }
    for described in lsa.prefixes {
      guard let prefix = family.prefix(described.prefix) else { continue }
      routers[lsa.referenced.advertisingRouter]?.stubs.append((prefix, described.metric, lsAge))
    }
  }

  private mutating func resolveTransitLinks() {
    guard !networkOfAddress.isEmpty else { return }
    for router in routers.keys {
      guard var entry = routers[router] else { continue }
      for index in entry.links.indices {
        guard case .network(let key) = entry.links[index].to, key.lsType == .network,
          let whole = networkOfAddress[key.linkStateID.rawValue]
        else { continue }
        entry.links[index].to = .network(whole)
      }
      routers[router] = entry
    }
  }

  /// The links of a router that the other end confirms (RFC 2328 section 16.1, step 2b).
  func confirmedLinkCount(of router: RouterID) -> Int {
    (routers[router]?.links ?? []).count { isLinked($0.to, back: .router(router)) }
  }

  private func isLinked(_ vertex: Vertex, back: Vertex) -> Bool {
    switch (vertex, back) {
    case (.router(let router), _): routers[router]?.links.contains { $0.to == back } ?? false
    case (.network(let key), .router(let router)): networks[key]?.contains(router) ?? false
    case (.network, .network): false
    }
  }

  /// The cost of the best path from a router to each router that can be reached (RFC 2328 section 16.1). A host is reached, and
  /// nothing behind it (RFC 8770 section 5, RFC 5340 section 4.8.1).
  func costs(from root: RouterID) -> [RouterID: UInt32] {
    var settled: [Vertex: UInt32] = [:]
    var candidates: Heap<Candidate> = [Candidate(cost: 0, order: 0, vertex: .router(root))]
    var order: UInt32 = 0
    while let next = candidates.popMin() {
      guard settled[next.vertex] == nil else { continue }
      settled[next.vertex] = next.cost
      for (neighbor, metric) in links(of: next.vertex, isRoot: next.vertex == .router(root))
      where settled[neighbor] == nil && isLinked(neighbor, back: next.vertex) {
        order &+= 1
        candidates.insert(Candidate(cost: next.cost &+ metric, order: order, vertex: neighbor))
      }
    }
    return settled.reduce(into: [:]) { costs, reached in
      if case .router(let router) = reached.key { costs[router] = reached.value }
    }
  }

  private func links(of vertex: Vertex, isRoot: Bool) -> [(to: Vertex, metric: UInt32)] {
    switch vertex {
    case .router(let router):
      guard let entry = routers[router], isRoot || entry.isTransit else { return [] }
      return entry.links
    case .network(let key): return (networks[key] ?? []).map { (.router($0), 0) }
    }
  }

  private struct Candidate: Comparable {
    var cost: UInt32
    /// Breaks ties in the order of discovery, so that equal databases give equal walks.
    var order: UInt32
    var vertex: Vertex

    static func < (left: Self, right: Self) -> Bool { (left.cost, left.order) < (right.cost, right.order) }
  }
}
