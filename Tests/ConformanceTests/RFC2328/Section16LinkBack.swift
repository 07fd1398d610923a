import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 section 16.1 step 2b: a link counts only when the LSA at its other end has a link back. We compute no routes; whoever does,
/// finds none over an adjacency whose two ends describe different networks, and the operator is to hear of it.
@Suite struct LinkBackOfNeighbors {
  /// What a neighbor's router-LSA says about the bench's network, in which it is 192.0.2.3 with Interface ID 3.
  enum Description: Sendable, CaseIterable {
    case link, transit, nothing
  }

  private func routerLSA(
    _ instance: ProtocolInstance, _ description: Description, designatedRouter number: UInt8 = 3,
    sequence: SequenceNumber = .initial
  ) -> [UInt8] {
    let body: LSABody
    switch instance.version {
    case .v2:
      let links: [RouterLink] =
        switch description {
        case .link: [RouterLink(linkID: 0x0202_0202, linkData: 0xC000_0203, type: .pointToPoint, metric: 10)]
        case .transit:
          [RouterLink(linkID: 0xC000_0200 + UInt32(number), linkData: 0xC000_0203, type: .transit, metric: 10)]
        case .nothing: [RouterLink(linkID: 0xC000_0200, linkData: 0xFFFF_FF00, type: .stub, metric: 10)]
        }
      body = .router(RouterLSA(flags: [], links: links))
    case .v3:
      let router = RouterID(rawValue: UInt32(number) * 0x0101_0101)
      let links: [OSPFv3RouterLink] =
        switch description {
        case .link:
          [OSPFv3RouterLink(type: .pointToPoint, metric: 10, interfaceID: 3, neighborInterfaceID: 2, neighborRouterID: "2.2.2.2")]
        case .transit:
          [
            OSPFv3RouterLink(
              type: .transit, metric: 10, interfaceID: 3, neighborInterfaceID: UInt32(number), neighborRouterID: router)
          ]
        case .nothing: []
        }
      body = .routerV3(OSPFv3RouterLSA(flags: [], options: instance.options(.normal), links: links))
    }
    let key = LSAKey.router("3.3.3.3", instance)
    return LSAs(instance).make(
      key.lsType, id: key.linkStateID, from: "3.3.3.3", sequence: sequence, options: instance.options(.normal), body: body)
  }

  /// A router-LSA of 3.3.3.3 with point-to-point links, each from its end 192.0.2.N, or that with the Interface ID N.
  private func routerLSA(_ instance: ProtocolInstance, links: [(to: RouterID, from: UInt8)]) -> [UInt8] {
    let body: LSABody =
      switch instance.version {
      case .v2:
        .router(
          RouterLSA(
            flags: [],
            links: links.map {
              RouterLink(linkID: $0.to.rawValue, linkData: 0xC000_0200 + UInt32($0.from), type: .pointToPoint, metric: 10)
            }))
      case .v3:
        .routerV3(
          OSPFv3RouterLSA(
            flags: [], options: instance.options(.normal),
            links: links.map {
              OSPFv3RouterLink(
                type: .pointToPoint, metric: 10, interfaceID: UInt32($0.from), neighborInterfaceID: 2, neighborRouterID: $0.to)
            }))
      }
    let key = LSAKey.router("3.3.3.3", instance)
    return LSAs(instance).make(
      key.lsType, id: key.linkStateID, from: "3.3.3.3", options: instance.options(.normal), body: body)
  }

  private func linkBack(_ bench: Bench, _ interface: String) -> LinkBack? {
    bench.router.neighborSnapshots(at: bench.now).first { $0.reference.interface.name == interface }?.linkBack
  }

  private func network(_ instance: ProtocolInstance, attached: [RouterID]) -> [UInt8] {
    LSAs(instance).network("192.0.2.3", from: "3.3.3.3", attached: attached)
  }

  private func missing(_ bench: Bench) -> [LinkDescription] {
    bench.events.compactMap { if case .linkBackMissing(_, _, let theirs) = $0 { theirs } else { nil } }
  }

  @Test(
    "RFC 2328 16.1 (2b): on a point-to-point link a neighbor that describes a transit network, or nothing, gives no link back",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToPoint, .pointToMultipoint])
  func pointToPoint(instance: ProtocolInstance, type: NetworkType) throws {
    for description in Description.allCases {
      let bench = Bench(instance, interfaces: [.bench(type: type) { $0.neighbors = [] }])
      let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
      try neighbor.bringToFull([routerLSA(instance, description), network(instance, attached: ["3.3.3.3", "2.2.2.2"])])
      let expected: LinkBack =
        switch description {
        case .link: .present
        case .transit: .missing(.transitNetwork)
        case .nothing: .missing(.nothing)
        }
      #expect(bench.neighbor("3.3.3.3")?.linkBack == expected)
      // A neighbor that is only just Full may not have said it yet; then it is said once, and not again.
      #expect(missing(bench).isEmpty)
      bench.run(for: .seconds(120))
      #expect(missing(bench).count == (expected == .present ? 0 : 1))
    }
  }

  @Test(
    "RFC 2328 16.1 (2b): on a broadcast network the Designated Router's network-LSA must list us, and its router-LSA the network",
    arguments: ProtocolInstance.allCases)
  func broadcast(instance: ProtocolInstance) throws {
    let both: [RouterID] = ["3.3.3.3", "2.2.2.2"]
    let cases: [(Description, [RouterID]?, LinkBack)] = [
      (.transit, both, .present),
      (.transit, ["3.3.3.3"], .missing(.networkWithoutUs)),
      (.transit, nil, .missing(.networkWithoutUs)),
      (.link, nil, .missing(.pointToPoint)),
      (.link, both, .missing(.pointToPoint)),
      (.nothing, nil, .missing(.nothing)),
    ]
    for (description, attached, expected) in cases {
      let lsas = [routerLSA(instance, description)] + (attached.map { [network(instance, attached: $0)] } ?? [])
      let pair = try Pair(instance, lsas: lsas)
      #expect(pair.bench.neighbor("3.3.3.3")?.linkBack == expected)
      pair.bench.run(for: .seconds(120))
      #expect(missing(pair.bench).count == (expected == .present ? 0 : 1))
    }
  }

  @Test(
    "RFC 2328 16.1 (2b): as Designated Router we expect every neighbor to describe the network that we are Designated Router of",
    arguments: ProtocolInstance.allCases, [(Description.transit, LinkBack.present), (.link, .missing(.pointToPoint))])
  func designatedRouter(instance: ProtocolInstance, example: (Description, LinkBack)) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 10)])
    bench.run(for: .seconds(41))
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.priority = 0
    neighbor.designatedRouter = instance.identity(2)
    try neighbor.bringToFull([routerLSA(instance, example.0, designatedRouter: 2)])
    #expect(bench.neighbor("3.3.3.3")?.linkBack == example.1)
  }

  @Test("RFC 2328 16.1 (2b): a link back that comes later ends the matter", arguments: ProtocolInstance.allCases)
  func later(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .pointToPoint, lsas: [routerLSA(instance, .nothing)])
    pair.bench.run(for: .seconds(5))
    pair.neighbor.sendUpdate([routerLSA(instance, .link, sequence: .initial.advanced(by: 1))])
    #expect(pair.bench.neighbor("3.3.3.3")?.linkBack == .present)
    pair.bench.run(for: .seconds(120))
    #expect(missing(pair.bench).isEmpty)
  }

  @Test("Before a neighbor is Full nothing is said about its links", arguments: ProtocolInstance.allCases)
  func undetermined(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    try neighbor.bringToLoading()
    #expect(bench.neighbor("3.3.3.3")?.linkBack == .undetermined)
  }

  @Test(
    "A Full neighbor whose router-LSA is not here has not said anything about its links", arguments: ProtocolInstance.allCases)
  func noRouterLSA(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.database = [:]
    try neighbor.bringToFull([network(instance, attached: ["3.3.3.3", "2.2.2.2"])])
    #expect(bench.neighbor("3.3.3.3")?.linkBack == .undetermined)
    bench.run(for: .seconds(120))
    #expect(missing(bench).isEmpty)
  }

  @Test("RFC 2328 16.1 (2b): a link to another router from the same end is no link back", arguments: ProtocolInstance.allCases)
  func linkToAnother(instance: ProtocolInstance) throws {
    let lsa = routerLSA(instance, links: [(to: "7.7.7.7", from: 3)])
    let pair = try Pair(instance, .pointToMultipoint, lsas: [lsa])
    #expect(pair.bench.neighbor("3.3.3.3")?.linkBack == .missing(.nothing))
  }

  @Test(
    "RFC 2328 16.1 (2b): of two links to one neighbor each needs a link back from its own far end",
    arguments: ProtocolInstance.allCases)
  func parallelLinks(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(length: 25, type: .pointToPoint), .bench("192.0.2.130", length: 25, name: "eth1", index: 3, type: .pointToPoint),
      ])
    let lsa = routerLSA(instance, links: [(to: "2.2.2.2", from: 3)])
    for (position, address) in [(0, "192.0.2.3"), (1, "192.0.2.131")] as [(Int, IPv4Address)] {
      try HandMadeNeighbor(bench, "3.3.3.3", address, interface: position).bringToFull([lsa])
    }
    #expect(linkBack(bench, "eth0") == .present)
    #expect(linkBack(bench, "eth1") == .missing(.nothing))
  }

  @Test(
    "RFC 2328 16.1 (2b): two interfaces of ours on the neighbor's network have their link back from the same far end",
    arguments: ProtocolInstance.allCases)
  func sameFarEnd(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [.bench(type: .pointToMultipoint), .bench("192.0.2.9", name: "eth1", index: 3, type: .pointToMultipoint)])
    let lsa = routerLSA(instance, links: [(to: "2.2.2.2", from: 3)])
    for position in 0...1 { try HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3", interface: position).bringToFull([lsa]) }
    #expect(linkBack(bench, "eth0") == .present)
    #expect(linkBack(bench, "eth1") == .present)
  }

  @Test("RFC 5340 A.3.2: another router may have the same Interface ID, and the link is still the neighbor's")
  func sameInterfaceID() throws {
    let bench = Bench(
      .ospfv3,
      interfaces: [.bench(type: .pointToPoint), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull([routerLSA(.ospfv3, links: [(to: "2.2.2.2", from: 9)])])
    try HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.9", interface: 1).bringToFull()
    #expect(linkBack(bench, "eth0") == .present)
  }

  @Test(
    "RFC 2328 16.1 (2b): the network-LSA is the Designated Router's to make, and no fault of the other neighbors",
    arguments: ProtocolInstance.allCases)
  func networkLSAOfAnother(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    let key = LSAKey.router("4.4.4.4", instance)
    let body: LSABody =
      switch instance.version {
      case .v2:
        .router(
          RouterLSA(flags: [], links: [RouterLink(linkID: 0xC000_0203, linkData: 0xC000_0204, type: .transit, metric: 10)]))
      case .v3:
        .routerV3(
          OSPFv3RouterLSA(
            flags: [], options: instance.options(.normal),
            links: [
              OSPFv3RouterLink(type: .transit, metric: 10, interfaceID: 4, neighborInterfaceID: 3, neighborRouterID: "3.3.3.3")
            ]))
      }
    trio.designatedRouter.sendUpdate([
      routerLSA(instance, .transit, sequence: .initial.advanced(by: 1)),
      LSAs(instance).make(
        key.lsType, id: key.linkStateID, from: "4.4.4.4", sequence: .initial.advanced(by: 1),
        options: instance.options(.normal), body: body),
    ])
    #expect(trio.bench.neighbor("3.3.3.3")?.linkBack == .missing(.networkWithoutUs))
    #expect(trio.bench.neighbor("4.4.4.4")?.linkBack == .present)
  }
}
