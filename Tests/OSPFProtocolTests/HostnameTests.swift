import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5642: dynamic hostnames in the Router Information LSA (RFC 7770).
@Suite struct HostnameTests {
  private func information(_ instance: ProtocolInstance, _ octets: [UInt8], from router: RouterID) -> [UInt8] {
    LSAs(instance).make(
      instance.version == .v2 ? .opaqueArea : .routerInformation,
      id: instance.version == .v2 ? RouterInformation.linkStateID : LinkStateID(rawValue: 0), from: router, body: .opaque(octets))
  }

  @Test(
    "what a router calls itself is read, and what we are called is told, in the TLV after the capabilities",
    arguments: ProtocolInstance.allCases)
  func both(instance: ProtocolInstance) throws {
    var configuration = RouterConfiguration.bench()
    configuration.hostname = "ns2"
    let bench = Bench(instance, configuration, interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToFull([
      information(instance, RouterInformation(capabilities: .stubRouter, hostname: "core1.example.net").octets, from: "3.3.3.3"),
      // A name with a control character is none.
      information(instance, [0, 7, 0, 2, 0x61, 0x1B, 0, 0], from: "8.8.8.8"),
      information(instance, [0, 99, 0, 1, 1, 0, 0, 0, 0, 7, 0, 3, 0x6E, 0x73, 0x39, 0], from: "9.9.9.9"),
      // One that is not whole.
      information(instance, [0, 7, 0, 200, 0x61, 0x62, 0, 0], from: "7.7.7.7"),
    ])
    bench.run(for: .seconds(10))
    #expect(bench.router.hostnames(at: bench.now) == ["3.3.3.3": "core1.example.net", "9.9.9.9": "ns9", "2.2.2.2": "ns2"])
  }

  @Test("the octets are padded to four, and the length is the name's own")
  func octets() throws {
    let octets = RouterInformation(capabilities: [], hostname: "ns1").octets
    #expect(octets == [0, 1, 0, 4, 0, 0, 0, 0, 0, 7, 0, 3, 0x6E, 0x73, 0x31, 0])
    #expect(try RouterInformation.decode(octets.span.bytes) == RouterInformation(capabilities: [], hostname: "ns1"))
  }

  @Test("RFC 5642 3: the name in an LSA at MaxAge is nobody's", arguments: ProtocolInstance.allCases)
  func flushed(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance,
      interfaces: [.bench(type: .pointToPoint), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let named = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let other = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    if instance.version == .v2 { other.descriptionOptions = other.options.union(.opaque) }
    let lsa = information(instance, RouterInformation(capabilities: [], hostname: "core1").octets, from: "3.3.3.3")
    try named.bringToFull([lsa])
    try other.bringToFull()
    #expect(bench.router.hostnames(at: bench.now) == ["3.3.3.3": "core1"])
    // So that it stays in the database.
    other.automatic.remove(.acknowledgments)
    named.sendUpdate([LSAs.aged(lsa, to: 3600)])
    #expect(bench.databaseCopy(LSAs(instance).key(lsa))?.header.lsAge == 3600)
    #expect(bench.router.hostnames(at: bench.now).isEmpty)
  }

  @Test("RFC 7770 2.1, 2.2: the Router Information LSA has Instance ID 0", arguments: ProtocolInstance.allCases)
  func instanceID(instance: ProtocolInstance) {
    var configuration = RouterConfiguration.bench()
    configuration.hostname = "ns2"
    let bench = Bench(instance, configuration)
    let type: LSType = instance.version == .v2 ? .opaqueArea : .routerInformation
    let copies = bench.router.databaseSnapshot(at: bench.now).filter { $0.header.key.lsType == type }
    #expect(copies.map(\.header.key.linkStateID) == [instance.version == .v2 ? "4.0.0.0" : "0.0.0.0"])
  }
}
