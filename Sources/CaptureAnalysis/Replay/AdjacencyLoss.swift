import FlightRecords
import OSPFProtocol
import OSPFWire

/// An adjacency that was Full and is no longer: when, by what event, and what the recording says about it.
public struct AdjacencyLoss: Sendable {
  /// Counted from the recording's first packet.
  public let time: Duration
  public let cause: NeighborEvent
  /// Why, in sentences.
  public let reasons: [String]
}

extension Replay {
  /// Every loss of the adjacency with a router: those that the node has noted, or else those of the engine.
  public func losses(of router: RecordedRouter) -> [AdjacencyLoss] {
    let engine = engineLosses(of: router)
    guard let instance, let interface = interface(to: router), interface.recorded != nil else {
      return engine.map { AdjacencyLoss(time: $0.time, cause: $0.cause, reasons: reasons(router, $0.time, $0.cause)) }
    }
    let noted = recording.notes.changes(of: router, instance).filter { $0.from == .full && $0.to < .full && $0.time >= start }
    return noted.map { change in
      let time = change.time - start
      var reasons = reasons(router, time, change.cause)
      // A clock that was set back, or a long pause, moves the engine's time.
      if !engine.contains(where: { $0.cause == change.cause && abs($0.time - time) < .seconds(3) }) {
        reasons.append("the engine does not lose it then: what made the node lose it is not in the recording")
      }
      return AdjacencyLoss(time: time, cause: change.cause, reasons: reasons)
    }
  }

  private func engineLosses(of router: RecordedRouter) -> [(time: Duration, cause: NeighborEvent)] {
    events.compactMap { entry in
      guard case .neighborStateChanged(let neighbor, .full, let to, let cause) = entry.event, to < .full,
        router.isMeant(by: neighbor)
      else { return nil }
      return (entry.time, cause)
    }
  }

  private func reasons(_ router: RecordedRouter, _ time: Duration, _ cause: NeighborEvent) -> [String] {
    switch cause {
    case .inactivityTimer: silenceReasons(router, time)
    case .oneWayReceived: oneWayReasons(router, time)
    case .bfdSessionDown: pathReasons(router, time)
    case .killNbr, .llDown: [interfaceReason(router, time)]
    case .seqNumberMismatch:
      ["a Database Description of it does not fit the exchange that was over, as after a restart of it: the exchange begins anew"]
    case .badLSReq: ["it requests an LSA that is not there: the exchange begins anew"]
    case .adjOK: ["after an election neither of the two is Designated Router or Backup Designated Router"]
    case .helloReceived, .start, .twoWayReceived, .negotiationDone, .exchangeDone, .loadingDone: [cause.rawValue]
    }
  }

  // MARK: The dead timer

  private func silenceReasons(_ router: RecordedRouter, _ time: Duration) -> [String] {
    guard let interface = interface(to: router) else { return [] }
    let dead = parameters(of: interface, at: time).settings.routerDeadInterval
    // What came later was not taken, or the timer would have begun anew.
    let hellos = packets(of: router, until: time).filter { $0.type == .hello }
    let last = hellos.last { self.time($0) <= time - dead + .milliseconds(100) }
    var reasons: [String] = []
    if let last {
      reasons.append(
        "no Hello of it was taken for \(Self.seconds(time - self.time(last))), RouterDeadInterval is \(Self.seconds(dead)): "
          + "the last one came at \(CaptureTime.seconds(self.time(last))) s")
    } else {
      reasons.append(
        "no Hello of it was taken for RouterDeadInterval, \(Self.seconds(dead)): the last one came before the recording")
    }
    let since = last.map { self.time($0) } ?? .zero
    let ignored = hellos.count { self.time($0) > since }
    let words = Set(refusalWords(router, since, time)).sorted()
    if ignored > 0 {
      reasons.append(
        "\(ignored) of its Hellos came after that and were refused" + (words.isEmpty ? "" : ": \(words.joined(separator: "; "))"))
    } else {
      reasons.append(hearing(router, interface, since, time))
    }
    let own = packets(of: interface.router, until: time).last { $0.type == .hello }
    let hello = parameters(of: interface, at: time).settings.helloInterval
    if let own, time - self.time(own) > hello + hello {
      reasons.append("no Hello went out here for \(Self.seconds(time - self.time(own))) either: the trouble is on this side")
    }
    return reasons
  }

  /// Who else was heard while a router was silent.
  private func hearing(
    _ router: RecordedRouter, _ interface: PlayedInterface, _ since: Duration, _ time: Duration
  ) -> String {
    func isHeard(_ other: RecordedRouter) -> Bool { packets(of: other, until: time).contains { self.time($0) > since } }
    let here = others.filter { $0 != router && $0.device == router.device }
    if isHeard(router) { return "other packets of it came after that: it does not send Hellos, or they are lost" }
    if here.contains(where: isHeard) {
      return "other routers on \(interface.definition.name) were heard meanwhile: it is that router, or its own link"
    }
    let elsewhere = others.filter { $0.device != router.device && isHeard($0) }.compactMap(\.device)
    let place = router.device.map { " on \($0)" } ?? ""
    if elsewhere.isEmpty { return "nobody was heard\(place) meanwhile" }
    return "nobody was heard\(place) meanwhile, and those on \(Set(elsewhere).sorted().joined(separator: ", ")) were"
  }

  /// Why packets of a router were refused in a time, as the engine says it, and as the node has noted it.
  private func refusalWords(_ router: RecordedRouter, _ since: Duration, _ time: Duration) -> [String] {
    let engine = events.compactMap { entry -> String? in
      guard entry.time > since, entry.time <= time, case .packetRefused(_, _, router.address, let reason) = entry.event else {
        return nil
      }
      return reason.sentence
    }
    return engine
      + notedRefusals(of: router).filter { $0.time > since && $0.time <= time && $0.kind.isBeyondReplay }.map(\.kind.words)
  }

  /// What the node has noted to have refused of a router.
  func notedRefusals(of router: RecordedRouter) -> [(time: Duration, kind: Refusal.Kind)] {
    recording.notes.all.compactMap { note in
      guard case .refusal(_, let index, router.address, let kind) = note.fact,
        interface(to: router)?.definition.index == index
      else { return nil }
      return (note.time - start, kind)
    }
  }

  // MARK: The other causes

  private func oneWayReasons(_ router: RecordedRouter, _ time: Duration) -> [String] {
    let last = packets(of: router, until: time).last { $0.type == .hello }
    guard let last, case .hello(let hello) = last.packet?.body else { return ["a Hello of it does not list \(played.routerID)"] }
    var reasons = ["its Hello of \(CaptureTime.seconds(self.time(last))) s does not list \(played.routerID)"]
    if hello.neighbors.isEmpty { reasons[0] += ", nor anybody else: it has begun anew, or hears nobody" }
    if let interface = interface(to: router),
      let own = packets(of: interface.router, until: self.time(last)).last(where: { $0.type == .hello })
    {
      reasons.append("the last Hello from here went out \(Self.seconds(self.time(last) - self.time(own))) before that")
    }
    return reasons
  }

  private func pathReasons(_ router: RecordedRouter, _ time: Duration) -> [String] {
    let note = recording.notes.all.last { note in
      guard case .path(let peer, false, _) = note.fact, peer.address == router.address else { return false }
      return note.time - start <= time && interface(to: router)?.definition.index == peer.interfaceIndex
    }
    var reasons = ["BFD found the path down"]
    if case .path(_, _, let reason)? = note?.fact, !reason.isEmpty { reasons[0] += ": \(reason)" }
    if let last = packets(of: router, until: time).last(where: { $0.type == .hello }), let interface = interface(to: router) {
      let left = parameters(of: interface, at: time).settings.routerDeadInterval - (time - self.time(last))
      reasons.append(
        "its last Hello came \(Self.seconds(time - self.time(last))) before: "
          + "without BFD the dead timer would have noticed \(Self.seconds(max(.zero, left))) later")
    }
    return reasons
  }

  private func interfaceReason(_ router: RecordedRouter, _ time: Duration) -> String {
    let isRestart = recording.notes.all.contains { note in
      guard case .gracefulRestart(instance, .prepared) = note.fact else { return false }
      return abs(note.time - start - time) < .milliseconds(1)
    }
    if isRestart { return "the node restarts gracefully, and its neighbors know" }
    guard let interface = interface(to: router), let recorded = interface.recorded else {
      return "the interface or its configuration changed, or somebody cleared the adjacency"
    }
    let device = recorded.definition.name
    let known = recording.notes.all.filter { $0.time - start <= time }
    let own = known.filter { note in
      switch note.fact {
      case .interface(let other): other.name == recorded.name
      case .interfaceRemoved(let name): name == recorded.name
      default: false
      }
    }
    guard let last = own.last, time - (last.time - start) < .milliseconds(1) else {
      return "somebody cleared the adjacency, or the node left: \(device) did not change"
    }
    guard case .interface(let now) = last.fact else {
      let isGone = known.contains { note in
        if case .linkRemoved(device, _) = note.fact { abs(note.time - last.time) < .milliseconds(1) } else { false }
      }
      return isGone ? "the device \(device) is gone" : "\(device) is no interface of OSPF any more"
    }
    if !now.definition.isUp { return "\(device) went down" }
    return "the parameters of \(device) changed: \(now)"
  }

  // MARK: The recording

  private func packets(of router: RecordedRouter, until time: Duration) -> [InspectedPacket] {
    recording.packets.filter { recording.isPacket($0, of: router) && self.time($0) <= time }
  }

  private func time(_ packet: InspectedPacket) -> Duration { packet.datagram.timestamp - start }

  /// The parameters that an interface had at a time.
  private func parameters(of interface: PlayedInterface, at time: Duration) -> InterfaceDefinition {
    guard let recorded = interface.recorded else { return interface.definition }
    return recording.notes.all.lazy.compactMap { note -> RecordedInterface? in
      guard case .interface(let other) = note.fact, other.name == recorded.name, note.time - start <= time else { return nil }
      return other
    }.last?.definition ?? interface.definition
  }

  /// Rounded, as people say it.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = (duration + .milliseconds(50)).components
    let tenths = attoseconds / 100_000_000_000_000_000
    return tenths == 0 ? "\(seconds) s" : "\(seconds).\(tenths) s"
  }
}

private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
