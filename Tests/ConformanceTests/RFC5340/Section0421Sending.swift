import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 sections 4.2.1 and 4.2.1.1: sending packets, and what Hellos and Database Descriptions say.
@Suite struct OSPFv3Sending {
  private let linkLocal: IPv6Address = "fe80::c000:202"

  @Test(
    "RFC 5340 4.2.1, A.3.1: every packet has version 3, our router ID, the area, the Instance ID and a zero octet, and comes from our link-local address",
    arguments: ProtocolInstance.ofOSPFv3)
  func header(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, area: "0.0.0.9")
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.undecodable.isEmpty)
    #expect(Set(pair.bench.sent.map(\.type)).isSuperset(of: [.hello, .linkStateUpdate]))
    for packet in pair.bench.sent {
      #expect(packet.transmission.bytes[0] == 3)
      #expect(packet.packet.header.routerID == "2.2.2.2")
      #expect(packet.packet.header.areaID == "0.0.0.9")
      #expect(packet.packet.header.extent == .v3(instanceID: instance.instanceID, reserved: 0))
      #expect(packet.transmission.source == .v6(linkLocal))
      #expect(packet.transmission.interfaceIndex == 2)
    }
  }

  @Test("RFC 5340 2.4: the Instance ID is the interface's", arguments: [UInt8(1), 31])
  func instanceID(_ instanceID: UInt8) throws {
    var definition = ProtocolInstance.ospfv3.translate(InterfaceDefinition.bench())
    definition.settings.instanceID = instanceID
    let bench = Bench(.ospfv3, interfaces: [definition])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    for packet in bench.sent { #expect(packet.packet.header.extent == .v3(instanceID: instanceID, reserved: 0)) }
  }

  @Test(
    "RFC 5340 A.3.2: a Hello carries the Interface ID, and in the place of addresses router IDs",
    arguments: ProtocolInstance.ofOSPFv3)
  func hello(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(index: 4711, priority: 3) {
          $0.helloInterval = .seconds(7)
          $0.routerDeadInterval = .seconds(33)
        }
      ])
    bench.run(for: .seconds(34))
    let neighbor = HandMadeNeighbor(bench, "1.1.1.1", "192.0.2.1")
    (neighbor.helloInterval, neighbor.routerDeadInterval) = (7, 33)
    (neighbor.designatedRouter, neighbor.backupDesignatedRouter) = ("2.2.2.2", "1.1.1.1")
    neighbor.startHellos()
    bench.run(for: .seconds(10))
    let hello = try bench.lastHello(4711)
    #expect(hello.attachment == .interfaceID(4711))
    #expect(hello.helloInterval == 7 && hello.routerDeadInterval == 33 && hello.priority == 3)
    #expect(hello.designatedRouter == "2.2.2.2")
    #expect(hello.backupDesignatedRouter == "1.1.1.1")
    #expect(hello.neighbors == ["1.1.1.1"])
  }

  @Test(
    "RFC 5340 A.2: Hellos, Database Descriptions, router- and link-LSAs say V6, R, and E or N as the area is",
    arguments: [(AreaConfiguration.normal, UInt32(0x13)), (.stub, 0x11), (.nssa, 0x19)])
  func options(kind: AreaConfiguration, options: UInt32) throws {
    let bench = Bench(.ospfv3, .bench(areas: ["0.0.0.1": kind]), interfaces: [.bench(area: "0.0.0.1")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    #expect(try bench.lastHello().options.rawValue == options)
    #expect(try neighbor.lastDescription().options.rawValue == options)
    #expect(try bench.routerLSAv3(area: "0.0.0.1").options.rawValue == options)
    #expect(try bench.linkLSA().options.rawValue == options)
  }

  @Test(
    "RFC 5340 A.2: a host clears the R-bit everywhere, and is a neighbor like any other", arguments: ProtocolInstance.ofOSPFv3)
  func host(instance: ProtocolInstance) throws {
    let configuration = RouterConfiguration.bench(stubRouter: StubRouterPolicy(maxMetric: .never, hostBit: true))
    let bench = Bench(instance, configuration)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    #expect(try !bench.lastHello().options.contains(.router))
    #expect(try !neighbor.lastDescription().options.contains(.router))
    #expect(try !bench.routerLSAv3().options.contains(.router))
    #expect(try !bench.linkLSA().options.contains(.router))
    #expect(try bench.routerLSAv3().flags.isEmpty)
  }

  @Test(
    "RFC 5340 4.2.1: without a link-local address nothing is sent; when it comes a Hello is sent at once",
    arguments: ProtocolInstance.ofOSPFv3)
  func lateLinkLocal(instance: ProtocolInstance) throws {
    var definition = instance.translate(InterfaceDefinition.bench())
    let settled = definition
    definition.addressing = .ipv6(linkLocal: nil, addresses: [])
    let bench = Bench(instance, interfaces: [definition])
    bench.run(for: .seconds(60))
    #expect(bench.sent.isEmpty && bench.groups.isEmpty)
    #expect(try bench.interface().state == .down)
    #expect(bench.databaseCopy(.ownLink()) == nil)
    bench.setInterfaces([settled])
    #expect(bench.sent(.hello).map(\.transmission.source) == [.v6(linkLocal)])
    #expect(bench.databaseCopy(.ownLink()) != nil)
    try HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").bringToFull()
  }

  @Test(
    "RFC 5340 4.4.3.8: another link-local address is sent from at once, and named in the link-LSA",
    arguments: [ProtocolInstance.ospfv3])
  func changedLinkLocal(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    var definition = pair.bench.interfaces[0]
    guard case .ipv6(_, let addresses) = definition.addressing else { throw TestFailure("not OSPFv3") }
    definition.addressing = .ipv6(linkLocal: "fe80::1234", addresses: addresses)
    pair.bench.setInterfaces([definition])
    #expect(pair.bench.sent(.hello).last?.transmission.source == .v6("fe80::1234"))
    pair.bench.run(for: .seconds(3))
    #expect(pair.bench.sent.allSatisfy { $0.transmission.source == .v6("fe80::1234") })
    #expect(try pair.bench.linkLSA().linkLocalAddress == "fe80::1234")
  }

  @Test("RFC 5340 4.2.1: a link-local address that goes away takes the interface down", arguments: ProtocolInstance.ofOSPFv3)
  func lostLinkLocal(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.changeInterface { $0.addressing = .ipv6(linkLocal: nil, addresses: []) }
    #expect(try pair.bench.interface().state == .down)
    #expect(pair.neighbor.state == .down)
    pair.neighbor.stopHellos()
    pair.bench.forget()
    pair.bench.run(for: .seconds(60))
    #expect(pair.bench.sent.isEmpty)
  }

  @Test(
    "RFC 5340 A.1: no packet is longer than the MTU unless one LSA alone is", arguments: ProtocolInstance.ofOSPFv3, [1280, 1500])
  func mtu(instance: ProtocolInstance, mtu: Int) throws {
    let bench = Bench(instance, interfaces: [.bench(mtu: mtu)])
    bench.advertise((0..<200).map { .external(IPPrefix(host: .v4(IPv4Address(198, 18, 0, $0)))) })
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.interfaceMTU = UInt16(mtu)
    let lsas = (0..<200).map {
      LSAs(instance).external(IPv4Prefix(IPv4Address(198, 19, 0, UInt8($0)), length: 32), from: "9.9.9.9")
    }
    try neighbor.bringToFull(lsas)
    neighbor.sendRequest(Array(neighbor.learned.keys))
    bench.run(for: .seconds(20))
    let longest = bench.sent.map { $0.transmission.bytes.count + 40 }.max() ?? 0
    #expect(longest <= mtu)
    #expect(longest > mtu - 60)
    #expect(neighbor.learned.count > 200)
  }

  @Test("an MTU to announce that is not the device's is what Database Descriptions carry and are compared with")
  func announcedMTU() throws {
    let bench = Bench(.ospfv3, interfaces: [.bench { $0.announcedMTU = 1400 }])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    #expect(try neighbor.lastDescription().interfaceMTU == 1400)
    neighbor.sendDescription([.initialize, .more, .master], sequence: 5)
    #expect(bench.refusals == [.mtuMismatch(neighbor: 1500, ours: 1400)])
  }
}
