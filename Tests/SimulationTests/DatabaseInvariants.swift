import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// All databases are the same, and say what is: every advertised prefix, no other, and the links that there are.
struct DatabaseInvariants {
  private let topology: Topology
  private var network: VirtualNetwork { topology.network }

  init(_ topology: Topology) { self.topology = topology }

  var violations: [String] {
    let databases = network.hosts.indices.map { host in
      network.database(host).filter { if case .link = $0.scope { false } else { true } }
    }
    guard let reference = databases.first else { return [] }
    let differences = databases.enumerated().flatMap { self.differences(reference, $1, host: $0) }
    return switch network.instance.version {
    case .v2: differences + externals(reference) + OSPFv2LinkInvariants(topology, reference).violations
    case .v3: differences + externals(reference) + linkDifferences + OSPFv3LinkInvariants(topology, reference).violations
    }
  }

  // MARK: Equality

  private func differences(_ reference: [LSASnapshot], _ database: [LSASnapshot], host: Int) -> [String] {
    let expected = Dictionary(reference.map { ($0.header.key, $0.header) }) { $1 }
    let actual = Dictionary(database.map { ($0.header.key, $0.header) }) { $1 }
    var violations = Set(expected.keys).symmetricDifference(actual.keys).sorted().map {
      "\($0.summary) is in the database of host \(actual[$0] == nil ? 0 : host) and not of host \(actual[$0] == nil ? host : 0)"
    }
    for (key, header) in actual {
      if header.lsAge >= 3600 { violations.append("host \(host) still has \(key.summary) at MaxAge") }
      guard let other = expected[key] else { continue }
      if header.sequenceNumber != other.sequenceNumber || header.checksum != other.checksum {
        violations.append("\(header.summary) at host \(host) is \(other.summary) at host 0")
      }
      if abs(Int(header.lsAge) - Int(other.lsAge)) > tolerance(key) {
        violations.append("\(key.summary) has age \(header.lsAge) at host \(host) and \(other.lsAge) at host 0")
      }
    }
    return violations
  }

  /// How far ages may lie apart. A router that was started again, or that flushed an LSA, may originate what it originated
  /// before, which is the same instance to everybody as long as its age differs by no more than MaxAgeDiff (RFC 2328 section
  /// 13.1). Only a router-LSA of a router that never stopped has one history.
  private func tolerance(_ key: LSAKey) -> Int {
    let hasRestarted = network.hosts.contains { $0.routerID == key.advertisingRouter && $0.starts > 1 }
    let isRouterLSA = key.lsType == .router || key.lsType == .routerV3
    return isRouterLSA && !hasRestarted ? 30 : 900
  }

  /// LSAs with link-local scope are the same for all routers of a link.
  private var linkDifferences: [String] {
    network.segments.flatMap { segment in
      let databases = segment.attachments.map { ($0.host, network.linkDatabase($0)) }
      guard let reference = databases.first?.1 else { return [String]() }
      return databases.flatMap { differences(reference, $1, host: $0) }
    }
  }

  // MARK: Prefixes

  /// What is advertised as external, as far as the area takes it: type 5, type 7 or nothing.
  private func externals(_ database: [LSASnapshot]) -> [String] {
    var expected: [RouterID: Set<External>] = [:]
    if topology.area != .stub {
      for host in network.hosts {
        for advertisement in host.advertisements {
          guard case .external(let metric, _, _) = advertisement.kind else { continue }
          expected[host.routerID, default: []].insert(External(prefix: advertisement.prefix, metric: metric))
        }
      }
    }
    var actual: [RouterID: Set<External>] = [:]
    for lsa in database {
      guard let external = external(lsa) else { continue }
      actual[lsa.header.key.advertisingRouter, default: []].insert(external)
    }
    return Set(expected.keys).union(actual.keys).sorted().filter { expected[$0] != actual[$0] }.map {
      "\($0) should advertise \(expected[$0]?.map(\.summary).sorted() ?? []) and advertises "
        + "\(actual[$0]?.map(\.summary).sorted() ?? [])"
    }
  }

  private struct External: Hashable {
    var prefix: IPPrefix
    var metric: UInt32
    var summary: String { "\(prefix) metric \(metric)" }
  }

  /// What an external LSA of the type that the area takes says; nil for other LSAs.
  private func external(_ lsa: LSASnapshot) -> External? {
    switch (try? LSABody.decode(lsa.bytes.rawSpan, version: network.instance.version), topology.area) {
    case (.asExternal(let body), .normal), (.nssaExternal(let body), .nssa):
      let length = IPv4Prefix.length(ofMask: body.networkMask) ?? 0
      let prefix = IPv4Prefix(IPv4Address(rawValue: lsa.header.key.linkStateID.rawValue), length: length)
      return External(prefix: .v4(prefix), metric: body.routes.first?.metric ?? 0)
    case (.asExternalV3(let body), .normal), (.nssaV3(let body), .nssa):
      return External(prefix: network.prefix(body.prefix), metric: body.metric)
    default: return nil
    }
  }
}

extension VirtualNetwork {
  /// The LSAs with link-local scope that an attached host has of the link.
  func linkDatabase(_ attachment: VirtualSegment.Attachment) -> [LSASnapshot] {
    database(attachment.host).filter { $0.scope == .link(interfaceIndex: attachment.interfaceIndex) }
  }

  /// A prefix of an OSPFv3 LSA in the family of the instance.
  func prefix(_ prefix: OSPFv3Prefix) -> IPPrefix {
    instance.addressFamily == .ipv4 ? prefix.ipv4.map(IPPrefix.v4) ?? .v6(prefix.ipv6) : .v6(prefix.ipv6)
  }
}
