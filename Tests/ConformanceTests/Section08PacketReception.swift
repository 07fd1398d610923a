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

  @Test("RFC 2328 8.2: a packet of an unknown type is refused", arguments: Variant.allCases, [UInt8(0), 6, 255])
  func type(variant: Variant, _ type: UInt8) throws {
    let (bench, neighbor) = strangers(variant)
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bytes[1] = type
    neighbor.send(bytes: bytes, to: variant.allSPFRouters)
    #expect(try bench.onlyRefusal() == .malformed(.packetType(type)))
  }

  @Test("RFC 2328 A.3.1: a packet that ends before its own length is refused", arguments: Variant.allCases, [1, 10, 15, 23, 39])
  func truncated(variant: Variant, count: Int) throws {
    let (bench, neighbor) = strangers(variant)
    let bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    neighbor.send(bytes: Array(bytes.prefix(count)), to: variant.allSPFRouters)
    guard case .malformed = try bench.onlyRefusal() else { throw TestFailure("\(bench.refusals)") }
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 A.3.1: octets after the packet's length are not part of it", arguments: Variant.allCases)
  func trailer(variant: Variant) throws {
    let (bench, neighbor) = strangers(variant)
    let bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    neighbor.send(bytes: bytes + [1, 2, 3, 4, 5, 6, 7], to: variant.allSPFRouters)
    #expect(bench.refusals.isEmpty)
    #expect(bench.state(of: "3.3.3.3") > .`init`)
  }

  @Test("RFC 2328 8.2(1): a packet of another area is refused and both areas are named", arguments: Variant.allCases)
  func area(variant: Variant) throws {
    let (bench, neighbor) = strangers(variant)
    neighbor.area = "0.0.0.7"
    neighbor.sendHello()
    #expect(try bench.onlyRefusal() == .areaMismatch(received: "0.0.0.7", ours: "0.0.0.0"))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test(
    "RFC 2328 8.2(2): a backbone packet in another area is refused where there is no virtual link", arguments: Variant.allCases)
  func backboneInAnotherArea(variant: Variant) throws {
    let bench = Bench(variant, interfaces: [.bench(area: "0.0.0.5")])
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
    arguments: Variant.allCases)
  func allDRoutersAtDROther(variant: Variant) throws {
    let (bench, neighbor) = strangers(variant)
    neighbor.send(.hello(neighbor.hello), to: variant.allDRouters)
    #expect(try bench.onlyRefusal() == .destinationNotForUs(variant.allDRouters))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 8.2: a packet to AllDRouters is accepted by the Designated Router", arguments: Variant.allCases)
  func allDRoutersAtDR(variant: Variant) throws {
    let elected = try Elected(variant)
    let lsa = LSAs(variant).external(service, from: "4.4.4.4")
    elected.other.sendUpdate([lsa], to: variant.allDRouters)
    #expect(elected.bench.refusals.isEmpty)
    #expect(elected.bench.databaseCopy(LSAs(variant).key(lsa)) != nil)
  }

  @Test("RFC 2328 8.2: a packet to somebody else's address is refused", arguments: Variant.allCases)
  func destination(variant: Variant) throws {
    let (bench, neighbor) = strangers(variant)
    neighbor.send(.hello(neighbor.hello), to: variant.address("192.0.2.77"))
    #expect(try bench.onlyRefusal() == .destinationNotForUs(variant.address("192.0.2.77")))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 2328 8.2: a packet that we have sent ourselves is ignored in silence", arguments: Variant.allCases)
  func ownPacket(variant: Variant) throws {
    let bench = Bench(variant)
    let own = HandMadeNeighbor(bench, "2.2.2.2", "192.0.2.2")
    own.sendHello()
    #expect(bench.router.neighborSnapshots(at: bench.now).isEmpty)
    #expect(!bench.events.contains { if case .duplicateRouterID = $0 { true } else { false } })
  }

  @Test("our router ID from another address is an event and no neighbor", arguments: Variant.allCases)
  func duplicateRouterID(variant: Variant) throws {
    let bench = Bench(variant)
    let twin = HandMadeNeighbor(bench, "2.2.2.2", "192.0.2.9")
    twin.sendHello()
    #expect(bench.router.neighborSnapshots(at: bench.now).isEmpty)
    #expect(
      bench.events.contains {
        if case .duplicateRouterID("2.2.2.2", _, twin.address, _) = $0 { true } else { false }
      })
  }

  @Test("RFC 2328 8.2: only a Hello may come from a router that is no neighbor", arguments: Variant.allCases)
  func onlyHelloFromStranger(variant: Variant) throws {
    let (bench, neighbor) = strangers(variant)
    let lsa = LSAs(variant).external(service, from: "3.3.3.3")
    neighbor.sendDescription([.initialize, .more, .master], sequence: 5)
    neighbor.sendRequest([.router("2.2.2.2", variant)])
    neighbor.sendUpdate([lsa])
    neighbor.sendAcknowledgment([LSAs(variant).header(lsa)])
    let source = variant.address("192.0.2.3")
    #expect(
      bench.refusals == [
        .unknownNeighbor(type: .databaseDescription, source: source), .unknownNeighbor(type: .linkStateRequest, source: source),
        .unknownNeighbor(type: .linkStateUpdate, source: source),
        .unknownNeighbor(type: .linkStateAcknowledgment, source: source),
      ])
    #expect(bench.databaseCopy(LSAs(variant).key(lsa)) == nil)
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
    "RFC 2328 8.2: on a point-to-point network the neighbor of a packet is found by its router ID", arguments: Variant.allCases)
  func neighborByRouterID(variant: Variant) throws {
    let pair = try Pair(variant, .pointToPoint)
    let readdressed = HandMadeNeighbor(pair.bench, "3.3.3.3", "192.0.2.44")
    let lsa = LSAs(variant).external(service, from: "3.3.3.3")
    readdressed.sendUpdate([lsa])
    #expect(pair.bench.refusals.isEmpty)
    #expect(pair.bench.databaseCopy(LSAs(variant).key(lsa)) != nil)
  }

  @Test("a packet on a device without an OSPF interface is refused", arguments: Variant.allCases)
  func noSuchInterface(variant: Variant) throws {
    let (bench, neighbor) = strangers(variant)
    let bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    bench.receive(
      Datagram(interfaceIndex: 99, source: variant.address("192.0.2.3"), destination: variant.allSPFRouters, bytes: bytes))
    #expect(try bench.onlyRefusal() == .noSuchInterface)
  }

  @Test("a passive interface accepts nothing and sends nothing", arguments: Variant.allCases)
  func passive(variant: Variant) throws {
    let bench = Bench(variant, interfaces: [.bench { $0.isPassive = true }])
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

  @Test("refused packets are counted at their interface", arguments: Variant.allCases)
  func counted(variant: Variant) throws {
    let (bench, neighbor) = strangers(variant)
    neighbor.area = "0.0.0.7"
    neighbor.sendHello()
    neighbor.sendHello()
    #expect(try bench.interface().counters.refused == 2)
  }

  @Test("any octets at all are survived", arguments: Variant.allCases)
  func garbage(variant: Variant) {
    let (bench, neighbor) = strangers(variant)
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
      neighbor.send(bytes: bytes, to: variant.allSPFRouters)
    }
    #expect(bench.refusals.count > 1000)
  }
}
