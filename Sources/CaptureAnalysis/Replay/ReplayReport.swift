import OSPFProtocol
import OSPFWire

/// A replay, told.
public struct ReplayReport {
  /// What the node has noted of itself, for people: the same for every version that it speaks. Empty where it has noted nothing.
  public static func lines(of recording: Recording) -> [String] {
    var lines = recording.configurations.map { configuration in
      configuration.time < .zero
        ? "Configuration in force at the beginning: SHA-256 \(configuration.digest)"
        : "Configuration in force from \(CaptureTime.seconds(configuration.time)) s: SHA-256 \(configuration.digest)"
    }
    for change in recording.serviceChanges {
      lines.append("\(CaptureTime.seconds(change.time)) s: \(change.service): \(change.from) -> \(change.to): \(change.reason)")
      lines += change.checks.map { "  \($0)" }
    }
    return lines
  }

  private let replay: Replay
  private let recorded: RecordedDatabase

  /// Tells a replay that has been run.
  public init(_ replay: Replay) {
    self.replay = replay
    recorded = RecordedDatabase(replay.recording, at: replay.played)
  }

  /// The report for programs.
  public var fields: Fields {
    var fields = Fields()
    if let instance = replay.instance { fields.text("Protocol", "protocol", instance) }
    fields.group("Played", "played") { append(replay.played, to: &$0) }
    fields.groups("Interfaces", "interfaces", replay.interfaces) { interface, fields in append(interface, to: &fields) }
    fields.groups("Neighbors", "neighbors", replay.verdicts) { verdict, fields in
      append(verdict.router, to: &fields)
      fields.text("State", "state", verdict.state)
      fields.text("Highest state", "highestState", verdict.highestState)
      fields.text("Recorded state", "recordedState", verdict.recordedState)
      fields.texts("Reasons", "reasons", verdict.reasons)
      fields.groups("Losses", "losses", verdict.losses) { loss, fields in
        fields.text("Time", "seconds", CaptureTime.seconds(loss.time))
        fields.text("Cause", "cause", loss.cause.rawValue)
        fields.texts("Reasons", "reasons", loss.reasons)
      }
      let omitted = replay.omitted(by: verdict.router)
      if !omitted.isEmpty { fields.texts("Left out", "omittedLSAs", omitted.map { $0.words(replay.played.version) }) }
      fields.groups("Sent again", "sentAgain", verdict.sentAgain) { repetition, fields in
        fields.text("Packet", "packetType", repetition.packetType)
        fields.number("Times", "count", UInt(repetition.count))
        fields.text("Last time", "lastSeconds", CaptureTime.seconds(repetition.last))
      }
      fields.groups("Transitions", "transitions", transitions(of: verdict.router)) { transition, fields in
        fields.text("Time", "seconds", CaptureTime.seconds(transition.time))
        if let engine = transition.engine { fields.text("Engine", "engine", engine) }
        if let recorded = transition.recorded { fields.text("Recorded", "recorded", recorded) }
      }
    }
    fields.groups("Database", "database", entries) { entry, fields in
      fields.append(entry.header, replay.played.version)
      fields.text("Beside the recording", "besideRecording", entry.comparison)
    }
    fields.groups("Graceful restarts", "gracefulRestarts", replay.restarts) { restart, fields in
      fields.text("Time", "seconds", CaptureTime.seconds(restart.time))
      if let engine = restart.engine { fields.text("Engine", "engine", engine.sentence) }
      if let recorded = restart.recorded { fields.text("Recorded", "recorded", recorded.sentence) }
    }
    fields.texts("Differences", "gracefulRestartDifferences", replay.restartDifferences)
    fields.groups("Services", "services", replay.recording.serviceChanges) { change, fields in
      fields.text("Time", "seconds", CaptureTime.seconds(change.time))
      fields.text("Service", "service", change.service)
      fields.text("From", "from", change.from)
      fields.text("To", "to", change.to)
      fields.text("Reason", "reason", change.reason)
      fields.texts("Checks", "checks", change.checks)
    }
    fields.groups("Configurations", "configurations", replay.recording.configurations) { configuration, fields in
      fields.text("Time", "seconds", CaptureTime.seconds(configuration.time))
      fields.text("SHA-256", "sha256", configuration.digest)
    }
    fields.texts("Not known", "assumptions", replay.assumptions)
    if let interruption = replay.interruption { fields.text("Interruption", "interruption", interruption) }
    return fields
  }

  private func append(_ router: RecordedRouter, to fields: inout Fields) {
    fields.text("Router ID", "routerID", router.routerID)
    fields.text("address", "address", router.address)
    if let device = router.device { fields.text("Device", "device", device) }
  }

  private func append(_ interface: PlayedInterface, to fields: inout Fields) {
    fields.text("Device", "device", interface.definition.name)
    fields.text("Address", "address", interface.router.address)
    fields.text("Area", "area", interface.definition.settings.area)
    fields.text("Network", "networkType", interface.definition.settings.networkType.rawValue)
    fields.flag("Recorded parameters", "parametersRecorded", interface.recorded != nil)
  }

  /// The report for people.
  public var lines: [String] {
    var lines = introduction
    for verdict in replay.verdicts {
      let place = replay.interfaces.count > 1 ? verdict.router.device.map { " on \($0)" } ?? "" : ""
      lines += ["", "Neighbor \(verdict.router)\(place)", row("seconds", "engine", "recorded router")]
      lines += rows(transitions(of: verdict.router))
      lines.append("  At the end: \(verdict.state); in the recording: \(verdict.recordedState).")
      for loss in verdict.losses {
        lines.append("  Lost at \(CaptureTime.seconds(loss.time)) s: \(loss.cause.rawValue).")
        lines += loss.reasons.map { "    Why: \($0)." }
      }
      lines += verdict.reasons.map { "  Why: \($0)." }
      lines += verdict.sentAgain.map {
        "  Sent again: \($0.packetType), \($0.count) times, the last at \(CaptureTime.seconds($0.last)) s."
      }
      lines += replay.omitted(by: verdict.router).map {
        "  Left out: \($0.words(replay.played.version)), which \(replay.played.routerID) had before and the capture has nowhere."
      }
    }
    if !replay.restarts.isEmpty { lines += ["", "Graceful restarts"] + restartLines }
    lines += ["", "Database at the end"]
    lines += entries.map { entry in
      "  \(entry.header.key.words(replay.played.version)) \(entry.header.sequenceNumber) age \(entry.header.lsAge): \(entry.comparison)"
    }
    if !replay.assumptions.isEmpty { lines += ["", "Not known"] + replay.assumptions.map { "  \($0)." } }
    if let interruption = replay.interruption { lines += ["", "The replay was broken off: \(interruption)."] }
    return lines
  }

  private var restartLines: [String] {
    replay.restarts.map { restart in
      let words = restart.engine.map { "engine: \($0.sentence)" } ?? restart.recorded.map { "recorded: \($0.sentence)" } ?? ""
      let time = CaptureTime.seconds(restart.time)
      return String(repeating: " ", count: max(0, 12 - time.count)) + "\(time)  \(words)"
    } + replay.restartDifferences.map { "  Differs: \($0)." }
  }

  private var introduction: [String] {
    guard replay.interfaces.count > 1 || replay.interfaces.contains(where: { $0.recorded != nil }) else {
      return ["The engine plays \(replay.played), area \(replay.played.area), \(replay.played.networkType.rawValue) network."]
    }
    let words = replay.instance.map { " in \($0)" } ?? ""
    return ["The engine plays \(replay.played.routerID)\(words)."]
      + replay.interfaces.map { interface in
        if let recorded = interface.recorded { return "  \(recorded)" }
        let settings = interface.definition.settings
        return "  \(interface.definition.name) (\(interface.router.address)), area \(settings.area), "
          + "\(settings.networkType.rawValue) network"
      }
  }

  /// All of them, or the first and the last ones of very many.
  private func rows(_ transitions: [Transition]) -> [String] {
    let rows = transitions.map { row(CaptureTime.seconds($0.time), $0.engine ?? "", $0.recorded ?? "") }
    guard rows.count > 60 else { return rows }
    return rows.prefix(40) + ["              ... \(rows.count - 50) more ..."] + rows.suffix(10)
  }

  private func row(_ time: String, _ engine: String, _ recorded: String) -> String {
    let time = String(repeating: " ", count: max(0, 12 - time.count)) + time
    let engine = engine + String(repeating: " ", count: max(0, 44 - engine.count))
    let row = "\(time)  \(engine)  \(recorded)"
    return String(row.reversed().drop { $0 == " " }.reversed())
  }

  // MARK: Transitions

  private struct Transition {
    var time: Duration
    var engine: String?
    var recorded: String?
  }

  private func transitions(of router: RecordedRouter) -> [Transition] {
    let engine = replay.events.compactMap { entry -> Transition? in
      guard case .neighborStateChanged(let neighbor, let from, let to, let cause) = entry.event,
        replay.isReference(neighbor, to: router)
      else { return nil }
      return Transition(time: entry.time, engine: "\(from) -> \(to) (\(cause.rawValue))")
    }
    let recorded = replay.recordedStates(of: router).changes.map {
      Transition(time: $0.time, recorded: $0.to.description)
    }
    return (engine + recorded).sorted { $0.time < $1.time }
  }

  // MARK: Database

  private struct Entry {
    var header: LSAHeader
    var comparison: String
  }

  private var entries: [Entry] {
    let database = replay.database
    let own = replay.played.routerID
    let entries = database.map { Entry(header: $0.header, comparison: comparison(of: $0.header, own: own)) }
    let there = Set(database.map(\.header.key))
    let missing = recorded.headers.values.filter {
      recorded.has($0.key) && !there.contains($0.key) && $0.key.advertisingRouter != own
    }
    return (entries + missing.map { Entry(header: $0, comparison: "only in the recording") })
      .sorted { $0.header.key < $1.header.key }
  }

  private func comparison(of header: LSAHeader, own: RouterID) -> String {
    if header.key.advertisingRouter == own { return "the engine's own" }
    guard let other = recorded.headers[header.key], recorded.has(header.key) else { return "not in the recording" }
    guard other.sequenceNumber == header.sequenceNumber, other.checksum == header.checksum else {
      return "the recording has \(other.sequenceNumber)"
    }
    return "as recorded"
  }
}
