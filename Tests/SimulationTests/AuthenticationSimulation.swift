import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// Engines on one network whose key is changed one after the other, as operators do it: first every router learns the new key, then
/// every router forgets the old one.
@Suite struct AuthenticationSimulation {
  private let old = CryptographicKey(id: 1, secret: Secret("old"))
  private let new = CryptographicKey(id: 2, algorithm: .hmacSHA256, secret: Secret("new"))

  private func network(
    seed: UInt64, hosts: Int, isStrict: Bool = false, _ authentication: (Int) -> Authentication
  ) -> VirtualNetwork {
    let network = VirtualNetwork(.ospfv2, seed: seed)
    let segment = network.addSegment(VirtualSegment(.broadcast, "10.0.0.0/24"))
    // Numbers that increase and a network that overtakes itself do not go together: what comes late is refused, and sent again.
    network.segments[segment].faults.delay = .microseconds(200)...(.microseconds(200))
    for host in 0..<hosts {
      _ = network.addHost(RouterConfiguration(version: .v2, routerID: RouterID(rawValue: UInt32(host + 1))))
      var settings = InterfaceSettings(area: .backbone, priority: 1)
      settings.authentication = authentication(host)
      settings.demandsIncreasingSequenceNumbers = isStrict
      network.attach(host, to: segment, settings)
      network.start(host)
    }
    return network
  }

  private func refusals(_ network: VirtualNetwork, since position: Int = 0) -> [Refusal] {
    network.events.dropFirst(position).compactMap { event in
      if case .packetRefused(_, _, _, let reason) = event.event { reason } else { nil }
    }
  }

  private func adjacencies(_ network: VirtualNetwork) -> Int {
    network.hosts.indices.reduce(0) { sum, host in sum + network.neighbors(host).count { $0.state == .full } }
  }

  @Test(
    "a key is changed router by router within RouterDeadInterval: no adjacency is lost, and what was refused meanwhile arrives",
    arguments: UInt64(1)...20)
  func rollover(seed: UInt64) {
    let network = network(seed: seed, hosts: 4) { _ in .cryptographic([old]) }
    network.run(for: .seconds(90))
    #expect(adjacencies(network) == 10)
    let before = network.events.count
    for keys in [[old, new], [new]] {
      for host in network.hosts.indices {
        // Under the new key at once, which those that have not learned it refuse.
        network.changeInterface(host, 0) { $0.settings.authentication = .cryptographic(keys) }
        network.advertise(host, [.stub(IPPrefix(host: .v4(IPv4Address(192, 0, 2, UInt8(host)))), metric: 1)])
        network.run(for: .seconds(8))
      }
    }
    network.run(for: .seconds(60))
    #expect(refusals(network, since: before).contains(.authenticationFailed(.unknownKey(id: 2))))
    let changes = network.events.dropFirst(before).filter { if case .neighborStateChanged = $0.event { true } else { false } }
    #expect(changes.isEmpty)
    #expect(adjacencies(network) == 10)
    let databases = network.hosts.indices.map { host in
      Set(network.database(host).map { "\($0.header.key) \($0.header.sequenceNumber)" })
    }
    #expect(databases.allSatisfy { $0 == databases[0] && $0.count >= 5 })
  }

  @Test("routers that accept both keys before anybody sends under the new one lose no packet")
  func orderlyRollover() {
    // The key to send with is the last one.
    let network = network(seed: 5, hosts: 4) { _ in .cryptographic([old]) }
    network.run(for: .seconds(90))
    let before = network.events.count
    for keys in [[new, old], [old, new], [new]] {
      for host in network.hosts.indices {
        network.changeInterface(host, 0) { $0.settings.authentication = .cryptographic(keys) }
        network.run(for: .seconds(20))
      }
    }
    #expect(refusals(network, since: before).isEmpty)
    #expect(
      network.events.dropFirst(before).allSatisfy { if case .neighborStateChanged = $0.event { false } else { true } })
    #expect(adjacencies(network) == 10)
  }

  @Test("a router that crashes and comes back is accepted at once, because its sequence numbers go on", arguments: UInt64(1)...10)
  func restart(seed: UInt64) {
    let network = network(seed: seed, hosts: 3) { _ in .cryptographic([old]) }
    network.run(for: .seconds(90))
    let before = network.events.count
    network.crash(1)
    network.run(for: .seconds(2))
    network.start(1)
    network.run(for: .seconds(90))
    #expect(adjacencies(network) == 6)
    #expect(
      !refusals(network, since: before).contains { if case .cryptographicSequenceNumberTooLow = $0 { true } else { false } })
  }

  @Test(
    "routers that refuse an equal number, as FRR from version 10.6 on does, refuse none, also after a crash with the clock set back",
    arguments: UInt64(1)...10, [Int64(0), -100_000, 100_000])
  func strictReceivers(seed: UInt64, clockStep: Int64) {
    let network = network(seed: seed, hosts: 4, isStrict: true) { _ in .cryptographic([old]) }
    for host in network.hosts.indices {
      network.advertise(host, (0..<UInt8(40)).map { .stub(IPPrefix(host: .v4(IPv4Address(192, 0, UInt8(host), $0))), metric: 1) })
    }
    network.run(for: .seconds(90))
    for _ in 0..<3 {
      network.crash(1)
      network.run(for: .seconds(2))
      network.setClock(1, by: clockStep)
      network.start(1)
      network.run(for: .seconds(60))
    }
    #expect(adjacencies(network) == 10)
    #expect(refusals(network).allSatisfy { if case .cryptographicSequenceNumberTooLow = $0 { false } else { true } })
  }

  @Test("a router with another key is nobody's neighbor, and does not disturb the others")
  func stranger() {
    let network = network(seed: 9, hosts: 3) { host in
      .cryptographic([host == 2 ? CryptographicKey(id: 1, secret: Secret("guess")) : old])
    }
    network.run(for: .seconds(120))
    #expect(network.neighbors(2).isEmpty)
    #expect(adjacencies(network) == 2)
    #expect(Set(refusals(network)) == [.authenticationFailed(.digest(keyID: 1, algorithm: .md5))])
  }
}
