import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct ForwardingAddress {
  private func forwardingAddress(to nextHop: IPAddress?, _ interfaces: [InterfaceDefinition]) throws -> IPv4Address? {
    let bench = Bench(interfaces: interfaces)
    var advertisement = Advertisement.external(.service)
    advertisement.nextHop = nextHop
    bench.advertise([advertisement])
    let copy = try #require(bench.databaseCopy(.external("203.0.113.1/32", from: "2.2.2.2")))
    guard case .asExternal(let body) = try LSABody.decode(copy.bytes.rawSpan, version: .v2) else {
      throw TestFailure("not an AS-external-LSA: \(copy)")
    }
    return body.routes.first?.forwardingAddress
  }

  @Test("RFC 2328 12.4.4.1: a next hop on a network that OSPF advertises is the forwarding address")
  func onNetwork() throws {
    #expect(try forwardingAddress(to: .v4("192.0.2.9"), [.bench()]) == "192.0.2.9")
  }

  @Test("RFC 2328 12.4.4.1: a next hop that no router has a path to is none: packets come to us")
  func elsewhere() throws {
    #expect(try forwardingAddress(to: .v4("203.0.113.9"), [.bench()]) == .unspecified)
    #expect(try forwardingAddress(to: nil, [.bench()]) == .unspecified)
    var down = InterfaceDefinition.bench("198.51.100.2", name: "eth1", index: 3)
    down.isUp = false
    #expect(try forwardingAddress(to: .v4("198.51.100.9"), [.bench(), down]) == .unspecified)
  }
}
