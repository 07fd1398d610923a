import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import Configuration

@Suite("Lines about authentication")
struct AuthenticationLineTests {
  private func interface(_ lines: String...) throws -> InterfaceParameters {
    let text = "interface eth0\n" + lines.map { " \($0)\n" }.joined()
    return try #require(try configuration(text).interface("eth0")?.ospf)
  }

  /// The authentication of eth0 (10.0.0.1/24) and of a second address of it (10.0.1.1/24).
  private func resolved(_ text: String) throws -> [Authentication] {
    let link = Link(
      index: 2, name: "eth0", mtu: 1500, isUp: true,
      addresses: [
        LinkAddress(address: try ip("10.0.0.1"), prefixLength: 24), LinkAddress(address: try ip("10.0.1.1"), prefixLength: 24),
      ])
    let text = text + "\nrouter ospf\n network 10.0.0.0/16 area 0\n"
    return try configuration(text).interfaceDefinitions(of: .ospfv2, links: [link]).map(\.settings.authentication)
  }

  @Test("each kind, with `ip` as FRR writes it and without as old Quagga does", arguments: ["ip ospf", "ospf"])
  func kinds(prefix: String) throws {
    #expect(try interface("\(prefix) authentication").authentication == .simple)
    #expect(try interface("\(prefix) authentication message-digest").authentication == .messageDigest)
    #expect(try interface("\(prefix) authentication null").authentication == .null)
    #expect(try interface("\(prefix) authentication key-chain mine").authentication == .keyChain("mine"))
    #expect(try interface("\(prefix) authentication-key sekret").authenticationKey == Secret("sekret"))
    #expect(
      try interface("\(prefix) message-digest-key 1 md5 one", "\(prefix) message-digest-key 255 md5 two").digestKeys == [
        DigestKey(id: 1, secret: Secret("one")), DigestKey(id: 255, secret: Secret("two")),
      ])
  }

  @Test("a line that ends in an address is for that address")
  func addresses() throws {
    let parsed = try configuration(
      """
      interface eth0
       ip ospf authentication 10.0.0.1
       ip ospf authentication message-digest 10.0.0.2
       ip ospf authentication-key sekret 10.0.0.1
       ip ospf message-digest-key 3 md5 key 10.0.0.2
      """)
    let interface = try #require(parsed.interface("eth0"))
    #expect(interface.ospf == InterfaceParameters())
    #expect(interface.ospfByAddress[try ipv4("10.0.0.1")]?.authentication == .simple)
    #expect(interface.ospfByAddress[try ipv4("10.0.0.1")]?.authenticationKey == Secret("sekret"))
    #expect(interface.ospfByAddress[try ipv4("10.0.0.2")]?.digestKeys == [DigestKey(id: 3, secret: Secret("key"))])
    #expect(try configuration(parsed.rendered()) == parsed)
  }

  @Test("`no` takes each back, with the value or without, and says so when there was nothing")
  func undo() throws {
    let all = try interface(
      "ip ospf authentication message-digest", "no ip ospf authentication", "ip ospf authentication-key sekret",
      "no ip ospf authentication-key sekret", "ip ospf message-digest-key 1 md5 one", "no ip ospf message-digest-key 1 md5 one")
    #expect(all == InterfaceParameters())
    #expect(
      try interface(
        "ip ospf message-digest-key 1 md5 one", "ip ospf message-digest-key 2 md5 two", "no ip ospf message-digest-key 1"
      )
      .digestKeys == [DigestKey(id: 2, secret: Secret("two"))])
    for line in [
      "authentication", "authentication null", "authentication-key", "authentication-key geheim", "message-digest-key 1",
    ] {
      let told = try notices("interface eth0\n no ip ospf \(line)\n")
      #expect(told.count == 1)
      #expect(told.allSatisfy { $0.contains("already the default") && !$0.contains("geheim") })
    }
  }

  @Test("of several keys the one that was configured last is sent with, also when it was there before")
  func sendingKey() throws {
    let keys = try resolved(
      """
      interface eth0
       ip ospf authentication message-digest
       ip ospf message-digest-key 1 md5 one
       ip ospf message-digest-key 2 md5 two
       ip ospf message-digest-key 1 md5 newer
      """)
    let expected = Authentication.cryptographic([
      CryptographicKey(id: 2, secret: Secret("two")), CryptographicKey(id: 1, secret: Secret("newer")),
    ])
    #expect(keys == [expected, expected])
  }

  @Test("the area's kind holds for interfaces that say nothing, `null` included")
  func area() throws {
    let keys = "interface eth0\n ip ospf message-digest-key 1 md5 one\n ip ospf authentication-key word\n"
    let digest = Authentication.cryptographic([CryptographicKey(id: 1, secret: Secret("one"))])
    let password = Authentication.simplePassword(Secret("word"))
    func inArea(_ line: String, _ more: String = "") throws -> [Authentication] {
      try resolved("router ospf\n area 0 \(line)\n\(keys)\(more)")
    }
    #expect(try inArea("authentication") == [password, password])
    #expect(try inArea("authentication message-digest") == [digest, digest])
    #expect(try inArea("authentication", " ip ospf authentication message-digest 10.0.1.1\n") == [password, digest])
    #expect(try inArea("authentication", " ip ospf authentication null\n") == [.null, .null])
    #expect(try inArea("authentication\n no area 0 authentication") == [.null, .null])
    #expect(try resolved("router ospf\n area 1 authentication\n" + keys) == [.null, .null])
  }

  @Test("the keys of an address take the place of the interface's")
  func keysOfAddress() throws {
    let text =
      "interface eth0\n ip ospf authentication message-digest\n ip ospf message-digest-key 1 md5 one\n"
      + " ip ospf message-digest-key 2 md5 two 10.0.1.1\n"
    #expect(
      try resolved(text) == [
        .cryptographic([CryptographicKey(id: 1, secret: Secret("one"))]),
        .cryptographic([CryptographicKey(id: 2, secret: Secret("two"))]),
      ])
  }

  @Test("a key chain gives its keys, and sends with the one of the lowest number, as FRR does")
  func keyChain() throws {
    let text = """
      key chain mine
       key 2
        key-string two
        cryptographic-algorithm hmac-sha-256
       exit
       key 1
        key-string one
        cryptographic-algorithm md5
       exit
      exit
      interface eth0
       ip ospf authentication key-chain mine
      """
    let expected = Authentication.cryptographic([
      CryptographicKey(id: 2, algorithm: .hmacSHA256, secret: Secret("two")), CryptographicKey(id: 1, secret: Secret("one")),
    ])
    #expect(try resolved(text) == [expected, expected])
    #expect(try configuration(text + "\nno key chain mine\n").keyChains.isEmpty)
    #expect(try configuration("key chain mine\n key 1\n key 2\n no key 1\n").keyChains["mine"]?.keys.keys.sorted() == [2])
  }

  @Test(
    "lifetimes in all of FRR's and IOS's spellings, to the second",
    arguments: [
      ("00:00:00 1 Jan 2026 infinite", 1_767_225_600, nil), ("00:00:00 Jan 1 2026 infinite", 1_767_225_600, nil),
      ("local 00:00:00 january 1 2026 infinite", 1_767_225_600, nil),
      ("00:00:00 1 Jan 2026 duration 86400", 1_767_225_600, 1_767_312_000),
      ("23:59:59 29 February 2028 duration 1", 1_835_481_599, 1_835_481_600),
      ("00:00:00 1 JAN 2026 12:30:15 2 feb 2026", 1_767_225_600, 1_770_035_415),
      ("00:00:00 Jan 1 2026 12:30:15 Feb 2 2026", 1_767_225_600, 1_770_035_415),
      ("00:00:00 1 Jan 2026 12:30:15 Feb 2 2026", 1_767_225_600, 1_770_035_415),
      ("00:00:00 Jan 1 2026 12:30:15 2 Feb 2026", 1_767_225_600, 1_770_035_415),
      ("0:0:0 1 Jan 1970 23:59:59 31 Dec 9999", 0, 253_402_300_799), ("00:00:00 1 Mar 2100 infinite", 4_107_542_400, nil),
    ] as [(String, Int64, Int64?)])
  func lifetimes(text: String, start: Int64, end: Int64?) throws {
    let parsed = try configuration("key chain mine\n key 1\n  send-lifetime \(text)\n  accept-lifetime \(text)\n")
    let key = try #require(parsed.keyChains["mine"]?.keys[1])
    #expect(key.sendLifetime == KeyLifetime(start: start, end: end))
    #expect(key.acceptLifetime == key.sendLifetime)
    #expect(try configuration(parsed.rendered()) == parsed)
    #expect(
      try configuration("key chain mine\n key 1\n  send-lifetime \(text)\n  no send-lifetime\n").keyChains["mine"]?.keys[1]?
        .sendLifetime == nil)
  }

  @Test("a chain with lifetimes gives the engine keys with lifetimes")
  func resolvedLifetimes() throws {
    let text = """
      key chain mine
       key 1
        key-string one
        cryptographic-algorithm hmac-sha-256
        send-lifetime 00:00:00 1 Jan 2026 infinite
        accept-lifetime 00:00:00 1 Jan 2026 duration 60
       key 300
        key-string three
        cryptographic-algorithm hmac-sha-512
      interface eth0
       ip ospf authentication key-chain mine
       ip ospf authentication extended-sequence-numbers 10.0.1.1
      """
    let key = CryptographicKey(
      id: 1, algorithm: .hmacSHA256, secret: Secret("one"), sendLifetime: KeyLifetime(start: 1_767_225_600),
      acceptLifetime: KeyLifetime(start: 1_767_225_600, end: 1_767_225_660))
    #expect(try resolved(text) == [.cryptographic([key]), .extendedCryptographic([key])])
  }

  /// The authentication of eth0 in OSPFv3.
  private func trailer(_ lines: String) throws -> Authentication? {
    let link = Link(
      index: 2, name: "eth0", mtu: 1500, isUp: true, addresses: [LinkAddress(address: try ip("fe80::1"), prefixLength: 64)])
    let text = "interface eth0\n ipv6 ospf6 area 0\n\(lines)\nrouter ospf6\n ospf6 router-id 1.1.1.1\n"
    return try configuration(text).interfaceDefinitions(of: .ospfv3, links: [link]).first?.settings.authentication
  }

  @Test("OSPFv3's authentication trailer, as FRR spells it, with one key or a chain")
  func trailers() throws {
    let key = CryptographicKey(id: 300, algorithm: .hmacSHA384, secret: Secret("sekret"))
    let line = " ipv6 ospf6 authentication key-id 300 hash-algo hmac-sha-384 key sekret"
    #expect(try trailer(line) == .trailer([key]))
    #expect(try trailer(line + "\n no ipv6 ospf6 authentication key-id 300 hash-algo hmac-sha-384 key sekret") == .null)
    #expect(
      try trailer(line + "\n ipv6 ospf6 authentication protocol-id little-endian") == .trailer([key], .littleEndian))
    let chain =
      "key chain mine\n key 300\n  key-string sekret\n  cryptographic-algorithm hmac-sha-384\n"
      + " key 1\n  key-string old\n  cryptographic-algorithm md5\n"
    #expect(try trailer(" ipv6 ospf6 authentication keychain mine\n" + chain) == .trailer([key]))
    #expect(try trailer("") == .null)
    let parsed = try configuration("interface eth0\n\(line)\n ipv6 ospf6 authentication protocol-id little-endian\n")
    #expect(try configuration(parsed.rendered()) == parsed)
    #expect(!parsed.rendered(showingSecrets: false).contains("sekret"))
  }

  @Test(
    "a bad line about a trailer names the word and its place, and no key",
    arguments: [
      ("key-id 0 hash-algo hmac-sha-1 key geheim", "2:35: bad value '0'; expected a key ID from 1 to 65535"),
      (
        "key-id 1 hash-algo md5 key geheim",
        "2:47: 'md5' is not supported: RFC 7166 has no MD5; hmac-sha-256 is what every router has"
      ),
      (
        "key-id 1 hash-algo hmac-sha-1 key geheim geheim",
        "2:69: 'ipv6 ospf6 authentication key-id': there is another word after the key, which is one word"
      ),
      ("protocol-id middle", "2:40: unknown word 'middle'; expected 'big-endian' or 'little-endian'"),
    ])
  func badTrailers(line: String, message: String) {
    let told = errors("interface eth0\n ipv6 ospf6 authentication \(line)\n")
    #expect(told.count == 1)
    #expect(told.allSatisfy { $0.hasPrefix("test.conf:\(message)") && !$0.contains("geheim") })
  }

  @Test("a chain that OSPFv3 cannot use is told")
  func trailerNotes() throws {
    #expect(
      try notices(
        """
        key chain mine
         key 1
          key-string geheim
          cryptographic-algorithm md5
        interface eth0
         ipv6 ospf6 authentication keychain mine
        interface eth1
         ipv6 ospf6 authentication keychain nope
        """) == [
          "test.conf:6:2: 'ipv6 ospf6 authentication keychain mine': caution: key chain mine has no key that can be used in OSPFv3, "
            + "where a key has an algorithm other than md5: nothing is sent",
          "test.conf:8:2: 'ipv6 ospf6 authentication keychain nope': undefined name: there is no key chain nope: nothing is sent",
        ])
  }

  @Test("FRR's compatible rfc7474, for all interfaces and for one")
  func increasingSequenceNumbers() throws {
    func demanded(_ text: String) throws -> [Bool] {
      let link = Link(
        index: 2, name: "eth0", mtu: 1500, isUp: true,
        addresses: [
          LinkAddress(address: try ip("10.0.0.1"), prefixLength: 24), LinkAddress(address: try ip("10.0.1.1"), prefixLength: 24),
        ])
      let text = "router ospf\n network 10.0.0.0/16 area 0\n" + text
      return try configuration(text).interfaceDefinitions(of: .ospfv2, links: [link]).map(
        \.settings.demandsIncreasingSequenceNumbers)
    }
    #expect(try demanded("") == [false, false])
    #expect(try demanded(" no compatible rfc7474\n") == [false, false])
    #expect(
      try demanded(" compatible rfc7474\ninterface eth0\n ip ospf compatible rfc7474 disable 10.0.1.1\n") == [true, false])
    #expect(try demanded("interface eth0\n ip ospf compatible rfc7474 enable\n") == [true, true])
  }

  @Test("without its secrets a configuration can be shown, and is refused instead of run with wrong keys")
  func hidden() throws {
    let text = try configuration(
      """
      interface eth0
       ip ospf authentication-key geheim
       ip ospf message-digest-key 1 md5 geheim
      key chain mine
       key 1
        key-string geheim
      """
    ).rendered(showingSecrets: false)
    #expect(!text.contains("geheim"))
    #expect(
      errors(text)
        == [2, 3, 7].map { line in
          "test.conf:\(line):\(line == 2 ? 29 : line == 3 ? 35 : 14): '<hidden>': this was printed without its secrets; "
            + "'anycast-ospfd check --show-secrets' prints them"
        })
  }

  @Test("keys longer than Quagga's are cut as Quagga cuts them, and told without being shown")
  func longKeys() throws {
    let parsed = try parse(
      "interface eth0\n ip ospf authentication\n ip ospf authentication-key 123456789\n"
        + " ip ospf message-digest-key 1 md5 1234567890abcdefg\n")
    let parameters = try #require(parsed.configuration.interface("eth0")?.ospf)
    #expect(parameters.authenticationKey == Secret("12345678"))
    #expect(parameters.digestKeys == [DigestKey(id: 1, secret: Secret("1234567890abcdef"))])
    #expect(
      parsed.notices.map(\.description) == [
        "test.conf:3:2: 'ip ospf authentication-key': changed meaning: only the first 8 octets of the key count, as in Quagga and FRR",
        "test.conf:4:2: 'ip ospf message-digest-key': changed meaning: only the first 16 octets of the key count, as in Quagga and FRR",
      ])
  }

  @Test("authentication without keys, and keys without authentication, are told")
  func notes() throws {
    #expect(
      try notices(
        """
        key chain empty
         key 1
          key-string geheim
        interface eth0
         ip ospf authentication
         ip ospf authentication message-digest 10.0.0.1
         ip ospf authentication key-chain empty 10.0.0.2
         ip ospf authentication key-chain nope 10.0.0.3
        interface eth1
         ip ospf message-digest-key 1 md5 geheim
        """) == [
          "test.conf:2:2: 'key 1': without effect: a key needs 'key-string' and 'cryptographic-algorithm', and is not used without",
          "test.conf:5:2: 'ip ospf authentication': caution: without 'authentication-key' the password is empty",
          "test.conf:6:2: 'ip ospf authentication message-digest 10.0.0.1': caution: "
            + "without 'message-digest-key' no packet is accepted",
          "test.conf:7:2: 'ip ospf authentication key-chain empty 10.0.0.2': caution: "
            + "key chain empty has no key that can be used: no packet is accepted",
          "test.conf:8:2: 'ip ospf authentication key-chain nope 10.0.0.3': undefined name: "
            + "there is no key chain nope: no packet is accepted",
          "test.conf:10:2: 'the keys of eth1': caution: they are not used: neither the interface nor an area says 'authentication'",
        ])
    #expect(
      try notices(
        "key chain good\n key 1\n  key-string geheim\n  cryptographic-algorithm hmac-sha-256\n"
          + "interface eth0\n ip ospf authentication key-chain good\n"
      ).isEmpty)
    #expect(
      try notices("key chain unused\n") == [
        "test.conf:1:1: 'key chain unused': without effect: nothing refers to key chain unused"
      ])
    #expect(
      try notices("interface eth0\n ip ospf authentication-key x\nrouter ospf\n area 0 authentication\n").isEmpty)
    #expect(try notices("interface eth0\n ip ospf authentication-key x\n no ip ospf authentication-key\n").isEmpty)
  }

  @Test(
    "a bad line names the word and its place, and no key",
    arguments: [
      ("ip ospf authentication md5", "2:25: unknown word 'md5'; expected 'message-digest', 'null' or 'key-chain'"),
      ("ip ospf authentication-key", "2:28: the line ends too early; expected a key"),
      (
        "ip ospf authentication-key geheim 10.0.0.1 x",
        "2:45: 'ip ospf authentication-key': there is another word after the key, which is one word"
      ),
      (
        "ip ospf authentication-key geheim geheim",
        "2:36: 'ip ospf authentication-key': there is another word after the key, which is one word"
      ),
      ("ip ospf authentication-key gehe\u{EF}m", "2:29: 'ip ospf authentication-key': a key has ASCII characters only"),
      ("ip ospf message-digest-key 0 md5 geheim", "2:29: bad value '0'; expected a key ID from 1 to 255"),
      ("ip ospf message-digest-key 1 sha geheim", "2:31: unknown word 'sha'; expected 'md5'"),
      ("ip ospf message-digest-key 1 md5", "2:34: the line ends too early; expected a key"),
    ])
  func badLines(line: String, message: String) {
    let told = errors("interface eth0\n \(line)\n")
    #expect(told.count == 1)
    #expect(told.allSatisfy { $0.hasPrefix("test.conf:\(message)") && !$0.contains("geh") })
  }

  @Test("a bad line of a key chain names the word and its place, and no key")
  func badChains() {
    let text = """
      key chain mine
       key-string geheim
       key 1
        key-string geheim geheim
        cryptographic-algorithm sha1
        send-lifetime 00:00:00 Jam 1 2026 infinite
        send-lifetime 00:00:00 30 February 2026 infinite
        accept-lifetime 00:00:00 1 Feb 2026 00:00:00 31 Jan 2026
        accept-lifetime 24:00:00 1 Feb 2026 infinite
        accept-lifetime 00:00:00 1 Feb 2026
       key 2147483648
      """
    #expect(
      errors(text) == [
        "test.conf:2:2: 'key-string' belongs inside 'key'",
        "test.conf:4:21: 'key-string': there is another word after the key, which is one word",
        "test.conf:5:27: unknown word 'sha1'; expected 'md5', 'hmac-sha-1', 'hmac-sha-256', 'hmac-sha-384' or 'hmac-sha-512'",
        "test.conf:6:26: bad value 'Jam'; expected the name of a month, as Jan, or a day of the month",
        "test.conf:7:26: bad value '30'; expected a day that the month has",
        "test.conf:8:39: '00:00:00': the lifetime ends before it begins",
        "test.conf:9:19: bad value '24:00:00'; expected a time of day, as 00:00:00",
        "test.conf:10:38: the line ends too early; expected 'infinite', 'duration' or a time of day, as 00:00:00",
        "test.conf:11:6: bad value '2147483648'; expected a key ID from 0 to 2147483647",
      ])
    #expect(errors("router ospf6\n area 1 authentication\n") == ["test.conf:2:9: 'authentication' belongs inside 'router ospf'"])
  }
}
