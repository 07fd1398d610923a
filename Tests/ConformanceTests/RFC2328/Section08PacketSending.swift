import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct PacketSending {
  @Test("RFC 2328 8.1: every packet carries version, router ID, area and null authentication")
  func header() throws {
    let pair = try Pair(.ospfv2, area: "0.0.0.9")
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.undecodable.isEmpty)
    #expect(pair.bench.sent.count > 2)
    for packet in pair.bench.sent {
      #expect(packet.packet.header.routerID == "2.2.2.2")
      #expect(packet.packet.header.areaID == "0.0.0.9")
      #expect(packet.packet.header.extent == .v2(authenticationType: 0, authentication: 0))
      #expect(packet.transmission.source == .v4("192.0.2.2"))
      #expect(packet.transmission.interfaceIndex == 2)
    }
  }

  @Test("RFC 2328 8.1: on a broadcast network Hellos go to AllSPFRouters", arguments: ProtocolInstance.allCases)
  func hello(instance: ProtocolInstance) {
    let bench = Bench(instance)
    bench.run(for: .seconds(30))
    #expect(bench.sent(.hello).count >= 3)
    #expect(bench.sent(.hello).allSatisfy { $0.destination == instance.allSPFRouters })
  }

  @Test(
    "RFC 2328 8.1: on a point-to-point network everything but retransmissions goes to AllSPFRouters",
    arguments: ProtocolInstance.allCases)
  func pointToPoint(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    neighbor.sendUpdate([LSAs(instance).external(service, from: "3.3.3.3")])
    bench.advertise([.external(.otherService)])
    bench.run(for: .seconds(10))
    #expect(Set(bench.sent.map(\.type)) == Set(PacketType.allCases))
    #expect(bench.sent.allSatisfy { $0.destination == instance.allSPFRouters })
  }

  @Test(
    "RFC 2328 8.1: on a broadcast network Database Descriptions and requests go to the neighbor's address",
    arguments: ProtocolInstance.allCases)
  func unicast(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    let packets = bench.sent(.databaseDescription) + bench.sent(.linkStateRequest)
    #expect(packets.count >= 3)
    #expect(packets.allSatisfy { $0.destination == instance.address("192.0.2.3") })
  }

  @Test(
    "RFC 2328 8.1: on point-to-multipoint and non-broadcast networks every packet goes to a neighbor's address",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToMultipoint, .nonBroadcast])
  func noMulticast(instance: ProtocolInstance, type: NetworkType) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: type, priority: 1) { $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"))] }
      ]
    )
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    neighbor.sendUpdate([LSAs(instance).external(service, from: "3.3.3.3")])
    bench.advertise([.external(.otherService)])
    bench.run(for: .seconds(20))
    #expect(Set(bench.sent.map(\.type)) == Set(PacketType.allCases))
    #expect(bench.sent.allSatisfy { $0.destination == instance.address("192.0.2.3") })
  }

  @Test("RFC 2328 8.1: an unnumbered link sends from the borrowed address")
  func unnumbered() {
    let bench = Bench(interfaces: [.bench("203.0.113.77", type: .pointToPoint, isUnnumbered: true)])
    #expect(bench.sent.count == 1)
    #expect(bench.sent.allSatisfy { $0.transmission.source == .v4("203.0.113.77") && $0.destination == .allSPFRouters })
  }

  @Test("RFC 2328 A.1: no packet is longer than the MTU unless one LSA alone is", arguments: [576, 1500])
  func mtu(_ mtu: Int) throws { try fillPackets(of: Bench(interfaces: [.bench(mtu: mtu)]), mtu) }

  @Test("RFC 2328 A.1: so it is with the new MTU of a device that has changed its own", arguments: [576, 1500])
  func changedMTU(_ mtu: Int) throws {
    let bench = Bench(interfaces: [.bench(mtu: 1000)])
    bench.setInterfaces([.bench(mtu: mtu)])
    try fillPackets(of: bench, mtu)
  }

  private func fillPackets(of bench: Bench, _ mtu: Int) throws {
    bench.advertise((0..<200).map { .external(IPPrefix(host: .v4(IPv4Address(198, 18, 0, $0)))) })
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceMTU = UInt16(mtu)
    let lsas = (0..<200).map { LSAs.v2.external(IPv4Prefix(IPv4Address(198, 19, 0, UInt8($0)), length: 32), from: "9.9.9.9") }
    try neighbor.bringToFull(lsas)
    neighbor.sendRequest(Array(neighbor.learned.keys))
    bench.run(for: .seconds(20))
    let longest = bench.sent.map { $0.transmission.bytes.count + 20 }.max() ?? 0
    #expect(longest <= mtu)
    #expect(longest > mtu - 60)
    #expect(neighbor.learned.count > 200)
  }

  @Test(
    "RFC 2328 A.1: an LSA with which an update would be an octet longer than the MTU goes into the next one",
    arguments: ProtocolInstance.allCases)
  func oneOctetTooLong(instance: ProtocolInstance) throws {
    let lsas = (0..<50).map { LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, $0, 0), length: 24), from: "9.9.9.9") }
    // The IP header, the header of the packet, and the number of LSAs.
    let overhead = instance.version == .v2 ? 20 + 24 + 4 : 40 + 16 + 4
    for (missing, expected) in [(0, [40, 10]), (1, [39, 11])] {
      let mtu = overhead + 40 * lsas[0].count - missing
      let bench = Bench(instance, interfaces: [.bench(mtu: mtu)])
      let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
      neighbor.interfaceMTU = UInt16(mtu)
      try neighbor.bringToFull(lsas)
      bench.forget()
      neighbor.sendRequest(lsas.map(LSAs(instance).key))
      #expect(bench.sent(.linkStateUpdate).map(\.updatedHeaders.count) == expected)
    }
  }
}
