import OSPFWire
import PacketCapture
import Testing

@Suite("IP headers")
struct InternetProtocolTests {
  /// The packets and reasons of frames without a link layer.
  private func read(_ frames: [UInt8]...) throws -> [CaptureRecord] {
    try Frames.read(linkType: 101, frames.map { .init(bytes: $0) })
  }

  private func payloads(_ records: [CaptureRecord]) -> [[UInt8]] {
    records.compactMap { if case .datagram(let datagram, _) = $0 { datagram.bytes } else { nil } }
  }

  @Test("IPv4 options are skipped")
  func options() throws {
    #expect(payloads(try read(Frames.ipv4(options: [0x94, 4, 0, 0]))) == [Frames.payload])
  }

  @Test(
    "The datagram in a tunnel is the packet, and its addresses are those of the routers",
    arguments: [
      ("GRE", 47, [0, 0, 8, 0], false), ("GRE with a key", 47, [0x20, 0, 8, 0, 0, 0, 0, 9], false),
      ("GRE with checksum, key and sequence number", 47, [0xB0, 0, 8, 0] + Array(repeating: 7, count: 12), false),
      ("GRE, IPv6", 47, [0, 0, 0x86, 0xDD], true),
      ("GRE, Ethernet", 47, [0, 0, 0x65, 0x58] + LinkLayerTests.ethernet + [8, 0], false),
      ("GRE, MPLS", 47, [0, 0, 0x88, 0x47, 0, 1, 0x11, 64], false), ("IP in IP", 4, [], false), ("IPv6 in IP", 41, [], true),
    ] as [(String, UInt8, [UInt8], Bool)])
  func tunnels(name: String, number: UInt8, header: [UInt8], isIPv6: Bool) throws {
    let inner = isIPv6 ? Frames.ipv6Datagram() : Frames.ipv4()
    for outer in [
      Frames.ipv4(payload: header + inner, protocol: number), Frames.ipv6Datagram(nextHeader: number, payload: header + inner),
    ] {
      let records = try read(outer)
      #expect(payloads(records) == [Frames.payload])
      guard case .datagram(let found, _) = try #require(records.first) else { return }
      #expect(found.source == IPAddress(isIPv6 ? "fe80::1" : "10.0.0.1"))
    }
  }

  @Test("Other tunnels are passed over, and one within another without end is refused")
  func otherTunnels() throws {
    // PPTP, a route of RFC 1701, keepalives that carry nothing, and a tunnel of something else than IP.
    for header in [[0x30, 1, 0x88, 0x0B], [0x40, 0, 8, 0], [0, 0, 0, 0], [0, 0, 0x80, 0x35]] as [[UInt8]] {
      #expect(try read(Frames.ipv4(payload: header + Frames.ipv4(), protocol: 47)) == [])
    }
    let nested = (0..<9).reduce(Frames.ipv4()) { inner, _ in Frames.ipv4(payload: inner, protocol: 4) }
    #expect(try read(nested) == [.unreadable(frame: 1, .tooManyHeaders(what: "tunnels", limit: 4))])
    #expect(
      try read(Frames.ipv4(payload: [0x20, 0], protocol: 47))
        == [.unreadable(frame: 1, .truncated(what: "GRE header", needed: 2, available: 0))])
  }

  @Test("IPv6 extension headers are skipped")
  func extensionHeaders() throws {
    let hopByHop: [UInt8] = [60, 0, 5, 2, 0, 0, 1, 0]
    let destinationOptions: [UInt8] = [89, 1] + Array(repeating: 0, count: 14)
    let frame = Frames.ipv6Datagram(nextHeader: 0, payload: hopByHop + destinationOptions + Frames.payload)
    #expect(payloads(try read(frame)) == [Frames.payload])
  }

  @Test("RFC 4552: an authentication header is skipped", arguments: [true, false])
  func authenticationHeader(isIPv6: Bool) throws {
    let header: [UInt8] = [89, 4, 0, 0] + Array(repeating: 7, count: 20)
    let frame =
      isIPv6
      ? Frames.ipv6Datagram(nextHeader: 51, payload: header + Frames.payload)
      : Frames.ipv4(payload: header + Frames.payload, protocol: 51)
    #expect(payloads(try read(frame)) == [Frames.payload])
  }

  @Test("RFC 6946: an atomic fragment is a whole datagram")
  func atomicFragment() throws {
    let frame = Frames.ipv6Datagram(nextHeader: 44, payload: [89, 0, 0, 0, 0, 0, 0, 1] + Frames.payload)
    #expect(payloads(try read(frame)) == [Frames.payload])
  }

  @Test("A chain of extension headers that does not end is refused")
  func endlessChain() throws {
    let chain: [UInt8] = Array(repeating: 0, count: 8 * 40)
    #expect(
      try read(Frames.ipv6Datagram(nextHeader: 0, payload: chain))
        == [.unreadable(frame: 1, .tooManyHeaders(what: "IPv6 extension headers", limit: 16))])
  }

  @Test("Every malformed header is refused with its reason, and the next frame is read")
  func malformed() throws {
    var shortHeader = Frames.ipv4()
    shortHeader[0] = 0x44
    var shortTotal = Frames.ipv4()
    shortTotal.replaceSubrange(2..<4, with: [0, 19])
    var longTotal = Frames.ipv4()
    longTotal.replaceSubrange(2..<4, with: [0, 200])
    let records = try read(
      [0x55, 1, 2], [], shortHeader, shortTotal, longTotal, Array(Frames.ipv4().prefix(10)),
      Frames.ipv6Datagram(nextHeader: 0, payload: [89, 9, 0, 0]), Frames.ipv4())
    #expect(
      records.dropLast() == [
        .unreadable(frame: 1, .version(5)),
        .unreadable(frame: 2, .truncated(what: "IP header", needed: 1, available: 0)),
        .unreadable(frame: 3, .length(what: "IPv4 header", claimed: 16, available: 68)),
        .unreadable(frame: 4, .length(what: "IPv4 header", claimed: 20, available: 19)),
        .unreadable(frame: 5, .length(what: "IP datagram", claimed: 180, available: 48)),
        .unreadable(frame: 6, .truncated(what: "IPv4 header", needed: 2, available: 0)),
        .unreadable(frame: 7, .truncated(what: "IPv6 extension header", needed: 78, available: 2)),
      ])
    #expect(payloads(records) == [Frames.payload])
  }

  @Test("What a snap length cut off is told apart from what was never sent; other protocols are passed over all the same")
  func snapLength() throws {
    let whole = Frames.ipv4()
    let records = try Frames.read(
      linkType: 101,
      [
        .init(bytes: Array(whole.prefix(40)), originalLength: whole.count),
        .init(bytes: Array(whole.prefix(15)), originalLength: whole.count),
        .init(bytes: Array(Frames.ipv4(protocol: 6).prefix(30)), originalLength: whole.count),
      ])
    #expect(
      records == [
        .unreadable(frame: 1, .snapLength(captured: 40, original: 68)),
        .unreadable(frame: 2, .snapLength(captured: 15, original: 68)),
      ])
  }

  @Test("No prefix and no single changed octet of a frame stops the reader")
  func robustness() throws {
    let whole = [
      Frames.ipv4(options: [1, 1, 1, 0]),
      Frames.ipv6Datagram(nextHeader: 0, payload: [44, 0, 0, 0, 0, 0, 0, 0, 89, 0, 0, 1, 0, 0, 0, 1] + Frames.payload),
    ]
    for frame in whole {
      let prefixes = (0...frame.count).map { Frames.Frame(bytes: Array(frame.prefix($0)), originalLength: frame.count) }
      let changed = frame.indices.flatMap { index in
        [0x00, 0xFF, frame[index] ^ 1, frame[index] ^ 0x80].map { value in
          var bytes = frame
          bytes[index] = value
          return Frames.Frame(bytes: bytes)
        }
      }
      for linkType: UInt8 in [0, 1, 9, 101, 104, 108, 113] {
        let records = try Frames.read(linkType: linkType, prefixes + changed)
        #expect(records.count <= prefixes.count + changed.count)
      }
    }
  }
}
