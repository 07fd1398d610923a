import OSPFWire
import Testing

@Suite("OSPFv2 LSAs, RFC 2328 section A.4, RFC 3101, RFC 5250")
struct LSABodyTests {
  static let router = octets(
    "93 00 0002",  // flags H, Nt, E and B, number of links 2
    "0aff0002 0a090001",  // Link ID, Link Data
    "01 02 000a",  // point-to-point, two TOS metrics, metric 10
    "08 00 0014",  // TOS 8, metric 20
    "10 ff 001e",  // TOS 16, a reserved octet that is not zero, metric 30
    "c0000201 ffffffff",  // Link ID 192.0.2.1, Link Data 255.255.255.255
    "03 00 0000")  // stub, no TOS metric, metric 0
  static let network = octets("ffffff00", "0aff0001", "0aff0002")
  static let summary = octets("ffff0000", "00 000064", "08 ffffff")
  static let asExternal = octets(
    "ffffffff",  // network mask
    "80 000014 00000000 00000000",  // E-bit, metric 20, forwarding address, tag
    "08 000001 0a090003 0000002a")  // TOS 8, type 1, metric 1, forwarding address 10.9.0.3, tag 42

  @Test("A.4.2: every field of a router-LSA stands where the RFC draws it")
  func routerLSA() throws {
    let body = RouterLSA(
      flags: [.host, .nssaTranslator, .asBoundary, .areaBorder],
      links: [
        RouterLink(
          linkID: 0x0AFF_0002, linkData: 0x0A09_0001, type: .pointToPoint, metric: 10,
          tosMetrics: [.init(tos: 8, metric: 20), .init(tos: 16, metric: 30, reserved: 0xFF)]),
        RouterLink(linkID: 0xC000_0201, linkData: 0xFFFF_FFFF, type: .stub, metric: 0),
      ])
    #expect(try decodeBody(lsa(type: 1, body: Self.router)) == .router(body))
    #expect(encodeBody(.router(body)) == Self.router)
  }

  @Test("A.4.3: a network-LSA is a mask and the attached routers")
  func networkLSA() throws {
    let body = NetworkLSA(
      networkMask: IPv4Prefix.mask(24), attachedRouters: [RouterID(rawValue: 0x0AFF_0001), RouterID(rawValue: 0x0AFF_0002)])
    #expect(try decodeBody(lsa(type: 2, body: Self.network)) == .network(body))
    #expect(encodeBody(.network(body)) == Self.network)
  }

  @Test("A.4.4: a summary-LSA is a mask and a 24-bit metric for each TOS", arguments: [3, 4] as [UInt16])
  func summaryLSA(type: UInt16) throws {
    let body = SummaryLSA(networkMask: IPv4Prefix.mask(16), metrics: [.init(metric: 100), .init(tos: 8, metric: 0xFF_FFFF)])
    #expect(try decodeBody(lsa(type: type, body: Self.summary)) == .summary(body))
    #expect(encodeBody(.summary(body)) == Self.summary)
  }

  @Test("A.4.5, RFC 3101 2.4: AS-external and NSSA LSAs are a mask and a route for each TOS")
  func externalLSAs() throws {
    let body = ASExternalLSA(
      networkMask: IPv4Prefix.mask(32),
      routes: [
        .init(isType2: true, metric: 20),
        .init(isType2: false, tos: 8, metric: 1, forwardingAddress: IPv4Address(10, 9, 0, 3), tag: 42),
      ])
    #expect(try decodeBody(lsa(type: 5, body: Self.asExternal)) == .asExternal(body))
    #expect(try decodeBody(lsa(type: 7, body: Self.asExternal)) == .nssaExternal(body))
    #expect(encodeBody(.asExternal(body)) == Self.asExternal)
    #expect(encodeBody(.nssaExternal(body)) == Self.asExternal)
  }

  @Test("RFC 5250: opaque and unknown LSAs are carried as octets", arguments: [6, 8, 9, 10, 11, 200] as [UInt16])
  func opaqueLSAs(type: UInt16) throws {
    let bytes = octets("0001 0003 aabbcc")
    #expect(try decodeBody(lsa(type: type, body: bytes)) == .opaque(bytes))
    #expect(try decodeBody(lsa(type: type, body: [])) == .opaque([]))
  }

  @Test("LSAs of every type are refused when they are cut short where no entry ends")
  func truncation() {
    let ends: [(UInt16, [UInt8], Set<Int>)] = [
      (1, Self.router, []), (2, Self.network, [4, 8]), (3, Self.summary, [8]), (5, Self.asExternal, [16]),
      (7, Self.asExternal, [16]),
    ]
    for (type, body, wholeAt) in ends {
      for length in 0..<body.count where !wholeAt.contains(length) {
        #expect(throws: WireError.self, "type \(type), \(length) octets") {
          try decodeBody(lsa(type: type, body: Array(body.prefix(length))))
        }
      }
    }
    #expect(throws: WireError.truncated(what: "LSA header", needed: 20, available: 19)) {
      try decodeBody(Array(lsa(type: 1, body: []).prefix(19)))
    }
  }

  @Test("A router-LSA with another number of links than it says is refused with both numbers")
  func linkCount() {
    var tooMany = Self.router
    tooMany[3] = 3
    #expect(throws: WireError.count(what: "links", claimed: 3, available: 2)) { try decodeBody(lsa(type: 1, body: tooMany)) }
    var tooFew = Self.router
    tooFew[3] = 1
    #expect(throws: WireError.excess(what: "router-LSA", used: 24, available: 36)) {
      try decodeBody(lsa(type: 1, body: tooFew))
    }
    var tooManyMetrics = Self.router
    tooManyMetrics[13] = 200
    #expect(throws: WireError.truncated(what: "link with TOS metrics", needed: 812, available: 32)) {
      try decodeBody(lsa(type: 1, body: tooManyMetrics))
    }
  }
}

@Suite("Making LSAs")
struct LSAEncoderTests {
  let header = LSAHeader(
    lsAge: 7, options: 2,
    key: LSAKey(
      lsType: .asExternal, linkStateID: LinkStateID(rawValue: 0xC000_0200), advertisingRouter: RouterID(rawValue: 0x0AFF_0001)),
    sequenceNumber: .initial, checksum: 0xDEAD, length: 1)

  @Test("12.1.7: length and checksum follow from the LSA, whatever the header says")
  func lengthAndChecksum() throws {
    let bytes = try #require(
      LSAEncoder.encode(
        header: header,
        body: .asExternal(ASExternalLSA(networkMask: IPv4Prefix.mask(24), routes: [.init(isType2: true, metric: 20)])),
        version: .v2))
    #expect(Array(bytes.prefix(16)) == octets("0007 02 05 c0000200 0aff0001 80000001"))
    #expect(bytes[18...] == octets("0024 ffffff00 80000014 00000000 00000000")[...])
    #expect(Reference.fletcherSums(bytes.dropFirst(2)) == (0, 0))
  }

  @Test("An LSA that fits into no IP packet is not made")
  func largest() {
    let fits = [UInt8](repeating: 0, count: LSAEncoder.maximumLength - 20)
    #expect(LSAEncoder.encode(header: header, body: .opaque(fits), version: .v2)?.count == LSAEncoder.maximumLength)
    #expect(LSAEncoder.encode(header: header, body: .opaque(fits + [0]), version: .v2) == nil)
  }
}
