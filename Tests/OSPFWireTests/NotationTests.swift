import OSPFWire
import Testing

@Suite("How addresses and identifiers are written")
struct NotationTests {
  @Test("IPv4 addresses are exactly four decimal octets", arguments: ["0.0.0.0", "10.9.0.1", "255.255.255.255"])
  func ipv4(text: String) {
    #expect(IPv4Address(text)?.description == text)
    #expect(RouterID(text)?.description == text)
  }

  @Test(
    "What is no IPv4 address is refused",
    arguments: [
      "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1..2.3", "1.2.3.4 ", "+1.2.3.4", "0001.2.3.4", "1.2.3.-4", "a.b.c.d", "١.2.3.4",
    ])
  func notIPv4(text: String) {
    #expect(IPv4Address(text) == nil)
    #expect(RouterID(text) == nil)
  }

  @Test("An area ID is dotted decimal or one number")
  func areaID() {
    #expect(AreaID("0") == .backbone)
    #expect(AreaID("256")?.description == "0.0.1.0")
    #expect(AreaID("4294967295")?.description == "255.255.255.255")
    for text in ["", "4294967296", "-1", "0x1", "1.2"] { #expect(AreaID(text) == nil, "\(text)") }
  }

  @Test(
    "RFC 5952 section 4: the canonical text of an IPv6 address",
    arguments: [
      ("2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
      ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::ffff:192.0.2.1", "::ffff:c000:201"), ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"), ("fe80::0202", "fe80::202"),
    ])
  func ipv6(text: String, canonical: String) throws {
    let address = try #require(IPv6Address(text))
    #expect(address.description == canonical)
    #expect(IPv6Address(canonical) == address)
    #expect(IPv6Address(octets: address.octets) == address)
  }

  @Test(
    "What is no IPv6 address is refused",
    arguments: [
      "", ":", ":::", "1", "1.2.3.4", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%lo", " ::1",
      "1:2:3:4:5:6:7:8::",
      "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", ":1", "1:", "::1:", "::-1", "::Ａ",
    ])
  func notIPv6(text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test("A prefix clears the bits after its length")
  func prefixes() throws {
    #expect(IPPrefix("10.9.8.7/20")?.description == "10.9.0.0/20")
    #expect(IPPrefix("10.9.8.7/0")?.description == "0.0.0.0/0")
    #expect(IPPrefix("10.9.8.7/32")?.isHost == true)
    #expect(IPPrefix("2001:db8:ffff:ffff:ffff::1/65")?.description == "2001:db8:ffff:ffff:8000::/65")
    #expect(IPPrefix("2001:db8::1/64")?.description == "2001:db8::/64")
    #expect(IPPrefix("2001:db8::1/0")?.description == "::/0")
    #expect(IPPrefix("2001:db8::1/128")?.isHost == true)
    #expect(IPPrefix(host: .v4(IPv4Address(1, 2, 3, 4))).description == "1.2.3.4/32")
    let prefix = try #require(IPPrefix("192.0.2.0/24"))
    #expect(prefix.contains(.v4(IPv4Address(192, 0, 2, 255))))
    #expect(!prefix.contains(.v4(IPv4Address(192, 0, 3, 0))))
    #expect(!prefix.contains(.v6(.unspecified)))
  }

  @Test(
    "What is no prefix is refused",
    arguments: ["", "1.2.3.4", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/+1", "::/129", "::/", "/8", "1.2.3.4/8/8"])
  func notPrefixes(text: String) {
    #expect(IPPrefix(text) == nil)
  }

  @Test("A mask has a length when its one bits are contiguous")
  func masks() {
    for length in 0...32 { #expect(IPv4Prefix.length(ofMask: IPv4Prefix.mask(length)) == length) }
    #expect(IPv4Prefix.length(ofMask: IPv4Address(255, 0, 255, 0)) == nil)
    #expect(IPv4Prefix.length(ofMask: IPv4Address(0, 0, 0, 1)) == nil)
    #expect(IPv4Prefix.mask(22).description == "255.255.252.0")
  }

  @Test("Which addresses are multicast and link-local")
  func scopes() {
    #expect(IPv4Address("224.0.0.5")?.isMulticast == true)
    #expect(IPv4Address("223.255.255.255")?.isMulticast == false)
    #expect(IPv4Address("240.0.0.0")?.isMulticast == false)
    #expect(IPv6Address("fe80::1")?.isLinkLocal == true)
    #expect(IPv6Address("febf::1")?.isLinkLocal == true)
    #expect(IPv6Address("fec0::1")?.isLinkLocal == false)
    #expect(IPv6Address("ff02::5")?.isMulticast == true)
  }

  @Test("12.1.6: sequence numbers are signed, from 0x80000001 to 0x7fffffff")
  func sequenceNumbers() {
    #expect(SequenceNumber.initial.description == "0x80000001")
    #expect(SequenceNumber.max.description == "0x7fffffff")
    #expect(SequenceNumber(rawValue: 0).description == "0x00000000")
    #expect(SequenceNumber.initial < SequenceNumber(rawValue: -1))
    #expect(SequenceNumber(rawValue: -1) < SequenceNumber(rawValue: 0))
    #expect(SequenceNumber(rawValue: 0) < .max)
  }

  @Test("A.2: options are listed by the names of their bits")
  func options() {
    #expect(Options(rawValue: 0x42).names(.v2) == ["E", "O"])
    #expect(Options(rawValue: 0xFF).names(.v2) == ["MT", "E", "MC", "N/P", "L", "DC", "O", "DN"])
    #expect(Options(rawValue: 0x13).names(.v3) == ["V6", "E", "R"])
    #expect(Options(rawValue: 0x80_0740).names(.v3) == ["0x40", "AF", "L", "AT", "0x800000"])
    #expect(Options().names(.v2).isEmpty)
  }
}
