import OSPFWire

/// The intra-area-prefix-LSAs of an area (RFC 5340 section 4.4.3.9): the prefixes of this router, and, as Designated Router, those of
/// the link.
struct OSPFv3Prefixes {
  let view: OriginationView
  let stubPrefixes: [PlannedPrefix]

  /// Prefixes in one LSA: with 20 octets for each it fits into the smallest IPv6 packet.
  private static let prefixesPerLSA = 48
  /// The Link State IDs of LSAs that reference a network-LSA begin here.
  private static let firstNetworkID: UInt32 = 0x8000_0000

  func lsas(of plan: PlannedArea) -> [WantedLSA] {
    ownLSAs(plan) + plan.interfaces.compactMap(networkLSA)
  }

  /// The prefixes of interfaces share the first LSAs, those of services have places of their own behind them.
  private func ownLSAs(_ plan: PlannedArea) -> [WantedLSA] {
    let reference = LSAKey(
      lsType: .routerV3, linkStateID: LinkStateID(rawValue: 0), advertisingRouter: view.routerID)
    var chunks: [UInt32: [(entry: IntraAreaPrefixLSA.Entry, service: IPPrefix?)]] = [:]
    for (position, entry) in entries(plan).enumerated() {
      chunks[UInt32(position / Self.prefixesPerLSA), default: []].append((entry, nil))
    }
    let firstService: UInt32 = 0x1000
    for (place, service) in services {
      // Without the LA-bit, which RFC 5340 section C.7 allows for a configured host: an area border router copies it into its
      // inter-area-prefix-LSA, and the next FRR passes that over.
      chunks[firstService + UInt32(place / Self.prefixesPerLSA), default: []].append((.init(service), service.prefix))
    }
    return chunks.sorted { $0.key < $1.key }.map { linkStateID, content in
      lsa(linkStateID, plan.area, reference, content.map(\.entry), content.compactMap(\.service))
    }
  }

  /// The prefixes of interfaces. In an NSSA the forwarding address of the type 7 LSAs is a host prefix of this router too: to a router on
  /// the same network it would otherwise be a part of its own connected prefix, and FRR 8.4 gives such a route no gateway. It asks the link
  /// for the service's address, and nobody answers.
  private func entries(_ plan: PlannedArea) -> [IntraAreaPrefixLSA.Entry] {
    let entries = plan.interfaces.flatMap { $0.prefixes.map(IntraAreaPrefixLSA.Entry.init) }
    guard let address = plan.forwardingAddress else { return entries }
    let forwarding = IntraAreaPrefixLSA.Entry(
      PlannedPrefix(prefix: IPPrefix(host: address), metric: 0, isLocalAddress: true))
    return entries.contains(forwarding) ? entries : entries + [forwarding]
  }

  private var services: [(place: Int, service: PlannedPrefix)] {
    stubPrefixes.compactMap { service in view.linkStateIDs.places[service.prefix].map { ($0, service) } }
      .sorted { $0.place < $1.place }
  }

  /// As Designated Router: the prefixes of all link-LSAs of the fully adjacent routers, each once and with all of its options, at no
  /// cost.
  private func networkLSA(_ plan: PlannedInterface) -> WantedLSA? {
    guard plan.attachedRouters != nil else { return nil }
    let interface = plan.interface
    var options: [IPPrefix: OSPFv3Prefix.PrefixOptions] = [:]
    for address in interface.addresses(of: view.addressFamily) { options[address.prefix] = [] }
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
    view.addressFamily.prefix(described).flatMap { view.addressFamily.canCarry($0) ? $0 : nil }
  }

  private func lsa(
    _ linkStateID: UInt32, _ area: Area, _ reference: LSAKey, _ entries: [IntraAreaPrefixLSA.Entry], _ prefixes: [IPPrefix]
  ) -> WantedLSA {
    WantedLSA(
      identity: view.identity(.intraAreaPrefix, LinkStateID(rawValue: linkStateID), .area(area.id)), options: 0,
      body: .intraAreaPrefix(IntraAreaPrefixLSA(referenced: reference, prefixes: entries)), prefixes: prefixes)
  }
}

extension IntraAreaPrefixLSA.Entry {
  fileprivate init(_ planned: PlannedPrefix) {
    self.init(
      prefix: OSPFv3Prefix(planned.prefix, options: planned.isLocalAddress ? .localAddress : []), metric: planned.metric)
  }
}
