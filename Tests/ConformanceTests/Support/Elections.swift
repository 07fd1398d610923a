import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A neighbor N.N.N.N at 192.0.2.N, with the numbers of those that it names as Designated Router and Backup.
typealias Candidate = (number: UInt8, priority: UInt8, dr: UInt8?, backup: UInt8?)

/// An eligible engine, number 2, that has waited with these neighbors.
func elect(
  _ instance: ProtocolInstance, priority: UInt8 = 1, _ candidates: [Candidate]
) throws -> (bench: Bench, neighbors: [HandMadeNeighbor]) {
  let bench = Bench(instance, interfaces: [.bench(priority: priority)])
  let neighbors = candidates.map { candidate in
    let routerID = RouterID(rawValue: UInt32(candidate.number) * 0x0101_0101)
    let neighbor = HandMadeNeighbor(bench, routerID, IPv4Address(192, 0, 2, candidate.number))
    neighbor.priority = candidate.priority
    neighbor.designatedRouter = candidate.dr.map(instance.identity) ?? .none
    neighbor.backupDesignatedRouter = candidate.backup.map(instance.identity) ?? .none
    return neighbor
  }
  for neighbor in neighbors { neighbor.startHellos() }
  bench.run(for: .seconds(45))
  return (bench, neighbors)
}

/// An engine that is Backup, and Full with the Designated Router, 3.3.3.3, and with a DROther, 4.4.4.4.
struct ElectedBackup {
  let bench: Bench
  let designatedRouter: HandMadeNeighbor
  let other: HandMadeNeighbor

  init(_ instance: ProtocolInstance) throws {
    bench = Bench(instance, interfaces: [.bench(priority: 1)])
    designatedRouter = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    other = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    other.priority = 0
    other.designatedRouter = instance.identity(3)
    other.backupDesignatedRouter = instance.identity(2)
    try designatedRouter.bringToFull()
    try other.bringToFull()
  }
}

/// The Designated Router and the Backup that the engine knows.
func outcome(_ bench: Bench) throws -> [DesignatedRouterID] {
  let interface = try bench.interface()
  return [interface.designatedRouter, interface.backupDesignatedRouter]
}
