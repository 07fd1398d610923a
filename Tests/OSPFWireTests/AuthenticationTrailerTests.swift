import OSPFWire
import Testing

@Suite("OSPFv3 authentication trailer, RFC 7166")
struct AuthenticationTrailerTests {
  private let source = IPv6Address(high: 0xFE80_0000_0000_0000, low: 10)
  /// A Hello with the AT-bit, from fe80::a.
  private let plain = octets("03010024 01010101 00000000 00000000 00000002 01000413 000a0028 0000000000000000")
  /// Until the digest: an HMAC, key 1234, sequence number 0x700000009.
  private func trailer(_ digestLength: Int) -> [UInt8] {
    octets("0001") + [0, UInt8(16 + digestLength)] + octets("0000 04d2 00000007 00000009")
  }

  private func key(_ secret: String, _ algorithm: CryptographicAlgorithm = .hmacSHA256) -> CryptographicKey {
    CryptographicKey(id: 1234, algorithm: algorithm, secret: Secret(secret))
  }

  private func verify(_ bytes: [UInt8], _ authentication: Authentication, from source: IPv6Address? = nil) throws {
    let packet = try Packet.decode(bytes.rawSpan, version: .v3)
    try authentication.verify(bytes, packet, from: .v6(source ?? self.source))
  }

  private func sealed(_ authentication: Authentication) -> [UInt8] {
    var packet = plain
    authentication.seal(&packet, sequenceNumber: 0x7_0000_0009, from: .v6(source))
    return packet
  }

  @Test(
    "4.1 and 4.5: trailers to the octet; a key that is longer than the digest with its Protocol ID is hashed first",
    arguments: [
      (CryptographicAlgorithm.hmacSHA1, "sekret", "c30cd442aa4188de344094e3ad9ad5f0be113cb1"),
      (.hmacSHA1, "long", "3cc67fcae73fe574b6e9d85b34471b96fbe7b430"),
      (.hmacSHA256, "sekret", "8a2c62b5697a4d9ef07d7557073c522d71959d200199134a0aa8e6a3b9092297"),
      (.hmacSHA256, "long", "be93e708000385ea593743bf53a2d42c835bd85c6311d4cdef67a076f1c8c6dd"),
      (
        .hmacSHA384, "sekret", "c8e245181cf5887ec5341412dd4501334b16bc1776ef81b89fd2dd72e0d707a3b65fd6d913a78f1dbd28052a8c32fce6"
      ),
      (.hmacSHA384, "long", "9f2eee8a423f462929f5eb8d428f57a3ef13e93696c210aca48cd6fddec62becdbc2c205dd0cc535e0c7075ef50d1f98"),
      (
        .hmacSHA512, "sekret",
        "91b46b27aa2624686ea2ee745c9ab886cd1dd6e3cb5a395869e85d439cb0be1f914d108a5bbff2a0b089fc5c33035105f4b6a2bd50b2bad122b4c03f91a9ebd0"
      ),
      (
        .hmacSHA512, "long",
        "f6de671414a0db3a8c751b479967175cef51eb639bd152e6bc4d6483dd0da8ddd66fd0c194e1d8637859a322cee0c7dea7c33f70eb5e654beaaf8681db9eff71"
      ),
    ])
  func vectors(algorithm: CryptographicAlgorithm, secret: String, digest: String) throws {
    let secret = secret == "long" ? String(repeating: "x", count: 100) : secret
    let authentication = Authentication.trailer([key(secret, algorithm)])
    let packet = sealed(authentication)
    #expect(packet == plain + trailer(algorithm.digestLength) + octets(digest))
    #expect(authentication.trailerLength == packet.count - plain.count)
    #expect(try Packet.decode(packet.rawSpan, version: .v3).cryptographicSequenceNumber == 0x7_0000_0009)
    try verify(packet, authentication)
  }

  @Test("4.1: under the AT-bit an LLS data block has no checksum, and the digest covers it")
  func linkLocalSignaling() throws {
    let packet = octets(
      "030100240101010100000000000000000000000201000613000a00280000000000000000", "000000030001000400000001",
      "00010030000004d20000000700000009", "053745cc2a9b70b0653d8d232240c6636e754533a50408f59ffc32fdf0c20d80")
    var sent = Array(packet[..<36])
    Authentication.trailer([key("sekret")])
      .seal(
        &sent, with: LinkLocalSignaling([.extendedOptions(.init(rawValue: 1))]), sequenceNumber: 0x7_0000_0009, from: .v6(source))
    #expect(sent == packet)
    let decoded = try Packet.decode(packet.rawSpan, version: .v3)
    #expect(decoded.linkLocalSignaling?.checksum == 0)
    #expect(decoded.linkLocalSignaling?.tlvs.map(\.type) == [1])
    #expect(decoded.trailer.count == 48)
    try verify(packet, .trailer([key("sekret")]))
    var changed = packet
    changed[47] ^= 1
    #expect(throws: AuthenticationError.digest(keyID: 1234, algorithm: .hmacSHA256)) {
      try verify(changed, .trailer([key("sekret")]))
    }
  }

  /// A Hello as another implementation seals it, from the unspecified address with the key `HOLO` of ID 1: with an LLS data block and
  /// without one.
  private func foreign(_ algorithm: CryptographicAlgorithm, hasSignaling: Bool, _ digest: String) -> [UInt8] {
    let options = hasSignaling ? "0613" : "0413"
    let length = UInt8(16 + algorithm.digestLength)
    return octets("03010028 01010101 00000001 00000000 00000004 0100\(options) 00030024 0000000000000000 02020202")
      + (hasSignaling ? octets("00000003 00010004 00000003") : []) + octets("0001") + [0, length]
      + octets("00000001 00000000 3245d014", digest)
  }

  @Test(
    "4.1: what another implementation seals is verified, with an LLS data block that has no checksum and without one",
    arguments: [
      (CryptographicAlgorithm.hmacSHA1, false, "72acc6d9af894a11b643e07c77ce6bf99ad14f4b"),
      (.hmacSHA1, true, "feefc6ce7dbe664ec3920cc92f6d421f38b2d23c"),
      (.hmacSHA256, false, "dabc49c09bc23c5d5819e11fa0a3ef4bd0f4b4e251eaeee8781b72d2a99f0f91"),
      (.hmacSHA256, true, "df4b8787ea1faf92e9cc0d1fbc70f7bc58a71e37c14e6e8a22e3d1c72dedef67"),
      (
        .hmacSHA384, false,
        "a65cb40d57945f3dadba914c52f1c36deb5da449de08a2755f23134d58f529cf3a1ca7871c2fa7cca8f1bdab2176a265"
      ),
      (
        .hmacSHA384, true,
        "b2e69b9e54d0adb959ad9c351c0896da7277304b1588cc18f0c402a96765828768f5c072102ba04c1e448fa1be69ac6e"
      ),
      (
        .hmacSHA512, false,
        "ae306854bcd27f7666646b6fb015f6428dbd4ed7ae9b3dd1bca27db6f814b5bedeb84b9d617633ef55630b613a2f497ee70870d06ec62cabab92992daeec0cf7"
      ),
      (
        .hmacSHA512, true,
        "431e7bcd0046e56cb646638702eb5b10e0d07e9620db347e12d88cf0aafdd932cc2f85ef5f63cd5f0b10a80af77a277f3cc94bc4c0f892a543f0ac73e1f5fe7a"
      ),
    ])
  func foreignVectors(algorithm: CryptographicAlgorithm, hasSignaling: Bool, digest: String) throws {
    let packet = foreign(algorithm, hasSignaling: hasSignaling, digest)
    let key = CryptographicKey(id: 1, algorithm: algorithm, secret: Secret("HOLO"))
    let decoded = try Packet.decode(packet.rawSpan, version: .v3)
    #expect(decoded.linkLocalSignaling?.tlvs.map(\.value) == (hasSignaling ? [[0, 0, 0, 3]] : nil))
    #expect(decoded.cryptographicSequenceNumber == 843_436_052)
    try verify(packet, .trailer([key]), from: IPv6Address(high: 0, low: 0))
    for position in 40..<packet.count - algorithm.digestLength - 16 {
      var changed = packet
      changed[position] ^= 1
      #expect(throws: (any Error).self, "octet \(position)") {
        try verify(changed, .trailer([key]), from: IPv6Address(high: 0, low: 0))
      }
    }
  }

  @Test("4.6: another key, key ID, digest length and source address are refused, and so is either side without a trailer")
  func refusals() throws {
    let packet = sealed(.trailer([key("sekret")]))
    let wrong = AuthenticationError.digest(keyID: 1234, algorithm: .hmacSHA256)
    #expect(throws: wrong) { try verify(packet, .trailer([key("other")])) }
    #expect(throws: wrong) { try verify(packet, .trailer([key("sekret")]), from: IPv6Address(high: 0xFE80 << 48, low: 11)) }
    #expect(throws: AuthenticationError.unknownKey(id: 1234)) { try verify(packet, .trailer([])) }
    #expect(throws: AuthenticationError.digestLength(keyID: 1234, algorithm: .hmacSHA1, received: 32)) {
      try verify(packet, .trailer([key("sekret", .hmacSHA1)]))
    }
    #expect(throws: AuthenticationError.trailer(isThere: true)) { try verify(packet, .null) }
    var silent = plain
    silent[22] = 0x00
    for bytes in [plain, silent, Array(packet.dropLast())] {
      #expect(throws: AuthenticationError.trailer(isThere: false)) { try verify(bytes, .trailer([key("sekret")])) }
    }
    #expect(throws: Never.self) { try verify(silent, .null) }
  }

  @Test("4.5: FRR before version 9.1 has the Protocol ID in the other order, which is told and can be configured")
  func protocolIDOrder() throws {
    let packet = sealed(.trailer([key("sekret")], .littleEndian))
    #expect(packet != sealed(.trailer([key("sekret")])))
    try verify(packet, .trailer([key("sekret")], .littleEndian))
    #expect(throws: AuthenticationError.protocolIDOrder(received: .littleEndian)) {
      try verify(packet, .trailer([key("sekret")]))
    }
    #expect(throws: AuthenticationError.protocolIDOrder(received: .network)) {
      try verify(sealed(.trailer([key("sekret")])), .trailer([key("sekret")], .littleEndian))
    }
  }

  @Test("4.6: whichever octet changes, the digest is wrong or the packet no longer one with a trailer")
  func mutations() throws {
    let packet = sealed(.trailer([key("sekret")]))
    for position in 4..<packet.count where position != 36 {
      var mutated = packet
      mutated[position] ^= 1
      guard (try? Packet.decode(mutated.rawSpan, version: .v3)) != nil else { continue }
      // The Authentication Type is not looked at beyond the digest, which covers it as well.
      #expect(throws: AuthenticationError.self, "octet \(position)") { try verify(mutated, .trailer([key("sekret")])) }
    }
  }
}

@Suite("OSPFv2 authentication with extended sequence numbers, RFC 7474")
struct ExtendedSequenceNumberTests {
  private let plain = octets(
    "0201002c 01010101 00000000 0000 0000 0000000000000000 ffffff00 000a 02 01 00000028 00000000 00000000")
  private let authentication = Authentication.extendedCryptographic([
    CryptographicKey(id: 5, algorithm: .hmacSHA256, secret: Secret("sekret"))
  ])

  private func verify(_ bytes: [UInt8], from source: IPv4Address = IPv4Address(10, 0, 0, 1)) throws {
    try authentication.verify(bytes, try Packet.decode(bytes.rawSpan, version: .v2), from: .v4(source))
  }

  @Test("3, 5 and 6: to the octet; the digest covers the source address and the sequence number of 64 bits")
  func vector() throws {
    var packet = plain
    authentication.seal(&packet, sequenceNumber: 0x7_0000_0009, from: .v4(IPv4Address(10, 0, 0, 1)))
    #expect(
      packet
        == octets(
          "0201002c0101010100000000000000030000002000000005ffffff00000a02010000002800000000000000000000000700000009",
          "f6ef8db64f8a84947c59cee3c38e56819c90fbbb88fb3c7a3225845d2a4e7134"))
    #expect(packet.count == plain.count + authentication.trailerLength)
    let decoded = try Packet.decode(packet.rawSpan, version: .v2)
    #expect(decoded.cryptographicSequenceNumber == 0x7_0000_0009)
    #expect(decoded.header.cryptographicKeyID == 5)
    try verify(packet)
    let wrong = AuthenticationError.digest(keyID: 5, algorithm: .hmacSHA256)
    #expect(throws: wrong) { try verify(packet, from: IPv4Address(10, 0, 0, 2)) }
    packet[51] ^= 1
    #expect(throws: wrong) { try verify(packet) }
    #expect(throws: AuthenticationError.digestLength(keyID: 5, algorithm: .hmacSHA256, received: 31)) {
      try verify(Array(packet.dropLast()))
    }
  }

  @Test("AuType 2 and 3 are told apart")
  func types() throws {
    var packet = plain
    Authentication.cryptographic([CryptographicKey(id: 5, algorithm: .hmacSHA256, secret: Secret("sekret"))])
      .seal(&packet, sequenceNumber: 1)
    #expect(throws: AuthenticationError.type(received: 2, ours: 3)) { try verify(packet) }
  }
}

@Suite("Lifetimes of keys, RFC 2328 D.3 and RFC 7474 4.1")
struct KeyLifetimeTests {
  private func key(_ id: UInt16, send: KeyLifetime = .always, accept: KeyLifetime = .always) -> CryptographicKey {
    CryptographicKey(id: id, secret: Secret("x"), sendLifetime: send, acceptLifetime: accept)
  }

  @Test("the key that began last is sent with, all that are accepted are accepted, and the next change is known")
  func choice() {
    let keys = [
      key(3, send: KeyLifetime(start: 300), accept: KeyLifetime(start: 250)),
      key(2, send: KeyLifetime(start: 200, end: 320), accept: KeyLifetime(start: 150, end: 400)),
      key(1, send: KeyLifetime(end: 199), accept: KeyLifetime(end: 249)),
    ]
    func at(_ now: Int64) -> (UInt16?, [UInt16], Int64?) {
      let state = Authentication.cryptographic(keys).inForce(at: now)
      return (state.sendingKey?.id, state.accepting.keys.map(\.id), state.nextChange)
    }
    #expect(at(0) == (1, [1], 150))
    #expect(at(199) == (1, [2, 1], 200))
    #expect(at(200) == (2, [2, 1], 250))
    #expect(at(250) == (2, [3, 2], 300))
    #expect(at(300) == (3, [3, 2], 321))
    #expect(at(321) == (3, [3, 2], 401))
    #expect(at(401) == (3, [3], nil))
  }

  @Test("between two keys none is in force: nothing is sent, and it is never sent without")
  func gap() {
    let keys = [key(1, send: KeyLifetime(start: 0, end: 10)), key(2, send: KeyLifetime(start: 20))]
    for authentication in [Authentication.cryptographic(keys), .extendedCryptographic(keys), .trailer(keys)] {
      #expect(authentication.inForce(at: 10).sendingKey?.id == 1)
      #expect(authentication.inForce(at: 11).sending == nil)
      #expect(authentication.inForce(at: 11).nextChange == 20)
    }
    #expect(Authentication.cryptographic([]).inForce(at: 0).sending == nil)
    #expect(Authentication.null.inForce(at: 0).sending == .null)
    #expect(Authentication.simplePassword(Secret("x")).inForce(at: 0).sending == .simplePassword(Secret("x")))
  }

  @Test("of keys that are always in force the last is sent with")
  func always() {
    #expect(Authentication.cryptographic([key(1), key(2)]).inForce(at: 0).sendingKey?.id == 2)
  }
}
