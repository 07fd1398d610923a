import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct PrefixSuppression {
  private func suppressed(_ settings: inout InterfaceSettings) { settings.suppressesPrefix = true }

  @Test(
    "RFC 6860 2.1: the router-LSA has no stub link for a network that is for transit alone, and its links to routers stay",
    arguments: [NetworkType.pointToPoint, .pointToMultipoint, .broadcast])
  func routerLSA(type: NetworkType) throws {
    let plain = try Pair(.ospfv2, type)
    let hidden = try Pair(.ospfv2, type) { suppressed(&$0) }
    let toRouters = try plain.bench.routerLSA().links.filter { $0.type != .stub }
    #expect(!toRouters.isEmpty)
    #expect(try hidden.bench.routerLSA().links == toRouters)
    // Before there is an adjacency too.
    #expect(try Bench(interfaces: [.bench(type: type) { suppressed(&$0) }]).routerLSA().links.isEmpty)
  }

  @Test("RFC 6860 2.1: addresses of loopbacks and of networks without neighbors are not for transit, and stay")
  func others() throws {
    var loopback = InterfaceDefinition.bench("198.51.100.9", length: 32, name: "lo", index: 1) { suppressed(&$0) }
    loopback.isLoopback = true
    let passive = InterfaceDefinition.bench("203.0.113.130", length: 26, name: "eth2", index: 4) {
      suppressed(&$0)
      $0.isPassive = true
    }
    let bench = Bench(interfaces: [.bench { suppressed(&$0) }, loopback, passive])
    #expect(
      try bench.routerLSA().links.map { $0.linkID } == [
        IPv4Address("198.51.100.9").rawValue, IPv4Address("203.0.113.128").rawValue,
      ])
  }

  @Test("RFC 6860 2.2: the network-LSA of a Designated Router has the mask of a host")
  func networkLSA() throws {
    for isSuppressed in [false, true] {
      let bench = Bench(.ospfv2, interfaces: [.bench(priority: 10) { $0.suppressesPrefix = isSuppressed }])
      bench.run(for: .seconds(41))
      let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
      neighbor.designatedRouter = ProtocolInstance.ospfv2.identity(2)
      try neighbor.bringToFull()
      bench.run(for: .seconds(6))
      let key = LSAKey(
        lsType: .network, linkStateID: LinkStateID(rawValue: IPv4Address("192.0.2.2").rawValue), advertisingRouter: "2.2.2.2")
      guard case .network(let network) = try bench.body(key) else { throw TestFailure("no network-LSA") }
      #expect(network.networkMask == (isSuppressed ? "255.255.255.255" : "255.255.255.0"))
      #expect(network.attachedRouters.contains("3.3.3.3"))
    }
  }

  @Test("RFC 6860 2.1: no forwarding address lies in a network that nobody is told of")
  func forwardingAddress() throws {
    let key = LSAKey.external(service, from: "2.2.2.2", .ospfv2)
    for isSuppressed in [false, true] {
      let bench = Bench(interfaces: [.bench { $0.suppressesPrefix = isSuppressed }])
      var advertisement = Advertisement.external(.service)
      advertisement.nextHop = .v4("192.0.2.9")
      bench.advertise([advertisement])
      guard case .asExternal(let lsa) = try bench.body(key) else { throw TestFailure("no AS-external-LSA") }
      #expect(lsa.routes.first?.forwardingAddress == (isSuppressed ? .unspecified : "192.0.2.9"))
    }
  }
}
