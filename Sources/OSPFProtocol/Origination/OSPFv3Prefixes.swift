import OSPFWire

/// The intra-area-prefix-LSAs of an area (RFC 5340 section 4.4.3.9): the prefixes of this router, and, as Designated Router, those of
/// the link.
struct OSPFv3Prefixes {
  let view: OriginationView
  let rules: OSPFv3Rules

  /// Prefixes in one LSA: with 20 octets for each it fits into the smallest IPv6 packet.
  private static let prefixesPerLSA = 48
  /// The Link State IDs of LSAs that reference a network-LSA begin here.
  private static let firstNetworkID: UInt32 = 0x8000_0000

  func lsas(of area: Area, _ interfaces: [Interface]) -> [WantedLSA] {
    ownLSAs(area, interfaces) + interfaces.compactMap(networkLSA)
  }

  /// The prefixes of interfaces share the first LSAs, those of services have places of their own behind them.
  private func ownLSAs(_ area: Area, _ interfaces: [Interface]) -> [WantedLSA] {
    let reference = LSAKey(
      lsType: .routerV3, linkStateID: LinkStateID(rawValue: 0), advertisingRouter: view.routerID)
    var chunks: [UInt32: [(entry: IntraAreaPrefixLSA.Entry, service: IPPrefix?)]] = [:]
    for (position, entry) in (interfaces.flatMap(entries) + forwardingEntries(area, interfaces)).enumerated() {
      chunks[UInt32(position / Self.prefixesPerLSA), default: []].append((entry, nil))
    }
    let firstService: UInt32 = 0x1000
    for (place, prefix, metric) in services {
      // Without the LA-bit, which RFC 5340 section C.7 allows for a configured host: an area border router copies it into its
      // inter-area-prefix-LSA, and the next FRR passes that over.
      let entry = IntraAreaPrefixLSA.Entry(prefix: OSPFv3Prefix(prefix), metric: metric)
      chunks[firstService + UInt32(place / Self.prefixesPerLSA), default: []].append((entry, prefix))
    }
    return chunks.sorted { $0.key < $1.key }.map { linkStateID, content in
      lsa(linkStateID, area, reference, content.map(\.entry), content.compactMap(\.service))
    }
  }

  /// In an NSSA the forwarding address of the type 7 LSAs is a host prefix of this router too. To a router on the same network it
  /// would otherwise be a part of its own connected prefix, and FRR 8.4 gives such a route no gateway: it asks the link for the
  /// service's address, and nobody answers.
  private func forwardingEntries(_ area: Area, _ interfaces: [Interface]) -> [IntraAreaPrefixLSA.Entry] {
    guard area.kind == .nssa, let address = rules.forwardingAddress(interfaces) else { return [] }
    let entry = IntraAreaPrefixLSA.Entry(
      prefix: OSPFv3Prefix(IPPrefix(host: address), options: .localAddress), metric: 0)
    return interfaces.flatMap(entries).contains(entry) ? [] : [entry]
  }

  private var services: [(place: Int, prefix: IPPrefix, metric: UInt16)] {
    view.advertisements.compactMap {
      guard rules.addressFamily.canCarry($0.prefix), case .stub(let metric) = $0.kind,
        let place = view.linkStateIDs.places[$0.prefix]
      else { return nil }
      return (place, $0.prefix, metric)
    }.sorted { $0.place < $1.place }
  }

  /// What an interface contributes to the router's own prefixes: nothing where the network is a transit network, because then the
  /// Designated Router says it.
  private func entries(of interface: Interface) -> [IntraAreaPrefixLSA.Entry] {
    let addresses = interface.addresses(of: rules.addressFamily)
    switch (interface.state, interface.settings.networkType) {
    case (.down, _): return []
    case (.loopback, _), (_, .pointToMultipoint):
      // A loopback has cost 0, as the section says, where none is configured.
      let metric = interface.state == .loopback ? interface.settings.cost : 0
      return addresses.map { address in
        .init(prefix: OSPFv3Prefix(IPPrefix(host: address.address), options: .localAddress), metric: metric)
      }
    case (_, .pointToPoint), (_, .broadcast), (_, .nonBroadcast):
      guard !interface.isTransit(rules) else { return [] }
      return Set(addresses.map(\.prefix)).sorted().map {
        .init(prefix: OSPFv3Prefix($0), metric: interface.settings.cost)
      }
    }
  }

  /// As Designated Router: the prefixes of all link-LSAs of the fully adjacent routers, each once and with all of its options, at no
  /// cost.
  private func networkLSA(_ interface: Interface) -> WantedLSA? {
    guard interface.state == .dr, !interface.advertisedNeighbors.isEmpty else { return nil }
    var options: [IPPrefix: OSPFv3Prefix.PrefixOptions] = [:]
    for address in interface.addresses(of: rules.addressFamily) { options[address.prefix] = [] }
    for described in interface.linkLSAsOfAdjacentRouters.flatMap(\.prefixes) {
      guard described.options.isDisjoint(with: [.noUnicast, .localAddress]), let prefix = prefix(described) else { continue }
      options[prefix, default: []].formUnion(described.options)
    }
    guard !options.isEmpty else { return nil }
    let entries = options.sorted { $0.key < $1.key }.map { prefix, options in
      IntraAreaPrefixLSA.Entry(prefix: OSPFv3Prefix(prefix, options: options), metric: 0)
    }
    let reference = LSAKey(
      lsType: .networkV3, linkStateID: LinkStateID(rawValue: interface.definition.index),
      advertisingRouter: view.routerID)
    return lsa(Self.firstNetworkID | interface.definition.index, interface.area, reference, entries, [])
  }

  /// A prefix as the instance's family has it; nil where it is link-local or of the other family (RFC 5838 section 2.3).
  private func prefix(_ described: OSPFv3Prefix) -> IPPrefix? {
    switch rules.addressFamily {
    case .ipv6: described.ipv6.address.isLinkLocal ? nil : .v6(described.ipv6)
    case .ipv4: described.ipv4.map(IPPrefix.v4)
    }
  }

  private func lsa(
    _ linkStateID: UInt32, _ area: Area, _ reference: LSAKey, _ entries: [IntraAreaPrefixLSA.Entry], _ prefixes: [IPPrefix]
  ) -> WantedLSA {
    WantedLSA(
      identity: LSAIdentity(
        scope: .area(area.id),
        key: LSAKey(
          lsType: .intraAreaPrefix, linkStateID: LinkStateID(rawValue: linkStateID), advertisingRouter: view.routerID)),
      options: 0, body: .intraAreaPrefix(IntraAreaPrefixLSA(referenced: reference, prefixes: entries)),
      prefixes: prefixes)
  }
}
