import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// Whoever reads the databases page by page reads each LSA that stays exactly once, whatever comes and goes meanwhile.
@Suite struct DatabasePageRules {
  private func external(_ instance: ProtocolInstance, _ number: Int, _ sequence: SequenceNumber = .initial) -> [UInt8] {
    LSAs(instance).external(IPv4Prefix(IPv4Address(198, 18, UInt8(number), 0), length: 24), from: "9.9.9.9", sequence: sequence)
  }

  /// The pages of `limit`, with `between` called after each.
  private func pages(
    of bench: Bench, limit: Int, between: (Int) -> Void = { _ in }
  ) -> [[LSASnapshot]] {
    var pages: [[LSASnapshot]] = []
    var position: DatabasePosition?
    repeat {
      let page = bench.router.databasePage(after: position, limit: limit, at: bench.now)
      pages.append(page.lsas)
      position = page.position
      between(pages.count)
    } while position != nil && pages.count < 1000
    return pages
  }

  @Test("the pages together are the databases", arguments: ProtocolInstance.allCases, [1, 7, 1000])
  func whole(instance: ProtocolInstance, limit: Int) throws {
    let pair = try Pair(instance, .broadcast, .bench())
    pair.neighbor.sendUpdate((0..<50).map { external(instance, $0) })
    let whole = pair.bench.router.databaseSnapshot(at: pair.bench.now)
    let pages = pages(of: pair.bench, limit: limit)
    #expect(pages.allSatisfy { $0.count <= limit })
    #expect(pages.joined().count == whole.count)
    #expect(Set(pages.joined()) == Set(whole))
  }

  @Test("what stays is read once, though LSAs come, go and are replaced meanwhile", arguments: ProtocolInstance.allCases)
  func changing(instance: ProtocolInstance) throws {
    let pair = try Pair(instance, .broadcast, .bench())
    pair.neighbor.sendUpdate((0..<60).map { external(instance, $0) })
    pair.bench.run(for: .seconds(2))
    var leaving = Array(40..<50)
    var coming = Array(100..<120)
    let pages = pages(of: pair.bench, limit: 5) { _ in
      let gone = leaving.popLast().map { LSAs.aged(external(instance, $0, .initial.advanced(by: 1)), to: 3600) }
      let new = coming.popLast().map { external(instance, $0) }
      pair.neighbor.sendUpdate([gone, new].compactMap(\.self))
      pair.bench.run(for: .seconds(1))
    }
    let read = pages.joined().map(\.header.key)
    for number in Array(0..<40) + Array(50..<60) {
      let key = LSAs(instance).key(external(instance, number))
      #expect(read.count { $0 == key } == 1)
    }
  }

  @Test("LSAs of two links, and of two subnets on one link, are read once each", arguments: ProtocolInstance.allCases, [1, 3])
  func links(instance: ProtocolInstance, limit: Int) throws {
    for (name, index) in instance.version == .v2 ? [("eth1", UInt32(3)), ("eth0", 2)] : [("eth1", 3)] {
      let bench = Bench(
        instance,
        interfaces: [
          .bench(type: .pointToMultipoint), .bench("198.51.100.2", name: name, index: index, type: .pointToMultipoint),
        ])
      for (number, address) in [(0, "192.0.2.3"), (1, "198.51.100.4")] as [(Int, IPv4Address)] {
        let neighbor = HandMadeNeighbor(bench, RouterID(rawValue: address.rawValue), address, interface: number)
        if instance.version == .v2 { neighbor.descriptionOptions = neighbor.options.union(.opaque) }
        let own: [UInt8] =
          instance.version == .v2
          ? LSAs.v2.make(.opaqueLink, id: "9.0.0.1", from: neighbor.routerID, body: .opaque([1, 2, 3, 4]))
          : LSAs(instance).link(neighbor.interfaceID, from: neighbor.routerID)
        try neighbor.bringToFull([own])
      }
      let whole = bench.router.databaseSnapshot(at: bench.now)
      #expect(Set(whole.map(\.scope)).count == 3, "two links and the area")
      let pages = pages(of: bench, limit: limit)
      #expect(pages.joined().count == whole.count)
      #expect(Set(pages.joined()) == Set(whole))
    }
  }
}
