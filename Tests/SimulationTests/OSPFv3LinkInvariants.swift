import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// The router-, network-, link- and intra-area-prefix-LSAs of OSPFv3 say what there is, and nothing else (RFC 5340 section 4.4.3).
struct OSPFv3LinkInvariants {
  private let network: VirtualNetwork
  private let database: [LSASnapshot]
  private let options: Options
  private let area: AreaConfiguration

  init(_ topology: Topology, _ database: [LSASnapshot]) {
    network = topology.network
    area = topology.area
    self.database = database
    options = network.instance.options(topology.area)
  }

  var violations: [String] {
    compare("links", expected: expectedLinks, actual: actualLinks)
      + compare("attached routers", expected: expectedNetworks, actual: actualNetworks)
      + network.segments.flatMap { segment in segment.attachments.flatMap { linkLSAs($0, segment) } }
      + compare("prefixes", expected: expectedPrefixes, actual: actualPrefixes)
  }

  private func compare<Key: Hashable & Comparable, Value: Hashable>(
    _ what: String, expected: [Key: Set<Value>], actual: [Key: Set<Value>]
  ) -> [String] {
    Set(expected.keys).union(actual.keys).sorted().filter { expected[$0] != actual[$0] }.map {
      let missing = (expected[$0] ?? []).subtracting(actual[$0] ?? [])
      let surplus = (actual[$0] ?? []).subtracting(expected[$0] ?? [])
      return "\(what) of \($0): \(missing) missing, \(surplus) too much"
        + (actual[$0] == nil ? ", no LSA" : expected[$0] == nil ? ", LSA not expected" : "")
    }
  }

  private func bodies(_ type: LSType) -> [(key: LSAKey, body: LSABody)] {
    database.filter { $0.header.key.lsType == type }.compactMap { lsa in
      (try? LSABody.decode(lsa.bytes.rawSpan, version: .v3)).map { (lsa.header.key, $0) }
    }
  }

  // MARK: Router-LSAs and network-LSAs

  private var actualLinks: [RouterID: Set<OSPFv3RouterLink>] {
    Dictionary(
      bodies(.routerV3).map { key, body in
        guard case .routerV3(let lsa) = body, lsa.options == options else { return (key.advertisingRouter, []) }
        return (key.advertisingRouter, Set(lsa.links))
      }
    ) { $0.union($1) }
  }

  private var expectedLinks: [RouterID: Set<OSPFv3RouterLink>] {
    var links = Dictionary(uniqueKeysWithValues: network.hosts.map { ($0.routerID, Set<OSPFv3RouterLink>()) })
    for segment in network.segments {
      for attachment in segment.attachments {
        let others: [VirtualSegment.Attachment]
        let type: RouterLink.LinkType
        switch segment.networkType {
        case .pointToPoint, .pointToMultipoint: (others, type) = (segment.attachments.filter { $0 != attachment }, .pointToPoint)
        case .broadcast, .nonBroadcast: (others, type) = (network.designatedRouter(of: segment).map { [$0] } ?? [], .transit)
        }
        links[network.hosts[attachment.host].routerID]?.formUnion(others.map { link(type, attachment, $0) })
      }
    }
    return links
  }

  private func link(
    _ type: RouterLink.LinkType, _ own: VirtualSegment.Attachment, _ other: VirtualSegment.Attachment
  ) -> OSPFv3RouterLink {
    OSPFv3RouterLink(
      type: type, metric: network.definition(own)?.settings.cost ?? 0, interfaceID: own.interfaceIndex,
      neighborInterfaceID: other.interfaceIndex, neighborRouterID: network.hosts[other.host].routerID)
  }

  private var actualNetworks: [LSAKey: Set<RouterID>] {
    Dictionary(
      uniqueKeysWithValues: bodies(.networkV3).map { key, body in
        guard case .networkV3(let lsa) = body, lsa.options == options else { return (key, []) }
        return (key, Set(lsa.attachedRouters))
      })
  }

  private var expectedNetworks: [LSAKey: Set<RouterID>] {
    var networks: [LSAKey: Set<RouterID>] = [:]
    for segment in network.segments {
      guard let key = networkKey(segment) else { continue }
      networks[key] = Set(segment.attachments.map { network.hosts[$0.host].routerID })
    }
    return networks
  }

  private func networkKey(_ segment: VirtualSegment) -> LSAKey? {
    network.designatedRouter(of: segment).map {
      LSAKey(
        lsType: .networkV3, linkStateID: LinkStateID(rawValue: $0.interfaceIndex),
        advertisingRouter: network.hosts[$0.host].routerID)
    }
  }

  // MARK: Link-LSAs

  /// Every router of the link has one link-LSA of each, with its address, priority and prefixes of this moment.
  private func linkLSAs(_ attachment: VirtualSegment.Attachment, _ segment: VirtualSegment) -> [String] {
    let actual = network.linkDatabase(attachment).map { lsa -> String in
      guard case .link(let body) = try? LSABody.decode(lsa.bytes.rawSpan, version: .v3) else { return lsa.header.summary }
      return summary(lsa.header.key.advertisingRouter, lsa.header.key.linkStateID.rawValue, body)
    }
    let expected = segment.attachments.compactMap { other -> String? in
      guard let definition = network.definition(other), let own = addresses(definition),
        let linkLocal = definition.ownAddress.v6
      else { return nil }
      let ipv4 = own.first?.address.v4.map { IPv6Address(high: UInt64($0.rawValue) << 32, low: 0) }
      let body = LinkLSA(
        priority: definition.settings.priority, options: options,
        linkLocalAddress: network.instance.addressFamily == .ipv4 ? ipv4 ?? .unspecified : linkLocal,
        prefixes: own.map { OSPFv3Prefix($0.prefix) })
      return summary(network.hosts[other.host].routerID, other.interfaceIndex, body)
    }
    guard actual.sorted() != expected.sorted() else { return [] }
    return ["host \(attachment.host) has the link-LSAs \(actual.sorted()) and should have \(expected.sorted())"]
  }

  private func summary(_ routerID: RouterID, _ interfaceID: UInt32, _ lsa: LinkLSA) -> String {
    let prefixes = lsa.prefixes.map { network.prefix($0).description }.sorted()
    return "\(routerID) \(interfaceID) \(lsa.priority) \(lsa.options.rawValue) \(lsa.linkLocalAddress) \(prefixes)"
  }

  // MARK: Intra-area-prefix-LSAs

  private struct Entry: Hashable, CustomStringConvertible {
    var prefix: IPPrefix
    var metric: UInt16
    var isLocalAddress = false
    var description: String { "\(prefix) metric \(metric)\(isLocalAddress ? " LA" : "")" }
  }

  private var actualPrefixes: [LSAKey: Set<Entry>] {
    var prefixes: [LSAKey: Set<Entry>] = [:]
    for (key, body) in bodies(.intraAreaPrefix) {
      guard case .intraAreaPrefix(let lsa) = body, lsa.referenced.advertisingRouter == key.advertisingRouter else {
        prefixes[key] = []
        continue
      }
      prefixes[lsa.referenced, default: []].formUnion(
        lsa.prefixes.map {
          Entry(
            prefix: network.prefix($0.prefix), metric: $0.metric, isLocalAddress: $0.prefix.options.contains(.localAddress))
        })
    }
    return prefixes
  }

  /// A network has the prefixes of all that are on it; a router those of its other links and its services.
  private var expectedPrefixes: [LSAKey: Set<Entry>] {
    var prefixes: [LSAKey: Set<Entry>] = [:]
    for host in network.hosts {
      let key = LSAKey.router(host.routerID, network.instance)
      for advertisement in host.advertisements {
        guard case .stub(let metric) = advertisement.kind else { continue }
        prefixes[key, default: []].insert(Entry(prefix: advertisement.prefix, metric: metric))
      }
      // The forwarding address of NSSA-LSAs.
      if area == .nssa, let address = host.interfaces.first.flatMap(addresses)?.first?.address {
        prefixes[key, default: []].insert(Entry(prefix: IPPrefix(host: address), metric: 0, isLocalAddress: true))
      }
    }
    for segment in network.segments {
      for attachment in segment.attachments {
        let reference = networkKey(segment) ?? .router(network.hosts[attachment.host].routerID, network.instance)
        prefixes[reference, default: []].formUnion(entries(attachment, segment))
      }
    }
    return prefixes
  }

  private func entries(_ attachment: VirtualSegment.Attachment, _ segment: VirtualSegment) -> [Entry] {
    guard let definition = network.definition(attachment), let addresses = addresses(definition) else { return [] }
    switch segment.networkType {
    case .broadcast, .nonBroadcast: return addresses.map { Entry(prefix: $0.prefix, metric: 0) }
    case .pointToPoint: return addresses.map { Entry(prefix: $0.prefix, metric: definition.settings.cost) }
    case .pointToMultipoint:
      return addresses.map { Entry(prefix: IPPrefix(host: $0.address), metric: 0, isLocalAddress: true) }
    }
  }

  /// What an interface has of the instance's family; nil for an interface of OSPFv2.
  private func addresses(_ definition: InterfaceDefinition) -> [InterfaceAddress]? {
    guard case .ipv6(_, let addresses) = definition.addressing else { return nil }
    return addresses.filter { network.instance.addressFamily.contains($0.prefix) }
  }
}
