import OSPFWire
import PacketCapture
import Testing

@Suite("Link layers")
struct LinkLayerTests {
  static let ethernet: [UInt8] = [1, 0, 0x5E, 0, 0, 5, 2, 0, 0, 0, 0, 1]
  static let cooked: [UInt8] = [0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]

  struct Encapsulation: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var linkType: UInt8
    var header: [UInt8]
    var isIPv6 = false
  }

  static let encapsulations: [Encapsulation] = [
    .init(testDescription: "Ethernet", linkType: 1, header: ethernet + [8, 0]),
    .init(testDescription: "Ethernet, IPv6", linkType: 1, header: ethernet + [0x86, 0xDD], isIPv6: true),
    .init(testDescription: "802.1Q", linkType: 1, header: ethernet + [0x81, 0, 0, 5, 8, 0]),
    .init(
      testDescription: "802.1ad", linkType: 1, header: ethernet + [0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xDD], isIPv6: true),
    .init(testDescription: "QinQ of old", linkType: 1, header: ethernet + [0x91, 0, 0, 5, 0x81, 0, 0, 6, 8, 0]),
    .init(testDescription: "802.3 SNAP", linkType: 1, header: ethernet + [0, 76, 0xAA, 0xAA, 3, 0, 0, 0, 8, 0]),
    .init(testDescription: "Linux cooked", linkType: 113, header: cooked + [8, 0]),
    .init(testDescription: "Linux cooked, tagged", linkType: 113, header: cooked + [0x81, 0, 0, 5, 8, 0]),
    .init(testDescription: "raw IP", linkType: 101, header: []),
    .init(testDescription: "raw IP, IPv6", linkType: 101, header: [], isIPv6: true),
    .init(testDescription: "raw IPv4", linkType: 228, header: []),
    .init(testDescription: "raw IPv6", linkType: 229, header: [], isIPv6: true),
    .init(testDescription: "loopback, network order", linkType: 108, header: [0, 0, 0, 2]),
    .init(testDescription: "null, big endian", linkType: 0, header: [0, 0, 0, 2]),
    .init(testDescription: "null, little endian", linkType: 0, header: [2, 0, 0, 0]),
    .init(testDescription: "null, IPv6 of Darwin", linkType: 0, header: [0, 0, 0, 30], isIPv6: true),
    .init(testDescription: "PPP", linkType: 9, header: [0xFF, 3, 0, 0x21]),
    .init(testDescription: "PPP, compressed", linkType: 9, header: [0x21]),
    .init(testDescription: "PPP, no address", linkType: 9, header: [0, 0x57], isIPv6: true),
    .init(testDescription: "PPP serial", linkType: 50, header: [0xFF, 3, 0, 0x57], isIPv6: true),
    .init(testDescription: "Cisco HDLC", linkType: 104, header: [0x8F, 0, 8, 0]),
    .init(testDescription: "Frame Relay, RFC 2427", linkType: 107, header: [0x18, 0x41, 3, 0xCC]),
    .init(testDescription: "Frame Relay, RFC 2427, IPv6", linkType: 107, header: [0x18, 0x41, 3, 0x8E], isIPv6: true),
    .init(testDescription: "Frame Relay, padded", linkType: 107, header: [0x18, 0x41, 3, 0, 0xCC]),
    .init(testDescription: "Frame Relay, SNAP", linkType: 107, header: [0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0]),
    .init(testDescription: "Frame Relay, Cisco", linkType: 107, header: [0x18, 0x41, 8, 0]),
    .init(testDescription: "Frame Relay, Cisco, IPv6", linkType: 107, header: [0x18, 0x41, 0x86, 0xDD], isIPv6: true),
    .init(testDescription: "Frame Relay, four octets of address", linkType: 107, header: [0x18, 0x40, 0x10, 0x41, 8, 0]),
    .init(testDescription: "MPLS", linkType: 219, header: [0, 1, 0x01, 64]),
    .init(testDescription: "Ethernet, two labels", linkType: 1, header: ethernet + [0x88, 0x47, 0, 1, 0, 64, 0, 1, 0x11, 64]),
    .init(
      testDescription: "Ethernet, tagged, label, IPv6", linkType: 1,
      header: ethernet + [0x81, 0, 0, 5, 0x88, 0x47, 0, 1, 0x11, 64], isIPv6: true),
    .init(testDescription: "Ethernet, PPPoE", linkType: 1, header: ethernet + [0x88, 0x64, 0x11, 0, 0, 7, 0, 70, 0, 0x21]),
    .init(testDescription: "PPPoE", linkType: 51, header: [0x11, 0, 0, 7, 0, 70, 0, 0x21]),
  ]

  @Test("An OSPF packet is found behind the header of every link layer", arguments: encapsulations)
  func found(encapsulation: Encapsulation) throws {
    let datagram = encapsulation.isIPv6 ? Frames.ipv6Datagram() : Frames.ipv4()
    let records = try Frames.read(linkType: encapsulation.linkType, [.init(bytes: encapsulation.header + datagram)])
    try #require(records.count == 1)
    guard case .datagram(let found, frame: 1) = records[0] else {
      Issue.record("\(records[0])")
      return
    }
    #expect(found.bytes == Frames.payload)
    #expect(found.ttl == 1)
    #expect(found.timestamp == .microseconds(5))
    #expect(found.source == IPAddress(encapsulation.isIPv6 ? "fe80::1" : "10.0.0.1"))
    #expect(found.destination == IPAddress(encapsulation.isIPv6 ? "ff02::5" : "224.0.0.5"))
  }

  @Test("A Linux cooked capture of the second version has its protocol in front")
  func linuxCooked2() throws {
    var file = Frames.pcap(
      linkType: 0, [.init(bytes: [8, 0] + Array(repeating: 0, count: 18) + Frames.ipv4())])
    file.replaceSubrange(20..<24, with: [0, 0, 1, 20])
    let found = try TemporaryFile.with(file) { try CaptureReader.read(path: $0).datagrams }
    #expect(found.map(\.bytes) == [Frames.payload])
  }

  @Test("Padding behind the IP datagram is no part of the packet")
  func padding() throws {
    let frame = Self.ethernet + [8, 0] + Frames.ipv4(payload: [1, 2, 3]) + Array(repeating: 0, count: 23)
    guard case .datagram(let found, _) = try #require(try Frames.read(linkType: 1, [.init(bytes: frame)]).first) else {
      Issue.record("not read")
      return
    }
    #expect(found.bytes == [1, 2, 3])
  }

  @Test(
    "Frames of other protocols are passed over",
    arguments: [
      ethernet + [0x08, 0x06] + Array(repeating: 0, count: 28),
      ethernet + [0, 3, 0xFE, 0xFE, 3],
      ethernet + [0x88, 0xCC, 1, 2],
      ethernet + [0x88, 0x47, 0, 1, 0x11, 64, 0, 0, 0, 0],
      ethernet + [8, 0] + Frames.ipv4(protocol: 6),
      ethernet + [0x86, 0xDD] + Frames.ipv6Datagram(nextHeader: 17),
      ethernet + [0x86, 0xDD] + Frames.ipv6Datagram(nextHeader: 59),
    ])
  func passedOver(frame: [UInt8]) throws {
    #expect(try Frames.read(linkType: 1, [.init(bytes: frame)]) == [])
  }

  @Test("A stack of tags that does not end is refused")
  func tags() throws {
    let tags: [UInt8] = (0..<20).flatMap { [0x81, 0, 0, $0] }
    #expect(
      try Frames.read(linkType: 1, [.init(bytes: Self.ethernet + tags + [8, 0] + Frames.ipv4())])
        == [.unreadable(frame: 1, .tooManyHeaders(what: "VLAN tags", limit: 8))])
  }

  @Test("A link layer that the reader does not know is named")
  func unknownLinkLayer() throws {
    try TemporaryFile.with(Frames.pcap(linkType: 105, [])) { path in
      #expect(throws: CaptureError.linkLayer(path: path, name: "IEEE802_11")) { _ = try CaptureReader(path: path) }
    }
  }
}
