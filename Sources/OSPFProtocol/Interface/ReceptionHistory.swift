import OSPFWire

/// What an interface remembers of what it has heard, for whoever asks why an adjacency does not come up or does not stay.
struct ReceptionHistory {
  /// When any packet of another router last arrived, refused ones included.
  var lastHeard: Instant?
  /// The latest refusals.
  var refusals = RefusalHistory()
  /// The last time that one router ID was heard from two addresses of the network.
  var duplicate: (routerID: RouterID, source: IPAddress, other: IPAddress, at: Instant)?
  /// How many adjacencies were lost without anybody having asked for it, and the last of them.
  var losses: (count: UInt64, last: (neighbor: NeighborReference, cause: NeighborEvent, at: Instant))?

  /// A neighbor is no longer Full.
  mutating func noteLoss(of neighbor: NeighborReference, _ cause: NeighborEvent, at now: Instant) {
    switch cause {
    case .inactivityTimer, .oneWayReceived, .seqNumberMismatch, .badLSReq, .llDown, .bfdSessionDown:
      losses = ((losses?.count ?? 0) + 1, (neighbor, cause, now))
    // The configuration or the Designated Router has changed.
    case .killNbr, .adjOK, .helloReceived, .start, .twoWayReceived, .negotiationDone, .exchangeDone, .loadingDone: break
    }
  }
}

/// The latest refusals of an interface, equal ones of one source counted together.
struct RefusalHistory {
  struct Entry {
    var source: IPAddress
    var reason: Refusal
    var count: UInt64
    var first: Instant
    var last: Instant
  }

  /// A stranger who makes up sources or values makes others be forgotten, and not the history grow.
  static let capacity = 16
  /// The one that was not seen for the longest time first.
  private(set) var entries: [Entry] = []

  mutating func note(_ reason: Refusal, from source: IPAddress, at now: Instant) {
    var entry = Entry(source: source, reason: reason, count: 0, first: now, last: now)
    if let position = entries.firstIndex(where: { $0.source == source && $0.reason == reason }) {
      entry = entries.remove(at: position)
    } else if entries.count == Self.capacity {
      entries.removeFirst()
    }
    entry.count += 1
    entry.last = now
    entries.append(entry)
  }
}
