import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct ForwardingAddress {
  /// What the external LSA of a route says whose next hop is an IPv4 address, in the words of the instance.
  private func forwardingAddress(
    _ instance: ProtocolInstance, to nextHop: IPv4Address?, _ interfaces: [InterfaceDefinition]
  ) throws -> IPAddress? {
    let bench = Bench(instance, interfaces: interfaces)
    var advertisement = Advertisement.external(.service)
    advertisement.nextHop = nextHop.map(instance.routedAddress)
    bench.advertise([advertisement])
    switch try bench.body(.external(service, from: "2.2.2.2", instance)) {
    case .asExternal(let lsa):
      let address = lsa.routes.first?.forwardingAddress
      return address == .unspecified ? nil : address.map(IPAddress.v4)
    case .asExternalV3(let lsa):
      #expect(lsa.flags.contains(.forwardingAddress) == (lsa.forwardingAddress != nil))
      guard let address = lsa.forwardingAddress else { return nil }
      return instance.addressFamily == .ipv6 ? .v6(address) : .v4(IPv4Address(rawValue: UInt32(address.high >> 32)))
    default: throw TestFailure("not an AS-external-LSA")
    }
  }

  @Test(
    "RFC 2328 12.4.4.1: a next hop on a network that OSPF advertises is the forwarding address",
    arguments: ProtocolInstance.allCases)
  func onNetwork(instance: ProtocolInstance) throws {
    #expect(try forwardingAddress(instance, to: "192.0.2.9", [.bench()]) == instance.routedAddress("192.0.2.9"))
  }

  @Test(
    "RFC 2328 12.4.4.1: a next hop that no router has a path to is none: packets come to us", arguments: ProtocolInstance.allCases
  )
  func elsewhere(instance: ProtocolInstance) throws {
    #expect(try forwardingAddress(instance, to: "203.0.113.9", [.bench()]) == nil)
    #expect(try forwardingAddress(instance, to: nil, [.bench()]) == nil)
    var down = InterfaceDefinition.bench("198.51.100.2", name: "eth1", index: 3)
    down.isUp = false
    #expect(try forwardingAddress(instance, to: "198.51.100.9", [.bench(), down]) == nil)
  }

  @Test(
    "RFC 2328 12.4.4.1: on a point-to-multipoint network, of which only our own address is advertised, a next hop is none",
    arguments: ProtocolInstance.allCases)
  func pointToMultipoint(instance: ProtocolInstance) throws {
    #expect(try forwardingAddress(instance, to: "192.0.2.9", [.bench(type: .pointToMultipoint)]) == nil)
    #expect(try forwardingAddress(instance, to: "192.0.2.9", [.bench(type: .pointToPoint)]) != nil)
  }
}
