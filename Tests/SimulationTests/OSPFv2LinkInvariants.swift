import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// The router-LSAs and network-LSAs of OSPFv2 say what there is, and nothing else (RFC 2328 section 12.4).
struct OSPFv2LinkInvariants {
  private let network: VirtualNetwork
  private let database: [LSASnapshot]

  init(_ topology: Topology, _ database: [LSASnapshot]) {
    network = topology.network
    self.database = database
  }

  var violations: [String] { routerLSAs + networkLSAs }

  private var routerLSAs: [String] {
    let expected = Dictionary(uniqueKeysWithValues: network.hosts.indices.map { (network.hosts[$0].routerID, links($0)) })
    var actual: [RouterID: Set<RouterLink>] = [:]
    for lsa in database where lsa.header.key.lsType == .router {
      guard case .router(let body) = try? LSABody.decode(lsa.bytes.rawSpan, version: .v2) else { continue }
      actual[lsa.header.key.advertisingRouter] = Set(body.links)
    }
    return Set(expected.keys).union(actual.keys).sorted().filter { expected[$0] != actual[$0] }.map {
      let missing = (expected[$0] ?? []).subtracting(actual[$0] ?? [])
      let surplus = (actual[$0] ?? []).subtracting(expected[$0] ?? [])
      return "router-LSA of \($0) lacks \(missing.map(\.summary)) and has \(surplus.map(\.summary)) too much"
    }
  }

  /// The links that RFC 2328 section 12.4.1 asks for in a network at rest.
  private func links(_ host: Int) -> Set<RouterLink> {
    var links: Set<RouterLink> = []
    for interface in network.interfaces(host) {
      links.formUnion(self.links(interface, network.neighbors(host).filter { $0.reference.interface == interface.reference }))
    }
    for advertisement in network.hosts[host].advertisements {
      guard case .stub(let metric) = advertisement.kind, case .v4(let prefix) = advertisement.prefix else { continue }
      links.insert(stub(prefix, metric))
    }
    return links
  }

  private func links(_ interface: InterfaceSnapshot, _ neighbors: [NeighborSnapshot]) -> Set<RouterLink> {
    guard let address = interface.reference.address.v4 else { return [] }
    let cost = interface.definition.settings.cost
    let full = neighbors.filter { $0.state == .full }
    let toNeighbors = full.map {
      RouterLink(linkID: $0.reference.routerID.rawValue, linkData: address.rawValue, type: .pointToPoint, metric: cost)
    }
    switch interface.definition.settings.networkType {
    case .pointToPoint: return Set(toNeighbors).union([stub(interface.definition.subnet, cost)])
    case .pointToMultipoint: return Set(toNeighbors).union([stub(IPv4Prefix(address, length: 32), 0)])
    case .broadcast, .nonBroadcast:
      let isTransit =
        interface.state == .dr
        ? !full.isEmpty
        : full.contains { $0.reference.address == .v4(IPv4Address(rawValue: interface.designatedRouter.rawValue)) }
      guard isTransit else { return [stub(interface.definition.subnet, cost)] }
      return [RouterLink(linkID: interface.designatedRouter.rawValue, linkData: address.rawValue, type: .transit, metric: cost)]
    }
  }

  private func stub(_ prefix: IPv4Prefix, _ metric: UInt16) -> RouterLink {
    RouterLink(linkID: prefix.address.rawValue, linkData: prefix.mask.rawValue, type: .stub, metric: metric)
  }

  /// One network-LSA for each segment with a Designated Router, naming everybody on it.
  private var networkLSAs: [String] {
    var expected: [LSAKey: Set<RouterID>] = [:]
    for segment in network.segments {
      guard let designated = network.designatedRouter(of: segment),
        let address = network.definition(designated)?.ownAddress.v4
      else { continue }
      let key = LSAKey.network(address, from: network.hosts[designated.host].routerID, .ospfv2)
      expected[key] = Set(segment.attachments.map { network.hosts[$0.host].routerID })
    }
    var actual: [LSAKey: Set<RouterID>] = [:]
    for lsa in database where lsa.header.key.lsType == .network {
      guard case .network(let body) = try? LSABody.decode(lsa.bytes.rawSpan, version: .v2) else { continue }
      actual[lsa.header.key] = Set(body.attachedRouters)
    }
    return Set(expected.keys).union(actual.keys).sorted().filter { expected[$0] != actual[$0] }.map {
      "network-LSA \($0.summary) names \(actual[$0]?.sorted().description ?? "nobody (it is not there)"), should name "
        + "\(expected[$0]?.sorted().description ?? "nobody (it should not be there)")"
    }
  }
}

extension RouterLink {
  /// Type, ID, data and metric.
  var summary: String {
    "type \(type.rawValue) \(LinkStateID(rawValue: linkID)) \(LinkStateID(rawValue: linkData)) metric \(metric)"
  }
}
