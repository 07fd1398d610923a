import OSPFTestSupport
import OSPFWire
import Testing

@testable import OSPFProtocol

@Suite("Where the database keeps its LSAs")
struct DatabaseStorageTests {
  /// An opaque LSA whose octets all follow from its number and its length.
  private func lsa(_ number: UInt32, length: Int) -> [UInt8] {
    var octets = (0..<length).map { UInt8(truncatingIfNeeded: UInt32($0) &* 7 &+ number) }
    let linkStateID = [4, UInt8(number >> 16 & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
    octets.replaceSubrange(0..<12, with: [0, 1, 2, 11] + linkStateID + [9, 9, 9, 9])
    octets[18] = UInt8(length >> 8)
    octets[19] = UInt8(length & 0xFF)
    return octets
  }

  private func key(_ number: UInt32) -> LSAKey {
    LSAKey(
      lsType: .opaqueAS, linkStateID: LinkStateID(rawValue: 0x0400_0000 | number),
      advertisingRouter: RouterID(rawValue: 0x0909_0909))
  }

  @Test("LSAs of all sizes that come, change their size and go in any order stay what they are, and are counted")
  func comeAndGo() throws {
    let totals = DatabaseTotals()
    let database = LinkStateDatabase(scope: .autonomousSystem, version: .v2, totals: totals)
    var random = SplitMix64(seed: 5)
    var expected: [UInt32: [UInt8]] = [:]
    for round in 0..<6000 {
      // More come than go at first, and the other way round later.
      let number = UInt32.random(in: 0..<900, using: &random)
      if Int.random(in: 0..<6000, using: &random) < round {
        database.remove(key(number))
        expected[number] = nil
      } else {
        let length = [20, 24, 29, 36, 36, 36, 48, 128, 129, 132, 1400, 65_535].randomElement(using: &random) ?? 36
        let octets = lsa(number &+ UInt32(round), length: length)
        var named = octets
        named.replaceSubrange(4..<8, with: lsa(number, length: 20)[4..<8])
        database.install(named.rawSpan, key: key(number), isFlooded: true, at: .zero)
        expected[number] = named
      }
    }
    #expect(database.count == expected.count)
    #expect(totals.count == expected.count)
    #expect(totals.octets == expected.values.reduce(0) { $0 + $1.count })
    for (number, octets) in expected {
      let slot = try #require(database.slot(of: key(number)))
      #expect(database.octets(slot, lsAge: 1) == octets)
      #expect(database.key(slot) == key(number))
    }
    #expect(Array(database.slots).count == expected.count)
    for number in expected.keys { database.remove(key(number)) }
    #expect(database.count == 0)
    #expect(totals.octets == 0)
    #expect(Array(database.slots) == [])
  }

  @Test("A slot stays the same when another instance takes it, whatever its length", arguments: [20, 36, 128, 132, 3000])
  func sameSlot(length: Int) {
    let database = LinkStateDatabase(scope: .autonomousSystem, version: .v2, totals: DatabaseTotals())
    let slots = (0..<300).map { number in
      database.install(lsa(UInt32(number), length: 36).rawSpan, key: key(UInt32(number)), isFlooded: true, at: .zero)
    }
    database.addRetransmission(slots[7])
    #expect(database.install(lsa(7, length: length).rawSpan, key: key(7), isFlooded: false, at: .zero) == slots[7])
    #expect(database.octets(slots[7], lsAge: 1) == lsa(7, length: length))
    #expect(database[slots[7]].retransmissions == 1)
    #expect(database.octets(slots[8], lsAge: 1) == lsa(8, length: 36))
    #expect(database.octets(slots[6], lsAge: 1) == lsa(6, length: 36))
  }

  @Test("Where LSAs of one size have gone others come, each into a place of its own")
  func samePlaces() throws {
    let database = LinkStateDatabase(scope: .autonomousSystem, version: .v2, totals: DatabaseTotals())
    let install = { (number: UInt32) in
      _ = database.install(self.lsa(number, length: 36).rawSpan, key: self.key(number), isFlooded: true, at: .zero)
    }
    for number in 0..<50 as Range<UInt32> { install(number) }
    for number in 10..<30 as Range<UInt32> { database.remove(key(number)) }
    for number in 50..<1000 as Range<UInt32> { install(number) }
    #expect(database.count == 980)
    for number in Array(0..<10) + Array(30..<1000) as [UInt32] {
      let slot = try #require(database.slot(of: key(number)))
      #expect(database.octets(slot, lsAge: 1) == lsa(number, length: 36))
    }
  }

  @Test("A slot that has become free is taken again: their number follows what is there, not what was there once")
  func freeSlots() {
    let database = LinkStateDatabase(scope: .autonomousSystem, version: .v2, totals: DatabaseTotals())
    let slots = (0..<1000).map { number in
      database.remove(key(UInt32(number) &- 10))
      return database.install(lsa(UInt32(number), length: 36).rawSpan, key: key(UInt32(number)), isFlooded: true, at: .zero)
    }
    #expect(Set(slots) == Set(0..<10))
  }
}
