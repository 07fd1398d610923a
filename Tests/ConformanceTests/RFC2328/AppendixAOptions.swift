import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 appendix A.2 and B: what we say of ourselves, whatever others say of themselves.
@Suite struct OptionsAndConstants {
  @Test(
    "RFC 2328 A.2: option bits that we do not know are clear in what we send, although a neighbor sets them",
    arguments: ProtocolInstance.allCases)
  func unknownOptions(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let unknown: Options =
      instance.version == .v2
      ? [.multiTopology, .multicast, .demandCircuits, .down] : [.multicast, .demandCircuits, Options(rawValue: 0xC0)]
    neighbor.options.formUnion(unknown)
    try neighbor.bringToFull()
    let said = bench.sent.compactMap { $0.hello?.options ?? $0.databaseDescription?.options }
    #expect(!said.isEmpty)
    #expect(said.allSatisfy { $0.isDisjoint(with: unknown) })
  }

  @Test("RFC 2328 B DefaultDestination: a default route is an AS-external-LSA with Link State ID and mask 0.0.0.0")
  func defaultDestination() throws {
    let pair = try Pair(.ospfv2)
    pair.bench.advertise([.external(.v4("0.0.0.0/0"))])
    pair.bench.run(for: .seconds(1))
    guard case .asExternal(let lsa) = try pair.bench.body(.external("0.0.0.0/0", from: "2.2.2.2", .ospfv2)) else {
      throw TestFailure("no AS-external-LSA")
    }
    #expect(lsa.networkMask == .unspecified)
  }

  @Test("RFC 2328 D.1: with null authentication the authentication field is not looked at")
  func nullAuthentication() throws {
    let (bench, neighbor) = strangers(.ospfv2)
    var packet = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    // The field is neither checksummed nor examined.
    for index in 16..<24 { packet[index] = 0xA5 }
    neighbor.send(bytes: packet, to: .allSPFRouters)
    #expect(bench.refusals.isEmpty)
    #expect(neighbor.state != .down)
  }

  @Test(
    "RFC 5613 2: the L-bit is clear in what carries no LLS block, although a neighbor sets it",
    arguments: ProtocolInstance.allCases)
  func linkLocalSignaling(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let bit: Options = instance.version == .v2 ? .linkLocalSignaling : .linkLocalSignalingV3
    pair.bench.run(for: .seconds(30))
    let hellos = pair.bench.sent.compactMap(\.hello)
    #expect(!hellos.isEmpty)
    #expect(hellos.allSatisfy { !$0.options.contains(bit) })
  }
}
