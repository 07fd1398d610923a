import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct PacketReception {
  @Test("RFC 2328 8.2: a packet of another version is refused")
  func version() throws {
    let (bench, neighbor) = strangers(.ospfv2)
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bytes[0] = 3
    neighbor.send(bytes: bytes, to: .allSPFRouters)
    #expect(try bench.onlyRefusal() == .malformed(.version(received: 3, expected: 2)))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 8.2: a packet whose checksum is wrong is refused")
  func checksum() throws {
    let (bench, neighbor) = strangers(.ospfv2)
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bytes[30] ^= 1
    neighbor.send(bytes: bytes, to: .allSPFRouters)
    #expect(try bench.onlyRefusal() == .malformed(.checksum(what: "packet")))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 8.2: a packet of an unknown type is refused", arguments: ProtocolInstance.allCases, [UInt8(0), 6, 255])
  func type(instance: ProtocolInstance, _ type: UInt8) throws {
    let (bench, neighbor) = strangers(instance)
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bytes[1] = type
    neighbor.send(bytes: bytes, to: instance.allSPFRouters)
    #expect(try bench.onlyRefusal() == .malformed(.packetType(type)))
  }

  @Test(
    "RFC 2328 A.3.1: a packet that ends before its own length is refused", arguments: ProtocolInstance.allCases,
    [1, 10, 15, 23, 39])
  func truncated(instance: ProtocolInstance, count: Int) throws {
    let (bench, neighbor) = strangers(instance)
    let bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    neighbor.send(bytes: Array(bytes.prefix(count)), to: instance.allSPFRouters)
    guard case .malformed = try bench.onlyRefusal() else { throw TestFailure("\(bench.refusals)") }
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 A.3.1: octets after the packet's length are not part of it", arguments: ProtocolInstance.allCases)
  func trailer(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    let bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    neighbor.send(bytes: bytes + [1, 2, 3, 4, 5, 6, 7], to: instance.allSPFRouters)
    #expect(bench.refusals.isEmpty)
    #expect(bench.state(of: "3.3.3.3") > .`init`)
  }

  @Test("RFC 2328 8.2(1): a packet of another area is refused and both areas are named", arguments: ProtocolInstance.allCases)
  func area(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.area = "0.0.0.7"
    neighbor.sendHello()
    #expect(try bench.onlyRefusal() == .areaMismatch(received: "0.0.0.7", ours: "0.0.0.0"))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test(
    "RFC 2328 8.2(2): a backbone packet in another area is refused where there is no virtual link",
    arguments: ProtocolInstance.allCases)
  func backboneInAnotherArea(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(area: "0.0.0.5")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.area = .backbone
    neighbor.sendHello()
    #expect(bench.refusals == [.areaMismatch(received: .backbone, ours: "0.0.0.5")])
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 8.2(1): a packet from outside of the subnet is refused on a broadcast network")
  func sourceOutsideOfSubnet() throws {
    let bench = Bench(.ospfv2)
    let stranger = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4")
    stranger.sendHello()
    #expect(try bench.onlyRefusal() == .sourceNotOnSubnet(source: .v4("198.51.100.4"), subnet: "192.0.2.0/24"))
    #expect(bench.state(of: "4.4.4.4") == .down)
  }

  @Test("RFC 2328 8.2(1): the source's subnet does not matter on a point-to-point network")
  func sourceOnPointToPoint() throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "198.51.100.4")
    neighbor.sendHello()
    #expect(bench.refusals.isEmpty)
    #expect(bench.state(of: "3.3.3.3") == .exStart)
  }

  @Test("RFC 2328 8.2: another AuType is refused and both are named", arguments: [UInt16(1), 2])
  func authenticationType(_ type: UInt16) throws {
    let (bench, neighbor) = strangers(.ospfv2)
    neighbor.authenticationType = type
    neighbor.sendHello()
    #expect(try bench.onlyRefusal() == .authenticationTypeMismatch(received: type, ours: 0))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test(
    "RFC 2328 8.2: a packet to AllDRouters is refused by a router that is neither Designated Router nor Backup",
    arguments: ProtocolInstance.allCases)
  func allDRoutersAtDROther(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.send(.hello(neighbor.hello), to: instance.allDRouters)
    #expect(try bench.onlyRefusal() == .destinationNotForUs(instance.allDRouters))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 8.2: a packet to AllDRouters is accepted by the Designated Router", arguments: ProtocolInstance.allCases)
  func allDRoutersAtDR(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    let lsa = LSAs(instance).external(service, from: "4.4.4.4")
    elected.other.sendUpdate([lsa], to: instance.allDRouters)
    #expect(elected.bench.refusals.isEmpty)
    #expect(elected.bench.databaseCopy(LSAs(instance).key(lsa)) != nil)
  }

  @Test("RFC 2328 8.2: a packet to somebody else's address is refused", arguments: ProtocolInstance.allCases)
  func destination(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.send(.hello(neighbor.hello), to: instance.address("192.0.2.77"))
    #expect(try bench.onlyRefusal() == .destinationNotForUs(instance.address("192.0.2.77")))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 8.2: a packet that we have sent ourselves is ignored in silence", arguments: ProtocolInstance.allCases)
  func ownPacket(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let own = HandMadeNeighbor(bench, "2.2.2.2", "192.0.2.2")
    own.sendHello()
    #expect(bench.router.neighborSnapshots(at: bench.now).isEmpty)
    #expect(!bench.events.contains { if case .duplicateRouterID = $0 { true } else { false } })
  }

  @Test("our router ID from another address is an event and no neighbor", arguments: ProtocolInstance.allCases)
  func duplicateRouterID(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let twin = HandMadeNeighbor(bench, "2.2.2.2", "192.0.2.9")
    twin.sendHello()
    #expect(bench.router.neighborSnapshots(at: bench.now).isEmpty)
    #expect(
      bench.events.contains {
        if case .duplicateRouterID("2.2.2.2", _, twin.address, _) = $0 { true } else { false }
      })
  }

  @Test("RFC 2328 8.2: only a Hello may come from a router that is no neighbor", arguments: ProtocolInstance.allCases)
  func onlyHelloFromStranger(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    let lsa = LSAs(instance).external(service, from: "3.3.3.3")
    neighbor.sendDescription([.initialize, .more, .master], sequence: 5)
    neighbor.sendRequest([.router("2.2.2.2", instance)])
    neighbor.sendUpdate([lsa])
    neighbor.sendAcknowledgment([LSAs(instance).header(lsa)])
    let source = instance.address("192.0.2.3")
    #expect(
      bench.refusals == [
        .unknownNeighbor(type: .databaseDescription, source: source), .unknownNeighbor(type: .linkStateRequest, source: source),
        .unknownNeighbor(type: .linkStateUpdate, source: source),
        .unknownNeighbor(type: .linkStateAcknowledgment, source: source),
      ])
    #expect(bench.databaseCopy(LSAs(instance).key(lsa)) == nil)
  }

  @Test("RFC 2328 8.2: on a broadcast network the neighbor of a packet is found by its IP source")
  func neighborBySource() throws {
    let (bench, neighbor) = strangers(.ospfv2)
    try neighbor.bringToFull()
    bench.forget()
    let other = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.44")
    let lsa = LSAs.v2.external(service, from: "3.3.3.3")
    other.sendUpdate([lsa])
    #expect(bench.refusals == [.unknownNeighbor(type: .linkStateUpdate, source: .v4("192.0.2.44"))])
    #expect(bench.databaseCopy(LSAs.v2.key(lsa)) == nil)
  }

  @Test(
    "RFC 2328 8.2: on a point-to-point network the neighbor of a packet is found by its router ID",
    arguments: ProtocolInstance.allCases)
  func neighborByRouterID(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .pointToPoint)
    let readdressed = HandMadeNeighbor(pair.bench, "3.3.3.3", "192.0.2.44")
    let lsa = LSAs(instance).external(service, from: "3.3.3.3")
    readdressed.sendUpdate([lsa])
    #expect(pair.bench.refusals.isEmpty)
    #expect(pair.bench.databaseCopy(LSAs(instance).key(lsa)) != nil)
  }

  @Test("a packet on a device without an OSPF interface is refused", arguments: ProtocolInstance.allCases)
  func noSuchInterface(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    let bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bench.receive(
      Datagram(interfaceIndex: 99, source: instance.address("192.0.2.3"), destination: instance.allSPFRouters, bytes: bytes))
    #expect(try bench.onlyRefusal() == .noSuchInterface)
  }

  @Test("a passive interface accepts nothing and sends nothing", arguments: ProtocolInstance.allCases)
  func passive(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench { $0.isPassive = true }])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.sendHello()
    bench.run(for: .seconds(60))
    #expect(bench.router.neighborSnapshots(at: bench.now).isEmpty)
    #expect(bench.sent.isEmpty)
    #expect(bench.refusals == [.interfaceNotActive])
  }

  @Test("each of several subnets on one device is an OSPF interface of its own, chosen by the packet's source")
  func severalSubnets() throws {
    let bench = Bench(interfaces: [.bench(), .bench("198.51.100.2")])
    let first = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3", interface: 0)
    let second = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    first.sendHello()
    second.sendHello()
    #expect(bench.neighbor("3.3.3.3")?.reference.interface.address == .v4("192.0.2.2"))
    #expect(bench.neighbor("4.4.4.4")?.reference.interface.address == .v4("198.51.100.2"))
    bench.forget()
    bench.run(for: .seconds(10))
    let sources = Set(bench.sent(.hello).map(\.transmission.source))
    #expect(sources == [.v4("192.0.2.2"), .v4("198.51.100.2")])
    for packet in bench.sent(.hello) {
      let expected: RouterID = packet.transmission.source == .v4("192.0.2.2") ? "3.3.3.3" : "4.4.4.4"
      #expect(packet.hello?.neighbors == [expected])
    }
  }

  @Test("of subnets on one device of which one lies within the other, a packet is for the narrower one, whichever is named first")
  func nestedSubnets() throws {
    let subnets = [InterfaceDefinition.bench("10.0.0.2", length: 8), .bench("10.1.0.2", length: 16)]
    for interfaces in [subnets, subnets.reversed()] {
      let bench = Bench(interfaces: interfaces)
      let narrower = try #require(interfaces.firstIndex { $0.subnet.length == 16 })
      HandMadeNeighbor(bench, "3.3.3.3", "10.2.0.3", interface: 1 - narrower).sendHello()
      HandMadeNeighbor(bench, "4.4.4.4", "10.1.0.4", interface: narrower).sendHello()
      #expect(bench.neighbor("3.3.3.3")?.reference.interface.address == .v4("10.0.0.2"))
      #expect(bench.neighbor("4.4.4.4")?.reference.interface.address == .v4("10.1.0.2"))
      #expect(bench.refusals.isEmpty)
    }
  }

  @Test("refused packets are counted at their interface", arguments: ProtocolInstance.allCases)
  func counted(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.area = "0.0.0.7"
    neighbor.sendHello()
    neighbor.sendHello()
    #expect(try bench.interface().counters.refused == 2)
  }

  @Test("any octets at all are survived", arguments: ProtocolInstance.allCases)
  func garbage(instance: ProtocolInstance) {
    let (bench, neighbor) = strangers(instance)
    var random = SplitMix64(seed: 8)
    neighbor.startHellos()
    let model = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    for _ in 0..<2000 {
      var bytes =
        random.chance(50)
        ? model : (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      neighbor.send(bytes: bytes, to: instance.allSPFRouters)
    }
    #expect(bench.refusals.count > 1000)
  }

  @Test(
    "a packet with the router ID 0.0.0.0 is refused, and unseats no Designated Router", arguments: ProtocolInstance.allCases)
  func reservedRouterID(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    let intruder = HandMadeNeighbor(trio.bench, "0.0.0.0", "192.0.2.9")
    intruder.priority = 255
    intruder.designatedRouter = intruder.identity
    intruder.sendHello()
    #expect(try trio.bench.onlyRefusal() == .reservedRouterID(source: instance.address("192.0.2.9")))
    #expect(try trio.bench.interface().designatedRouter == trio.designatedRouter.identity)
    #expect(try trio.bench.interface().neighborCount == 2)
  }

  @Test(
    "RFC 2328 8.2: a packet from an address that no host has is refused",
    arguments: ["0.0.0.0", "192.0.2.0", "192.0.2.255", "127.0.0.1", "224.0.0.5"], [NetworkType.broadcast, .pointToPoint])
  func sourceIsNoHost(source: IPv4Address, type: NetworkType) throws {
    let bench = Bench(interfaces: [.bench(type: type)])
    HandMadeNeighbor(bench, "3.3.3.3", source).sendHello()
    #expect(try bench.onlyRefusal() == .sourceNotAHost(.v4(source)))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 3021: on a subnet of two addresses both are hosts")
  func twoHosts() throws {
    let bench = Bench(interfaces: [.bench("192.0.2.2", length: 31, type: .pointToPoint)])
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").sendHello()
    #expect(bench.refusals.isEmpty)
  }

  @Test(
    "RFC 2328 8.2: of two interfaces on one device a packet is for the one in whose subnet its source is, not for an unnumbered one"
  )
  func numberedFirst() throws {
    let bench = Bench(
      interfaces: [.bench("203.0.113.77", length: 0, type: .pointToPoint, isUnnumbered: true), .bench("192.0.2.2")])
    HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3", interface: 1).sendHello()
    #expect(try [0, 1].map { try bench.interface($0).neighborCount } == [0, 1])
  }
}
