import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 sections 4.5.1 and 4.5.2: how far LSAs go, those of unknown types too.
@Suite struct OSPFv3FloodingScopes {
  /// Where an LSA from the left goes: into which database, and whether to the neighbor on the right.
  private func travel(_ lsa: [UInt8], _ between: Between) -> (scope: ScopeID?, isFlooded: Bool) {
    let key = LSAs(between.bench.instance).key(lsa)
    between.left.sendUpdate([lsa])
    between.bench.run(for: .seconds(6))
    let isFlooded = !between.bench.flooded(key).isEmpty
    #expect(isFlooded == (between.right.learned[key] != nil))
    return (between.bench.databaseCopy(key)?.scope, isFlooded)
  }

  @Test(
    "RFC 5340 A.4.2.1: an LSA of an unknown type with the U-bit goes as far as its scope bits say",
    arguments: [
      (UInt16(0x8ABC), ScopeID.link(interfaceIndex: 2), false, false), (0xAABC, .area("0.0.0.1"), true, false),
      (0xCABC, .autonomousSystem, true, true),
    ])
  func unknownTypeWithUBit(type: UInt16, scope: ScopeID, inArea: Bool, beyond: Bool) throws {
    let lsa = LSAs(.ospfv3).unknown(type)
    let same = travel(lsa, try Between(.ospfv3, leftArea: "0.0.0.1", rightArea: "0.0.0.1"))
    #expect(same.scope == scope && same.isFlooded == inArea)
    let other = travel(lsa, try Between(.ospfv3, leftArea: "0.0.0.1", rightArea: "0.0.0.2"))
    #expect(other.scope == scope && other.isFlooded == beyond)
  }

  @Test(
    "RFC 5340 A.4.2.1: an LSA of an unknown type without the U-bit stays on its link, whatever its scope bits say",
    arguments: [UInt16(0x0ABC), 0x2ABC, 0x4ABC, 0x2006, 0x0001])
  func unknownTypeWithoutUBit(type: UInt16) throws {
    let between = try Between(.ospfv3)
    let lsa = LSAs(.ospfv3).unknown(type)
    let result = travel(lsa, between)
    #expect(result.scope == .link(interfaceIndex: 2))
    #expect(!result.isFlooded)
    #expect(between.bench.acknowledged(LSAs(.ospfv3).key(lsa)).count == 1)
  }

  @Test(
    "RFC 5340 4.5.1(3): an LSA with the reserved scope is dropped unacknowledged, the others are taken",
    arguments: [UInt16(0x6001), 0xE001])
  func reservedScope(type: UInt16) throws {
    let pair = try Pair(.ospfv3)
    let reserved = LSAs(.ospfv3).unknown(type)
    let good = LSAs(.ospfv3).external(service, from: "9.9.9.9")
    pair.neighbor.sendUpdate([reserved, good])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(LSAs(.ospfv3).key(reserved)) == nil)
    #expect(pair.bench.acknowledged(LSAs(.ospfv3).key(reserved)).isEmpty)
    #expect(pair.bench.databaseCopy(LSAs(.ospfv3).key(good)) != nil)
  }

  @Test(
    "RFC 5340 4.5.2: the Designated Router floods what it does not know back onto the link",
    arguments: [UInt16(0x0ABC), 0x2ABC, 0xAABC])
  func unknownBackOntoLink(type: UInt16) throws {
    let elected = try Elected(.ospfv3)
    let lsa = LSAs(.ospfv3).unknown(type)
    elected.other.sendUpdate([lsa], to: .v6("ff02::6"))
    #expect(elected.bench.flooded(LSAs(.ospfv3).key(lsa)).map(\.packet.destination) == [.v6("ff02::5")])
  }

  @Test(
    "RFC 5340 4.5.1(2): nothing of AS scope is taken from a stub area or an NSSA, nor flooded into one",
    arguments: [AreaConfiguration.stub, .nssa])
  func autonomousSystemScopeInStubArea(kind: AreaConfiguration) throws {
    let lsas = [LSAs(.ospfv3).external(service, from: "9.9.9.9"), LSAs(.ospfv3).unknown(0xCABC)]
    for lsa in lsas {
      let into = try Between(.ospfv3, .bench(areas: ["0.0.0.2": kind]), leftArea: "0.0.0.1", rightArea: "0.0.0.2")
      let result = travel(lsa, into)
      #expect(result.scope == .autonomousSystem && !result.isFlooded)
      #expect(into.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
      let outOf = try Between(.ospfv3, .bench(areas: ["0.0.0.1": kind]), leftArea: "0.0.0.1", rightArea: "0.0.0.2")
      #expect(travel(lsa, outOf).scope == nil)
      #expect(outOf.bench.acknowledged(LSAs(.ospfv3).key(lsa)).isEmpty)
    }
  }

  @Test(
    "RFC 5340 2.11: a type that is not known and has the U-bit is neither kept nor flooded in a stub area or an NSSA, but acknowledged",
    arguments: [AreaConfiguration.stub, .nssa], [UInt16(0x8ABC), 0xAABC])
  func unknownInStubArea(kind: AreaConfiguration, type: UInt16) throws {
    let between = try Between(
      .ospfv3, .bench(areas: ["0.0.0.1": kind]), leftArea: "0.0.0.1", rightArea: "0.0.0.1")
    let lsa = LSAs(.ospfv3).unknown(type)
    let result = travel(lsa, between)
    #expect(result.scope == nil && !result.isFlooded)
    #expect(between.bench.acknowledged(LSAs(.ospfv3).key(lsa)).map(\.destination) == [between.left.address])
    // Without the U-bit it stays on its link, and is kept.
    #expect(travel(LSAs(.ospfv3).unknown(0x2ABC), between).scope == .link(interfaceIndex: 2))
  }

  @Test(
    "RFC 7770 2.2: Router Information is known, and is flooded in a stub area and an NSSA too",
    arguments: [AreaConfiguration.stub, .nssa])
  func routerInformationInStubArea(kind: AreaConfiguration) throws {
    let between = try Between(.ospfv3, .bench(areas: ["0.0.0.1": kind]), leftArea: "0.0.0.1", rightArea: "0.0.0.1")
    let result = travel(LSAs(.ospfv3).unknown(LSType.routerInformation.rawValue), between)
    #expect(result.scope == .area("0.0.0.1") && result.isFlooded)
  }

  @Test(
    "RFC 5340 2.11: such a type in a Database Description is not asked for and does no harm",
    arguments: [AreaConfiguration.stub, .normal])
  func unknownDescribed(kind: AreaConfiguration) throws {
    let bench = Bench(.ospfv3, .bench(areas: ["0.0.0.1": kind]), interfaces: [.bench(area: "0.0.0.1")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let lsa = LSAs(.ospfv3).unknown(0xAABC)
    try neighbor.bringToFull([lsa])
    #expect((bench.databaseCopy(LSAs(.ospfv3).key(lsa)) != nil) == (kind == .normal))
    #expect(!bench.changes(of: "3.3.3.3").contains { $0.cause == .seqNumberMismatch })
  }

  @Test(
    "RFC 5340 4.5.1, RFC 2328 10.6: a described LSA with the reserved scope, or with AS scope in a stub area, begins the exchange anew",
    arguments: [(UInt16(0x6001), AreaConfiguration.normal), (0xE001, .normal), (0x4005, .stub), (0x4005, .nssa), (0x2007, .stub)])
  func unacceptableInDescription(type: UInt16, kind: AreaConfiguration) throws {
    let bench = Bench(.ospfv3, .bench(areas: ["0.0.0.1": kind]), interfaces: [.bench(area: "0.0.0.1")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExchange()
    let header = LSAs(.ospfv3).header(LSAs(.ospfv3).unknown(type))
    neighbor.sendDescription([.more, .master], sequence: neighbor.ddSequenceNumber + 1, [header])
    #expect(neighbor.state == .exStart)
    #expect(bench.changes(of: "3.3.3.3").last?.cause == .seqNumberMismatch)
  }

  @Test(
    "an LSA of an unknown type is kept, described and handed out with the very octets that came",
    arguments: [UInt16(0x0ABC), 0xAABC])
  func unchanged(type: UInt16) throws {
    let pair = try Pair(.ospfv3)
    let lsa = LSAs(.ospfv3).unknown(type)
    pair.neighbor.sendUpdate([lsa])
    pair.bench.run(for: .seconds(3))
    pair.bench.forget()
    pair.neighbor.sendRequest([LSAs(.ospfv3).key(lsa)])
    let sent = try pair.bench.only(pair.bench.sent(.linkStateUpdate).flatMap(\.lsas), "LSAs")
    #expect(sent.dropFirst(2) == lsa.dropFirst(2))
  }
}
