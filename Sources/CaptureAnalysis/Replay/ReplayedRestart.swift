import FlightRecords
import OSPFProtocol
import OSPFWire

/// Graceful restarts (RFC 3623, RFC 5187) in a replay: of the node, which ends and begins again with what it had handed over, and of
/// neighbors that it helps.
extension Replay {
  /// How long a node waits for the acknowledgments of its grace-LSAs.
  static let timeout: Duration = .seconds(3)

  /// The next run of the node begins.
  mutating func resume(_ restart: GracefulRestart) {
    current = [:]
    virtualRouter.resume(restart, advertising: withdrawals(after: start + virtualRouter.elapsed))
    for position in peers.indices { peers[position].expectNextExchange() }
  }

  /// What the node will have to withdraw while the restart that goes on at a time is not over.
  func withdrawals(after time: Duration) -> [IPPrefix] {
    for note in recording.notes.all where note.time >= time {
      switch note.fact {
      case .noted(instance, .withdrawalHeld(let prefix)): return [prefix]
      case .gracefulRestart(instance, .ended): return []
      default: break
      }
    }
    return []
  }

  /// A neighbor that was being helped when the recording began: since when, and for how long.
  func helpAtBeginning(of router: RecordedRouter) -> (since: Duration, gracePeriod: Duration, reason: GraceLSA.Reason)? {
    guard let instance, let note = recording.notes.help(of: router, instance, at: start),
      case .gracefulRestart(_, .helping(_, let period, let reason)) = note.fact
    else { return nil }
    return (note.time, period, reason)
  }

  /// The grace-LSA with which such a neighbor had asked for it: the one that it flushes later, or one that says the same.
  func graceLSA(
    of router: RecordedRouter, _ hello: Hello, _ help: (since: Duration, gracePeriod: Duration, reason: GraceLSA.Reason)
  ) -> [UInt8]? {
    let key: LSAKey
    switch hello.attachment {
    case .networkMask: key = LSAKey(lsType: .opaqueLink, linkStateID: GraceLSA.linkStateID, advertisingRouter: router.routerID)
    case .interfaceID(let interfaceID):
      key = LSAKey(lsType: .grace, linkStateID: LinkStateID(rawValue: interfaceID), advertisingRouter: router.routerID)
    }
    let age = UInt16(clamping: (start - help.since).wholeSeconds)
    let flushed = recording.packets.lazy.flatMap(\.lsas).first { $0.header.key == key && $0.problems.isEmpty }
    if var bytes = flushed?.bytes {
      // The checksum does not cover the age.
      (bytes[0], bytes[1]) = (UInt8(age >> 8), UInt8(truncatingIfNeeded: age))
      return bytes
    }
    let lsa = GraceLSA(
      gracePeriod: UInt32(clamping: help.gracePeriod.wholeSeconds), reason: help.reason, interfaceAddress: router.address.v4)
    let header = LSAHeader(
      lsAge: age, options: router.version == .v2 ? 0x42 : 0, key: key,
      sequenceNumber: .initial, checksum: 0, length: 0)
    return LSAEncoder.encode(header: header, body: .opaque(lsa.octets), version: router.version)
  }

  // MARK: What became of them

  /// What became of graceful restarts: as the engine says, or as the node has noted, negative before the recording.
  public var restarts: [(time: Duration, engine: GracefulRestartEvent?, recorded: GracefulRestartEvent?)] {
    let engine = events.compactMap { entry -> (time: Duration, engine: GracefulRestartEvent?, recorded: GracefulRestartEvent?)? in
      if case .gracefulRestart(let event) = entry.event { (entry.time, event, nil) } else { nil }
    }
    return (engine + notedRestarts.map { ($0.time, nil, $0.event) }).sorted { $0.time < $1.time }
  }

  private var notedRestarts: [(time: Duration, event: GracefulRestartEvent)] {
    guard let instance, interfaces.contains(where: { $0.recorded != nil }) else { return [] }
    return recording.notes.all.compactMap { note in
      guard case .gracefulRestart(instance, let event) = note.fact else { return nil }
      // Of what has ended before the recording nothing is left.
      if note.time < start {
        guard case .helping(let neighbor, _, _) = event,
          recording.notes.standingHelp(instance, at: start).contains(where: { $0.fact.isAbout(neighbor) })
        else { return nil }
      }
      return (note.time - start, event)
    }
  }

  /// Where the engine's restarts, or its help, end in another way than those of the node, in sentences.
  public var restartDifferences: [String] {
    let noted = notedRestarts.map(\.event).filter { !$0.isAnnouncement }
    let engine = restarts.compactMap(\.engine).filter { !$0.isAnnouncement }
    guard !noted.isEmpty || !engine.isEmpty, interfaces.contains(where: { $0.recorded != nil }) else { return [] }
    var missing = noted
    var surplus: [GracefulRestartEvent] = []
    for event in engine {
      if let position = missing.firstIndex(where: { $0.isAlike(event) }) {
        missing.remove(at: position)
      } else {
        surplus.append(event)
      }
    }
    return missing.map { "the node has noted, and the engine does not find: \($0.sentence)" }
      + surplus.map { "the engine finds, and the node has not noted: \($0.sentence)" }
  }
}

extension RecordedNotes {
  /// The restart of an instance that is under way at a time, with what is left of its grace period; nil where adjacencies had come back
  /// already: what was restored until then is not in the recording.
  func restart(of instance: ProtocolInstance, at time: Duration) -> GracefulRestart? {
    guard let note = resumption(of: instance, before: time), case .resumed(_, var restart) = note.fact else { return nil }
    let later = all.filter { $0.time >= note.time && $0.time <= time }
    let hasChanged = later.contains { note in
      switch note.fact {
      case .gracefulRestart(instance, .ended): true
      case .neighbor(instance, _, _, .full, _): true
      default: false
      }
    }
    guard !hasChanged else { return nil }
    restart.gracePeriod -= time - note.time
    restart.announcedAge? += time - note.time
    return restart.gracePeriod > .zero ? restart : nil
  }

  private func resumption(of instance: ProtocolInstance, before time: Duration) -> Note? {
    all.last { note in
      if case .resumed(instance, _) = note.fact { note.time <= time } else { false }
    }
  }

  /// Whether a router was Full before a time, or being helped to restart.
  func wasFull(_ router: RecordedRouter, _ instance: ProtocolInstance, before time: Duration) -> Bool {
    if help(of: router, instance, at: time) != nil { return true }
    let begin = resumption(of: instance, before: time)?.time ?? .zero
    return changes(of: router, instance).last { $0.time < time && $0.time >= begin }?.to == .full
  }

  /// The help for neighbors that goes on at a time.
  func standingHelp(_ instance: ProtocolInstance, at time: Duration) -> [Note] {
    var standing: [Note] = []
    for note in all where note.time < time {
      switch note.fact {
      case .gracefulRestart(instance, .helping): standing.append(note)
      case .gracefulRestart(instance, .helpEnded(let neighbor, _)): standing.removeAll { $0.fact.isAbout(neighbor) }
      case .resumed(instance, _): standing = []
      default: break
      }
    }
    return standing
  }

  func help(of router: RecordedRouter, _ instance: ProtocolInstance, at time: Duration) -> Note? {
    standingHelp(instance, at: time).first { note in
      if case .gracefulRestart(_, .helping(let neighbor, _, _)) = note.fact { router.isMeant(by: neighbor) } else { false }
    }
  }

  /// Whether a change of the topology has ended help while it was recorded.
  func saysTopologyEndedHelp(of instance: ProtocolInstance) -> Bool {
    all.contains { if case .gracefulRestart(instance, .helpEnded(_, .topologyChanged)) = $0.fact { true } else { false } }
  }
}

extension RecordedFact {
  fileprivate func isAbout(_ neighbor: NeighborReference) -> Bool {
    if case .gracefulRestart(_, .helping(neighbor, _, _)) = self { true } else { false }
  }
}

extension GracefulRestartEvent {
  /// Whether it only says that the neighbors were told.
  fileprivate var isAnnouncement: Bool { if case .prepared = self { true } else { false } }

  /// Whether another event says the same, grace periods apart.
  fileprivate func isAlike(_ other: GracefulRestartEvent) -> Bool {
    switch (self, other) {
    case (.helping(let one, _, let reason), .helping(let another, _, let otherReason)): one == another && reason == otherReason
    default: self == other
    }
  }
}
