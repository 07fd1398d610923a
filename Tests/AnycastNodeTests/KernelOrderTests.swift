import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastNode

@Suite("What a node asks of the kernel, and in which order")
struct KernelOrderTests {
  private static let service = """
    anycast service dns
     address 192.0.2.53
     check tcp port 53 rise 1 fall 1
    """

  @Test("A node that may not open a raw socket adds no address, runs no check, and ends with the reason")
  func mayNotSpeak() throws {
    let bench = try NodeBench(Self.service)
    bench.setLinks()
    #expect(bench.askedAddresses == nil && bench.checks == nil)
    try bench.openSockets([NodeBench.socket: .notPermitted])
    #expect(bench.hasEnded)
    #expect(bench.failure?.hasPrefix("no permission to open a raw socket on eth0") == true)
    #expect(bench.askedAddresses == nil && bench.askedRoutes == nil && bench.checks == nil)
  }

  @Test("A node that may not open a raw socket on a device which comes later gives its addresses back before it ends")
  func mayNotSpeakLater() throws {
    let bench = try NodeBench("anycast service dns\n address 192.0.2.53\n")
    bench.perform { $0.setLinks(Array(bench.links.prefix(1)), at: $1) }
    #expect(bench.askedAddresses?.set.count == 1)
    try bench.grantAddresses()
    try bench.openSockets([NodeBench.socket: .notPermitted])
    #expect(!bench.hasEnded)
    bench.pass(.seconds(10))
    #expect(bench.askedAddresses?.set == [])
    try bench.grantAddresses()
    bench.pass(.zero)
    #expect(bench.hasEnded)
  }

  @Test("Sockets come first, then addresses, then checks, then the advertisement")
  func order() throws {
    let bench = try NodeBench(Self.service)
    bench.setLinks()
    let sockets = try #require(bench.askedSockets?.set)
    #expect(sockets[NodeBench.socket]?.isEmpty == false, "with its groups")
    try bench.openSockets()
    #expect(bench.askedAddresses?.set.count == 1 && bench.checks == nil)
    try bench.grantAddresses()
    let check = try #require(bench.checks?.first)
    #expect(check.targets == [.v4(IPv4Address(192, 0, 2, 53))])
    #expect(bench.advertised.isEmpty)
    bench.perform {
      $0.record(ProbeOutcome(check: check, verdict: .passing(detail: nil), duration: .zero, nextProbe: .seconds(1)), at: $1)
    }
    #expect(bench.advertised.count == 1)
  }

  @Test("A socket that is lost is asked for again with all of its groups")
  func lostSocket() throws {
    let bench = try NodeBench(Self.service)
    bench.setLinks()
    let before = try #require(bench.askedSockets?.set)
    try bench.openSockets()
    bench.perform { $0.socketLost(NodeBench.socket, reason: "the cable is chewed", at: $1) }
    #expect(bench.askedSockets == nil)
    bench.pass(.seconds(1))
    #expect(bench.askedSockets?.set == before)
    #expect(before[NodeBench.socket] == [.v4(IPv4Address(224, 0, 0, 5))])
  }

  @Test("A socket that could not be opened, or joined, is asked for again until it is as it is to be")
  func refusedSocket() throws {
    let bench = try NodeBench(Self.service)
    bench.setLinks()
    let before = try #require(bench.askedSockets?.set)
    for failure in [SocketFailure.notOpened("no such device"), .notJoined("no buffer space")] {
      try bench.openSockets([NodeBench.socket: failure])
      bench.pass(.seconds(5))
      #expect(bench.askedSockets?.set == before)
    }
    try bench.openSockets()
    bench.pass(.seconds(60))
    #expect(bench.askedSockets == nil)
  }

  @Test("A route is confirmed before its prefix is advertised, and asked for until the prefix is withdrawn")
  func route() throws {
    let bench = try NodeBench(
      """
      anycast service dns
       address 192.0.2.53
       address-mode none
       install-route via 10.0.0.9
      """)
    bench.setLinks()
    try bench.openSockets()
    let route = try #require(bench.askedRoutes?.set.first)
    try bench.grantRoutes([route: "network is unreachable"])
    #expect(bench.advertised.isEmpty)
    bench.pass(.seconds(5))
    try bench.grantRoutes()
    #expect(bench.advertised == [route.prefix])
    // Somebody deletes it.
    bench.perform { $0.setRoutes([], at: $1) }
    #expect(bench.advertised.isEmpty)
    try bench.grantRoutes()
    #expect(bench.advertised == [route.prefix])
    try bench.perform { try $0.drain([], for: nil, reason: nil, at: $1) }
    #expect(bench.advertised.isEmpty && bench.askedRoutes == nil, "the linger comes first")
    bench.pass(.seconds(3))
    #expect(bench.askedRoutes?.set == [])
  }

  @Test("The route of a service that is withdrawn is not redistributed while it lingers")
  func lingeringRoute() throws {
    let bench = try NodeBench(
      """
      router ospf
       redistribute kernel
      anycast service dns
       address 192.0.2.53
       address-mode none
       install-route via 10.0.0.9
       linger 60s
      """)
    bench.setLinks()
    try bench.openSockets()
    try bench.grantRoutes()
    try bench.perform { try $0.drain([], for: nil, reason: nil, at: $1) }
    bench.pass(.seconds(10))
    #expect(bench.node.instanceSnapshots(at: bench.now)[0].router.advertisements.isEmpty)
  }

  @Test("Routes of the kernel with `proto 89` are those of services, whoever has left them, and are not redistributed")
  func routesOfServices() throws {
    let bench = try NodeBench("router ospf\n redistribute kernel\n")
    bench.setLinks()
    bench.perform {
      $0.setRoutes(
        [
          KernelRoute(prefix: "203.0.113.0/24", protocolNumber: 89),
          KernelRoute(prefix: "198.51.100.0/24", protocolNumber: KernelRoute.staticProtocol),
        ], at: $1)
    }
    let advertised = bench.node.instanceSnapshots(at: bench.now)[0].router.advertisements.map(\.advertisement.prefix)
    #expect(advertised == ["198.51.100.0/24"])
  }

  @Test("A drain is stored in the turn in which it begins")
  func drain() throws {
    let bench = try NodeBench(Self.service)
    try bench.perform { try $0.drain(["dns"], for: nil, reason: "kernel update", at: $1) }
    let stored = bench.effects.compactMap { if case .storeDrains(let drains) = $0 { drains } else { nil } }
    #expect(stored == [[StoredDrain(service: "dns", reason: "kernel update")]])
  }

  @Test("A node without devices leaves at once")
  func leave() throws {
    let bench = try NodeBench(Self.service)
    bench.perform { $0.leave(at: $1) }
    #expect(bench.hasEnded && bench.failure == nil)
  }
}
