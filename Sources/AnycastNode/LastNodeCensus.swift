import AnycastPolicy
import OSPFProtocol
import OSPFWire

/// Counts the other nodes for the guard of the last node: only while something guarded is not well here, and only when a link state
/// database says something else than at the last count. Nothing is kept of any LSA.
struct LastNodeCensus {
  /// What a count was made from: it need not be repeated while this is the same.
  struct Basis: Equatable {
    var prefixes: Set<IPPrefix>
    var instances: [Source]

    struct Source: Equatable {
      var kind: ProtocolInstance
      var generation: UInt64
      var isSynchronized: Bool
    }
  }

  /// That of the last count; nil when nothing is to be counted.
  var basis: Basis?
  /// Before this instant the same prefixes are not counted again: a count looks at every LSA, and a network that is in turmoil must
  /// not keep this node busy with it.
  var rest = Instant.zero
  /// A count waits for the end of the rest.
  var isDue = false

  /// How long to rest for each LSA of a count, of which the count itself takes less than a twentieth.
  static let restPerLSA = Duration.microseconds(10)

  var nextDeadline: Instant? { isDue ? rest : nil }
}

extension AnycastNode {
  /// Counts the other nodes where that is needed. Returns whether it was done.
  func countOtherNodes(at now: Instant) -> Bool {
    let guarded = policy.guardedPrefixes
    guard !guarded.isEmpty else {
      census.basis = nil
      census.isDue = false
      return false
    }
    let basis = LastNodeCensus.Basis(prefixes: Set(guarded.keys), instances: sources)
    guard basis != census.basis else { return false }
    if basis.prefixes == census.basis?.prefixes, now < census.rest {
      census.isDue = true
      return false
    }
    census.basis = basis
    census.isDue = false
    let running = instances.filter { !$0.isLeaving }
    census.rest = now + LastNodeCensus.restPerLSA * running.reduce(0) { $0 + $1.router.lsaCount }
    policy.setOthers(otherNodes(guarded, in: running.filter { $0.router.isSynchronized }, at: now), at: now)
    return true
  }

  /// What the databases are at this moment.
  var sources: [LastNodeCensus.Basis.Source] {
    instances.filter { !$0.isLeaving }.map {
      .init(kind: $0.kind, generation: $0.router.databaseGeneration, isSynchronized: $0.router.isSynchronized)
    }
  }

  /// The other nodes of each prefix. Where several instances carry a prefix, the one that sees the fewest counts: to those who follow
  /// it, the others are not there.
  func otherNodes(
    _ guarded: [IPPrefix: (service: ServiceConfiguration, address: ServiceAddress, lastNode: LastNodeGuard)],
    in instances: [NodeInstance], at now: Instant
  ) -> [IPPrefix: OtherNodes] {
    var counts: [IPPrefix: OtherNodes] = [:]
    for instance in instances {
      let prefixes = Set(guarded.keys.filter { instance.kind.addressFamily.contains($0) })
      guard !prefixes.isEmpty else { continue }
      let found = Dictionary(grouping: instance.router.advertisers(of: prefixes, at: now), by: \.prefix)
      for prefix in prefixes {
        guard let (service, address, lastNode) = guarded[prefix] else { continue }
        let worst = service.advertiseAsLastResort(address, lastNode)
        let count = OtherNodes(found[prefix] ?? [], of: instance.router.configuration.routerID, lastResort: worst)
        if let known = counts[prefix], known.serving <= count.serving { continue }
        counts[prefix] = count
      }
    }
    return counts
  }
}

extension OtherNodes {
  /// Counts the advertisers that are not `routerID` and can be reached, each once. One that advertises the prefix in several ways
  /// serves when one of them is better than the last resort.
  init(_ advertisers: [PrefixAdvertiser], of routerID: RouterID, lastResort: Advertisement.Kind) {
    let others = advertisers.filter { $0.routerID != routerID && $0.reachability.cost != nil }
    let serving = Set(others.filter { !$0.isLastResort(lastResort) }.map(\.node))
    let preceding = Set(others.filter { $0.isLastResort(lastResort) && $0.routerID < routerID }.map(\.node)).subtracting(serving)
    self.init(serving: serving.count, precedingLastResorts: preceding.count)
  }
}

/// A node that advertises a prefix, as others know it.
public enum FleetNode: Hashable, Sendable, CustomStringConvertible {
  case router(RouterID)
  /// A translated type 7 LSA is an area border router's, and names the node that packets go to.
  case address(IPAddress)

  public var description: String {
    switch self {
    case .router(let routerID): routerID.description
    case .address(let address): address.description
    }
  }
}

extension PrefixAdvertiser {
  /// The node behind it.
  var node: FleetNode {
    switch kind {
    case .stub, .nssaExternal: .router(routerID)
    case .external(let route): route.forwardingAddress.map { .address($0) } ?? .router(routerID)
    }
  }

  /// Whether it is no better than `lastResort`.
  public func isLastResort(_ lastResort: Advertisement.Kind) -> Bool {
    switch (kind, lastResort) {
    case (.stub(let metric), .stub(let worst)): metric >= worst
    case (.external(let route), .external(let worst, _, _)), (.nssaExternal(let route), .external(let worst, _, _)):
      route.type == .type2 && route.metric >= worst
    case (.stub, .external), (.external, .stub), (.nssaExternal, .stub): false
    }
  }
}
