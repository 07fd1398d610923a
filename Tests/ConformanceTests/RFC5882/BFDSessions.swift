import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5882 section 4.3 and RFC 9355: what a BFD session means to a neighbor.
@Suite struct BFDSessions {
  private func peer(_ bench: Bench) -> BFDPeer {
    BFDPeer(interfaceIndex: 2, localAddress: bench.instance.address("192.0.2.2"), address: bench.instance.address("192.0.2.3"))
  }

  private func bench(_ instance: ProtocolInstance, _ mode: BFDMode) -> (bench: Bench, neighbor: HandMadeNeighbor) {
    let bench = Bench(instance, interfaces: [.bench { $0.bfd = mode }])
    return (bench, HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3"))
  }

  @Test("RFC 5882 4.3: a session is wanted with each neighbor in 2-Way or higher", arguments: ProtocolInstance.allCases)
  func wanted(instance: ProtocolInstance) throws {
    let (bench, neighbor) = bench(instance, .monitor)
    try neighbor.bringToInit()
    #expect(bench.router.bfdPeers.isEmpty)
    try neighbor.bringToTwoWay()
    #expect(bench.router.bfdPeers == [peer(bench)])
    neighbor.sendHello { $0.neighbors = [] }
    #expect(bench.router.bfdPeers.isEmpty)
  }

  @Test(
    "no session is wanted where none is configured; a configuration that changes changes that",
    arguments: ProtocolInstance.allCases)
  func configured(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    #expect(pair.bench.router.bfdPeers.isEmpty)
    pair.bench.changeInterface { $0.settings.bfd = .monitor }
    #expect(pair.bench.router.bfdPeers == [peer(pair.bench)])
    #expect(pair.neighbor.state == .full)
  }

  @Test("RFC 5882 4.3: a session that goes down takes the adjacency down at once", arguments: ProtocolInstance.allCases)
  func down(instance: ProtocolInstance) throws {
    let pair = try Pair(instance) { $0.bfd = .monitor }
    pair.bench.bfdSession(peer(pair.bench), isUp: true)
    pair.bench.bfdSession(peer(pair.bench), isUp: false)
    #expect(pair.neighbor.state == .down)
    #expect(pair.bench.changes(of: "3.3.3.3").last?.cause == .bfdSessionDown)
    #expect(pair.bench.router.bfdPeers.isEmpty)
  }

  @Test("RFC 5882 4.3: a session that never came up holds nothing back", arguments: ProtocolInstance.allCases)
  func neverUp(instance: ProtocolInstance) throws {
    let pair = try Pair(instance) { $0.bfd = .monitor }
    #expect(pair.neighbor.state == .full)
  }

  @Test("a session of another neighbor or another interface says nothing about this one", arguments: ProtocolInstance.allCases)
  func others(instance: ProtocolInstance) throws {
    let pair = try Pair(instance) { $0.bfd = .monitor }
    var other = peer(pair.bench)
    other.address = instance.address("192.0.2.4")
    pair.bench.bfdSession(other, isUp: false)
    other = peer(pair.bench)
    other.interfaceIndex = 3
    pair.bench.bfdSession(other, isUp: false)
    #expect(pair.neighbor.state == .full)
  }

  @Test("RFC 9355 4: in strict mode a neighbor stays in Init until the session is up", arguments: ProtocolInstance.allCases)
  func strict(instance: ProtocolInstance) throws {
    let (bench, neighbor) = bench(instance, .strict)
    neighbor.automatic = .all
    neighbor.designatedRouter = neighbor.identity
    neighbor.startHellos()
    bench.run(for: .seconds(30))
    #expect(neighbor.state == .`init`)
    #expect(bench.router.bfdPeers == [peer(bench)])
    #expect(try bench.lastHello().neighbors == ["3.3.3.3"], "it is listed all the same: its side waits for the session too")
    bench.bfdSession(peer(bench), isUp: true)
    try bench.run(until: "Full", within: .seconds(1)) { neighbor.state == .full }
    bench.bfdSession(peer(bench), isUp: false)
    bench.run(for: .seconds(30))
    #expect(neighbor.state == .`init`)
  }

  @Test(
    "RFC 9355 4: in strict mode a Database Description does not lead out of Init either", arguments: ProtocolInstance.allCases)
  func strictDescription(instance: ProtocolInstance) throws {
    let (bench, neighbor) = bench(instance, .strict)
    neighbor.sendHello()
    neighbor.sendDescription([.initialize, .more, .master], sequence: 7)
    #expect(neighbor.state == .`init`)
    #expect(bench.sent(.databaseDescription).isEmpty)
  }

  @Test(
    "RFC 9355 2: Hellos have the B-bit in strict mode, and no LLS block in another", arguments: ProtocolInstance.allCases,
    BFDMode.allCases)
  func strictModeBit(instance: ProtocolInstance, mode: BFDMode) throws {
    let (bench, neighbor) = bench(instance, mode)
    neighbor.sendHello()
    let hello = try bench.lastHelloPacket()
    guard case .hello(let body) = hello.body else { return }
    let bit: Options = instance.version == .v2 ? .linkLocalSignaling : .linkLocalSignalingV3
    #expect(body.options.contains(bit) == (mode == .strict))
    #expect(hello.linkLocalSignaling?.tlvs == (mode == .strict ? [.extendedOptions(.bfdStrictMode)] : nil))
    #expect(hello.trailer.isEmpty)
  }

  @Test(
    "a neighbor that strict mode has held in Init goes on with its next Hello when the mode is monitor, and no session is wanted before",
    arguments: ProtocolInstance.allCases)
  func strictBecomesMonitor(instance: ProtocolInstance) throws {
    let (bench, neighbor) = bench(instance, .strict)
    neighbor.sendHello()
    #expect(neighbor.state == .`init` && bench.router.bfdPeers == [peer(bench)])
    bench.changeInterface { $0.settings.bfd = .monitor }
    #expect(neighbor.state == .`init` && bench.router.bfdPeers.isEmpty)
    neighbor.sendHello()
    #expect(neighbor.state >= .twoWay && bench.router.bfdPeers == [peer(bench)])
  }
}
