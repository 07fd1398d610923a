import FlightRecords
import OSPFProtocol
import OSPFWire

/// What a node that recorded itself has noted beside its packets; nothing in captures of other programs.
public struct RecordedNotes: Sendable {
  /// Something that the node noted.
  public struct Note: Hashable, Sendable {
    /// The time since 1970-01-01 00:00:00 UTC.
    public var time: Duration
    public var fact: RecordedFact

    public init(time: Duration, fact: RecordedFact) {
      self.time = time
      self.fact = fact
    }
  }

  /// In the order of time.
  public let all: [Note]

  public init(_ notes: [Note]) {
    all = notes.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  }

  public var isEmpty: Bool { all.isEmpty }

  /// The router ID of an instance, where the notes are of a node that has it.
  func routerID(of instance: ProtocolInstance) -> RouterID? {
    all.lazy.compactMap { note -> RouterID? in
      if case .instance(instance, let routerID, _, _) = note.fact { routerID } else { nil }
    }.first
  }

  /// The router ID that the node has, where it has but one.
  public var onlyRouterID: RouterID? {
    let routerIDs = Set(ProtocolInstance.allCases.compactMap { routerID(of: $0) })
    return routerIDs.count == 1 ? routerIDs.first : nil
  }

  /// The kinds of an instance's areas as they were at a time, and how it helped restarting neighbors.
  func parameters(
    of instance: ProtocolInstance, at time: Duration
  ) -> (areas: [AreaID: AreaConfiguration], helping: GracefulRestartPolicy)? {
    for note in all.reversed() where note.time <= time {
      if case .instance(instance, _, let areas, let helping) = note.fact { return (areas, helping) }
    }
    return nil
  }

  /// Every interface that an instance has had, with the first parameters that it had with an address. In OSPFv3 that comes later than the
  /// interface, when duplicate address detection is over.
  func interfaces(of instance: ProtocolInstance) -> [RecordedInterface] {
    var seen: Set<RecordedInterface.Name> = []
    return all.compactMap { note in
      guard case .interface(let interface) = note.fact, interface.instance == instance, interface.address != nil,
        seen.insert(interface.name).inserted
      else { return nil }
      return interface
    }
  }

  /// The states through which the node took a neighbor.
  func changes(
    of neighbor: RecordedRouter, _ instance: ProtocolInstance
  ) -> [(time: Duration, from: NeighborState, to: NeighborState, cause: NeighborEvent)] {
    all.compactMap { note in
      guard case .neighbor(instance, let reference, let from, let to, let cause) = note.fact, neighbor.isMeant(by: reference)
      else { return nil }
      return (note.time, from, to, cause)
    }
  }
}

extension Refusal.Kind {
  /// Whether an engine without the node's keys and filters could not find it out itself.
  var isBeyondReplay: Bool {
    switch self {
    case .authenticationTypeMismatch, .authenticationKeyUnknown, .authenticationKeyNotInForce, .authenticationProtocolIDOrder,
      .authenticationFailed, .cryptographicSequenceNumberTooLow, .timeToLiveTooLow, .neighborNotAllowed, .limit:
      true
    default: false
    }
  }

  /// Whether it is about authentication.
  var isAboutAuthentication: Bool {
    switch self {
    case .authenticationTypeMismatch, .authenticationKeyUnknown, .authenticationKeyNotInForce, .authenticationProtocolIDOrder,
      .authenticationFailed, .cryptographicSequenceNumberTooLow:
      true
    default: false
    }
  }

  /// What was wrong, in words; only for those that are beyond a replay.
  var words: String {
    switch self {
    case .authenticationTypeMismatch: "it is authenticated in another way than the interface"
    case .authenticationKeyUnknown: "its key is none of the interface"
    case .authenticationKeyNotInForce: "its key was not in force"
    case .authenticationProtocolIDOrder: "its digest has the Cryptographic Protocol ID in another order"
    case .authenticationFailed: "its digest or password is wrong"
    case .cryptographicSequenceNumberTooLow: "its cryptographic sequence number is too low"
    case .timeToLiveTooLow: "its TTL is too low"
    case .neighborNotAllowed: "its source is not allowed as a neighbor"
    default: rawValue
    }
  }
}

extension RecordedRouter {
  /// Whether an event or a snapshot of the node is about this router.
  func isMeant(by reference: NeighborReference) -> Bool {
    reference.routerID == routerID && reference.address == address
      && (device == nil || reference.interface.name == device)
  }

  /// The instance that its packets are of; nil where no instance has its Instance ID.
  var instance: ProtocolInstance? {
    guard version == .v3 else { return .ospfv2 }
    return AddressFamily(instanceID: instanceID).map { $0 == .ipv4 ? .ospfv3IPv4 : .ospfv3 }
  }
}
