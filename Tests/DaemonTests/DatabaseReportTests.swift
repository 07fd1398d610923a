import ControlAPI
import OSPFWire
import Testing

@testable import anycast_ospfd

@Suite("What `database` reports of an LSA")
struct DatabaseReportTests {
  private static let mask = IPv4Address(255, 255, 255, 0)
  private static let nextHop = IPv4Address(10, 0, 0, 9)

  private func report(
    _ type: LSType, id: IPv4Address = IPv4Address(0, 0, 0, 1), _ body: LSABody, _ family: AddressFamily
  ) throws -> LSABodyReport {
    let key = LSAKey(
      lsType: type, linkStateID: LinkStateID(rawValue: id.rawValue), advertisingRouter: RouterID(rawValue: 0xC000_0201))
    return try #require(LSABodyReport(Fields(body, of: key, family), of: key))
  }

  @Test("A router-LSA: its bits, and its links with their costs")
  func router() throws {
    let links = [
      RouterLink(linkID: 0xC000_0202, linkData: 0x0A00_0001, type: .pointToPoint, metric: 10),
      RouterLink(linkID: 0xC633_6401, linkData: 0xFFFF_FFFF, type: .stub, metric: 0),
    ]
    let report = try report(.router, .router(RouterLSA(flags: [.asBoundary, .areaBorder], links: links)), .ipv4)
    var expected = LSABodyReport()
    expected.bits = "B E"
    expected.links = [
      .init(type: "point-to-point", linkID: "192.0.2.2", linkData: "10.0.0.1", metric: 10),
      .init(type: "stub", linkID: "198.51.100.1", linkData: "255.255.255.255", metric: 0),
    ]
    #expect(report == expected)
  }

  @Test("A router-LSA of OSPFv3: the neighbor, and both ends' interfaces")
  func routerV3() throws {
    let link = OSPFv3RouterLink(
      type: .transit, metric: 7, interfaceID: 3, neighborInterfaceID: 4, neighborRouterID: RouterID(rawValue: 0xC000_0202))
    let report = try report(
      .routerV3, .routerV3(OSPFv3RouterLSA(flags: [], options: [.v6, .router], links: [link])), .ipv6)
    #expect(report.bits == "")
    #expect(report.links == [.init(type: "transit", linkID: "192.0.2.2", linkData: "3 -> 4", metric: 7)])
  }

  @Test("A prefix is the Link State ID under the mask; a mask with holes is shown; that of type 4 means nothing")
  func prefixes() throws {
    func summary(_ type: LSType, _ mask: IPv4Address) throws -> LSABodyReport {
      let metrics = [SummaryLSA.TOSMetric24(tos: 0, metric: 3), .init(tos: 8, metric: 9)]
      return try report(type, id: IPv4Address(192, 0, 2, 255), .summary(SummaryLSA(networkMask: mask, metrics: metrics)), .ipv4)
    }
    #expect(try summary(.summaryNetwork, Self.mask).prefix == "192.0.2.0/24")
    #expect(try summary(.summaryNetwork, IPv4Address(255, 0, 255, 0)).prefix == "192.0.2.255 mask 255.0.255.0")
    #expect(try summary(.summaryASBR, Self.mask).prefix == nil)
    #expect(try summary(.summaryASBR, Self.mask).metric == 3)
  }

  @Test("An external LSA: the route of TOS 0, and nothing of it where there is none")
  func external() throws {
    let route = ASExternalLSA.Route(isType2: true, tos: 0, metric: 20, forwardingAddress: Self.nextHop, tag: 7)
    var expected = LSABodyReport()
    expected.prefix = "203.0.113.0/24"
    func external(_ routes: [ASExternalLSA.Route]) throws -> LSABodyReport {
      try report(
        .asExternal, id: IPv4Address(203, 0, 113, 0), .asExternal(ASExternalLSA(networkMask: Self.mask, routes: routes)), .ipv4)
    }
    #expect(try external([]) == expected)
    expected.metric = 20
    expected.metricType = 2
    expected.forwardingAddress = "10.0.0.9"
    expected.tag = 7
    #expect(try external([route]) == expected)
  }

  @Test("In an instance for IPv4 prefixes and addresses of OSPFv3 are IPv4, forwarding addresses too")
  func familyOfAddresses() throws {
    let prefix = OSPFv3Prefix(.v4(IPv4Prefix(IPv4Address(203, 0, 113, 0), length: 24)))
    let address = IPv6Address(field: .v4(Self.nextHop))
    let external = try report(
      .asExternalV3,
      .asExternalV3(OSPFv3ASExternalLSA(isType2: false, metric: 20, prefix: prefix, forwardingAddress: address)), .ipv4)
    #expect(external.prefix == "203.0.113.0/24")
    #expect(external.forwardingAddress == "10.0.0.9")
    let link = try report(
      .link, .link(LinkLSA(priority: 1, options: [], linkLocalAddress: address, prefixes: [prefix])), .ipv4)
    #expect(link.linkLocalAddress == "10.0.0.9")
    #expect(link.prefixes == ["203.0.113.0/24"])
  }

  @Test("An LSA that is carried as it is has no body to report")
  func opaque() {
    let key = LSAKey(lsType: .opaqueArea, linkStateID: LinkStateID(rawValue: 1 << 24), advertisingRouter: RouterID(rawValue: 1))
    #expect(LSABodyReport(Fields(.opaque([1, 2]), of: key, .ipv4), of: key) == nil)
  }
}
