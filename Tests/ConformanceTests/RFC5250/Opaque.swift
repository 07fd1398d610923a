import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5250: opaque LSAs are carried and flooded as they are, as far as their type says.
@Suite struct OpaqueLSAs {
  private func opaque(_ type: LSType, _ number: UInt32 = 1) -> [UInt8] {
    LSAs.v2.make(type, id: LinkStateID(rawValue: 0x0400_0000 | number), from: "9.9.9.9", body: .opaque([0, 1, 0, 4, 1, 2, 3, 4]))
  }

  private func between(
    _ configuration: RouterConfiguration = .bench(), rightArea: AreaID = .backbone, rightTakesOpaque: Bool = true
  ) throws -> Between {
    let bench = Bench(
      configuration,
      interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, area: rightArea, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    left.descriptionOptions = left.options.union(.opaque)
    if rightTakesOpaque { right.descriptionOptions = right.options.union(.opaque) }
    try left.bringToFull()
    try right.bringToFull()
    bench.forget()
    return Between(bench, left, right)
  }

  @Test("RFC 5250 3: type 9 stays on its link, type 10 in its area, type 11 goes everywhere")
  func scopes() throws {
    let same = try between()
    let lsas = [opaque(.opaqueLink), opaque(.opaqueArea), opaque(.opaqueAS)]
    same.left.sendUpdate(lsas)
    #expect(lsas.map { same.bench.flooded(LSAs.v2.key($0)).count } == [0, 1, 1])
    #expect(lsas.allSatisfy { same.bench.databaseCopy(LSAs.v2.key($0)) != nil })
    let other = try between(rightArea: "0.0.0.2")
    other.left.sendUpdate(lsas)
    #expect(lsas.map { other.bench.flooded(LSAs.v2.key($0)).count } == [0, 0, 1])
  }

  @Test("RFC 5250 3: type 11 does not enter stub areas and NSSAs", arguments: [AreaConfiguration.stub, .nssa])
  func stubArea(kind: AreaConfiguration) throws {
    let between = try between(.bench(areas: ["0.0.0.2": kind]), rightArea: "0.0.0.2")
    let lsa = opaque(.opaqueAS)
    between.left.sendUpdate([lsa])
    #expect(between.bench.flooded(LSAs.v2.key(lsa)).isEmpty)
    let back = opaque(.opaqueAS, 2)
    between.right.sendUpdate([back])
    #expect(between.bench.databaseCopy(LSAs.v2.key(back)) == nil)
  }

  @Test("RFC 5250 3.1: a neighbor whose Database Descriptions lack the O-bit is sent no opaque LSA")
  func incapable() throws {
    let between = try between(rightTakesOpaque: false)
    let lsa = opaque(.opaqueArea)
    between.left.sendUpdate([lsa])
    #expect(between.bench.flooded(LSAs.v2.key(lsa)).isEmpty)
    #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test("RFC 5250 3.1: our Database Descriptions carry the O-bit, our Hellos do not")
  func capability() throws {
    let bench = Bench()
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try neighbor.bringToExStart()
    #expect(try neighbor.lastDescription().options.contains(.opaque))
    #expect(try !bench.lastHello().options.contains(.opaque))
  }

  @Test("an opaque LSA is flooded on and kept with the very octets that came")
  func unchanged() throws {
    let between = try between()
    let lsa = LSAs.v2.make(.opaqueArea, id: "4.0.0.1", from: "9.9.9.9", body: .opaque([1, 2, 3, 4, 5, 6, 7]))
    between.left.sendUpdate([lsa])
    #expect(between.right.learned[LSAs.v2.key(lsa)]?.dropFirst(2) == lsa.dropFirst(2))
  }

  @Test("RFC 5250 3.1: the O-bit of Hellos is not looked at, only that of Database Descriptions")
  func bitOutsideOfDescriptions() throws {
    let bench = Bench(.ospfv2, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    left.options.insert(.opaque)
    right.options.insert(.opaque)
    left.descriptionOptions = [.externalRouting, .opaque]
    right.descriptionOptions = .externalRouting
    try left.bringToFull()
    try right.bringToFull()
    let opaque = LSAs.v2.make(.opaqueArea, id: "1.0.0.1", from: "3.3.3.3", body: .opaque([0, 1, 0, 0]))
    left.sendUpdate([opaque])
    bench.run(for: .seconds(6))
    #expect(bench.databaseCopy(LSAs.v2.key(opaque)) != nil)
    #expect(right.learned[LSAs.v2.key(opaque)] == nil, "its Database Descriptions lack the bit")
  }

  @Test("RFC 5250 3: type 9 does not cross from one subnet of a device to another, and one that is flushed there is removed")
  func subnetsOfOneDevice() throws {
    let bench = Bench(interfaces: [.bench(), .bench("198.51.100.2", name: "eth0", index: 2)])
    let neighbors = [
      HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3"), HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1),
    ]
    for neighbor in neighbors {
      neighbor.descriptionOptions = neighbor.options.union(.opaque)
      try neighbor.bringToFull()
    }
    bench.forget()
    let lsa = opaque(.opaqueLink)
    for neighbor in neighbors {
      neighbor.sendUpdate([lsa])
      #expect(bench.flooded(LSAs.v2.key(lsa)).isEmpty)
      let copies = bench.router.databaseSnapshot(at: bench.now).filter { $0.header.key == LSAs.v2.key(lsa) }
      let own = try #require(neighbor.engineAddress.v4)
      #expect(copies.map(\.scope) == [.link(interfaceIndex: 2, address: own)])
      bench.run(for: .seconds(2))
      neighbor.sendUpdate([LSAs.aged(lsa, to: 3600)])
      bench.run(for: .seconds(2))
      #expect(bench.databaseCopy(LSAs.v2.key(lsa)) == nil)
    }
  }
}
