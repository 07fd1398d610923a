import OSPFProtocol
import OSPFWire

/// One engine on a bench: virtual time, hand-made neighbors, and a record of everything that the engine did.
public final class Bench {
  /// What the engine speaks.
  public let instance: ProtocolInstance
  /// The engine.
  public let router: Router
  /// The instant that the engine has been told last.
  public private(set) var now: Instant
  /// Every packet that the engine has sent since the last `forget`.
  public private(set) var sent: [SentPacket] = []
  /// Every event since the last `forget`.
  public private(set) var events: [Event] = []
  /// What a recording would be told, with its time.
  public private(set) var notes: [(time: Instant, note: RouterNote)] = []
  /// The multicast groups that the engine is a member of.
  public private(set) var groups: Set<GroupMembership> = []
  /// What the engine sent that cannot be decoded: always empty when the engine is right.
  public private(set) var undecodable: [String] = []
  /// Where the Cryptographic sequence numbers end that the engine wants to be set aside, one after the other.
  public private(set) var reservedSequenceNumbers: [UInt64] = []
  /// The interfaces that the engine runs with.
  public private(set) var interfaces: [InterfaceDefinition]

  private let sink: OutputSink
  private var neighbors: [HandMadeNeighbor] = []
  private var undelivered: [SentPacket] = []
  private var isDelivering = false

  /// A membership in a multicast group on an interface.
  public struct GroupMembership: Hashable, Sendable {
    public let interfaceIndex: UInt32
    public let group: IPAddress

    /// Makes a membership.
    public init(_ interfaceIndex: UInt32, _ group: IPAddress) {
      self.interfaceIndex = interfaceIndex
      self.group = group
    }
  }

  /// Starts an engine with interfaces. Configuration, interfaces and advertisements are translated into the instance. The clock begins
  /// at an odd instant, so that nothing can rely on zero.
  public init(
    _ instance: ProtocolInstance, _ configuration: RouterConfiguration = .bench(), interfaces: [InterfaceDefinition] = [.bench()],
    seed: UInt64 = 1, wallClock: UInt32 = 0, restart: GracefulRestart? = nil
  ) {
    self.instance = instance
    sink = OutputSink()
    now = Instant(nanoseconds: 1_000_000_007)
    self.interfaces = interfaces.map(instance.translate)
    router = Router(
      configuration: instance.translate(configuration), seed: seed,
      sequenceNumbers: SequenceNumberReservation(wallClock: Int64(wallClock)), restart: restart, at: now, sink: sink)
    router.setInterfaces(self.interfaces, at: now)
    collect()
  }

  /// Starts an engine for OSPFv2.
  public convenience init(
    _ configuration: RouterConfiguration = .bench(), interfaces: [InterfaceDefinition] = [.bench()], seed: UInt64 = 1,
    wallClock: UInt32 = 0
  ) {
    self.init(.ospfv2, configuration, interfaces: interfaces, seed: seed, wallClock: wallClock)
  }

  // MARK: Driving

  /// Lets virtual time pass: fires the engine's timers and the neighbors' in order.
  public func run(for duration: Duration) {
    let end = now + duration
    var turnsAtThisInstant = 0
    while let next = nextDeadline, next <= end {
      turnsAtThisInstant = next > now ? 0 : turnsAtThisInstant + 1
      precondition(turnsAtThisInstant < 10_000, "the engine's deadline does not move past \(now)")
      now = max(now, next)
      fire()
    }
    now = end
  }

  /// Lets virtual time pass until `condition` holds; throws when it does not within `limit`.
  public func run(until what: String, within limit: Duration = .seconds(300), _ condition: () -> Bool) throws {
    let end = now + limit
    while !condition() {
      guard let next = nextDeadline, next <= end else {
        throw TestFailure("after \(limit) still not: \(what). \(situation)")
      }
      now = max(now, next)
      fire()
    }
  }

  /// Lets virtual time pass of which the engine hears at the end only: its process was stopped, or not run.
  public func stall(for duration: Duration) {
    now = now + duration
    fire()
  }

  /// Gives the engine a packet.
  public func receive(_ datagram: Datagram) {
    router.receive(datagram, at: now)
    collect()
  }

  /// Sets the calendar of the engine to a second.
  public func setWallClock(_ second: Int64) {
    router.setWallClock(second, at: now)
    collect()
  }

  /// Replaces the advertised prefixes.
  public func advertise(_ advertisements: [Advertisement]) {
    router.advertise(advertisements.map(instance.translate), at: now)
    collect()
  }

  /// Replaces the interfaces.
  public func setInterfaces(_ definitions: [InterfaceDefinition]) {
    interfaces = definitions.map(instance.translate)
    router.setInterfaces(interfaces, at: now)
    collect()
  }

  /// Changes the interface with the given address.
  public func changeInterface(_ position: Int = 0, _ change: (inout InterfaceDefinition) -> Void) {
    var definitions = interfaces
    change(&definitions[position])
    setInterfaces(definitions)
  }

  /// Applies a configuration.
  public func apply(_ configuration: RouterConfiguration) {
    router.apply(instance.translate(configuration), at: now)
    collect()
  }

  /// Tells what became of a BFD session.
  public func bfdSession(_ peer: BFDPeer, isUp: Bool) {
    if isUp { router.bfdSessionUp(peer, at: now) } else { router.bfdSessionDown(peer, at: now) }
    collect()
  }

  /// Tells the neighbors of a restart.
  public func prepareRestart(
    gracePeriod: Duration = .seconds(120), reason: GraceLSA.Reason = .softwareRestart, timeout: Duration = .seconds(5)
  ) -> RestartState {
    defer { collect() }
    return router.prepareRestart(gracePeriod: gracePeriod, reason: reason, timeout: timeout, at: now)
  }

  /// Begins to leave.
  public func shutDown(timeout: Duration = .seconds(5)) {
    router.shutDown(at: now, timeout: timeout)
    collect()
  }

  /// Clears all neighbors, as an operator does.
  public func clearNeighbors() {
    router.clearNeighbors(at: now)
    collect()
  }

  /// Forgets what was sent and reported so far.
  public func forget() {
    sent = []
    events = []
    notes = []
  }

  // MARK: Looking

  /// The state of the neighbor with a router ID; Down when the engine has none.
  public func state(of routerID: RouterID) -> NeighborState { neighbor(routerID)?.state ?? .down }

  /// The neighbor with a router ID.
  public func neighbor(_ routerID: RouterID) -> NeighborSnapshot? {
    router.neighborSnapshots(at: now).first { $0.reference.routerID == routerID }
  }

  /// The interface at a position in the definitions.
  public func interface(_ position: Int = 0) throws -> InterfaceSnapshot {
    let snapshots = router.interfaceSnapshots(at: now)
    guard position < snapshots.count else { throw TestFailure("no interface \(position): \(snapshots)") }
    return snapshots[position]
  }

  /// The database copy of an LSA.
  public func databaseCopy(_ key: LSAKey) -> LSASnapshot? {
    router.databaseSnapshot(at: now).first { $0.header.key == key }
  }

  /// Our OSPFv2 router-LSA; throws when there is none.
  public func routerLSA(area: AreaID? = nil) throws -> RouterLSA {
    let key = LSAKey.router(router.configuration.routerID, instance)
    let copies = router.databaseSnapshot(at: now).filter { $0.header.key == key }
    guard let copy = copies.first(where: { area == nil || $0.scope == area.map(ScopeID.area) }) else {
      throw TestFailure("no router-LSA of our own. \(situation)")
    }
    guard case .router(let body) = try body(copy) else { throw TestFailure("a router-LSA that is none: \(copy.bytes)") }
    return body
  }

  /// What an LSA in the database carries.
  public func body(_ key: LSAKey) throws -> LSABody {
    guard let copy = databaseCopy(key) else { throw TestFailure("\(key.summary) is not in the database. \(situation)") }
    return try body(copy)
  }

  /// What a database copy carries.
  public func body(_ copy: LSASnapshot) throws -> LSABody {
    try LSABody.decode(copy.bytes.rawSpan, version: instance.version)
  }

  /// The packets of a type that were sent since the last `forget`.
  public func sent(_ type: PacketType) -> [SentPacket] { sent.filter { $0.type == type } }

  /// The instances of an LSA that were sent since the last `forget`, with the time of each.
  public func flooded(_ key: LSAKey) -> [(time: Instant, header: LSAHeader, packet: SentPacket)] {
    sent.flatMap { packet in packet.updatedHeaders.filter { $0.key == key }.map { (packet.time, $0, packet) } }
  }

  /// The acknowledgments of an LSA that were sent since the last `forget`.
  public func acknowledged(_ key: LSAKey) -> [SentPacket] {
    sent.filter { $0.acknowledgedHeaders.contains { $0.key == key } }
  }

  /// The reasons of all refused packets since the last `forget`.
  public var refusals: [Refusal] {
    events.compactMap { if case .packetRefused(_, _, _, let reason) = $0 { reason } else { nil } }
  }

  /// Every change of a neighbor's state since the last `forget`.
  public func changes(of routerID: RouterID) -> [(to: NeighborState, cause: NeighborEvent)] {
    events.compactMap {
      guard case .neighborStateChanged(let neighbor, _, let to, let cause) = $0, neighbor.routerID == routerID else { return nil }
      return (to, cause)
    }
  }

  /// What there is to say when something is not as expected.
  public var situation: String {
    let neighbors = router.neighborSnapshots(at: now).map { "\($0.reference.routerID) \($0.state)" }
    let interfaces = router.interfaceSnapshots(at: now).map { "\($0.reference.address) \($0.state.rawValue)" }
    return "interfaces \(interfaces), neighbors \(neighbors), sent \(sent.suffix(8)), events \(events.suffix(4))"
  }

  // MARK: Turning the crank

  func add(_ neighbor: HandMadeNeighbor) { neighbors.append(neighbor) }

  private var nextDeadline: Instant? {
    ([router.nextDeadline] + neighbors.map(\.nextHello)).compactMap { $0 }.min()
  }

  private func fire() {
    if let deadline = router.nextDeadline, deadline <= now {
      router.advance(to: now)
      collect()
    }
    for neighbor in neighbors { neighbor.fire(at: now) }
  }

  private func collect() {
    for output in sink.drain() {
      switch output {
      case .transmit(let transmission): record(transmission)
      case .joinGroup(let interfaceIndex, let group): groups.insert(GroupMembership(interfaceIndex, group))
      case .leaveGroup(let interfaceIndex, let group): groups.remove(GroupMembership(interfaceIndex, group))
      case .reserveSequenceNumbers(let end): reservedSequenceNumbers.append(end)
      case .event(let event): events.append(event)
      case .note(let note): notes.append((now, note))
      }
    }
    deliver()
  }

  private func record(_ transmission: Transmission) {
    do throws(WireError) {
      let packet = try SentPacket(transmission, instance.version, at: now)
      sent.append(packet)
      undelivered.append(packet)
    } catch {
      undecodable.append("\(error): \(transmission)")
    }
  }

  /// Gives what was sent to the neighbors, one packet after the other: what they answer is handled after it.
  private func deliver() {
    guard !isDelivering else { return }
    isDelivering = true
    defer { isDelivering = false }
    while !undelivered.isEmpty {
      let packet = undelivered.removeFirst()
      for neighbor in neighbors where neighbor.hears(packet.transmission) { neighbor.receive(packet) }
    }
  }
}
