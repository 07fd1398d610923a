import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// What RFC 2328 says of non-broadcast and point-to-multipoint networks beside the sending of Hellos.
@Suite struct NonBroadcastNetworks {
  private func nonBroadcast(_ instance: ProtocolInstance, _ type: NetworkType = .nonBroadcast) -> Bench {
    Bench(
      instance,
      interfaces: [
        .bench(type: type, priority: 0) {
          $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"))]
        }
      ])
  }

  @Test(
    "RFC 2328 8.2: on non-broadcast and point-to-multipoint networks the neighbor of a packet is found by its IP source",
    arguments: [NetworkType.nonBroadcast, .pointToMultipoint])
  func neighborByAddress(type: NetworkType) throws {
    let bench = nonBroadcast(.ospfv2, type)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    bench.forget()
    // The router ID of the neighbor from another address: only a Hello may come from a router that is no neighbor.
    let imposter = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.9")
    imposter.sendUpdate([LSAs.v2.external(service, from: "3.3.3.3")])
    bench.run(for: .seconds(1))
    #expect(bench.databaseCopy(.external(service, from: "3.3.3.3", .ospfv2)) == nil)
    #expect(bench.refusals.count == 1)
    neighbor.sendUpdate([LSAs.v2.external(service, from: "3.3.3.3")])
    bench.run(for: .seconds(1))
    #expect(bench.databaseCopy(.external(service, from: "3.3.3.3", .ospfv2)) != nil)
    #expect(neighbor.state == .full)
  }

  @Test(
    "RFC 2328 10.6 Attempt: a Database Description from a configured neighbor that has not been heard is rejected",
    arguments: ProtocolInstance.allCases)
  func descriptionInAttempt(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) {
          $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"), priority: 1)]
        }
      ])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    bench.run(for: .seconds(1))
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.attempt])
    bench.forget()
    neighbor.sendDescription([.initialize, .more, .master], sequence: 7)
    bench.run(for: .milliseconds(1))
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.attempt])
    #expect(bench.sent(.databaseDescription).isEmpty)
    #expect(bench.refusals.count == 1)
  }

  @Test(
    "RFC 2328 12.4.1.3: a non-broadcast network with a full adjacency to the Designated Router is a transit link, like a broadcast one"
  )
  func transitLink() throws {
    let bench = nonBroadcast(.ospfv2)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    let link = try bench.only(try bench.routerLSA().links, "links")
    #expect(link.type == .transit)
    #expect(link.linkID == IPv4Address("192.0.2.3").rawValue)
    #expect(link.linkData == IPv4Address("192.0.2.2").rawValue)
  }

  @Test(
    "neighbors that are configured no longer go and newly configured ones are started; the others stay, configured or only heard",
    arguments: ProtocolInstance.allCases)
  func configuredNeighborsChange(instance: ProtocolInstance) throws {
    let configured = { (addresses: [IPv4Address]) in addresses.map { ConfiguredNeighbor(address: instance.address($0)) } }
    let bench = Bench(
      instance,
      interfaces: [.bench(type: .pointToMultipoint) { $0.neighbors = configured(["192.0.2.3", "192.0.2.4", "192.0.2.5"]) }])
    for (routerID, address) in [("3.3.3.3", "192.0.2.3"), ("4.4.4.4", "192.0.2.4"), ("7.7.7.7", "192.0.2.7")]
      as [(RouterID, IPv4Address)]
    {
      try HandMadeNeighbor(bench, routerID, address).bringToFull()
    }
    bench.forget()
    bench.changeInterface { $0.settings.neighbors = configured(["192.0.2.3", "192.0.2.6"]) }
    let neighbors = bench.router.neighborSnapshots(at: bench.now)
    let states = Dictionary(uniqueKeysWithValues: neighbors.map { ($0.reference.address, $0.state) })
    #expect(
      states == [
        instance.address("192.0.2.3"): .full, instance.address("192.0.2.6"): .attempt, instance.address("192.0.2.7"): .full,
      ])
    #expect(bench.changes(of: "3.3.3.3").isEmpty && bench.changes(of: "7.7.7.7").isEmpty)
    #expect(bench.changes(of: "4.4.4.4").map(\.cause) == [.killNbr])
  }
}
