import OSPFWire

/// What an interface remembers of floods that the database had no room for.
struct OverflowHistory {
  /// How many came in a row, each soon after the one before.
  var count: UInt64 = 0
  /// The last of them.
  var last: (limit: Event.Limit, neighbor: NeighborReference, until: Instant)?
  /// Whether the interface stays down because of it.
  var isHeldOff = false

  /// When the interface comes up again.
  var deadline: Instant? { isHeldOff ? last?.until : nil }
}

/// A database at its limit. A part of it that looks whole would be worse than none: whoever reads it would take what is missing for gone.
/// So the interface that the flood comes in on leaves its network, as routers of IOS and EOS do with `max-lsa`, and comes back later, after
/// twice the time when the flood has not ended: the adjacency must not come and go every few seconds.
///
/// It is the interface and not one adjacency: on a broadcast network every other neighbor floods the same, and a Designated Router that is
/// not listened to would make the election come out differently here and there.
extension Router {
  /// The most often that the time is doubled.
  private static let overflowDoublings: UInt64 = 4

  /// The neighbor has sent, or described, what there is no room for.
  func overflow(_ limit: Event.Limit, from neighbor: Neighbor, at now: Instant) {
    let interface = neighbor.interface
    var history = interface.overflows
    let calm = history.last.map { now - $0.until } ?? .zero
    if calm > configuration.limits.overflowHoldOff * (1 << Int(Self.overflowDoublings)) { history.count = 0 }
    let holdOff = configuration.limits.overflowHoldOff * (1 << Int(min(history.count, Self.overflowDoublings)))
    history.count += 1
    history.last = (limit, neighbor.reference, now + holdOff)
    history.isHeldOff = true
    interface.overflows = history
    sink.report(.databaseOverflow(neighbor: neighbor.reference, limit: limit, holdOff: holdOff))
    // The neighbors need not wait for their dead timers.
    sendGoodbye(on: interface, at: now)
    process(.interfaceDown, on: interface, at: now)
    forgetWhatNobodyFloods(at: now)
  }

  /// Where no adjacency is left, what other routers have said is forgotten: nobody would tell when it changes, it would leave no room for
  /// what the remaining adjacencies say, and it would be described to the next neighbor, which may have got rid of it.
  private func forgetWhatNobodyFloods(at now: Instant) {
    let exchanging = interfaces.filter { $0.neighbors.contains { $0.state >= .exchange } }
    let hasExternals = exchanging.contains { $0.area.kind.hasExternalRoutingCapability }
    for interface in interfaces where !exchanging.contains(where: { $0 === interface }) {
      forgetOthers(in: interface.database, at: now)
    }
    for area in areas where !exchanging.contains(where: { $0.area === area }) { forgetOthers(in: area.database, at: now) }
    if !hasExternals { forgetOthers(in: asDatabase, at: now) }
  }

  private func forgetOthers(in database: LinkStateDatabase, at now: Instant) {
    let keys = database.slots.map { database.key($0) }.filter { key in
      !isSelfOriginated(key) && origination.records[LSAIdentity(scope: database.scope, key: key)] == nil
    }
    for key in keys {
      database.remove(key)
      noteTopologyChange(key, in: database, at: now)
    }
    if !keys.isEmpty { noteLinkChange(database) }
  }

  /// The time is over, or somebody has asked for it: the interface tries again.
  func endHoldOff(of interface: Interface, at now: Instant) {
    guard interface.overflows.isHeldOff else { return }
    interface.overflows.isHeldOff = false
    sink.report(.databaseOverflowOver(interface: interface.reference))
    startIfUp(interface, at: now)
  }

  /// What the limit is about has changed, or an operator has mended it: the waiting is over, and so is the doubling.
  func endAllHoldOffs(at now: Instant) {
    for interface in interfaces {
      interface.overflows.count = 0
      endHoldOff(of: interface, at: now)
    }
  }
}

/// The last flood that the database had no room for.
public struct OverflowSnapshot: Sendable, Hashable {
  public var limit: Event.Limit
  /// Whose flood it was.
  public var neighbor: NeighborReference
  /// How many there were in a row.
  public var count: UInt64
  /// Time until the interface comes up again; nil when it has.
  public var holdOffDue: Duration?

  init?(_ history: OverflowHistory, at now: Instant) {
    guard let last = history.last else { return nil }
    limit = last.limit
    neighbor = last.neighbor
    count = history.count
    holdOffDue = history.isHeldOff ? max(last.until - now, .zero) : nil
  }
}
