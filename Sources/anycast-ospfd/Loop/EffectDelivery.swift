import AnycastNode
import AnycastPolicy
import ControlAPI
import LinuxNetwork
import NIOCore
import OSPFProtocol
import OSPFWire

/// The ways out of the node: packets to sockets, wishes to the kernel, events to the log; and the ways back of what became of them.
extension ProtocolLoop {
  /// Does what the node wants, also what it wants because of that.
  func carryOut(at now: Instant) {
    var effects = node.sink.drain()
    while !effects.isEmpty {
      for effect in effects { carryOut(effect, at: now) }
      effects = node.sink.drain()
    }
  }

  private func carryOut(_ effect: NodeEffect, at now: Instant) {
    switch effect {
    case .transmit(let transmission, let instance):
      recorder.note(FlightRecord.Packet(transmission), at: now)
      sockets.send(transmission, of: instance)
    case .holdSockets(let wanted, let request):
      let failures = sockets.hold(wanted, on: eventLoop) { callbacks(of: $0) }
      linkLayers.hold(sockets.ids)
      node.socketsApplied(request: request, failures: failures, at: now)
    case .holdAddresses(let addresses, let request): hold(addresses, request)
    case .holdRoutes(let routes, let request): hold(routes, request)
    case .holdSessions(let sessions): hold(sessions)
    case .watchRoutes(let isWanted): watchRoutes(isWanted)
    case .countTraffic(let prefixes): countTraffic(to: prefixes)
    case .runChecks(let assignments):
      let prefixes = Dictionary(node.configuration.services.map { ($0.name, $0.addresses.map(\.prefix.description)) }) {
        first, _ in first
      }
      eventLog.metrics.setServices(prefixes)
      eventLog.metrics.setChecks(assignments)
      eventLog.history.setServices(prefixes)
      checks?.apply(assignments)
    case .memoryChanged: noteMemoryChange()
    case .storeDrains(let drains): drainStore.store(drains)
    case .storeService(let name, let text): serviceStore.store(name, text)
    case .reserveSequenceNumbers(let instance, let end, isNewRun: true): sequenceNumberStore.begin(instance, before: end)
    case .reserveSequenceNumbers(let instance, let end, isNewRun: false): sequenceNumberStore.extend(instance, before: end)
    case .runCommand(let change): changeCommands?.tell(change)
    case .event(let event): report(event, at: now)
    case .record(let fact): recorder.note(fact.description, fact, at: now)
    case .ended(let failure): end(failure.map(Outcome.failed) ?? .left)
    case .restart(let memory): end(.restart(memory))
    }
  }

  // MARK: - Addresses and routes

  private func hold(_ addresses: Set<DeviceAddress>, _ request: Int) {
    let wanted = Set(addresses.map { InstalledAddress($0.address, device: $0.device) })
    serviceAddresses.replace(with: wanted).assumeIsolated().whenSuccess { [weak self] result in
      self?.assumeIsolated { $0.held(result, request) }
    }
  }

  private func held(_ result: AddressReplacement, _ request: Int) {
    if let reconciliation = result.reconciliation { report(reconciliation) }
    note(result.journalFailure)
    var failures: [DeviceAddress: String] = [:]
    var foreign: Set<InstalledAddress> = []
    for (address, error) in result.refused.sorted(by: { $0.key < $1.key }) {
      if error == .belongsToSomebodyElse {
        // It is there, and that is what was wanted.
        foreign.insert(address)
        guard !foreignAddresses.contains(address) else { continue }
        eventLog.report(.addressNotOurs, .notice, "\(address): \(error)")
      } else {
        failures[DeviceAddress(device: address.device, address: address.address)] = "\(error)"
      }
    }
    foreignAddresses = foreign
    turn { $0.addressesApplied(request: request, failures: failures, at: $1) }
  }

  private func note(_ failure: JournalFailure?) {
    guard let failure else { return problems.mend(.addressJournalNotWritten) }
    problems.raise(.addressJournalNotWritten, "the address journal cannot be written: \(failure)")
  }

  /// Writes the journal where it could not be written before.
  func retryAddressJournal() {
    guard problems.stands(.addressJournalNotWritten) else { return }
    serviceAddresses.storeJournal().assumeIsolated().whenSuccess { [weak self] failure in
      self?.assumeIsolated { $0.note(failure) }
    }
  }

  /// What an earlier run had left.
  private func report(_ result: Reconciliation) {
    if let problem = result.problem {
      problems.raise(
        .addressJournalNotRead,
        "\(problem); what an earlier run has added is known by its mark in the kernel (Linux 5.18), if at all")
    }
    for address in result.adopted.sorted() {
      eventLog.report(.addressAdopted, .info, "\(address): left by an earlier run, and taken over")
    }
    for address in result.removed.sorted() {
      eventLog.report(.addressRemoved, .notice, "\(address): left by an earlier run, and removed")
    }
    for (address, error) in result.failures.sorted(by: { $0.key < $1.key }) {
      eventLog.report(.addressNotRemoved, .error, "\(address): left by an earlier run, and could not be removed: \(error)")
    }
  }

  private func hold(_ routes: Set<ServiceRoute>, _ request: Int) {
    let wanted = Set(routes.map { InstalledRoute(prefix: $0.prefix, gateway: $0.target.gateway, device: $0.target.device) })
    serviceRoutes.replace(with: wanted).assumeIsolated().whenSuccess { [weak self] refused in
      let failures = refused.map { route, reason in
        (ServiceRoute(prefix: route.prefix, target: RouteTarget(gateway: route.gateway, device: route.device)), reason)
      }
      self?.assumeIsolated { loop in
        loop.turn { $0.routesApplied(request: request, failures: Dictionary(uniqueKeysWithValues: failures), at: $1) }
      }
    }
  }

  // MARK: - Traffic

  private func countTraffic(to prefixes: Set<IPPrefix>) {
    let counter = trafficCounter ?? TrafficCounter(on: eventLoop)
    trafficCounter = counter
    counter.count(prefixes).assumeIsolated().whenSuccess { [weak self] failure in
      guard let failure else { return }
      self?.assumeIsolated { $0.eventLog.report(.trafficNotCounted, .error, "traffic is not counted: \(failure)") }
    }
  }

  // MARK: - Sockets

  private func callbacks(of socket: SocketID) -> OSPFSocket.Callbacks {
    OSPFSocket.Callbacks(
      received: { [weak self] datagram in
        self?.assumeIsolated { loop in
          let now = MonotonicClock.now()
          loop.recorder.note(FlightRecord.Packet(datagram), at: now)
          loop.node.receive(datagram, through: socket.instance, at: now)
        }
      },
      receivedAll: { [weak self] in
        self?.assumeIsolated { loop in
          loop.turn { $0.finishTurn(at: $1) }
          loop.lookAtLinkLayer(LinkLayerWatches.Key(socket))
        }
      },
      malformed: { [weak self] header in
        self?.assumeIsolated { $0.reportMalformed(on: socket.interfaceIndex, reason: "\(header)") }
      },
      transmissionFailed: { [weak self] transmission, error in
        self?.assumeIsolated { $0.report(transmission, error) }
      },
      failed: { [weak self] error in
        self?.assumeIsolated { loop in
          loop.sockets.forget(socket)
          loop.turn { $0.socketLost(socket, reason: "\(error)", at: $1) }
        }
      })
  }

  private func reportMalformed(on interfaceIndex: UInt32, reason: String) {
    var report = EventReport(time: .now, level: .warning, kind: .packetRefused, message: "")
    report.interface = node.deviceName(interfaceIndex)
    report.reason = reason
    report.message = "\(node.deviceName(interfaceIndex)): something that is no IP packet was dropped: \(reason)"
    eventLog.reportLimited(.malformedIPHeader, report, at: MonotonicClock.now())
  }

  private func report(_ transmission: Transmission, _ error: TransmissionError) {
    // What is down or gone is said by the link change that follows.
    guard let reason = LimitedReason(error) else { return }
    var report = EventReport(time: .now, level: .warning, kind: .transmissionFailed, message: "")
    report.interface = node.deviceName(transmission.interfaceIndex)
    report.address = transmission.destination.description
    report.reason = "\(error)"
    report.message =
      "\(node.deviceName(transmission.interfaceIndex)): packet from \(transmission.source) to \(transmission.destination) "
      + "not sent: \(error)"
    eventLog.reportLimited(reason, report, at: MonotonicClock.now())
  }

  // MARK: - The log

  private func report(_ event: NodeEvent, at now: Instant) {
    let report = event.report
    keep(event, report.message, at: now)
    if case .router(_, .packetRefused(_, _, _, let refusal), _) = event {
      eventLog.metrics.noteRefusal(RefusalKind(refusal.kind))
    }
    if let reason = LimitedReason(event) {
      eventLog.reportLimited(reason, report, at: now)
    } else {
      eventLog.report(report)
    }
    // The lists of the database exchange are not needed any more, and may have been large.
    if case .router(_, .neighborStateChanged(_, _, .full, _), _) = event { ProcessMemory.releaseFree() }
  }
}
