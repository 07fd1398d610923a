import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// What an operator clears by hand.
@Suite struct ClearingTests {
  @Test("one neighbor is cleared and the other one stays, or both are; they come back", arguments: ProtocolInstance.allCases)
  func neighbors(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToFull()
    #expect(bench.router.clearNeighbors("9.9.9.9", at: bench.now).isEmpty)
    bench.forget()
    #expect(bench.router.clearNeighbors("4.4.4.4", at: bench.now).map(\.routerID) == ["4.4.4.4"])
    bench.advertise([])
    // At once a Hello that lists it no longer: so it learns of it.
    #expect(bench.sent(.hello).map { $0.hello?.neighbors } == [[]])
    #expect(bench.state(of: "3.3.3.3") == .full)
    #expect(bench.state(of: "4.4.4.4") == .down)
    try bench.run(until: "it is back") { bench.state(of: "4.4.4.4") == .full }
    #expect(bench.router.clearNeighbors(at: bench.now).map(\.routerID) == ["3.3.3.3", "4.4.4.4"])
  }

  @Test("neighbors are told in the order of their router IDs, whoever came first", arguments: ProtocolInstance.allCases)
  func order(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench()])
    for (routerID, address) in [("9.9.9.9", "192.0.2.9"), ("3.3.3.3", "192.0.2.3")] as [(RouterID, IPv4Address)] {
      HandMadeNeighbor(bench, routerID, address).sendHello()
    }
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.reference.routerID) == ["3.3.3.3", "9.9.9.9"])
  }

  @Test("a configured neighbor that is Down has nothing to be cleared", arguments: ProtocolInstance.allCases)
  func down(instance: ProtocolInstance) {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) {
          $0.neighbors = [
            ConfiguredNeighbor(address: instance.address("192.0.2.3"), priority: 0),
            ConfiguredNeighbor(address: instance.address("192.0.2.4"), priority: 1),
          ]
        }
      ])
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.down, .attempt])
    #expect(bench.router.clearNeighbors(at: bench.now).map(\.address) == [instance.address("192.0.2.4")])
  }

  @Test("a router that is leaving clears nobody: its flushes are still to be acknowledged", arguments: ProtocolInstance.allCases)
  func leaving(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull()
    neighbor.automatic = .hellos
    bench.shutDown()
    #expect(bench.router.clearNeighbors(at: bench.now).isEmpty)
    #expect(bench.state(of: "3.3.3.3") == .full)
  }
}
