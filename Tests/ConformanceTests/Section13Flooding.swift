import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 sections 13.1 to 13.3: which instance is newer, and where an LSA goes next.
@Suite struct FloodingProcedure {
  private let key = LSAKey.external(service, from: "9.9.9.9")

  private func lsa(
    _ sequence: Int32 = 5, age: UInt16 = 1, metric: UInt32 = 20
  ) -> [UInt8] {
    LSAs.external(service, from: "9.9.9.9", sequence: .initial.advanced(by: sequence), age: age, metric: metric)
  }

  /// Whether the engine that has `old` takes `new` for newer.
  private func replaces(_ old: [UInt8], _ new: [UInt8]) throws -> Bool {
    let pair = try Pair(lsas: [old])
    pair.neighbor.sendUpdate([new])
    let copy = try #require(pair.bench.databaseCopy(key))
    return Array(copy.bytes.dropFirst(2)) == Array(new.dropFirst(2)) && copy.header.lsAge == LSAs.header(new).lsAge
  }

  // MARK: 13.1

  @Test("RFC 2328 13.1: the higher sequence number is newer, as a signed number")
  func sequence() throws {
    #expect(try replaces(lsa(5), lsa(6)))
    #expect(try !replaces(lsa(5), lsa(4)))
    let negative = LSAs.external(service, from: "9.9.9.9", sequence: .initial)
    let positive = LSAs.external(service, from: "9.9.9.9", sequence: SequenceNumber(rawValue: 3))
    #expect(try replaces(negative, positive))
    #expect(try !replaces(positive, negative))
  }

  @Test("RFC 2328 13.1: with equal sequence numbers the larger checksum is newer")
  func checksum() throws {
    let one = lsa(metric: 20)
    let other = lsa(metric: 21)
    let (smaller, larger) = LSAs.header(one).checksum < LSAs.header(other).checksum ? (one, other) : (other, one)
    #expect(try replaces(smaller, larger))
    #expect(try !replaces(larger, smaller))
  }

  @Test("RFC 2328 13.1: of equal instances the one at MaxAge is newer, which flushes")
  func maxAge() throws {
    let pair = try Pair(lsas: [lsa()])
    pair.neighbor.sendUpdate([lsa(age: 3600)])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(key) == nil)
  }

  @Test("RFC 2328 13.1: of ages that differ by more than MaxAgeDiff the smaller is newer, otherwise they are the same")
  func maxAgeDiff() throws {
    #expect(try replaces(lsa(age: 2000), lsa(age: 1000)))
    #expect(try !replaces(lsa(age: 1000), lsa(age: 2000)))
    #expect(try !replaces(lsa(age: 1000), lsa(age: 200)))
  }

  // MARK: 13.3

  @Test("RFC 2328 13.3(1a): a neighbor below Exchange is sent nothing")
  func belowExchange() throws {
    let bench = Bench(interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToExStart()
    bench.forget()
    left.sendUpdate([lsa()])
    bench.run(for: .seconds(12))
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test("RFC 2328 13.3(1b): a neighbor that has described a newer instance is not sent the older one")
  func exchangingNeighborHasNewer() throws {
    let (bench, left, right) = try loading(describing: lsa(9))
    left.sendUpdate([lsa(5)])
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 2)
    #expect(right.state == .loading)
  }

  @Test("RFC 2328 13.3(1b): an instance that a neighbor has described too is no longer requested and not sent to it")
  func exchangingNeighborHasSame() throws {
    let (bench, left, _) = try loading(describing: lsa(5))
    left.sendUpdate([lsa(5)])
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 1)
  }

  @Test("RFC 2328 13.3(1b): a neighbor that has described an older instance is sent the newer one, and is asked no more")
  func exchangingNeighborHasOlder() throws {
    let (bench, left, _) = try loading(describing: lsa(3))
    left.sendUpdate([lsa(5)])
    #expect(bench.flooded(key).count == 1)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 1)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
  }

  /// An engine Full with `left` and Loading with `right`, which has described its router-LSA and `lsa`.
  private func loading(
    describing lsa: [UInt8]
  ) throws -> (bench: Bench, left: HandMadeNeighbor, right: HandMadeNeighbor) {
    let bench = Bench(interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToLoading([lsa])
    bench.forget()
    return (bench, left, right)
  }

  @Test("RFC 2328 13.3(1c, 4): an LSA does not go back to the neighbor that it came from")
  func notBack() throws {
    let pair = try Pair(.pointToPoint)
    pair.neighbor.sendUpdate([lsa()])
    pair.bench.run(for: .seconds(12))
    #expect(pair.bench.flooded(key).isEmpty)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
  }

  @Test("RFC 2328 13.3(3): what the Designated Router or Backup has sent is not flooded back onto its network")
  func fromDesignatedRouter() throws {
    let trio = try Trio()
    trio.designatedRouter.sendUpdate([lsa()])
    #expect(trio.bench.flooded(key).isEmpty)
    trio.bench.run(for: .seconds(2))
    trio.backup.sendUpdate([LSAs.external(otherService, from: "9.9.9.9")])
    #expect(trio.bench.flooded(.external(otherService, from: "9.9.9.9")).isEmpty)
  }

  @Test("RFC 2328 13.3(3): the other of the two still owes an acknowledgment, and is sent the LSA if it stays silent")
  func fromDesignatedRouterRetransmitted() throws {
    let trio = try Trio()
    trio.backup.automatic.remove(.acknowledgments)
    trio.designatedRouter.sendUpdate([lsa()])
    #expect(trio.bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
    #expect(trio.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    trio.bench.run(for: .seconds(6))
    #expect(trio.bench.flooded(key).map(\.packet.destination) == [.v4("192.0.2.4")])
  }

  @Test("RFC 2328 13.3(4): the Backup does not flood back what came in on its network; the Designated Router will")
  func backupDoesNotFlood() throws {
    let bench = Bench(interfaces: [.bench(priority: 1)])
    let designatedRouter = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let other = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    other.priority = 0
    other.designatedRouter = "192.0.2.3"
    other.backupDesignatedRouter = "192.0.2.2"
    try designatedRouter.bringToFull()
    try other.bringToFull()
    #expect(try bench.interface().state == .backup)
    bench.forget()
    other.sendUpdate([lsa()], to: .allDRouters)
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("3.3.3.3")?.retransmissionCount == 1)
  }

  @Test("RFC 2328 13.3(5): the Designated Router floods back what a DROther has sent, to AllSPFRouters")
  func designatedRouterFloodsBack() throws {
    let elected = try Elected()
    elected.other.sendUpdate([lsa()], to: .allDRouters)
    #expect(elected.bench.flooded(key).map(\.packet.destination) == [.allSPFRouters])
  }

  @Test("RFC 2328 13.3: a DROther sends its updates to AllDRouters, the Designated Router and the Backup to AllSPFRouters")
  func multicastGroups() throws {
    let trio = try Trio()
    trio.bench.advertise([.external(.service)])
    #expect(Set(trio.bench.sent(.linkStateUpdate).map(\.destination)) == [.allDRouters])
    let elected = try Elected()
    elected.bench.advertise([.external(.service)])
    #expect(Set(elected.bench.sent(.linkStateUpdate).map(\.destination)) == [.allSPFRouters])
  }

  @Test("RFC 2328 13.3: an LSA goes onto a network once, however many neighbors there are")
  func onceEach() throws {
    let elected = try Elected()
    elected.bench.advertise([.external(.service)])
    #expect(elected.bench.flooded(.external(service, from: "2.2.2.2")).count == 1)
    #expect(elected.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    #expect(elected.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test("RFC 2328 13.3: LS age grows by InfTransDelay on every link, and by the time that passes")
  func infTransDelay() throws {
    let bench = Bench(
      interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint) { $0.infTransDelay = 7 }])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToFull()
    right.automatic.remove(.acknowledgments)
    bench.forget()
    left.sendUpdate([lsa(age: 100)])
    #expect(bench.flooded(key).map(\.header.lsAge) == [107])
    bench.run(for: .milliseconds(5500))
    #expect(bench.flooded(key).map(\.header.lsAge) == [107, 112])
  }

  @Test("RFC 2328 13.3: LS age never exceeds MaxAge")
  func ageIsCapped() throws {
    let between = try Between()
    between.left.sendUpdate([lsa(age: 3599)])
    #expect(between.bench.flooded(key).first?.header.lsAge == 3600)
  }

  @Test("RFC 2328 13.3: LSAs of an area stay in it", arguments: [LSType.router, .network, .summaryNetwork])
  func areaScope(type: LSType) throws {
    let between = try Between(leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    let lsa =
      switch type {
      case .router: LSAs.router("9.9.9.9")
      case .network: LSAs.network("198.18.0.1", from: "9.9.9.9", attached: ["9.9.9.9"])
      default: LSAs.summary("198.18.0.0/24", from: "9.9.9.9")
      }
    between.left.sendUpdate([lsa])
    #expect(between.bench.databaseCopy(LSAs.key(lsa))?.scope == .area("0.0.0.1"))
    #expect(between.bench.flooded(LSAs.key(lsa)).isEmpty)
    let same = try Between()
    same.left.sendUpdate([lsa])
    #expect(same.bench.flooded(LSAs.key(lsa)).count == 1)
  }

  @Test("RFC 2328 13.3: AS-external-LSAs go to every area but stub areas and NSSAs")
  func autonomousSystemScope() throws {
    for (kind, count) in [(AreaConfiguration.normal, 1), (.stub, 0), (.nssa, 0)] {
      let between = try Between(.bench(areas: ["0.0.0.2": kind]), leftArea: "0.0.0.1", rightArea: "0.0.0.2")
      between.left.sendUpdate([lsa()])
      #expect(between.bench.databaseCopy(key)?.scope == .autonomousSystem)
      #expect(between.bench.flooded(key).count == count, "\(kind)")
      #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
    }
  }

  @Test("several changed LSAs share an update")
  func packing() throws {
    let pair = try Pair()
    pair.bench.advertise((0..<20).map { .external(IPPrefix(host: .v4(IPv4Address(198, 18, 0, $0)))) })
    let update = try pair.bench.only(pair.bench.sent(.linkStateUpdate), "updates")
    #expect(update.updatedHeaders.count == 21)
  }

  @Test("an LSA that is longer than the MTU goes alone in a packet of its own")
  func longerThanTheMTU() throws {
    let pair = try Pair()
    pair.bench.advertise((0..<300).map { .stub(IPPrefix(host: .v4(IPv4Address(rawValue: 0xC612_0000 + UInt32($0))))) })
    pair.bench.run(for: .seconds(6))
    let flooded = try #require(pair.bench.flooded(.router("2.2.2.2")).last)
    #expect(flooded.header.length > 1500)
    #expect(flooded.packet.updatedHeaders.count == 1)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
  }
}
