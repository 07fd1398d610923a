import LinuxNetwork
import OSPFProtocol
import OSPFWire
import Testing

@Suite("From which station of the link packets come")
struct LinkLayerTests {
  private let router = IPAddress.v4(IPv4Address(192, 0, 2, 1))
  private let one = LinkLayerAddress(rawValue: 0x02_0000_0000_01)
  private let other = LinkLayerAddress(rawValue: 0x02_0000_0000_2A)

  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  @Test("An address is written as everybody writes it")
  func notation() {
    #expect("\(other)" == "02:00:00:00:00:2a")
  }

  @Test("A router that is replaced is one change, however long it stays")
  func replaced() {
    var sources = LinkLayerSources()
    #expect(sources.note(router, from: one, at: at(0)) == nil)
    #expect(sources.note(router, from: one, at: at(10)) == nil)
    let change = sources.note(router, from: other, at: at(20))
    #expect(change?.former == one && change?.current == other && change?.isContested == false)
    for second in 21..<2000 { #expect(sources.note(router, from: other, at: at(Int64(second))) == nil) }
    // Much later the first one is put back.
    #expect(sources.note(router, from: one, at: at(3000))?.isContested == false)
    #expect(sources.changes.map(\.count) == [2])
  }

  @Test("Two stations that send in turn are told from a replaced one")
  func contested() {
    var sources = LinkLayerSources()
    let changes = (0..<10).map { sources.note(router, from: $0 % 2 == 0 ? one : other, at: at(Int64($0))) }
    #expect(changes.map { $0?.isContested } == [nil, false] + Array(repeating: true, count: 8))
  }

  @Test("Whoever makes up addresses makes others be forgotten, and nothing grow")
  func bounded() {
    var sources = LinkLayerSources()
    for number in 0..<100_000 {
      let address = IPAddress.v4(IPv4Address(rawValue: UInt32(number)))
      _ = sources.note(address, from: one, at: at(Int64(number)))
      _ = sources.note(address, from: other, at: at(Int64(number)))
    }
    #expect(sources.changes.count == 64)
  }

  @Test("The kernel says which station has sent, also of a packet that it drops because it comes from our own address")
  func kernel() async throws {
    try await Namespace.withPair { left, right in
      try await left.run("ip link set left down; ip link set left address 02:00:00:00:00:2a; ip link set left up")
      try await left.run("ip address add 192.0.2.1/24 dev left; ip address add 192.0.2.2/24 dev left")
      try await right.run("ip address add 192.0.2.2/24 dev right")
      try await left.waitUntilUp("left")
      try await right.waitUntilUp("right")
      let index = try await right.index(of: "right")
      let watch = try await right.make { try LinkLayerWatch(.v4, interfaceIndex: index) }
      for source in ["192.0.2.1", "192.0.2.2"] {
        try await left.run(
          """
          python3 -c "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 89); s.bind(('\(source)', 0)); \
          s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('\(source)')); s.sendto(b'x' * 24, ('224.0.0.5', 0)); \
          u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('\(source)', 0)); \
          u.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('\(source)')); u.sendto(b'x', ('224.0.0.5', 9))"
          """)
      }
      var seen: [String] = []
      for _ in 0..<100 where seen.count < 2 {
        seen += try await right.on { watch.value.takeSources().map { "\($0.address) \($0.station)" } }
        if seen.count < 2 { try await Task.sleep(for: .milliseconds(20)) }
      }
      #expect(seen == ["192.0.2.1 02:00:00:00:00:2a", "192.0.2.2 02:00:00:00:00:2a"])
    }
  }
}
