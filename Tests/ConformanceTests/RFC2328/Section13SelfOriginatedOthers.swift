import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 section 13.4 for LSAs other than router-LSAs and externals: what a border router or a Designated Router of our name
/// originated before we were what we are now.
@Suite struct SelfOriginatedOthers {
  @Test(
    "RFC 2328 13.4: a newer network-LSA of our own, while we are Designated Router, is originated with a higher sequence number",
    arguments: ProtocolInstance.allCases)
  func networkLSAAsDesignatedRouter(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    let key = LSAKey.network("192.0.2.2", from: "2.2.2.2", instance)
    let own = try #require(elected.bench.databaseCopy(key))
    let newer = LSAs(instance).network(
      "192.0.2.2", from: "2.2.2.2", sequence: own.header.sequenceNumber.advanced(by: 40), attached: ["2.2.2.2"])
    elected.backup.sendUpdate([newer])
    elected.bench.run(for: .seconds(6))
    let copy = try #require(elected.bench.databaseCopy(key))
    #expect(copy.header.sequenceNumber == own.header.sequenceNumber.advanced(by: 41))
    #expect(try elected.bench.body(copy).attachedRouters == ["2.2.2.2", "3.3.3.3", "4.4.4.4"])
    #expect(elected.backup.learned[key].map { LSAs(instance).header($0).sequenceNumber } == copy.header.sequenceNumber)
  }

  @Test(
    "RFC 2328 13.4: a network-LSA of our own, while we are not Designated Router, is flushed",
    arguments: ProtocolInstance.allCases)
  func networkLSAAsOther(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let stale = LSAs(instance).network("192.0.2.2", from: "2.2.2.2", attached: ["2.2.2.2", "3.3.3.3"])
    pair.neighbor.sendUpdate([stale])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.flooded(LSAs(instance).key(stale)).first?.header.lsAge == 3600)
    #expect(pair.bench.databaseCopy(LSAs(instance).key(stale)) == nil)
  }

  @Test(
    "RFC 2328 13.4: summaries of our own from when the node was an area border router are flushed",
    arguments: ProtocolInstance.allCases)
  func summaries(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let network = LSAs(instance).summary("198.51.100.0/24", from: "2.2.2.2")
    let router = LSAs(instance).routerSummary(of: "8.8.8.8", from: "2.2.2.2")
    pair.neighbor.sendUpdate([network, router])
    pair.bench.run(for: .seconds(6))
    for lsa in [network, router] {
      #expect(pair.bench.flooded(LSAs(instance).key(lsa)).first?.header.lsAge == 3600)
      #expect(pair.bench.databaseCopy(LSAs(instance).key(lsa)) == nil)
    }
  }

  @Test(
    "RFC 2328 13: a summary of another router about an ASBR is taken and flooded in a stub area too, where only its border router may not make one"
  )
  func routerSummaryInStubArea() throws {
    let pair = try Pair(.ospfv2, .broadcast, neighbor: "3.3.3.3", .bench(areas: ["0.0.0.1": .stub]), area: "0.0.0.1")
    let summary = LSAs.v2.routerSummary(of: "8.8.8.8", from: "9.9.9.9")
    pair.neighbor.sendUpdate([summary])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(LSAs.v2.key(summary)) != nil)
    #expect(!pair.bench.acknowledged(LSAs.v2.key(summary)).isEmpty)
  }

  @Test(
    "a router-LSA whose Link State ID is not its Advertising Router is kept and flooded as it is, and is never taken for ours")
  func routerLSAOfTwoNames() throws {
    let between = try Between(.ospfv2)
    let strange = LSAs.v2.make(
      .router, id: "2.2.2.2", from: "9.9.9.9", options: .externalRouting, body: .router(RouterLSA(flags: [], links: [])))
    between.left.sendUpdate([strange])
    between.bench.run(for: .seconds(6))
    #expect(between.bench.databaseCopy(LSAs.v2.key(strange)) != nil)
    #expect(between.bench.flooded(LSAs.v2.key(strange)).allSatisfy { $0.header.lsAge < 3600 })
    #expect(between.right.learned[LSAs.v2.key(strange)] != nil)
  }
}
