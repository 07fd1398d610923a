import OSPFProtocol
import OSPFWire
import Testing

@testable import BFDProtocol

@Suite("RFC 5880 6.7: authentication")
struct AuthenticationTests {
  private static func parameters(
    _ type: AuthenticationType, _ keys: [SessionAuthentication.Key] = [.init(id: 5, secret: Secret("open sesame"))]
  ) -> SessionParameters {
    var parameters = SessionParameters.bench
    parameters.authentication = SessionAuthentication(type: type, keys: keys)
    return parameters
  }

  /// What a neighbor with the same key sends.
  private func sealed(
    _ packet: ControlPacket, _ type: AuthenticationType, sequenceNumber: UInt32, secret: String = "open sesame", id: UInt8 = 5
  ) -> [UInt8] {
    var state = AuthenticationState(xmitAuthSeq: sequenceNumber &- 1)
    var octets: [UInt8] = []
    SessionAuthentication(type: type, keys: [.init(id: id, secret: Secret(secret))]).seal(packet, &state, into: &octets)
    return octets
  }

  @Test("Two systems with the same key come up", arguments: AuthenticationType.allCases)
  func comesUp(type: AuthenticationType) {
    let bench = SessionBench(Self.parameters(type))
    bench.receive(sealed(bench.packet(.down, yourDiscriminator: .zero), type, sequenceNumber: .max))
    bench.receive(sealed(bench.packet(.up), type, sequenceNumber: 0))
    #expect(bench.refusals == [])
    #expect(bench.state == .up)
  }

  @Test("RFC 5881 5: with authentication too a packet from further away is refused, unless that is allowed")
  func fromFurtherAway() {
    let bench = SessionBench(Self.parameters(.keyedSHA1))
    let octets = sealed(bench.packet(.down, yourDiscriminator: .zero), .keyedSHA1, sequenceNumber: 1)
    bench.receive(octets, ttl: 254)
    #expect(bench.refusals == [.ttl(received: 254, minimum: 255)])
    bench.receive(octets)
    #expect(bench.refusals.count == 1)
  }

  @Test("Of two keys with one ID the later one counts, for what is received as for what is sent")
  func keyIDTwice() throws {
    let keys = ["former", "open sesame"].map { SessionAuthentication.Key(id: 5, secret: Secret($0)) }
    let bench = SessionBench(Self.parameters(.simplePassword, keys))
    bench.receive(sealed(bench.packet(.down, yourDiscriminator: .zero), .simplePassword, sequenceNumber: 0))
    bench.receive(sealed(bench.packet(.up), .simplePassword, sequenceNumber: 0))
    #expect(bench.refusals == [])
    #expect(bench.state == .up)
    let sections = bench.takeSent().compactMap(\.authentication)
    #expect(try #require(sections.last).data == [5] + Array("open sesame".utf8))
  }

  @Test("Our packets carry type, length, key ID and a sequence number that grows", arguments: AuthenticationType.allCases)
  func sections(type: AuthenticationType) throws {
    let bench = SessionBench(Self.parameters(type))
    bench.run(.seconds(3))
    let sections = bench.takeSent().compactMap(\.authentication)
    #expect(sections.count >= 3)
    #expect(sections.allSatisfy { $0.type == type.rawValue && $0.keyID == 5 && Int($0.length) == $0.data.count + 2 })
    guard type != .simplePassword else { return }
    let numbers = sections.compactMap(\.sequenceNumber)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 &+ 1 })
  }

  @Test("6.7.4: the digest is SHA1 over the packet with the key in its place")
  func knownSHA1() {
    // Made with Python's hashlib from the octets that the RFC describes.
    let packet = ControlPacket(
      state: .down, detectMultiplier: 3, myDiscriminator: Discriminator(rawValue: 1), yourDiscriminator: .zero,
      desiredMinTxInterval: Microseconds(rawValue: 1_000_000), requiredMinRxInterval: Microseconds(rawValue: 300_000))
    let octets = sealed(packet, .meticulousKeyedSHA1, sequenceNumber: 7, secret: "secret", id: 2)
    #expect(octets.count == 52 && octets[3] == 52 && octets[1] == 0x44)
    #expect(Array(octets[24..<32]) == [5, 28, 2, 0, 0, 0, 0, 7])
    let digest = octets.suffix(20).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(digest == "57e474fdc280e4743b04d92885e89e3a1554bd75")
    let md5 = sealed(packet, .keyedMD5, sequenceNumber: 7, secret: "secret", id: 2)
    #expect(md5.count == 48)
    let md5Digest = md5.suffix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(md5Digest == "7f1d99a9267dab5288e5291b67c984ae")
  }

  @Test("6.7.2 to 6.7.4: of a longer password or key the first octets count", arguments: AuthenticationType.allCases)
  func longKey(type: AuthenticationType) {
    let packet = SessionBench().packet(.down, yourDiscriminator: .zero)
    let key = "a key of more octets than any of them takes"
    let cut = String(key.prefix(type.digestLength))
    #expect(sealed(packet, type, sequenceNumber: 1, secret: key) == sealed(packet, type, sequenceNumber: 1, secret: cut))
  }

  @Test("Another key, another type and another key ID are refused, each with its name")
  func refused() {
    let bench = SessionBench(Self.parameters(.keyedSHA1))
    let packet = bench.packet(.down, yourDiscriminator: .zero)
    bench.receive(sealed(packet, .keyedSHA1, sequenceNumber: 1, secret: "open sesam"))
    bench.receive(sealed(packet, .keyedMD5, sequenceNumber: 1))
    bench.receive(sealed(packet, .keyedSHA1, sequenceNumber: 1, id: 6))
    #expect(
      bench.refusals == [
        .authentication(.digest(keyID: 5)), .authentication(.type(received: 2, ours: .keyedSHA1)),
        .authentication(.unknownKey(id: 6)),
      ])
  }

  @Test("Every changed octet of a packet is noticed", arguments: [AuthenticationType.keyedMD5, .meticulousKeyedSHA1])
  func tampered(type: AuthenticationType) {
    let bench = SessionBench(Self.parameters(type))
    let octets = sealed(bench.packet(.down, yourDiscriminator: .zero), type, sequenceNumber: 9)
    for index in octets.indices {
      var changed = octets
      changed[index] ^= 0x10
      bench.receive(changed)
    }
    #expect(bench.state == .down)
    #expect(bench.snapshot?.remoteDiscriminator == .zero)
    #expect(bench.refusals.count == octets.count)
  }

  @Test("6.7.3 and 6.7.4: a meticulous sequence number is greater by 1 to three times Detect Mult")
  func meticulousWindow() {
    let bench = SessionBench(Self.parameters(.meticulousKeyedSHA1))
    func receive(_ sequenceNumber: UInt32) {
      bench.receive(sealed(bench.packet(.down, yourDiscriminator: .zero), .meticulousKeyedSHA1, sequenceNumber: sequenceNumber))
    }
    receive(100)
    receive(100)
    receive(99)
    receive(110)
    receive(109)
    #expect(
      bench.refusals == [100, 99, 110].map { .authentication(.sequenceNumber(received: $0, last: 100)) })
  }

  @Test("6.7.3 and 6.7.4: a sequence number that is not meticulous may be repeated")
  func keyedWindow() {
    let bench = SessionBench(Self.parameters(.keyedSHA1))
    for number: UInt32 in [100, 100, 109, 108] {
      bench.receive(sealed(bench.packet(.down, yourDiscriminator: .zero), .keyedSHA1, sequenceNumber: number))
    }
    #expect(bench.refusals == [.authentication(.sequenceNumber(received: 108, last: 109))])
  }

  @Test("6.8.1: after two Detection Times of silence any sequence number will do")
  func authSeqKnown() {
    let bench = SessionBench(Self.parameters(.meticulousKeyedSHA1))
    let packet = bench.packet(.down, yourDiscriminator: .zero, tx: .seconds(1))
    bench.receive(sealed(packet, .meticulousKeyedSHA1, sequenceNumber: 100))
    bench.run(.milliseconds(5999))
    bench.receive(sealed(packet, .meticulousKeyedSHA1, sequenceNumber: 5))
    #expect(bench.refusals.count == 1)
    bench.run(.milliseconds(1))
    bench.receive(sealed(packet, .meticulousKeyedSHA1, sequenceNumber: 5))
    #expect(bench.refusals.count == 1)
    #expect(bench.state == .`init`)
  }

  @Test("A packet that is not authentic does not set the sequence number")
  func forgedFirst() {
    let bench = SessionBench(Self.parameters(.meticulousKeyedSHA1))
    let packet = bench.packet(.down, yourDiscriminator: .zero)
    bench.receive(sealed(packet, .meticulousKeyedSHA1, sequenceNumber: 4_000_000, secret: "guess"))
    bench.receive(sealed(packet, .meticulousKeyedSHA1, sequenceNumber: 3))
    #expect(bench.state == .`init`)
  }

  @Test("During a change of keys both are accepted, and the last one seals")
  func twoKeys() {
    let keys: [SessionAuthentication.Key] = [.init(id: 5, secret: Secret("open sesame")), .init(id: 6, secret: Secret("new"))]
    let bench = SessionBench(Self.parameters(.keyedSHA1, keys))
    #expect(bench.sessions.nextDeadline != nil)
    bench.run(.zero)
    #expect(bench.takeSent().last?.authentication?.keyID == 6)
    bench.receive(sealed(bench.packet(.down, yourDiscriminator: .zero), .keyedSHA1, sequenceNumber: 1))
    bench.receive(sealed(bench.packet(.up), .keyedSHA1, sequenceNumber: 2, secret: "new", id: 6))
    #expect(bench.state == .up)
  }

  @Test("RFC 5881 5: with authentication minimum-ttl says how far a packet may have come")
  func minimumTTL() {
    var parameters = Self.parameters(.keyedSHA1)
    parameters.minimumTTL = 250
    let bench = SessionBench(parameters)
    let packet = bench.packet(.down, yourDiscriminator: .zero)
    bench.receive(sealed(packet, .keyedSHA1, sequenceNumber: 1), ttl: 249)
    #expect(bench.refusals == [.ttl(received: 249, minimum: 250)])
    bench.receive(sealed(packet, .keyedSHA1, sequenceNumber: 1), ttl: 250)
    #expect(bench.state == .`init`)
  }
}
