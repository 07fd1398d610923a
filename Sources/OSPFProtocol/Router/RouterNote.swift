import OSPFWire

/// Something that is too small for the log and that a recording of a router tells: a timer that ran out, with what was sent because of it,
/// and what a graceful restart waits with.
public enum RouterNote: Hashable, Sendable {
  /// RFC 2328 section 10.8: the last Database Description was not answered and was sent again, because RxmtInterval had passed or because the
  /// neighbor had only now come to ExStart.
  case descriptionRetransmitted(NeighborReference, ddSequenceNumber: UInt32)
  /// RFC 2328 section 10.9: what a Link State Request had asked for did not come within RxmtInterval, and was asked for again.
  case requestsRetransmitted(NeighborReference, ListedLSAs)
  /// RFC 2328 section 13.6: LSAs were not acknowledged and were sent again; `isEarly`, where that was done before RxmtInterval.
  case updatesRetransmitted(NeighborReference, ListedLSAs, isEarly: Bool)
  /// RFC 2328 section 13.5: acknowledgments that had been delayed were sent.
  case delayedAcknowledgmentsSent(InterfaceReference, ListedLSAs)
  /// RFC 3623 section 2.2: during a graceful restart a prefix of before is not to be advertised any more. It is withdrawn when a neighbor is
  /// there that can be told.
  case withdrawalHeld(IPPrefix)
}

/// Some LSAs, of which the first ones are named.
public struct ListedLSAs: Hashable, Sendable {
  /// How many are named.
  public static let limit = 8

  public private(set) var keys: [LSAKey] = []
  /// How many there are.
  public private(set) var count = 0

  public init() {}

  public init(_ keys: some Sequence<LSAKey>) { for key in keys { append(key) } }

  /// `count` LSAs, of which the first ones are `keys`.
  public init(_ keys: [LSAKey], count: Int) {
    self.keys = Array(keys.prefix(Self.limit))
    self.count = max(count, self.keys.count)
  }

  mutating func append(_ key: LSAKey) {
    if keys.count < Self.limit { keys.append(key) }
    count += 1
  }
}
