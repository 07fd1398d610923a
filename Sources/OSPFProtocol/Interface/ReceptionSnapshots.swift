import OSPFWire

/// What an interface has heard, and what came of it, at one instant.
public struct ReceptionSnapshot: Sendable, Hashable {
  /// Time since any packet of another router arrived, refused ones included; nil when none ever has.
  public var lastHeardAge: Duration?
  /// The latest refusals, the last one first; equal ones of one source are counted together. Their number is limited.
  public var refusals: [RefusalSnapshot]
  /// The last time that one router ID was heard from two addresses of the network.
  public var duplicateRouterID: DuplicateSnapshot?
  /// How many adjacencies were lost without anybody having asked for it.
  public var lossCount: UInt64
  /// The last of them.
  public var lastLoss: LossSnapshot?

  /// Equal refusals of one source.
  public struct RefusalSnapshot: Sendable, Hashable {
    /// Where the packets came from.
    public var source: IPAddress
    /// Why they were refused.
    public var reason: Refusal
    /// How many.
    public var count: UInt64
    /// Time since the first.
    public var firstAge: Duration
    /// Time since the last.
    public var lastAge: Duration
  }

  /// Two routers with one router ID.
  public struct DuplicateSnapshot: Sendable, Hashable {
    public var routerID: RouterID
    /// The two addresses.
    public var addresses: [IPAddress]
    /// Time since it was seen.
    public var age: Duration
  }

  /// The loss of an adjacency.
  public struct LossSnapshot: Sendable, Hashable {
    public var neighbor: NeighborReference
    /// Why it is not Full any more.
    public var cause: NeighborEvent
    /// Time since then.
    public var age: Duration
  }
}

extension ReceptionSnapshot {
  init(_ history: ReceptionHistory, at now: Instant) {
    lastHeardAge = history.lastHeard.map { now - $0 }
    refusals = history.refusals.entries.reversed().map {
      RefusalSnapshot(
        source: $0.source, reason: $0.reason, count: $0.count, firstAge: now - $0.first, lastAge: now - $0.last)
    }
    duplicateRouterID = history.duplicate.map {
      DuplicateSnapshot(routerID: $0.routerID, addresses: [$0.other, $0.source], age: now - $0.at)
    }
    lossCount = history.losses?.count ?? 0
    lastLoss = history.losses.map {
      LossSnapshot(neighbor: $0.last.neighbor, cause: $0.last.cause, age: now - $0.last.at)
    }
  }
}
