import OSPFProtocol
import OSPFWire

/// Brings the engine to a state of its conversation with a hand-made neighbor.
extension HandMadeNeighbor {
  /// The engine's state for this neighbor.
  public var state: NeighborState { bench.state(of: routerID) }

  /// The engine has heard this neighbor, which has not heard the engine.
  public func bringToInit() throws {
    sendHello { $0.neighbors = [] }
    try expect(.`init`)
  }

  /// The engine and this neighbor hear each other and are not to become adjacent: neither is eligible to become Designated
  /// Router.
  public func bringToTwoWay() throws {
    priority = 0
    startHellos()
    try expect(.twoWay)
  }

  /// The engine is to become adjacent and has sent its first Database Description. On a network with a Designated Router this
  /// neighbor says that it is the one, unless another has been named.
  public func bringToExStart() throws {
    nameDesignatedRouter()
    startHellos()
    try expect(.exStart)
  }

  /// Master and slave are settled, by the router IDs.
  public func bringToExchange() throws {
    try bringToExStart()
    if routerID > bench.router.configuration.routerID {
      sendDescription([.initialize, .more, .master], sequence: ddSequenceNumber &+ 1)
    } else {
      sendDescription(.more, sequence: try lastDescription().sequenceNumber)
    }
    try expect(.exchange)
  }

  /// Both databases are described, and the engine waits for this neighbor's router-LSA and `lsas`.
  public func bringToLoading(_ lsas: [[UInt8]] = []) throws {
    for lsa in lsas { database[self.lsas.key(lsa)] = lsa }
    automatic.insert(.exchange)
    nameDesignatedRouter()
    startHellos()
    try expect(.loading)
  }

  /// The adjacency is Full, the neighbor has what the engine has and has acknowledged all of it, and the engine has `lsas`.
  /// From then on the neighbor goes on by itself.
  public func bringToFull(_ lsas: [[UInt8]] = []) throws {
    for lsa in lsas { database[self.lsas.key(lsa)] = lsa }
    automatic = .all
    nameDesignatedRouter()
    startHellos()
    try bench.run(until: "\(routerID) is Full and has acknowledged everything") {
      bench.neighbor(routerID).map { $0.state == .full && $0.retransmissionCount == 0 } ?? false
    }
    // What became of the adjacency (a router-LSA, a network-LSA) has its second instance behind it when MinLSInterval is over.
    bench.run(for: .seconds(6))
    try expect(.full)
  }

  /// The Database Description that the engine sent this neighbor last.
  public func lastDescription() throws -> DatabaseDescription {
    guard let description = descriptions.last else { throw TestFailure("no Database Description was sent. \(bench.situation)") }
    return description
  }

  /// All Database Descriptions that the engine sent this neighbor since the last `forget`.
  public var descriptions: [DatabaseDescription] {
    bench.sent.filter { $0.destination == address || $0.destination == bench.instance.allSPFRouters }.compactMap(
      \.databaseDescription)
  }

  private func nameDesignatedRouter() {
    let type = bench.interfaces.first { $0.index == interfaceIndex }?.settings.networkType
    guard type == .broadcast || type == .nonBroadcast, designatedRouter == .none else { return }
    designatedRouter = identity
  }

  private func expect(_ expected: NeighborState) throws {
    guard state == expected else {
      throw TestFailure("\(routerID) should be \(expected) and is \(state). \(bench.situation)")
    }
  }
}
