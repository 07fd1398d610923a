import AnycastNode
import AnycastPolicy
import Configuration
import ControlAPI
import LinuxNetwork
import OSPFProtocol
import OSPFWire

/// Drains, as operators ask for them.
extension ControlHandlers {
  func drain(_ request: DrainRequest) async throws -> CommandReport {
    let duration = try Self.duration(of: request)
    let reason = Self.reason(of: request)
    let isForced = request.force ?? false
    if let beginsAt = request.beginsAt {
      return try await planDrain(request.names, at: beginsAt, for: duration, reason: reason, isForced: isForced)
    }
    return try await change(request.names) { node, now throws(DrainError) in
      let alone = node.addressesServedHereOnly(request.names, at: now)
      if !alone.isEmpty, !isForced, node.configuration.lastDrain == .refuse { throw .servedHereOnly(alone) }
      try node.drain(request.names, for: duration, reason: reason, at: now)
      return alone
    }
  }

  private func planDrain(
    _ names: [String], at time: Timestamp, for duration: Duration?, reason: String?, isForced: Bool
  ) async throws -> CommandReport {
    let delay = time.seconds(since: .now)
    guard delay > 0, delay <= Self.longestDrain else {
      throw ControlError(.badRequest, "a drain begins in the future, and within \(Int(Self.longestDrain)) seconds")
    }
    do {
      try await loop.turn { node, now throws(DrainError) in
        try node.planDrain(
          names, in: .nanoseconds(Int64(delay * 1e9)), for: duration, reason: reason, isForced: isForced, at: now)
      }
    } catch {
      throw error.controlError
    }
    let failure = await loop.drainStore.written()
    let planned = await loop.turn { node, now in node.plannedDrains(at: now) }
    let clock = Timestamp.now
    var report = CommandReport(messages: planned.map { PlannedDrainReport($0, at: clock).sentence })
    if let failure { report.messages.append("warning: this is not stored, and a restart forgets it: \(failure)") }
    return report
  }

  func undrain(_ request: UndrainRequest) async throws -> CommandReport {
    try await change(request.names) { node, now throws(DrainError) in
      try node.undrain(request.names, at: now)
      return []
    }
  }

  /// Changes drains and says in the same turn what comes of it; `body` returns the addresses that nobody serves any more. The answer
  /// comes when the change outlives a crash.
  private func change(
    _ names: [String], _ body: @Sendable (AnycastNode, Instant) throws(DrainError) -> [IPAddress]
  ) async throws -> CommandReport {
    let snapshot: (services: [ServiceSnapshot], advertisementStates: [IPPrefix: AnycastNode.AdvertisementState])
    let alone: [IPAddress]
    do {
      (alone, snapshot) = try await loop.turn { node, now throws(DrainError) in
        let alone = try body(node, now)
        return (alone, node.serviceSnapshots(at: now))
      }
    } catch {
      throw error.controlError
    }
    let failure = await loop.drainStore.written()
    let now = Timestamp.now
    var report = report(
      on: names, snapshot.services.map { ServiceReport($0, advertisementStates: snapshot.advertisementStates, at: now) })
    if let failure { report.messages.append("warning: this is not stored, and a restart forgets it: \(failure)") }
    if !alone.isEmpty { report.messages.append("warning: this was the only node that serves \(alone.listed)") }
    return report
  }

  func drainExclusively(_ request: DrainRequest) async throws -> ExclusiveDrainReport {
    guard request.beginsAt == nil else { throw ControlError(.badRequest, "an exclusive drain begins when it can, not at a time") }
    let duration = try Self.duration(of: request)
    let reason = Self.reason(of: request)
    let progress: ExclusiveDrainProgress
    let hostnames: [RouterID: String]
    do {
      (progress, hostnames) = try await loop.turn { node, now throws(DrainError) in
        let progress = try node.drainExclusively(
          request.names, for: duration, reason: reason, isForced: request.force ?? false, at: now)
        return (progress, node.hostnames(at: now))
      }
    } catch {
      throw error.controlError
    }
    switch progress {
    case .waiting(let obstacles):
      return ExclusiveDrainReport(
        isBegun: false, waitsFor: obstacles.map { DrainObstacleReport($0, hostnames: hostnames) }, messages: [])
    case .begun:
      let done = try await change(request.names) { _, _ throws(DrainError) in [] }
      return ExclusiveDrainReport(isBegun: true, waitsFor: [], messages: done.messages)
    }
  }

  private static func duration(of request: DrainRequest) throws -> Duration? {
    guard let seconds = request.durationSeconds else { return nil }
    guard seconds > 0, seconds <= longestDrain else {
      throw ControlError(.badRequest, "a drain lasts more than 0 and at most \(Int(longestDrain)) seconds")
    }
    return .nanoseconds(Int64(seconds * 1e9))
  }

  private static func reason(of request: DrainRequest) -> String? {
    request.reason.map { HarmlessText.line($0.prefix(longestReason)) }
  }

  /// Characters of the reason of a drain; what is longer is no reason but a report.
  private static let longestReason = 512

  /// A year: longer is not an intention but a mistake.
  private static let longestDrain = 366.0 * 86400

  /// How the services, or those that have the addresses, are.
  private func report(on names: [String], _ services: [ServiceReport]) -> CommandReport {
    let affected = services.filter { service in
      names.isEmpty || names.contains(service.name)
        || service.addresses.contains { names.contains($0.address) || names.contains($0.prefix) }
    }
    return CommandReport(
      messages: affected.map { service in
        "service \(service.name) is \(service.state) (\(service.reason))"
          + (service.drain?.until.map { ", until \($0)" } ?? "")
      })
  }
}

extension DrainError {
  var controlError: ControlError {
    switch self {
    case .unknownName(let name, let known):
      ControlError(
        .notFound,
        description
          + (EditDistance.nearest(to: name, among: known, within: max(name.count / 3, 1)).map { "; did you mean '\($0)'?" } ?? "")
      )
    case .notDrained, .drainedWithService, .servedHereOnly, .tellsNoState, .seesNoOthers: ControlError(.conflict, description)
    }
  }
}
