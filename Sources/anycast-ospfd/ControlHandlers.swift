import AnycastNode
import AnycastPolicy
import Configuration
import ControlAPI
import Glibc
import LinuxNetwork
import Logging
import OSPFProtocol
import OSPFWire

/// Answers the control socket: asks the protocol loop for a snapshot, and makes it into a report off the loop.
struct ControlHandlers: ControlHandler {
  let loop: ProtocolLoop
  let reloader: Reloader
  let restarter: Restarter
  let files: ConfigurationFiles
  let startedAt: Timestamp
  let events: EventBroadcaster
  let metrics: MetricsRecorder
  private let keptHistory: HistoryStore
  private let started = MonotonicClock.now()

  init(
    loop: ProtocolLoop, reloader: Reloader, restarter: Restarter, files: ConfigurationFiles, startedAt: Timestamp,
    events: EventBroadcaster, metrics: MetricsRecorder, history: HistoryStore
  ) {
    keptHistory = history
    self.events = events
    self.metrics = metrics
    self.loop = loop
    self.reloader = reloader
    self.restarter = restarter
    self.files = files
    self.startedAt = startedAt
  }

  func status() async throws -> StatusReport {
    let (state, instances, planned, now) = await loop.turn { node, now in
      (node.state, node.instanceSnapshots(at: now), node.plannedDrains(at: now), now)
    }
    let services = try await services()
    var report = StatusReport(
      version: ProductVersion.current, processID: Int(getpid()), state: StatusReport.State(state), startedAt: startedAt,
      uptimeSeconds: (MonotonicClock.now() - started).inSeconds, configurationFiles: files.paths,
      configurationLoadedAt: await reloader.loadedAt,
      instances: instances.map { instance in
        var report = InstanceReport(
          instance.router, of: instance.kind, interfaceCount: instance.interfaces.count, neighborCount: instance.neighbors.count)
        report.gracefulRestart = GracefulRestartReport(instance.restart, due: instance.router.restartDue, at: now)
        report.lsaCounts = Dictionary(
          instance.lsaCounts.map { ($0.key.name(instance.kind.version), $0.value) }, uniquingKeysWith: +)
        return report
      },
      services: Dictionary(services.map { ($0.state.rawValue, 1) }, uniquingKeysWith: +))
    let clock = Timestamp.now
    report.plannedDrains = planned.isEmpty ? nil : planned.map { PlannedDrainReport($0, at: clock) }
    report.failedReload = await reloader.failure
    let standing = loop.problems.reports
    report.standingProblems = standing.isEmpty ? nil : standing
    report.recordingDirectory = loop.recordings.directory
    report.lastChanges = events.lastChanges
    report.health = HealthReport(
      status: report, interfaces: try await interfaces(), neighbors: try await neighbors(), services: services,
      at: .now)
    return report
  }

  func interfaces() async throws -> [InterfaceReport] {
    let (all, instances, absent) = await loop.turn { node, now in
      (node.links, node.instanceSnapshots(at: now), node.absentInterfaces)
    }
    let drops = await loop.kernelDrops
    let stations = await loop.linkLayerChanges(at: MonotonicClock.now())
    let links = Dictionary(all.map { ($0.index, $0) }) { first, _ in first }
    let present = instances.flatMap { instance in
      instance.interfaces.map { snapshot in
        var report = InterfaceReport(snapshot, of: instance.kind)
        if let link = links[snapshot.index] { report.describe(link) }
        let socket = SocketID(instance: instance.kind, interfaceIndex: snapshot.index)
        report.kernelDrops = drops[socket]
        report.linkLayerChanges = stations[socket]
        return report
      }
    }
    return present + absent.map { InterfaceReport(absent: $0.name, of: $0.kind, area: $0.area) }
  }

  func neighbors() async throws -> [NeighborReport] {
    let (instances, hostnames) = await loop.turn { ($0.instanceSnapshots(at: $1), $0.hostnames(at: $1)) }
    return instances.flatMap { instance in
      instance.neighbors.map { neighbor in
        var report = NeighborReport(neighbor, of: instance.kind)
        report.hostname = hostnames[neighbor.reference.routerID]
        return report
      }
    }
  }

  /// One turn for each page: between two of them the loop does its own work.
  func database(_ receive: ([LSAReport]) async throws -> Void) async throws {
    var position: AnycastNode.DatabasePosition?
    repeat {
      let (page, links) = await loop.turn { [position] node, now in
        (node.databasePage(after: position, limit: Self.lsasPerPage, at: now), node.links)
      }
      guard let page else { return }
      let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
      try await receive(page.lsas.map { LSAReport($0, of: page.kind) { names[$0] ?? "interface \($0)" } })
      position = page.position
    } while position != nil
  }

  func services() async throws -> [ServiceReport] {
    let traffic = await loop.traffic()
    let (snapshot, added) = await loop.turn { ($0.serviceSnapshots(at: $1), $0.runtimeServices) }
    let now = Timestamp.now
    return snapshot.services.map { service in
      var report = ServiceReport(service, advertisementStates: snapshot.advertisementStates, at: now)
      if let added = added[service.configuration.name] { report.origin = added.isPersistent ? .persistent : .runtime }
      for (index, address) in service.addresses.enumerated() where service.configuration.countsTraffic {
        report.addresses[index].traffic = traffic[address.address.prefix].map(TrafficReport.init)
      }
      return report
    }
  }

  func service(named name: String) async throws -> ServiceReport {
    guard let service = try await services().first(where: { $0.name == name }) else {
      throw ControlError(.notFound, "there is no service '\(HarmlessText.line(name.prefix(64)))'")
    }
    return service
  }

  // MARK: - Services at run time

  func putService(_ request: PutServiceRequest) async throws -> CommandReport {
    let configuration = await loop.turn { node, _ in node.fileConfiguration }
    let parsed: ParsedService
    do throws(ConfigurationErrors) {
      parsed = try configuration.parseService(
        request.name, SourceFile(path: HarmlessText.line(request.name.prefix(64)), text: request.text))
    } catch {
      throw ControlError(
        .configurationInvalid, "the service has errors: nothing was changed", details: error.errors.map(\.description))
    }
    let service = RuntimeService(configuration: parsed.service, text: request.text, isPersistent: request.isPersistent)
    let report = try await change(request.name) { node, now throws(RuntimeServiceError) in
      try node.putService(service, at: now)
    }
    return CommandReport(messages: report.messages + parsed.notices.map(\.description))
  }

  func removeService(named name: String) async throws -> CommandReport {
    try await change(name) { node, now throws(RuntimeServiceError) in try node.removeService(name, at: now) }
  }

  /// The answer comes when the change outlives a crash, where it is to.
  private func change(
    _ name: String, _ body: @Sendable (AnycastNode, Instant) throws(RuntimeServiceError) -> ServiceTransition
  ) async throws -> CommandReport {
    let transition: ServiceTransition
    do throws(RuntimeServiceError) {
      transition = try await loop.turn(body)
    } catch {
      throw error.controlError
    }
    guard transition.former?.isPersistent == true || transition.current?.isPersistent == true else {
      return CommandReport(messages: [transition.message])
    }
    if let failure = await loop.serviceStore.written(name) {
      throw ControlError(
        .internalError, "\(transition.message), but its file in the state directory is not as it is to be: \(failure)")
    }
    return CommandReport(messages: [transition.message])
  }

  func checks() async throws -> [CheckReport] {
    let services = await loop.turn { $0.serviceSnapshots(at: $1).services }
    let now = Timestamp.now
    return services.flatMap { service in
      service.checks.enumerated().map { position, check in
        CheckReport(check, of: service.configuration, number: position + 1, at: now)
      }
    }
  }

  func fleet() async throws -> [FleetReport] {
    let (fleet, members) = await loop.turn { ($0.fleetSnapshot(at: $1), $0.configuration.fleetMembers) }
    return fleet.map { FleetReport($0, members: members) }
  }

  func history() async throws -> HistoryReport { keptHistory.report() }

  func redistribution() async throws -> [RedistributionReport] {
    await loop.turn { $0.redistributionSnapshot(at: $1) }.map(RedistributionReport.init)
  }

  func bfd() async throws -> [BFDSessionReport] { await loop.bfdReports() }

  func reload(_ request: ReloadRequest) async throws -> ReloadReport {
    if request.dryRun { return try await reloader.plan() }
    return try await reloader.reload(force: request.force)
  }

  func acknowledge(_ request: AcknowledgeRequest) async throws -> CommandReport {
    var names: Set<StandingProblemName> = []
    for word in request.names {
      guard let name = StandingProblemName(rawValue: word) else {
        throw ControlError(.badRequest, "there is no problem of the name '\(HarmlessText.line(word.prefix(64)))'")
      }
      names.insert(name)
    }
    let acknowledged = loop.problems.acknowledge(names)
    guard !acknowledged.isEmpty else { throw ControlError(.notFound, "no such problem stands unacknowledged") }
    return CommandReport(
      messages: acknowledged.map {
        "\($0.name): acknowledged" + ($0.name.endsByItself ? "; it stays in status until it is mended" : "")
      })
  }

  func restart(_ request: RestartRequest) async throws -> CommandReport {
    var period: Duration?
    if let seconds = request.gracePeriodSeconds {
      guard seconds >= 1, seconds <= 1800 else {
        throw ControlError(.badRequest, "a grace period has 1 to 1800 seconds (RFC 3623 section B)")
      }
      period = .seconds(Int64(seconds))
    }
    return try await restarter.restart(gracePeriod: period)
  }

  func clear(_ request: ClearRequest) async throws -> CommandReport {
    let routerID: RouterID?
    if let text = request.routerID {
      guard let parsed = RouterID(text) else { throw ControlError(.badRequest, "'\(HarmlessText.line(text))' is no router ID") }
      routerID = parsed
    } else {
      routerID = nil
    }
    let version: OSPFVersion = request.protocol == .ospfV2 ? .v2 : .v3
    let cleared = await loop.turn { node, now in node.clearNeighbors(version, routerID, at: now) }
    guard !cleared.isEmpty else {
      throw ControlError(.notFound, "there is no such neighbor in \(request.protocol.rawValue)")
    }
    return CommandReport(
      messages: cleared.map {
        "neighbor \($0.routerID) (\($0.address) on \($0.interface.name)) cleared: the adjacency forms anew"
      })
  }

  func record() async throws -> CommandReport {
    do {
      return CommandReport(messages: [try await loop.record(for: .asked, because: "asked for")])
    } catch let error as FileAccess.Failure {
      throw ControlError(.internalError, "\(error)")
    }
  }

  func logLevel(_ request: LogLevelRequest) async throws -> CommandReport {
    if let word = request.level {
      guard let level = Logger.Level(rawValue: word) else {
        let words = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        throw ControlError(.badRequest, "there is no log level '\(HarmlessText.line(word))', but \(words)")
      }
      StandardErrorLog.level.current = level
    }
    return CommandReport(messages: ["log level \(StandardErrorLog.level.current.rawValue)"])
  }

  func configuration() async throws -> ConfigurationReport {
    ConfigurationReport(
      text: await loop.turn { $0.renderedConfiguration(at: $1) }, files: files.paths,
      loadedAt: await reloader.loadedAt)
  }

  /// Some 300 kilobytes of JSON.
  private static let lsasPerPage = 500
}

extension RuntimeServiceError {
  fileprivate var controlError: ControlError {
    switch self {
    case .unknown: ControlError(.notFound, HarmlessText.line(description))
    case .inConfiguration, .taken, .tooMany, .leaving: ControlError(.conflict, description)
    }
  }
}

extension StatusReport.State {
  fileprivate init(_ state: AnycastNode.State) {
    switch state {
    case .running: self = .running
    case .suspended: self = .suspended
    case .leaving, .ended: self = .leaving
    case .restarting: self = .restarting
    }
  }
}
