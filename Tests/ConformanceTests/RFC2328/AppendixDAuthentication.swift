import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// A hand-made neighbor whose packets are authenticated.
private struct AuthenticatedNeighbor {
  let neighbor: HandMadeNeighbor
  var authentication: Authentication
  var sequenceNumber: UInt32

  /// Sends a Hello under the authentication.
  func sendHello(sequenceNumber: UInt32? = nil, heard: [RouterID]? = nil) {
    var hello = neighbor.hello
    if let heard { hello.neighbors = heard }
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(hello)).encode()
    authentication.seal(&bytes, sequenceNumber: UInt64(sequenceNumber ?? self.sequenceNumber))
    neighbor.send(bytes: bytes, to: .allSPFRouters)
  }
}

@Suite("RFC 2328 appendix D: authentication")
struct AppendixDAuthentication {
  private let old = CryptographicKey(id: 1, secret: Secret("old key"))
  private let new = CryptographicKey(id: 2, secret: Secret("new key"))

  private func bench(_ authentication: Authentication, wallClock: UInt32 = 0, mtu: Int = 1500) -> Bench {
    var definition = InterfaceDefinition.bench(type: .pointToPoint) { $0.authentication = authentication }
    definition.mtu = mtu
    return Bench(interfaces: [definition], wallClock: wallClock)
  }

  private func neighbor(
    on bench: Bench, _ authentication: Authentication, _ routerID: RouterID = "3.3.3.3"
  ) -> AuthenticatedNeighbor {
    AuthenticatedNeighbor(
      neighbor: HandMadeNeighbor(bench, routerID, "192.0.2.3"), authentication: authentication, sequenceNumber: 1000)
  }

  @Test("D.3: numbers are set aside once for many packets")
  func rareReservations() {
    let bench = bench(.cryptographic([old]))
    bench.run(for: .seconds(4000))
    #expect((390...410).contains(bench.sent(.hello).count))
    #expect(bench.reservedSequenceNumbers.isEmpty, "those that it was given are enough for twice as many")
    bench.run(for: .seconds(4000))
    #expect(bench.reservedSequenceNumbers.count == 1)
  }

  @Test("D.2: with a simple password every packet carries it, and those with it are accepted")
  func simplePassword() throws {
    let bench = bench(.simplePassword(Secret("sekret")))
    let neighbor = neighbor(on: bench, .simplePassword(Secret("sekret")))
    neighbor.sendHello()
    #expect(bench.state(of: "3.3.3.3") == .exStart)
    #expect(Set(bench.sent.map(\.type)) == [.hello, .databaseDescription])
    for packet in bench.sent {
      #expect(packet.packet.header.extent == .v2(authenticationType: 1, authentication: 0x7365_6B72_6574_0000))
    }
  }

  @Test("D.2: another simple password is refused, and what it is stays unsaid")
  func wrongPassword() {
    let bench = bench(.simplePassword(Secret("sekret")))
    neighbor(on: bench, .simplePassword(Secret("geheim"))).sendHello()
    #expect(bench.refusals == [.authenticationFailed(.password)])
    #expect(bench.state(of: "3.3.3.3") == .down)
    #expect(!"\(bench.events)".contains("geheim") && !"\(bench.events)".contains("sekret"))
  }

  @Test("D.4.3: every packet is under the key that was configured last, and has a digest after its length")
  func sentDigests() throws {
    let bench = bench(.cryptographic([old, new]))
    neighbor(on: bench, .cryptographic([old])).sendHello()
    #expect(bench.state(of: "3.3.3.3") == .exStart)
    #expect(!bench.sent.isEmpty)
    for packet in bench.sent {
      #expect(packet.packet.header.cryptographicKeyID == 2)
      #expect(packet.packet.authenticationData.count == 16)
      #expect(throws: Never.self) {
        try Authentication.cryptographic([new]).verify(packet.transmission.bytes, packet.packet.header)
      }
    }
  }

  @Test("D.4.3: a packet with its digest fits into the MTU")
  func capacity() throws {
    let bench = bench(.cryptographic([new]), mtu: 576)
    bench.advertise(
      (0..<60).map {
        Advertisement(prefix: IPPrefix(host: .v4(IPv4Address(10, 0, 0, $0))), kind: .external(metric: 1, type: .type2, tag: 0))
      })
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    neighbor.sendHello()
    let sender = AuthenticatingSender(neighbor: neighbor.neighbor, authentication: neighbor.authentication)
    sender.beMaster()
    let longest = try #require(bench.sent.map(\.transmission.bytes.count).max())
    #expect(longest <= 556)
    #expect(longest > 556 - 16 - 36)
  }

  @Test("D.5.3: the digest is verified with the key that the packet names; another key and an unknown one are refused")
  func wrongKeys() {
    let bench = bench(.cryptographic([old, new]))
    neighbor(on: bench, .cryptographic([CryptographicKey(id: 2, secret: Secret("geheim"))])).sendHello()
    neighbor(on: bench, .cryptographic([CryptographicKey(id: 9, secret: Secret("new key"))])).sendHello()
    neighbor(on: bench, .null).sendHello()
    #expect(
      bench.refusals == [
        .authenticationFailed(.digest(keyID: 2, algorithm: .md5)), .authenticationFailed(.unknownKey(id: 9)),
        .authenticationTypeMismatch(received: 0, ours: 2),
      ])
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("D.5: an unauthenticated packet says nothing about anybody's router ID")
  func noDuplicateFromStrangers() {
    let bench = bench(.cryptographic([new]))
    neighbor(on: bench, .null, bench.router.configuration.routerID).sendHello()
    #expect(bench.events.allSatisfy { if case .duplicateRouterID = $0 { false } else { true } })
  }

  @Test("D.5.3: a sequence number lower than the last one is refused, the same one and higher ones are not")
  func sequenceNumbers() {
    let bench = bench(.cryptographic([new]))
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    for number in [UInt32(1000), 1000, 1001, .max] { neighbor.sendHello(sequenceNumber: number) }
    #expect(bench.refusals.isEmpty)
    neighbor.sendHello(sequenceNumber: 1001)
    #expect(bench.refusals == [.cryptographicSequenceNumberTooLow(received: 1001, last: UInt64(UInt32.max), keyID: 2)])
    #expect(bench.state(of: "3.3.3.3") == .exStart)
  }

  @Test("D.5.3: a replayed Hello that lists nobody does not end the adjacency")
  func replay() {
    let bench = bench(.cryptographic([new]))
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    neighbor.sendHello(sequenceNumber: 999, heard: [])
    neighbor.sendHello(sequenceNumber: 1000)
    #expect(bench.state(of: "3.3.3.3") == .exStart)
    neighbor.sendHello(sequenceNumber: 999, heard: [])
    #expect(bench.state(of: "3.3.3.3") == .exStart)
  }

  @Test("D.5.3: a forged packet with a high sequence number does not shut out its pretended sender")
  func forgedSequenceNumber() {
    let bench = bench(.cryptographic([new]))
    var neighbor = neighbor(on: bench, .cryptographic([new]))
    neighbor.sendHello()
    neighbor.authentication = .cryptographic([CryptographicKey(id: 2, secret: Secret("guess"))])
    neighbor.sendHello(sequenceNumber: .max)
    neighbor.authentication = .cryptographic([new])
    bench.forget()
    neighbor.sendHello(sequenceNumber: 1001)
    #expect(bench.refusals.isEmpty)
  }

  @Test("D.3: a neighbor that has been dead may begin again with any number, as a new one may")
  func sequenceNumberAfterDeath() {
    let bench = bench(.cryptographic([new]))
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    neighbor.sendHello(sequenceNumber: 5000)
    bench.run(for: .seconds(41))
    #expect(bench.state(of: "3.3.3.3") == .down)
    neighbor.sendHello(sequenceNumber: 1)
    #expect(bench.state(of: "3.3.3.3") == .exStart)
  }

  @Test("D.3: so may a configured neighbor, which stays known while it is down")
  func sequenceNumberAfterDeathOfConfiguredNeighbor() {
    let bench = Bench(
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) {
          $0.authentication = .cryptographic([new])
          $0.neighbors = [ConfiguredNeighbor(address: .v4("192.0.2.3"), priority: 1)]
        }
      ])
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    neighbor.sendHello(sequenceNumber: 5000)
    #expect(bench.state(of: "3.3.3.3") > .down)
    bench.run(for: .seconds(41))
    bench.forget()
    neighbor.sendHello(sequenceNumber: 1)
    #expect(bench.refusals.isEmpty)
    #expect(bench.state(of: "3.3.3.3") > .down)
  }

  @Test("D.5.3: the numbers of all packets count, not only those of Hellos")
  func sequenceNumbersOfOtherPackets() {
    let bench = bench(.cryptographic([new]))
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    neighbor.sendHello()
    AuthenticatingSender(neighbor: neighbor.neighbor, authentication: neighbor.authentication).beMaster()
    #expect(bench.refusals.isEmpty)
    neighbor.sendHello(sequenceNumber: 1999)
    #expect(bench.refusals == [.cryptographicSequenceNumberTooLow(received: 1999, last: 2001, keyID: 2)])
  }

  @Test("D.3: our own numbers begin with the time of day, and each is above the one before, on all interfaces together")
  func ownSequenceNumbers() throws {
    let interfaces = [
      InterfaceDefinition.bench(type: .pointToPoint) { $0.authentication = .cryptographic([new]) },
      InterfaceDefinition.bench("198.51.100.1", name: "eth1", index: 3, type: .pointToPoint) {
        $0.authentication = .cryptographic([new])
      },
    ]
    let bench = Bench(interfaces: interfaces, wallClock: 1_700_000_000)
    bench.run(for: .seconds(35))
    let numbers = bench.sent.compactMap(\.packet.header.cryptographicSequenceNumber)
    #expect(numbers.count == 8)
    #expect(numbers == (0..<UInt32(numbers.count)).map { 1_700_000_000 + $0 })
  }

  @Test("RFC 7474 2: packets that leave in one turn, updates and acknowledgments among them, never share a number")
  func numbersOfOneTurn() throws {
    let bench = bench(.cryptographic([new]), wallClock: 1_000)
    bench.advertise((0..<60).map { .stub(IPPrefix(host: .v4(IPv4Address(10, 0, 0, $0))), metric: 1) })
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    neighbor.sendHello()
    AuthenticatingSender(neighbor: neighbor.neighbor, authentication: neighbor.authentication).beMaster()
    bench.run(for: .seconds(30))
    let numbers = bench.sent.compactMap(\.packet.header.cryptographicSequenceNumber)
    #expect(numbers.count > 8)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy(<))
  }

  @Test("RFC 7474 2: numbers are set aside before they are used, block by block")
  func reservations() {
    let bench = bench(.cryptographic([new]), wallClock: 1_000)
    let block = SequenceNumberReservation.blockSize
    var end = SequenceNumberReservation(wallClock: 1_000).end
    #expect(end & 0xFFFF_FFFF == 1_000 + block)
    for _ in 0..<40 {
      bench.run(for: .seconds(1_000))
      let used = bench.sent.compactMap(\.packet.header.cryptographicSequenceNumber).max() ?? 0
      end = bench.reservedSequenceNumbers.last ?? end
      #expect(UInt64(used) < end & 0xFFFF_FFFF)
    }
    #expect(bench.reservedSequenceNumbers.count > 3)
    #expect(bench.reservedSequenceNumbers == bench.reservedSequenceNumbers.sorted())
    let plain = self.bench(.null)
    plain.run(for: .seconds(40_000))
    #expect(plain.reservedSequenceNumbers.isEmpty)
  }

  @Test(
    "RFC 7474 2: a run begins above the numbers of the run before, whatever the clock says, and with the clock where those are lost",
    arguments: [Int64(0), 999, 1_000, 1_001, 5_000, 9_000_000_000])
  func nextRun(clock: Int64) {
    let first = SequenceNumberReservation(wallClock: 1_000)
    let next = SequenceNumberReservation(after: first.end, wallClock: clock)
    #expect(next.first >> 32 == max(first.end >> 32 + 1, UInt64(UInt32(clamping: clock))), "one run more")
    #expect(next.first & 0xFFFF_FFFF >= first.end & 0xFFFF_FFFF)
    #expect(next.first & 0xFFFF_FFFF >= UInt64(clamping: min(clock, 0xFFFF_FFFF)))
    let lost = SequenceNumberReservation(wallClock: clock)
    #expect(lost.first & 0xFFFF_FFFF == UInt64(UInt32(clamping: clock)))
  }

  @Test("RFC 7474 2: where it is demanded, the number of the last packet is refused, and said to be that")
  func equalSequenceNumber() {
    let bench = bench(.cryptographic([new]))
    bench.changeInterface { $0.settings.demandsIncreasingSequenceNumbers = true }
    let neighbor = neighbor(on: bench, .cryptographic([new]))
    for number in [UInt32(0), 1000, 1000, 1001] { neighbor.sendHello(sequenceNumber: number) }
    #expect(bench.refusals == [.cryptographicSequenceNumberTooLow(received: 1000, last: 1000, keyID: 2)])
    #expect(bench.refusals.first?.sentence.hasSuffix("is that of the neighbor's last packet") ?? false)
  }

  @Test("a reload that changes the keys ends no adjacency, and takes effect with the next packet")
  func changedKeys() throws {
    let bench = bench(.cryptographic([old]))
    var neighbor = neighbor(on: bench, .cryptographic([old]))
    neighbor.sendHello()
    bench.forget()
    bench.changeInterface { $0.settings.authentication = .cryptographic([old, new]) }
    bench.run(for: .seconds(10))
    #expect(bench.state(of: "3.3.3.3") == .exStart)
    #expect(!bench.sent.isEmpty && bench.sent.allSatisfy { $0.packet.header.cryptographicKeyID == 2 })
    neighbor.authentication = .cryptographic([new])
    neighbor.sendHello(sequenceNumber: 2000)
    #expect(bench.refusals.isEmpty)
    bench.changeInterface { $0.settings.authentication = .null }
    bench.forget()
    bench.run(for: .seconds(10))
    #expect(!bench.sent.isEmpty)
    #expect(bench.sent.allSatisfy { $0.packet.header.extent == .v2(authenticationType: 0, authentication: 0) })
    #expect(bench.undecodable.isEmpty)
  }

  @Test("RFC 5709 3.2: HMAC-SHA is another digest under the same AuType", arguments: CryptographicAlgorithm.allCases)
  func algorithms(algorithm: CryptographicAlgorithm) {
    let key = CryptographicKey(id: 3, algorithm: algorithm, secret: Secret("key"))
    let bench = bench(.cryptographic([key]))
    neighbor(on: bench, .cryptographic([key])).sendHello()
    #expect(bench.state(of: "3.3.3.3") == .exStart)
    #expect(bench.sent.allSatisfy { $0.packet.authenticationData.count == algorithm.digestLength })
  }
}

/// Sends a neighbor's packets under authentication.
private struct AuthenticatingSender {
  let neighbor: HandMadeNeighbor
  let authentication: Authentication

  /// Leads the engine through the database exchange as far as its first description of its whole database.
  func beMaster() {
    let first = DatabaseDescription(
      interfaceMTU: 576, options: neighbor.options, flags: [.initialize, .more, .master], sequenceNumber: 77, lsaHeaders: [])
    let second = DatabaseDescription(
      interfaceMTU: 576, options: neighbor.options, flags: [.master, .more], sequenceNumber: 78, lsaHeaders: [])
    for (number, description) in [first, second].enumerated() {
      var bytes = Packet(header: neighbor.header(.databaseDescription), body: .databaseDescription(description)).encode()
      authentication.seal(&bytes, sequenceNumber: 2000 + UInt64(number))
      neighbor.send(bytes: bytes, to: .allSPFRouters)
    }
  }
}
