import OSPFWire
import Testing

@Suite("OSPFv2 authentication, RFC 2328 appendix D and RFC 5709")
struct AuthenticationTests {
  /// A Hello without authentication, with the right checksum.
  private let plain = Reference.sealed(
    octets("0201002c 01010101 00000000 0000 0000 0000000000000000", "ffffff00 000a 02 01 00000028 00000000 00000000"))

  private func sealed(_ authentication: Authentication, _ sequenceNumber: UInt64 = 0x1234_5678) -> [UInt8] {
    var packet = plain
    authentication.seal(&packet, sequenceNumber: sequenceNumber)
    return packet
  }

  private func verify(_ bytes: [UInt8], _ authentication: Authentication) throws {
    try authentication.verify(bytes, try decode(bytes).header)
  }

  private func key(_ id: UInt16, _ secret: String, _ algorithm: CryptographicAlgorithm = .md5) -> CryptographicKey {
    CryptographicKey(id: id, algorithm: algorithm, secret: Secret(secret))
  }

  @Test("D.1: null authentication changes nothing")
  func null() throws {
    #expect(sealed(.null) == plain)
    try verify(plain, .null)
    #expect(Authentication.null.type == 0)
    #expect(Authentication.null.trailerLength == 0)
  }

  @Test("D.2: a simple password stands in the header, filled up with zeros, and the checksum leaves it out")
  func simplePassword() throws {
    let packet = sealed(.simplePassword(Secret("sekret")))
    #expect(packet.count == plain.count)
    #expect(Array(packet[12..<24]) == octets("fa9b 0001 73656b7265740000"))
    let header = try decode(packet).header
    #expect(header.extent == .v2(authenticationType: 1, authentication: 0x7365_6B72_6574_0000))
    try verify(packet, .simplePassword(Secret("sekret")))
    #expect(Array(sealed(.simplePassword(Secret("longer than eight")))[16..<24]) == Array("longer t".utf8))
  }

  @Test("D.5.2: another password is refused", arguments: ["Sekret", "sekre", "sekret1", ""])
  func anotherPassword(password: String) throws {
    let packet = sealed(.simplePassword(Secret(password)))
    #expect(throws: AuthenticationError.password) { try verify(packet, .simplePassword(Secret("sekret"))) }
  }

  @Test("D.3 and D.4.3: a keyed MD5 packet, to the octet")
  func keyedMD5() throws {
    let packet = sealed(.cryptographic([key(5, "sekret")]))
    #expect(
      packet
        == octets(
          "0201002c0101010100000000000000020000051012345678ffffff00000a0201000000280000000000000000",
          "38937b6f68c38836c774095a11d74154"))
    let header = try decode(packet).header
    #expect(header.checksum == 0)
    #expect(header.cryptographicKeyID == 5)
    #expect(header.cryptographicSequenceNumber == 0x1234_5678)
    #expect(try decode(packet).authenticationData.count == 16)
    try verify(packet, .cryptographic([key(5, "sekret")]))
  }

  @Test(
    "RFC 5709 3.3: HMAC-SHA digests, to the octet; a key that is longer than the digest is hashed first",
    arguments: [
      (
        CryptographicAlgorithm.hmacSHA1, "ea0231e0b4ef6d630dae8d4bc4fd6f80f13a8798", "e89d29988baad42f018b490fca6267888fe13dee"
      ),
      (
        .hmacSHA256, "7bc7d7affce34d88091bcc80c048b2a95f0a778b3d33ce8b75ec44027b75d021",
        "4cc67fef78969c6a7195cea30a0b023fe726357033e362167945108fe8cf2732"
      ),
      (
        .hmacSHA384, "9e39562abb0db850f5adf0a956a47bdf937a5190ca1601d882fc020731e3f88653fd9e0172dda4ef50f50dbd72eadee0",
        "f150b220e35bae298f53bbeb73215a44e519207035be71b517ed92fc9b1b1c66db6b0f302b1af32bc18e7ddc73966582"
      ),
      (
        .hmacSHA512,
        "3058ad05072e30cce6388cd23cf266b3b7740e2d5e6af6963f01ce509017a4dac8461acadd3cc54ed945d41f6bf703aba2be1cfbb11fb749b684984aa7b42d7e",
        "96e11a52fb215add917f2c750a6f4e9745bc395deb8c1e4b993ac9b8c5a91c1abb15648b20b643b9e0a8369fdb47c4ec4a46936171fc42ada0fcc78307c06369"
      ),
    ])
  func hmac(algorithm: CryptographicAlgorithm, short: String, long: String) throws {
    for (secret, digest) in [("sekret", short), (String(repeating: "k", count: algorithm.digestLength + 1), long)] {
      let authentication = Authentication.cryptographic([key(5, secret, algorithm)])
      let packet = sealed(authentication)
      #expect(Array(packet.dropFirst(44)) == octets(digest))
      #expect(authentication.trailerLength == algorithm.digestLength)
      try verify(packet, authentication)
    }
  }

  @Test(
    "D.5.3: any octet of the packet or of the digest that is not as it was sent is noticed",
    arguments: CryptographicAlgorithm.allCases)
  func mutations(algorithm: CryptographicAlgorithm) throws {
    let authentication = Authentication.cryptographic([key(5, "sekret", algorithm)])
    let packet = sealed(authentication)
    // Version, type, length, Key ID, Auth Data Len and AuType are refused for other reasons.
    for position in Array(4..<14) + [16, 17] + Array(20..<packet.count) {
      var mutated = packet
      mutated[position] ^= 1
      #expect(throws: AuthenticationError.digest(keyID: 5, algorithm: algorithm), "octet \(position)") {
        try authentication.verify(mutated, try decode(mutated).header)
      }
    }
  }

  @Test("D.5.3: another key, an unknown Key ID and a digest of another length are told apart, by ID and algorithm")
  func otherKeys() throws {
    let packet = sealed(.cryptographic([key(5, "sekret")]))
    #expect(throws: AuthenticationError.digest(keyID: 5, algorithm: .md5)) {
      try verify(packet, .cryptographic([key(5, "other")]))
    }
    #expect(throws: AuthenticationError.unknownKey(id: 5)) { try verify(packet, .cryptographic([key(6, "sekret")])) }
    #expect(throws: AuthenticationError.unknownKey(id: 5)) { try verify(packet, .cryptographic([])) }
    #expect(throws: AuthenticationError.digestLength(keyID: 5, algorithm: .hmacSHA256, received: 16)) {
      try verify(packet, .cryptographic([key(5, "sekret", .hmacSHA256)]))
    }
    for length in 44..<60 {
      #expect(throws: AuthenticationError.digestLength(keyID: 5, algorithm: .md5, received: length - 44)) {
        try verify(Array(packet.prefix(length)), .cryptographic([key(5, "sekret")]))
      }
    }
  }

  @Test("D.3: during a rollover packets go out under the last key, and are taken under any")
  func rollover() throws {
    let old = key(1, "old"), new = key(2, "new", .hmacSHA256)
    let both = Authentication.cryptographic([old, new])
    #expect(try decode(sealed(both)).header.cryptographicKeyID == 2)
    try verify(sealed(.cryptographic([old])), both)
    try verify(sealed(.cryptographic([new])), both)
    #expect(throws: AuthenticationError.unknownKey(id: 2)) { try verify(sealed(both), .cryptographic([old])) }
  }

  @Test("D.5: another AuType is refused, with both sides' types")
  func types() throws {
    let kinds: [Authentication] = [.null, .simplePassword(Secret("x")), .cryptographic([key(1, "x")])]
    for sent in kinds {
      for ours in kinds where ours.type != sent.type {
        let packet = sealed(sent)
        #expect(throws: AuthenticationError.type(received: sent.type, ours: ours.type)) { try verify(packet, ours) }
      }
    }
  }

  @Test("without a key there is nothing to send with, and nothing is accepted")
  func noKey() throws {
    #expect(Authentication.cryptographic([]).inForce(at: 0).sending == nil)
    let packet = sealed(.cryptographic([key(0, "")]))
    #expect(throws: AuthenticationError.unknownKey(id: 0)) { try verify(packet, .cryptographic([])) }
    #expect(throws: AuthenticationError.type(received: 0, ours: 2)) { try verify(plain, .cryptographic([])) }
  }

  @Test("a packet without the digest that it announces is said to be what FRR sends where it knows no digest")
  func missingDigest() throws {
    let packet = Array(sealed(.cryptographic([key(5, "sekret", .hmacSHA512)])).dropLast(64))
    let error = #expect(throws: AuthenticationError.digestLength(keyID: 5, algorithm: .hmacSHA512, received: 0)) {
      try verify(packet, .cryptographic([key(5, "sekret", .hmacSHA512)]))
    }
    #expect(error?.description.contains("FRR") ?? false)
  }

  @Test("an LLS block after the digest is not part of what is authenticated")
  func linkLocalSignaling() throws {
    let packet = sealed(.cryptographic([key(5, "sekret")])) + octets("fff6 0003 00010004 00000001")
    try verify(packet, .cryptographic([key(5, "sekret")]))
    #expect(try decode(packet).header.cryptographicKeyID == 5)
  }

  @Test(
    "RFC 5613 2: the LLS block that is sent has a checksum without cryptographic authentication, and under AuType 2 a digest of its own",
    arguments: [
      (Authentication.null, "ffe70003 0001000400000010"),
      (.simplePassword(Secret("sekret")), "ffe70003 0001000400000010"),
      (
        .cryptographic([CryptographicKey(id: 5, algorithm: .md5, secret: Secret("sekret"))]),
        "0000000900010004000000100002001401020304 b94d1a61ee80dfcd282897bf244136b3"
      ),
      (
        .cryptographic([CryptographicKey(id: 5, algorithm: .hmacSHA256, secret: Secret("sekret"))]),
        "0000000d00010004000000100002002401020304 bdeb54331b858de17836774decd60f63a59d920f0e08a8d3f1f3d139e53c703e"
      ),
      (.extendedCryptographic([CryptographicKey(id: 5, algorithm: .hmacSHA256, secret: Secret("sekret"))]), ""),
    ])
  func sentSignaling(authentication: Authentication, block: String) throws {
    let without = sealed(authentication, 0x0102_0304)
    var packet = plain
    authentication.seal(&packet, with: LinkLocalSignaling([.extendedOptions(.bfdStrictMode)]), sequenceNumber: 0x0102_0304)
    #expect(packet == without + octets(block))
    try verify(packet, authentication)
  }

  @Test("no description of anything shows a key")
  func descriptions() {
    let secret = Secret("geheim")
    let authentication = Authentication.cryptographic([CryptographicKey(id: 7, secret: secret)])
    for value in [secret, authentication, Authentication.simplePassword(secret), CryptographicKey(id: 7, secret: secret)] as [Any]
    {
      var dumped = ""
      dump(value, to: &dumped)
      #expect(!"\(value)\(String(reflecting: value))\(dumped)".contains("geheim"))
      #expect(!"\(value)\(String(reflecting: value))\(dumped)".contains("103"))
    }
  }
}
