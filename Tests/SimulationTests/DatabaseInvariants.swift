import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// All databases are the same, and say what is: every advertised prefix, no other, and the links that there are.
struct DatabaseInvariants {
  private let topology: Topology
  private var network: VirtualNetwork { topology.network }

  init(_ topology: Topology) { self.topology = topology }

  var violations: [String] {
    let databases = network.hosts.indices.map { network.database($0) }
    guard let reference = databases.first else { return [] }
    return databases.enumerated().flatMap { differences(reference, $1, host: $0) }
      + externals(reference) + routerLSAs(reference) + networkLSAs(reference)
  }

  // MARK: Equality

  private func differences(_ reference: [LSASnapshot], _ database: [LSASnapshot], host: Int) -> [String] {
    let expected = Dictionary(reference.map { (LSAIdentity(scope: $0.scope, key: $0.header.key), $0.header) }) { $1 }
    let actual = Dictionary(database.map { (LSAIdentity(scope: $0.scope, key: $0.header.key), $0.header) }) { $1 }
    var violations = Set(expected.keys).symmetricDifference(actual.keys).sorted { $0.key < $1.key }.map {
      "\($0.key.summary) is in the database of host \(actual[$0] == nil ? 0 : host) and not of host \(actual[$0] == nil ? host : 0)"
    }
    for (identity, header) in actual {
      if header.lsAge >= 3600 { violations.append("host \(host) still has \(identity.key.summary) at MaxAge") }
      guard let other = expected[identity] else { continue }
      if header.sequenceNumber != other.sequenceNumber || header.checksum != other.checksum {
        violations.append("\(header.summary) at host \(host) is \(other.summary) at host 0")
      }
      if abs(Int(header.lsAge) - Int(other.lsAge)) > tolerance(header.key) {
        violations.append("\(identity.key.summary) has age \(header.lsAge) at host \(host) and \(other.lsAge) at host 0")
      }
    }
    return violations
  }

  /// How far ages may lie apart. A router that was started again, or that flushed an LSA, may originate what it originated
  /// before, which is the same instance to everybody as long as its age differs by no more than MaxAgeDiff (RFC 2328 section
  /// 13.1). Only a router-LSA of a router that never stopped has one history.
  private func tolerance(_ key: LSAKey) -> Int {
    let hasRestarted = network.hosts.contains { $0.routerID == key.advertisingRouter && $0.starts > 1 }
    return key.lsType == .router && !hasRestarted ? 30 : 900
  }

  // MARK: Prefixes

  /// What is advertised as external, as far as the area takes it: type 5, type 7 or nothing.
  private func externals(_ database: [LSASnapshot]) -> [String] {
    let type: LSType = topology.area == .nssa ? .nssaExternal : .asExternal
    var expected: [LSAKey: UInt32] = [:]
    if topology.area != .stub {
      for host in network.hosts {
        for advertisement in host.advertisements {
          guard case .external(let metric, _, _) = advertisement.kind, case .v4(let prefix) = advertisement.prefix else {
            continue
          }
          let id = LinkStateID(rawValue: prefix.address.rawValue)
          expected[LSAKey(lsType: type, linkStateID: id, advertisingRouter: host.routerID)] = metric
        }
      }
    }
    var actual: [LSAKey: UInt32] = [:]
    for lsa in database where lsa.header.key.lsType == .asExternal || lsa.header.key.lsType == .nssaExternal {
      switch try? LSABody.decode(lsa.bytes.rawSpan, version: .v2) {
      case .asExternal(let body), .nssaExternal(let body): actual[lsa.header.key] = body.routes.first?.metric
      default: actual[lsa.header.key] = .max
      }
    }
    return Set(expected.keys).union(actual.keys).sorted().filter { expected[$0] != actual[$0] }.map {
      "external \($0.summary) has metric \(actual[$0].map(String.init) ?? "none"), should be "
        + "\(expected[$0].map(String.init) ?? "withdrawn")"
    }
  }

  // MARK: Links

  private func routerLSAs(_ database: [LSASnapshot]) -> [String] {
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
    let address = interface.definition.address
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
  private func networkLSAs(_ database: [LSASnapshot]) -> [String] {
    var expected: [LSAKey: Set<RouterID>] = [:]
    for segment in network.segments where segment.networkType == .broadcast || segment.networkType == .nonBroadcast {
      for attachment in segment.attachments {
        let interface = network.interfaces(attachment.host).first { $0.reference.address == .v4(attachment.address) }
        guard interface?.state == .dr else { continue }
        let key = LSAKey.network(attachment.address, from: network.hosts[attachment.host].routerID)
        expected[key] = Set(segment.attachments.map { network.hosts[$0.host].routerID })
      }
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
