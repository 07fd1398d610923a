import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 sections 13.1 to 13.3: which instance is newer, and where an LSA goes next.
@Suite struct FloodingProcedure {
  private func lsa(
    _ variant: Variant, _ sequence: Int32 = 5, age: UInt16 = 1, metric: UInt32 = 20
  ) -> [UInt8] {
    LSAs(variant).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: sequence), age: age, metric: metric)
  }

  /// Whether the engine that has `old` takes `new` for newer.
  private func replaces(_ variant: Variant, _ old: [UInt8], _ new: [UInt8]) throws -> Bool {
    let pair = try Pair(variant, lsas: [old])
    pair.neighbor.sendUpdate([new])
    let copy = try #require(pair.bench.databaseCopy(LSAs(variant).key(new)))
    return Array(copy.bytes.dropFirst(2)) == Array(new.dropFirst(2)) && copy.header.lsAge == LSAs(variant).header(new).lsAge
  }

  // MARK: 13.1

  @Test("RFC 2328 13.1: the higher sequence number is newer, as a signed number", arguments: Variant.allCases)
  func sequence(variant: Variant) throws {
    #expect(try replaces(variant, lsa(variant, 5), lsa(variant, 6)))
    #expect(try !replaces(variant, lsa(variant, 5), lsa(variant, 4)))
    let negative = LSAs(variant).external(service, from: "9.9.9.9", sequence: .initial)
    let positive = LSAs(variant).external(service, from: "9.9.9.9", sequence: SequenceNumber(rawValue: 3))
    #expect(try replaces(variant, negative, positive))
    #expect(try !replaces(variant, positive, negative))
  }

  @Test("RFC 2328 13.1: with equal sequence numbers the larger checksum is newer", arguments: Variant.allCases)
  func checksum(variant: Variant) throws {
    let one = lsa(variant, metric: 20)
    let other = lsa(variant, metric: 21)
    let (smaller, larger) =
      LSAs(variant).header(one).checksum < LSAs(variant).header(other).checksum ? (one, other) : (other, one)
    #expect(try replaces(variant, smaller, larger))
    #expect(try !replaces(variant, larger, smaller))
  }

  @Test("RFC 2328 13.1: of equal instances the one at MaxAge is newer, which flushes", arguments: Variant.allCases)
  func maxAge(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let pair = try Pair(variant, lsas: [lsa(variant)])
    pair.neighbor.sendUpdate([lsa(variant, age: 3600)])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(key) == nil)
  }

  @Test(
    "RFC 2328 13.1: of ages that differ by more than MaxAgeDiff the smaller is newer, otherwise they are the same",
    arguments: Variant.allCases)
  func maxAgeDiff(variant: Variant) throws {
    #expect(try replaces(variant, lsa(variant, age: 2000), lsa(variant, age: 1000)))
    #expect(try !replaces(variant, lsa(variant, age: 1000), lsa(variant, age: 2000)))
    #expect(try !replaces(variant, lsa(variant, age: 1000), lsa(variant, age: 200)))
  }

  // MARK: 13.3

  @Test("RFC 2328 13.3(1a): a neighbor below Exchange is sent nothing", arguments: Variant.allCases)
  func belowExchange(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let bench = Bench(variant, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToExStart()
    bench.forget()
    left.sendUpdate([lsa(variant)])
    bench.run(for: .seconds(12))
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test(
    "RFC 2328 13.3(1b): a neighbor that has described a newer instance is not sent the older one", arguments: Variant.allCases)
  func exchangingNeighborHasNewer(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let (bench, left, right) = try loading(variant, describing: lsa(variant, 9))
    left.sendUpdate([lsa(variant, 5)])
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 2)
    #expect(right.state == .loading)
  }

  @Test(
    "RFC 2328 13.3(1b): an instance that a neighbor has described too is no longer requested and not sent to it",
    arguments: Variant.allCases)
  func exchangingNeighborHasSame(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let (bench, left, _) = try loading(variant, describing: lsa(variant, 5))
    left.sendUpdate([lsa(variant, 5)])
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 1)
  }

  @Test(
    "RFC 2328 13.3(1b): a neighbor that has described an older instance is sent the newer one, and is asked no more",
    arguments: Variant.allCases)
  func exchangingNeighborHasOlder(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let (bench, left, _) = try loading(variant, describing: lsa(variant, 3))
    left.sendUpdate([lsa(variant, 5)])
    #expect(bench.flooded(key).count == 1)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 1)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
  }

  /// An engine Full with `left` and Loading with `right`, which has described its router-LSA and `lsa`.
  private func loading(
    _ variant: Variant, describing lsa: [UInt8]
  ) throws -> (bench: Bench, left: HandMadeNeighbor, right: HandMadeNeighbor) {
    let bench = Bench(
      variant, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToLoading([lsa])
    bench.forget()
    return (bench, left, right)
  }

  @Test("RFC 2328 13.3(1c, 4): an LSA does not go back to the neighbor that it came from", arguments: Variant.allCases)
  func notBack(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let pair = try Pair(variant, .pointToPoint)
    pair.neighbor.sendUpdate([lsa(variant)])
    pair.bench.run(for: .seconds(12))
    #expect(pair.bench.flooded(key).isEmpty)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
  }

  @Test(
    "RFC 2328 13.3(3): what the Designated Router or Backup has sent is not flooded back onto its network",
    arguments: Variant.allCases)
  func fromDesignatedRouter(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let trio = try Trio(variant)
    trio.designatedRouter.sendUpdate([lsa(variant)])
    #expect(trio.bench.flooded(key).isEmpty)
    trio.bench.run(for: .seconds(2))
    trio.backup.sendUpdate([LSAs(variant).external(otherService, from: "9.9.9.9")])
    #expect(trio.bench.flooded(.external(otherService, from: "9.9.9.9", variant)).isEmpty)
  }

  @Test(
    "RFC 2328 13.3(3): the other of the two still owes an acknowledgment, and is sent the LSA if it stays silent",
    arguments: Variant.allCases)
  func fromDesignatedRouterRetransmitted(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let trio = try Trio(variant)
    trio.backup.automatic.remove(.acknowledgments)
    trio.designatedRouter.sendUpdate([lsa(variant)])
    #expect(trio.bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
    #expect(trio.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    trio.bench.run(for: .seconds(6))
    #expect(trio.bench.flooded(key).map(\.packet.destination) == [variant.address("192.0.2.4")])
  }

  @Test(
    "RFC 2328 13.3(4): the Backup does not flood back what came in on its network; the Designated Router will",
    arguments: Variant.allCases)
  func backupDoesNotFlood(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let bench = Bench(variant, interfaces: [.bench(priority: 1)])
    let designatedRouter = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let other = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    other.priority = 0
    other.designatedRouter = variant.identity(3)
    other.backupDesignatedRouter = variant.identity(2)
    try designatedRouter.bringToFull()
    try other.bringToFull()
    #expect(try bench.interface().state == .backup)
    bench.forget()
    other.sendUpdate([lsa(variant)], to: variant.allDRouters)
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("3.3.3.3")?.retransmissionCount == 1)
  }

  @Test(
    "RFC 2328 13.3(5): the Designated Router floods back what a DROther has sent, to AllSPFRouters", arguments: Variant.allCases)
  func designatedRouterFloodsBack(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let elected = try Elected(variant)
    elected.other.sendUpdate([lsa(variant)], to: variant.allDRouters)
    #expect(elected.bench.flooded(key).map(\.packet.destination) == [variant.allSPFRouters])
  }

  @Test(
    "RFC 2328 13.3: a DROther sends its updates to AllDRouters, the Designated Router and the Backup to AllSPFRouters",
    arguments: Variant.allCases)
  func multicastGroups(variant: Variant) throws {
    let trio = try Trio(variant)
    trio.bench.advertise([.external(.service)])
    #expect(Set(trio.bench.sent(.linkStateUpdate).map(\.destination)) == [variant.allDRouters])
    let elected = try Elected(variant)
    elected.bench.advertise([.external(.service)])
    #expect(Set(elected.bench.sent(.linkStateUpdate).map(\.destination)) == [variant.allSPFRouters])
  }

  @Test("RFC 2328 13.3: an LSA goes onto a network once, however many neighbors there are", arguments: Variant.allCases)
  func onceEach(variant: Variant) throws {
    let elected = try Elected(variant)
    elected.bench.advertise([.external(.service)])
    #expect(elected.bench.flooded(.external(service, from: "2.2.2.2", variant)).count == 1)
    #expect(elected.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    #expect(elected.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test("RFC 2328 13.3: LS age grows by InfTransDelay on every link, and by the time that passes", arguments: Variant.allCases)
  func infTransDelay(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let bench = Bench(
      variant,
      interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint) { $0.infTransDelay = 7 }])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToFull()
    right.automatic.remove(.acknowledgments)
    bench.forget()
    left.sendUpdate([lsa(variant, age: 100)])
    #expect(bench.flooded(key).map(\.header.lsAge) == [107])
    bench.run(for: .milliseconds(5500))
    #expect(bench.flooded(key).map(\.header.lsAge) == [107, 112])
  }

  @Test("RFC 2328 13.3: LS age never exceeds MaxAge", arguments: Variant.allCases)
  func ageIsCapped(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    let between = try Between(variant)
    between.left.sendUpdate([lsa(variant, age: 3599)])
    #expect(between.bench.flooded(key).first?.header.lsAge == 3600)
  }

  @Test("RFC 2328 13.3: LSAs of an area stay in it", arguments: Variant.allCases, [LSType.router, .network, .summaryNetwork])
  func areaScope(variant: Variant, type: LSType) throws {
    let between = try Between(variant, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    let lsa =
      switch type {
      case .router: LSAs(variant).router("9.9.9.9")
      case .network: LSAs(variant).network("198.18.0.1", from: "9.9.9.9", attached: ["9.9.9.9"])
      default: LSAs(variant).summary("198.18.0.0/24", from: "9.9.9.9")
      }
    between.left.sendUpdate([lsa])
    #expect(between.bench.databaseCopy(LSAs(variant).key(lsa))?.scope == .area("0.0.0.1"))
    #expect(between.bench.flooded(LSAs(variant).key(lsa)).isEmpty)
    let same = try Between(variant)
    same.left.sendUpdate([lsa])
    #expect(same.bench.flooded(LSAs(variant).key(lsa)).count == 1)
  }

  @Test("RFC 2328 13.3: AS-external-LSAs go to every area but stub areas and NSSAs", arguments: Variant.allCases)
  func autonomousSystemScope(variant: Variant) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", variant)
    for (kind, count) in [(AreaConfiguration.normal, 1), (.stub, 0), (.nssa, 0)] {
      let between = try Between(variant, .bench(areas: ["0.0.0.2": kind]), leftArea: "0.0.0.1", rightArea: "0.0.0.2")
      between.left.sendUpdate([lsa(variant)])
      #expect(between.bench.databaseCopy(key)?.scope == .autonomousSystem)
      #expect(between.bench.flooded(key).count == count, "\(kind)")
      #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
    }
  }

  @Test("several changed LSAs share an update", arguments: Variant.allCases)
  func packing(variant: Variant) throws {
    let pair = try Pair(variant)
    pair.bench.advertise((0..<20).map { .external(IPPrefix(host: .v4(IPv4Address(198, 18, 0, $0)))) })
    let update = try pair.bench.only(pair.bench.sent(.linkStateUpdate), "updates")
    #expect(update.updatedHeaders.count == 21)
  }

  @Test("an LSA that is longer than the MTU goes alone in a packet of its own")
  func longerThanTheMTU() throws {
    let pair = try Pair(.ospfv2)
    pair.bench.advertise((0..<300).map { .stub(IPPrefix(host: .v4(IPv4Address(rawValue: 0xC612_0000 + UInt32($0))))) })
    pair.bench.run(for: .seconds(6))
    let flooded = try #require(pair.bench.flooded(.router("2.2.2.2", .ospfv2)).last)
    #expect(flooded.header.length > 1500)
    #expect(flooded.packet.updatedHeaders.count == 1)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
  }
}
