import CLinux
import Glibc
import NIOCore
import OSPFWire
import Testing

@testable import LinuxNetwork

@Suite("Traffic to services")
struct TrafficCounterTests {
  private static let server = "192.0.2.53"

  /// A client on the left, a server with the service's addresses on the right, and the server's counter.
  private func withCounter(_ body: (Namespace, Namespace, TrafficCounter) async throws -> Void) async throws {
    try await Namespace.withPair { client, server in
      try await client.run("ip addr add 10.0.0.1/24 dev left && ip route add 192.0.2.0/24 via 10.0.0.2")
      try await client.run("ip addr add 2001:db8::1/64 dev left nodad && ip route add 2001:db8:ffff::/48 via 2001:db8::2")
      try await server.run("ip addr add 10.0.0.2/24 dev right && ip addr add 2001:db8::2/64 dev right nodad")
      try await server.run("ip addr add \(Self.server)/32 dev lo && ip addr add 192.0.2.129/32 dev lo")
      try await server.run("ip addr add 2001:db8:ffff::53/128 dev lo")
      let counter = try await server.make { [loop = server.loop] in TrafficCounter(on: loop) }
      try await body(client, server, try await server.on { counter.value })
      try await server.on { counter.value }.close().get()
    }
  }

  private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

  @Test("Packets that arrive for a prefix are counted, those of this host are not, and another set of prefixes goes on counting")
  func packets() async throws {
    try await withCounter { client, server, counter in
      let (host, net, v6) = try (prefix("192.0.2.53/32"), prefix("192.0.2.128/25"), prefix("2001:db8:ffff::53/128"))
      #expect(try await counter.count([host, net, v6]).get() == nil)
      try await client.run("ping -q -c 3 -i 0.01 \(Self.server) && ping -q -c 2 -i 0.01 192.0.2.129")
      try await client.run("ping -q -c 4 -i 0.01 2001:db8:ffff::53 && ping -q -c 1 10.0.0.2")
      try await server.run("ping -q -c 5 -i 0.01 \(Self.server)")
      let counted = try await counter.traffic().get()
      #expect(counted.mapValues(\.packets) == [host: 3, net: 2, v6: 4])
      #expect(counted[host]?.octets == 3 * 84)
      #expect(try await counter.count([host]).get() == nil)
      try await client.run("ping -q -c 1 \(Self.server) && ping -q -c 1 192.0.2.129")
      #expect(try await counter.traffic().get().mapValues(\.packets) == [host: 4])
    }
  }

  @Test("Connections from elsewhere are counted, those of this host are not")
  func connections() async throws {
    try await withCounter { client, server, counter in
      let host = try prefix("192.0.2.53/32")
      #expect(try await counter.count([host]).get() == nil)
      let listener = try await server.make { try StreamSocket(listeningOn: 5353) }
      let near = try await server.make { try StreamSocket(connectedTo: Self.server, 5353) }
      #expect(try await counter.traffic().get()[host]?.connections == 0)
      let far = try await client.make { try StreamSocket(connectedTo: Self.server, 5353) }
      #expect(try await counter.traffic().get()[host]?.connections == 1)
      try await client.on { far.value.close() }
      try await server.on {
        near.value.close()
        listener.value.close()
      }
    }
  }

  @Test("The table goes with the counter, and what another run has left is replaced")
  func leftovers() async throws {
    try await withCounter { client, server, counter in
      try await server.run("nft add table inet anycast-ospfd && nft add chain inet anycast-ospfd old")
      #expect(try await counter.count([prefix("192.0.2.53/32")]).get() == nil)
      try await server.run("nft list table inet anycast-ospfd | grep -q 'chain arriving'")
      try await server.run("! nft list table inet anycast-ospfd | grep -q 'chain old'")
      #expect(try await counter.count([]).get() == nil)
      try await server.run("! nft list table inet anycast-ospfd 2>/dev/null")
      // The owner's socket is closed without a word, as in a crash.
      try await server.on {
        let table = try TrafficTable()
        try table.replace(with: [IPPrefix(host: .v4(IPv4Address(192, 0, 2, 53)))])
      }
      try await server.run("! nft list table inet anycast-ospfd 2>/dev/null")
    }
  }
}

/// A TCP socket that is closed when its owner says so.
private final class StreamSocket {
  let descriptor: Int32

  /// Listens on every address.
  init(listeningOn port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try apply("0.0.0.0", port) { bind(descriptor, $0, $1) }
    guard listen(descriptor, 8) == 0 else { throw Failure("listen: \(errno)") }
  }

  init(connectedTo address: String, _ port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try apply(address, port) { connect(descriptor, $0, $1) }
  }

  private func apply(_ address: String, _ port: UInt16, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &name.sin_addr)
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard result == 0 else { throw Failure("\(address): \(errno)") }
  }

  func close() { _ = Glibc.close(descriptor) }
}
