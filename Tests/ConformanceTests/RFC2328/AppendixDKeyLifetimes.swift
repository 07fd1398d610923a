import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite("RFC 2328 D.3: keys whose lifetimes begin and end")
struct KeyLifetimes {
  private func key(_ id: UInt16, _ send: KeyLifetime, accept: KeyLifetime = .always) -> CryptographicKey {
    CryptographicKey(id: id, algorithm: .hmacSHA256, secret: Secret("key \(id)"), sendLifetime: send, acceptLifetime: accept)
  }

  /// The bench begins with second 1000 of the calendar.
  private func bench(_ keys: [CryptographicKey]) -> Bench {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    bench.setWallClock(1_000)
    bench.changeInterface { $0.settings.authentication = .cryptographic(keys) }
    bench.forget()
    return bench
  }

  private func sentKeys(_ bench: Bench) -> [UInt16] { bench.sent.map(\.packet.header.cryptographicKeyID) }

  /// What was told of keys: the ID of the one in force, 0 for none.
  private func keyEvents(_ bench: Bench) -> [UInt16] {
    var told: [UInt16] = []
    for event in bench.events {
      if case .keyInForce(_, let keyID) = event { told.append(keyID) }
      if case .noKeyInForce = event { told.append(0) }
    }
    return told
  }

  @Test("the next key takes over at its second, without a word of the configuration, and that is told")
  func rollover() {
    let bench = bench([key(2, KeyLifetime(start: 1_035)), key(1, KeyLifetime(end: 1_100))])
    bench.run(for: .seconds(100))
    #expect(sentKeys(bench) == [1, 1, 1, 2, 2, 2, 2, 2, 2, 2])
    #expect(keyEvents(bench) == [2])
  }

  @Test("with no key in force nothing is sent, unauthenticated neither, until there is one again; both are told once")
  func gap() {
    let bench = bench([key(1, KeyLifetime(end: 1_015)), key(2, KeyLifetime(start: 1_055))])
    bench.run(for: .seconds(100))
    #expect(sentKeys(bench) == [1, 2, 2, 2, 2, 2])
    #expect(keyEvents(bench) == [0, 2])
    #expect(bench.sent.allSatisfy { $0.packet.header.isCryptographicallyAuthenticated })
  }

  @Test("a packet under a key whose accept lifetime is over is refused, and the refusal says that")
  func acceptance() throws {
    let old = key(1, .always, accept: KeyLifetime(end: 1_020))
    let bench = bench([old, key(2, KeyLifetime(start: 1_000))])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    func hello(_ number: UInt64) {
      var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
      Authentication.cryptographic([old]).seal(&bytes, sequenceNumber: number)
      neighbor.send(bytes: bytes, to: .allSPFRouters)
    }
    hello(1)
    #expect(bench.refusals.isEmpty)
    bench.run(for: .seconds(21))
    hello(2)
    #expect(bench.refusals == [.authenticationFailed(.keyNotInForce(id: 1))])
  }

  @Test("a clock that is set is heeded at once, in both directions")
  func clock() throws {
    let bench = bench([key(1, KeyLifetime(end: 5_000)), key(2, KeyLifetime(start: 5_001))])
    bench.setWallClock(6_000)
    #expect(try bench.interface().keys.sendingKey?.id == 2)
    bench.setWallClock(1_000)
    #expect(try bench.interface().keys.sendingKey?.id == 1)
    #expect(keyEvents(bench) == [2, 1])
    // A reading that is a second off is no clock that was set.
    bench.setWallClock(1_001)
    #expect(try bench.interface().wallClock == 1_000)
  }
}
