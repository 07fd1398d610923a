import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 2328 sections 13.1 to 13.3: which instance is newer, and where an LSA goes next.
@Suite struct FloodingProcedure {
  private func lsa(
    _ instance: ProtocolInstance, _ sequence: Int32 = 5, age: UInt16 = 1, metric: UInt32 = 20
  ) -> [UInt8] {
    LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial.advanced(by: sequence), age: age, metric: metric)
  }

  /// Whether the engine that has `old` takes `new` for newer.
  private func replaces(_ instance: ProtocolInstance, _ old: [UInt8], _ new: [UInt8]) throws -> Bool {
    let pair = try Pair(instance, lsas: [old])
    pair.neighbor.sendUpdate([new])
    let copy = try #require(pair.bench.databaseCopy(LSAs(instance).key(new)))
    return Array(copy.bytes.dropFirst(2)) == Array(new.dropFirst(2)) && copy.header.lsAge == LSAs(instance).header(new).lsAge
  }

  // MARK: 13.1

  @Test("RFC 2328 13.1: the higher sequence number is newer, as a signed number", arguments: ProtocolInstance.allCases)
  func sequence(instance: ProtocolInstance) throws {
    #expect(try replaces(instance, lsa(instance, 5), lsa(instance, 6)))
    #expect(try !replaces(instance, lsa(instance, 5), lsa(instance, 4)))
    let negative = LSAs(instance).external(service, from: "9.9.9.9", sequence: .initial)
    let positive = LSAs(instance).external(service, from: "9.9.9.9", sequence: SequenceNumber(rawValue: 3))
    #expect(try replaces(instance, negative, positive))
    #expect(try !replaces(instance, positive, negative))
  }

  @Test("RFC 2328 13.1: with equal sequence numbers the larger checksum is newer", arguments: ProtocolInstance.allCases)
  func checksum(instance: ProtocolInstance) throws {
    let one = lsa(instance, metric: 20)
    let other = lsa(instance, metric: 21)
    let (smaller, larger) =
      LSAs(instance).header(one).checksum < LSAs(instance).header(other).checksum ? (one, other) : (other, one)
    #expect(try replaces(instance, smaller, larger))
    #expect(try !replaces(instance, larger, smaller))
  }

  @Test("RFC 2328 13.1: of equal instances the one at MaxAge is newer, which flushes", arguments: ProtocolInstance.allCases)
  func maxAge(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance, lsas: [lsa(instance)])
    pair.neighbor.sendUpdate([lsa(instance, age: 3600)])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(key) == nil)
  }

  @Test(
    "RFC 2328 13.1: of ages that differ by more than MaxAgeDiff the smaller is newer, otherwise they are the same",
    arguments: ProtocolInstance.allCases)
  func maxAgeDiff(instance: ProtocolInstance) throws {
    #expect(try replaces(instance, lsa(instance, age: 2000), lsa(instance, age: 1000)))
    #expect(try !replaces(instance, lsa(instance, age: 1000), lsa(instance, age: 2000)))
    #expect(try !replaces(instance, lsa(instance, age: 1000), lsa(instance, age: 200)))
  }

  // MARK: 13.3

  @Test("RFC 2328 13.3(1a): a neighbor below Exchange is sent nothing", arguments: ProtocolInstance.allCases)
  func belowExchange(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToExStart()
    bench.forget()
    left.sendUpdate([lsa(instance)])
    bench.run(for: .seconds(12))
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test(
    "RFC 2328 13.3(1b): a neighbor that has described a newer instance is not sent the older one",
    arguments: ProtocolInstance.allCases)
  func exchangingNeighborHasNewer(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let (bench, left, right) = try loading(instance, describing: lsa(instance, 9))
    left.sendUpdate([lsa(instance, 5)])
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 2)
    #expect(right.state == .loading)
  }

  @Test(
    "RFC 2328 13.3(1b): an instance that a neighbor has described too is no longer requested and not sent to it",
    arguments: ProtocolInstance.allCases)
  func exchangingNeighborHasSame(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let (bench, left, _) = try loading(instance, describing: lsa(instance, 5))
    left.sendUpdate([lsa(instance, 5)])
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 1)
  }

  @Test(
    "RFC 2328 13.3(1b): a neighbor that has described an older instance is sent the newer one, and is asked no more",
    arguments: ProtocolInstance.allCases)
  func exchangingNeighborHasOlder(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let (bench, left, _) = try loading(instance, describing: lsa(instance, 3))
    left.sendUpdate([lsa(instance, 5)])
    #expect(bench.flooded(key).count == 1)
    #expect(bench.neighbor("4.4.4.4")?.requestCount == 1)
    #expect(bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
  }

  /// An engine Full with `left` and Loading with `right`, which has described its router-LSA and `lsa`.
  private func loading(
    _ instance: ProtocolInstance, describing lsa: [UInt8]
  ) throws -> (bench: Bench, left: HandMadeNeighbor, right: HandMadeNeighbor) {
    let bench = Bench(
      instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToLoading([lsa])
    bench.forget()
    return (bench, left, right)
  }

  @Test("RFC 2328 13.3(1c, 4): an LSA does not go back to the neighbor that it came from", arguments: ProtocolInstance.allCases)
  func notBack(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let pair = try Pair(instance, .pointToPoint)
    pair.neighbor.sendUpdate([lsa(instance)])
    pair.bench.run(for: .seconds(12))
    #expect(pair.bench.flooded(key).isEmpty)
    #expect(pair.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
  }

  @Test(
    "RFC 2328 13.3(3): what the Designated Router or Backup has sent is not flooded back onto its network",
    arguments: ProtocolInstance.allCases)
  func fromDesignatedRouter(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let trio = try Trio(instance)
    trio.designatedRouter.sendUpdate([lsa(instance)])
    #expect(trio.bench.flooded(key).isEmpty)
    trio.bench.run(for: .seconds(2))
    trio.backup.sendUpdate([LSAs(instance).external(otherService, from: "9.9.9.9")])
    #expect(trio.bench.flooded(.external(otherService, from: "9.9.9.9", instance)).isEmpty)
  }

  @Test(
    "RFC 2328 13.3(3): the other of the two still owes an acknowledgment, and is sent the LSA if it stays silent",
    arguments: ProtocolInstance.allCases)
  func fromDesignatedRouterRetransmitted(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let trio = try Trio(instance)
    trio.backup.automatic.remove(.acknowledgments)
    trio.designatedRouter.sendUpdate([lsa(instance)])
    #expect(trio.bench.neighbor("4.4.4.4")?.retransmissionCount == 1)
    #expect(trio.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    trio.bench.run(for: .seconds(6))
    #expect(trio.bench.flooded(key).map(\.packet.destination) == [instance.address("192.0.2.4")])
  }

  @Test(
    "RFC 2328 13.3(4): the Backup does not flood back what came in on its network; the Designated Router will",
    arguments: ProtocolInstance.allCases)
  func backupDoesNotFlood(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let backup = try ElectedBackup(instance)
    let (bench, other) = (backup.bench, backup.other)
    #expect(try bench.interface().state == .backup)
    bench.forget()
    other.sendUpdate([lsa(instance)], to: instance.allDRouters)
    #expect(bench.flooded(key).isEmpty)
    #expect(bench.neighbor("3.3.3.3")?.retransmissionCount == 1)
  }

  @Test(
    "RFC 2328 13.3(5): the Designated Router floods back what a DROther has sent, to AllSPFRouters",
    arguments: ProtocolInstance.allCases)
  func designatedRouterFloodsBack(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let elected = try Elected(instance)
    elected.other.sendUpdate([lsa(instance)], to: instance.allDRouters)
    #expect(elected.bench.flooded(key).map(\.packet.destination) == [instance.allSPFRouters])
  }

  @Test(
    "RFC 2328 13.3: a DROther sends its updates to AllDRouters, the Designated Router and the Backup to AllSPFRouters",
    arguments: ProtocolInstance.allCases)
  func multicastGroups(instance: ProtocolInstance) throws {
    let trio = try Trio(instance)
    trio.bench.advertise([.external(.service)])
    #expect(Set(trio.bench.sent(.linkStateUpdate).map(\.destination)) == [instance.allDRouters])
    let elected = try Elected(instance)
    elected.bench.advertise([.external(.service)])
    #expect(Set(elected.bench.sent(.linkStateUpdate).map(\.destination)) == [instance.allSPFRouters])
  }

  @Test("RFC 2328 13.3: an LSA goes onto a network once, however many neighbors there are", arguments: ProtocolInstance.allCases)
  func onceEach(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    elected.bench.advertise([.external(.service)])
    #expect(elected.bench.flooded(.external(service, from: "2.2.2.2", instance)).count == 1)
    #expect(elected.bench.neighbor("3.3.3.3")?.retransmissionCount == 0)
    #expect(elected.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test(
    "RFC 2328 13.3: LS age grows by InfTransDelay on every link, and by the time that passes",
    arguments: ProtocolInstance.allCases)
  func infTransDelay(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let bench = Bench(
      instance,
      interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint) { $0.infTransDelay = 7 }])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    try right.bringToFull()
    right.automatic.remove(.acknowledgments)
    bench.forget()
    left.sendUpdate([lsa(instance, age: 100)])
    #expect(bench.flooded(key).map(\.header.lsAge) == [107])
    bench.run(for: .milliseconds(5500))
    #expect(bench.flooded(key).map(\.header.lsAge) == [107, 112])
  }

  @Test("RFC 2328 13.3: LS age never exceeds MaxAge", arguments: ProtocolInstance.allCases)
  func ageIsCapped(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    let between = try Between(instance)
    between.left.sendUpdate([lsa(instance, age: 3599)])
    #expect(between.bench.flooded(key).first?.header.lsAge == 3600)
  }

  @Test(
    "RFC 2328 13.3: LSAs of an area stay in it", arguments: ProtocolInstance.allCases, [LSType.router, .network, .summaryNetwork])
  func areaScope(instance: ProtocolInstance, type: LSType) throws {
    let between = try Between(instance, leftArea: "0.0.0.1", rightArea: "0.0.0.2")
    let lsa =
      switch type {
      case .router: LSAs(instance).router("9.9.9.9")
      case .network: LSAs(instance).network("198.18.0.1", from: "9.9.9.9", attached: ["9.9.9.9"])
      default: LSAs(instance).summary("198.18.0.0/24", from: "9.9.9.9")
      }
    between.left.sendUpdate([lsa])
    #expect(between.bench.databaseCopy(LSAs(instance).key(lsa))?.scope == .area("0.0.0.1"))
    #expect(between.bench.flooded(LSAs(instance).key(lsa)).isEmpty)
    let same = try Between(instance)
    same.left.sendUpdate([lsa])
    #expect(same.bench.flooded(LSAs(instance).key(lsa)).count == 1)
  }

  @Test("RFC 2328 13.3: AS-external-LSAs go to every area but stub areas and NSSAs", arguments: ProtocolInstance.allCases)
  func autonomousSystemScope(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "9.9.9.9", instance)
    for (kind, count) in [(AreaConfiguration.normal, 1), (.stub, 0), (.nssa, 0)] {
      let between = try Between(instance, .bench(areas: ["0.0.0.2": kind]), leftArea: "0.0.0.1", rightArea: "0.0.0.2")
      between.left.sendUpdate([lsa(instance)])
      #expect(between.bench.databaseCopy(key)?.scope == .autonomousSystem)
      #expect(between.bench.flooded(key).count == count, "\(kind)")
      #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
    }
  }

  @Test("several changed LSAs share an update", arguments: ProtocolInstance.allCases)
  func packing(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
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

  /// On a network without multicast, with the neighbors that are configured there, and after WaitTimer.
  private func benchWithoutMulticast(_ instance: ProtocolInstance, _ type: NetworkType, _ addresses: [IPv4Address]) -> Bench {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: type, priority: 10) { settings in
          settings.neighbors = addresses.map { ConfiguredNeighbor(address: .v4($0)) }
        }
      ])
    bench.run(for: .seconds(41))
    return bench
  }

  @Test(
    "RFC 2328 13.3(5), table 19: without multicast the sender gets a copy like everybody else, and no acknowledgment beside it",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToMultipoint, .nonBroadcast])
  func floodedBackWithoutMulticast(instance: ProtocolInstance, type: NetworkType) throws {
    let addresses: [IPv4Address] = ["192.0.2.3", "192.0.2.4"]
    let bench = benchWithoutMulticast(instance, type, addresses)
    let neighbors = zip(["3.3.3.3", "4.4.4.4"] as [RouterID], addresses).map { HandMadeNeighbor(bench, $0, $1) }
    for neighbor in neighbors {
      if type == .nonBroadcast { neighbor.designatedRouter = instance.identity(2) }
      try neighbor.bringToFull()
    }
    bench.forget()
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    neighbors[0].sendUpdate([lsa])
    let copies = bench.flooded(LSAs(instance).key(lsa))
    #expect(Set(copies.map(\.packet.destination)) == Set(addresses.map { instance.address($0) }))
    #expect(copies.count == 2)
    bench.run(for: .seconds(6))
    #expect(bench.acknowledged(LSAs(instance).key(lsa)).isEmpty)
    #expect(bench.flooded(LSAs(instance).key(lsa)).count == 2)
  }

  @Test(
    "RFC 2328 13.3(1a): a neighbor below Exchange is sent nothing without multicast either",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToMultipoint, .nonBroadcast])
  func belowExchangeWithoutMulticast(instance: ProtocolInstance, type: NetworkType) throws {
    let addresses = (3...5).map { IPv4Address(192, 0, 2, $0) }
    let bench = benchWithoutMulticast(instance, type, addresses)
    let neighbors = zip(["3.3.3.3", "4.4.4.4", "5.5.5.5"] as [RouterID], addresses).map { HandMadeNeighbor(bench, $0, $1) }
    if type == .nonBroadcast { for neighbor in neighbors { neighbor.designatedRouter = instance.identity(2) } }
    for neighbor in neighbors.dropLast() { try neighbor.bringToFull() }
    try neighbors[2].bringToExStart()
    bench.forget()
    let lsa = LSAs(instance).external(service, from: "9.9.9.9")
    neighbors[0].sendUpdate([lsa])
    let destinations = bench.flooded(LSAs(instance).key(lsa)).map(\.packet.destination)
    #expect(destinations == neighbors.dropLast().map(\.address))
  }
}
