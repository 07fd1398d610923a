import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 section 4.6 and 2.5: what comes back under our name, and what we never say.
@Suite struct OSPFv3SelfOriginated {
  @Test(
    "RFC 5340 4.6: an LSA of our own of a type that we do not know is flushed when its U-bit lets it be flooded",
    arguments: ProtocolInstance.ofOSPFv3)
  func unknownType(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let unknown = LSAs(instance).unknown(0xA0FF, from: "2.2.2.2")
    pair.neighbor.sendUpdate([unknown])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.flooded(LSAs(instance).key(unknown)).first?.header.lsAge == 3600)
    #expect(pair.bench.databaseCopy(LSAs(instance).key(unknown)) == nil)
  }

  @Test(
    "RFC 5340 2.5: no link-local prefix is advertised, neither as an external nor of an interface or a service")
  func linkLocalPrefixes() throws {
    let pair = try Pair(.ospfv3)
    pair.bench.advertise([
      .external("fe80::53/128"), .stub("fe80::54/128"), .external("2001:db8::53/128"),
    ])
    pair.bench.run(for: .seconds(6))
    let prefixes = try pair.bench.router.databaseSnapshot(at: pair.bench.now).flatMap { copy -> [IPv6Address] in
      switch try pair.bench.body(copy) {
      case .asExternalV3(let lsa): [lsa.prefix.ipv6.address]
      case .intraAreaPrefix(let lsa): lsa.prefixes.map(\.prefix.ipv6.address)
      default: []
      }
    }
    #expect(prefixes.contains("2001:db8::53"))
    #expect(prefixes.allSatisfy { !$0.isLinkLocal })
  }
}
