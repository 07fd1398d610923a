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
}
