import NIOCore
import OSPFProtocol
import OSPFWire
import Testing

@testable import LinuxNetwork

@Suite("Route watching")
struct RouteWatcherTests {
  /// A watcher in a namespace with the veth pair `va` (10.0.0.1/24, 2001:db8::1/64) and `vb`, both up.
  private func withWatch(_ body: (Namespace, Inbox<Set<KernelRoute>>) async throws -> Void) async throws {
    try await Namespace.with { namespace in
      try await namespace.run(
        "ip link add va type veth peer name vb && ip link set vb up && ip link set va up && ip addr add 10.0.0.1/24 dev va"
          + " && ip addr add 2001:db8::1/64 dev va nodad")
      try await namespace.waitUntilUp("va")
      let snapshots = Inbox<Set<KernelRoute>>()
      let watcher = try await namespace.make { [loop = namespace.loop] in
        try RouteWatcher(on: loop, changed: { snapshots.put($0) }, notice: { _ in })
      }
      try await body(namespace, snapshots)
      try await namespace.on { watcher.value.stop() }
    }
  }

  private func route(
    _ prefix: String, _ protocolNumber: UInt8, metric: UInt32 = 0, index: UInt32? = nil, via gateway: String? = nil
  ) throws -> KernelRoute {
    KernelRoute(
      prefix: try #require(IPPrefix(prefix)), protocolNumber: protocolNumber, metric: metric, interfaceIndex: index,
      gateway: try gateway.map { try #require(IPAddress($0)) })
  }

  @Test("Routes of the main table come and go, with who put them there; the kernel's own are none")
  func comeAndGo() async throws {
    try await withWatch { namespace, snapshots in
      #expect(try await snapshots.next() == [])
      let index = try await namespace.index(of: "va")
      try await namespace.run("ip route add 192.0.2.0/24 via 10.0.0.2 proto static metric 7")
      let first = try route("192.0.2.0/24", 4, metric: 7, index: index, via: "10.0.0.2")
      #expect(try await snapshots.next() == [first])
      try await namespace.run("ip route add default dev va")
      let second = try route("0.0.0.0/0", 3, index: index)
      #expect(try await snapshots.next() == [first, second])
      try await namespace.run("ip -6 route add 2001:db8:1::/48 via 2001:db8::2")
      let third = try route("2001:db8:1::/48", 3, metric: 1024, index: index, via: "2001:db8::2")
      #expect(try await snapshots.next() == [first, second, third])
      try await namespace.run("ip route add table 100 203.0.113.0/24 dev va && ip route del 192.0.2.0/24")
      #expect(try await snapshots.next() == [second, third])
      try await namespace.run("ip route replace default via 10.0.0.9")
      #expect(try await snapshots.next() == [try route("0.0.0.0/0", 3, index: index, via: "10.0.0.9"), third])
    }
  }

  @Test("A route that a router advertised is one like those that people enter, as to FRR; one of a redirect is not")
  func routerAdvertisements() async throws {
    try await withWatch { namespace, snapshots in
      #expect(try await snapshots.next() == [])
      let index = try await namespace.index(of: "va")
      try await namespace.run(
        "ip -6 route add 2001:db8:3::/48 via 2001:db8::2 proto redirect && ip -6 route add 2001:db8:2::/48 via 2001:db8::2 proto ra"
      )
      #expect(try await snapshots.next() == [try route("2001:db8:2::/48", 9, metric: 1024, index: index, via: "2001:db8::2")])
    }
  }

  @Test("A blackhole leads nowhere, and of several next hops the first counts")
  func nextHops() async throws {
    try await withWatch { namespace, snapshots in
      let index = try await namespace.index(of: "va")
      try await namespace.run(
        "ip route add blackhole 198.51.100.0/24"
          + " && ip route add 192.0.2.0/24 nexthop via 10.0.0.2 nexthop via 10.0.0.3"
          + " && ip route add 203.0.113.0/24 via inet6 2001:db8::9 dev va")
      let wanted: Set = [
        try route("198.51.100.0/24", 3), try route("192.0.2.0/24", 3, index: index, via: "10.0.0.2"),
        try route("203.0.113.0/24", 3, index: index, via: "2001:db8::9"),
      ]
      #expect(try await snapshots.next { $0.count == 3 } == wanted)
    }
  }

  @Test("The routes of a device that goes down are gone, although the kernel does not say so of each")
  func deviceDown() async throws {
    try await withWatch { namespace, snapshots in
      try await namespace.run("ip route add 192.0.2.0/24 via 10.0.0.2")
      _ = try await snapshots.next { $0.count == 1 }
      try await namespace.run("ip link set va down")
      _ = try await snapshots.next { $0.isEmpty }
    }
  }

  @Test("The routes through an address that is removed are gone")
  func addressRemoved() async throws {
    try await withWatch { namespace, snapshots in
      try await namespace.run("ip route add 192.0.2.0/24 via 10.0.0.2")
      _ = try await snapshots.next { $0.count == 1 }
      try await namespace.run("ip addr del 10.0.0.1/24 dev va")
      _ = try await snapshots.next { $0.isEmpty }
    }
  }

  @Test("50,000 routes that come faster than anybody reads are all known in the end, and so are those that go")
  func largeOverrun() async throws {
    try await withWatch { namespace, _ in
      let reader = try await namespace.make { try KernelReader<RouteTable>(receiveBufferOctets: 64 << 10) }
      try await namespace.on { try reader.value.resynchronize() }
      try await namespace.run(
        "for x in $(seq 0 199); do for y in $(seq 250); do echo route add 172.16.$x.$y/32 via 10.0.0.2; done; done | ip -batch -")
      let (overruns, count) = try await namespace.on {
        try reader.value.catchUp()
        return (reader.value.overruns, reader.value.snapshot?.count)
      }
      #expect(overruns >= 1)
      #expect(count == 50_000)
      try await namespace.run("ip addr del 10.0.0.1/24 dev va")
      let left = try await namespace.on {
        try reader.value.catchUp()
        return reader.value.snapshot?.count
      }
      #expect(left == 0)
    }
  }
}
