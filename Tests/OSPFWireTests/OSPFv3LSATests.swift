import OSPFWire
import Testing

/// Bodies of LSAs, written down octet by octet from RFC 5340 section A.4.
enum OSPFv3SampleBodies {
  static let router = octets(
    "13 000033",  // flags Nt, E and B, options DC, R, E and V6
    "01 00 000a 00000005 00000006 0aff0002",  // point-to-point, metric 10, Interface ID, neighbor's, its router ID
    "02 ff 0014 00000005 00000007 0aff0003")  // transit, a reserved octet that is not zero, metric 20
  static let network = octets("00 000013", "0aff0001", "0aff0002")  // zero, options, attached routers
  static let interAreaPrefix = octets(
    "00 00000a",  // zero, metric 10
    "30 00 0000 20010db8 00090000")  // PrefixLength 48, PrefixOptions, zero, two words
  static let interAreaRouter = octets("00 000013", "00 00000a", "0aff0007")  // options, metric, destination router ID
  static let asExternal = octets(
    "07 000014",  // E, F and T, metric 20
    "80 02 0000 20010db8 ffffa000 fdc00000 000003b5",  // PrefixLength 128, LA-bit, no referenced LS type, four words
    "fe800000 00000000 00000000 00000001",  // forwarding address
    "0000002a")  // external route tag 42
  static let defaultRoute = octets(
    "00 000001",  // type 1, metric 1
    "00 08 2003",  // PrefixLength 0, P-bit, referenced LS type 0x2003
    "00000009")  // referenced Link State ID 9
  static let link = octets(
    "01 000013",  // Rtr Pri 1, options
    "fe800000 00000000 6056adff fe4b6cfe",  // link-local interface address
    "00000002",  // number of prefixes
    "40 00 0000 20010db8 00090000",
    "80 02 0000 20010db8 00090000 00000000 00000001")
  static let intraAreaPrefix = octets(
    "0002 2001 00000000 0aff0001",  // number of prefixes, referenced LS type, Link State ID, Advertising Router
    "80 02 0000 20010db8 00000000 00000000 00000001",  // LA-bit, metric 0
    "40 00 000a 20010db8 00090000")  // metric 10

  static let all: [(type: LSType, body: [UInt8])] = [
    (.routerV3, router), (.networkV3, network), (.interAreaPrefix, interAreaPrefix), (.interAreaRouter, interAreaRouter),
    (.asExternalV3, asExternal), (.asExternalV3, defaultRoute), (.nssaV3, asExternal), (.link, link),
    (.intraAreaPrefix, intraAreaPrefix),
  ]
}

@Suite("OSPFv3 LSAs, RFC 5340 section A.4")
struct OSPFv3LSATests {
  private func prefix(_ text: String, _ options: OSPFv3Prefix.PrefixOptions = []) throws -> OSPFv3Prefix {
    OSPFv3Prefix(try #require(IPPrefix(text)), options: options)
  }

  private func decoded(_ type: LSType, _ body: [UInt8]) throws -> LSABody {
    try decodeBody(lsa(.v3, type: type.rawValue, body: body), .v3)
  }

  @Test("A.4.3: every field of a router-LSA stands where the RFC draws it")
  func routerLSA() throws {
    #expect(
      try decoded(.routerV3, OSPFv3SampleBodies.router)
        == .routerV3(
          OSPFv3RouterLSA(
            flags: [.nssaTranslator, .asBoundary, .areaBorder], options: [.demandCircuits, .router, .externalRouting, .v6],
            links: [
              OSPFv3RouterLink(
                type: .pointToPoint, metric: 10, interfaceID: 5, neighborInterfaceID: 6,
                neighborRouterID: RouterID(rawValue: 0x0AFF_0002)),
              OSPFv3RouterLink(
                type: .transit, metric: 20, interfaceID: 5, neighborInterfaceID: 7,
                neighborRouterID: RouterID(rawValue: 0x0AFF_0003), reserved: 0xFF),
            ])))
  }

  @Test("A.4.4: a network-LSA has options and the attached routers")
  func networkLSA() throws {
    #expect(
      try decoded(.networkV3, OSPFv3SampleBodies.network)
        == .networkV3(
          OSPFv3NetworkLSA(
            options: [.router, .externalRouting, .v6],
            attachedRouters: [RouterID(rawValue: 0x0AFF_0001), RouterID(rawValue: 0x0AFF_0002)])))
  }

  @Test("A.4.5, A.4.6: inter-area LSAs have a metric and a prefix, or a router with its options")
  func interAreaLSAs() throws {
    #expect(
      try decoded(.interAreaPrefix, OSPFv3SampleBodies.interAreaPrefix)
        == .interAreaPrefix(InterAreaPrefixLSA(metric: 10, prefix: try prefix("2001:db8:9::/48"))))
    #expect(
      try decoded(.interAreaRouter, OSPFv3SampleBodies.interAreaRouter)
        == .interAreaRouter(
          InterAreaRouterLSA(
            options: [.router, .externalRouting, .v6], metric: 10, destinationRouterID: RouterID(rawValue: 0x0AFF_0007))))
  }

  @Test("A.4.7, A.4.8: AS-external and NSSA LSAs have what their flags announce, in the order of the RFC")
  func externalLSAs() throws {
    let body = OSPFv3ASExternalLSA(
      isType2: true, metric: 20, prefix: try prefix("2001:db8:ffff:a000:fdc0::3b5/128", .localAddress),
      forwardingAddress: IPv6Address("fe80::1"), tag: 42)
    #expect(body.flags == [.type2, .forwardingAddress, .tag])
    #expect(try decoded(.asExternalV3, OSPFv3SampleBodies.asExternal) == .asExternalV3(body))
    #expect(try decoded(.nssaV3, OSPFv3SampleBodies.asExternal) == .nssaV3(body))

    var defaultRoute = OSPFv3ASExternalLSA(isType2: false, metric: 1, prefix: try prefix("::/0", .propagate))
    #expect(defaultRoute.flags == [])
    defaultRoute.referencedLSType = .interAreaPrefix
    defaultRoute.referencedLinkStateID = LinkStateID(rawValue: 9)
    #expect(try decoded(.asExternalV3, OSPFv3SampleBodies.defaultRoute) == .asExternalV3(defaultRoute))
  }

  @Test("A.4.9: a link-LSA has priority, options, the link-local address and prefixes")
  func linkLSA() throws {
    #expect(
      try decoded(.link, OSPFv3SampleBodies.link)
        == .link(
          LinkLSA(
            priority: 1, options: [.router, .externalRouting, .v6],
            linkLocalAddress: try #require(IPv6Address("fe80::6056:adff:fe4b:6cfe")),
            prefixes: [try prefix("2001:db8:9::/64"), try prefix("2001:db8:9::1/128", .localAddress)])))
  }

  @Test("A.4.10: an intra-area-prefix-LSA names the LSA that its prefixes belong to, and a metric for each")
  func intraAreaPrefixLSA() throws {
    #expect(
      try decoded(.intraAreaPrefix, OSPFv3SampleBodies.intraAreaPrefix)
        == .intraAreaPrefix(
          IntraAreaPrefixLSA(
            referenced: LSAKey(
              lsType: .routerV3, linkStateID: LinkStateID(rawValue: 0), advertisingRouter: RouterID(rawValue: 0x0AFF_0001)),
            prefixes: [
              .init(prefix: try prefix("2001:db8::1/128", .localAddress), metric: 0),
              .init(prefix: try prefix("2001:db8:9::/64"), metric: 10),
            ])))
  }

  @Test("A.4.2.1: unknown LSAs are carried as octets", arguments: [0xA00C, 0x800B, 0x0001, 0x2006] as [UInt16])
  func unknownLSAs(type: UInt16) throws {
    let bytes = octets("0001 0003 aabbcc")
    #expect(try decoded(LSType(rawValue: type), bytes) == .opaque(bytes))
  }

  @Test("What was decoded encodes back to the same octets, reserved fields included")
  func roundTrip() throws {
    for (type, body) in OSPFv3SampleBodies.all { #expect(encodeBody(try decoded(type, body)) == body, "\(type)") }
    let reserved: [(LSType, [UInt8])] = [
      (.networkV3, octets("ff 000013 0aff0001")),
      (.interAreaPrefix, octets("ff 00000a 08 ff ffff 20ffffff")),  // bits after the PrefixLength are not zero
      (.interAreaRouter, octets("ff 000013 ff 00000a 0aff0007")),
      (.asExternalV3, octets("f8 000001 00 00 0000")),
      (.link, octets("01 000013 fe800000 00000000 00000000 00000001 00000002 00 00 0000 00 00 beef")),
    ]
    for (type, body) in reserved { #expect(encodeBody(try decoded(type, body)) == body, "\(type)") }
  }

  @Test("LSAs that are cut short anywhere, or have octets too many, are refused")
  func lengths() {
    for (type, body) in OSPFv3SampleBodies.all {
      // What ends between two entries of a list without a count is whole.
      let wholeAt: Set<Int> = type == .routerV3 ? [4, 20] : type == .networkV3 ? [4, 8] : []
      for length in 0..<body.count where !wholeAt.contains(length) {
        #expect(throws: WireError.self, "\(type), \(length) octets") { try decoded(type, Array(body.prefix(length))) }
      }
      #expect(throws: WireError.self, "\(type), one octet more") { try decoded(type, body + [0]) }
    }
  }

  @Test("The refusals of OSPFv3 LSAs say what is wrong")
  func refusals() {
    var tooLong = OSPFv3SampleBodies.interAreaPrefix
    tooLong[4] = 129
    #expect(throws: WireError.value(what: "PrefixLength", 129)) { try decoded(.interAreaPrefix, tooLong) }
    tooLong[4] = 65
    #expect(throws: WireError.truncated(what: "prefix", needed: 16, available: 12)) {
      try decoded(.interAreaPrefix, tooLong)
    }
    var tooMany = OSPFv3SampleBodies.link
    tooMany.replaceSubrange(20..<24, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: WireError.count(what: "prefixes", claimed: 0xFFFF_FFFF, available: 8)) { try decoded(.link, tooMany) }
    var tooFew = OSPFv3SampleBodies.intraAreaPrefix
    tooFew[1] = 1
    #expect(throws: WireError.excess(what: "intra-area-prefix-LSA", used: 32, available: 44)) {
      try decoded(.intraAreaPrefix, tooFew)
    }
    #expect(throws: WireError.truncated(what: "AS-external-LSA with what its flags announce", needed: 44, available: 40)) {
      try decoded(.asExternalV3, Array(OSPFv3SampleBodies.asExternal.dropLast(4)))
    }
    #expect(throws: WireError.excess(what: "inter-area-router-LSA", used: 12, available: 16)) {
      try decoded(.interAreaRouter, OSPFv3SampleBodies.interAreaRouter + [0, 0, 0, 0])
    }
  }

  @Test(
    "A.4.1: a prefix takes as many 32-bit words as its length needs",
    arguments: [(0, 0), (1, 1), (32, 1), (33, 2), (64, 2), (65, 3), (96, 3), (97, 4), (128, 4)])
  func prefixWords(length: Int, words: Int) throws {
    let address = try #require(IPv6Address("2001:db8:1234:5678:9abc:def0:1234:5678"))
    let prefix = OSPFv3Prefix(IPPrefix(.v6(address), length: length))
    #expect(prefix.words.count == words)
    #expect(prefix.encodedSize == 4 + 4 * words)
    #expect(prefix.ipv6 == IPv6Prefix(address, length: length))
  }

  @Test("RFC 5838 2.5: in an instance for IPv4 the words are those of an IPv4 prefix")
  func ipv4Prefixes() throws {
    let host = try prefix("192.0.2.1/32")
    #expect(host.words == [0xC000_0201])
    #expect(host.ipv4?.description == "192.0.2.1/32")
    #expect(try prefix("0.0.0.0/0").words.isEmpty)
    #expect(try prefix("0.0.0.0/0").ipv4?.description == "0.0.0.0/0")
    #expect(try prefix("2001:db8::/33").ipv4 == nil)
  }

  @Test("The LSAs that FRR sent decode by their types and encode back to the same octets")
  func captured() throws {
    var types: Set<LSType> = []
    for packet in CapturedPackets.ospfv3 {
      guard case .linkStateUpdate(let update) = try decode(packet.bytes, .v3).body else { continue }
      for slice in update.lsas {
        let bytes = Array(packet.bytes[slice.range])
        let body = try decodeBody(bytes, .v3)
        if case .opaque = body { Issue.record("\(slice.header.key.lsType.name(.v3)) is not known") }
        #expect(encodeBody(body) == Array(bytes.dropFirst(20)))
        types.insert(slice.header.key.lsType)
      }
    }
    #expect(types == [.routerV3, .networkV3, .asExternalV3, .link, .intraAreaPrefix])
  }
}
