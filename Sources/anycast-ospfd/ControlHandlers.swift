import AnycastPolicy
import Configuration
import ControlAPI
import Glibc
import LinuxNetwork
import OSPFProtocol
import OSPFWire

/// Answers the control socket: asks the protocol loop for a snapshot, and makes it into a report off the loop.
struct ControlHandlers: ControlHandler {
  let loop: ProtocolLoop
  let reloader: Reloader
  let files: ConfigurationFiles
  let startedAt: Timestamp
  private let started = MonotonicClock.now()

  init(loop: ProtocolLoop, reloader: Reloader, files: ConfigurationFiles, startedAt: Timestamp) {
    self.loop = loop
    self.reloader = reloader
    self.files = files
    self.startedAt = startedAt
  }

  func status() async throws -> StatusReport {
    let services = await loop.serviceSnapshots().services
    return StatusReport(
      version: ProductVersion.current, processID: Int(getpid()), state: await loop.state, startedAt: startedAt,
      uptimeSeconds: (MonotonicClock.now() - started).inSeconds, configurationFiles: files.paths,
      configurationLoadedAt: await reloader.loadedAt,
      instances: await loop.instanceSnapshots().map { instance in
        InstanceReport(
          instance.router, of: instance.kind, interfaceCount: instance.interfaces.count, neighborCount: instance.neighbors.count)
      },
      services: Dictionary(services.map { ($0.state.rawValue, 1) }, uniquingKeysWith: +))
  }

  func interfaces() async throws -> [InterfaceReport] {
    let links = Dictionary(await loop.links.map { ($0.index, $0) }) { first, _ in first }
    let present = await loop.instanceSnapshots().flatMap { instance in
      instance.interfaces.map { snapshot in
        var report = InterfaceReport(snapshot, of: instance.kind)
        if let link = links[snapshot.index] { report.describe(link) }
        return report
      }
    }
    return present + (await loop.absentInterfaces()).map { InterfaceReport(absent: $0.name, of: $0.kind, area: $0.area) }
  }

  func neighbors() async throws -> [NeighborReport] {
    await loop.instanceSnapshots().flatMap { instance in
      instance.neighbors.map { NeighborReport($0, of: instance.kind) }
    }
  }

  func database() async throws -> [LSAReport] {
    let snapshot = await loop.databaseSnapshots()
    return snapshot.databases.flatMap { kind, lsas in
      lsas.map { LSAReport($0, of: kind) { snapshot.deviceNames[$0] ?? "interface \($0)" } }
    }
  }

  func services() async throws -> [ServiceReport] {
    let snapshot = await loop.serviceSnapshots()
    let now = Timestamp.now
    return snapshot.services.map { ServiceReport($0, carriage: snapshot.carriage, at: now) }
  }

  func checks() async throws -> [CheckReport] {
    let services = await loop.serviceSnapshots().services
    let now = Timestamp.now
    return services.flatMap { service in
      service.checks.enumerated().map { position, check in
        CheckReport(check, service: service.configuration.name, number: position + 1, at: now)
      }
    }
  }

  func redistribution() async throws -> [RedistributionReport] { await loop.redistributionReports() }

  func drain(_ request: DrainRequest) async throws -> CommandReport {
    var duration: Duration?
    if let seconds = request.durationSeconds {
      guard seconds > 0, seconds <= Self.longestDrain else {
        throw ControlError(.badRequest, "a drain lasts more than 0 and at most \(Int(Self.longestDrain)) seconds")
      }
      duration = .nanoseconds(Int64(seconds * 1e9))
    }
    do {
      try await loop.drain(request.names, for: duration, reason: request.reason)
    } catch let error as DrainError {
      throw error.controlError
    }
    return try await report(on: request.names)
  }

  func undrain(_ request: UndrainRequest) async throws -> CommandReport {
    do {
      try await loop.undrain(request.names)
    } catch let error as DrainError {
      throw error.controlError
    }
    return try await report(on: request.names)
  }

  func reload(_ request: ReloadRequest) async throws -> ReloadReport {
    if request.dryRun { return try await reloader.plan() }
    return try await reloader.reload()
  }

  func configuration() async throws -> ConfigurationReport {
    ConfigurationReport(
      text: await loop.configuration.rendered(showingSecrets: false), files: files.paths, loadedAt: await reloader.loadedAt)
  }

  /// A year: longer is not an intention but a mistake.
  private static let longestDrain = 366.0 * 86400

  /// How the services, or those that have the addresses, are now.
  private func report(on names: [String]) async throws -> CommandReport {
    let affected = try await services().filter { service in
      names.isEmpty || names.contains(service.name)
        || service.addresses.contains { names.contains($0.address) || names.contains($0.prefix) }
    }
    return CommandReport(
      messages: affected.map { service in
        "service \(service.name) is \(service.state): \(service.reason)"
          + (service.drain?.until.map { ", until \($0)" } ?? "")
      })
  }
}

extension DrainError {
  fileprivate var controlError: ControlError {
    switch self {
    case .unknownName: ControlError(.notFound, description)
    case .notDrained, .drainedWithService: ControlError(.conflict, description)
    }
  }
}
