import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 sections 4.2.2 and 4.2.2.1: receiving packets and Hellos.
@Suite struct OSPFv3Receiving {
  @Test("RFC 5340 4.2.2: a packet of OSPFv2 is refused", arguments: ProtocolInstance.ofOSPFv3)
  func version(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bytes[0] = 2
    neighbor.send(bytes: bytes, to: instance.allSPFRouters)
    #expect(try bench.onlyRefusal() == .malformed(.version(received: 2, expected: 3)))
    #expect(neighbor.state == .down)
  }

  @Test("RFC 5340 4.2.2: a packet of another instance is refused and both are named", arguments: ProtocolInstance.ofOSPFv3)
  func anotherInstance(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.instanceID = 5
    neighbor.sendHello()
    #expect(try bench.onlyRefusal() == .instanceMismatch(received: 5, ours: instance.instanceID))
    #expect(neighbor.state == .down)
  }

  @Test("a packet from an address that is not link-local is refused", arguments: ProtocolInstance.ofOSPFv3)
  func source(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", at: .v6("2001:db8::3"), identity: "3.3.3.3", interfaceID: 3)
    neighbor.sendHello()
    #expect(try bench.onlyRefusal() == .sourceNotLinkLocal(.v6("2001:db8::3")))
    #expect(neighbor.state == .down)
  }

  @Test("RFC 5340 4.2.2: prefixes of the link do not matter for a packet's source", arguments: ProtocolInstance.ofOSPFv3)
  func noSubnet(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    try HandMadeNeighbor(bench, "3.3.3.3", "203.0.113.77").bringToExStart()
  }

  @Test(
    "RFC 5340 4.2.2: a packet to any IPv6 address of the interface is accepted, global ones included",
    arguments: ProtocolInstance.ofOSPFv3)
  func destination(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    bench.changeInterface {
      guard case .ipv6(let linkLocal, let addresses) = $0.addressing else { return }
      let another = InterfaceAddress(address: .v6("2001:db8:9::2"), prefix: "2001:db8:9::/64")
      $0.addressing = .ipv6(linkLocal: linkLocal, addresses: addresses + [another])
    }
    for own in [instance.globalAddress("192.0.2.2"), "2001:db8:9::2"] {
      neighbor.send(.hello(neighbor.hello), to: .v6(own))
      #expect(bench.refusals.isEmpty)
    }
    #expect(neighbor.state >= .twoWay)
    let foreign = IPAddress.v6(instance.globalAddress("192.0.2.9"))
    neighbor.send(.hello(neighbor.hello), to: foreign)
    #expect(try bench.onlyRefusal() == .destinationNotForUs(foreign))
  }

  @Test("one link-local address on two links is two addresses", arguments: ProtocolInstance.ofOSPFv3)
  func sameLinkLocalElsewhere(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3)])
    // The engine's own address on eth0, used by another router on eth1.
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.2", interface: 1)
    neighbor.sendHello()
    #expect(bench.state(of: "3.3.3.3") > .`init`)
  }

  @Test(
    "RFC 5340 4.2.2: a neighbor is known by its router ID on every kind of network", arguments: ProtocolInstance.ofOSPFv3,
    [NetworkType.broadcast, .pointToPoint])
  func byRouterID(instance: ProtocolInstance, type: NetworkType) throws {
    let pair = try Pair(instance, type)
    let readdressed = HandMadeNeighbor(pair.bench, "3.3.3.3", "192.0.2.44")
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    readdressed.sendUpdate([lsa])
    #expect(pair.bench.refusals.isEmpty)
    #expect(pair.bench.databaseCopy(LSAs(instance).key(lsa)) != nil)
  }

  @Test(
    "RFC 5340 4.2.2.1: a neighbor whose address changes stays adjacent, and is sent to there",
    arguments: ProtocolInstance.ofOSPFv3)
  func changedAddress(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.fallSilent()
    let readdressed = HandMadeNeighbor(pair.bench, "3.3.3.3", "192.0.2.44")
    (readdressed.designatedRouter, readdressed.interfaceID) = (readdressed.identity, 3)
    readdressed.startHellos()
    pair.bench.run(for: .seconds(100))
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
    #expect(pair.bench.neighbor("3.3.3.3")?.reference.address == readdressed.address)
    #expect(!pair.bench.events.contains { if case .duplicateRouterID = $0 { true } else { false } })
    pair.bench.forget()
    readdressed.sendRequest([.router("2.2.2.2", instance)])
    #expect(pair.bench.sent(.linkStateUpdate).map(\.destination) == [readdressed.address])
  }

  @Test("another router behind a neighbor's address takes its place", arguments: ProtocolInstance.ofOSPFv3)
  func sameAddress(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.neighbor.fallSilent()
    let renamed = HandMadeNeighbor(pair.bench, "7.7.7.7", "192.0.2.3")
    renamed.designatedRouter = renamed.identity
    renamed.sendHello()
    #expect(pair.bench.changes(of: "3.3.3.3").map(\.cause) == [.killNbr])
    #expect(pair.bench.router.neighborSnapshots(at: pair.bench.now).map(\.reference.routerID) == ["7.7.7.7"])
  }

  @Test(
    "a configured neighbor, which has no router ID yet, is the one that is heard from its address",
    arguments: ProtocolInstance.ofOSPFv3,
    [NetworkType.nonBroadcast, .pointToMultipoint])
  func configuredNeighbor(instance: ProtocolInstance, type: NetworkType) throws {
    let bench = Bench(
      instance,
      interfaces: [.bench(type: type, priority: 1) { $0.neighbors = [ConfiguredNeighbor(address: .v4("192.0.2.3"))] }])
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.role) == [nil])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.reference.routerID) == ["3.3.3.3"])
    bench.forget()
    bench.run(for: .seconds(60))
    #expect((5...7).contains(bench.sent(.hello).count))
    // Another router in its place is the configured neighbor too.
    neighbor.fallSilent()
    HandMadeNeighbor(bench, "7.7.7.7", "192.0.2.3").sendHello()
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.reference.routerID) == ["7.7.7.7"])
  }

  @Test("RFC 5340 4.4.3: a neighbor's new Interface ID is named in our router-LSA", arguments: ProtocolInstance.ofOSPFv3)
  func interfaceID(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .pointToPoint)
    #expect(try pair.bench.routerLSAv3().links.map(\.neighborInterfaceID) == [3])
    pair.neighbor.interfaceID = 99
    pair.neighbor.sendHello()
    pair.bench.run(for: .seconds(3))
    #expect(try pair.bench.routerLSAv3().links.map(\.neighborInterfaceID) == [99])
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
  }

  @Test(
    "RFC 5340 A.2: option bits other than E, N, AF and AT are accepted whatever they are",
    arguments: [UInt32(0x13), 0x02, 0x12, 0x03, 0xFFFAF3, 0x800013])
  func options(_ bits: UInt32) throws {
    let (bench, neighbor) = strangers(.ospfv3)
    neighbor.options = Options(rawValue: bits)
    neighbor.sendHello()
    #expect(bench.refusals.isEmpty)
    #expect(neighbor.state > .`init`)
  }

  @Test(
    "RFC 5340 A.3: reserved fields of headers, Database Descriptions and requests are not looked at",
    arguments: ProtocolInstance.ofOSPFv3)
  func reserved(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bytes[15] = 0xFF
    neighbor.send(bytes: bytes, to: instance.allSPFRouters)
    #expect(neighbor.state > .`init`)
    neighbor.designatedRouter = neighbor.identity
    neighbor.sendHello()
    bench.run(for: .milliseconds(1))
    neighbor.send(
      .databaseDescription(
        DatabaseDescription(
          interfaceMTU: 1500, options: neighbor.options, flags: [.initialize, .more, .master], sequenceNumber: 9, reserved: 0xABCD
        )))
    #expect(neighbor.state == .exchange)
    bench.forget()
    var request = LinkStateRequest(requests: [.router("2.2.2.2", instance)])
    request.reserved = [0xABCD]
    neighbor.send(.linkStateRequest(request))
    #expect(bench.sent(.linkStateUpdate).flatMap(\.updatedHeaders).map(\.key) == [.router("2.2.2.2", instance)])
    #expect(bench.refusals.isEmpty && neighbor.state == .exchange)
  }

  @Test("RFC 5340 4.7: without a virtual link a backbone packet in another area is refused", arguments: ProtocolInstance.ofOSPFv3)
  func noVirtualLink(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(area: "0.0.0.5")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.area = .backbone
    neighbor.sendHello()
    #expect(try bench.onlyRefusal() == .areaMismatch(received: .backbone, ours: "0.0.0.5"))
  }
}
