import AnycastNode
import BFDProtocol
import ControlAPI
import LinuxNetwork
import OSPFProtocol

/// The thread of the BFD sessions, and what it tells the node. A node without sessions has no such thread, and no port is open.
extension ProtocolLoop {
  /// Makes the sessions be those that the node wants.
  func hold(_ sessions: [SessionDefinition]) {
    if bfdThread == nil, !sessions.isEmpty { startBFD() }
    bfdThread?.setSessions(sessions)
  }

  private func startBFD() {
    do {
      bfdThread = try BFDThread(
        on: eventLoop, seed: .random(in: 0 ... .max),
        callbacks: BFDThread.Callbacks(
          events: { [weak self] events in self?.assumeIsolated { loop in events.forEach(loop.take) } },
          notice: { [weak self] notice in self?.assumeIsolated { $0.report(notice) } }))
    } catch {
      eventLog.report(.bfdFailed, .error, "BFD cannot begin, the dead interval alone decides: \(error)")
    }
  }

  private func take(_ event: SessionSetEvent) {
    switch event {
    case .sessionStateChanged(let key, let from, let to, let cause, let diagnostic):
      turn { $0.bfdSessionChanged(key, from: from, to: to, event: cause, diagnostic: diagnostic, at: $1) }
    case .packetRefused(let interfaceIndex, let source, let reason):
      turn { $0.bfdPacketRefused(interfaceIndex: interfaceIndex, source: source, reason: reason, at: $1) }
    case .sessionEnded: break
    }
  }

  private func report(_ notice: BFDThread.Notice) {
    switch notice {
    case .started(let priority, let priorityRefusal, let memoryRefusal):
      let words = [
        priorityRefusal.map {
          "at an ordinary priority, because it \($0): grant CAP_SYS_NICE, or LimitRTPRIO=\(BFDThread.priority)"
        }
          ?? "at real-time priority \(priority)",
        memoryRefusal.map { "with its memory not locked, because it \($0)" } ?? "with its memory locked",
      ]
      eventLog.report(.bfdStarted, priorityRefusal == nil ? .info : .notice, "BFD runs " + words.joined(separator: ", "))
    case .receivingFailed(let error):
      let hint = error.name == "EADDRINUSE" ? "; another program has it, as FRR's bfdd" : ""
      eventLog.report(.bfdFailed, .error, "BFD receives nothing, trying again: \(error)\(hint)")
    case .sendingFailed(let key, let error):
      eventLog.report(
        .bfdFailed, .warning, "\(node.deviceName(key.interfaceIndex)): BFD packets to \(key.remote) are not sent: \(error)")
    case .refusalsSuppressed(let count):
      eventLog.report(.bfdPacketsRefused, .warning, "\(count) more BFD packets were refused in a second")
    }
  }

  /// The sessions as they are now; none where there is no thread.
  func bfdReports() async -> [BFDSessionReport] {
    guard let bfdThread else { return [] }
    let snapshots = await withCheckedContinuation { continuation in
      bfdThread.snapshots { continuation.resume(returning: $0) }
    }
    return snapshots.map { BFDSessionReport($0, interface: node.deviceName($0.key.interfaceIndex)) }
  }
}

extension BFDSessionReport {
  /// What a session says of itself.
  init(_ snapshot: SessionSnapshot, interface: String) {
    let parameters = snapshot.parameters
    self.init(
      interface: interface, address: snapshot.key.remote.description, localAddress: snapshot.key.local.description,
      state: BFDStateName(snapshot.state), stateAgeSeconds: snapshot.stateAge.inSeconds,
      diagnostic: BFDDiagnosticName(rawValue: snapshot.diagnostic.description),
      localDiscriminator: snapshot.localDiscriminator.rawValue, remoteDiscriminator: snapshot.remoteDiscriminator.rawValue,
      local: Timers(
        detectMultiplier: Int(parameters.detectMultiplier),
        transmitIntervalSeconds: parameters.desiredMinTxInterval.duration.inSeconds,
        receiveIntervalSeconds: parameters.requiredMinRxInterval.duration.inSeconds),
      passive: parameters.isPassive, authentication: parameters.authentication?.type.description)
    if let timers = snapshot.remoteTimers {
      remoteState = BFDStateName(snapshot.remoteState)
      remoteDiagnostic = BFDDiagnosticName(rawValue: snapshot.remoteDiagnostic.description)
      remote = Timers(
        detectMultiplier: Int(timers.detectMultiplier), transmitIntervalSeconds: timers.desiredMinTxInterval.duration.inSeconds,
        receiveIntervalSeconds: timers.requiredMinRxInterval.duration.inSeconds)
    }
    transmitIntervalSeconds = snapshot.transmitInterval?.inSeconds
    detectionTimeSeconds = snapshot.detectionTime?.inSeconds
    upCount = snapshot.counters.ups
    downCount = snapshot.counters.downs
    received = snapshot.counters.received
    sent = snapshot.counters.sent
    refused = snapshot.counters.refused
  }
}

extension BFDStateName {
  fileprivate init(_ state: SessionState) {
    self =
      switch state {
      case .adminDown: .adminDown
      case .down: .down
      case .`init`: .`init`
      case .up: .up
      }
  }
}
